package console

import (
	"slices"
	"strconv"
	"strings"

	"amends/store"
)

// glance is one number at the head of Today, and the section that it leads to.
type glance struct {
	Text, To string
	Tone     string // how urgent; "" for no more than others
}

// severityRank orders escalations as a person should take them.
func severityRank(e escalationRow) int {
	return slices.Index([]string{"urgent", "high", "normal"}, e.Severity)
}

// yoursFirst puts those first whose turn is the visitor's, among those as urgent.
func yoursFirst(rows []escalationRow) {
	slices.SortStableFunc(rows, func(a, b escalationRow) int {
		switch {
		case severityRank(a) != severityRank(b):
			return severityRank(a) - severityRank(b)
		case a.Mine != b.Mine && a.Mine:
			return -1
		case a.Mine != b.Mine:
			return 1
		}
		return 0
	})
}

// glances are what there is to do, in one line. What there is none of is left out.
func (v *visit) glances(page *todayView, counts []store.EscalationCount) []glance {
	page.WaitingN, page.InHandN = 0, 0
	bySeverity := map[string]int{}
	for _, c := range counts {
		if c.Status == store.EscalationOpen {
			page.WaitingN += c.N
			bySeverity[c.Severity] += c.N
		} else {
			page.InHandN += c.N
		}
	}
	var all []glance
	add := func(n int, text, to, tone string) {
		if n > 0 {
			all = append(all, glance{text, to, tone})
		}
	}
	// These lists are cut where they are long: there are so many at least.
	atLeast := func(n int, text, to string) {
		if n >= todayRows {
			text = strings.Replace(text, strconv.Itoa(n), strconv.Itoa(n)+"+", 1)
		}
		add(n, text, to, "")
	}
	urgent, high := bySeverity["urgent"], bySeverity["high"]
	add(urgent, v.page.count(urgent, "1 urgent", "%d urgent"), "waiting", "urgent")
	add(high, v.page.count(high, "1 of high urgency", "%d of high urgency"), "waiting", "high")
	add(page.WaitingN, v.page.count(page.WaitingN, "1 waiting", "%d waiting"), "waiting", "")
	add(page.InHandN, v.page.count(page.InHandN, "1 in hand", "%d in hand"), "inhand", "")
	add(page.BehindN, v.page.count(page.BehindN, "1 case behind", "%d cases behind"), "behind", "")
	atLeast(len(page.Strange), v.page.count(len(page.Strange), "1 text of nobody known", "%d texts of nobody known"), "strange")
	atLeast(len(page.Lost), v.page.count(len(page.Lost), "1 not reached", "%d not reached"), "lost")
	atLeast(len(page.Stuck), v.page.count(len(page.Stuck), "1 text not gone", "%d texts not gone"), "stuck")
	return all
}
