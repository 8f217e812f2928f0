package flows_test

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amends/flows"
	"amends/templates"
)

func TestDrawEveryFlow(t *testing.T) {
	t.Parallel()
	c, b := catalogue(t), book(t)
	for _, name := range c.Names() {
		f, _ := c.Flow(name)
		svg, err := c.Draw(name, func(key string) string {
			text, err := b.Example(f.For[0], key, "en", false, false, templates.Once)
			if err != nil {
				return "(" + key + ")"
			}
			return text
		})
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
		if dir := os.Getenv("AMENDS_DRAW"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

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
