package console_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/store"

	"github.com/xuri/excelize/v2"
)

// noted is an entry that a test put into the log, told by its reason.
type noted struct {
	why, ref, actor, action string
	at                      time.Time
}

// note fills the log with entries of both cases, several at each instant, some written late.
func (s *stage) note(n int) []noted {
	s.t.Helper()
	actors := []string{"staff:dana", "staff:kim", "system", "party:v", "carrier"}
	actions := []string{"text.sent", "text.dropped", "consent.given", "decision.receipt", "optout", "escalation.opened", "case.viewed"}
	var all []noted
	must(s.t, s.store.Update(context.Background(), func(tx *store.Tx) error {
		all = nil
		p, _, err := tx.FindProgramByKey("riverside")
		if err != nil {
			return err
		}
		ids := map[string]int64{"": 0}
		for _, ref := range []string{"RJ-1", "RJ-2"} {
			c, _, err := tx.FindCase(p.ID, ref)
			if err != nil {
				return err
			}
			ids[ref] = c.ID
		}
		for i := range n {
			e := noted{fmt.Sprintf("noted-%03d", i), []string{"RJ-1", "RJ-2", ""}[i%3], actors[i%len(actors)], actions[i%len(actions)],
				s.clock().Add(time.Duration(i/4-(i%11)*3) * time.Hour)}
			if err := tx.Log(store.Entry{At: store.At(e.at), ProgramID: store.ID(p.ID), CaseID: store.ID(ids[e.ref]), Actor: e.actor, Action: e.action,
				Subject: "test", Why: e.why, Event: "e"}); err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	}))
	slices.SortStableFunc(all, func(x, y noted) int { return x.at.Compare(y.at) })
	return all
}

// TestLogFilters asks for the log by every mixture of filters: its pages, its CSV and its workbook have the entries that
// fit, all of them and no other, in the order of time.
func TestLogFilters(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		all := s.note(450)
		b := s.as(t, "Kim Park")
		zone, err := time.LoadLocation("America/Chicago")
		must(t, err)
		whys := regexp.MustCompile(`noted-\d+`)
		for _, ref := range []string{"", "RJ-2"} {
			for _, who := range []string{"", "staff:dana", "party:v"} {
				for _, kind := range []string{"", "text", "optout"} {
					for _, days := range [][2]string{{}, {"2026-03-03", ""}, {"2026-03-02", "2026-03-04"}} {
						q := url.Values{"case": {ref}, "who": {who}, "kind": {kind}, "from": {days[0]}, "to": {days[1]}}
						var fit []string
						for _, e := range all {
							day := e.at.In(zone).Format("2006-01-02")
							if (ref == "" || e.ref == ref) && (who == "" || e.actor == who) && (kind == "" || strings.Split(e.action, ".")[0] == kind) &&
								day >= days[0] && (days[1] == "" || day <= days[1]) {
								fit = append(fit, e.why)
							}
						}
						var seen []string
						for path, n := "/log?"+q.Encode(), 0; path != ""; n++ {
							if n > 10 {
								t.Fatalf("%s has no end", path)
							}
							b.get(path).want(200)
							rows := whys.FindAllString(b.body, -1)
							seen = append(seen, rows...)
							path = ""
							if more := regexp.MustCompile(`href="(/log\?[^"]*before=[^"]*)"`).FindStringSubmatch(b.body); more != nil {
								path = strings.ReplaceAll(more[1], "&amp;", "&")
							}
						}
						slices.Reverse(seen)
						b.get("/log.csv?" + q.Encode()).want(200)
						records, err := csv.NewReader(strings.NewReader(b.body)).ReadAll()
						must(t, err)
						b.get("/log.xlsx?" + q.Encode()).want(200)
						for name, got := range map[string][]string{"the pages": seen, "CSV": reasons(records), "XLSX": reasons(b.sheet())} {
							if !slices.Equal(got, fit) {
								t.Errorf("%s: %s has %d entries, want %d: %v, want %v", q.Encode(), name, len(got), len(fit), got, fit)
							}
						}
					}
				}
			}
		}
		b.get("/log?from=yesterday").want(422, "A day is written year-month-day")
		b.get("/log.csv?to=2026-02-30").want(422, "A day is written year-month-day")
		b.get("/log?case=RJ-1").want(200, "Party v").get("/log").want(200, "The carrier").lacks("Party o<")
	})
}

// sheet are the rows of the workbook that was got.
func (b *browser) sheet() [][]string {
	b.t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.body)))
	must(b.t, err)
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0))
	must(b.t, err)
	return rows
}

// reasons are those that a test noted, of the rows of an export.
func reasons(rows [][]string) (all []string) {
	if len(rows) == 0 || strings.Join(rows[0], ",") != "id,at,case,party,actor,action,subject,why,event" {
		return []string{"the columns are missing"}
	}
	for _, r := range rows[1:] {
		if len(r) > 7 && strings.HasPrefix(r[7], "noted-") {
			all = append(all, r[7])
		}
	}
	return all
}
