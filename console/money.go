package console

import (
	"fmt"
	"html/template"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// moneyView is a restitution: its ledger, what that comes to and a picture of it.
type moneyView struct {
	store.Commitment
	By, To      string
	Balance     ledger.Balance
	Instalments []instalmentView
	Entries     []entryView
	Picture     template.HTML
	Settled     bool
}

type instalmentView struct {
	ledger.Instalment
	N     int
	Moved bool
	State string // paid, late, part, waived, reported
	Text  string
}

type entryView struct {
	ledger.Entry
	Who string
}

func (v *visit) moneyView(tx *store.Tx, b *caseBook, c store.Commitment) moneyView {
	today := v.todayIs()
	entries := b.ledger[c.ID]
	m := moneyView{Commitment: c, By: b.names[c.ByID], To: b.names[int64(c.ToID)], Balance: ledger.Of(entries, today)}
	if m.To == "" {
		m.To = tx.Reveal(c.Payee)
	}
	m.Settled = m.Balance.Settled()
	for i, in := range m.Balance.Instalments {
		view := instalmentView{Instalment: in, N: i + 1, Moved: in.Due != in.OriginalDue}
		switch {
		case in.WaivedCents == in.AmountCents:
			view.State, view.Text = "waived", v.page.t("Waived")
		case in.LeftCents == 0 && in.ReportedCents > 0:
			view.State, view.Text = "held", v.page.t("Reported")
		case in.LeftCents == 0:
			view.State, view.Text = "met", v.page.t("Received")
		case in.Due.Before(today):
			view.State, view.Text = "missed", v.page.count(today.Sub(in.Due), "1 day late", "%d days late")
		case in.LeftCents < in.AmountCents:
			view.State, view.Text = "held", v.page.t("In part")
		default:
			view.State, view.Text = "none", v.page.t("To come")
		}
		m.Instalments = append(m.Instalments, view)
	}
	for _, e := range entries {
		if e.Kind != ledger.Due {
			m.Entries = append(m.Entries, entryView{e, v.actorName(tx, b, e.By)})
		}
	}
	m.Picture = v.page.moneyPicture(entries, m.Balance, today)
	return m
}

// actorName is who wrote an entry, as the page calls them.
func (v *visit) actorName(tx *store.Tx, b *caseBook, by string) string {
	if key, ok := strings.CutPrefix(by, "party:"); ok {
		for id, k := range b.keys {
			if k == key {
				return b.names[id]
			}
		}
	}
	for _, s := range b.staff {
		if by == "staff:"+s.Key {
			return tx.Reveal(s.Name)
		}
	}
	if by == "system" {
		return v.page.t("The service")
	}
	return by
}

// The picture's size, in its own units.
const (
	pictureWidth, pictureHeight = 640, 220
	marginLeft, marginRight     = 84, 12
	marginTop, marginBottom     = 14, 30
)

// step is a sum from a day on.
type step struct {
	on    calendar.Date
	cents int64
}

// moneyPicture draws what was agreed against what was received over time. The table beside it says the same.
func (p *pageSet) moneyPicture(entries []ledger.Entry, b ledger.Balance, today calendar.Date) template.HTML {
	var agreed, came []step
	for _, in := range b.Instalments {
		agreed = append(agreed, step{in.OriginalDue, in.AmountCents})
	}
	if len(agreed) == 0 {
		return ""
	}
	kinds := map[int64]ledger.Kind{}
	for _, e := range entries {
		kinds[e.ID] = e.Kind
		switch {
		case e.Kind == ledger.Received:
			came = append(came, step{e.EffectiveOn, e.AmountCents})
		case e.Kind == ledger.Reversed && kinds[e.Of] == ledger.Received:
			came = append(came, step{e.EffectiveOn, -e.AmountCents})
		}
	}
	agreed, came = rising(agreed), rising(came)
	first, last := agreed[0].on, agreed[len(agreed)-1].on
	for _, s := range came {
		if s.on.Before(first) {
			first = s.on
		}
		if last.Before(s.on) {
			last = s.on
		}
	}
	if last.Before(today) {
		last = today
	}
	first, last = first.AddDays(-3), last.AddDays(3)
	top := max(b.TotalCents, b.ReceivedCents, 1)
	days := max(1, last.Sub(first))
	x := func(d calendar.Date) float64 {
		return marginLeft + float64(d.Sub(first))/float64(days)*(pictureWidth-marginLeft-marginRight)
	}
	y := func(cents int64) float64 {
		return marginTop + (1-float64(cents)/float64(top))*(pictureHeight-marginTop-marginBottom)
	}
	var out strings.Builder
	name := p.t("Agreed against received: %s of %s received by %s", p.money(b.ReceivedCents, b.Currency), p.money(b.TotalCents, b.Currency), p.date(today))
	fmt.Fprintf(&out, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, pictureWidth, pictureHeight, template.HTMLEscapeString(name))
	for _, cents := range []int64{0, top / 2, top} {
		fmt.Fprintf(&out, `<path class="axis" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`, marginLeft, y(cents), pictureWidth-marginRight,
			marginLeft-8, y(cents)+4, template.HTMLEscapeString(p.whole(cents, b.Currency)))
	}
	stairs := func(steps []step, until calendar.Date) string {
		var d strings.Builder
		fmt.Fprintf(&d, "M%.1f %.1f", x(first), y(0))
		for _, s := range steps {
			fmt.Fprintf(&d, "H%.1fV%.1f", x(s.on), y(s.cents))
		}
		fmt.Fprintf(&d, "H%.1f", x(until))
		return d.String()
	}
	until := today
	if len(came) > 0 && until.Before(came[len(came)-1].on) {
		until = came[len(came)-1].on
	}
	if !until.Before(first) {
		path := stairs(came, until)
		fmt.Fprintf(&out, `<path class="area" d="%sV%.1fZ"/><path class="came" d="%s"/>`, path, y(0), path)
	}
	fmt.Fprintf(&out, `<path class="agreed" d="%s"/>`, stairs(agreed, last))
	if !today.Before(first) && !last.Before(today) {
		fmt.Fprintf(&out, `<path class="today" d="M%.1f %dV%d"/>`, x(today), marginTop, pictureHeight-marginBottom)
	}
	fmt.Fprintf(&out, `<text x="%d" y="%d">%s</text><text x="%d" y="%d" text-anchor="end">%s</text></svg>`, marginLeft, pictureHeight-8,
		template.HTMLEscapeString(p.date(first.AddDays(3))), pictureWidth-marginRight, pictureHeight-8, template.HTMLEscapeString(p.date(last.AddDays(-3))))
	return template.HTML(out.String())
}

// rising adds up sums day by day.
func rising(steps []step) []step {
	sortSteps(steps)
	sum := int64(0)
	for i := range steps {
		sum += steps[i].cents
		steps[i].cents = sum
	}
	return steps
}
