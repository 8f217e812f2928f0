package store

import "amends/store/calendar"

// Staff is a person who works for a program.
type Staff struct {
	ID          int64         `db:"id"`
	ProgramID   int64         `db:"program_id"`
	Key         string        `db:"key"`
	Role        string        `db:"role"` // mediator, coordinator, auditor, administrator
	Name        Sealed        `db:"name"`
	Phone       Sealed        `db:"phone"`
	Email       Sealed        `db:"email"`
	AbsentUntil calendar.Date `db:"absent_until"` // the last day away
	Active      bool          `db:"active"`
}

const staffColumns = `id, program_id, key, role, name, phone, email, absent_until, active`

// SaveStaff adds a person, if the ID is 0, and sets it, or writes them anew: active, with that name,
// phone (E.164) and email; either of the last may be "". A phone that another of the program has is a
// [Conflict].
func (tx *Tx) SaveStaff(s *Staff, name, phone, email string) error {
	s.Name, s.Phone, s.Email, s.Active = tx.Seal(name), tx.Seal(phone), tx.Seal(email), true
	phoneHash, emailHash := hash(tx.LineHash(phone)), hash(tx.s.keys.Hash("email", email))
	if s.ID == 0 {
		return tx.insert("add staff", &s.ID, `
			INSERT INTO staff (program_id, key, role, name, phone, phone_hash, email, email_hash, absent_until, active)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
			s.ProgramID, s.Key, s.Role, s.Name, s.Phone, phoneHash, s.Email, emailHash, s.AbsentUntil)
	}
	return tx.save("staff member", `
		UPDATE staff
		SET key = ?, role = ?, name = ?, phone = ?, phone_hash = ?, email = ?, email_hash = ?, absent_until = ?, active = 1
		WHERE id = ?`,
		s.Key, s.Role, s.Name, s.Phone, phoneHash, s.Email, emailHash, s.AbsentUntil, s.ID)
}

// StaffOf are those who work for a program now, by key.
func (tx *Tx) StaffOf(programID int64) ([]Staff, error) {
	return list[Staff](tx, "staff of a program", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE program_id = ?
		  AND active = 1
		ORDER BY key`, programID)
}

// GetStaff is the staff member with that ID, though they may have left.
func (tx *Tx) GetStaff(id int64) (Staff, error) {
	return get[Staff](tx, "staff member", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE id = ?`, id)
}

// FindStaffByPhone is the program's staff member with that phone (E.164).
func (tx *Tx) FindStaffByPhone(programID int64, phone string) (Staff, bool, error) {
	return find[Staff](tx, "find staff by phone", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE program_id = ?
		  AND phone_hash = ?
		  AND active = 1`, programID, hash(tx.LineHash(phone)))
}

// FindStaffByKey is the program's staff member of that key, though they may have left.
func (tx *Tx) FindStaffByKey(programID int64, key string) (Staff, bool, error) {
	return find[Staff](tx, "find staff", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE program_id = ?
		  AND key = ?`, programID, key)
}

// SetAbsent says until which day, that day included, somebody is away; no date for no longer.
func (tx *Tx) SetAbsent(id int64, until calendar.Date) error {
	return tx.save("staff member", `
		UPDATE staff
		SET absent_until = ?
		WHERE id = ?`, until, id)
}

// DeactivateStaff says that somebody has left. SaveStaff takes them back.
func (tx *Tx) DeactivateStaff(id int64) error {
	return tx.save("staff member", `
		UPDATE staff
		SET active = 0
		WHERE id = ?`, id)
}
