package bot

import (
	"fmt"
	"time"

	"amends/store"
	"amends/store/calendar"
)

// Pause holds the texts to a party, or to all of a case, until a day or until a person ends it.
//
// What the service would begin of itself waits: check-ins, reminders, statements, the request for consent, what a person
// writes by hand. It begins or goes when the pause ends, if it still makes sense then, and is dropped with an entry as soon
// as it makes none. What a party itself writes is heard and answered all the same, STOP, HELP and danger first of all: who
// writes waits for an answer, and silence would look like a refusal. What is agreed stays agreed: a date that passes in a
// pause is missed, and a person hears of it (law 5).
type Pause struct {
	Party string        // its key; "" for the whole case
	Until calendar.Date // the day on which texts go again, where the program is; zero for until Resume
}

// Resume ends a pause.
type Resume struct {
	Party string // its key; "" for that of the whole case
}

const heldPaused = "paused"

// pauseLook is how often what waits for a pause without an end looks again whether it still makes sense. When the pause is
// ended by a person, it is looked at at once.
const pauseLook = 24 * time.Hour

func (d Pause) decide(t *turn, m *matter) error {
	today := calendar.On(t.now, t.program.zone)
	switch {
	case m.Status == store.CaseClosed:
		return store.NewError(store.Conflict, fmt.Sprintf("Case %s is closed: no texts go.", m.Reference), nil)
	case !d.Until.IsZero() && !d.Until.After(today):
		return store.NewError(store.Invalid, "The day on which texts go again lies ahead, tomorrow at the earliest.", nil)
	}
	p, err := pausable(m, d.Party)
	if err != nil {
		return err
	}
	why := "until a person ends it"
	if !d.Until.IsZero() {
		why = "until " + d.Until.String()
	}
	pause := store.Pause{PausedAt: store.At(t.now), PausedUntil: d.Until, PausedBy: store.Word(t.actor)}
	due := store.Due{Kind: dueResume, CaseID: store.ID(m.ID), Armed: int64(pause.PausedAt)}
	if p != nil {
		due.PartyID = store.ID(p.ID)
	}
	if err := t.setPause(m, p, pause, "pause.begun", why); err != nil {
		return err
	}
	if d.Until.IsZero() {
		return nil
	}
	due.DueAt = store.At(pause.Ends(t.program.zone))
	return t.arm(due)
}

func (d Resume) decide(t *turn, m *matter) error {
	p, err := pausable(m, d.Party)
	if err != nil {
		return err
	}
	if pauseOf(m, p).PausedAt == 0 {
		return store.NewError(store.Conflict, "Those texts are not paused.", nil)
	}
	return t.resume(m, p, "by a person's word")
}

// pausable is the party of a key, nil for the whole case.
func pausable(m *matter, key string) (*store.Party, error) {
	if key == "" {
		return nil, nil
	}
	p := m.partyByKey(key)
	switch {
	case p == nil:
		return nil, noParty(m, key)
	case !m.texts(p):
		return nil, store.NewError(store.Invalid, fmt.Sprintf("Party %s gets no texts of its own: pause those to party %s.", key, m.texter(m.stands(p)).Key), nil)
	}
	return p, nil
}

func noParty(m *matter, key string) error {
	return store.NewError(store.NotFound, fmt.Sprintf("There is no party %s in case %s.", key, m.Reference), nil)
}

// pauseOf is the pause of a party, or, with none, that of the case.
func pauseOf(m *matter, p *store.Party) *store.Pause {
	if p == nil {
		return &m.Case.Pause
	}
	return &p.Pause
}

// setPause writes a pause or its end, and has what waits looked at anew.
func (t *turn) setPause(m *matter, p *store.Party, pause store.Pause, action, why string) error {
	*pauseOf(m, p) = pause
	e := store.Entry{CaseID: store.ID(m.ID), Action: action, Subject: "case", Why: why, Words: t.words}
	var err error
	if p == nil {
		err = t.tx.SaveCase(m.Case)
	} else {
		e.PartyID, e.Subject = store.ID(p.ID), "party:"+p.Key
		err = t.tx.SaveParty(*p)
	}
	if err != nil {
		return err
	}
	if err := t.log(e); err != nil {
		return err
	}
	return t.judgeAgain(m, p)
}

func (t *turn) resume(m *matter, p *store.Party, why string) error {
	if err := t.setPause(m, p, store.Pause{}, "pause.ended", why); err != nil {
		return err
	}
	sessions, err := t.tx.SessionsOf(m.ID)
	if err != nil {
		return err
	}
	for _, ses := range sessions {
		to := m.party(ses.PartyID)
		if ses.Status != store.SessionWaiting || p != nil && to.ID != p.ID || ses.WantedAt.Time().After(t.now) {
			continue
		}
		if err := t.arm(store.Due{Kind: dueBegin, DueAt: store.At(t.program.hoursOf(to).Next(t.now)), SessionID: store.ID(ses.ID),
			CaseID: store.ID(m.ID), PartyID: store.ID(to.ID), Armed: ses.Version}); err != nil {
			return err
		}
	}
	return nil
}

// judgeAgain has the sender ask at once of what is held whether it may go, and why not.
func (t *turn) judgeAgain(m *matter, p *store.Party) error {
	held, err := t.tx.HeldTexts(m.ID)
	if err != nil {
		return err
	}
	for _, id := range held {
		x, ok, err := t.tx.LockMessage(id)
		if err != nil {
			return err
		}
		to := m.party(int64(x.PartyID))
		waits := x.Why == "hours" || x.Why == "two_a_day" || x.Why == heldPaused
		if !ok || x.Status != store.MessageHeld || !waits || to == nil || p != nil && to.ID != p.ID {
			continue
		}
		asked := x.Why == heldPaused && x.SessionID != 0
		x.NextAt = store.At(t.now)
		if isPrompt(x.Class) {
			x.Day = t.today(to)
		}
		if err := t.tx.SaveMessage(x); err != nil {
			return err
		}
		if !asked || t.isPaused(m, to) {
			continue
		}
		if err := t.askedNow(m, to, int64(x.SessionID)); err != nil {
			return err
		}
	}
	t.tx.Notify()
	return nil
}

// askedNow has the time for an answer begin when a question that a pause held back goes.
func (t *turn) askedNow(m *matter, p *store.Party, sessionID int64) error {
	ses, err := t.tx.GetSession(sessionID)
	if err != nil || ses.Status != store.SessionOpen {
		return err
	}
	ses.AskedAt = store.At(t.now)
	if err := t.tx.SaveSession(&ses); err != nil {
		return err
	}
	return t.armSilence(seat{p, m}, &ses, giveWay)
}

// isPaused says whether the texts to a party are paused now.
func (t *turn) isPaused(m *matter, p *store.Party) bool {
	return !pausedTill(t.now, t.program.zone, 0, m.Case.Pause, p.Pause).IsZero()
}

// resumeDue ends a pause whose day has come, if it is still the one that was armed for (law 7).
func (t *turn) resumeDue(d store.Due) error {
	if err := t.enter(d.ProgramID); err != nil {
		return err
	}
	m, err := t.matter(int64(d.CaseID))
	if err != nil {
		return err
	}
	var p *store.Party
	if d.PartyID != 0 {
		p = m.party(int64(d.PartyID))
	}
	if int64(pauseOf(m, p).PausedAt) != d.Armed {
		return nil
	}
	return t.resume(m, p, "its day has come")
}

// pausedTill is when what waits for the pauses is to be looked at again: at their end, or when it makes no sense any more
// (stale, which may be none), whichever comes first. The zero time if nothing is paused.
func pausedTill(now time.Time, zone *time.Location, stale store.Instant, pauses ...store.Pause) time.Time {
	var at time.Time
	for _, p := range pauses {
		if !p.Holds(now, zone) {
			continue
		}
		ends := p.Ends(zone)
		if ends.IsZero() {
			ends = now.Add(pauseLook)
		}
		if ends.After(at) {
			at = ends
		}
	}
	if over := stale.Time().Add(time.Millisecond); !at.IsZero() && stale != 0 && over.After(now) && over.Before(at) {
		return over
	}
	return at
}
