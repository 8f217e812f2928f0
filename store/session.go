package store

// SessionStatus is where one run of a flow stands.
type SessionStatus string

// The statuses of a session.
const (
	SessionWaiting SessionStatus = "waiting" // wants to begin; the line is busy or the hour is wrong
	SessionOpen    SessionStatus = "open"    // its question is the one open on the line
	SessionResting SessionStatus = "resting" // its question gave way or timed out; a late answer still counts
	SessionEnded   SessionStatus = "ended"
)

// Session is one run of one flow with one party. At most one is open on a line.
type Session struct {
	ID           int64         `db:"id"`
	ProgramID    int64         `db:"program_id"`
	CaseID       int64         `db:"case_id"`
	PartyID      int64         `db:"party_id"`
	LineID       int64         `db:"line_id"`
	CommitmentID ID            `db:"commitment_id"`
	Flow         string        `db:"flow"`
	Status       SessionStatus `db:"status"`
	State        Sealed        `db:"state"`     // the flow's state, JSON
	WantedAt     Instant       `db:"wanted_at"` // when it fell due
	StaleAt      Instant       `db:"stale_at"`  // after which it makes no sense to begin
	AskedAt      Instant       `db:"asked_at"`
	EndedAt      Instant       `db:"ended_at"`
	Outcome      string        `db:"outcome"`
	Version      int64         `db:"version"` // grows with each step; what is armed for it carries it
}

const sessionColumns = `id, program_id, case_id, party_id, line_id, commitment_id, flow, status, state, wanted_at, stale_at,
	asked_at, ended_at, outcome, version`

// AddSession adds a session, in its first version, and sets its ID. A second open one on its line is a
// [Conflict].
func (tx *Tx) AddSession(s *Session) error {
	s.Version = 1
	return tx.insert("add session", &s.ID, `
		INSERT INTO sessions (program_id, case_id, party_id, line_id, commitment_id, flow, status, state, wanted_at, stale_at,
			asked_at, ended_at, outcome, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`,
		s.ProgramID, s.CaseID, s.PartyID, s.LineID, s.CommitmentID, s.Flow, s.Status, s.State, s.WantedAt, s.StaleAt,
		s.AskedAt, s.EndedAt, s.Outcome, s.Version)
}

// SaveSession writes a session and its next version; its case, party and flow stay. If it was changed
// since it was loaded, the transaction is run again.
func (tx *Tx) SaveSession(s *Session) error {
	err := tx.saveVersion("session", `
		UPDATE sessions
		SET line_id = ?, commitment_id = ?, status = ?, state = ?, wanted_at = ?, stale_at = ?,
			asked_at = ?, ended_at = ?, outcome = ?, version = version + 1
		WHERE id = ?
		  AND version = ?`,
		s.LineID, s.CommitmentID, s.Status, s.State, s.WantedAt, s.StaleAt,
		s.AskedAt, s.EndedAt, s.Outcome, s.ID, s.Version)
	if err == nil {
		s.Version++
	}
	return err
}

// GetSession is the session with that ID.
func (tx *Tx) GetSession(id int64) (Session, error) {
	return get[Session](tx, "session", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE id = ?`, id)
}

// FindOpenSession is the one whose question is open on the line.
func (tx *Tx) FindOpenSession(lineID int64) (Session, bool, error) {
	return find[Session](tx, "find open session", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND status = 'open'`, lineID)
}

// WaitingSessions are those that want to begin on the line, oldest first.
func (tx *Tx) WaitingSessions(lineID int64) ([]Session, error) {
	return list[Session](tx, "waiting sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND status = 'waiting'
		ORDER BY wanted_at, id`, lineID)
}

// RestingSessions are those on the line whose question rests and was asked at since or later, the one
// asked last first.
func (tx *Tx) RestingSessions(lineID int64, since Instant) ([]Session, error) {
	return list[Session](tx, "resting sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND status = 'resting'
		  AND asked_at >= ?
		ORDER BY asked_at DESC, id DESC`, lineID, int64(since))
}

// LiveSessions are, in one query, the open session of a line, then its waiting ones, oldest first, then
// its resting ones asked at since or later, the last first.
func (tx *Tx) LiveSessions(lineID int64, since Instant) ([]Session, error) {
	return list[Session](tx, "live sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND (status IN ('open', 'waiting') OR status = 'resting' AND asked_at >= ?)
		ORDER BY CASE status WHEN 'open' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END,
			CASE status WHEN 'waiting' THEN wanted_at ELSE -asked_at END,
			CASE status WHEN 'waiting' THEN id ELSE -id END`, lineID, int64(since))
}

// SessionsOf are a case's sessions, oldest first.
func (tx *Tx) SessionsOf(caseID int64) ([]Session, error) {
	return list[Session](tx, "sessions of a case", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE case_id = ?
		ORDER BY id`, caseID)
}

// LastSession is the party's last session of a flow, whatever became of it.
func (tx *Tx) LastSession(partyID int64, flow string) (Session, bool, error) {
	return find[Session](tx, "last session", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE party_id = ?
		  AND flow = ?
		ORDER BY id DESC
		LIMIT 1`, partyID, flow)
}

// RecentSessions are those of a line that wanted to begin at since or later and have begun, the last
// first.
func (tx *Tx) RecentSessions(lineID int64, since Instant) ([]Session, error) {
	return list[Session](tx, "recent sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND wanted_at >= ?
		  AND status <> 'waiting'
		ORDER BY wanted_at DESC, id DESC`, lineID, int64(since))
}
