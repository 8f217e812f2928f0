package intake_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"amends/store/intake"

	"github.com/xuri/excelize/v2"
)

// sound says of faults that each is one sentence of ours.
func sound(t *testing.T, err error) {
	t.Helper()
	var faults intake.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("not faults: %v", err)
	}
	for _, f := range faults {
		if f.Message == "" || strings.ContainsAny(f.Error(), "\n\r\t\x00") || !strings.HasPrefix(f.Error(), "in") {
			t.Errorf("%q", f.Error())
		}
	}
}

func FuzzCase(f *testing.F) {
	f.Add(file(f, "case.yaml"))
	f.Add(file(f, "full.json"))
	f.Add([]byte("program: &a x\nparties: [*a, {<<: *a}, {key: v, key: v}]\nagreement: {}\npolicy: ~\n"))
	f.Add([]byte("{\"parties\": [null, 1, [], {\"safe_times\": [{}]}]}"))
	f.Add([]byte("%YAML 1.1\n--- !!map\n? [a]\n: b\n...\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := intake.ParseCase("in", bytes.NewReader(data))
		if err != nil {
			sound(t, err)
			return
		}
		for _, text := range [][]byte{c.Encode(), c.EncodeYAML()} {
			again, err := intake.ParseCase("in", bytes.NewReader(text))
			if err != nil || !c.Equal(again) {
				t.Fatalf("%s\n%v", text, err)
			}
		}
		for _, m := range c.Agreement {
			if m.Kind != intake.Restitution {
				continue
			}
			sum := int64(0)
			in, err := m.Schedule()
			for _, one := range in {
				sum += one.AmountCents
			}
			if err != nil || sum != m.TotalCents {
				t.Fatalf("%d of %d: %v", sum, m.TotalCents, err)
			}
		}
	})
}

func FuzzProgram(f *testing.F) {
	f.Add(file(f, "program.yaml"))
	f.Add(file(f, "full-program.yaml"))
	f.Add([]byte("staff: [{role: mediator}]\npolicy: {checkin_days: [x], acknowledge: {urgent: 9999999h}, texts_per_second: .nan}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := intake.ParseProgram("in", bytes.NewReader(data))
		if err != nil {
			sound(t, err)
			return
		}
		for _, text := range [][]byte{p.Encode(), p.EncodeYAML()} {
			again, err := intake.ParseProgram("in", bytes.NewReader(text))
			if err != nil || !p.Equal(again) {
				t.Fatalf("%s\n%v", text, err)
			}
		}
	})
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(tableHeader + tableRow))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(tableHeader+tableRow, ",", ";")))
	f.Add([]byte("reference\n\"\n"))
	book := excelize.NewFile()
	_ = book.SetSheetRow("Sheet1", "A1", &[]string{"reference", "mediated_on"})
	var b bytes.Buffer
	_ = book.Write(&b)
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, faults := intake.ReadTable("in", bytes.NewReader(data), func(done, total int) {
			if done > total {
				t.Errorf("%d of %d done", done, total)
			}
		})
		if len(faults) > 0 {
			sound(t, faults)
			if cases != nil {
				t.Error("cases beside faults")
			}
			return
		}
		for _, c := range cases {
			c.Program = "riverside"
			if _, err := intake.ParseCase("in", bytes.NewReader(c.Encode())); err != nil {
				t.Errorf("%s: %v", c.Encode(), err)
			}
		}
	})
}
