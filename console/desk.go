package console

import (
	"context"
	"time"

	"amends/store/calendar"
	"amends/store/intake"
)

// Desk carries out what a person decides on a page. The bot does, through a few lines at the roof: each decision here has
// the fields of the bot's own, so that one converts into the other.
type Desk interface {
	// Decide carries out a decision about a case.
	Decide(ctx context.Context, program, reference string, by By, d Decision) error
	// Draft says what would become of a text by hand, and stores nothing.
	Draft(ctx context.Context, program, reference string, by By, text Write) (Draft, error)
	// AddCases puts cases on record, all or none. One that is there already and differs is refused, unless update is asked for.
	AddCases(ctx context.Context, by By, cases []intake.Case, update bool) error
	// ExamineCases says what AddCases would make of cases, case by case, and stores nothing. What may not be are [intake.Faults].
	ExamineCases(ctx context.Context, by By, cases []intake.Case, update bool) ([]Change, error)
	// SettleText marks a text that came from a number nobody knows as dealt with.
	SettleText(ctx context.Context, program string, by By, id string) error
	// SetAbsent says until which day somebody is away; no date for no longer.
	SetAbsent(ctx context.Context, program, key string, by By, until calendar.Date) error
}

// By says who decides and why.
type By struct {
	Staff string // the staff member's key
	Why   string
}

// Change is what becomes, or would become, of a case that is put on record.
type Change struct {
	Key         string // its reference
	Did         string // added, unchanged, updated
	Differences []string
}

// Decision is one of the types below.
type Decision interface{ decision() }

// Receipt is money that was seen: it settles what was reported or disputed.
type Receipt struct {
	Commitment  string
	AmountCents int64
	On          calendar.Date // zero for today
}

// Report is a payment that a party told a person of.
type Report struct {
	Commitment  string
	AmountCents int64
	On          calendar.Date
}

// NotReceived rests a dispute: the payment reported did not arrive.
type NotReceived struct {
	Commitment string
	Entry      int64 // the report's
}

// Waiver: what is left need not be done, or so much of a restitution need not be paid.
type Waiver struct {
	Commitment  string
	AmountCents int64 // 0 for all that is left
	Entry       int64 // of restitution, the instalment's; 0 for those from the latest back
}

// Met: a commitment other than restitution was met, by a person's word.
type Met struct {
	Commitment string
	On         calendar.Date
}

// NewDate moves a commitment's date; of restitution, that of the instalment named, or of the one due next.
type NewDate struct {
	Commitment string
	Entry      int64
	To         calendar.Date
}

// Tell has the mediator told at once of what fell due and is not met.
type Tell struct {
	Commitment string
}

// Dealt says that a person has dealt with a number that texts do not reach; TryNumber lets them go to it again.
type (
	Dealt     struct{ Party string }
	TryNumber struct{ Party string }
)

// ConsentGiven is fresh consent on record by a person's word.
type ConsentGiven struct {
	Party string
	On    calendar.Date
	How   string
}

// OptOut ends the texts to a party's number at its wish, told to a person.
type OptOut struct {
	Party string
}

// Assign gives a case to another mediator, and another backup.
type Assign struct {
	Mediator, Backup string // keys; an empty backup is none
}

// Handle is what a person does about an escalation.
type Handle struct {
	Code int64
	Verb string // ok, done, pass, grant, decline
	Note string
}

// Close ends a case; its texts stop with it.
type Close struct {
	Reason string // completed, returned_to_court, withdrawn, no_contact, rearrest, other
}

// Pause holds the texts to a party, or to all of a case, that the service begins of itself; what a party writes is answered
// all the same. Resume ends that.
type (
	Pause struct {
		Party string        // its key; empty for the whole case
		Until calendar.Date // the day on which texts go again; zero for until Resume
	}
	Resume struct{ Party string }
)

// Write is a text that a person writes to a party by hand.
type Write struct {
	Party   string // its key
	Text    string // without the sender, which is put before it
	Answers int64  // the code of the escalation that it answers and resolves; 0 for none
}

// Draft is what would become of a text.
type Draft struct {
	Body     string // with the sender before it
	Segments int
	Encoding string
	Goes     time.Time // when, at the soonest
	Hold     string    // why not now: hours, two_a_day, paused; empty if it goes now
}

// Resend sends a text anew that failed; Drop takes one back that has not gone.
type (
	Resend struct{ Message string }
	Drop   struct{ Message string }
)

func (Receipt) decision()      {}
func (Report) decision()       {}
func (NotReceived) decision()  {}
func (Waiver) decision()       {}
func (Met) decision()          {}
func (NewDate) decision()      {}
func (ConsentGiven) decision() {}
func (OptOut) decision()       {}
func (Assign) decision()       {}
func (Handle) decision()       {}
func (Close) decision()        {}
func (Pause) decision()        {}
func (Resume) decision()       {}
func (Write) decision()        {}
func (Tell) decision()         {}
func (Dealt) decision()        {}
func (TryNumber) decision()    {}
func (Resend) decision()       {}
func (Drop) decision()         {}
