package intake

import (
	"slices"
	"time"
)

// Policy is what a program or a case settles for itself. What it leaves nil or
// zero stays as it was: a case's policy goes over the program's, and that over
// the defaults.
type Policy struct {
	CheckinDays    []int // days after the anchor, then monthly; nil: as it was
	ReminderDays   []int // days from a due date, negative before; nil: as it was
	GraceDays      *int
	UnpromptedADay *int // texts to one party's number that answer nothing
	Statements     *bool
	WHO5           *bool
	Acknowledge    Acknowledge
	ReturnDays     []int // days after which what is acknowledged and not resolved returns

	// Of a program alone.
	TextsPerSecond *float64 // from its number
	Flows          string   // its own folder of flows and texts
	RetentionDays  *int     // days from closing after which a case's personal data goes
}

// Acknowledge says how long an escalation waits for a person before it goes on.
type Acknowledge struct {
	Urgent           time.Duration // 0: as it was
	High             time.Duration // 0: as it was
	NormalOfficeDays int           // office days; 0: as it was
}

// Rules are a policy with nothing left open.
type Rules struct {
	CheckinDays    []int
	ReminderDays   []int
	GraceDays      int
	UnpromptedADay int
	TextsPerSecond float64
	Statements     bool
	WHO5           bool
	Flows          string // "" for none
	Acknowledge    Acknowledge
	ReturnDays     []int
	RetentionDays  int // 0: kept until a person erases it
}

// DefaultRules are the plan's defaults.
func DefaultRules() Rules {
	return Rules{
		CheckinDays:    []int{2, 14, 30, 60},
		ReminderDays:   []int{-3, 0, 1},
		GraceDays:      3,
		UnpromptedADay: 2,
		TextsPerSecond: 1,
		Statements:     true,
		Acknowledge:    Acknowledge{Urgent: 15 * time.Minute, High: 4 * time.Hour, NormalOfficeDays: 1},
		ReturnDays:     []int{1, 3, 7},
	}
}

// Rules are the program's rules.
func (p Program) Rules() Rules { return p.Policy.over(DefaultRules()) }

// Rules are the rules of a case in its program.
func (c Case) Rules(p Program) Rules { return c.Policy.over(p.Rules()) }

// over lays the policy over rules.
func (p Policy) over(r Rules) Rules {
	set(&r.GraceDays, p.GraceDays)
	set(&r.UnpromptedADay, p.UnpromptedADay)
	set(&r.TextsPerSecond, p.TextsPerSecond)
	set(&r.Statements, p.Statements)
	set(&r.WHO5, p.WHO5)
	set(&r.RetentionDays, p.RetentionDays)
	for _, l := range []struct{ to, from *[]int }{
		{&r.CheckinDays, &p.CheckinDays}, {&r.ReminderDays, &p.ReminderDays}, {&r.ReturnDays, &p.ReturnDays},
	} {
		if *l.from != nil {
			*l.to = slices.Clone(*l.from)
		}
	}
	if p.Flows != "" {
		r.Flows = p.Flows
	}
	if p.Acknowledge.Urgent != 0 {
		r.Acknowledge.Urgent = p.Acknowledge.Urgent
	}
	if p.Acknowledge.High != 0 {
		r.Acknowledge.High = p.Acknowledge.High
	}
	if p.Acknowledge.NormalOfficeDays != 0 {
		r.Acknowledge.NormalOfficeDays = p.Acknowledge.NormalOfficeDays
	}
	return r
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
