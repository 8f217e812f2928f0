package console

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"amends/store/calendar"
)

func calendarMonth(year int, month time.Month) calendar.Date { return calendar.DateOf(year, month, 1) }

// chart is a picture of pairs of bars: of each, the whole and the part. A table on the page says the same.
type chart struct {
	ID, Title, Desc string
	Bars            []pair
	Scale           func(n int64) string // a number as the margin has it
}

type pair struct {
	Name        string
	Whole, Part int64
}

// moneyMonths draws what fell due and what was received, month by month.
func (p *pageSet) moneyMonths(c currencyView) template.HTML {
	all := make([]pair, len(c.Months))
	for i, m := range c.Months {
		all[i] = pair{m.Name, m.Due, m.Received}
	}
	return p.pairs(chart{ID: "money-picture-" + c.Currency, Title: p.t("What fell due and what was received, by month"),
		Desc: p.t("Agreed %s, received %s, waived %s, outstanding %s.", p.money(c.Agreed, c.Currency), p.money(c.Received, c.Currency), p.money(c.Waived, c.Currency),
			p.money(c.Outstanding(), c.Currency)), Bars: all, Scale: func(cents int64) string { return p.whole(cents, c.Currency) }})
}

// begin begins a picture that a screen reader names and describes.
func begin(out *strings.Builder, id, title, desc string, height int) {
	fmt.Fprintf(out, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		pictureWidth, height, id, id, id, template.HTMLEscapeString(title), id, template.HTMLEscapeString(desc))
}

// pairs draws a chart.
func (p *pageSet) pairs(c chart) template.HTML {
	if len(c.Bars) == 0 {
		return ""
	}
	top := int64(1)
	for _, b := range c.Bars {
		top = max(top, b.Whole, b.Part)
	}
	y := func(n int64) float64 {
		return marginTop + (1-float64(max(0, n))/float64(top))*(pictureHeight-marginTop-marginBottom)
	}
	var out strings.Builder
	begin(&out, c.ID, c.Title, c.Desc, pictureHeight)
	last := ""
	for _, n := range []int64{0, top / 2, top} {
		label := c.Scale(n)
		if label == last {
			continue
		}
		last = label
		fmt.Fprintf(&out, `<path class="axis" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`, marginLeft, y(n), pictureWidth-marginRight,
			marginLeft-8, y(n)+4, template.HTMLEscapeString(label))
	}
	width := float64(pictureWidth-marginLeft-marginRight) / float64(len(c.Bars))
	thick := min(width*.36, 60)
	for i, b := range c.Bars {
		middle := marginLeft + (float64(i)+.5)*width
		for j, bar := range []struct {
			class string
			n     int64
		}{{"ghost", b.Whole}, {"bar", b.Part}} {
			fmt.Fprintf(&out, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, bar.class, middle+(float64(j)-1)*thick, y(bar.n), thick, y(0)-y(bar.n))
		}
		if every := len(c.Bars)/7 + 1; i%every == 0 {
			fmt.Fprintf(&out, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, middle, pictureHeight-8, template.HTMLEscapeString(b.Name))
		}
	}
	out.WriteString(`</svg>`)
	return template.HTML(out.String())
}

// slopes draws the first and the last mean of each side, from 1 to 5, with a line between them.
func (p *pageSet) slopes(sides []wellSide) template.HTML {
	if len(sides) == 0 {
		return ""
	}
	const left, right, height = 120.0, pictureWidth - 120.0, pictureHeight
	y := func(value float64) float64 { return marginTop + (5-value)/4*(height-marginTop-marginBottom-10) }
	var said []string
	for _, s := range sides {
		said = append(said, p.t("%s: from %s to %s", s.Name, s.First, s.Last))
	}
	var out strings.Builder
	begin(&out, "well-picture", p.t("Well-being, first and last answer, from 1 to 5"), strings.Join(said, "; "), height)
	for value := 1; value <= 5; value++ {
		fmt.Fprintf(&out, `<path class="axis" d="M32 %.1fH%d"/><text x="22" y="%.1f" text-anchor="end">%d</text>`, y(float64(value)), pictureWidth-10, y(float64(value))+4, value)
	}
	for i, s := range sides {
		line, dot, above := "came", "dot", -10.0
		if i%2 == 1 {
			line, dot = "other", "otherdot"
		}
		if other := sides[len(sides)-1-i]; other.first > s.first || other.first == s.first && i == 1 {
			above = 18 // so that two that are close do not write over each other
		}
		fmt.Fprintf(&out, `<path class="%s" d="M%.1f %.1fL%.1f %.1f"/>`, line, left, y(s.first), right, y(s.last))
		for _, end := range []struct {
			x     float64
			value float64
			text  string
		}{{left, s.first, s.First}, {right, s.last, s.Last}} {
			fmt.Fprintf(&out, `<circle class="%s" cx="%.1f" cy="%.1f" r="4.5"/><text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, dot, end.x, y(end.value), end.x, y(end.value)+above, end.text)
		}
	}
	fmt.Fprintf(&out, `<text x="%.1f" y="%d" text-anchor="middle">%s</text><text x="%.1f" y="%d" text-anchor="middle">%s</text></svg>`, left, height-8,
		template.HTMLEscapeString(p.t("First answer")), right, height-8, template.HTMLEscapeString(p.t("Last answer")))
	return template.HTML(out.String())
}
