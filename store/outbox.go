package store

import (
	"strconv"
	"time"
)

// Outgoing is a text on its way, with what it needs to know whether it may still go.
type Outgoing struct {
	Message
	Phone      Sealed     `db:"phone"` // whom it goes to: the line's or the staff member's
	Line       Line       `db:"line"`  // zero for staff
	CaseStatus CaseStatus `db:"case_status"`
	Consent    Consent    `db:"consent"` // "" if it is no party's
}

// outgoing reads texts as Outgoing. What comes of an outer join and may be missing reads as zero.
func outgoing() string {
	return `
		SELECT ` + of("m", messageColumns) + `,
			COALESCE(l.phone, s.phone) AS phone,
			COALESCE(c.status, '') AS case_status,
			COALESCE(p.consent, '') AS consent,
			COALESCE(l.id, 0) AS "line.id",
			COALESCE(l.program_id, 0) AS "line.program_id",
			` + nested("l", "line", `phone, opted_out_at, opted_out_how, unreachable_at, unreachable_why, greeted_on, talk`) + `
		FROM messages m
		LEFT JOIN lines l ON l.id = m.line_id
		LEFT JOIN staff s ON s.id = m.staff_id
		LEFT JOIN cases c ON c.id = m.case_id
		LEFT JOIN parties p ON p.id = m.party_id`
}

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

// ClaimOutbox is up to limit texts that may go at now, answers and alerts before prompts, oldest first,
// of each phone the first alone, and none that another transaction has claimed. The caller asks of each
// whether it may still go and saves it, as sending or otherwise, in this transaction. claim is set in
// what is returned.
func (tx *Tx) ClaimOutbox(now time.Time, claim string, limit int) ([]Outgoing, error) {
	var claimed []Outgoing
	for rank := range 2 {
		texts, err := list[Outgoing](tx, "claim outbox", outgoing()+`
			WHERE m.status IN ('held', 'queued')
			  AND `+rankOfM+` = `+strconv.Itoa(rank)+`
			  AND m.next_at <= ?
			  AND `+first("e.next_at <= ?")+`
			ORDER BY m.next_at, m.seq
			LIMIT ?`+tx.s.dialect.claimOf, At(now), At(now), At(now), limit-len(claimed))
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

// InDoubt is up to limit texts under way or in doubt whose lease or time to look them up is over at
// now, and that no other transaction has claimed.
func (tx *Tx) InDoubt(now time.Time, limit int) ([]Outgoing, error) {
	return list[Outgoing](tx, "claim in doubt", outgoing()+`
		WHERE m.status IN ('sending', 'in_doubt')
		  AND m.next_at <= ?
		ORDER BY m.next_at, m.seq
		LIMIT ?`+tx.s.dialect.claimOf, At(now), limit)
}

// NextOutboxAt is when the sender has something to do next, a text that waits for another to the same
// phone left aside; false if there is none. It may lie in the past.
func (tx *Tx) NextOutboxAt() (Instant, bool, error) {
	ready := func(rank int) string {
		return `
			SELECT m.next_at
			FROM messages m
			WHERE m.status IN ('held', 'queued')
			  AND ` + rankOfM + ` = ` + strconv.Itoa(rank) + `
			  AND ` + first("e.next_at <= m.next_at") + `
			ORDER BY m.next_at, m.seq
			LIMIT 1`
	}
	at, _, err := find[Instant](tx, "next in outbox", `
		SELECT MIN(next_at)
		FROM (
			SELECT next_at FROM (`+ready(0)+`) answers
			UNION ALL
			SELECT next_at FROM (`+ready(1)+`) prompts
			UNION ALL
			SELECT MIN(next_at) FROM messages WHERE status IN ('sending', 'in_doubt')
		) soonest`)
	return at, at != 0, err
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
