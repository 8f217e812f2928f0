package pagetest

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// axe is axe-core, which finds what keeps people out.
//
//go:embed axe-core/axe.min.js
var axe string

// rules are what WCAG 2.2 asks for at level AA, and what axe holds to be good practice.
const rules = `['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']`

// Accessible fails the test with what axe finds on the page as it is seen now, or if the page must be scrolled sideways.
func (p *Tab) Accessible() {
	p.Helper()
	Ask[any](p, axe+";1")
	found := Ask[string](p, `axe.run({runOnly: `+rules+`, resultTypes: ['violations']}).then(r =>
		JSON.stringify(r.violations.map(v => ({rule: v.id, help: v.help, nodes: v.nodes.map(n => n.html + ' ' + n.failureSummary)}))))`)
	var violations []struct {
		Rule, Help string
		Nodes      []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		p.Fatal(err)
	}
	width := Ask[int64](p, "innerWidth")
	seen := p.Path() + " in " + Ask[string](p, "document.documentElement.lang + (matchMedia('(prefers-color-scheme: dark)').matches ? ', dark' : ', light')")
	for _, v := range violations {
		p.Errorf("%s, at %d: %s (%s)\n%.1500s", seen, width, v.Help, v.Rule, strings.Join(v.Nodes, "\n"))
	}
	if wide := Ask[int64](p, "document.documentElement.scrollWidth"); wide > width {
		p.Errorf("%s is %d wide in a window of %d", seen, wide, width)
	}
}
