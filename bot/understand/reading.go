package understand

import "time"

// Kind is the kind of answer that was last asked for.
type Kind string

// The kinds of answer. An empty Kind means None.
const (
	None   Kind = "none"
	YesNo  Kind = "yes_no"
	Scale  Kind = "scale"
	Amount Kind = "amount"
	OnDate Kind = "date"
	Hours  Kind = "hours"
	Choice Kind = "choice"
	Text   Kind = "text"
)

// Expect is what was last asked: Min and Max bound a scale, Options name the choices in their order.
type Expect struct {
	Kind     Kind
	Min, Max int
	Options  []string
}

// Roles of a party.
const (
	Victim   = "victim"
	Offender = "offender"
)

// Input is one text and its circumstances. Now is in the party's local time; its civil date is today.
type Input struct {
	Text   string
	Lang   string
	Role   string
	Expect Expect
	Now    time.Time
}

// Intent is what a text says.
type Intent string

// The intents, highest first: where two hold, the one higher in this order wins. Answer stands after Language unless
// free text was asked for, and then it stands before Unclear.
const (
	Stop        Intent = "stop"
	WrongNumber Intent = "wrong_number"
	Start       Intent = "start"
	Language    Intent = "language"
	Answer      Intent = "answer"
	Paid        Intent = "paid"
	NotReceived Intent = "not_received"
	Received    Intent = "received"
	Later       Intent = "later"
	Done        Intent = "done"
	Balance     Intent = "balance"
	Call        Intent = "call"
	Resources   Intent = "resources"
	Help        Intent = "help"
	Unclear     Intent = "unclear"
)

// Risk is how much danger a text speaks of, apart from its intent.
type Risk string

// The levels of risk, lowest first.
const (
	RiskNone    Risk = "none"
	RiskConcern Risk = "concern"
	RiskUrgent  Risk = "urgent"
)

// Reading is what a text was understood to mean. A field that the text does not bear is nil or empty.
type Reading struct {
	Intent      Intent
	AmountCents *int64   // US cents, from 1 to 100,000,000
	Date        *Date    // the party's civil date
	Number      *float64 // a scale's answer, or hours
	Choice      *int     // 1-based
	Yes         *bool
	Language    string // the language asked for, "" if none
	Risk        Risk
	Why         []string // which words decided; filled by Explain alone
}
