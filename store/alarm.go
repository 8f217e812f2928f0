package store

import "time"

// Alarm is something that the operator, not a mediator, must mend: a sender that is not registered, a
// country that is switched off. One stands for a program and kind, however often it comes.
type Alarm struct {
	ProgramID int64   `db:"program_id"`
	Kind      string  `db:"kind"`
	RaisedAt  Instant `db:"raised_at"` // the first time
	Times     int64   `db:"times"`
	Detail    string  `db:"detail"` // of the last time; bears nothing personal
}

// RaiseAlarm raises an alarm, or counts one that stands; first says that it stood not yet.
func (tx *Tx) RaiseAlarm(programID int64, kind, detail string, now time.Time) (first bool, err error) {
	times, _, err := find[int64](tx, "raise alarm", `
		INSERT INTO alarms (program_id, kind, raised_at, detail)
		VALUES (?, ?, ?, ?)
		ON CONFLICT (program_id, kind) DO UPDATE
		SET times = alarms.times + 1, detail = excluded.detail
		RETURNING times`, programID, kind, At(now), detail)
	return times == 1, err
}

// ClearAlarm takes an alarm back, if it stands.
func (tx *Tx) ClearAlarm(programID int64, kind string) error {
	_, err := tx.exec("clear alarm", `
		DELETE FROM alarms
		WHERE program_id = ?
		  AND kind = ?`, programID, kind)
	return err
}

// Alarms are all that stand, oldest first.
func (tx *Tx) Alarms() ([]Alarm, error) {
	return list[Alarm](tx, "alarms", `
		SELECT program_id, kind, raised_at, times, detail
		FROM alarms
		ORDER BY raised_at, program_id, kind`)
}
