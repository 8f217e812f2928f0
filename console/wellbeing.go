package console

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"amends/store"
	"amends/store/calendar"
)

func sortSteps(steps []step) {
	slices.SortStableFunc(steps, func(a, b step) int { return a.on.Compare(b.on) })
}

// wellbeing is how the parties said they were, 1 to 5, over time.
type wellbeing struct {
	Parties []wellbeingOf
	Picture template.HTML
}

type wellbeingOf struct {
	Name  string
	Marks []mark
	Class string
}

// mark is one answer.
type mark struct {
	On    calendar.Date
	Value int
}

// wellbeing gathers the answers on how somebody is; nil if there are none, or the visitor may not read them.
func (v *visit) wellbeing(tx *store.Tx, b *caseBook, answers []store.Answer) *wellbeing {
	if !v.me.Reads() {
		return nil
	}
	w := &wellbeing{}
	for _, p := range b.parties {
		of := wellbeingOf{Name: b.names[p.ID], Class: []string{"", "other"}[len(w.Parties)%2]}
		for _, a := range answers {
			if a.PartyID != p.ID || a.Question != "wellbeing" {
				continue
			}
			if value, err := strconv.Atoi(tx.Reveal(a.Value)); err == nil {
				of.Marks = append(of.Marks, mark{calendar.On(a.At.Time(), v.me.Zone), value})
			}
		}
		if len(of.Marks) > 0 {
			w.Parties = append(w.Parties, of)
		}
	}
	if len(w.Parties) == 0 {
		return nil
	}
	w.Picture = v.page.wellbeingPicture(w.Parties)
	return w
}

// wellbeingPicture draws the marks of each party as a line. The table beside it says the same.
func (p *pageSet) wellbeingPicture(parties []wellbeingOf) template.HTML {
	first, last := parties[0].Marks[0].On, parties[0].Marks[0].On
	for _, of := range parties {
		for _, m := range of.Marks {
			if m.On.Before(first) {
				first = m.On
			}
			if last.Before(m.On) {
				last = m.On
			}
		}
	}
	days := max(1, last.Sub(first))
	x := func(d calendar.Date) float64 {
		return 40 + float64(d.Sub(first))/float64(days)*(pictureWidth-40-20)
	}
	y := func(value int) float64 {
		return marginTop + float64(5-value)/4*(pictureHeight-marginTop-marginBottom-10)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, pictureWidth, pictureHeight, template.HTMLEscapeString(p.t("Well-being over time, from 1 to 5")))
	for value := 1; value <= 5; value++ {
		fmt.Fprintf(&out, `<path class="axis" d="M32 %.1fH%d"/><text x="22" y="%.1f" text-anchor="end">%d</text>`, y(value), pictureWidth-10, y(value)+4, value)
	}
	for _, of := range parties {
		line, dot := "came", "dot"
		if of.Class != "" {
			line, dot = "other", "otherdot"
		}
		var d strings.Builder
		for i, m := range of.Marks {
			fmt.Fprintf(&d, "%s%.1f %.1f", []string{"L", "M"}[btoi(i == 0)], x(m.On), y(m.Value))
		}
		fmt.Fprintf(&out, `<path class="%s" d="%s"/>`, line, d.String())
		for _, m := range of.Marks {
			fmt.Fprintf(&out, `<circle class="%s" cx="%.1f" cy="%.1f" r="4.5"/>`, dot, x(m.On), y(m.Value))
		}
	}
	fmt.Fprintf(&out, `<text x="32" y="%d">%s</text>`, pictureHeight-8, template.HTMLEscapeString(p.date(first)))
	if first != last {
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="end">%s</text>`, pictureWidth-10, pictureHeight-8, template.HTMLEscapeString(p.date(last)))
	}
	out.WriteString(`</svg>`)
	return template.HTML(out.String())
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
