package store

import "amends/store/calendar"

// Consent is where a party's consent stands.
type Consent string

// The states of consent.
const (
	ConsentNone      Consent = "none"
	ConsentAsked     Consent = "asked"
	ConsentGiven     Consent = "given"
	ConsentDeclined  Consent = "declined"
	ConsentWithdrawn Consent = "withdrawn"
)

// Party is one person in one case. A person in two cases is two parties on one Line.
type Party struct {
	ID         int64         `db:"id"`
	ProgramID  int64         `db:"program_id"`
	CaseID     int64         `db:"case_id"`
	LineID     int64         `db:"line_id"`
	Key        string        `db:"key"`
	Role       string        `db:"role"` // victim, offender, guardian, support
	Side       string        `db:"side"` // victim or offender: whose texts they take
	ForID      ID            `db:"for_id"`
	Name       Sealed        `db:"name"`
	Language   string        `db:"language"`
	Zone       string        `db:"zone"` // IANA
	Discreet   bool          `db:"discreet"`
	Statements bool          `db:"statements"` // a victim who wants the monthly statement
	Hours      string        `db:"hours"`      // own quiet hours and safe times, JSON; "" for the program's
	Consent    Consent       `db:"consent"`
	ConsentOn  calendar.Date `db:"consent_on"`
	Unanswered int           `db:"unanswered"` // check-ins in a row without any reply
	Pause
}

const partyColumns = `id, program_id, case_id, line_id, key, role, side, for_id, name, language, zone, discreet, statements,
	hours, consent, consent_on, unanswered, ` + pauseColumns

// AddParty adds a party and sets its ID.
func (tx *Tx) AddParty(p *Party) error {
	return tx.insert("add party", &p.ID, `
		INSERT INTO parties (program_id, case_id, line_id, key, role, side, for_id, name, language, zone, discreet, statements,
			hours, consent, consent_on, unanswered, name_hash, paused_at, paused_until, paused_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ProgramID, p.CaseID, p.LineID, p.Key, p.Role, p.Side, p.ForID, p.Name, p.Language, p.Zone, flag(p.Discreet), flag(p.Statements),
		p.Hours, p.Consent, p.ConsentOn, p.Unanswered, hash(tx.s.keys.Hash("name", tx.Reveal(p.Name))), p.PausedAt, p.PausedUntil, p.PausedBy)
}

// SaveParty writes a party; its case stays.
func (tx *Tx) SaveParty(p Party) error {
	return tx.save("party", `
		UPDATE parties
		SET line_id = ?, key = ?, role = ?, side = ?, for_id = ?, name = ?, language = ?, zone = ?, discreet = ?, statements = ?,
			hours = ?, consent = ?, consent_on = ?, unanswered = ?, name_hash = ?, paused_at = ?, paused_until = ?, paused_by = ?
		WHERE id = ?`,
		p.LineID, p.Key, p.Role, p.Side, p.ForID, p.Name, p.Language, p.Zone, flag(p.Discreet), flag(p.Statements),
		p.Hours, p.Consent, p.ConsentOn, p.Unanswered, hash(tx.s.keys.Hash("name", tx.Reveal(p.Name))), p.PausedAt, p.PausedUntil, p.PausedBy, p.ID)
}

// GetParty is the party with that ID.
func (tx *Tx) GetParty(id int64) (Party, error) {
	return get[Party](tx, "party", `
		SELECT `+partyColumns+`
		FROM parties
		WHERE id = ?`, id)
}

// PartiesOf are a case's parties in the order of its file.
func (tx *Tx) PartiesOf(caseID int64) ([]Party, error) {
	return list[Party](tx, "parties of a case", `
		SELECT `+partyColumns+`
		FROM parties
		WHERE case_id = ?
		ORDER BY id`, caseID)
}
