package store

import (
	"context"
	"maps"
	"slices"

	"amends/store/calendar"
	"amends/store/ledger"
)

// touch says that a commitment or the ledger of a case was changed: where the case stands is reckoned anew before the
// transaction is committed.
func (tx *Tx) touch(caseID int64) {
	if tx.touched == nil {
		tx.touched = map[int64]bool{}
	}
	tx.touched[caseID] = true
}

// settleStanding writes the first date of what is still to be done in each case that was touched. It depends on no day:
// who is behind is asked by comparing it with today.
func (tx *Tx) settleStanding() error {
	touched := slices.Sorted(maps.Keys(tx.touched))
	tx.touched = nil
	for _, id := range touched {
		next, err := tx.nextDue(id)
		if err != nil {
			return err
		}
		if _, err := tx.exec("save standing", `
			UPDATE cases
			SET next_due = ?
			WHERE id = ?
			  AND COALESCE(next_due, '') <> ?`, next, id, next.String()); err != nil {
			return err
		}
	}
	return nil
}

// nextDue is the first date of what in a case is neither met nor waived, paid or reported; none if nothing is.
func (tx *Tx) nextDue(caseID int64) (next calendar.Date, err error) {
	matters, err := tx.MattersOf(caseID)
	if err != nil {
		return next, err
	}
	m := matters[caseID]
	for _, c := range m.Commitments {
		due := c.Due
		switch {
		case c.Kind == "restitution":
			owed := ledger.Of(m.Ledger[c.ID], calendar.Date{}).NextDue
			if owed == nil {
				continue
			}
			due = owed.Date
		case c.Status == CommitmentMet || c.Status == CommitmentWaived:
			continue
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next, nil
}

// prepareBatch bounds the parties of one transaction of PrepareConsole.
const prepareBatch = 200

// PrepareConsole fills in what the console finds cases by, where cases are older than it. It may run in several processes
// at once, and again.
func (s *Store) PrepareConsole(ctx context.Context) error {
	for after, n := int64(0), prepareBatch; n == prepareBatch; {
		err := s.Update(ctx, func(tx *Tx) error {
			parties, err := list[Party](tx, "nameless parties", `
				SELECT `+partyColumns+`
				FROM parties
				WHERE name_hash IS NULL
				  AND id > ?
				ORDER BY id
				LIMIT ?`, after, prepareBatch)
			n = len(parties)
			for _, p := range parties {
				if err == nil {
					err = tx.SaveParty(p)
				}
				tx.touch(p.CaseID)
				after = p.ID // one whose name was erased has none to find it by, and is looked at once
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
