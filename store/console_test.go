package store_test

import (
	"context"
	"testing"
	"time"

	"amends/store"
	"amends/store/ledger"
)

// fillConsole puts something in every sealed column of the console's tables.
func fillConsole(t *testing.T, s *store.Store) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		a, err := tx.AddAccount("dana@example.org", noon())
		if err != nil {
			return err
		}
		a.Password, a.TOTP, a.Recovery = tx.Seal("hash of it"), tx.Seal("SECRET"), tx.Seal("[]")
		return tx.SaveAccount(a)
	})
	logins := store.Logins{Store: s, Now: noon}
	if err := logins.Commit("token", []byte("staff 1"), noon().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func TestAccount(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			a, err := tx.AddAccount("dana@example.org", noon())
			if err != nil {
				return err
			}
			again, err := tx.AddAccount(" Dana@Example.org ", noon())
			same(t, "one account an address", again.ID, a.ID)
			if err != nil {
				return err
			}
			places, err := tx.PlacesOf(a)
			if len(places) != 1 || places[0].ID != w.dana.ID {
				t.Errorf("places %v", places)
			}
			if err != nil {
				return err
			}
			i := store.Invitation{AccountID: a.ID, Kind: "reset", Version: a.Version, ExpiresAt: store.At(noon().Add(time.Hour))}
			return tx.AddInvitation(&i, "token")
		})
		update(t, s, func(tx *store.Tx) error {
			i, ok, err := tx.FindInvitation("token")
			same(t, "found by its token", []any{ok, i.Kind}, []any{true, "reset"})
			if err != nil {
				return err
			}
			if err := tx.DeleteInvitations(i.AccountID); err != nil {
				return err
			}
			_, ok, err = tx.FindInvitation("token")
			same(t, "gone", ok, false)
			return err
		})
	})
}

func TestGuesses(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *world) {
		guess := func(at time.Time) (g store.Guesses) {
			update(t, s, func(tx *store.Tx) (err error) {
				if err := tx.AddGuess("email:x", at, at.Add(-time.Hour)); err != nil {
					return err
				}
				g, err = tx.LockGuesses("email:x")
				return err
			})
			return g
		}
		guess(noon())
		same(t, "counted", guess(noon().Add(time.Minute)).Failures, 2)
		same(t, "forgotten in time", guess(noon().Add(2*time.Hour)).Failures, 1)
		update(t, s, func(tx *store.Tx) error {
			if err := tx.ClearGuesses("email:x"); err != nil {
				return err
			}
			g, err := tx.LockGuesses("email:x")
			same(t, "cleared", g, store.Guesses{})
			return err
		})
	})
}

func TestLogins(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *world) {
		now := noon()
		logins := store.Logins{Store: s, Now: func() time.Time { return now }}
		for _, data := range []string{"one", "two"} {
			if err := logins.Commit("token", []byte(data), now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		data, ok, err := logins.Find("token")
		same(t, "found", []any{string(data), ok, err}, []any{"two", true, nil})
		now = now.Add(time.Hour)
		_, ok, err = logins.Find("token")
		same(t, "expired", []any{ok, err}, []any{false, nil})
		if err := logins.Delete("another"); err != nil {
			t.Fatal(err)
		}
		now = noon()
		_, ok, _ = logins.Find("token")
		same(t, "swept with another's end", ok, false)
	})
}

// TestStanding follows the first date of what is to be done through what is done.
func TestStanding(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		next := func(what, want string) {
			t.Helper()
			view(t, s, func(tx *store.Tx) error {
				rows, err := tx.CasePage(store.CasePage{ProgramID: w.program.ID, Limit: 5})
				if err != nil {
					return err
				}
				got := ""
				if len(rows) == 1 {
					got = rows[0].NextDue.String()
				}
				same(t, what, got, want)
				return nil
			})
		}
		next("the letter", "2026-03-20")
		at := noon()
		var due []ledger.Entry
		update(t, s, func(tx *store.Tx) (err error) {
			due, err = tx.Append(w.kase.ID, w.money.ID, ledger.Entry{Kind: ledger.Due, AmountCents: 100, Currency: "USD", EffectiveOn: date("2026-03-10"), RecordedAt: at, By: "system"})
			return err
		})
		next("the money, which is due before it", "2026-03-10")
		update(t, s, func(tx *store.Tx) error {
			_, err := tx.Append(w.kase.ID, w.money.ID, ledger.Entry{Kind: ledger.Reported, AmountCents: 100, Currency: "USD", EffectiveOn: date("2026-03-09"), RecordedAt: at, By: "party:o"})
			return err
		})
		next("reported", "2026-03-20")
		update(t, s, func(tx *store.Tx) error {
			w.letter.Status, w.letter.SettledOn = store.CommitmentMet, date("2026-03-12")
			return tx.SaveCommitment(&w.letter)
		})
		next("nothing", "")
		if _, err := store.DB(s).ExecContext(context.Background(), "UPDATE parties SET name_hash = NULL"); err != nil {
			t.Fatal(err)
		}
		if _, err := store.DB(s).ExecContext(context.Background(), "UPDATE cases SET next_due = '2020-01-01'"); err != nil {
			t.Fatal(err)
		}
		if err := s.PrepareConsole(t.Context()); err != nil {
			t.Fatal(err)
		}
		next("reckoned anew", "")
		view(t, s, func(tx *store.Tx) error {
			rows, err := tx.CasePage(store.CasePage{ProgramID: w.program.ID, Search: "  alex KIM", Limit: 5})
			same(t, "found by name", len(rows), 1)
			return err
		})
		_ = due
	})
}
