package store

import (
	"math"
	"slices"
	"time"
)

// Program is an agency: a wall around its cases, staff and lines.
type Program struct {
	ID         int64   `db:"id"`
	Key        string  `db:"key"`
	File       Sealed  `db:"file"` // the program file, JSON
	NextCode   int64   `db:"next_code"`
	PacedUntil int64   `db:"paced_until"`
	ChangedAt  Instant `db:"changed_at"`
}

const programColumns = `id, key, file, next_code, paced_until, changed_at`

// Codes of escalations run from 1 to lastCode, four digits that a thumb can type, and then from 1
// again. One is not used again within codeRest of its escalation's opening or end.
const (
	lastCode = 9999
	codeRest = 90 * 24 * time.Hour
)

// SaveProgram adds a program, if its ID is 0, and sets it, or writes it anew. It is found by its
// number (E.164) or its messaging service; either may be "", not both. One that another program has
// is a [Conflict].
func (tx *Tx) SaveProgram(p *Program, number, service string) error {
	numberHash, serviceHash := hash(tx.LineHash(number)), hash(tx.s.keys.Hash("service", service))
	if p.ID == 0 {
		p.NextCode = 1
		return tx.insert("add program", &p.ID, `
			INSERT INTO programs (key, file, number_hash, service_hash, changed_at)
			VALUES (?, ?, ?, ?, ?)
			RETURNING id`, p.Key, p.File, numberHash, serviceHash, p.ChangedAt)
	}
	return tx.save("program", `
		UPDATE programs
		SET key = ?, file = ?, number_hash = ?, service_hash = ?, changed_at = ?
		WHERE id = ?`, p.Key, p.File, numberHash, serviceHash, p.ChangedAt, p.ID)
}

// Programs are all, by key.
func (tx *Tx) Programs() ([]Program, error) {
	return list[Program](tx, "programs", `
		SELECT `+programColumns+`
		FROM programs
		ORDER BY key`)
}

// GetProgram is the program with that ID.
func (tx *Tx) GetProgram(id int64) (Program, error) {
	return get[Program](tx, "program", `
		SELECT `+programColumns+`
		FROM programs
		WHERE id = ?`, id)
}

// FindProgramByKey is the program of that key.
func (tx *Tx) FindProgramByKey(key string) (Program, bool, error) {
	return find[Program](tx, "find program", `
		SELECT `+programColumns+`
		FROM programs
		WHERE key = ?`, key)
}

// FindProgramByNumber is the program that sends from that number (E.164).
func (tx *Tx) FindProgramByNumber(number string) (Program, bool, error) {
	return find[Program](tx, "find program by number", `
		SELECT `+programColumns+`
		FROM programs
		WHERE number_hash = ?`, hash(tx.LineHash(number)))
}

// FindProgramByService is the program that sends by that messaging service (MG…).
func (tx *Tx) FindProgramByService(sid string) (Program, bool, error) {
	return find[Program](tx, "find program by service", `
		SELECT `+programColumns+`
		FROM programs
		WHERE service_hash = ?`, hash(tx.s.keys.Hash("service", sid)))
}

// TakeCode takes the code of an escalation that opens at now: the next that is not open and has
// rested, from the last one taken on. All of them in use is a [Conflict].
func (tx *Tx) TakeCode(programID int64, now time.Time) (int64, error) {
	next, err := get[int64](tx, "program", `
		SELECT next_code
		FROM programs
		WHERE id = ?`+tx.s.dialect.lock, programID)
	if err != nil {
		return 0, err
	}
	since := At(now.Add(-codeRest))
	used, err := list[int64](tx, "codes in use", `
		SELECT code
		FROM escalations
		WHERE program_id = ?
		  AND (status <> 'resolved' OR opened_at > ? OR resolved_at > ?)`, programID, since, since)
	if err != nil {
		return 0, err
	}
	for range lastCode {
		code := next
		next = code%lastCode + 1
		if slices.Contains(used, code) {
			continue
		}
		return code, tx.save("program", `
			UPDATE programs
			SET next_code = ?
			WHERE id = ?`, next, programID)
	}
	return 0, NewError(Conflict, "All codes of escalations are in use: resolve some.", nil)
}

// Pace says when the program's next text of n segments may go, at perSecond of them a second with at
// most burst at once. If that is now, their slots are taken. If it is later nothing is: who waits asks
// again then, and whoever asks first, an answer before a prompt, goes first. It is the generic cell rate
// algorithm, in milliseconds. A rate of 0 is none.
func (tx *Tx) Pace(programID int64, now time.Time, n int, perSecond float64, burst int) (time.Time, error) {
	if perSecond <= 0 || n <= 0 {
		return now, nil
	}
	cost := func(slots int) int64 { return int64(math.Ceil(float64(slots) * 1000 / perSecond)) }
	at := now.UnixMilli()
	latest := at + cost(max(n, burst)) - cost(n) // of what was taken before, for these to go now
	_, ok, err := find[int64](tx, "pace", `
		UPDATE programs
		SET paced_until = CASE WHEN paced_until > ? THEN paced_until ELSE ? END + ?
		WHERE id = ?
		  AND paced_until <= ?
		RETURNING paced_until`, at, at, cost(n), programID, latest)
	if err != nil || ok {
		return now, err
	}
	until, err := get[int64](tx, "program", `
		SELECT paced_until
		FROM programs
		WHERE id = ?`, programID)
	return time.UnixMilli(until - latest + at).UTC(), err
}
