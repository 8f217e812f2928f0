package store

// EscalationStatus is where an escalation stands.
type EscalationStatus string

// The statuses of an escalation.
const (
	EscalationOpen         EscalationStatus = "open"
	EscalationAcknowledged EscalationStatus = "acknowledged"
	EscalationResolved     EscalationStatus = "resolved"
)

// Escalation is what a person must deal with. One is open for a case, reason and subject.
type Escalation struct {
	ID             int64            `db:"id"`
	ProgramID      int64            `db:"program_id"`
	CaseID         int64            `db:"case_id"`
	PartyID        ID               `db:"party_id"`
	CommitmentID   ID               `db:"commitment_id"`
	Code           int64            `db:"code"` // what staff call it by; not used again within 90 days
	Reason         string           `db:"reason"`
	Severity       string           `db:"severity"` // urgent, high, normal
	Subject        string           `db:"subject"`
	Status         EscalationStatus `db:"status"`
	Level          int              `db:"level"` // 1 the mediator, 2 the backup, 3 the coordinators, then round again
	OpenedAt       Instant          `db:"opened_at"`
	AcknowledgedAt Instant          `db:"acknowledged_at"` // the first time
	AcknowledgedBy ID               `db:"acknowledged_by"`
	ResolvedAt     Instant          `db:"resolved_at"`
	ResolvedBy     ID               `db:"resolved_by"`
	Returns        int              `db:"returns"` // how often it came back after being acknowledged
	Note           Sealed           `db:"note"`
	Policy         string           `db:"policy"` // stamped at its opening, JSON
	Args           string           `db:"args"`   // what its decision needs, JSON; nothing personal
	Version        int64            `db:"version"`
}

const escalationColumns = `id, program_id, case_id, party_id, commitment_id, code, reason, severity, subject, status, level,
	opened_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, returns, note, policy, args, version`

// AddEscalation adds an escalation, in its first version, and sets its ID. Its code is from
// [Tx.TakeCode]. A second open one of the same case, reason and subject is a [Conflict].
func (tx *Tx) AddEscalation(e *Escalation) error {
	e.Version = 1
	return tx.insert("add escalation", &e.ID, `
		INSERT INTO escalations (program_id, case_id, party_id, commitment_id, code, reason, severity, subject, status, level,
			opened_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, returns, note, policy, args, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ProgramID, e.CaseID, e.PartyID, e.CommitmentID, e.Code, e.Reason, e.Severity, e.Subject, e.Status, e.Level,
		e.OpenedAt, e.AcknowledgedAt, e.AcknowledgedBy, e.ResolvedAt, e.ResolvedBy, e.Returns, e.Note, e.Policy, e.Args, e.Version)
}

// SetEscalationArgs changes what an escalation's decision needs, and not its version: what is armed for it
// stands.
func (tx *Tx) SetEscalationArgs(id int64, args string) error {
	return tx.save("escalation", `
		UPDATE escalations
		SET args = ?
		WHERE id = ?`, args, id)
}

// SaveEscalation writes an escalation and its next version; its case, code and reason stay. If it was
// changed since it was loaded, the transaction is run again.
func (tx *Tx) SaveEscalation(e *Escalation) error {
	err := tx.saveVersion("escalation", `
		UPDATE escalations
		SET party_id = ?, commitment_id = ?, severity = ?, status = ?, level = ?,
			acknowledged_at = ?, acknowledged_by = ?, resolved_at = ?, resolved_by = ?,
			returns = ?, note = ?, policy = ?, args = ?, version = version + 1
		WHERE id = ?
		  AND version = ?`,
		e.PartyID, e.CommitmentID, e.Severity, e.Status, e.Level,
		e.AcknowledgedAt, e.AcknowledgedBy, e.ResolvedAt, e.ResolvedBy,
		e.Returns, e.Note, e.Policy, e.Args, e.ID, e.Version)
	if err == nil {
		e.Version++
	}
	return err
}

// GetEscalation is the escalation with that ID.
func (tx *Tx) GetEscalation(id int64) (Escalation, error) {
	return get[Escalation](tx, "escalation", `
		SELECT `+escalationColumns+`
		FROM escalations
		WHERE id = ?`, id)
}

// FindOpenEscalation is the one of that case, reason and subject that is not resolved.
func (tx *Tx) FindOpenEscalation(caseID int64, reason, subject string) (Escalation, bool, error) {
	return find[Escalation](tx, "find open escalation", `
		SELECT `+escalationColumns+`
		FROM escalations
		WHERE case_id = ?
		  AND reason = ?
		  AND subject = ?
		  AND status <> 'resolved'`, caseID, reason, subject)
}

// FindEscalationByCode is the program's escalation of that code that is not resolved, else the last.
func (tx *Tx) FindEscalationByCode(programID, code int64) (Escalation, bool, error) {
	return find[Escalation](tx, "find escalation by code", `
		SELECT `+escalationColumns+`
		FROM escalations
		WHERE program_id = ?
		  AND code = ?
		ORDER BY CASE WHEN status <> 'resolved' THEN 0 ELSE 1 END, id DESC
		LIMIT 1`, programID, code)
}

// OpenEscalations are a program's escalations that are not resolved, oldest first.
func (tx *Tx) OpenEscalations(programID int64) ([]Escalation, error) {
	return list[Escalation](tx, "open escalations", `
		SELECT `+escalationColumns+`
		FROM escalations
		WHERE program_id = ?
		  AND status <> 'resolved'
		ORDER BY opened_at, id`, programID)
}

// EscalationsOf are a case's escalations, oldest first.
func (tx *Tx) EscalationsOf(caseID int64) ([]Escalation, error) {
	return list[Escalation](tx, "escalations of a case", `
		SELECT `+escalationColumns+`
		FROM escalations
		WHERE case_id = ?
		ORDER BY id`, caseID)
}
