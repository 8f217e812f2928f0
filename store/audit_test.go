package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

func TestAudit(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		entry := func(tx *store.Tx, n int, action, words string) error {
			return tx.Log(store.Entry{At: store.At(noon().Add(time.Duration(n) * time.Minute)), ProgramID: store.ID(w.program.ID),
				CaseID: store.ID(w.kase.ID), PartyID: store.ID(w.victim.ID), Actor: "party:v", Action: action, Subject: "party:v",
				Why: fmt.Sprint(n), Event: "e1", Words: tx.Seal(words)})
		}
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(entry(tx, 0, "consent.asked", ""), entry(tx, 1, "consent.given", "yes I will"),
				entry(tx, 2, "consent.withdrawn", ""), entry(tx, 3, "consents", ""), tx.Log(store.Entry{At: 5, Actor: "command", Action: "keys.rotated"}))
		})
		read := func(tx *store.Tx, f store.AuditFilter, after int64, limit int) string {
			entries, err := tx.AuditOf(f, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, e := range entries {
				all = append(all, e.Action+" "+tx.Reveal(e.Words))
			}
			return strings.Join(all, ",")
		}
		view(t, s, func(tx *store.Tx) error {
			same(t, "all", read(tx, store.AuditFilter{}, 0, 9),
				"consent.asked ,consent.given yes I will,consent.withdrawn ,consents ,keys.rotated ")
			same(t, "of the case", read(tx, store.AuditFilter{CaseID: w.kase.ID, ProgramID: w.program.ID}, 0, 2), "consent.asked ,consent.given yes I will")
			same(t, "the next page", read(tx, store.AuditFilter{CaseID: w.kase.ID}, 2, 2), "consent.withdrawn ,consents ")
			same(t, "of a kind", read(tx, store.AuditFilter{Action: "consent."}, 1, 9), "consent.given yes I will,consent.withdrawn ")
			same(t, "of an action", read(tx, store.AuditFilter{Action: "consent.given"}, 0, 9), "consent.given yes I will")
			same(t, "of a time", read(tx, store.AuditFilter{From: store.At(noon().Add(time.Minute)), To: store.At(noon().Add(2 * time.Minute))}, 0, 9),
				"consent.given yes I will")
			return nil
		})
		update(t, s, func(tx *store.Tx) error {
			err := entry(tx, 9, "late", "")
			same(t, "in its own transaction", read(tx, store.AuditFilter{Action: "late"}, 0, 9), "late ")
			return err
		})
		if err := s.View(t.Context(), func(tx *store.Tx) error { return entry(tx, 9, "lost", "") }); err == nil {
			t.Error("an entry was lost in a View")
		}
		gone := errors.New("gone")
		_ = s.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(entry(tx, 9, "gone", ""), gone) })
		view(t, s, func(tx *store.Tx) error {
			same(t, "of a transaction that failed", read(tx, store.AuditFilter{Action: "gone"}, 0, 9), "")
			return nil
		})
		update(t, s, func(tx *store.Tx) error { // more than one statement takes
			for n := range 120 {
				if err := entry(tx, n, "many", ""); err != nil {
					return err
				}
			}
			return nil
		})
		view(t, s, func(tx *store.Tx) error {
			entries, err := tx.AuditOf(store.AuditFilter{Action: "many"}, 0, 999)
			same(t, "many", len(entries), 120)
			for i, e := range entries {
				same(t, "order", e.Why, fmt.Sprint(i))
			}
			return err
		})
	})
}

func TestExports(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			entry := ledger.Entry{Kind: ledger.Due, AmountCents: 10000, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"}
			due, err := tx.Append(w.kase.ID, w.money.ID, entry)
			if err != nil {
				return err
			}
			entry.Kind, entry.Of, entry.EffectiveOn = ledger.Rescheduled, due[0].ID, date("2026-05-01")
			_, err2 := tx.Append(w.kase.ID, w.money.ID, entry)
			a := store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "victim-checkin", Question: "wellbeing", Value: tx.Seal("4"), At: store.At(noon())}
			m := w.text(tx, "m1", store.ClassPrompt, noon())
			_, err3 := tx.AddInbound(&store.Message{ID: "m2", ProgramID: w.program.ID, Segments: 1, QueuedAt: store.At(noon().Add(24 * time.Hour)), SID: "SM1"})
			e, err4 := w.escalation(tx, "call", "", noon())
			e.Note = tx.Seal("a note")
			w.letter.Hours, w.letter.HoursDone = 2000, 750
			return errors.Join(err2, err3, err4, tx.AddAnswer(&a), tx.AddMessage(&m), tx.AddEscalation(&e), tx.SaveCommitment(&w.letter),
				tx.Log(store.Entry{At: store.At(noon()), CaseID: store.ID(w.kase.ID), PartyID: store.ID(w.victim.ID), ProgramID: store.ID(w.program.ID),
					Actor: "party:v", Action: "consent.given", Words: tx.Seal("yes")}))
		})
		read := func(name string, f store.ExportFilter) (rows []string) {
			view(t, s, func(tx *store.Tx) error {
				e, err := store.FindExport(name)
				if err != nil {
					return err
				}
				return tx.Export(e, f, func(row []any) error {
					same(t, "cells", len(row), len(e.Columns))
					var cells []string
					for _, cell := range row {
						switch v := cell.(type) {
						case nil:
							cells = append(cells, "-")
						case time.Time:
							cells = append(cells, v.Format(time.RFC3339))
						case calendar.Date, string, int64, float64:
							cells = append(cells, fmt.Sprint(v))
						default:
							t.Errorf("a cell of type %T", cell)
						}
					}
					rows = append(rows, strings.Join(cells, ","))
					return nil
				})
			})
			return rows
		}
		texts := store.ExportFilter{Texts: true, Reference: "RJ-2026-0142", ProgramID: w.program.ID}
		equal(t, "ledger", read("ledger", texts), []string{
			"RJ-2026-0142,money,1,due,-,10000,USD,2026-04-01,2026-03-02T18:00:00Z,system,riverside",
			"RJ-2026-0142,money,2,rescheduled,1,10000,USD,2026-05-01,2026-03-02T18:00:00Z,system,riverside"})
		equal(t, "answers", read("answers", texts), []string{"RJ-2026-0142,v,victim-checkin,wellbeing,4,2026-03-02T18:00:00Z,riverside"})
		equal(t, "messages", read("messages", texts), []string{
			"RJ-2026-0142,o,out,queued,1,2026-03-02T18:00:00Z,-,-,-,words to Jordan Fox,prompt,statement,,riverside"})
		equal(t, "escalations", read("escalations", texts), []string{
			"RJ-2026-0142,1,call,normal,open,2026-03-02T18:00:00Z,-,-,a note,1,0,riverside"})
		equal(t, "commitments", read("commitments", texts), []string{
			"RJ-2026-0142,money,restitution,o,v,-,open,-,-,USD,0,0,-,Clerk of Court,riverside",
			"RJ-2026-0142,letter,apology_letter,o,-,2026-03-20,open,2026-03-20,-,,20,7.5,a letter of regret,-,riverside"})
		equal(t, "audit", read("audit", texts), []string{"2026-03-02T18:00:00Z,RJ-2026-0142,v,party:v,consent.given,,,,yes,riverside"})
		equal(t, "no texts", read("answers", store.ExportFilter{}), []string{"RJ-2026-0142,v,victim-checkin,wellbeing,-,2026-03-02T18:00:00Z,riverside"})
		same(t, "from a day", len(read("ledger", store.ExportFilter{From: date("2026-04-02")})), 1)
		same(t, "to a day", len(read("ledger", store.ExportFilter{To: date("2026-04-01")})), 1)
		same(t, "no day is no due day", len(read("commitments", store.ExportFilter{To: date("2027-04-01")})), 1)
		same(t, "that day here", len(read("messages", store.ExportFilter{From: date("2026-03-03")})), 1)
		tokyo, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "that day there", len(read("messages", store.ExportFilter{From: date("2026-03-03"), To: date("2026-03-03"), Zone: tokyo})), 1)
		same(t, "of nothing", len(read("messages", store.ExportFilter{Reference: "none"})), 0)
		_, err = store.FindExport("secrets")
		want(t, store.Invalid, err)
	})
}

func TestAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			_, err := tx.Append(w.kase.ID, w.money.ID, ledger.Entry{Kind: ledger.Due, AmountCents: 1, Currency: "USD",
				EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"})
			return errors.Join(err, tx.Log(store.Entry{At: 5, Actor: "system", Action: "x"}))
		})
		db := store.DB(s)
		for _, statement := range []string{"UPDATE ledger SET amount_cents = 2", "DELETE FROM ledger",
			"UPDATE audit SET action = 'y'", "DELETE FROM audit"} {
			if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only appended to") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}
