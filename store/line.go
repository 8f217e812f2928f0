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
	GreetedOn      calendar.Date `db:"greeted_on"`      // the day a stranger on it was last answered
	Talk           Sealed        `db:"talk"`            // what the bot remembers between texts, JSON; the bot's own
}

const lineColumns = `id, program_id, phone, opted_out_at, opted_out_how, unreachable_at, unreachable_why, greeted_on, talk`

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
		SET opted_out_at = ?, opted_out_how = ?, unreachable_at = ?, unreachable_why = ?, greeted_on = ?, talk = ?
		WHERE id = ?`,
		l.OptedOutAt, l.OptedOutHow, l.UnreachableAt, l.UnreachableWhy, l.GreetedOn, l.Talk, l.ID)
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
