package store

import (
	"amends/store/calendar"
	"amends/store/ledger"
)

// ledgerRow is a ledger entry as it stands in its table.
type ledgerRow struct {
	ID           int64         `db:"id"`
	CommitmentID int64         `db:"commitment_id"`
	Kind         ledger.Kind   `db:"entry"`
	Of           ID            `db:"of_id"`
	AmountCents  int64         `db:"amount_cents"`
	Currency     string        `db:"currency"`
	EffectiveOn  calendar.Date `db:"effective_on"`
	RecordedAt   Instant       `db:"recorded_at"`
	By           string        `db:"by_whom"`
}

const ledgerColumns = `id, commitment_id, entry, of_id, amount_cents, currency, effective_on, recorded_at, by_whom`

func (r ledgerRow) entry() ledger.Entry {
	return ledger.Entry{
		ID: r.ID, Of: int64(r.Of), Kind: r.Kind, AmountCents: r.AmountCents, Currency: r.Currency,
		EffectiveOn: r.EffectiveOn, RecordedAt: r.RecordedAt.Time(), By: r.By,
	}
}

// Append appends entries to the ledger of a commitment, and returns them with their IDs.
func (tx *Tx) Append(caseID, commitmentID int64, entries ...ledger.Entry) ([]ledger.Entry, error) {
	tx.touch(caseID)
	stored := make([]ledger.Entry, 0, len(entries))
	for _, e := range entries {
		err := tx.insert("append to ledger", &e.ID, `
			INSERT INTO ledger (case_id, commitment_id, entry, of_id, amount_cents, currency, effective_on, recorded_at, by_whom)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			caseID, commitmentID, e.Kind, ID(e.Of), e.AmountCents, e.Currency, e.EffectiveOn, At(e.RecordedAt), e.By)
		if err != nil {
			return nil, err
		}
		stored = append(stored, e)
	}
	return stored, nil
}

// LedgerOf are a commitment's entries in the order they were appended.
func (tx *Tx) LedgerOf(commitmentID int64) ([]ledger.Entry, error) {
	rows, err := list[ledgerRow](tx, "ledger of a commitment", `
		SELECT `+ledgerColumns+`
		FROM ledger
		WHERE commitment_id = ?
		ORDER BY id`, commitmentID)
	entries := make([]ledger.Entry, len(rows))
	for i, row := range rows {
		entries[i] = row.entry()
	}
	return entries, err
}

// LedgerOfCase are a case's entries, by the ID of their commitment, in the order they were appended.
func (tx *Tx) LedgerOfCase(caseID int64) (map[int64][]ledger.Entry, error) {
	rows, err := list[ledgerRow](tx, "ledger of a case", `
		SELECT `+ledgerColumns+`
		FROM ledger
		WHERE case_id = ?
		ORDER BY id`, caseID)
	entries := map[int64][]ledger.Entry{}
	for _, row := range rows {
		entries[row.CommitmentID] = append(entries[row.CommitmentID], row.entry())
	}
	return entries, err
}
