package store_test

import (
	"testing"

	"amends/store"
	"amends/store/storetest"
)

func TestSmoke(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			p := &store.Program{Key: "x", File: tx.Seal("{}"), ChangedAt: 5}
			if err := tx.SaveProgram(p, "+1312", ""); err != nil {
				return err
			}
			l, err := tx.LockLine(p.ID, "+13125550101")
			t.Log(l, tx.Reveal(l.Phone))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
