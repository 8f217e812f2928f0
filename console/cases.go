package console

import (
	"strconv"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
	"amends/store/ledger"
)

// casesPage is how many cases a page shows.
const casesPage = 50

// casesView is a page of cases.
type casesView struct {
	Search, Status, Mediator, Language, Order string
	Behind                                    bool
	Rows                                      []caseRow
	Statuses, Mediators, Languages, Orders    []choice
	Next                                      string
	Adds                                      bool // may put cases on record
	Filtered                                  bool
}

// caseRow is a case in the list.
type caseRow struct {
	store.CaseRow
	Parties  []string
	Mediator string
	Days     int // behind; below 0 it is to come
	Money    []string
	Stand    string // "Behind by 3 days"
}

// cases is the list of cases.
func (v *visit) cases() error {
	q := v.r.URL.Query()
	page := casesView{Search: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Mediator: q.Get("mediator"), Language: q.Get("language"),
		Order: q.Get("order"), Behind: q.Get("behind") != "", Adds: keepers.may(v.me.Role)}
	ask := store.CasePage{ProgramID: v.me.Program.ID, StaffID: v.me.wallFor(), Language: page.Language, Search: page.Search,
		Order: store.CaseOrder(page.Order), Limit: casesPage + 1, After: afterKey(q.Get("after"))}
	switch page.Status {
	case "all":
		ask.All = true
	default:
		ask.Status = store.CaseStatus(page.Status)
	}
	if page.Search != "" {
		ask.All = true // whoever looks for one case wants it, closed or not
		if phone, err := intake.Phone(page.Search); err == nil && v.me.Reads() {
			ask.Phone = phone
		}
	}
	if page.Behind {
		ask.Before = v.todayIs()
	}
	page.Filtered = page.Search+page.Status+page.Mediator+page.Language != "" || page.Behind
	err := v.view(func(tx *store.Tx) error {
		staff, err := tx.AllStaffOf(v.me.Program.ID)
		if err != nil {
			return err
		}
		page.Mediators = nil
		for _, s := range staff {
			if s.Key == page.Mediator {
				ask.Mediator = s.ID
			}
			if s.Active && s.Role != "auditor" && v.me.wallFor() == 0 {
				page.Mediators = append(page.Mediators, choice{s.Key, tx.Reveal(s.Name), s.Key == page.Mediator})
			}
		}
		rows, err := tx.CasePage(ask)
		if err != nil {
			return err
		}
		page.Next = ""
		if len(rows) > casesPage {
			rows = rows[:casesPage]
			key := rows[casesPage-1].Key(ask.Order)
			q.Set("after", strconv.FormatInt(key.ID, 10)+"."+key.Value)
			page.Next = "/cases?" + q.Encode()
		}
		page.Rows, err = v.caseRows(tx, rows, staff)
		return err
	})
	if err != nil {
		return err
	}
	if page.Search != "" && len(page.Rows) == 1 && strings.EqualFold(page.Rows[0].Reference, page.Search) {
		v.goTo(caseLink(page.Rows[0].Reference))
		return nil
	}
	v.caseChoices(&page)
	return v.show("cases", layout{Title: v.page.t("Cases"), Nav: "cases", Wide: true, Data: page})
}

// afterKey reads where a page begins: an ID, a dot and the value of the column that the order goes by.
func afterKey(text string) store.CaseKey {
	id, value, ok := strings.Cut(text, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return store.CaseKey{}
	}
	return store.CaseKey{Value: value, ID: n}
}

func (v *visit) caseChoices(page *casesView) {
	page.Statuses = []choice{{"", v.page.t("Open"), page.Status == ""}}
	for _, s := range []string{"enrolling", "active", "completed", "closed"} {
		page.Statuses = append(page.Statuses, choice{s, v.page.word("status", s), page.Status == s})
	}
	page.Statuses = append(page.Statuses, choice{"all", v.page.t("All"), page.Status == "all"})
	for _, code := range v.me.File.Languages {
		page.Languages = append(page.Languages, choice{code, v.page.word("language", code), page.Language == code})
	}
	for _, o := range []choice{{"", "What is due first", page.Order == ""}, {"mediated", "Last mediated first", page.Order == "mediated"}, {"reference", "Reference", page.Order == "reference"}} {
		page.Orders = append(page.Orders, choice{o.Value, v.page.t(o.Text), o.Chosen})
	}
}

// caseRows fills in what the list shows of each case.
func (v *visit) caseRows(tx *store.Tx, cases []store.CaseRow, staff []store.Staff) ([]caseRow, error) {
	names, err := v.partyNames(tx, cases)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	ledgers, err := tx.LedgersOfCases(ids...)
	if err != nil {
		return nil, err
	}
	today := v.todayIs()
	rows := make([]caseRow, len(cases))
	for i, c := range cases {
		row := caseRow{CaseRow: c, Parties: names[c.ID]}
		for _, s := range staff {
			if s.ID == c.MediatorID {
				row.Mediator = tx.Reveal(s.Name)
			}
		}
		if !c.NextDue.IsZero() && c.Status != store.CaseClosed {
			row.Days = today.Sub(c.NextDue)
			row.Stand = v.stand(row.Days, c.NextDue)
		}
		for _, entries := range ledgers[c.ID] {
			b := ledger.Of(entries, today)
			row.Money = append(row.Money, v.page.t("%s of %s", v.page.money(b.ReceivedCents, b.Currency), v.page.money(b.TotalCents-b.WaivedCents, b.Currency)))
		}
		rows[i] = row
	}
	return rows, nil
}

// stand is what comes next, or has not come, in words.
func (v *visit) stand(days int, due calendar.Date) string {
	switch {
	case days > 0:
		return v.page.count(days, "1 day late", "%d days late")
	case days == 0:
		return v.page.t("due today")
	}
	return v.page.t("due %s", v.page.date(due))
}
