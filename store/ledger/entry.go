package ledger

import (
	"slices"
	"time"

	"amends/store/calendar"
)

// Kind is what an entry does. Amounts are positive; the kind gives the sign.
type Kind string

// The kinds, as they are stored and exported.
const (
	Due         Kind = "due"         // an instalment of the agreement; EffectiveOn is its date
	Reported    Kind = "reported"    // the payer says that it was paid
	Received    Kind = "received"    // it arrived: Of a report, by the payee's or a coordinator's word; Of 0, without a report
	Disputed    Kind = "disputed"    // the payee says that it did not arrive; Of a report
	Reversed    Kind = "reversed"    // cancels what is left of a report, receipt, dispute or waiver
	Waived      Kind = "waived"      // need not be paid; Of an instalment, or Of 0: from the latest instalment back
	Rescheduled Kind = "rescheduled" // moves what is left of an instalment to EffectiveOn; Of that instalment
)

// Kinds are all there are, in the order above.
func Kinds() []Kind {
	return []Kind{Due, Reported, Received, Disputed, Reversed, Waived, Rescheduled}
}

// MaxCents bounds every entry and the total: 1,000,000.00.
const MaxCents = 100_000_000

// Entry is one line of the ledger.
type Entry struct {
	ID          int64         `json:"id"` // ascending in the order of appending; 0 until stored, and then nothing can answer it
	Of          int64         `json:"of"` // the entry that this one answers, or 0
	Kind        Kind          `json:"entry"`
	AmountCents int64         `json:"amount_cents"` // always positive
	Currency    string        `json:"currency"`     // ISO 4217, "USD"
	EffectiveOn calendar.Date `json:"effective_on"` // the civil date on which it counts
	RecordedAt  time.Time     `json:"recorded_at"`  // the instant at which it was recorded
	By          string        `json:"by"`           // "party:o", "staff:kim", "system"
}

// Mark says when and by whom a decision is recorded.
type Mark struct {
	On calendar.Date // the civil date on which it counts: the day paid, the day received
	At time.Time     // the instant of recording
	By string        // "party:o", "staff:kim", "system"
}

// Dues are the entries that open a ledger: one for each instalment.
func Dues(instalments []calendar.Instalment, currency string, at time.Time, by string) []Entry {
	out := make([]Entry, len(instalments))
	for i, in := range instalments {
		out[i] = Entry{Kind: Due, AmountCents: in.AmountCents, Currency: currency, EffectiveOn: in.Due, RecordedAt: at, By: by}
	}
	return out
}

// inOrder returns the entries in the order of appending: by id, those not
// stored yet last. It leaves the caller's slice as it is.
func inOrder(entries []Entry) []Entry {
	byID := func(a, b Entry) int {
		switch {
		case a.ID == b.ID:
			return 0
		case a.ID == 0:
			return 1
		case b.ID == 0 || a.ID < b.ID:
			return -1
		}
		return 1
	}
	if slices.IsSortedFunc(entries, byID) {
		return entries
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, byID)
	return entries
}
