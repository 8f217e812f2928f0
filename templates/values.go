package templates

import (
	"time"
)

// Money is a sum in integer cents. Without a currency it is not given.
type Money struct {
	Cents    int64
	Currency string // ISO 4217: "USD"
}

// Date is a day in the party's own zone. The zero Date is not given.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of an instant in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Again says that a question is asked once more, and why.
type Again string

// Why a question is asked again, as package flows spells it.
const (
	Once    Again = ""
	Unclear Again = "unclear" // "Sorry, I did not get that." stands before it
	Silence Again = "silence" // a gentle word stands before it, if the language has one
)

// Option is one of several things that a party may mean (common.which).
// Options that would read alike get their case's reference too.
type Option struct {
	Commitment string // kind: restitution, apology_letter, …
	Amount     Money
	Date       Date   // when it is due, or was reported
	Reference  string // the case's
}

// Resource is a line of the program's list, in the party's language.
type Resource struct {
	Name    string // never in a discreet text
	Contact string // "call or text 988"
}

// VictimText is what a text to the victim's side may tell.
type VictimText struct {
	Program        string // "Riverside Restorative Justice"
	Sender         string // "Riverside RJ": stands before the first text
	DiscreetSender string // "RRJ"
	Again          Again

	Amount     Money // the payment this text is about
	Date       Date  // its day
	Paid       Money // statement: received so far
	ToGo       Money // statement: still to come
	Waiting    Money // reported, waits for confirmation
	NextAmount Money
	NextDate   Date // to come; or
	SinceDate  Date // over: what was due then is open

	Which     []Option
	Resources []Resource
	Languages []string // codes of those that the program writes; none: all
}

// OffenderText is what a text to the offender's side may tell.
type OffenderText struct {
	Program        string
	Sender         string
	DiscreetSender string
	Again          Again

	Amount     Money // the payment this text is about
	Date       Date  // its day; of an extension, the new day
	Paid       Money // statement: confirmed so far
	ToGo       Money // still to pay, without what waits for confirmation
	Waiting    Money // reported, waits for confirmation
	NextAmount Money
	NextDate   Date // to come; or
	SinceDate  Date // over: what was due then is open

	Commitment string // kind: restitution, apology_letter, …
	Title      string // of a commitment of kind other; named instead of its kind
	Hours      string // decimal: "2.5"
	HoursToGo  string

	Which     []Option
	Resources []Resource
	Languages []string // codes of those that the program writes; none: all
}

// StaffText is what a text to a mediator or a coordinator may tell: never a
// party's words, name or number.
type StaffText struct {
	Sender string    // the program's
	Case   string    // reference
	Reason string    // as escalations spell it: missed_payment
	Since  time.Time // in the zone of the reader; the zero time is not given
	Code   int
	Link   string
	Date   Date // of an extension: until when
	Open   []StaffItem
}

// StaffItem is one open escalation in a list.
type StaffItem struct {
	Code   int
	Case   string
	Reason string
}
