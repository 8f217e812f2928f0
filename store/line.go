package store

import "amends/store/calendar"

// Line is one phone as one program knows it. Opt-out, reachability and the talk belong to the line,
// not to a party: a shared phone is one line, and so is one person in two cases.
type Line struct {
	ID             int64         `db:"id"`
	ProgramID      int64         `db:"program_id"`
	Phone          Sealed        `db:"phone"`
	OptedOutAt     Instant       `db:"opted_out_at"`
	OptedOutHow    Word          `db:"opted_out_how"` // words, carrier, staff, wrong_number
	UnreachableAt  Instant       `db:"unreachable_at"`
	UnreachableWhy Word          `db:"unreachable_why"` // the provider's error code
	DealtAt        Instant       `db:"dealt_at"`        // when a person last dealt with its not being reached
	GreetedOn      calendar.Date `db:"greeted_on"`      // the day a stranger on it was last answered
	Talk           Sealed        `db:"talk"`            // what the bot remembers between texts, JSON; the bot's own
}

const lineColumns = `id, program_id, phone, opted_out_at, opted_out_how, unreachable_at, unreachable_why, dealt_at, greeted_on, talk`

// LockLine is the line of a phone (E.164) in a program, made if there is none, and keeps it from other
// writers: one event of a phone is done at a time.
func (tx *Tx) LockLine(programID int64, phone string) (Line, error) {
	if phone == "" {
		return Line{}, NewError(Invalid, "A line needs a phone number.", nil)
	}
	hashed := hash(tx.LineHash(phone))
	for range 2 {
		line, ok, err := find[Line](tx, "lock line", `
			SELECT `+lineColumns+`
			FROM lines
			WHERE program_id = ?
			  AND phone_hash = ?`+tx.s.dialect.lock, programID, hashed)
		if ok && err == nil {
			err = tx.known(&line, phone)
		}
		if ok || err != nil {
			return line, err
		}
		_, err = tx.exec("add line", `
			INSERT INTO lines (program_id, phone, phone_hash)
			VALUES (?, ?, ?)
			ON CONFLICT (program_id, phone_hash) DO NOTHING`, programID, tx.Seal(phone), hashed)
		if err != nil {
			return Line{}, err
		}
	}
	return Line{}, tx.failed("lock line", errStale)
}

// Door is where a text comes in: a line of a program, and the cases of its parties, those not closed.
type Door struct {
	Program Program
	Line    Line
	Cases   []Case // by ID
	Staff   bool   // the phone is a staff member's as well
	Seen    bool   // the text has come in before
	Answers int    // queued to the line at since or later, up to most of them
}

// queryDoor is what LockDoor asks.
var queryDoor = `
		SELECT ` + nested("g", "program", programColumns) + `,
			` + nested("l", "line", lineColumns) + `,
			` + nested("c", "case", caseColumns) + `,
			EXISTS (SELECT 1 FROM staff s WHERE s.program_id = g.id AND s.phone_hash = ? AND s.active = 1) AS staff,
			EXISTS (SELECT 1 FROM messages m WHERE m.sid = ?) AS seen,
			(SELECT COUNT(*) FROM (SELECT 1 FROM messages m WHERE m.line_id = l.id AND m.class = 'answer' AND m.queued_at >= ? LIMIT ?) lately) AS answers
		FROM programs g
		JOIN lines l ON l.program_id = g.id AND l.phone_hash = ?
		JOIN parties p ON p.line_id = l.id
		JOIN cases c ON c.id = p.case_id
		WHERE g.number_hash = ?
		  AND c.status <> 'closed'
		ORDER BY c.id`

// LockDoor is, in one query, the line of a phone (E.164) in the program of a number (E.164) with its
// cases, all kept from other writers, whether the text of that SID has come in before and how much was
// answered lately; false if there is no such program or line, or no case to it. Lines come before cases and
// those by ID, as everywhere.
func (tx *Tx) LockDoor(number, phone, sid string, since Instant, most int) (Door, bool, error) {
	hashed := hash(tx.LineHash(phone))
	rows, err := list[struct {
		Program Program `db:"program"`
		Line    Line    `db:"line"`
		Case    Case    `db:"case"`
		Staff   bool    `db:"staff"`
		Seen    bool    `db:"seen"`
		Answers int     `db:"answers"`
	}](tx, "lock door", queryDoor+tx.s.dialect.lockDoor, hashed, sid, int64(since), most, hashed, hash(tx.LineHash(number)))
	if err != nil || len(rows) == 0 {
		return Door{}, false, err
	}
	d := Door{Program: rows[0].Program, Line: rows[0].Line, Staff: rows[0].Staff, Seen: rows[0].Seen, Answers: rows[0].Answers}
	if err := tx.known(&d.Line, phone); err != nil {
		return Door{}, false, err
	}
	for _, row := range rows {
		if n := len(d.Cases); n == 0 || d.Cases[n-1].ID != row.Case.ID { // two parties of a case may share a phone
			d.Cases = append(d.Cases, row.Case)
		}
	}
	tx.keepProgram(d.Program)
	if !d.Seen {
		tx.unseen = Word(sid)
	}
	return d, true, nil
}

// CountAnswers counts the answers that were queued to a line at since or later, up to most of them.
func (tx *Tx) CountAnswers(lineID int64, since Instant, most int) (int, error) {
	n, _, err := find[int](tx, "count answers", `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM messages m WHERE m.line_id = ? AND m.class = 'answer' AND m.queued_at >= ? LIMIT ?) lately`,
		lineID, int64(since), most)
	return n, err
}

// LockCasesOnLine are the cases, those not closed, of the parties that have that phone, by ID, kept from
// other writers.
func (tx *Tx) LockCasesOnLine(lineID int64) ([]Case, error) {
	return list[Case](tx, "lock cases on a line", `
		SELECT `+caseColumns+`
		FROM cases
		WHERE id IN (SELECT case_id FROM parties WHERE line_id = ?)
		  AND status <> 'closed'
		ORDER BY id`+tx.s.dialect.lock, lineID)
}

// LockLineByID is the line with that ID, and keeps it from other writers.
func (tx *Tx) LockLineByID(id int64) (Line, error) {
	return get[Line](tx, "line", `
		SELECT `+lineColumns+`
		FROM lines
		WHERE id = ?`+tx.s.dialect.lock, id)
}

// FindLine is the line of a phone (E.164) in a program.
func (tx *Tx) FindLine(programID int64, phone string) (Line, bool, error) {
	return find[Line](tx, "find line", `
		SELECT `+lineColumns+`
		FROM lines
		WHERE program_id = ?
		  AND phone_hash = ?`, programID, hash(tx.LineHash(phone)))
}

// GetLine is the line with that ID.
func (tx *Tx) GetLine(id int64) (Line, error) {
	return get[Line](tx, "line", `
		SELECT `+lineColumns+`
		FROM lines
		WHERE id = ?`, id)
}

// SaveLine writes a line; its program and phone stay.
func (tx *Tx) SaveLine(l Line) error {
	return tx.save("line", `
		UPDATE lines
		SET opted_out_at = ?, opted_out_how = ?, unreachable_at = ?, unreachable_why = ?, dealt_at = ?, greeted_on = ?, talk = ?
		WHERE id = ?`,
		l.OptedOutAt, l.OptedOutHow, l.UnreachableAt, l.UnreachableWhy, l.DealtAt, l.GreetedOn, l.Talk, l.ID)
}

// PartiesOnLine are the parties that have that phone, by their IDs.
func (tx *Tx) PartiesOnLine(lineID int64) ([]Party, error) {
	return list[Party](tx, "parties on a line", `
		SELECT `+partyColumns+`
		FROM parties
		WHERE line_id = ?
		ORDER BY id`, lineID)
}

// Member is a party with its case.
type Member struct {
	Party Party `db:"party"`
	Case  Case  `db:"case"`
}

// MembersOfLine are the parties that have that phone, each with its case, by case.
func (tx *Tx) MembersOfLine(lineID int64) ([]Member, error) {
	return list[Member](tx, "members of a line", `
		SELECT `+nested("p", "party", partyColumns)+`,
			`+nested("c", "case", caseColumns)+`
		FROM parties p
		JOIN cases c ON c.id = p.case_id
		WHERE p.line_id = ?
		ORDER BY p.case_id, p.id`, lineID)
}
