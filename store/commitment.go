package store

import "amends/store/calendar"

// CommitmentStatus is where a commitment stands.
type CommitmentStatus string

// The statuses of a commitment.
const (
	CommitmentOpen        CommitmentStatus = "open"
	CommitmentMet         CommitmentStatus = "met"
	CommitmentMissed      CommitmentStatus = "missed" // its grace is over; an escalation is on record
	CommitmentRescheduled CommitmentStatus = "rescheduled"
	CommitmentWaived      CommitmentStatus = "waived"
)

// Commitment is one thing agreed, owed by one party and, where there is one, to one party. Of
// restitution the dates and sums stand in the ledger; of all else the date stands here.
type Commitment struct {
	ID        int64            `db:"id"`
	CaseID    int64            `db:"case_id"`
	Key       string           `db:"key"`
	Kind      string           `db:"kind"` // restitution, apology_letter, community_service, counselling, class, other
	Title     Sealed           `db:"title"`
	ByID      int64            `db:"by_id"`
	ToID      ID               `db:"to_id"`
	Payee     Sealed           `db:"payee"`
	Currency  string           `db:"currency"`   // ISO 4217; "" unless restitution
	Hours     int64            `db:"hours"`      // hundredths of an hour; 0 where none are counted
	HoursDone int64            `db:"hours_done"` // hundredths of an hour
	Due       calendar.Date    `db:"due"`        // zero for restitution
	DueFirst  calendar.Date    `db:"due_first"`  // the date agreed at first: the old date stays visible
	Status    CommitmentStatus `db:"status"`
	SettledOn calendar.Date    `db:"settled_on"`
	Version   int64            `db:"version"`  // grows with each change; what is armed for it carries it
	StageAt   Instant          `db:"stage_at"` // up to when its reminders and grace have been looked at
}

const commitmentColumns = `id, case_id, key, kind, title, by_id, to_id, payee, currency, hours, hours_done,
	due, due_first, status, settled_on, version, stage_at`

// AddCommitment adds a commitment, in its first version, and sets its ID.
func (tx *Tx) AddCommitment(c *Commitment) error {
	c.Version = 1
	tx.touch(c.CaseID)
	return tx.insert("add commitment", &c.ID, `
		INSERT INTO commitments (case_id, key, kind, title, by_id, to_id, payee, currency, hours, hours_done,
			due, due_first, status, settled_on, version, stage_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.CaseID, c.Key, c.Kind, c.Title, c.ByID, c.ToID, c.Payee, c.Currency, c.Hours, c.HoursDone,
		c.Due, c.DueFirst, c.Status, c.SettledOn, c.Version, int64(c.StageAt))
}

// SaveCommitment writes a commitment and its next version; its case stays. If it was changed since it
// was loaded, the transaction is run again.
func (tx *Tx) SaveCommitment(c *Commitment) error {
	tx.touch(c.CaseID)
	err := tx.saveVersion("commitment", `
		UPDATE commitments
		SET key = ?, kind = ?, title = ?, by_id = ?, to_id = ?, payee = ?, currency = ?, hours = ?, hours_done = ?,
			due = ?, due_first = ?, status = ?, settled_on = ?, version = version + 1, stage_at = ?
		WHERE id = ?
		  AND version = ?`,
		c.Key, c.Kind, c.Title, c.ByID, c.ToID, c.Payee, c.Currency, c.Hours, c.HoursDone,
		c.Due, c.DueFirst, c.Status, c.SettledOn, int64(c.StageAt), c.ID, c.Version)
	if err == nil {
		c.Version++
	}
	return err
}

// GetCommitment is the commitment with that ID.
func (tx *Tx) GetCommitment(id int64) (Commitment, error) {
	return get[Commitment](tx, "commitment", `
		SELECT `+commitmentColumns+`
		FROM commitments
		WHERE id = ?`, id)
}

// CommitmentsOf are a case's commitments in the order of its file.
func (tx *Tx) CommitmentsOf(caseID int64) ([]Commitment, error) {
	return list[Commitment](tx, "commitments of a case", `
		SELECT `+commitmentColumns+`
		FROM commitments
		WHERE case_id = ?
		ORDER BY id`, caseID)
}

// OpenCommitmentsBy are the commitments that those parties owe and that are neither met nor waived.
func (tx *Tx) OpenCommitmentsBy(partyIDs ...int64) ([]Commitment, error) {
	if len(partyIDs) == 0 {
		return nil, nil
	}
	partyIDs = padded(partyIDs)
	return list[Commitment](tx, "open commitments", `
		SELECT `+commitmentColumns+`
		FROM commitments
		WHERE by_id IN (`+marks(len(partyIDs))+`)
		  AND status NOT IN ('met', 'waived')
		ORDER BY id`, anys(partyIDs)...)
}
