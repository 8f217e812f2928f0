package bot

import (
	"time"

	"amends/flows"
	"amends/store"
)

// talk is what the bot remembers of a line between two texts, sealed in the line's row.
type talk struct {
	// Lost counts texts in a row that were not understood while no question was open.
	Lost   int           `json:"lost,omitempty"`
	LostAt store.Instant `json:"lost_at,omitempty"`
	// HeardAt is when the line last wrote after a question, see noteHeard.
	HeardAt store.Instant `json:"heard_at,omitempty"`
	// Which is a "which one?" that waits for its answer.
	Which *which `json:"which,omitempty"`
	// Last is what FIX would undo.
	Last *record `json:"last,omitempty"`
	// Hand is the text by hand that what the line writes next is taken to answer.
	Hand *hand `json:"hand,omitempty"`
	// Again: a stopped party was asked whether it wants our texts again.
	Again bool `json:"again,omitempty"`
}

// which is a text that could belong to several cases or commitments, kept until its sender says
// to which.
type which struct {
	Body    string        `json:"body"`
	Options []choice      `json:"options"`
	AskedAt store.Instant `json:"asked_at"`
	Asked   int           `json:"asked"` // times asked
}

// choice is one of the things a text could be about.
type choice struct {
	Case       int64 `json:"case"`
	Party      int64 `json:"party"`
	Commitment int64 `json:"commitment,omitempty"`
}

// record is the last thing that was put on record by a text of this line, and how to ask again.
type record struct {
	Event      string        `json:"event"` // the turn that made it
	At         store.Instant `json:"at"`
	Case       int64         `json:"case"`
	Party      int64         `json:"party"`
	Session    int64         `json:"session"`
	Commitment int64         `json:"commitment,omitempty"`
	Entries    []int64       `json:"entries,omitempty"` // of the ledger
	Hours      int64         `json:"hours,omitempty"`   // hundredths
	Met        bool          `json:"met,omitempty"`
	Escalation int64         `json:"escalation,omitempty"` // the extension asked for
	// Before is the conversation as it stood before the text; with no step in it, the text itself
	// began the conversation.
	Before flows.State `json:"before"`
}

// How long the bot remembers.
const (
	lostFor  = 24 * time.Hour // a second text not understood within it goes to a person
	whichFor = 24 * time.Hour
	fixFor   = 24 * time.Hour // FIX, sent within a day
	// plainFor: what a line was last texted about is plain for three days.
	plainFor = 3 * 24 * time.Hour
	// lateFor bounds the late answers: past it, a digit out of the blue is more likely a mistake.
	lateFor        = 14 * 24 * time.Hour
	lateConsentFor = 90 * 24 * time.Hour // a yes to our texts is never a mistake
)

func within(now time.Time, since store.Instant, d time.Duration) bool {
	return since != 0 && now.Sub(since.Time()) < d
}
