package store

import "time"

// Due is something that falls due. Its row is deleted by the transaction that does it.
type Due struct {
	ID           int64   `db:"id"`
	ProgramID    int64   `db:"program_id"`
	Kind         string  `db:"kind"`
	DueAt        Instant `db:"due_at"`
	CaseID       ID      `db:"case_id"`
	PartyID      ID      `db:"party_id"`
	SessionID    ID      `db:"session_id"`
	CommitmentID ID      `db:"commitment_id"`
	EscalationID ID      `db:"escalation_id"`
	Armed        int64   `db:"armed"` // the version of what it was armed for
	Args         string  `db:"args"`  // bears nothing personal
	Attempts     int     `db:"attempts"`
}

const dueColumns = `id, program_id, kind, due_at, case_id, party_id, session_id, commitment_id, escalation_id,
	armed, args, attempts`

// Arm adds something that falls due, sets its ID and wakes the scheduler.
func (tx *Tx) Arm(d *Due) error {
	tx.Notify()
	return tx.insert("arm", &d.ID, `
		INSERT INTO dues (program_id, kind, due_at, case_id, party_id, session_id, commitment_id, escalation_id,
			armed, args, attempts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ProgramID, d.Kind, d.DueAt, d.CaseID, d.PartyID, d.SessionID, d.CommitmentID, d.EscalationID,
		d.Armed, d.Args, d.Attempts)
}

// ClaimDue is the earliest of what is due at now and no other transaction has claimed. It is this
// transaction's, which deletes or postpones it: if it fails, the row is as it was, for whoever comes.
func (tx *Tx) ClaimDue(now time.Time) (Due, bool, error) {
	return find[Due](tx, "claim due", `
		SELECT `+dueColumns+`
		FROM dues
		WHERE due_at <= ?
		ORDER BY due_at, id
		LIMIT 1`+tx.s.dialect.claim, At(now))
}

// DeleteDue removes what was claimed and done.
func (tx *Tx) DeleteDue(id int64) error {
	_, err := tx.exec("delete due", `
		DELETE FROM dues
		WHERE id = ?`, id)
	return err
}

// PostponeDue moves it to at.
func (tx *Tx) PostponeDue(id int64, at time.Time) error {
	return tx.save("due row", `
		UPDATE dues
		SET due_at = ?
		WHERE id = ?`, At(at), id)
}

// FailDue counts an attempt that failed and moves it to at. As the attempt's transaction is gone, this
// is another.
func (tx *Tx) FailDue(id int64, at time.Time) error {
	_, err := tx.exec("fail due", `
		UPDATE dues
		SET due_at = ?, attempts = attempts + 1
		WHERE id = ?`, At(at), id)
	return err
}

// DuesOf are what falls due for a case, earliest first.
func (tx *Tx) DuesOf(caseID int64) ([]Due, error) {
	return list[Due](tx, "dues of a case", `
		SELECT `+dueColumns+`
		FROM dues
		WHERE case_id = ?
		ORDER BY due_at, id`, caseID)
}
