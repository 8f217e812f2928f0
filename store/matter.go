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

// matterRow is a party with something that it owes, if it owes anything.
type matterRow struct {
	Party      Party      `db:"party"`
	Commitment Commitment `db:"commitment"`
}

// queryMatters reads what belongs to the cases that are named after it.
var queryMatters = `
		SELECT ` + nested("p", "party", partyColumns) + `,
			` + nestedOuter("c", "commitment", commitmentColumns, `id, case_id, by_id, hours, hours_done, version`, `key, kind, currency, status`) + `
		FROM parties p
		LEFT JOIN commitments c ON c.by_id = p.id
		WHERE p.case_id IN (`

// MattersOf loads what belongs to cases, by their IDs: in one query the parties with what they owe, in another
// the ledgers, if there are any. One for all would say each party once more with each entry.
func (tx *Tx) MattersOf(caseIDs ...int64) (map[int64]*Matter, error) {
	matters := map[int64]*Matter{}
	if len(caseIDs) == 0 {
		return matters, nil
	}
	for _, id := range caseIDs {
		matters[id] = &Matter{Ledger: map[int64][]ledger.Entry{}}
	}
	caseIDs = padded(caseIDs)
	rows, err := list[matterRow](tx, "matters of cases", queryMatters+marks(len(caseIDs))+`)
		ORDER BY p.id, c.id`, anys(caseIDs)...)
	if err != nil {
		return nil, err
	}
	var owed []int64
	of := map[int64]*Matter{} // by commitment
	for _, row := range rows {
		m := matters[row.Party.CaseID]
		if n := len(m.Parties); n == 0 || m.Parties[n-1].ID != row.Party.ID {
			m.Parties = append(m.Parties, row.Party)
		}
		if row.Commitment.ID != 0 {
			m.Commitments = append(m.Commitments, row.Commitment)
		}
		if row.Commitment.Kind == "restitution" {
			owed = append(owed, row.Commitment.ID)
			of[row.Commitment.ID] = m
		}
	}
	if len(owed) > 0 {
		owed = padded(owed)
		entries, err := list[ledgerRow](tx, "ledgers of cases", `
			SELECT `+ledgerColumns+`
			FROM ledger
			WHERE commitment_id IN (`+marks(len(owed))+`)
			ORDER BY id`, anys(owed)...)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			ledgers := of[e.CommitmentID].Ledger
			ledgers[e.CommitmentID] = append(ledgers[e.CommitmentID], e.entry())
		}
	}
	for _, m := range matters {
		slices.SortFunc(m.Commitments, func(a, b Commitment) int { return cmp.Compare(a.ID, b.ID) })
	}
	return matters, nil
}
