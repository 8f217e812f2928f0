package store

import (
	"context"
	"maps"
	"slices"

	"amends/store/calendar"
	"amends/store/ledger"
)

// touch says that a commitment, the ledger or an answer of a case was changed: where the case stands is reckoned anew before
// the transaction is committed.
func (tx *Tx) touch(caseID int64) {
	if tx.touched == nil {
		tx.touched = map[int64]bool{}
	}
	tx.touched[caseID] = true
}

// standing is where a case stands: what pages find it by, and what of it is in the figures.
type standing struct {
	ID        int64         `db:"id"`
	ProgramID int64         `db:"program_id"`
	ClosedAt  Instant       `db:"closed_at"`
	NextDue   calendar.Date `db:"next_due"`
	Counted   Sealed        `db:"counted"`
}

// standingBatch bounds the cases of one query.
const standingBatch = 256

// settleStanding reckons anew, in each case that was touched, the first date of what is still to be done and what of it is
// in the figures. It depends on no day: who is behind is asked by comparing with today.
func (tx *Tx) settleStanding() error {
	touched := slices.Sorted(maps.Keys(tx.touched))
	tx.touched = nil
	for some := range slices.Chunk(touched, standingBatch) {
		if err := tx.settle(some); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) settle(caseIDs []int64) error {
	matters, err := tx.MattersOf(caseIDs...)
	if err != nil {
		return err
	}
	wellbeing, err := tx.wellbeingOf(caseIDs)
	if err != nil {
		return err
	}
	some := padded(caseIDs)
	cases, err := list[standing](tx, "standing of cases", `
		SELECT id, program_id, closed_at, next_due, counted
		FROM cases
		WHERE id IN (`+marks(len(some))+`)
		ORDER BY id`+tx.s.dialect.lock, anys(some)...)
	if err != nil {
		return err
	}
	var changes []figureRow
	for _, c := range cases {
		was, err := tx.parseCounted(c.Counted)
		if err != nil {
			return err
		}
		m := matters[c.ID]
		is := counted{Kept: m.keptOf(calendar.On(c.ClosedAt.Time(), nil)), Wellbeing: wellbeing[c.ID]}
		next := m.nextDue()
		if next == c.NextDue && c.Counted != nil && is.same(was) {
			continue
		}
		if _, err := tx.exec("save standing", `
			UPDATE cases
			SET next_due = ?, counted = ?
			WHERE id = ?`, next, tx.SealJSON(is), c.ID); err != nil {
			return err
		}
		changes = append(changes, tx.minus(c.ProgramID, is, was)...)
	}
	return tx.addChanges(changes)
}

// nextDue is the first date of what in a case is neither met nor waived, paid or reported; none if nothing is.
func (m *Matter) nextDue() (next calendar.Date) {
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
	return next
}

// prepareBatch bounds the parties, or cases, of one transaction of PrepareConsole.
const prepareBatch = 200

// PrepareConsole fills in what the console finds cases by, where cases are older than it, and reckons the figures where they
// are. It may run in several processes at once, and again.
func (s *Store) PrepareConsole(ctx context.Context) error {
	if err := s.nameParties(ctx); err != nil {
		return err
	}
	return s.countFigures(ctx)
}

// nameParties gives parties the hash that they are found by.
func (s *Store) nameParties(ctx context.Context) error {
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
