package console

import (
	"encoding/csv"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"amends/store"
)

// figuresSince is how far back goes what is told of a while.
const figuresSince = 90 * 24 * time.Hour

// figuresView is what the program has come to.
type figuresView struct {
	store.Figures
	Open, Completed, Ended int
	Picture                template.HTML
	Months                 []monthView
	Waits                  []waitView
	Currency               string
	ReplyRate              string
}

type monthView struct {
	Name          string
	Due, Received int64
}

type waitView struct {
	Severity string
	N        int
	Average  time.Duration
}

// figures is the page of what the program has come to.
func (v *visit) figures() error {
	page, err := v.readFigures()
	if err != nil {
		return err
	}
	return v.show("program", layout{Title: v.page.t("Program"), Nav: "program", Data: page})
}

// monthsShown is a year and what lies half a year ahead.
const monthsShown = 18

func (v *visit) readFigures() (figuresView, error) {
	var page figuresView
	today := v.todayIs()
	err := v.view(func(tx *store.Tx) error {
		f, err := tx.Figures(v.me.Program.ID, store.At(v.now().Add(-figuresSince)))
		page = figuresView{Figures: f}
		return err
	})
	if err != nil {
		return page, err
	}
	page.Open = page.Cases[store.CaseEnrolling] + page.Cases[store.CaseActive]
	page.Completed = page.Cases[store.CaseCompleted] + page.Closed["completed"]
	page.Ended = page.Cases[store.CaseClosed] - page.Closed["completed"]
	page.ReplyRate = share(int64(page.Answered), int64(page.Checkins))
	for _, severity := range []string{"urgent", "high", "normal"} {
		for _, w := range page.Figures.Waits {
			if w.Severity == severity {
				page.Waits = append(page.Waits, waitView{severity, w.N, time.Duration(w.Average) * time.Millisecond})
			}
		}
	}
	if len(page.Money) > 0 {
		page.Currency = page.Money[0].Currency
	}
	months := page.Figures.Months
	from, until := today.AddMonths(-12).String()[:7], today.AddMonths(6).String()[:7]
	for _, m := range months {
		if m.Month < from || m.Month > until {
			continue
		}
		page.Months = append(page.Months, monthView{v.page.monthName(m.Month), m.Due, m.Received})
	}
	if len(page.Months) > monthsShown {
		page.Months = page.Months[:monthsShown]
	}
	page.Picture = v.page.monthsPicture(page.Months, page.Currency)
	return page, nil
}

// share is a part of a whole in per cent.
func share(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	return strconv.FormatInt((100*part+whole/2)/whole, 10) + "%"
}

// monthName is a month in words: Mar 2026.
func (p *pageSet) monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return p.month(t.Month()) + " " + strconv.Itoa(t.Year())
}

// monthsPicture draws what fell due and what was received, month by month. The table below it says the same.
func (p *pageSet) monthsPicture(months []monthView, currency string) template.HTML {
	if len(months) == 0 {
		return ""
	}
	top := int64(1)
	for _, m := range months {
		top = max(top, m.Due, m.Received)
	}
	y := func(cents int64) float64 {
		return marginTop + (1-float64(max(0, cents))/float64(top))*(pictureHeight-marginTop-marginBottom)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, pictureWidth, pictureHeight, template.HTMLEscapeString(p.t("What fell due and what was received, by month")))
	for _, cents := range []int64{0, top / 2, top} {
		fmt.Fprintf(&out, `<path class="axis" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`, marginLeft, y(cents), pictureWidth-marginRight,
			marginLeft-8, y(cents)+4, template.HTMLEscapeString(p.whole(cents, currency)))
	}
	width := float64(pictureWidth-marginLeft-marginRight) / float64(len(months))
	for i, m := range months {
		x := marginLeft + float64(i)*width
		for j, bar := range []struct {
			class string
			cents int64
		}{{"ghost", m.Due}, {"bar", m.Received}} {
			fmt.Fprintf(&out, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, bar.class, x+width*(.14+.36*float64(j)), y(bar.cents), width*.36, y(0)-y(bar.cents))
		}
		if every := len(months)/7 + 1; i%every == 0 {
			fmt.Fprintf(&out, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x+width/2, pictureHeight-8, template.HTMLEscapeString(m.Name))
		}
	}
	out.WriteString(`</svg>`)
	return template.HTML(out.String())
}

// figuresCSV exports the figures.
func (v *visit) figuresCSV() error {
	page, err := v.readFigures()
	if err != nil {
		return err
	}
	rows := [][]string{{"figure", "value"}, {"cases_open", strconv.Itoa(page.Open)}, {"cases_completed", strconv.Itoa(page.Completed)}, {"cases_ended_otherwise", strconv.Itoa(page.Ended)}}
	for _, m := range page.Money {
		for _, sum := range []struct {
			name  string
			cents int64
		}{{"agreed", m.Agreed}, {"received", m.Received}, {"waived", m.Waived}, {"outstanding", m.Outstanding()}} {
			rows = append(rows, []string{sum.name + "_cents_" + m.Currency, strconv.FormatInt(sum.cents, 10)})
		}
	}
	for _, w := range page.Waits {
		rows = append(rows, []string{"seconds_to_acknowledge_" + w.Severity, strconv.FormatInt(int64(w.Average.Seconds()), 10)})
	}
	rows = append(rows, []string{"checkins_asked_90_days", strconv.Itoa(page.Checkins)}, []string{"checkins_answered_90_days", strconv.Itoa(page.Answered)},
		[]string{"numbers", strconv.Itoa(page.Lines)}, []string{"numbers_opted_out", strconv.Itoa(page.OptedOut)},
		[]string{"texts_sent_90_days", strconv.Itoa(page.Texts)}, []string{"segments_sent_90_days", strconv.FormatInt(page.Segments, 10)})
	v.attach("program.csv", "text/csv; charset=utf-8")
	out := csv.NewWriter(v.w)
	_ = out.WriteAll(rows)
	return nil
}
