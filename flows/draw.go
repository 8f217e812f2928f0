package flows

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// Draw makes an SVG of a flow that a mediator understands: each question in
// its words, arrows labelled with the answers, and who is called in. words
// gives a text by key. The drawing has a title and a description for a screen
// reader and needs nothing but itself.
func (c *Catalogue) Draw(name string, words func(key string) string) (string, error) {
	f, err := c.Flow(name)
	if err != nil {
		return "", err
	}
	d := &drawing{flow: f, vocabulary: Words(), words: words, at: map[int]*node{}, ends: map[string]*node{}}
	d.collect()
	return d.svg(), nil
}

// box is what stands in a node.
type box struct {
	kind  string // start, ask, do, say, end
	head  string
	lines []string
}

const (
	boxWidth   = 262.0
	boxRunes   = 33 // of a line in a box, at 13 px
	labelRunes = 24
	lineTall   = 18.0
	boxMargin  = 12.0
	margin     = 28.0
)

type drawing struct {
	flow       *Flow
	vocabulary Vocabulary
	words      func(string) string
	layout     layout
	at         map[int]*node    // of a step
	ends       map[string]*node // of what branches do
}

func (d *drawing) collect() {
	f := d.flow
	starts := f.starts()
	for i, entry := range append([]string{""}, f.Entries...) {
		head := "start"
		if entry != "" {
			head = "start: " + phrase(entry)
		}
		d.line(d.node(box{kind: "start", head: head}), d.step(starts[i]), "", false)
	}
	for i, s := range f.Steps {
		if d.passed(i) != i {
			continue
		}
		for _, e := range f.edges(i, d.vocabulary) {
			switch {
			case e.branch != nil:
				d.branch(i, e)
			case s.waits() || e.kind == skipped:
				d.line(d.step(i), d.step(e.to), d.label(s, e), e.kind == skipped)
			case e.to != ended:
				d.line(d.step(i), d.step(e.to), "", false)
			}
		}
	}
	// Starts first, so that the walk that lays the drawing out begins there.
	slices.SortStableFunc(d.layout.nodes, func(a, b *node) int {
		return cmp.Compare(btoi(a.box.kind != "start"), btoi(b.box.kind != "start"))
	})
}

// step is the box of a step, drawn when it is first come to.
func (d *drawing) step(i int) *node {
	i = d.passed(i)
	if i < 0 || i >= len(d.flow.Steps) { // a broken flow is drawn too
		return d.node(box{kind: "end", head: "leads nowhere"})
	}
	if d.at[i] == nil {
		d.at[i] = d.node(d.stepBox(d.flow.Steps[i]))
	}
	return d.at[i]
}

// passed follows steps that do nothing but go on: they are not drawn.
func (d *drawing) passed(i int) int {
	for range d.flow.Steps {
		if i < 0 || i >= len(d.flow.Steps) {
			break
		}
		s := d.flow.Steps[i]
		if s.Go == "" || s.Say != "" || s.Escalate != "" || s.OnlyIf != "" || s.Unless != "" {
			break
		}
		i = d.flow.index(s.Go)
	}
	return i
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// branch draws the arrow of an answer, by way of a box for what it does.
func (d *drawing) branch(from int, e edge) {
	b := *e.branch
	label := d.label(d.flow.Steps[from], e)
	if b.Escalate == "" && b.Say == "" && b.End == "" {
		d.line(d.step(from), d.step(e.to), label, false)
		return
	}
	// Branches that do the same and go on to the same share a box.
	key := fmt.Sprint([]string{b.Escalate, b.Say, b.End}, e.to)
	n := d.ends[key]
	if n == nil {
		n = d.node(d.doesBox(b))
		d.ends[key] = n
		if e.to != ended {
			d.line(n, d.step(e.to), "", false)
		}
	}
	d.line(d.step(from), n, label, false)
}

// line adds an arrow; two between the same boxes become one.
func (d *drawing) line(from, to *node, label string, dashed bool) {
	for _, l := range d.layout.lines {
		if l.from == from && l.to == to {
			if l.dashed && !dashed {
				l.label, l.dashed = "", false // the answer says it
			}
			if label != "" && !dashed {
				l.label = strings.TrimPrefix(l.label+" / "+label, " / ")
			}
			return
		}
	}
	d.layout.lines = append(d.layout.lines, &line{from: from, to: to, label: label, dashed: dashed})
}

func (d *drawing) node(b box) *node {
	n := &node{w: boxWidth, box: b}
	n.h = 2*boxMargin + lineTall*float64(len(b.lines))
	if b.head != "" {
		n.h += lineTall
	}
	if b.kind == "start" {
		n.w, n.h = max(130, 30+7.2*float64(len(b.head))), 30
	}
	d.layout.nodes = append(d.layout.nodes, n)
	return n
}

func (d *drawing) stepBox(s Step) box {
	b := box{kind: "say"}
	switch {
	case s.Ask != "":
		b.kind, b.head = "ask", "We ask"
		b.lines = wrap(d.words(s.Ask))
	case s.Do != "":
		a, _ := d.vocabulary.Action(s.Do)
		b.kind, b.head = "do", "The service does"
		b.lines = wrap(a.Does)
	default:
		b = d.doesBox(Branch{Escalate: s.Escalate, Say: s.Say, End: s.End})
	}
	for _, cond := range []struct{ word, fact string }{{"only if ", s.OnlyIf}, {"unless ", s.Unless}} {
		if cond.fact != "" {
			b.lines = append(b.lines, wrap("("+cond.word+d.fact(cond.fact)+")")...)
		}
	}
	return b
}

// doesBox says who is called in, what is said, and how it ends.
func (d *drawing) doesBox(b Branch) box {
	out := box{kind: "say", head: "We say"}
	if b.End != "" {
		out.kind = "end"
	}
	if b.Say != "" {
		out.lines = wrap(d.words(b.Say))
	} else {
		out.head = ""
	}
	if b.Escalate != "" {
		r, _ := d.vocabulary.Reason(b.Escalate)
		out.lines = append(out.lines, wrap("Mediator is told: "+r.Is)...)
	}
	if b.End != "" {
		out.lines = append(out.lines, "End: "+phrase(b.End))
	}
	return out
}

func (d *drawing) fact(name string) string {
	f, _ := d.vocabulary.Fact(name)
	return f.Is
}

// label says in words which answer an arrow stands for.
func (d *drawing) label(s Step, e edge) string {
	if e.kind == skipped {
		return "passed over"
	}
	if a, _ := d.vocabulary.Action(s.Do); len(a.Results) == 1 {
		return ""
	}
	if e.branch == nil {
		if len(s.Then) == 0 {
			return map[string]string{Amount: "an amount", Date: "a day", Hours: "a number", Text: "any words"}[s.Expect.Kind]
		}
		return "otherwise"
	}
	b := *e.branch
	var words []string
	for _, w := range b.When {
		words = append(words, answerWords(w))
	}
	text := strings.Join(words, " or ")
	if text == "" && &s.Then[0] != e.branch && b.If == "" && b.Unless == "" {
		text = "otherwise"
	}
	if b.If != "" {
		text += " if " + d.fact(b.If)
	}
	if b.Unless != "" {
		text += " unless " + d.fact(b.Unless)
	}
	return strings.TrimSpace(text)
}

// answerWords reads a canonical answer or result as a person would say it.
func answerWords(w string) string {
	switch w {
	case "unsure":
		return "not sure"
	case "part":
		return "in part"
	case "over":
		return "more than expected"
	case "nothing":
		return "nothing is open"
	case "past":
		return "that day is over"
	case "whole":
		return "all of it"
	}
	return phrase(w)
}

func phrase(w string) string { return strings.ReplaceAll(w, "_", " ") }

// wrap breaks a text into lines of a box.
func wrap(text string) []string { return wrapAt(text, boxRunes) }

func wrapAt(text string, runes int) []string {
	var lines []string
	for _, part := range strings.Split(text, "\n") {
		now := ""
		for _, word := range strings.Fields(part) {
			if now != "" && len([]rune(now))+1+len([]rune(word)) > runes {
				lines, now = append(lines, now), ""
			}
			now = strings.TrimSpace(now + " " + word)
		}
		lines = append(lines, now)
	}
	return lines
}

// ways says once for all questions what becomes of an unclear reply and of
// none.
func (f *Flow) ways() []string {
	var all []string
	if w := f.Unclear; w != nil {
		text := "A reply that is not understood goes to a person."
		if w.Again > 0 {
			text = "A reply that is not understood is asked about once more, then it goes to a person."
		}
		all = append(all, text)
	}
	if w := f.Silence; w != nil {
		text := "No reply: "
		if w.Again > 0 {
			text += "asked once more after " + days(w.After) + ", then "
			if w.ThenAfter > 0 {
				text += "after " + days(w.ThenAfter) + " more "
			}
		} else {
			text += "after " + days(w.After) + " "
		}
		text += "it rests"
		if w.Escalate != "" {
			text += " and the mediator is told"
		}
		all = append(all, text+". A late answer still counts.")
	}
	return all
}

func days(d Duration) string {
	h := int(time.Duration(d).Hours())
	switch {
	case h == 24:
		return "a day"
	case h%24 == 0:
		return fmt.Sprintf("%d days", h/24)
	}
	return fmt.Sprintf("%d hours", h)
}

func esc(s string) string { return html.EscapeString(s) }
