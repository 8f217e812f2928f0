package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/store"
	"amends/store/storetest"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := fmt.Errorf("while doing: %w", store.NewError(store.NotFound, "There is no such case.", cause))
	same(t, "code", store.CodeOf(err), "not_found")
	same(t, "sentence", store.Sentence(err), "There is no such case.")
	same(t, "chain", err, "while doing: There is no such case.: cause")
	same(t, "cause", errors.Is(err, cause), true)
	same(t, "none", []any{store.CodeOf(nil), store.Sentence(nil)}, []any{"", ""})
	same(t, "of another", []any{store.CodeOf(io.EOF), strings.Contains(store.Sentence(io.EOF), "EOF")}, []any{"internal", false})
}

// TestRunAgain has a transaction refused a few times for another's sake.
func TestRunAgain(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		runs := 0
		update(t, s, func(tx *store.Tx) error {
			runs++
			if err := tx.Log(store.Entry{At: 5, Actor: "system", Action: "once"}); err != nil {
				return err
			}
			if runs < 3 {
				return fmt.Errorf("as if: %w", store.ErrStale)
			}
			return nil
		})
		same(t, "runs", runs, 3)
		view(t, s, func(tx *store.Tx) error {
			all, err := tx.AuditOf(store.AuditFilter{Action: "once"}, 0, 9)
			same(t, "entries", len(all), 1)
			return err
		})
		runs = 0
		err := s.Update(t.Context(), func(*store.Tx) error { runs++; return io.ErrShortWrite })
		same(t, "not for its own fault", []any{runs, errors.Is(err, io.ErrShortWrite)}, []any{1, true})
		ctx, cancel := context.WithCancel(t.Context())
		err = s.Update(ctx, func(*store.Tx) error { cancel(); return store.ErrStale })
		if err == nil {
			t.Error("a transaction that was given up succeeded")
		}
		// A statement that failed fails the transaction, though its error was overlooked.
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			_ = tx.AddCase(&store.Case{ProgramID: w.program.ID, Reference: "RJ-2026-0142"})
			return nil
		})
		if err == nil {
			t.Error("a failed statement was overlooked")
		}
		err = s.View(t.Context(), func(tx *store.Tx) error { return tx.SetAbsent(w.dana.ID, date("2026-03-09")) })
		if err == nil {
			t.Error("a View has written")
		}
		func() { // a panic leaves nothing behind
			defer func() { _ = recover() }()
			_ = s.Update(t.Context(), func(tx *store.Tx) error {
				_ = tx.SetAbsent(w.dana.ID, date("2026-03-09"))
				panic("x")
			})
		}()
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.GetStaff(w.dana.ID)
			same(t, "absent", got.AbsentUntil.IsZero(), true)
			return err
		})
	})
}

// TestViewStays has a View see the database as it was at its beginning.
func TestViewStays(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		absent := func(tx *store.Tx) string {
			got, err := tx.GetStaff(w.dana.ID)
			if err != nil {
				t.Error(err)
			}
			return got.AbsentUntil.String()
		}
		view(t, s, func(tx *store.Tx) error {
			same(t, "before", absent(tx), "")
			update(t, s, func(tx *store.Tx) error { return tx.SetAbsent(w.dana.ID, date("2026-03-09")) })
			same(t, "meanwhile", absent(tx), "")
			return nil
		})
		view(t, s, func(tx *store.Tx) error { same(t, "after", absent(tx), "2026-03-09"); return nil })
	})
}

// TestConnectionLost has PostgreSQL end every connection amid a transaction, as a restart does.
func TestConnectionLost(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, "postgres")
	w := begin(t, s)
	runs := 0
	update(t, s, func(tx *store.Tx) error {
		runs++
		if err := tx.SetAbsent(w.dana.ID, date("2026-03-09")); err != nil {
			return err
		}
		if runs == 1 {
			_, err := store.DB(s).ExecContext(t.Context(), `
				SELECT pg_terminate_backend(pid)
				FROM pg_stat_activity
				WHERE datname = current_database()
				  AND pid <> pg_backend_pid()`)
			if err != nil {
				t.Error(err)
			}
		}
		_, err := tx.GetStaff(w.dana.ID)
		return err
	})
	same(t, "runs", runs, 2)
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.GetStaff(w.dana.ID)
		same(t, "absent", got.AbsentUntil, "2026-03-09")
		return err
	})
}

// TestUpdatesCount has many goroutines of several instances count on one row, in transactions that
// read it, think, and write it.
func TestUpdatesCount(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		const instances, workers, times = 2, 4, 15
		w := begin(t, db.Open(t))
		var group sync.WaitGroup
		for range instances {
			s := db.Open(t)
			for range workers {
				group.Go(func() {
					for range times {
						err := s.Update(t.Context(), func(tx *store.Tx) error {
							line, err := tx.LockLine(w.program.ID, "+13125550101")
							if err != nil {
								return err
							}
							var n int
							if err := tx.RevealJSON(line.Talk, &n); err != nil {
								return err
							}
							line.Talk = tx.SealJSON(n + 1)
							return tx.SaveLine(line)
						})
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		group.Wait()
		view(t, db.Open(t), func(tx *store.Tx) error {
			line, _, err := tx.FindLine(w.program.ID, "+13125550101")
			same(t, "count", tx.Reveal(line.Talk), fmt.Sprint(instances*workers*times))
			return err
		})
	})
}

// TestLockOrder runs all kinds of events at once on two people in two cases, in the order of locks
// that the package asks for, and looks that none had to be run again for a deadlock.
func TestLockOrder(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := db.Open(t)
		w := begin(t, s)
		first := w.kase
		update(t, s, func(tx *store.Tx) error {
			kase := *w
			if err := kase.addCase(tx, "second"); err != nil {
				return err
			}
			w.kase = kase.kase
			for i := range 60 {
				d := store.Due{ProgramID: w.program.ID, Kind: "x", DueAt: store.At(noon()), CaseID: store.ID(first.ID), Args: fmt.Sprint(i)}
				if err := tx.Arm(&d); err != nil {
					return err
				}
			}
			return nil
		})
		second := w.kase
		var runs, wanted, id atomic.Int64
		event := func(tx *store.Tx, phone string) error {
			line, err := tx.LockLine(w.program.ID, phone)
			if err != nil {
				return err
			}
			for _, id := range []int64{first.ID, second.ID} {
				kase, err := tx.LockCase(id)
				if err != nil {
					return err
				}
				if err := tx.SaveCase(kase); err != nil {
					return err
				}
			}
			if err := tx.TakeSlots(w.program.ID, noon(), store.Pace{PerSecond: 1000, Burst: 1}, 1); err != nil {
				return err
			}
			n := id.Add(1)
			m := w.text(tx, fmt.Sprint(n), store.ClassAnswer, noon())
			m.LineID = store.ID(line.ID)
			_, err = tx.AddInbound(&store.Message{ID: fmt.Sprint("in-", n), ProgramID: w.program.ID, LineID: store.ID(line.ID), Segments: 1,
				QueuedAt: store.At(noon()), SID: store.Word(fmt.Sprint("SM", n))})
			return errors.Join(err, tx.SaveLine(line), tx.AddMessage(&m), tx.Log(store.Entry{At: 5, ProgramID: store.ID(w.program.ID),
				CaseID: store.ID(first.ID), PartyID: store.ID(w.victim.ID), Actor: "system", Action: "x"}))
		}
		var group sync.WaitGroup
		work := func(s *store.Store, times int, do func(tx *store.Tx) error) {
			group.Go(func() {
				for range times {
					wanted.Add(1)
					err := s.Update(t.Context(), func(tx *store.Tx) error { runs.Add(1); return do(tx) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			other := db.Open(t)
			work(other, 20, func(tx *store.Tx) error { return event(tx, "+13125550101") })
			work(other, 20, func(tx *store.Tx) error { return event(tx, "+13125550102") })
			work(other, 20, func(tx *store.Tx) error {
				d, ok, err := tx.ClaimDue(noon())
				if err != nil || !ok {
					return err
				}
				return errors.Join(event(tx, "+13125550102"), tx.DeleteDue(d.ID))
			})
			work(other, 20, func(tx *store.Tx) error {
				texts, err := tx.ClaimOutbox(w.program.ID, noon(), "me", 3)
				for _, m := range texts {
					m.Status, m.SentAt = store.MessageSent, store.At(noon())
					err = errors.Join(err, tx.SaveMessage(m.Message))
				}
				return err
			})
		}
		group.Wait()
		same(t, "runs", runs.Load(), wanted.Load())
	})
}

// TestWake says that a committed text wakes the sender, here and in another instance.
func TestWake(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		here, there := db.Open(t), db.Open(t)
		w := begin(t, here)
		quiet := func(s *store.Store) { // what begin and the start of listening left
			for {
				select {
				case <-s.Wake():
				case <-time.After(300 * time.Millisecond):
					return
				}
			}
		}
		quiet(here)
		quiet(there)
		woken := func(what string, s *store.Store, yes bool) {
			select {
			case <-s.Wake():
				if !yes {
					t.Errorf("%s: woken", what)
				}
			case <-time.After(map[bool]time.Duration{true: 10 * time.Second, false: 50 * time.Millisecond}[yes]):
				if yes {
					t.Errorf("%s: not woken", what)
				}
			}
		}
		_ = here.Update(t.Context(), func(tx *store.Tx) error {
			m := w.text(tx, "m0", store.ClassAnswer, noon())
			return errors.Join(tx.AddMessage(&m), errors.New("broken"))
		})
		woken("a transaction that failed", here, false)
		update(t, here, func(tx *store.Tx) error { return tx.SetAbsent(w.dana.ID, date("2026-03-09")) })
		woken("nothing to send", here, false)
		for i, do := range []func(*store.Tx) error{
			func(tx *store.Tx) error { m := w.text(tx, "m1", store.ClassAnswer, noon()); return tx.AddMessage(&m) },
			func(tx *store.Tx) error {
				return tx.Arm(&store.Due{ProgramID: w.program.ID, Kind: "x", DueAt: store.At(noon())})
			},
			func(tx *store.Tx) error { tx.Notify(); return tx.SetAbsent(w.dana.ID, date("2026-03-10")) },
		} {
			quiet(there) // on SQLite any change wakes it
			update(t, here, do)
			woken(fmt.Sprint("here ", i), here, true)
			woken(fmt.Sprint("there ", i), there, true)
			woken(fmt.Sprint("once ", i), here, false)
		}
	})
}
