package store

import "strconv"

// OpenEscalation is an escalation that is not resolved, with whose case it is.
type OpenEscalation struct {
	Escalation
	Reference  string `db:"reference"`
	MediatorID int64  `db:"mediator_id"`
	BackupID   ID     `db:"backup_id"`
	PartyKey   Word   `db:"party_key"`
	PartyName  Sealed `db:"party_name"`
}

// ofStaff is the wall around a mediator's cases, those she backs included; 0 is no wall. It goes into a query as it is: a
// number is no text.
func ofStaff(staffID int64) string {
	if staffID == 0 {
		return ""
	}
	id := strconv.FormatInt(staffID, 10)
	return `
		  AND (c.mediator_id = ` + id + ` OR c.backup_id = ` + id + `)`
}

// EscalationsToday are up to limit of a program's escalations that are not resolved: what waits for somebody before what is
// in hand, the most urgent first, then the oldest. A staffID other than 0 picks those of that person's cases.
func (tx *Tx) EscalationsToday(programID, staffID int64, limit int) ([]OpenEscalation, error) {
	return list[OpenEscalation](tx, "escalations today", `
		SELECT `+of("e", escalationColumns)+`, c.reference, c.mediator_id, c.backup_id, p.key AS party_key, p.name AS party_name
		FROM escalations e
		JOIN cases c ON c.id = e.case_id
		LEFT JOIN parties p ON p.id = e.party_id
		WHERE e.program_id = ?
		  AND e.status <> 'resolved'`+ofStaff(staffID)+`
		ORDER BY CASE e.status WHEN 'open' THEN 0 ELSE 1 END, `+severityRank+`, e.opened_at, e.id
		LIMIT ?`, programID, limit)
}

// EscalationCount is how many there are of a status and a severity.
type EscalationCount struct {
	Status   EscalationStatus `db:"status"`
	Severity string           `db:"severity"`
	N        int              `db:"n"`
}

// CountEscalations counts the program's escalations that are not resolved. A staffID other than 0 picks those of that
// person's cases.
func (tx *Tx) CountEscalations(programID, staffID int64) ([]EscalationCount, error) {
	return list[EscalationCount](tx, "count escalations", `
		SELECT e.status, e.severity, COUNT(*) AS n
		FROM escalations e`+ofWalled(staffID)+`
		WHERE e.program_id = ?
		  AND e.status <> 'resolved'`+ofStaff(staffID)+`
		GROUP BY e.status, e.severity`, programID)
}

// ofWalled joins the cases where there is a wall around them.
func ofWalled(staffID int64) string {
	if staffID == 0 {
		return ""
	}
	return `
		JOIN cases c ON c.id = e.case_id`
}

// CountBehind counts the program's open cases in which something fell due before a day.
func (tx *Tx) CountBehind(programID, staffID int64, day string) (int, error) {
	n, _, err := find[int](tx, "count behind", `
		SELECT COUNT(*)
		FROM cases c
		WHERE c.program_id = ?
		  AND c.status <> 'closed'
		  AND c.next_due < ?`+ofStaff(staffID), programID, day)
	return n, err
}

// LostParty is a party that texts do not reach.
type LostParty struct {
	Party
	Reference string  `db:"reference"`
	Since     Instant `db:"since"`
	Why       Word    `db:"why"` // the provider's error code, or wrong_number
}

// LostParties are up to limit parties of open cases whose number cannot be reached and with which no person has dealt, the
// last first.
func (tx *Tx) LostParties(programID, staffID int64, limit int) ([]LostParty, error) {
	return list[LostParty](tx, "lost parties", `
		SELECT `+of("p", partyColumns)+`, c.reference, l.unreachable_at AS since, l.unreachable_why AS why
		FROM lines l
		JOIN parties p ON p.line_id = l.id
		JOIN cases c ON c.id = p.case_id
		WHERE l.program_id = ?
		  AND l.unreachable_at IS NOT NULL
		  AND (l.dealt_at IS NULL OR l.dealt_at < l.unreachable_at)
		  AND c.status <> 'closed'`+ofStaff(staffID)+`
		ORDER BY l.unreachable_at DESC, p.id
		LIMIT ?`, programID, limit)
}

// BoxText is a text with its case, where it has one.
type BoxText struct {
	Message
	Reference  Word   `db:"reference"`
	PartyName  Sealed `db:"party_name"`
	StaffName  Sealed `db:"staff_name"`
	Phone      Sealed `db:"phone"`
	CasePause  Pause  `db:"case_pause"`
	PartyPause Pause  `db:"party_pause"`
}

func boxColumns() string {
	return `
		SELECT m.seq, m.id, m.program_id, m.case_id, m.party_id, m.line_id, m.staff_id, m.direction, m.class, m.template, m.status,
			m.why, m.body, m.segments, m.queued_at, m.next_at, m.attempts, m.sent_at, m.delivered_at, m.error_code,
			c.reference, p.name AS party_name, s.name AS staff_name, COALESCE(l.phone, s.phone) AS phone,
			` + nested("c", "case_pause", pauseColumns) + `,
			` + nested("p", "party_pause", pauseColumns) + `
		FROM messages m
		LEFT JOIN cases c ON c.id = m.case_id
		LEFT JOIN parties p ON p.id = m.party_id
		LEFT JOIN staff s ON s.id = m.staff_id
		LEFT JOIN lines l ON l.id = m.line_id`
}

// textsOfStaff are the texts of a mediator's cases that are in some status, found by her cases before anything is sorted: of
// the program's she may have few. A number is no text.
func textsOfStaff(staffID int64, status string) string {
	if staffID == 0 {
		return ""
	}
	return `
		WITH hers AS MATERIALIZED (
			SELECT m.seq
			FROM cases c
			JOIN messages m ON m.case_id = c.id
			WHERE ` + status + ofStaff(staffID) + `
		)`
}

// amongTexts picks those of textsOfStaff.
func amongTexts(staffID int64) string {
	if staffID == 0 {
		return ""
	}
	return `
		  AND m.seq IN (SELECT seq FROM hers)`
}

// UnsentTexts are up to limit of a program's texts that are held, queued, under way or in doubt, the next first.
func (tx *Tx) UnsentTexts(programID, staffID int64, limit int) ([]BoxText, error) {
	const unsent = `m.status IN ('held', 'queued', 'sending', 'in_doubt')`
	return list[BoxText](tx, "unsent texts", textsOfStaff(staffID, unsent)+boxColumns()+`
		WHERE m.program_id = ?
		  AND `+unsent+amongTexts(staffID)+`
		ORDER BY m.next_at, m.seq
		LIMIT ?`, programID, limit)
}

// FailedTexts are up to limit of a program's texts that did not arrive and were queued at since or later, the last first;
// those that a person has sent anew or left at that are left out.
func (tx *Tx) FailedTexts(programID, staffID int64, since Instant, limit int) ([]BoxText, error) {
	const failed = `m.status IN ('undelivered', 'failed')`
	return list[BoxText](tx, "failed texts", textsOfStaff(staffID, failed)+boxColumns()+`
		WHERE m.program_id = ?
		  AND `+failed+`
		  AND m.why NOT IN ('sent anew', 'left at that')
		  AND m.queued_at >= ?`+amongTexts(staffID)+`
		ORDER BY m.seq DESC
		LIMIT ?`, programID, since, limit)
}

// StrangersTexts are up to limit texts that came to a program from numbers in no case of it, at since or later, and with
// which no person has dealt, the last first.
func (tx *Tx) StrangersTexts(programID int64, since Instant, limit int) ([]BoxText, error) {
	return list[BoxText](tx, "strangers' texts", boxColumns()+`
		WHERE m.program_id = ?
		  AND m.direction = 'in' AND m.case_id IS NULL AND m.staff_id IS NULL
		  AND m.why = ''
		  AND m.queued_at >= ?
		ORDER BY m.seq DESC
		LIMIT ?`, programID, since, limit)
}

// LastWords are the last texts of a party in a case, up to limit and before an instant, the last first.
func (tx *Tx) LastWords(caseID, partyID int64, until Instant, limit int) ([]Message, error) {
	return list[Message](tx, "last words", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE case_id = ?
		  AND party_id = ?
		  AND direction = 'in'
		  AND queued_at <= ?
		ORDER BY seq DESC
		LIMIT ?`, caseID, partyID, until, limit)
}
