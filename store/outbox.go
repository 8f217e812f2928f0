package store

import (
	"strconv"
	"strings"
	"time"
)

// Outgoing is a text on its way, with what it needs to know whether it may still go.
type Outgoing struct {
	Message
	Phone       Sealed     `db:"phone"` // whom it goes to: the line's or the staff member's
	Line        Line       `db:"line"`  // zero for staff
	CaseStatus  CaseStatus `db:"case_status"`
	Consent     Consent    `db:"consent"`      // "" if it is no party's
	Zone        string     `db:"zone"`         // the party's
	Hours       string     `db:"hours"`        // the party's
	StaffActive bool       `db:"staff_active"` // who it goes to works for the program
	CasePause   Pause      `db:"case_pause"`
	PartyPause  Pause      `db:"party_pause"`
}

// outgoing reads texts as Outgoing. What comes of an outer join and may be missing reads as zero.
var outgoing = `
		SELECT ` + of("m", messageColumns) + `,
			COALESCE(l.phone, s.phone) AS phone,
			COALESCE(c.status, '') AS case_status,
			COALESCE(p.consent, '') AS consent,
			COALESCE(p.zone, '') AS zone,
			COALESCE(p.hours, '') AS hours,
			COALESCE(s.active, 0) AS staff_active,
			` + nested("c", "case_pause", pauseColumns) + `,
			` + nested("p", "party_pause", pauseColumns) + `,
			COALESCE(l.id, 0) AS "line.id",
			COALESCE(l.program_id, 0) AS "line.program_id",
			` + nested("l", "line", `phone, opted_out_at, opted_out_how, unreachable_at, unreachable_why, greeted_on, talk`) + `
		FROM messages m
		LEFT JOIN lines l ON l.id = m.line_id
		LEFT JOIN staff s ON s.id = m.staff_id
		LEFT JOIN cases c ON c.id = m.case_id
		LEFT JOIN parties p ON p.id = m.party_id`

// A text's rank: prompts (1) wait for all else (0). It is written as in the indexes of the outbox, or
// they would not be used.
const (
	rankOfM = `(CASE WHEN m.class IN ('prompt', 'consent') THEN 1 ELSE 0 END)`
	rankOfE = `(CASE WHEN e.class IN ('prompt', 'consent') THEN 1 ELSE 0 END)`
)

// first says that no other text must go to the same phone before m: none queued, under way or in doubt
// that is older, or of a better rank. One that is held holds nobody up until its time has come (held is
// what %s stands for), so that an answer or an urgent alert passes a prompt that waits for the morning.
// Asked as a scalar, it is looked up for each candidate, however the planner judges the numbers.
func first(due string) string {
	before := func(column string) string {
		return `COALESCE((
			SELECT 1
			FROM messages e
			WHERE e.` + column + ` = m.` + column + `
			  AND e.status IN ('held', 'queued', 'sending', 'in_doubt')
			  AND (e.status <> 'held' OR ` + due + `)
			  AND (` + rankOfE + ` < ` + rankOfM + ` OR ` + rankOfE + ` = ` + rankOfM + ` AND e.seq < m.seq)
			LIMIT 1), 0) = 0`
	}
	return `(m.line_id IS NULL OR ` + before("line_id") + `)
		  AND (m.staff_id IS NULL OR ` + before("staff_id") + `)`
}

// queriesOutbox claim the texts of a program that may go, those of each rank.
var queriesOutbox = func() (of [2]string) {
	for rank := range of {
		of[rank] = outgoing + `
			WHERE m.status IN ('held', 'queued')
			  AND m.program_id = ` + given + `
			  AND ` + rankOfM + ` = ` + strconv.Itoa(rank) + `
			  AND m.next_at <= ?
			  AND ` + first("e.next_at <= ?") + `
			ORDER BY m.next_at, m.seq
			LIMIT ` + given
	}
	return of
}()

// ClaimOutbox is up to limit of a program's texts that may go at now, answers and alerts before prompts,
// oldest first, of each phone the first alone, and none that another transaction has claimed. The caller
// asks of each whether it may still go and saves it, as sending (MarkSending) or otherwise, in this
// transaction. claim is set in what is returned.
func (tx *Tx) ClaimOutbox(programID int64, now time.Time, claim string, limit int) ([]Outgoing, error) {
	var claimed []Outgoing
	ready, looked := tx.ready[programID] // LockReadyPrograms has looked
	for rank := range 2 {
		if looked && !ready[rank] {
			continue
		}
		texts, err := list[Outgoing](tx, "claim outbox", queriesOutbox[rank]+tx.s.dialect.claimOf,
			programID, At(now), At(now), At(now), limit-len(claimed))
		if err != nil {
			return nil, err
		}
		claimed = append(claimed, texts...)
		if len(claimed) >= limit {
			break
		}
	}
	for i := range claimed {
		claimed[i].Claim = claim
	}
	return claimed, nil
}

// MarkSending saves claimed texts as under way since now; at lease they are in doubt.
func (tx *Tx) MarkSending(ids []string, claim string, now, lease time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	ids = padded(ids)
	_, err := tx.exec("mark sending", `
		UPDATE messages
		SET status = 'sending', why = '', claim = ?, tried_at = ?, next_at = ?
		WHERE id IN (`+marks(len(ids))+`)`, append([]any{claim, At(now), At(lease)}, anys(ids)...)...)
	return err
}

// Taken is what the provider said of a text that it took.
type Taken struct {
	ID       string // ours
	SID      string // the provider's
	Segments int    // 0 if it did not say
	At       time.Time
}

// MarkSent saves texts under way or in doubt as sent, and says which, as far as [Tx.Log] needs it: of those that
// are further on, for a callback came first, it keeps what is known.
func (tx *Tx) MarkSent(texts []Taken) ([]Message, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	if len(texts) == 1 { // most often; and the join costs more than all the rest
		x := texts[0]
		return list[Message](tx, "mark sent", `
			UPDATE messages
			SET status = 'sent', why = '', claim = '', sid = ?, segments = CASE WHEN ? > 0 THEN ? ELSE segments END, sent_at = ?
			WHERE id = ?
			  AND status IN ('sending', 'in_doubt')
			RETURNING `+messageWhose, x.SID, x.Segments, x.Segments, At(x.At), x.ID)
	}
	texts = padded(texts)
	var args []any
	for _, x := range texts {
		args = append(args, x.ID, x.SID, x.Segments, At(x.At))
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT)), ", len(texts)), ", ")
	return list[Message](tx, "mark sent", `
		UPDATE messages
		SET status = 'sent', why = '', claim = '', sid = v.column2,
			segments = CASE WHEN v.column3 > 0 THEN v.column3 ELSE segments END, sent_at = v.column4
		FROM (VALUES `+rows+`) v
		WHERE messages.id = v.column1
		  AND messages.status IN ('sending', 'in_doubt')
		RETURNING `+of("messages", messageWhose), args...)
}

// messageWhose are the columns that say whose a text is and what it came of.
const messageWhose = `id, program_id, case_id, party_id, event`

// MarkDelivered saves a text that was sent as delivered, and says whose it is, as far as [Tx.Log] needs it; false if
// it does not stand as sent with that SID.
func (tx *Tx) MarkDelivered(id, sid string, at time.Time) (Message, bool, error) {
	return find[Message](tx, "mark delivered", `
		UPDATE messages
		SET status = 'delivered', delivered_at = ?
		WHERE id = ?
		  AND sid = ?
		  AND status = 'sent'
		RETURNING `+messageWhose, At(at), id, sid)
}

// InDoubt is up to limit texts under way or in doubt whose lease or time to look them up is over at
// now, and that no other transaction has claimed.
func (tx *Tx) InDoubt(now time.Time, limit int) ([]Outgoing, error) {
	return list[Outgoing](tx, "claim in doubt", outgoing+`
		WHERE m.status IN ('sending', 'in_doubt')
		  AND m.next_at <= ?
		ORDER BY m.next_at, m.seq
		LIMIT ?`+tx.s.dialect.claimOf, At(now), limit)
}

// Ahead is when what is to be done comes up, 0 for never: the next two things that fall due, the next text under way
// or in doubt that is to be looked up, and of each program, by ID, its next text.
type Ahead struct {
	Due, DueAfter, Doubt Instant
	Programs             []ProgramAhead
}

// ProgramAhead is a program with the time at which its next text may go, 0 if it has none.
type ProgramAhead struct {
	Program
	Answers Instant `db:"answers_at"` // of all but prompts
	Prompts Instant `db:"prompts_at"`
}

// TextAt is when the program's next text may go, but for its pace, one that waits for another to the same
// phone left aside; 0 if there is none. It may lie in the past.
func (p ProgramAhead) TextAt() Instant {
	if p.Answers == 0 || p.Prompts != 0 && p.Prompts < p.Answers {
		return p.Prompts
	}
	return p.Answers
}

// queryAhead asks of the texts by the program's own row: by a number that is bound anew each time, SQLite would
// plan the query anew as often (see given).
var queryAhead = func() string {
	next := func(rank int) string {
		return `COALESCE((
			SELECT m.next_at
			FROM messages m
			WHERE m.status IN ('held', 'queued')
			  AND m.program_id = p.id
			  AND ` + rankOfM + ` = ` + strconv.Itoa(rank) + `
			  AND ` + first("e.next_at <= m.next_at") + `
			ORDER BY m.next_at, m.seq
			LIMIT 1), 0)`
	}
	return `
		SELECT ` + of("p", programColumns) + `, ` + next(0) + ` AS answers_at, ` + next(1) + ` AS prompts_at,
			COALESCE((SELECT due_at FROM dues ORDER BY due_at LIMIT 1), 0) AS due,
			COALESCE((SELECT due_at FROM dues ORDER BY due_at LIMIT 1 OFFSET 1), 0) AS due_after,
			COALESCE((SELECT MIN(next_at) FROM messages WHERE status IN ('sending', 'in_doubt')), 0) AS doubt
		FROM programs p
		ORDER BY p.id`
}()

// Ahead looks at all that is to be done, in one statement. Where there is no program there is nothing.
func (tx *Tx) Ahead() (Ahead, error) {
	rows, err := list[struct {
		ProgramAhead
		Due      Instant `db:"due"`
		DueAfter Instant `db:"due_after"`
		Doubt    Instant `db:"doubt"`
	}](tx, "ahead", queryAhead)
	var a Ahead
	for _, r := range rows {
		a.Due, a.DueAfter, a.Doubt = r.Due, r.DueAfter, r.Doubt
		a.Programs = append(a.Programs, r.ProgramAhead)
		tx.keepProgram(r.Program)
	}
	return a, err
}

// Outbox is what a program has held, queued, under way or in doubt, in the order it was queued.
func (tx *Tx) Outbox(programID int64) ([]Message, error) {
	return list[Message](tx, "outbox", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE status IN ('held', 'queued', 'sending', 'in_doubt')
		  AND program_id = ?
		ORDER BY seq`, programID)
}

// OutboxCounts counts them by status.
func (tx *Tx) OutboxCounts(programID int64) (map[MessageStatus]int, error) {
	counts, err := list[struct {
		Status MessageStatus `db:"status"`
		N      int           `db:"n"`
	}](tx, "outbox counts", `
		SELECT status, COUNT(*) AS n
		FROM messages
		WHERE status IN ('held', 'queued', 'sending', 'in_doubt')
		  AND program_id = ?
		GROUP BY status`, programID)
	byStatus := map[MessageStatus]int{}
	for _, c := range counts {
		byStatus[c.Status] = c.N
	}
	return byStatus, err
}
