// Package ledger is the arithmetic of one restitution: what is due and when,
// what was reported, received, disputed, waived and moved, and what is still
// to pay.
//
// A ledger is a list of entries of one commitment, in integer cents of one
// currency, in the order in which they were appended. It is only ever appended
// to; [Of] derives every view from the entries, each time anew, so that views
// cannot drift apart. Reported is not received: a report lowers what a party is
// told is to go, but not what is outstanding.
//
// The package is pure: no database, no clock, no state. Whoever records a
// decision asks one of [Report], [Confirm], [ConfirmPart], [Dispute],
// [Receipt], [Waive], [Reschedule] and [Reverse] which entries to append, and
// appends them in the same transaction as it read the ledger.
//
// The smallest use:
//
//	more, err := ledger.Report(entries, 5000, ledger.Mark{On: today, At: now, By: "party:o"})
//	entries = append(entries, more...)
//	b := ledger.Of(entries, today) // b.ToGoCents is 5000 less
package ledger
