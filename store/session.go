package store

import (
	"cmp"
	"slices"
)

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
	AskedAt      Instant       `db:"asked_at"`  // the last time; the figures go by the first
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
	err := tx.insert("add session", &s.ID, `
		INSERT INTO sessions (program_id, case_id, party_id, line_id, commitment_id, flow, status, state, wanted_at, stale_at,
			asked_at, first_asked_at, ended_at, outcome, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ProgramID, s.CaseID, s.PartyID, s.LineID, s.CommitmentID, s.Flow, s.Status, s.State, s.WantedAt, s.StaleAt,
		s.AskedAt, s.AskedAt, s.EndedAt, s.Outcome, s.Version)
	if err == nil {
		tx.keepSession(*s)
	}
	return err
}

// SaveSession writes a session and its next version; its case, party and flow stay. If it was changed
// since it was loaded, the transaction is run again.
func (tx *Tx) SaveSession(s *Session) error {
	err := tx.saveVersion("session", `
		UPDATE sessions
		SET line_id = ?, commitment_id = ?, status = ?, state = ?, wanted_at = ?, stale_at = ?,
			asked_at = ?, first_asked_at = COALESCE(first_asked_at, ?), ended_at = ?, outcome = ?, version = version + 1
		WHERE id = ?
		  AND version = ?`,
		s.LineID, s.CommitmentID, s.Status, s.State, s.WantedAt, s.StaleAt,
		s.AskedAt, s.AskedAt, s.EndedAt, s.Outcome, s.ID, s.Version)
	if err == nil {
		s.Version++
		tx.keepSession(*s)
	}
	return err
}

// liveSessions are those of a line that have not ended, read once a transaction and kept up to date in it.
func (tx *Tx) liveSessions(lineID int64) ([]*Session, error) {
	if kept, ok := tx.live[lineID]; ok {
		return kept, nil
	}
	found, err := list[Session](tx, "live sessions", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE line_id = ?
		  AND status IN ('open', 'waiting', 'resting')`, lineID)
	if err != nil {
		return nil, err
	}
	live := make([]*Session, len(found))
	for i := range found {
		live[i] = &found[i]
	}
	if tx.live == nil {
		tx.live = map[int64][]*Session{}
	}
	tx.live[lineID] = live
	return live, nil
}

// keepSession brings what was read of live sessions up to date.
func (tx *Tx) keepSession(s Session) {
	for line, live := range tx.live {
		tx.live[line] = slices.DeleteFunc(live, func(l *Session) bool { return l.ID == s.ID })
	}
	if live, ok := tx.live[s.LineID]; ok && s.Status != SessionEnded {
		tx.live[s.LineID] = append(live, &s)
	}
}

// picked are copies of the live sessions of a line in one status, in an order.
func (tx *Tx) picked(lineID int64, status SessionStatus, before func(a, b Session) int) ([]Session, error) {
	live, err := tx.liveSessions(lineID)
	var some []Session
	for _, s := range live {
		if s.Status == status {
			some = append(some, *s)
		}
	}
	slices.SortFunc(some, before)
	return some, err
}

// GetSession is the session with that ID.
func (tx *Tx) GetSession(id int64) (Session, error) {
	return get[Session](tx, "session", `
		SELECT `+sessionColumns+`
		FROM sessions
		WHERE id = ?`, id)
}

// LiveSessions are copies of those of a line that have not ended.
func (tx *Tx) LiveSessions(lineID int64) ([]Session, error) {
	live, err := tx.liveSessions(lineID)
	copies := make([]Session, len(live))
	for i, s := range live {
		copies[i] = *s
	}
	return copies, err
}

// FindOpenSession is the one whose question is open on the line.
func (tx *Tx) FindOpenSession(lineID int64) (Session, bool, error) {
	open, err := tx.picked(lineID, SessionOpen, byID)
	if len(open) == 0 {
		return Session{}, false, err
	}
	return open[0], true, err
}

func byID(a, b Session) int { return cmp.Compare(a.ID, b.ID) }

// WaitingSessions are those that want to begin on the line, oldest first.
func (tx *Tx) WaitingSessions(lineID int64) ([]Session, error) {
	return tx.picked(lineID, SessionWaiting, func(a, b Session) int { return cmp.Or(cmp.Compare(a.WantedAt, b.WantedAt), byID(a, b)) })
}

// RestingSessions are those on the line whose question rests and was asked at since or later, the one
// asked last first.
func (tx *Tx) RestingSessions(lineID int64, since Instant) ([]Session, error) {
	resting, err := tx.picked(lineID, SessionResting, func(a, b Session) int { return cmp.Or(cmp.Compare(b.AskedAt, a.AskedAt), byID(b, a)) })
	return slices.DeleteFunc(resting, func(s Session) bool { return s.AskedAt < since }), err
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
