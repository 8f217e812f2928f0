package bot

import (
	"time"

	"amends/store"
	"amends/store/calendar"
)

// The flows, by name.
const (
	flowConsent         = "consent"
	flowVictimCheckin   = "victim-checkin"
	flowOffenderCheckin = "offender-checkin"
	flowReminder        = "reminder"
	flowPaymentReport   = "payment-report"
	flowPaymentConfirm  = "payment-confirm"
	flowExtension       = "extension"
	flowCommitment      = "commitment-report"
	flowStatement       = "statement"
	flowWHO5            = "who5"
	flowClosing         = "closing"
	flowNotice          = "notice"
)

const restitution = "restitution"

// When on its day a text goes, on the party's own wall clock, unless the party's hours say otherwise:
// the victims' check-in in the morning, the offenders' a few hours later.
var (
	victimAt    = calendar.MustTime("10:00")
	reminderAt  = calendar.MustTime("11:00")
	statementAt = calendar.MustTime("12:00")
	offenderAt  = calendar.MustTime("15:00")
)

// How long what falls due still makes sense.
const (
	checkinKeeps   = 5 * 24 * time.Hour
	statementKeeps = 7 * 24 * time.Hour
	confirmKeeps   = 14 * 24 * time.Hour
	closingKeeps   = 14 * 24 * time.Hour
	consentKeeps   = 14 * 24 * time.Hour
	outcomeKeeps   = 7 * 24 * time.Hour
)

// closeAfter is how many days after its completion a case is closed.
const closeAfter = 14

// who5Day is the day on which the WHO-5 is asked a second time; the first is the plan's start.
const who5Day = 60

// anchor is the day from which a party's plan counts: the mediation, or its consent if later.
func anchor(s seat) calendar.Date {
	if s.ConsentOn.After(s.m.MediatedOn) {
		return s.ConsentOn
	}
	return s.m.MediatedOn
}

// startPlan begins a party's plan: with its own consent, and again after it has come back.
func (t *turn) startPlan(s seat) error {
	if !s.m.texts(s.Party) || s.m.Status == store.CaseCompleted {
		return nil
	}
	// A day of the plan that is today counts: the case may have been put on record this morning.
	if err := t.armCheckin(s, calendar.On(t.now, zoneOf(s.Zone)).AddDays(-1)); err != nil {
		return err
	}
	if err := t.armStatement(s); err != nil {
		return err
	}
	if !s.m.policy.WHO5 {
		return nil
	}
	if err := t.want(s, wish{flow: flowWHO5, at: t.now.Add(settleFor), keeps: checkinKeeps}); err != nil {
		return err
	}
	return t.armParty(s, dueWHO5, anchor(s).AddDays(who5Day), statementAt)
}

// armParty arms something for a day of a party's. Its consent's day is what it was armed for: a
// party that leaves and comes back has a new plan, and what was armed for the old one does nothing.
func (t *turn) armParty(s seat, kind string, on calendar.Date, at calendar.TimeOfDay) error {
	zone := zoneOf(s.Zone)
	due := t.program.hoursOf(s.Party).Next(calendar.At(on, at, zone))
	return t.arm(store.Due{Kind: kind, DueAt: store.At(due), CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Armed: planOf(s), Args: on.String()})
}

// planOf tells one plan of a party from another.
func planOf(s seat) int64 { return int64(s.ConsentOn.Sub(calendar.MustParse("2000-01-01"))) }

// planned loads what a day of a party's plan is about, and whether it still stands.
func (t *turn) planned(d store.Due) (seat, bool, error) {
	s, err := t.partyOf(d)
	if err != nil {
		return seat{}, false, err
	}
	stands := s.m.Status == store.CaseActive && s.Consent == store.ConsentGiven && planOf(s) == d.Armed
	return s, stands, nil
}

func (t *turn) armCheckin(s seat, after calendar.Date) error {
	next := calendar.NextCheckin(anchor(s), s.m.policy.CheckinDays, after)
	if next.IsZero() {
		return nil
	}
	at := victimAt
	if s.Side == "offender" {
		at = offenderAt
	}
	return t.armParty(s, dueCheckin, next, at)
}

// checkin is a day of the plan.
func (t *turn) checkin(d store.Due) error {
	s, stands, err := t.planned(d)
	if err != nil || !stands {
		return err
	}
	flow := flowVictimCheckin
	if s.Side == "offender" {
		flow = flowOffenderCheckin
	}
	if err := t.want(s, wish{flow: flow, at: d.DueAt.Time(), keeps: checkinKeeps}); err != nil {
		return err
	}
	on, err := calendar.Parse(d.Args)
	if err != nil {
		return err
	}
	// After an outage the days it swallowed are not made up for: the next one is ahead.
	if yesterday := t.today(s.Party).AddDays(-1); on.Before(yesterday) {
		on = yesterday
	}
	return t.armCheckin(s, on)
}

// armStatement arms the month's statement: monthly from the plan's start, while money is owed.
func (t *turn) armStatement(s seat) error {
	if s.Side == "victim" && !s.Statements || !s.m.policy.Statements || t.moneyOf(s) == nil {
		return nil
	}
	from, today := anchor(s), t.today(s.Party)
	for n := 1; ; n++ {
		if on := from.AddMonths(n); on.After(today) {
			return t.armParty(s, dueStatement, on, statementAt)
		}
	}
}

// statement is a month of the plan.
func (t *turn) statement(d store.Due) error {
	s, stands, err := t.planned(d)
	if err != nil || !stands {
		return err
	}
	for _, c := range t.moneys(s) {
		if s.m.balance(c, t.today(s.Party)).Settled() {
			continue
		}
		if err := t.want(s, wish{flow: flowStatement, commitment: c, at: d.DueAt.Time(), keeps: statementKeeps}); err != nil {
			return err
		}
	}
	return t.armStatement(s)
}

// moneys lists the restitutions that a party owes or is owed.
func (t *turn) moneys(s seat) []*store.Commitment {
	list := s.m.owed(s.Party)
	if s.Side == "victim" {
		list = s.m.due(s.Party)
	}
	var money []*store.Commitment
	for _, c := range list {
		if c.Kind == restitution {
			money = append(money, c)
		}
	}
	return money
}

func (t *turn) who5Due(d store.Due) error {
	s, stands, err := t.planned(d)
	if err != nil || !stands {
		return err
	}
	return t.want(s, wish{flow: flowWHO5, at: d.DueAt.Time(), keeps: checkinKeeps})
}
