package store

import (
	"math"
	"slices"
	"strconv"
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
	delete(tx.programs, p.ID)
	numberHash, serviceHash := hash(tx.LineHash(number)), hash(tx.s.keys.Hash("service", service))
	if p.ID == 0 {
		p.NextCode = 1
		return tx.insert("add program", &p.ID, `
			INSERT INTO programs (key, file, number_hash, service_hash, changed_at)
			VALUES (?, ?, ?, ?, ?)`, p.Key, p.File, numberHash, serviceHash, p.ChangedAt)
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

// GetProgram is the program with that ID. It is read once a transaction.
func (tx *Tx) GetProgram(id int64) (Program, error) {
	if p, ok := tx.programs[id]; ok {
		return p, nil
	}
	p, err := get[Program](tx, "program", `
		SELECT `+programColumns+`
		FROM programs
		WHERE id = ?`, id)
	if err == nil {
		tx.keepProgram(p)
	}
	return p, err
}

// keepProgram keeps a program that was read for the rest of the transaction.
func (tx *Tx) keepProgram(p Program) {
	if tx.programs == nil {
		tx.programs = map[int64]Program{}
	}
	tx.programs[p.ID] = p
}

// LockReadyPrograms are the programs with texts that may go at now, but for their pace. They are kept
// from other writers: one instance at a time claims the texts of a program.
func (tx *Tx) LockReadyPrograms(now time.Time) ([]Program, error) {
	rows, err := list[struct {
		Program
		Answers bool `db:"answers_ready"`
		Prompts bool `db:"prompts_ready"`
	}](tx, "ready programs", queryReady+tx.s.dialect.lock, At(now), At(now), At(now), At(now))
	programs := make([]Program, len(rows))
	tx.ready = map[int64][2]bool{}
	for i, row := range rows {
		programs[i] = row.Program
		tx.ready[row.ID] = [2]bool{row.Answers, row.Prompts}
		tx.keepProgram(row.Program)
	}
	return programs, err
}

// queryReady are the programs that have texts that may go, with the ranks of these.
var queryReady = `
		SELECT ` + of("p", programColumns) + `, ` + ready(0) + ` AS answers_ready, ` + ready(1) + ` AS prompts_ready
		FROM programs p
		WHERE ` + ready(0) + `
		   OR ` + ready(1) + `
		ORDER BY p.id`

// ready says that the program p has a text of that rank that may go. Asked as a scalar it is looked up for
// each program; as an EXISTS the planner may well read the whole outbox for it.
func ready(rank int) string {
	return `COALESCE((
			SELECT 1
			FROM messages m
			WHERE m.status IN ('held', 'queued')
			  AND m.program_id = p.id
			  AND ` + rankOfM + ` = ` + strconv.Itoa(rank) + `
			  AND m.next_at <= ?
			LIMIT 1), 0) = 1`
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
	delete(tx.programs, programID)
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

// Pace is how fast a program's texts may go: PerSecond of them, with at most Burst at once. It is the
// generic cell rate algorithm, in milliseconds. A PerSecond of 0 is no bound.
type Pace struct {
	PerSecond float64
	Burst     int
}

func (p Pace) cost(slots int) int64 { return int64(math.Ceil(float64(slots) * 1000 / p.PerSecond)) }

// Slots is how many texts the program, as it was read, may hand over at now, up to most; with none,
// when it may again. What waits takes no slot: whoever asks first then, an answer before a prompt, goes
// first.
func (p Program) Slots(now time.Time, pace Pace, most int) (int, time.Time) {
	if pace.PerSecond <= 0 {
		return most, now
	}
	at, burst := now.UnixMilli(), max(1, pace.Burst)
	if p.PacedUntil <= at {
		return min(most, burst), now
	}
	n := int(float64(at+pace.cost(burst)-p.PacedUntil) * pace.PerSecond / 1000)
	if n >= 1 {
		return min(most, n), now
	}
	return 0, time.UnixMilli(p.PacedUntil + pace.cost(1) - pace.cost(burst)).UTC()
}

// TakeSlots takes n of the program's slots at now.
func (tx *Tx) TakeSlots(programID int64, now time.Time, pace Pace, n int) error {
	if pace.PerSecond <= 0 || n <= 0 {
		return nil
	}
	delete(tx.programs, programID)
	at := now.UnixMilli()
	return tx.save("program", `
		UPDATE programs
		SET paced_until = CASE WHEN paced_until > ? THEN paced_until ELSE ? END + ?
		WHERE id = ?`, at, at, pace.cost(n), programID)
}
