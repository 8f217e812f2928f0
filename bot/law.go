package bot

import (
	"time"

	"amends/store"
	"amends/store/calendar"
)

// answerFor is how long after a party's own text an answer to it may go at any hour: "within
// minutes". After that it keeps the hours, as any other text.
const answerFor = 15 * time.Minute

// Verdict says whether a text may go now (law 1). It is asked when a text is queued and once more
// when it is sent: consent, an opt-out or the hour may have changed in between.
type Verdict struct {
	Go    bool
	Drop  string    // why it never may: stale, opted_out, no_consent, case_closed, unreachable, moot
	Hold  string    // why it may not yet: hours, two_a_day, paused
	Until time.Time // when to ask again, if held
	// Before is by when a text that may go must have arrived, for it is not to lie at the carrier until
	// the night; the zero time for any hour.
	Before time.Time
}

// addressee is all that the first law asks about: whom a text would reach, and in what matter.
type addressee struct {
	line       *store.Line
	party      *store.Party
	status     store.CaseStatus
	pause      store.Pause // the case's
	hours      calendar.Hours
	zone       *time.Location
	perDay     int // unprompted texts a day
	today      int // those of the day, this one not counted
	escalation *store.Escalation
	staff      *store.Staff
	program    *program
}

// judge is the first law.
func judge(m *store.Message, to addressee, now time.Time) Verdict {
	if m.StaleAt != 0 && now.After(m.StaleAt.Time()) {
		return Verdict{Drop: "stale"}
	}
	prompt := m.AnswerUntil != 0 && !now.After(m.AnswerUntil.Time()) // an answer within minutes
	switch m.Class {
	case store.ClassStaff:
		return staffVerdict(to, Verdict{Go: true})
	case store.ClassAlert:
		return staffVerdict(to, judgeAlert(to, now))
	case store.ClassOptOut:
		return Verdict{Go: true}
	case store.ClassStopped, store.ClassStranger:
		if m.Class == store.ClassStranger && to.line.OptedOutAt != 0 {
			return Verdict{Drop: "opted_out"}
		}
		if !prompt {
			return Verdict{Drop: "stale"}
		}
		return Verdict{Go: true, Before: m.AnswerUntil.Time()}
	}
	switch {
	case to.line.OptedOutAt != 0:
		return Verdict{Drop: "opted_out"}
	case to.status == store.CaseClosed:
		return Verdict{Drop: "case_closed"}
	case m.Class != store.ClassConsent && to.party.Consent != store.ConsentGiven:
		return Verdict{Drop: "no_consent"}
	case prompt:
		return Verdict{Go: true, Before: m.AnswerUntil.Time()}
	case to.line.UnreachableAt != 0:
		return Verdict{Drop: "unreachable"}
	}
	if at := pausedTill(now, to.program.zone, m.StaleAt, to.pause, to.party.Pause); !at.IsZero() {
		return Verdict{Hold: heldPaused, Until: at}
	}
	at := to.hours.Next(now)
	if at.After(now) {
		return Verdict{Hold: "hours", Until: at}
	}
	if m.Class != store.ClassAnswer && to.today >= to.perDay {
		return Verdict{Hold: "two_a_day", Until: tomorrow(to, now)}
	}
	before := to.hours.End(now)
	if !before.IsZero() && before.Sub(now) < leastLeft {
		return Verdict{Hold: "hours", Until: tomorrow(to, now)}
	}
	return Verdict{Go: true, Before: before}
}

// leastLeft is what must be left of the allowed hours for a text to be sent in them.
const leastLeft = 2 * time.Minute

func staffVerdict(to addressee, v Verdict) Verdict {
	if to.staff == nil || !to.staff.Active || len(to.staff.Phone) == 0 {
		return Verdict{Drop: "unreachable"}
	}
	return v
}

// judgeAlert keeps an alert to the hours of its severity, and drops one that somebody has dealt
// with meanwhile.
func judgeAlert(to addressee, now time.Time) Verdict {
	e := to.escalation
	if e == nil {
		return Verdict{Go: true}
	}
	if e.Status == store.EscalationResolved {
		return Verdict{Drop: "moot"}
	}
	if at := alertHour(e.Severity, to.program, now); at.After(now) {
		return Verdict{Hold: "hours", Until: at}
	}
	if e.Severity == high {
		return Verdict{Go: true, Before: calendar.Hours{Zone: to.program.zone, Safe: []calendar.Window{alertWindow}}.End(now)}
	}
	return Verdict{Go: true}
}

// tomorrow is the first allowed instant of the party's next day.
func tomorrow(to addressee, now time.Time) time.Time {
	return to.hours.Next(calendar.At(calendar.On(now, to.zone).AddDays(1), 0, to.zone))
}

// MayGo judges claimed texts as they stand now. The caller's transaction holds their rows.
func (b *Bot) MayGo(tx *store.Tx, texts []store.Outgoing, now time.Time) ([]Verdict, error) {
	var lines []store.ID
	for i := range texts {
		if isPrompt(texts[i].Class) {
			lines = append(lines, texts[i].LineID)
		}
	}
	utc := calendar.On(now, time.UTC) // it is yesterday or tomorrow somewhere
	prompts, err := tx.CountPromptsOf(lines, utc.AddDays(-1), utc, utc.AddDays(1))
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(texts))
	for i := range texts {
		to, err := b.addresseeOf(tx, &texts[i])
		if err != nil {
			return nil, err
		}
		if m := &texts[i].Message; isPrompt(m.Class) {
			today := calendar.On(now, to.zone)
			to.today = prompts[store.LineDay{LineID: m.LineID, Day: today}]
			if m.Day == today {
				to.today-- // itself
			}
		}
		verdicts[i] = judge(&texts[i].Message, to, now)
	}
	return verdicts, nil
}

// isPrompt tells whether a text is one of the day's two.
func isPrompt(c store.Class) bool { return c == store.ClassPrompt || c == store.ClassConsent }

// addresseeOf is all that the first law asks about a claimed text, but for the day's count.
func (b *Bot) addresseeOf(tx *store.Tx, o *store.Outgoing) (addressee, error) {
	to := addressee{line: &o.Line, status: o.CaseStatus, pause: o.CasePause}
	var err error
	if to.program, err = b.program(tx, o.ProgramID); err != nil {
		return to, err
	}
	if o.StaffID != 0 {
		to.staff = &store.Staff{ID: int64(o.StaffID), Phone: o.Phone, Active: o.StaffActive}
		if o.Class == store.ClassAlert && o.EscalationID != 0 {
			e, err := tx.GetEscalation(int64(o.EscalationID))
			if err != nil {
				return to, err
			}
			to.escalation = &e
		}
		return to, nil
	}
	if o.PartyID != 0 {
		to.ofParty(&store.Party{ID: int64(o.PartyID), LineID: int64(o.LineID), Zone: o.Zone, Hours: o.Hours, Consent: o.Consent, Pause: o.PartyPause})
	}
	return to, nil
}

// ofParty adds a party's consent and hours.
func (to *addressee) ofParty(p *store.Party) {
	to.party = p
	to.zone = zoneOf(p.Zone)
	to.hours = to.program.hoursOf(p)
	to.perDay = to.program.policy.UnpromptedADay
}

// inHours adds a party's consent and hours, and the count of the day that a text about to be queued falls on.
func (b *Bot) inHours(tx *store.Tx, to *addressee, p *store.Party, m *store.Message, now time.Time) error {
	to.ofParty(p)
	if !isPrompt(m.Class) {
		return nil
	}
	var err error
	to.today, err = tx.CountPrompts(p.LineID, calendar.On(now, to.zone))
	return err
}
