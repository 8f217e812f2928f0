package flows_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"amends/flows"
	"amends/templates"
)

var update = flag.Bool("update", false, "write the golden transcripts anew")

// dialogue is one way through a flow. A line is what happens: "..." is that
// time passes without a reply, "=word" what the action came to, all else a
// reply. "+fact" and "-fact" before a line change what holds.
type dialogue struct {
	name  string
	entry string
	vars  map[string]string
	facts string
	lines []string
}

// TestTranscripts plays every dialogue in every language, plain and discreet,
// writes the state to JSON and reads it back between every two steps, and
// compares all that was said and done with a golden file. Then each text that
// a flow can say has been said.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	c, b := catalogue(t), book5(t)
	for _, name := range c.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := c.Flow(name)
			all := dialogues()[name]
			if len(all) == 0 {
				t.Fatal("no dialogue for this flow")
			}
			said := map[string]bool{}
			for _, lang := range b.Languages() {
				for _, discreet := range []bool{false, true} {
					var out strings.Builder
					for _, side := range f.For {
						for _, d := range all {
							fmt.Fprintf(&out, "# %s, to the %s's side\n", d.name, side)
							play(t, c, b, &out, name, d, side, lang, discreet, said)
							out.WriteByte('\n')
						}
					}
					file := name + "." + lang + ".txt"
					if discreet {
						file = name + "." + lang + ".discreet.txt"
					}
					compare(t, filepath.Join("testdata", "transcripts", file), out.String())
				}
			}
			for _, s := range f.Steps {
				for key := range saidBy(f, s) {
					if !said[key] {
						t.Errorf("no dialogue comes to the text %s of step %s", key, s.ID)
					}
				}
			}
		})
	}
}

func play(t *testing.T, c *flows.Catalogue, b *templates.Book, out *strings.Builder, name string, d dialogue, side, lang string, discreet bool, said map[string]bool) {
	t.Helper()
	facts := map[string]bool{}
	for _, fact := range strings.Fields(d.facts) {
		facts[fact] = true
	}
	s := flows.State{Flow: name}
	step := func(e flows.Event) {
		t.Helper()
		e.Facts = facts
		next, effects, err := c.Step(s, e)
		if err != nil {
			t.Fatalf("%s: %s: %v", name, d.name, err)
		}
		s = throughJSON(t, next)
		for _, e := range effects {
			if e.Text != "" {
				said[e.Text] = true
			}
			out.WriteString(told(t, b, e, side, lang, discreet))
		}
	}
	fmt.Fprintf(out, "-- start %s%s\n", d.entry, d.facts)
	step(flows.Event{Kind: flows.Start, Entry: d.entry, Vars: d.vars})
	for _, line := range d.lines {
		for strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-") {
			fact, rest, _ := strings.Cut(line, " ")
			facts[fact[1:]], line = fact[0] == '+', rest
		}
		result, isResult := strings.CutPrefix(line, "=")
		switch {
		case isResult:
			fmt.Fprintf(out, "-- %s\n", result)
			step(flows.Event{Kind: flows.Done, Result: result, Vars: map[string]string{"score": "64"}})
		case line == "...":
			fmt.Fprintf(out, "-- no reply\n")
			step(flows.Event{Kind: flows.Silence})
		default:
			fmt.Fprintf(out, "> %s\n", line)
			expect, _, _, ok := c.Expect(s)
			if !ok {
				t.Fatalf("%s: %s: %q comes where nothing is asked", name, d.name, line)
			}
			if answer, _, ok := flows.ByDigits(expect, line); ok {
				step(flows.Event{Kind: flows.Reply, Answer: answer})
			} else {
				step(flows.Event{Kind: flows.Unclear})
			}
		}
	}
	if !s.Ended() {
		t.Errorf("%s: %s: it has not ended", name, d.name)
	}
}

// told writes one effect as a line of the transcript.
func told(t *testing.T, b *templates.Book, e flows.Effect, side, lang string, discreet bool) string {
	t.Helper()
	switch e.Kind {
	case flows.Say, flows.Ask:
		text, err := b.Example(side, e.Text, lang, discreet, e.First, templates.Again(e.Again))
		if err != nil {
			t.Fatal(err)
		}
		line := "< " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"
		if e.Kind == flows.Ask {
			line += fmt.Sprintf("   waits %v for %s\n", e.Wait, e.Name)
		}
		return line
	case flows.Record:
		return fmt.Sprintf("   record %s = %s\n", e.Name, e.Value)
	}
	return fmt.Sprintf("   %s %s\n", e.Kind, e.Name)
}

func throughJSON(t *testing.T, s flows.State) flows.State {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back flows.State
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, back) {
		t.Fatalf("the state does not come back from JSON: %+v, %+v", s, back)
	}
	return back
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./flows -update writes it anew); now:\n%s", file, got)
	}
}

// saidBy lists the texts that a step may come to.
func saidBy(f *flows.Flow, s flows.Step) map[string]bool {
	keys := map[string]bool{s.Say: true, s.Ask: true}
	for _, b := range s.Then {
		keys[b.Say] = true
	}
	if f.Unclear != nil && s.Ask != "" {
		keys[f.Unclear.Say] = true
	}
	delete(keys, "")
	return keys
}

// book5 has the WHO-5 items, in words of no meaning: the real ones are the
// program's to bring.
func book5(t *testing.T) *templates.Book {
	t.Helper()
	overlay := fstest.MapFS{}
	for _, lang := range []string{"en", "es"} {
		text := "party:\n"
		for i := 1; i <= 5; i++ {
			text += fmt.Sprintf("  who5.item%d: \"(%d of 5, the program's own words.) 0 to 5\"\n", i, i)
		}
		overlay[lang+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	b, err := templates.Load(overlay)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
