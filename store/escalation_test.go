package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"amends/store"
)

func TestEscalation(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		var e store.Escalation
		update(t, s, func(tx *store.Tx) (err error) {
			if e, err = w.escalation(tx, "missed_payment", "money", noon()); err != nil {
				return err
			}
			e.PartyID, e.CommitmentID, e.Args = store.ID(w.offender.ID), store.ID(w.money.ID), `{"x":1}`
			return tx.AddEscalation(&e)
		})
		same(t, "code", e.Code, 1)
		update(t, s, func(tx *store.Tx) error {
			open, ok, err := tx.FindOpenEscalation(w.kase.ID, "missed_payment", "money")
			equal(t, "open", open, e)
			same(t, "found", ok, true)
			if _, ok, _ := tx.FindOpenEscalation(w.kase.ID, "missed_payment", "letter"); ok {
				t.Error("of another subject")
			}
			all, err2 := tx.OpenEscalations(w.program.ID)
			equal(t, "all open", all, []store.Escalation{e})
			e.Status, e.AcknowledgedAt, e.AcknowledgedBy = store.EscalationAcknowledged, store.At(noon()), store.ID(w.dana.ID)
			err3 := tx.SaveEscalation(&e)
			e.Status, e.ResolvedAt, e.ResolvedBy, e.Note, e.Level = store.EscalationResolved, store.At(noon()), store.ID(w.dana.ID), tx.Seal("spoke to both"), 2
			err4 := tx.SaveEscalation(&e)
			same(t, "version", e.Version, 3)
			got, err5 := tx.GetEscalation(e.ID)
			equal(t, "saved", got, e)
			byCode, ok, err6 := tx.FindEscalationByCode(w.program.ID, 1)
			equal(t, "by code", byCode, e)
			same(t, "found", ok, true)
			all, err7 := tx.OpenEscalations(w.program.ID)
			same(t, "none is open", len(all), 0)
			all, err8 := tx.EscalationsOf(w.kase.ID)
			equal(t, "of the case", all, []store.Escalation{e})
			return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
		})
	})
}

func TestOneOpenEscalation(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		add := func(tx *store.Tx) error {
			e, err := w.escalation(tx, "call", "", noon())
			if err != nil {
				return err
			}
			return tx.AddEscalation(&e)
		}
		update(t, s, add)
		want(t, store.Conflict, s.Update(t.Context(), add))
	})
}

func TestCodesRest(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		const day = 24 * time.Hour
		// resolve opens an escalation on a day and resolves it on another.
		resolve := func(subject string, opens, ends int) (code int64) {
			update(t, s, func(tx *store.Tx) error {
				e, err := w.escalation(tx, "call", subject, noon().Add(time.Duration(opens)*day))
				if err != nil {
					return err
				}
				code = e.Code
				if ends > 0 {
					e.Status, e.ResolvedAt = store.EscalationResolved, store.At(noon().Add(time.Duration(ends)*day))
				}
				return tx.AddEscalation(&e)
			})
			return code
		}
		next := func(code int64) { // as after many others
			if _, err := store.DB(s).ExecContext(t.Context(), fmt.Sprint("UPDATE programs SET next_code = ", code)); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "first", resolve("a", 0, 1), 1)
		same(t, "second", resolve("b", 0, 0), 2) // stays open
		same(t, "third", resolve("c", 0, 80), 3)
		next(9999)
		same(t, "last", resolve("d", 95, 96), 9999)
		// It wraps: 1 has rested, 2 is open, 3 was resolved 15 days ago.
		same(t, "after the last", resolve("e", 95, 96), 1)
		same(t, "then", resolve("f", 95, 96), 4)
		update(t, s, func(tx *store.Tx) error {
			open, ok, err := tx.FindEscalationByCode(w.program.ID, 1)
			same(t, "the later of one code", []any{ok, open.Subject}, []any{true, "e"})
			return err
		})
	})
}

func TestAllCodesInUse(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		_, err := store.DB(s).ExecContext(t.Context(), fmt.Sprintf(`
			WITH RECURSIVE codes (code) AS (SELECT 1 UNION ALL SELECT code + 1 FROM codes WHERE code < 9999)
			INSERT INTO escalations (program_id, case_id, code, reason, severity, subject, status, level, opened_at, policy)
			SELECT %d, %d, code, 'call', 'normal', CAST(code AS TEXT), 'open', 1, 5, '{}'
			FROM codes`, w.program.ID, w.kase.ID))
		if err != nil {
			t.Fatal(err)
		}
		want(t, store.Conflict, s.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.TakeCode(w.program.ID, noon())
			return err
		}))
		if _, err := store.DB(s).ExecContext(t.Context(), "DELETE FROM escalations WHERE code = 7000"); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *store.Tx) error {
			code, err := tx.TakeCode(w.program.ID, noon())
			same(t, "the one that is left", code, 7000)
			return err
		})
	})
}
