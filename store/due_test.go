package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/store"
	"amends/store/storetest"
)

func TestDue(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		minute := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }
		update(t, s, func(tx *store.Tx) error {
			if next, err := tx.Ahead(); next.Due != 0 || err != nil {
				t.Error("something is due in an empty table", err)
			}
			for _, n := range []int{3, 1, 2} {
				d := store.Due{ProgramID: w.program.ID, Kind: "remind", DueAt: store.At(minute(n)), CaseID: store.ID(w.kase.ID),
					CommitmentID: store.ID(w.letter.ID), Armed: w.letter.Version, Args: fmt.Sprint(n)}
				if err := tx.Arm(&d); err != nil {
					return err
				}
			}
			return nil
		})
		claim := func(now time.Time, do func(*store.Tx, store.Due) error) (args string) {
			update(t, s, func(tx *store.Tx) error {
				d, ok, err := tx.ClaimDue(now)
				if !ok || err != nil {
					args = "none"
					return err
				}
				args = d.Args
				return do(tx, d)
			})
			return args
		}
		done := func(tx *store.Tx, d store.Due) error { return tx.DeleteDue(d.ID) }
		same(t, "before all", claim(minute(0), done), "none")
		same(t, "the earliest", claim(minute(2), func(tx *store.Tx, d store.Due) error {
			return tx.PostponeDue(d.ID, minute(5))
		}), "1")
		same(t, "the next", claim(minute(2), done), "2")
		same(t, "none left", claim(minute(2), done), "none")
		broken := errors.New("broken")
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			d, _, err := tx.ClaimDue(minute(4))
			return errors.Join(err, tx.DeleteDue(d.ID), broken)
		})
		if !errors.Is(err, broken) {
			t.Errorf("the cause is lost: %v", err)
		}
		update(t, s, func(tx *store.Tx) error {
			d, ok, err := tx.ClaimDue(minute(4))
			same(t, "as it was", []any{ok, d.Args, d.Attempts}, []any{true, "3", 0})
			return errors.Join(err, tx.FailDue(d.ID, minute(9)))
		})
		view(t, s, func(tx *store.Tx) error {
			next, err := tx.Ahead()
			same(t, "next", next.Due, store.At(minute(5)))
			all, err2 := tx.DuesOf(w.kase.ID)
			same(t, "attempts", []any{len(all), all[1].Attempts}, []any{2, 1})
			return errors.Join(err, err2)
		})
	})
}

// TestClaimDueOnce has several instances take what is due, each failing now and then after the claim.
func TestClaimDueOnce(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		const rows, instances, workers = 120, 3, 3
		s := db.Open(t)
		w := begin(t, s)
		update(t, s, func(tx *store.Tx) error {
			for i := range rows {
				d := store.Due{ProgramID: w.program.ID, Kind: "x", DueAt: store.At(noon()), Args: fmt.Sprint(i)}
				if err := tx.Arm(&d); err != nil {
					return err
				}
			}
			return nil
		})
		var done sync.Map
		var count, calls atomic.Int64
		var group sync.WaitGroup
		for range instances {
			other := db.Open(t)
			for range workers {
				group.Go(func() {
					for count.Load() < rows {
						var claimed string
						err := other.Update(t.Context(), func(tx *store.Tx) error {
							claimed = ""
							d, ok, err := tx.ClaimDue(noon())
							if err != nil || !ok {
								return err
							}
							if err := tx.DeleteDue(d.ID); err != nil {
								return err
							}
							if calls.Add(1)%7 == 0 {
								return errors.New("crash")
							}
							claimed = d.Args
							return nil
						})
						if claimed == "" || err != nil {
							continue
						}
						if _, twice := done.LoadOrStore(claimed, true); twice {
							t.Errorf("%s was done twice", claimed)
						}
						count.Add(1)
					}
				})
			}
		}
		group.Wait()
	})
}
