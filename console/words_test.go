package console_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"amends/console"
	"amends/templates"

	"go.yaml.in/yaml/v3"
)

// TestEveryWordInSpanish finds what the pages say and no Spanish is there for, and Spanish that nobody says.
func TestEveryWordInSpanish(t *testing.T) {
	t.Parallel()
	source, err := fs.ReadFile(templates.Console(), "words.es.yaml")
	must(t, err)
	spanish := map[string]string{}
	must(t, yaml.Unmarshal(source, &spanish))

	said := map[string]bool{}
	for _, w := range console.Said() {
		said[w] = true
	}
	quoted := `"((?:[^"\\]|\\.)*)"`
	keep := func(text string, patterns ...string) {
		for _, p := range patterns {
			for _, found := range regexp.MustCompile(p).FindAllStringSubmatch(text, -1) {
				for _, w := range found[1:] {
					word, err := strconv.Unquote(`"` + w + `"`)
					must(t, err)
					said[word] = true
				}
			}
		}
	}
	files := templates.Console()
	names, err := fs.Glob(files, "*.html")
	must(t, err)
	for _, name := range names {
		if name == "phones.html" {
			continue
		}
		text, err := fs.ReadFile(files, name)
		must(t, err)
		keep(string(text), `[{( ]t `+quoted, `\bn [^"{}]*`+quoted+` `+quoted)
	}
	sources, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		must(t, err)
		keep(string(text), `\bt\(`+quoted, `store\.NewError\(store\.\w+, `+quoted, `count\([^"\n]*`+quoted+`, `+quoted, `said = [^"\n]*`+quoted, `(?:refuse|turnAway)\([^"\n]*`+quoted, `\{"[a-z]*", "((?:[^"\\]|\\.)*)", page\.Order`)
	}
	sentences := map[string]bool{} // that the bot refuses with; those with values in them are not all told in Spanish
	for _, name := range []string{"../bot/write.go", "../bot/pause.go", "../bot/decision_text.go", "../bot/decision_today.go"} {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, found := range regexp.MustCompile(`(?:NewError\(store\.\w+, |refuse\(|refuse\(fmt\.Sprintf\(|return )`+quoted).FindAllStringSubmatch(string(text), -1) {
			sentence, err := strconv.Unquote(`"` + found[1] + `"`)
			must(t, err)
			sentences[sentence] = true
		}
	}
	for w := range sentences {
		said[w] = said[w] || strings.HasSuffix(w, ".")
	}
	var missing []string
	for w := range said {
		if w != "" && spanish[w] == "" {
			missing = append(missing, w)
		}
		if strings.Count(w, "%") != strings.Count(spanish[w], "%") && spanish[w] != "" {
			t.Errorf("%q has other places than %q", spanish[w], w)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("%d have no Spanish:\n%s", len(missing), strings.Join(missing, "\n"))
	}
	for w := range spanish {
		if !said[w] {
			t.Errorf("nobody says %q", w)
		}
	}
}
