package intake_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"amends/store/calendar"
	"amends/store/intake"

	"github.com/google/go-cmp/cmp"
)

func sampleProgram(t testing.TB) intake.Program {
	t.Helper()
	p, err := intake.ParseProgram("program.yaml", bytes.NewReader(file(t, "program.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sampleCase(t testing.TB) intake.Case {
	t.Helper()
	c, err := intake.ParseCase("case.yaml", bytes.NewReader(file(t, "case.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSamplesParse(t *testing.T) {
	t.Parallel()
	p, c := sampleProgram(t), sampleCase(t)
	if faults := c.Check(&p); len(faults) > 0 {
		t.Fatal(faults)
	}
	if p.From != "+13125550000" || p.DefaultLanguage != "en" || len(p.Staff) != 3 || p.Resources[1].Language != "es" {
		t.Errorf("%+v", p)
	}
	if p.QuietHours.String() != "20:00–09:00" || p.Resources[0].Verified.String() != "2026-11-01" {
		t.Errorf("%+v", p)
	}
	money := c.Agreement[0]
	if money.TotalCents != 60000 || money.Currency != "USD" || c.Agreement[2].Minutes != 1200 {
		t.Errorf("%+v", c.Agreement)
	}
	got, err := money.Schedule()
	if err != nil || len(got) != 6 || got[5].Due != calendar.MustParse("2026-09-01") || got[5].AmountCents != 10000 {
		t.Error(got, err)
	}
	if v := c.Parties[0]; !v.Discreet || v.Consent.How != "signed form" || c.Parties[1].Consent != nil {
		t.Errorf("%+v", c.Parties)
	}
	if payee, ok := c.Payee(money); !ok || payee.Key != "v" {
		t.Error("the payee is the victim")
	}
	if diff := cmp.Diff(intake.DefaultRules(), c.Rules(p)); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeReadsBack(t *testing.T) {
	t.Parallel()
	p, c := sampleProgram(t), sampleCase(t)
	for name, text := range map[string][]byte{"full.json": file(t, "full.json"), "JSON": c.Encode(), "YAML": c.EncodeYAML()} {
		one, err := intake.ParseCase(name, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := intake.ParseCase(name, bytes.NewReader(one.EncodeYAML()))
		if err != nil {
			t.Fatal(err)
		}
		if !one.Equal(again) || len(intake.DiffCase(one, again)) > 0 {
			t.Errorf("%s: %s", name, intake.DiffCase(one, again))
		}
		if name != "full.json" && !one.Equal(c) {
			t.Errorf("%s: %s", name, intake.DiffCase(one, c))
		}
	}
	for name, text := range map[string][]byte{"full.yaml": file(t, "full-program.yaml"), "JSON": p.Encode(), "YAML": p.EncodeYAML()} {
		one, err := intake.ParseProgram(name, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := intake.ParseProgram(name, bytes.NewReader(one.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if !one.Equal(again) || len(intake.DiffProgram(one, again)) > 0 {
			t.Errorf("%s: %s", name, intake.DiffProgram(one, again))
		}
	}
}

func TestDiffShowsNoNames(t *testing.T) {
	t.Parallel()
	old, changed := sampleCase(t), sampleCase(t)
	changed.MediatedOn = changed.MediatedOn.AddDays(1)
	changed.Backup = ""
	changed.Parties[1].Phone = "+13125550177"
	changed.Parties[1].Name = "Somebody Else"
	changed.Parties[1].Language = "en"
	changed.Parties[0].Consent = nil
	changed.Agreement[0].Instalments = &calendar.Plan{Count: 3, Every: calendar.Month, First: calendar.MustParse("2026-04-01")}
	changed.Agreement = append(changed.Agreement[:2:2], intake.Commitment{Key: "talk", Kind: intake.Counselling, By: "o", Due: calendar.MustParse("2026-05-01")})
	want := []string{
		"mediated_on: 2026-03-02 → 2026-03-03",
		"backup: sam → none",
		"parties[v].consent.on: 2026-03-02 → none",
		"parties[v].consent.how: removed",
		"parties[o].name: changed",
		"parties[o].phone: changed",
		"parties[o].language: es → en",
		"agreement[money].instalments.count: 6 → 3",
		"agreement[hours]: removed",
		"agreement[talk]: added",
	}
	if diff := cmp.Diff(want, intake.DiffCase(old, changed)); diff != "" {
		t.Error(diff)
	}
	program, other := sampleProgram(t), sampleProgram(t)
	other.Staff[0].Email = ""
	other.Languages = []string{"en"}
	grace := 5
	other.Policy.GraceDays = &grace
	want = []string{
		"languages: [en, es] → [en]",
		"staff[dana].email: removed",
		"policy.grace_days: none → 5",
	}
	if diff := cmp.Diff(want, intake.DiffProgram(program, other)); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(strings.Join(intake.DiffCase(old, changed), ""), "Else") {
		t.Error("a difference shows a name")
	}
}
