package store

import (
	"slices"

	"amends/store/calendar"
)

// Class says which of the first law's rules a text goes by.
type Class string

// The classes of a message.
const (
	ClassPrompt   Class = "prompt"   // unprompted: consent, hours, two a day
	ClassConsent  Class = "consent"  // the request for consent: hours, two a day
	ClassAnswer   Class = "answer"   // to the party's own text: any hour, within minutes
	ClassOptOut   Class = "optout"   // the one confirmation of an opt-out
	ClassStopped  Class = "stopped"  // to a stopped party's START or HELP
	ClassStranger Class = "stranger" // to a number that is nobody's, once a day
	ClassStaff    Class = "staff"    // to a staff member's own text
	ClassAlert    Class = "alert"    // to staff, at the hours of its severity
	ClassIn       Class = "in"       // came in
)

// MessageStatus is where a text stands.
type MessageStatus string

// The statuses of a message.
const (
	MessageHeld        MessageStatus = "held"
	MessageQueued      MessageStatus = "queued"
	MessageSending     MessageStatus = "sending"
	MessageInDoubt     MessageStatus = "in_doubt"
	MessageSent        MessageStatus = "sent"
	MessageDelivered   MessageStatus = "delivered"
	MessageUndelivered MessageStatus = "undelivered"
	MessageFailed      MessageStatus = "failed"
	MessageDropped     MessageStatus = "dropped"
	MessageReceived    MessageStatus = "received"
)

// Message is one text, out or in.
type Message struct {
	Seq          int64         `db:"seq"`
	ID           string        `db:"id"` // ours: what the status callback carries
	ProgramID    int64         `db:"program_id"`
	CaseID       ID            `db:"case_id"`
	PartyID      ID            `db:"party_id"`
	LineID       ID            `db:"line_id"`
	StaffID      ID            `db:"staff_id"`
	SessionID    ID            `db:"session_id"`
	EscalationID ID            `db:"escalation_id"`
	Direction    string        `db:"direction"`
	Class        Class         `db:"class"`
	Template     string        `db:"template"`
	Status       MessageStatus `db:"status"`
	Why          string        `db:"why"` // why it is held or was dropped
	Body         Sealed        `db:"body"`
	Segments     int           `db:"segments"`
	QueuedAt     Instant       `db:"queued_at"`
	NextAt       Instant       `db:"next_at"`      // not before
	AnswerUntil  Instant       `db:"answer_until"` // until when an answer is one; then it keeps the hours
	StaleAt      Instant       `db:"stale_at"`     // after which it is dropped
	Day          calendar.Date `db:"day"`          // the local day an unprompted text counts for
	Attempts     int           `db:"attempts"`
	Claim        string        `db:"claim"`    // who is sending it
	TriedAt      Instant       `db:"tried_at"` // when the last request began
	SentAt       Instant       `db:"sent_at"`
	DeliveredAt  Instant       `db:"delivered_at"`
	SID          Word          `db:"sid"` // the provider's
	ErrorCode    int           `db:"error_code"`
	Event        string        `db:"event"` // the event it came of
}

const messageColumns = `seq, id, program_id, case_id, party_id, line_id, staff_id, session_id, escalation_id, direction, class,
	template, status, why, body, segments, queued_at, next_at, answer_until, stale_at, day, attempts, claim,
	tried_at, sent_at, delivered_at, sid, error_code, event`

const insertMessage = `
	INSERT INTO messages (id, program_id, case_id, party_id, line_id, staff_id, session_id, escalation_id, direction, class,
		template, status, why, body, segments, queued_at, next_at, answer_until, stale_at, day, attempts, claim,
		tried_at, sent_at, delivered_at, sid, error_code, event)
	VALUES `

func (m *Message) values() []any {
	return []any{
		m.ID, m.ProgramID, m.CaseID, m.PartyID, m.LineID, m.StaffID, m.SessionID, m.EscalationID, m.Direction, m.Class,
		m.Template, m.Status, m.Why, m.Body, m.Segments, m.QueuedAt, m.NextAt, m.AnswerUntil, m.StaleAt, m.Day, m.Attempts, m.Claim,
		m.TriedAt, m.SentAt, m.DeliveredAt, m.SID, m.ErrorCode, m.Event,
	}
}

// AddMessage queues a text that goes out and wakes the sender. The body is sealed already. It is written
// with the transaction's others, in one statement before anything reads messages again, and no later than
// the commit; then m's Seq is set.
func (tx *Tx) AddMessage(m *Message) error {
	m.Direction = "out"
	if m.NextAt == 0 {
		m.NextAt = m.QueuedAt
	}
	tx.Notify()
	tx.pending = append(tx.pending, pending{m, m.values()})
	return nil
}

// AddInbound records a text that came in, once for each SID, and sets its Seq; false if it is there.
func (tx *Tx) AddInbound(m *Message) (bool, error) {
	if m.SID == "" {
		return false, NewError(Invalid, "An inbound text needs its provider's SID.", nil)
	}
	m.Direction, m.Status, m.NextAt = "in", MessageReceived, m.QueuedAt
	if m.Class == "" {
		m.Class = ClassIn
	}
	if m.SID == tx.unseen { // LockDoor has looked
		tx.pending = append(tx.pending, pending{m, m.values()})
		return true, nil
	}
	seq, ok, err := find[int64](tx, "add inbound", insertMessage+rows(len(m.values()), 1)+`
		ON CONFLICT (sid) DO NOTHING
		RETURNING seq`, m.values()...)
	m.Seq = seq
	return ok, err
}

// pending is a text to be written, as it was when it was added.
type pending struct {
	to     *Message
	values []any
}

// pendingBatch bounds the texts of one INSERT: SQLite takes 32,766 values in a statement.
const pendingBatch = 64

// flushMessages writes the texts that were added, in their order. A text that came in twice at once is
// written once: the second transaction is run again, and then finds it.
func (tx *Tx) flushMessages() error {
	added := tx.pending
	tx.pending = nil
	for some := range slices.Chunk(added, pendingBatch) {
		var args []any
		for _, p := range some {
			args = append(args, p.values...)
		}
		seqs, err := tx.insertRows("add messages", "seq", len(some), insertMessage+rows(len(some[0].values), len(some)), args)
		if taken(err) && tx.unseen != "" {
			err = errStale
		}
		if err != nil {
			return err
		}
		for i, p := range some {
			p.to.Seq = seqs[i]
		}
	}
	return nil
}

// SaveMessage writes a text; its program, line, direction, class and when it was queued stay.
func (tx *Tx) SaveMessage(m Message) error {
	return tx.save("message", `
		UPDATE messages
		SET case_id = ?, party_id = ?, session_id = ?, escalation_id = ?, template = ?, status = ?, why = ?, body = ?, segments = ?,
			next_at = ?, answer_until = ?, stale_at = ?, day = ?, attempts = ?, claim = ?,
			tried_at = ?, sent_at = ?, delivered_at = ?, sid = ?, error_code = ?, event = ?
		WHERE id = ?`,
		m.CaseID, m.PartyID, m.SessionID, m.EscalationID, m.Template, m.Status, m.Why, m.Body, m.Segments,
		m.NextAt, m.AnswerUntil, m.StaleAt, m.Day, m.Attempts, m.Claim,
		m.TriedAt, m.SentAt, m.DeliveredAt, m.SID, m.ErrorCode, m.Event, m.ID)
}

// GetMessage is the text with that ID of ours.
func (tx *Tx) GetMessage(id string) (Message, error) {
	return get[Message](tx, "message", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE id = ?`, id)
}

// LockMessage is the text with that ID of ours, if there is one, and keeps it from other writers, so
// that of two statuses the later one holds.
func (tx *Tx) LockMessage(id string) (Message, bool, error) {
	return find[Message](tx, "lock message", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE id = ?`+tx.s.dialect.lock, id)
}

// MessageStatus is where the text with that ID of ours stands and the provider's SID of it; empty if there is none.
func (tx *Tx) MessageStatus(id string) (status MessageStatus, sid string, err error) {
	row, _, err := find[struct {
		Status MessageStatus `db:"status"`
		SID    Word          `db:"sid"`
	}](tx, "message status", `
		SELECT status, sid
		FROM messages
		WHERE id = ?`, id)
	return row.Status, string(row.SID), err
}

// FindMessageBySID is the text of that provider's SID.
func (tx *Tx) FindMessageBySID(sid string) (Message, bool, error) {
	return find[Message](tx, "find message by sid", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE sid = ?`, sid)
}

// knownBatch bounds the SIDs of one query; a page of the provider's list is at most 1,000.
const knownBatch = 512

// KnownSIDs are those of sids that a text of ours bears.
func (tx *Tx) KnownSIDs(sids []string) (map[string]bool, error) {
	known := map[string]bool{}
	for some := range slices.Chunk(sids, knownBatch) {
		some = padded(some)
		found, err := list[string](tx, "known sids", `
			SELECT sid
			FROM messages
			WHERE sid IN (`+marks(len(some))+`)`, anys(some)...)
		if err != nil {
			return nil, err
		}
		for _, sid := range found {
			known[sid] = true
		}
	}
	return known, nil
}

// CountPrompts counts the unprompted texts of a line on a local day, those still to go included and those
// that never arrived not.
func (tx *Tx) CountPrompts(lineID int64, day calendar.Date) (int, error) {
	n, _, err := find[int](tx, "count prompts", `
		SELECT COUNT(*)
		FROM messages
		WHERE line_id = ?
		  AND day = ?
		  AND class IN ('prompt', 'consent')
		  AND status NOT IN ('dropped', 'failed', 'undelivered')`, lineID, day)
	return n, err
}

// LineDay is a local day of a line.
type LineDay struct {
	LineID ID            `db:"line_id"`
	Day    calendar.Date `db:"day"`
}

// CountPromptsOf is CountPrompts of several lines, on those days.
func (tx *Tx) CountPromptsOf(lineIDs []ID, days ...calendar.Date) (map[LineDay]int, error) {
	if len(lineIDs) == 0 {
		return nil, nil
	}
	lineIDs = padded(lineIDs)
	counts, err := list[struct {
		LineDay
		N int `db:"n"`
	}](tx, "count prompts of lines", `
		SELECT line_id, day, COUNT(*) AS n
		FROM messages
		WHERE line_id IN (`+marks(len(lineIDs))+`)
		  AND day IN (`+marks(len(days))+`)
		  AND class IN ('prompt', 'consent')
		  AND status NOT IN ('dropped', 'failed', 'undelivered')
		GROUP BY line_id, day`, append(anys(lineIDs), anys(days)...)...)
	byDay := map[LineDay]int{}
	for _, c := range counts {
		byDay[c.LineDay] = c.N
	}
	return byDay, err
}

// MessagesOf are a case's texts, out and in, in their order.
func (tx *Tx) MessagesOf(caseID int64) ([]Message, error) {
	return list[Message](tx, "messages of a case", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE case_id = ?
		ORDER BY seq`, caseID)
}
