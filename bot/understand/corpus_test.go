package understand

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusFile measures another corpus of the same form, and prints what it got wrong:
// go test ./bot/understand -run TestCorpusFile -corpus=file.jsonl -v
var corpusFile = flag.String("corpus", "", "a corpus to measure, beside the project's own")

// wanted is the output a corpus line calls for.
type wanted struct {
	Intent      Intent   `json:"intent"`
	AmountCents *int64   `json:"amount_cents"`
	Date        *string  `json:"date"`
	Number      *float64 `json:"number"`
	Choice      *int     `json:"choice"`
	Yes         *bool    `json:"yes"`
	Language    *string  `json:"language"`
	Risk        Risk     `json:"risk"`
}

type example struct {
	inputLine
	Want wanted `json:"want"`
}

func readCorpus(t testing.TB, name string) []example {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []example
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v in %s", name, err, lines.Text())
		}
		all = append(all, e)
	}
	return all
}

// share is how many of how many.
type share struct{ good, of int }

func (s *share) count(good bool) {
	s.of++
	if good {
		s.good++
	}
}

func (s share) percent() float64 {
	if s.of == 0 {
		return 100
	}
	return 100 * float64(s.good) / float64(s.of)
}

// The contract's measures, in the order they are printed.
var measureNames = [...]string{
	"opt-out found", "not opt-out kept", "urgent found", "concern or higher found", "harmless kept harmless", "intent right",
	"amount exact", "date exact", "number, choice, yes, language exact", "all exact",
}

type measures [len(measureNames)]share

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func (m *measures) add(got outputLine, want wanted) (ok bool) {
	if want.Intent == Stop {
		m[0].count(got.Intent == Stop)
	} else {
		m[1].count(got.Intent != Stop)
	}
	switch want.Risk {
	case RiskUrgent:
		m[2].count(got.Risk == RiskUrgent)
		m[3].count(got.Risk != RiskNone)
	case RiskConcern:
		m[3].count(got.Risk != RiskNone)
	default:
		m[4].count(got.Risk == RiskNone)
	}
	m[5].count(got.Intent == want.Intent)
	if want.AmountCents != nil || got.AmountCents != nil {
		m[6].count(same(got.AmountCents, want.AmountCents))
	}
	if want.Date != nil || got.Date != nil {
		m[7].count(same(got.Date, want.Date))
	}
	rest := same(got.Number, want.Number) && same(got.Choice, want.Choice) && same(got.Yes, want.Yes) && same(got.Language, want.Language)
	if want.Number != nil || want.Choice != nil || want.Yes != nil || want.Language != nil || !rest {
		m[8].count(rest)
	}
	ok = rest && got.Intent == want.Intent && same(got.AmountCents, want.AmountCents) && same(got.Date, want.Date) && got.Risk == want.Risk
	m[9].count(ok)
	return ok
}

// measure reads a corpus and gives the measures of each language.
func measure(t *testing.T, name string, wrong func(line string)) map[string]*measures {
	t.Helper()
	r := New()
	out := map[string]*measures{}
	for _, e := range readCorpus(t, name) {
		m := out[e.Lang]
		if m == nil {
			m = new(measures)
			out[e.Lang] = m
		}
		in, err := e.input(r.g.langs)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		line, err := json.Marshal(e.inputLine)
		if err != nil {
			t.Fatal(err)
		}
		result, fault := r.runLine(line, wrong != nil)
		if fault {
			t.Fatalf("%s: %v", e.ID, result)
		}
		got := result.(outputLine)
		if !m.add(got, e.Want) && wrong != nil {
			wrong(fmt.Sprintf("%s %.1s %s %q\n   want %s\n   got  %s\n   %s", e.ID, in.Role, in.Expect.Kind, in.Text, brief(e.Want), brief(got),
				strings.Join(got.Why, "; ")))
		}
	}
	return out
}

// brief prints the fields that are set.
func brief(v any) string {
	b, _ := json.Marshal(v)
	var m map[string]any
	_ = json.Unmarshal(b, &m)
	var parts []string
	for _, k := range []string{"intent", "amount_cents", "date", "number", "choice", "yes", "language", "risk"} {
		if m[k] != nil {
			parts = append(parts, fmt.Sprintf("%s=%v", k, m[k]))
		}
	}
	return strings.Join(parts, " ")
}

func table(all map[string]*measures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-38s", "")
	langs := New().Languages()
	for _, l := range langs {
		fmt.Fprintf(&b, "%20s", l)
	}
	for i, name := range measureNames {
		fmt.Fprintf(&b, "\n%-38s", name)
		for _, l := range langs {
			if m := all[l]; m != nil {
				fmt.Fprintf(&b, "%8.1f %% %4d/%-4d", m[i].percent(), m[i].good, m[i].of)
			}
		}
	}
	return b.String()
}

// TestCorpus measures both halves of the corpus against the floors: what was reached once may not be lost.
func TestCorpus(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "floors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var floors map[string]map[string]map[string]float64 // half, language, measure
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&floors); err != nil {
		t.Fatal(err)
	}
	for half, langs := range floors {
		t.Run(half, func(t *testing.T) {
			t.Parallel()
			all := measure(t, filepath.Join("testdata", half+".jsonl"), nil)
			t.Log(table(all))
			for lang, floor := range langs {
				for i, name := range measureNames {
					want, ok := floor[name]
					if !ok {
						t.Errorf("%s: no floor for %q", lang, name)
					}
					if got := all[lang][i].percent(); got < want-0.05 {
						t.Errorf("%s: %s fell to %.1f %% from %.1f %%", lang, name, got, want)
					}
				}
			}
		})
	}
}

func TestCorpusFile(t *testing.T) {
	if *corpusFile == "" {
		t.Skip("no -corpus given")
	}
	all := measure(t, *corpusFile, func(line string) { t.Log(line) })
	t.Log(table(all))
}
