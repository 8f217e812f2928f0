package store_test

import (
	"errors"
	"testing"
	"time"

	"amends/store"
)

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		hour := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Hour) }
		var open, late, early, rest1, rest2, rest3 store.Session
		update(t, s, func(tx *store.Tx) error {
			open = w.session(tx, "victim-checkin", store.SessionOpen, hour(0), hour(0))
			late = w.session(tx, "statement", store.SessionWaiting, hour(3), time.Time{})
			early = w.session(tx, "reminder", store.SessionWaiting, hour(2), time.Time{})
			rest1 = w.session(tx, "victim-checkin", store.SessionResting, hour(-9), hour(-9))
			rest2 = w.session(tx, "victim-checkin", store.SessionResting, hour(-5), hour(-5))
			rest3 = w.session(tx, "victim-checkin", store.SessionResting, hour(-4), hour(-4))
			for _, session := range []*store.Session{&rest2, &open, &late, &early, &rest1, &rest3} {
				if err := tx.AddSession(session); err != nil {
					return err
				}
			}
			return nil
		})
		update(t, s, func(tx *store.Tx) error {
			got, ok, err := tx.FindOpenSession(w.hers.ID)
			equal(t, "open", got, open)
			same(t, "found", ok, true)
			waiting, err2 := tx.WaitingSessions(w.hers.ID)
			equal(t, "waiting", waiting, []store.Session{early, late})
			resting, err3 := tx.RestingSessions(w.hers.ID, store.At(hour(-5)))
			equal(t, "resting", resting, []store.Session{rest3, rest2})
			last, ok, err5 := tx.LastSession(w.victim.ID, "victim-checkin")
			equal(t, "last", last, rest3)
			same(t, "found", ok, true)
			of, err6 := tx.SessionsOf(w.kase.ID)
			same(t, "of the case", len(of), 6)
			if err := errors.Join(err, err2, err3, err5, err6); err != nil {
				return err
			}
			open.Status, open.EndedAt, open.Outcome = store.SessionEnded, store.At(hour(1)), "answered"
			early.Status, early.AskedAt = store.SessionOpen, store.At(hour(2))
			if err := errors.Join(tx.SaveSession(&open), tx.SaveSession(&early)); err != nil {
				return err
			}
			same(t, "version", open.Version, 2)
			got, err = tx.GetSession(open.ID)
			equal(t, "saved", got, open)
			return err
		})
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			second := w.session(tx, "who5", store.SessionOpen, hour(2), hour(2))
			return tx.AddSession(&second)
		})
		want(t, store.Conflict, err)
	})
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			for i, value := range []string{"4", "3", "2"} {
				a := store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "victim-checkin", Question: "wellbeing",
					Value: tx.Seal(value), At: store.At(noon().Add(time.Duration(i) * time.Hour))}
				if err := tx.AddAnswer(&a); err != nil {
					return err
				}
			}
			last, err := tx.LastAnswers(w.victim.ID, "wellbeing", 2)
			all, err2 := tx.AnswersOf(w.kase.ID)
			same(t, "answers", []any{len(all), len(last), tx.Reveal(last[0].Value), tx.Reveal(last[1].Value)}, []any{3, 2, "2", "3"})
			return errors.Join(err, err2)
		})
	})
}

func TestAlarms(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			first, err := tx.RaiseAlarm(w.program.ID, "30034", "one", noon())
			again, err2 := tx.RaiseAlarm(w.program.ID, "30034", "two", noon().Add(time.Hour))
			other, err3 := tx.RaiseAlarm(w.program.ID, "21408", "", noon().Add(time.Hour))
			equal(t, "first", []bool{first, again, other}, []bool{true, false, true})
			err4 := tx.ClearAlarm(w.program.ID, "21408")
			all, err5 := tx.Alarms()
			equal(t, "alarms", all, []store.Alarm{{ProgramID: w.program.ID, Kind: "30034", RaisedAt: store.At(noon()), Times: 2, Detail: "two"}})
			return errors.Join(err, err2, err3, err4, err5)
		})
	})
}
