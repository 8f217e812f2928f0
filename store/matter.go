package store

import (
	"cmp"
	"slices"

	"amends/store/ledger"
)

// Matter is what belongs to a case: its parties and commitments in the order of its file, and by the IDs
// of these their ledgers in the order they were appended.
type Matter struct {
	Parties     []Party
	Commitments []Commitment
	Ledger      map[int64][]ledger.Entry
}

// matterRow is a party with something that it owes and an entry about that, if there are any.
type matterRow struct {
	Party      Party      `db:"party"`
	Commitment Commitment `db:"commitment"`
	Entry      ledgerRow  `db:"entry"`
}

// MattersOf loads what belongs to cases, by their IDs, in one query.
func (tx *Tx) MattersOf(caseIDs ...int64) (map[int64]*Matter, error) {
	matters := map[int64]*Matter{}
	if len(caseIDs) == 0 {
		return matters, nil
	}
	for _, id := range caseIDs {
		matters[id] = &Matter{Ledger: map[int64][]ledger.Entry{}}
	}
	caseIDs = padded(caseIDs)
	rows, err := list[matterRow](tx, "matters of cases", `
		SELECT `+nested("p", "party", partyColumns)+`,
			`+nestedOuter("c", "commitment", commitmentColumns, `id, case_id, by_id, hours, hours_done, version`, `key, kind, currency, status`)+`,
			`+nestedOuter("e", "entry", ledgerColumns, `id, commitment_id, amount_cents`, `entry, currency, by_whom`)+`
		FROM parties p
		LEFT JOIN commitments c ON c.by_id = p.id
		LEFT JOIN ledger e ON e.commitment_id = c.id
		WHERE p.case_id IN (`+marks(len(caseIDs))+`)
		ORDER BY p.id, c.id, e.id`, anys(caseIDs)...)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		m := matters[row.Party.CaseID]
		if n := len(m.Parties); n == 0 || m.Parties[n-1].ID != row.Party.ID {
			m.Parties = append(m.Parties, row.Party)
		}
		if id := row.Commitment.ID; id != 0 && (len(m.Commitments) == 0 || m.Commitments[len(m.Commitments)-1].ID != id) {
			m.Commitments = append(m.Commitments, row.Commitment)
		}
		if row.Entry.ID != 0 {
			m.Ledger[row.Entry.CommitmentID] = append(m.Ledger[row.Entry.CommitmentID], row.Entry.entry())
		}
	}
	for _, m := range matters {
		slices.SortFunc(m.Commitments, func(a, b Commitment) int { return cmp.Compare(a.ID, b.ID) })
	}
	return matters, nil
}
