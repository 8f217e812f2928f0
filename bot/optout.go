package bot

import (
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/store"
	"amends/store/calendar"
	"amends/templates"
)

// The carrier's own words: a text that is one of them, and nothing else, it acts on and confirms
// itself (Twilio, "Default opt-out keywords"; FCC 24-24 for REVOKE and OPTOUT).
var carrierStops = []string{"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}

// carrierStop tells whether the carrier has stopped the texts itself, and so confirmed it.
func carrierStop(in twilio.Inbound) bool {
	if in.OptOutType == "STOP" {
		return true
	}
	word := bare(in.Body)
	for _, w := range carrierStops {
		if word == w {
			return true
		}
	}
	return false
}

// optOut ends every text to this number, in every case, at once. It is a right and no breach: the
// mediator hears of it neutrally. The one confirmation is ours unless the carrier gave its own.
func (t *turn) optOut(seats []seat, in twilio.Inbound, r understand.Reading) error {
	how := "words"
	if carrierStop(in) {
		how = "carrier"
	}
	already := t.line.OptedOutAt != 0
	if err := t.stopLine(seats, how); err != nil {
		return err
	}
	if err := t.riskOfStopped(seats, r); err != nil {
		return err
	}
	if how == "carrier" || already {
		return nil
	}
	return t.confirmStop(seats, "optout.confirm")
}

// stopLine marks a line as opted out and withdraws its parties' consent.
func (t *turn) stopLine(seats []seat, how string) error {
	if t.line.OptedOutAt == 0 {
		t.line.OptedOutAt, t.line.OptedOutHow = store.At(t.now), store.Word(how)
	}
	t.talk = talk{HeardAt: t.talk.HeardAt}
	t.dirty = true
	if len(seats) == 0 {
		return t.log(store.Entry{Action: "optout", Why: how, Words: t.words})
	}
	if ses, open, err := t.tx.FindOpenSession(t.line.ID); err != nil {
		return err
	} else if open {
		t.end(&ses, "stopped")
		if err := t.tx.SaveSession(&ses); err != nil {
			return err
		}
	}
	for _, s := range seats {
		if err := t.withdraw(s, how); err != nil {
			return err
		}
	}
	return nil
}

// withdraw records a party's withdrawal and lets the mediator know, neutrally.
func (t *turn) withdraw(s seat, how string) error {
	switch s.Consent {
	case store.ConsentWithdrawn, store.ConsentDeclined:
	case store.ConsentGiven:
		if err := t.consent(s, store.ConsentWithdrawn, t.today(s.Party), how); err != nil {
			return err
		}
	default:
		if err := t.consent(s, store.ConsentDeclined, t.today(s.Party), how); err != nil {
			return err
		}
	}
	reason := "opted_out"
	if how == "wrong_number" {
		reason = "wrong_number"
	}
	return t.escalate(s.m, trouble{reason: reason, party: s.Party, subject: s.Key})
}

// confirmStop is the one text after an opt-out.
func (t *turn) confirmStop(seats []seat, key string) error {
	body, m, err := t.bareText(seats, key)
	if err != nil {
		return err
	}
	m.Class, m.StaleAt = store.ClassOptOut, store.At(t.now.Add(fixFor))
	return t.queue(&m, body, addressee{line: t.line, program: t.program})
}

// bareText is a text that says nothing of a case: to a number that has stopped, or is nobody's.
func (t *turn) bareText(seats []seat, key string) (string, store.Message, error) {
	m := store.Message{LineID: store.ID(t.line.ID), Template: key, AnswerUntil: t.answerUntil()}
	if len(seats) == 0 {
		f := t.program.File
		body, err := t.program.book.Victim(key, t.program.language(), true, false,
			templates.VictimText{DiscreetSender: f.DiscreetSender, Resources: t.resources(t.program.language())})
		return body, m, err
	}
	body, err := t.render(seats[0], text{key: key})
	m.CaseID, m.PartyID = store.ID(seats[0].m.ID), store.ID(seats[0].ID)
	return body, m, err
}

// wrongNumber: the number is somebody else's. Every text to it stops at once.
func (t *turn) wrongNumber(seats []seat) error {
	if err := t.stopLine(seats, "wrong_number"); err != nil {
		return err
	}
	return t.confirmStop(seats, "wrong_number.sorry")
}

// fromStopped answers a stopped party to START and HELP alone. What else it writes goes to a person.
func (t *turn) fromStopped(seats []seat, in twilio.Inbound, r understand.Reading) error {
	word := bare(in.Body)
	if t.line.OptedOutHow == "wrong_number" {
		// Somebody else's phone: whatever it says, it is on no case of ours, and no answer goes there. A
		// person sees that it wrote; the number may be right after all.
		if r.Risk != understand.RiskNone {
			return t.riskOfStopped(seats, r)
		}
		return t.escalate(seats[0].m, trouble{reason: "wrong_number", party: seats[0].Party, subject: seats[0].Key})
	}
	switch {
	case word == "yes" || word == "sí" || word == "si":
		// The carrier takes a bare YES for START; it may as well have been an answer.
		t.talk.Again, t.dirty = true, true
		return t.sayStopped(seats, "consent.again")
	case r.Intent == understand.Start || in.OptOutType == "START", t.talk.Again && word == "1":
		return t.startAgain(seats)
	case r.Intent == understand.Help || in.OptOutType == "HELP":
		return t.sayStopped(seats, "help.stopped")
	}
	if r.Risk != understand.RiskNone {
		return t.riskOfStopped(seats, r)
	}
	if t.talk.Again && word == "2" {
		t.talk.Again, t.dirty = false, true
		return nil
	}
	return t.escalate(seats[0].m, trouble{reason: "not_understood", party: seats[0].Party, subject: seats[0].Key})
}

// riskOfStopped tells the mediator of danger; the party itself is not texted.
func (t *turn) riskOfStopped(seats []seat, r understand.Reading) error {
	if r.Risk == understand.RiskNone || len(seats) == 0 {
		return nil
	}
	reason := "distress"
	if r.Risk == understand.RiskUrgent {
		reason = "safety"
	}
	return t.escalate(seats[0].m, trouble{reason: reason, party: seats[0].Party, subject: seats[0].Key})
}

func (t *turn) sayStopped(seats []seat, key string) error {
	body, m, err := t.bareText(seats, key)
	if err != nil {
		return err
	}
	m.Class = store.ClassStopped
	return t.queue(&m, body, addressee{line: t.line, program: t.program})
}

// startAgain: the person starts again, which is consent anew for each of its cases.
func (t *turn) startAgain(seats []seat) error {
	t.line.OptedOutAt, t.line.OptedOutHow = 0, ""
	t.talk.Again = false
	t.dirty = true
	for _, s := range seats {
		if err := t.consent(s, store.ConsentGiven, t.today(s.Party), "by text, after stopping"); err != nil {
			return err
		}
	}
	return t.sayStopped(seats, "consent.resumed")
}

// strangerToday is the day by which a stranger is answered once.
func (t *turn) strangerToday() calendar.Date { return calendar.On(t.now, t.program.zone) }

// strangerText answers a number that is nobody's; to a word of danger with the lines of help.
func (t *turn) strangerText(r understand.Reading) (string, error) {
	key := "stranger"
	if r.Risk != understand.RiskNone {
		key = "resources.list"
	}
	body, _, err := t.bareText(nil, key)
	return body, err
}
