package console

import (
	"encoding/csv"
	"html/template"
	"strconv"
	"strings"
	"time"

	"amends/store"
)

// figuresSince is how far back goes what is told of a while: 90 whole days before today.
const figuresSince = 90 * 24 * time.Hour

// The months that are shown: a year, this month included, and half a year of what is to come.
const (
	monthsBack  = 11
	monthsAhead = 6
)

// figuresView is what the program has come to.
type figuresView struct {
	store.Figures
	Open, Completed, Ended int
	Currencies             []currencyView
	Kept                   keptView
	Checkins               checkinsView
	Well                   wellView
	Waits                  []waitView
	Share                  string // of numbers opted out
	From                   string // the first day of what is told of a while
}

// currencyView is the restitution in a currency.
type currencyView struct {
	store.MoneyFigure
	Months  []monthView
	Picture template.HTML
	Part    string // of what was agreed and not waived, received
}

type monthView struct {
	Name string
	store.MonthFigure
}

// keptView is what was met on time.
type keptView struct {
	Due, OnTime int64
	Share       string
	Kinds       []shareView
	Months      []shareView
	Picture     template.HTML
}

// shareView is a part of a whole.
type shareView struct {
	Name        string
	Whole, Part int64
	Share       string
}

// checkinsView is how many check-ins were answered, and how soon.
type checkinsView struct {
	Share   string
	Sides   []replyView
	Picture template.HTML
}

type replyView struct {
	shareView
	Took time.Duration // the middle one
}

// wellView is how people said they were, first and last.
type wellView struct {
	Sides   []wellSide
	Picture template.HTML
}

type wellSide struct {
	Name                string
	N                   int64
	First, Last, Change string
	first, last         float64
}

type waitView struct {
	Severity string
	N        int
	Median   time.Duration
}

// figures is the page of what the program has come to.
func (v *visit) figures() error {
	page, err := v.readFigures()
	if err != nil {
		return err
	}
	return v.show("program", layout{Title: v.page.t("Program"), Nav: "program", Data: page})
}

func (v *visit) readFigures() (figuresView, error) {
	var f store.Figures
	today := v.todayIs()
	year, month, _ := today.AddMonths(-monthsBack).Date()
	span := store.FigureSpan{Since: store.At(v.now().Add(-figuresSince)), From: calendarMonth(year, month), Today: today}
	err := v.view(func(tx *store.Tx) (err error) {
		f, err = tx.Figures(v.me.Program.ID, span)
		return err
	})
	p := v.page
	page := figuresView{Figures: f, Share: share(int64(f.OptedOut), int64(f.Lines)), From: p.date(today.AddDays(-int(figuresSince.Hours() / 24)))}
	page.Open = f.Cases[store.CaseEnrolling] + f.Cases[store.CaseActive]
	page.Completed = f.Cases[store.CaseCompleted] + f.Closed["completed"]
	page.Ended = f.Cases[store.CaseClosed] - f.Closed["completed"]
	from, until := span.From.String()[:7], today.AddMonths(monthsAhead).String()[:7]
	for _, m := range f.Money {
		c := currencyView{MoneyFigure: m, Part: share(m.Received, m.Agreed-m.Waived)}
		for _, of := range m.Months {
			if of.Month >= from && of.Month <= until {
				c.Months = append(c.Months, monthView{p.monthName(of.Month), of})
			}
		}
		c.Picture = p.moneyMonths(c)
		page.Currencies = append(page.Currencies, c)
	}
	page.Kept, page.Checkins, page.Well = p.keptView(f), p.checkinsView(f), p.wellView(f)
	for _, w := range f.Waits {
		page.Waits = append(page.Waits, waitView{w.Severity, w.N, minutes(w.Median)})
	}
	return page, err
}

func minutes(n int64) time.Duration { return time.Duration(n) * time.Minute }

func (p *pageSet) keptView(f store.Figures) keptView {
	var k keptView
	for _, of := range f.Kept {
		k.Due, k.OnTime = k.Due+of.Due, k.OnTime+of.OnTime
		k.Kinds = append(k.Kinds, shareView{p.kind(of.Kind), of.Due, of.OnTime, share(of.OnTime, of.Due)})
	}
	for _, of := range f.Months {
		k.Months = append(k.Months, shareView{p.monthName(of.Month), of.Due, of.OnTime, share(of.OnTime, of.Due)})
	}
	k.Share = share(k.OnTime, k.Due)
	k.Picture = p.pairs(chart{ID: "kept-picture", Title: p.t("What fell due and what was met on time, by month"),
		Desc: p.t("%d of %d were met on time: %s.", int(k.OnTime), int(k.Due), k.Share), Bars: bars(k.Months), Scale: func(n int64) string { return strconv.FormatInt(n, 10) }})
	return k
}

// bars are shares as a picture has them.
func bars(shares []shareView) []pair {
	all := make([]pair, len(shares))
	for i, s := range shares {
		all[i] = pair{s.Name, s.Whole, s.Part}
	}
	return all
}

// sideOf is the side that a check-in is for, in words.
func (p *pageSet) sideOf(flow string) string {
	return p.word("party", strings.TrimSuffix(flow, "-checkin"))
}

func (p *pageSet) checkinsView(f store.Figures) checkinsView {
	var c checkinsView
	var asked, answered int64
	var shares []shareView
	for _, r := range f.Replies {
		s := shareView{p.sideOf(r.Flow), int64(r.Asked), int64(r.Answered), share(int64(r.Answered), int64(r.Asked))}
		asked, answered = asked+s.Whole, answered+s.Part
		shares = append(shares, s)
		c.Sides = append(c.Sides, replyView{s, minutes(r.Median)})
	}
	c.Share = share(answered, asked)
	if asked > 0 {
		c.Picture = p.pairs(chart{ID: "checkins-picture", Title: p.t("Check-ins asked and answered"), Desc: p.t("%d of %d were answered: %s.", int(answered), int(asked), c.Share),
			Bars: bars(shares), Scale: func(n int64) string { return strconv.FormatInt(n, 10) }})
	}
	return c
}

func (p *pageSet) wellView(f store.Figures) wellView {
	var w wellView
	for _, of := range f.Wellbeing {
		n := float64(of.N)
		s := wellSide{Name: p.word("party", of.Side), N: of.N, first: float64(of.First) / n, last: float64(of.Last) / n}
		s.First, s.Last, s.Change = tenth(s.first), tenth(s.last), tenth(s.last-s.first)
		if of.Last > of.First {
			s.Change = "+" + s.Change
		}
		w.Sides = append(w.Sides, s)
	}
	w.Picture = p.slopes(w.Sides)
	return w
}

// tenth writes a number with two digits after its point, and a true minus.
func tenth(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', 2, 64), "-", "−", 1)
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

// figureRow is a figure of an export: a number and what it is.
type figureRow struct {
	name  string
	value any // int64 or float64
}

// rows are the figures as an export has them.
func (page figuresView) rows() []figureRow {
	var rows []figureRow
	add := func(value any, name ...string) { rows = append(rows, figureRow{strings.Join(name, "_"), value}) }
	add(int64(page.Open), "cases_open")
	add(int64(page.Completed), "cases_completed")
	add(int64(page.Ended), "cases_ended_otherwise")
	for _, m := range page.Currencies {
		add(m.Agreed, "agreed_cents", m.Currency)
		add(m.Received, "received_cents", m.Currency)
		add(m.Waived, "waived_cents", m.Currency)
		add(m.Outstanding(), "outstanding_cents", m.Currency)
		for _, of := range m.Months {
			add(of.Due, "due_cents", m.Currency, of.Month)
			add(of.Received, "received_cents", m.Currency, of.Month)
		}
	}
	add(page.Kept.Due, "commitments_due_12_months")
	add(page.Kept.OnTime, "commitments_on_time_12_months")
	for _, k := range page.Figures.Kept {
		add(k.Due, "commitments_due_12_months", k.Kind)
		add(k.OnTime, "commitments_on_time_12_months", k.Kind)
	}
	for _, k := range page.Figures.Months {
		add(k.Due, "commitments_due", k.Month)
		add(k.OnTime, "commitments_on_time", k.Month)
	}
	for _, r := range page.Replies {
		side := strings.TrimSuffix(r.Flow, "-checkin")
		add(int64(r.Asked), "checkins_asked_90_days", side)
		add(int64(r.Answered), "checkins_answered_90_days", side)
		if r.Answered > 0 {
			add(r.Median, "minutes_to_reply_median_90_days", side)
		}
	}
	for _, w := range page.Wellbeing {
		add(w.N, "wellbeing_people", w.Side)
		add(float64(w.First)/float64(w.N), "wellbeing_first_mean", w.Side)
		add(float64(w.Last)/float64(w.N), "wellbeing_last_mean", w.Side)
		add(float64(w.Last-w.First)/float64(w.N), "wellbeing_change_mean", w.Side)
	}
	add(int64(page.Escalations), "escalations_opened_90_days")
	for _, w := range page.Figures.Waits {
		add(int64(w.N), "escalations_acknowledged_90_days", w.Severity)
		add(w.Median, "minutes_to_acknowledge_median_90_days", w.Severity)
	}
	add(int64(page.Lines), "numbers")
	add(int64(page.OptedOut), "numbers_opted_out")
	add(int64(page.Texts), "texts_sent_90_days")
	add(page.Segments, "segments_sent_90_days")
	add(int64(page.StaffTexts), "texts_sent_to_staff_90_days")
	add(page.StaffSegs, "segments_sent_to_staff_90_days")
	add(int64(page.InTexts), "texts_received_90_days")
	add(page.InSegs, "segments_received_90_days")
	return rows
}

// figuresCSV exports the figures as CSV.
func (v *visit) figuresCSV() error {
	page, err := v.readFigures()
	if err != nil {
		return err
	}
	records := [][]string{{"figure", "value"}}
	for _, r := range page.rows() {
		var value string
		switch x := r.value.(type) {
		case int64:
			value = strconv.FormatInt(x, 10)
		case float64:
			value = strconv.FormatFloat(x, 'f', 4, 64)
		}
		records = append(records, []string{r.name, value})
	}
	v.attach("program.csv", "text/csv; charset=utf-8")
	_ = csv.NewWriter(v.w).WriteAll(records)
	return nil
}

// figuresXLSX exports them as a workbook.
func (v *visit) figuresXLSX() error {
	page, err := v.readFigures()
	if err != nil {
		return err
	}
	b, err := newWorkbook([]string{"figure", "value"})
	if err != nil {
		return err
	}
	defer b.close()
	for _, r := range page.rows() {
		if err := b.add([]any{r.name, r.value}); err != nil {
			return err
		}
	}
	return v.attachBook("program.xlsx", b)
}
