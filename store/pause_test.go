package store_test

import (
	"errors"
	"testing"
	"time"

	"amends/store"
)

func TestPause(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		pause := store.Pause{PausedAt: store.At(noon()), PausedUntil: date("2026-04-01"), PausedBy: "staff:dana"}
		update(t, s, func(tx *store.Tx) error {
			w.kase.Pause = store.Pause{PausedAt: store.At(noon()), PausedBy: "command"}
			w.offender.Pause = pause
			held := w.text(tx, "held", store.ClassPrompt, noon())
			held.Status, held.Why = store.MessageHeld, "paused"
			err := errors.Join(tx.SaveCase(w.kase), tx.SaveParty(w.offender), tx.AddMessage(&held))
			if err != nil {
				return err
			}
			kase, err := tx.LockCase(w.kase.ID)
			equal(t, "case", kase, w.kase)
			party, err2 := tx.GetParty(w.offender.ID)
			equal(t, "party", party, w.offender)
			matters, err3 := tx.MattersOf(w.kase.ID)
			equal(t, "parties", matters[w.kase.ID].Parties, []store.Party{w.victim, w.offender})
			ids, err4 := tx.HeldTexts(w.kase.ID)
			same(t, "held", ids, []string{"held"})
			claimed, err5 := tx.ClaimOutbox(w.program.ID, noon(), "c", 9)
			if len(claimed) != 1 {
				t.Fatalf("%d texts are claimed", len(claimed))
			}
			equal(t, "of the case", claimed[0].CasePause, w.kase.Pause)
			equal(t, "of the party", claimed[0].PartyPause, pause)
			return errors.Join(err, err2, err3, err4, err5)
		})
		for what, broken := range map[string]store.Pause{
			"nobody paused":           {PausedAt: store.At(noon())},
			"a day without a pause":   {PausedUntil: date("2026-04-01")},
			"somebody and no pause":   {PausedBy: "staff:dana"},
			"a day, and nobody knows": {PausedAt: store.At(noon()), PausedUntil: date("2026-04-01")},
		} {
			for noun, save := range map[string]func(tx *store.Tx) error{
				"case":  func(tx *store.Tx) error { k := w.kase; k.Pause = broken; return tx.SaveCase(k) },
				"party": func(tx *store.Tx) error { p := w.victim; p.Pause = broken; return tx.SaveParty(p) },
			} {
				if err := s.Update(t.Context(), save); err == nil {
					t.Errorf("%s of a %s is taken", what, noun)
				}
			}
		}
	})
}

func TestPauseHolds(t *testing.T) {
	t.Parallel()
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	dated := store.Pause{PausedAt: store.At(noon()), PausedUntil: date("2026-03-09")} // the clocks change on the 8th
	begins := time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)
	for what, holds := range map[string]bool{
		"none":              store.Pause{}.Holds(noon(), chicago),
		"dated, on its day": dated.Holds(begins, chicago),
	} {
		if holds {
			t.Errorf("%s: it holds", what)
		}
	}
	for what, holds := range map[string]bool{
		"without an end":        store.Pause{PausedAt: store.At(noon())}.Holds(noon().AddDate(9, 0, 0), chicago),
		"dated, the day before": dated.Holds(begins.Add(-time.Millisecond), chicago),
	} {
		if !holds {
			t.Errorf("%s: it does not hold", what)
		}
	}
}
