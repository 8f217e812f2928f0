package flows_test

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"amends/flows"
	"amends/templates"
)

func TestDrawEveryFlow(t *testing.T) {
	t.Parallel()
	c, b := catalogue(t), book(t)
	for _, name := range c.Names() {
		f, _ := c.Flow(name)
		words := func(key string) string {
			text, err := b.Example(f.For[0], key, "en", false, false, templates.Once)
			if err != nil {
				return "(" + key + ")"
			}
			return text
		}
		svg, err := c.Draw(name, words)
		if err != nil {
			t.Fatal(err)
		}
		for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: the drawing is no XML: %v", name, err)
			}
		}
		for _, want := range []string{"<title id=\"title\">" + name, "<desc id=\"desc\">", "start"} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s: the drawing lacks %q", name, want)
			}
		}
		if again, _ := c.Draw(name, words); again != svg {
			t.Errorf("%s: drawn twice it is not the same", name)
		}
		if dir := os.Getenv("AMENDS_DRAW"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A file from outside is refused or is a flow that the check, the drawing and
// the engine can bear, broken as it may be.
func FuzzFlowFile(f *testing.F) {
	f.Add("flow: x\nfor: [victim]\nsteps: [{id: a, ask: k, expect: {scale: [1, 5]}, then: [{when: 1, go: z}]}]")
	f.Add("flow: x\nentries: [b]\nsteps: [{id: a, go: b}, {id: b, go: a}]")
	f.Add("flow: x\nsteps: [{id: a, do: payment.report, then: [{when: over, if: money, end: x}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := flows.Load(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		if err != nil {
			return
		}
		flows.Check(c, noTexts{})
		for _, name := range c.Names() {
			if _, err := c.Draw(name, func(string) string { return "words" }); err != nil {
				t.Fatal(err)
			}
			c.Step(flows.State{Flow: name}, flows.Event{Kind: flows.Start})
		}
	})
}

type noTexts struct{ flows.Texts }

func (noTexts) Languages() []string { return nil }

func catalogue(t *testing.T) *flows.Catalogue {
	t.Helper()
	c, err := flows.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func book(t *testing.T) *templates.Book {
	t.Helper()
	b, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
