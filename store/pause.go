package store

import (
	"time"

	"amends/store/calendar"
)

// Pause holds the texts of a case or of one party that the service begins of itself; what a party writes is heard and
// answered all the same. The zero Pause is none.
type Pause struct {
	PausedAt    Instant       `db:"paused_at"`
	PausedUntil calendar.Date `db:"paused_until"` // the day on which texts go again; none for until a person ends it
	PausedBy    Word          `db:"paused_by"`    // as the log names who paused
}

const pauseColumns = `paused_at, paused_until, paused_by`

// Holds says whether texts are held at now; zone is that of the program.
func (p Pause) Holds(now time.Time, zone *time.Location) bool {
	return p.PausedAt != 0 && (p.PausedUntil.IsZero() || now.Before(p.Ends(zone)))
}

// Ends is when a pause ends by itself, the zero time for not at all.
func (p Pause) Ends(zone *time.Location) time.Time { return calendar.At(p.PausedUntil, 0, zone) }

// HeldTexts are the IDs of a case's texts that are held, in their order.
func (tx *Tx) HeldTexts(caseID int64) ([]string, error) {
	return list[string](tx, "held texts", `
		SELECT id
		FROM messages
		WHERE case_id = ?
		  AND status = 'held'
		ORDER BY seq`, caseID)
}
