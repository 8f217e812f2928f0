package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"amends/store"
)

func all(store.Answer) bool { return true }

// TestEraseCase: nothing private is left of a case, and its lines go where nobody is left on them: with their hash, or
// without it where an opt-out must hold.
func TestEraseCase(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		second := *w
		update(t, s, func(tx *store.Tx) error {
			if err := second.addCase(tx, "RJ-2"); err != nil {
				return err
			}
			m, ses := w.text(tx, "m1", store.ClassPrompt, noon()), w.session(tx, "victim-checkin", store.SessionOpen, noon(), noon())
			e, err := w.escalation(tx, "call", "", noon())
			e.Note = tx.Seal("a private note")
			a := store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "victim-checkin", Question: "comment", Value: tx.Seal("private words"), At: 1}
			_, err2 := tx.AddInbound(&store.Message{ID: "m2", ProgramID: w.program.ID, LineID: store.ID(w.hers.ID), Segments: 1, QueuedAt: 1, SID: "SM1",
				Event: "e7", Body: tx.Seal("private of no case")})
			w.hers.OptedOutAt, w.hers.OptedOutHow = 1, "words"
			return errors.Join(err, err2, tx.AddMessage(&m), tx.AddSession(&ses), tx.AddEscalation(&e), tx.AddAnswer(&a), tx.SaveLine(w.hers),
				tx.Log(store.Entry{At: 1, ProgramID: store.ID(w.program.ID), CaseID: store.ID(w.kase.ID), PartyID: store.ID(w.victim.ID), Actor: "party:v",
					Action: "consent.given", Words: tx.Seal("private yes")}),
				tx.Log(store.Entry{At: 1, ProgramID: store.ID(w.program.ID), Actor: "stranger", Action: "optout", Event: "e7", Words: tx.Seal("private stop")}))
		})
		sealed(t, s, 2)
		erase := func(kase *store.Case, wanted int) {
			update(t, s, func(tx *store.Tx) error {
				err := tx.EraseCase(kase.ID, store.At(noon()), tx.Seal("{}"), all)
				for _, l := range []int64{w.hers.ID, w.his.ID} {
					line, err2 := tx.GetLine(l)
					texts, err3 := tx.EraseLine(line, store.At(noon()))
					wanted -= len(texts)
					for _, m := range texts {
						err = errors.Join(err, tx.Log(store.Entry{At: 1, ProgramID: store.ID(w.program.ID), Actor: "system", Action: "text.erased", Why: "event " + m.Event}))
					}
					err = errors.Join(err, err2, err3)
				}
				return errors.Join(err, tx.Log(store.Entry{At: 1, ProgramID: store.ID(w.program.ID), CaseID: store.ID(kase.ID), Actor: "system", Action: "case.erased"}))
			})
			same(t, "texts of no case that were not erased", wanted, 0)
		}
		erase(&w.kase, 0) // both lines are in use by the second
		view(t, s, func(tx *store.Tx) error {
			line, err := tx.GetLine(w.hers.ID)
			same(t, "the phone in use", tx.Reveal(line.Phone), "+13125550101")
			m, err2 := tx.GetMessage("m1")
			same(t, "the queued text", fmt.Sprint(m.Status, m.Why, tx.Reveal(m.Body)), fmt.Sprint("dropped", "erased", store.Erased))
			return errors.Join(err, err2)
		})
		erase(&second.kase, 1)
		var words strings.Builder
		view(t, s, func(tx *store.Tx) error {
			for _, e := range store.Exports() {
				if err := tx.Export(e, store.ExportFilter{Texts: true}, func(row []any) error {
					fmt.Fprintln(&words, row...)
					return nil
				}); err != nil {
					return err
				}
			}
			parties, err := tx.PartiesOf(w.kase.ID)
			fmt.Fprintln(&words, tx.Reveal(parties[0].Name), tx.Reveal(parties[1].Name))
			_, there, err2 := tx.FindLine(w.program.ID, "+13125550102")
			same(t, "his hash is gone", there, false)
			line, there, err3 := tx.FindLine(w.program.ID, "+13125550101")
			same(t, "her STOP holds", fmt.Sprint(there, line.OptedOutHow, tx.Reveal(line.Phone)), fmt.Sprint(true, "words", store.Erased))
			at, err4 := tx.CaseErasedAt(w.kase.ID)
			same(t, "when", at, store.At(noon()))
			return errors.Join(err, err2, err3, err4)
		})
		for _, private := range []string{"private", "Alex Kim", "Jordan Fox", "letter of regret", "words to"} {
			if strings.Contains(words.String(), private) {
				t.Errorf("%q is there:\n%s", private, words.String())
			}
		}
		sealed(t, s, 3)
		same(t, "words erased by rights", whole(t, s, 5).Erased, int64(2))
		same(t, "a case once", len(toErase(t, s, w)), 0)
		// In a new case she is known again; her STOP holds still.
		update(t, s, func(tx *store.Tx) error {
			line, err := tx.LockLine(w.program.ID, "+13125550101")
			same(t, "known again", fmt.Sprint(line.ID == w.hers.ID, tx.Reveal(line.Phone), line.OptedOutHow), fmt.Sprint(true, "+13125550101", "words"))
			return err
		})
	})
}

func toErase(t *testing.T, s *store.Store, w *world) (ids []int64) {
	t.Helper()
	view(t, s, func(tx *store.Tx) (err error) {
		ids, err = tx.CasesToErase(w.program.ID, store.At(noon())+1, 9)
		return err
	})
	return ids
}

// TestCasesToErase: closed long enough ago, nobody waited for, no text under way.
func TestCasesToErase(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		same(t, "open", len(toErase(t, s, w)), 0)
		var e store.Escalation
		m := store.Message{}
		update(t, s, func(tx *store.Tx) (err error) {
			w.kase.Status, w.kase.CloseReason, w.kase.ClosedAt = store.CaseClosed, "withdrawn", store.At(noon())
			if e, err = w.escalation(tx, "call", "", noon()); err != nil {
				return err
			}
			m = w.text(tx, "m1", store.ClassPrompt, noon())
			m.Status, m.TriedAt = store.MessageInDoubt, 1
			return errors.Join(tx.SaveCase(w.kase), tx.AddEscalation(&e), tx.AddMessage(&m))
		})
		same(t, "somebody waits", len(toErase(t, s, w)), 0)
		update(t, s, func(tx *store.Tx) error {
			e.Status, e.ResolvedAt = store.EscalationResolved, 1
			return tx.SaveEscalation(&e)
		})
		same(t, "a text is under way", len(toErase(t, s, w)), 0)
		update(t, s, func(tx *store.Tx) error {
			m.Status = store.MessageSent
			return tx.SaveMessage(m)
		})
		same(t, "now", fmt.Sprint(toErase(t, s, w)), fmt.Sprint([]int64{w.kase.ID}))
	})
}

// TestEraseAmongSeals: words that are erased while they are being sealed leave no salt behind.
func TestEraseAmongSeals(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		for range 6 {
			write(t, s, w, 30)
			var both sync.WaitGroup
			both.Go(func() {
				if _, err := s.SealAudit(t.Context(), noon(), salts()); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() {
				if err := s.Update(t.Context(), func(tx *store.Tx) error {
					return errors.Join(tx.EraseCase(w.kase.ID, store.At(noon()), tx.Seal("{}"), all),
						tx.Log(store.Entry{At: 1, ProgramID: store.ID(w.program.ID), CaseID: store.ID(w.kase.ID), Actor: "system", Action: "case.erased"}))
				}); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			var left int
			if err := store.DB(s).GetContext(t.Context(), &left, `SELECT COUNT(*) FROM seal_words WHERE salt IS NOT NULL
				AND audit_id NOT IN (SELECT audit_id FROM audit_words)`); err != nil || left > 0 {
				t.Errorf("%d salts are left, %v", left, err)
			}
			if _, err := s.SealAudit(t.Context(), noon(), salts()); err != nil {
				t.Fatal(err)
			}
		}
		whole(t, s, 6*31)
	})
}
