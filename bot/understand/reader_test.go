package understand

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

var testNow = time.Date(2026, time.March, 4, 10, 15, 0, 0, time.FixedZone("", -5*3600))

func TestNew(t *testing.T) {
	t.Parallel()
	if got := New().Languages(); len(got) < 2 {
		t.Fatalf("languages: %v", got)
	}
}

// TestSameAnswer reads the corpus from several goroutines at once: one Reader gives everyone the same.
func TestSameAnswer(t *testing.T) {
	t.Parallel()
	r := New()
	var inputs []Input
	for _, e := range readCorpus(t, "testdata/tuned.jsonl") {
		in, err := e.input(r.g.langs)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, in)
	}
	want := make([]Reading, len(inputs))
	for i, in := range inputs {
		want[i] = r.Read(in)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, in := range inputs {
				if got := r.Read(in); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%q: %+v, then %+v", in.Text, want[i], got)
				}
			}
		})
	}
	wg.Wait()
}

func TestExplain(t *testing.T) {
	t.Parallel()
	r := New()
	in := Input{Text: "yes but he was outside my house on sunday", Lang: "en", Role: Victim, Expect: Expect{Kind: YesNo}, Now: testNow}
	got := r.Explain(in)
	why := strings.Join(got.Why, "\n")
	for _, want := range []string{"urgent: ", "he was outside", "yes: yes", "date: sunday", "intent: answer"} {
		if !strings.Contains(why, want) {
			t.Errorf("%q is not in\n%s", want, why)
		}
	}
	plain := r.Read(in)
	got.Why = nil
	if !reflect.DeepEqual(got, plain) {
		t.Errorf("Explain says %+v, Read %+v", got, plain)
	}
}

// FuzzRead holds what must be so of any bytes: no panic, one of the intents, a sum within bounds, fields only where the
// intent bears them, and the same answer twice.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "STOP", "paid $1,250.50 on 3/15/26", "dos horas y media", "4️⃣", "½ hour", "$-5", "a hundred and twenty five thousand million",
		"\xff\xfe stop \x80", "no me siento segura 😭", "s t o p", "99999999999999999999", "1/2 1/2 1/2", "el 31 de febrero", strings.Repeat("no ", 400),
		strings.Repeat("a hundred thousand ", 80), "((((", "in 99999999 weeks", "٣", "🇪🇸", "1.2.3.4.5.6.7", "--5", "$$$", "1:2:3",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	r := New()
	kinds := []Expect{
		{}, {Kind: YesNo}, {Kind: Scale, Min: 1, Max: 5}, {Kind: Amount}, {Kind: OnDate}, {Kind: Hours},
		{Kind: Choice, Options: []string{"yes", "no", "in part"}}, {Kind: Text},
	}
	known := map[Intent]bool{Answer: true, Unclear: true}
	for _, o := range order {
		known[o.intent] = true
	}
	f.Fuzz(func(t *testing.T, s string, k uint8) {
		in := Input{Text: s, Lang: r.g.langs[int(k>>6)%len(r.g.langs)], Role: Victim, Expect: kinds[int(k)%len(kinds)], Now: testNow}
		if k&32 != 0 {
			in.Role = Offender
		}
		got := r.Read(in)
		if !known[got.Intent] {
			t.Fatalf("intent %q", got.Intent)
		}
		if got.AmountCents != nil && (*got.AmountCents < 1 || *got.AmountCents > maxCents) {
			t.Fatalf("amount %d", *got.AmountCents)
		}
		if got.Intent == Unclear && (got.AmountCents != nil || got.Date != nil || got.Number != nil || got.Choice != nil || got.Yes != nil) {
			t.Fatalf("unclear bears %+v", got)
		}
		if got.Date != nil {
			if _, err := time.Parse(time.DateOnly, got.Date.String()); err != nil {
				t.Fatal(err)
			}
		}
		if again := r.Read(in); !reflect.DeepEqual(got, again) {
			t.Fatalf("%+v, then %+v", got, again)
		}
		if utf8.ValidString(s) {
			why := r.Explain(in)
			why.Why = nil
			if !reflect.DeepEqual(got, why) {
				t.Fatalf("Read %+v, Explain %+v", got, why)
			}
		}
	})
}
