package store

import (
	"strings"
	"unicode/utf8"

	"amends/store/calendar"
)

// CaseStatus is where a case stands.
type CaseStatus string

// The statuses of a case.
const (
	CaseEnrolling CaseStatus = "enrolling" // nobody's consent is on record yet
	CaseActive    CaseStatus = "active"
	CaseCompleted CaseStatus = "completed" // the last commitment is settled; closing questions are out
	CaseClosed    CaseStatus = "closed"
)

// Case is one mediated matter.
type Case struct {
	ID          int64         `db:"id"`
	ProgramID   int64         `db:"program_id"`
	Reference   string        `db:"reference"`
	Status      CaseStatus    `db:"status"`
	MediatedOn  calendar.Date `db:"mediated_on"`
	MediatorID  int64         `db:"mediator_id"`
	BackupID    ID            `db:"backup_id"`
	CloseReason Word          `db:"close_reason"`
	OpenedAt    Instant       `db:"opened_at"`
	CompletedAt Instant       `db:"completed_at"`
	ClosedAt    Instant       `db:"closed_at"`
	Policy      string        `db:"policy"` // what the case settles for itself, JSON; "" for nothing
	File        Sealed        `db:"file"`   // the case file it came from, JSON
	Pause
}

const caseColumns = `id, program_id, reference, status, mediated_on, mediator_id, backup_id, close_reason,
	opened_at, completed_at, closed_at, policy, file, ` + pauseColumns

// AddCase adds a case and sets its ID. A reference that the program has already is a [Conflict].
func (tx *Tx) AddCase(c *Case) error {
	return tx.insert("add case", &c.ID, `
		INSERT INTO cases (program_id, reference, status, mediated_on, mediator_id, backup_id, close_reason,
			opened_at, completed_at, closed_at, policy, file, paused_at, paused_until, paused_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ProgramID, c.Reference, c.Status, c.MediatedOn, c.MediatorID, c.BackupID, c.CloseReason,
		c.OpenedAt, c.CompletedAt, c.ClosedAt, c.Policy, c.File, c.PausedAt, c.PausedUntil, c.PausedBy)
}

// SaveCase writes a case; its program stays.
func (tx *Tx) SaveCase(c Case) error {
	tx.touch(c.ID)
	return tx.save("case", `
		UPDATE cases
		SET reference = ?, status = ?, mediated_on = ?, mediator_id = ?, backup_id = ?, close_reason = ?,
			opened_at = ?, completed_at = ?, closed_at = ?, policy = ?, file = ?, paused_at = ?, paused_until = ?, paused_by = ?
		WHERE id = ?`,
		c.Reference, c.Status, c.MediatedOn, c.MediatorID, c.BackupID, c.CloseReason,
		c.OpenedAt, c.CompletedAt, c.ClosedAt, c.Policy, c.File, c.PausedAt, c.PausedUntil, c.PausedBy, c.ID)
}

// FindCase is the program's case of that reference.
func (tx *Tx) FindCase(programID int64, reference string) (Case, bool, error) {
	return find[Case](tx, "find case", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE program_id = ?
		  AND reference = ?`, programID, reference)
}

// CasesByReference are the cases of that reference, one a program.
func (tx *Tx) CasesByReference(reference string) ([]Case, error) {
	return list[Case](tx, "cases by reference", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE reference = ?
		ORDER BY id`, reference)
}

// GetCase is the case with that ID.
func (tx *Tx) GetCase(id int64) (Case, error) {
	return get[Case](tx, "case", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE id = ?`, id)
}

// LockCase is GetCase, and keeps the case from other writers. Of several, lock the lowest ID first.
func (tx *Tx) LockCase(id int64) (Case, error) {
	return get[Case](tx, "case", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE id = ?`+tx.s.dialect.lock, id)
}

// CaseFilter picks cases; what is zero picks all.
type CaseFilter struct {
	Status  CaseStatus
	Open    bool   // not closed
	StaffID int64  // whose mediator or backup that is
	Prefix  string // that the reference begins with
}

// CasesOf are up to limit of a program's cases, in the order they were added, those after the case
// with the ID after.
func (tx *Tx) CasesOf(programID int64, f CaseFilter, after int64, limit int) ([]Case, error) {
	where, args := []string{"program_id = ?", "id > ?"}, []any{programID, after}
	add := func(term string, arg ...any) { where, args = append(where, term), append(args, arg...) }
	if f.Status != "" {
		add("status = ?", f.Status)
	}
	if f.Open {
		add("status <> 'closed'")
	}
	if f.StaffID != 0 {
		add("(mediator_id = ? OR backup_id = ?)", f.StaffID, f.StaffID)
	}
	if f.Prefix != "" {
		add("SUBSTR(reference, 1, ?) = ?", utf8.RuneCountInString(f.Prefix), f.Prefix)
	}
	return list[Case](tx, "cases", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE `+strings.Join(where, `
		  AND `)+`
		ORDER BY id
		LIMIT ?`, append(args, limit)...)
}
