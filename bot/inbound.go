package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/store"
)

// readAtMost is how much of a text is read for its meaning, in characters: as much as one text can
// carry. All of it is kept.
const readAtMost = 1600

// Inbound takes a text that came in, once however often it is delivered. It returns nil once what
// follows from it is committed, and an error only if nothing was recorded.
//
// A text that something of ours cannot deal with is not lost for that: it is kept, and goes to a person
// with an alarm for the operator.
func (b *Bot) Inbound(ctx context.Context, in twilio.Inbound) error {
	err := b.handle(ctx, actorSystem, func(t *turn) error { return t.inbound(in, (*turn).fromParty) })
	if err == nil || ctx.Err() != nil || store.Outage(err) {
		return err
	}
	b.Log.ErrorContext(ctx, "a text could not be dealt with; it is kept for a person", "sid", in.SID, "error", err)
	return b.handle(ctx, actorSystem, func(t *turn) error { return t.inbound(in, (*turn).toPerson) })
}

// toPerson keeps a text that could not be dealt with for a person.
func (t *turn) toPerson(seats []seat, _ twilio.Inbound) error {
	if _, err := t.tx.RaiseAlarm(t.program.ID, "text_fails", t.event, t.now); err != nil {
		return err
	}
	return t.escalate(seats[0].m, trouble{reason: "not_understood", party: seats[0].Party, subject: seats[0].Key})
}

// dealing does what a party's text means.
type dealing func(*turn, []seat, twilio.Inbound) error

// inbound keeps a text and gives it to the one whom its sender's number says.
func (t *turn) inbound(in twilio.Inbound, deal dealing) error {
	t.came = in.At
	door, ok, err := t.tx.LockDoor(in.To, in.From, in.SID, store.At(t.now.Add(-floodFor)), floodAnswers+1)
	if err != nil || door.Seen {
		return err
	}
	if !ok || door.Staff {
		return t.atAnotherDoor(in, deal)
	}
	if t.program, err = t.b.openProgram(t.tx, door.Program); err != nil {
		return err
	}
	t.told = door.Answers
	return t.onLine(door.Line, door.Cases, in, deal)
}

// atAnotherDoor is a text by way of a messaging service, from a staff member, a stranger or to nobody.
func (t *turn) atAnotherDoor(in twilio.Inbound, deal dealing) error {
	row, ok, err := t.tx.FindProgramByNumber(in.To)
	if err == nil && !ok && in.MessagingService != "" {
		row, ok, err = t.tx.FindProgramByService(in.MessagingService)
	}
	if err != nil {
		return err
	}
	if !ok {
		// Nobody's number: there is nowhere to record it. Twilio is told that all is well, for no
		// repetition would help.
		t.b.Log.WarnContext(t.ctx, "a text came to a number that is no program's", "sid", in.SID)
		return nil
	}
	if t.program, err = t.b.openProgram(t.tx, row); err != nil {
		return err
	}
	who, isStaff, err := t.tx.FindStaffByPhone(t.program.ID, in.From)
	if err != nil {
		return err
	}
	if isStaff {
		return t.fromStaff(who, in)
	}
	line, err := t.tx.LockLine(t.program.ID, in.From)
	if err != nil {
		return err
	}
	cases, err := t.tx.LockCasesOnLine(line.ID)
	if err != nil {
		return err
	}
	if t.told, err = t.tx.CountAnswers(line.ID, store.At(t.now.Add(-floodFor)), floodAnswers+1); err != nil {
		return err
	}
	return t.onLine(line, cases, in, deal)
}

// onLine is a text on a line, with the line's cases.
func (t *turn) onLine(line store.Line, cases []store.Case, in twilio.Inbound, deal dealing) error {
	if err := t.hold(line); err != nil {
		return err
	}
	seats, err := t.seatsIn(cases)
	if err != nil {
		return err
	}
	m := store.Message{LineID: store.ID(line.ID)}
	if len(seats) > 0 {
		open, err := t.lastAsked(seats)
		if err != nil {
			return err
		}
		m.CaseID, m.PartyID = store.ID(open.m.ID), store.ID(open.ID)
		t.actor = "party:" + open.Key
	} else {
		t.actor = "stranger"
	}
	if fresh, err := t.keep(&m, in); err != nil || !fresh {
		return err
	}
	if line.UnreachableAt != 0 { // it is reachable after all
		t.line.UnreachableAt, t.line.UnreachableWhy = 0, ""
		t.dirty = true
	}
	if len(seats) == 0 {
		return t.fromStranger(in)
	}
	return deal(t, seats, in)
}

// keep puts a text that came in on record; false if it had come before.
func (t *turn) keep(m *store.Message, in twilio.Inbound) (bool, error) {
	m.ID, m.ProgramID, m.Direction, m.Class, m.Status = t.b.NewID(), t.program.ID, "in", store.ClassIn, store.MessageReceived
	m.SID, m.Body, m.Segments, m.Event = store.Word(in.SID), t.tx.Seal(in.Body), max(1, in.Segments), t.event
	m.QueuedAt, m.NextAt = store.At(t.now), store.At(t.now)
	fresh, err := t.tx.AddInbound(m)
	if err != nil || !fresh {
		return false, err
	}
	t.words = m.Body
	t.step("text.received", t.event, m.ID, "")
	return true, t.log(store.Entry{CaseID: m.CaseID, PartyID: m.PartyID, Action: "text.received", Subject: "message:" + m.ID})
}

// fromStranger answers a number that is nobody's, or whose cases are closed: neutrally, and once a
// day at most. A word of danger is answered all the same.
func (t *turn) fromStranger(in twilio.Inbound) error {
	reading := t.b.Reader.Read(understand.Input{Text: cut(in.Body), Lang: t.program.language(), Role: understand.Victim, Now: t.now.In(t.program.zone)})
	if reading.Intent == understand.Stop || in.OptOutType == "STOP" {
		return t.optOut(nil, in, reading)
	}
	if reading.Intent == understand.Start || in.OptOutType == "START" {
		t.line.OptedOutAt, t.line.OptedOutHow = 0, ""
		t.dirty = true
	}
	danger := reading.Risk != understand.RiskNone
	if danger {
		if err := t.dangerOfClosed(reading); err != nil {
			return err
		}
	}
	today := t.strangerToday()
	if t.line.GreetedOn == today && !danger {
		return nil
	}
	t.line.GreetedOn = today
	t.dirty = true
	body, err := t.strangerText(reading)
	if err != nil {
		return err
	}
	m := store.Message{LineID: store.ID(t.line.ID), Class: store.ClassStranger, Template: "stranger", AnswerUntil: t.answerUntil()}
	return t.queue(&m, body, addressee{line: t.line, program: t.program})
}

// dangerOfClosed tells the mediator of danger that somebody writes of whose cases are closed.
func (t *turn) dangerOfClosed(r understand.Reading) error {
	parties, err := t.tx.PartiesOnLine(t.line.ID)
	if err != nil || len(parties) == 0 {
		return err
	}
	last := slices.MaxFunc(parties, func(a, b store.Party) int { return cmp.Compare(a.CaseID, b.CaseID) })
	m, err := t.matter(last.CaseID)
	if err != nil {
		return err
	}
	return t.riskOfStopped([]seat{{m.party(last.ID), m}}, r)
}

// fromParty finds out what a party's text means and does it.
func (t *turn) fromParty(seats []seat, in twilio.Inbound) error {
	if err := t.noteHeard(); err != nil {
		return err
	}
	for _, s := range seats {
		if s.Unanswered > 0 {
			s.Unanswered = 0
			if err := t.tx.SaveParty(*s.Party); err != nil {
				return err
			}
		}
	}
	q, err := t.question(seats)
	if err != nil {
		return err
	}
	reading := t.read(q, in.Body)
	if q.session == nil && reading.Intent == understand.Unclear {
		q, reading = t.asAnother(seats, q, reading, in.Body)
	}
	asked, reading := t.besideConsent(q, reading, in.Body)
	if err := t.understood(asked, reading, in.Body); err != nil {
		return err
	}
	switch {
	case reading.Intent == understand.Stop || in.OptOutType == "STOP":
		return t.optOut(seats, in, reading)
	case t.line.OptedOutAt != 0:
		return t.fromStopped(seats, in, reading)
	case reading.Intent == understand.WrongNumber:
		return t.wrongNumber(seats)
	case t.told >= floodAnswers && reading.Risk == understand.RiskNone:
		return t.flood(q)
	}
	h := hearing{t: t, seats: seats, q: q, in: in, reading: reading}
	return h.hear()
}

// A line gets floodAnswers answers within floodFor: a person writes a few texts an hour, a check-in has five
// questions. What comes beyond is kept, and a person looks at it. STOP and danger are heard all the same.
const (
	floodAnswers = 60
	floodFor     = time.Hour
)

// flood is one text too many to be answered: the first is told that a person will look.
func (t *turn) flood(q question) error {
	if err := t.logCase(q.m, q.Party, "text.unanswered", "", "too many in an hour"); err != nil || t.told > floodAnswers {
		return err
	}
	if err := t.escalate(q.m, trouble{reason: "not_understood", party: q.Party, subject: q.Key}); err != nil {
		return err
	}
	return t.answerTo(q.seat, "common.person", text{})
}

// noteHeard keeps when the line last wrote, as exactly as its questions need it: a text that follows another
// since the last question changes nothing in the line's row.
func (t *turn) noteHeard() error {
	live, err := t.tx.LiveSessions(t.line.ID)
	for _, ses := range live {
		if ses.WantedAt > t.talk.HeardAt && ses.WantedAt <= store.At(t.now) {
			t.talk.HeardAt, t.dirty = store.At(t.now), true
		}
	}
	return err
}

// asAnother reads a text that makes no sense from one party of a shared phone as another's.
func (t *turn) asAnother(seats []seat, q question, r understand.Reading, body string) (question, understand.Reading) {
	for _, s := range seats {
		if s.Side == q.Side {
			continue
		}
		other := question{seat: s}
		if reading := t.read(other, body); reading.Intent != understand.Unclear {
			return other, reading
		}
	}
	return q, r
}

// besideConsent reads a text again, as one that nobody asked for, that looks like a yes to our texts and says
// something else: "ya pagué 50" begins as a yes does. Whoever means yes is asked for a 1 and writes it.
func (t *turn) besideConsent(q question, r understand.Reading, body string) (question, understand.Reading) {
	if q.session == nil || q.session.Flow != flowConsent || r.Intent != understand.Answer || strings.HasPrefix(bare(body), "1") {
		return q, r
	}
	if answer, _ := canonical(q, r, body); answer != "yes" {
		return q, r
	}
	free := q
	free.expect = understand.Expect{}
	if own := t.read(free, body); own.Intent != understand.Unclear && own.Intent != understand.Answer {
		return free, own
	}
	return q, r
}

// understood notes what a text was taken to mean and, sealed, which of its words decided: staff see it in
// the history of what came of it.
func (t *turn) understood(q question, r understand.Reading, body string) error {
	why := t.b.Reader.Explain(t.input(q, body)).Why
	return t.log(store.Entry{CaseID: store.ID(q.m.ID), PartyID: store.ID(q.ID), Action: "text.understood",
		Why: string(r.Intent) + ", risk " + string(r.Risk), Words: t.tx.Seal(strings.Join(why, "; "))})
}

// question is what was last asked on a line, and of whom: the open question, if there is one.
type question struct {
	seat
	session *store.Session // nil if no question is open
	run     *run
	expect  understand.Expect
	asks    string   // its name
	options []string // of a choice, as flows spell them
}

// question finds the open question of the line in hand.
func (t *turn) question(seats []seat) (question, error) {
	ses, open, err := t.tx.FindOpenSession(t.line.ID)
	if err != nil {
		return question{}, err
	}
	if open {
		for _, s := range seats {
			if s.ID == ses.PartyID {
				return t.questionOf(s, &ses)
			}
		}
	}
	s, err := t.lastAsked(seats)
	return question{seat: s}, err
}

// questionOf is a session's question.
func (t *turn) questionOf(s seat, ses *store.Session) (question, error) {
	q := question{seat: s, session: ses, run: t.run(ses)}
	if e, name, _, ok := t.program.flows.Expect(q.run.State); ok {
		q.asks, q.options = name, e.Options
		q.expect = expectOf(e, func(word string) string { return t.program.book.Word(word, s.Language) })
	}
	return q, nil
}

// lastAsked is the party of the line that a text is taken to be from: the one asked last, else the
// first.
func (t *turn) lastAsked(seats []seat) (seat, error) {
	if len(seats) == 1 {
		return seats[0], nil
	}
	open, ok, err := t.tx.FindOpenSession(t.line.ID)
	if err != nil {
		return seat{}, err
	}
	if !ok {
		resting, err := t.tx.RestingSessions(t.line.ID, store.At(t.now.Add(-lateFor)))
		if err != nil || len(resting) == 0 {
			return seats[0], err
		}
		open = resting[0]
	}
	for _, s := range seats {
		if s.ID == open.PartyID {
			return s, nil
		}
	}
	return seats[0], nil
}

// read finds out what a text means to a question.
func (t *turn) read(q question, body string) understand.Reading {
	r := t.b.Reader.Read(t.input(q, body))
	if q.expect.Kind != understand.YesNo {
		return r
	}
	switch r.Intent {
	case understand.Answer, understand.Stop, understand.WrongNumber, understand.Start, understand.Language:
		return r
	}
	// Our yes-or-no questions are asked by digits: "2, but call me" is a no.
	digits := q
	digits.expect = understand.Expect{Kind: understand.Choice, Options: []string{t.program.book.Word("yes", q.Language), t.program.book.Word("no", q.Language)}}
	if c := t.b.Reader.Read(t.input(digits, body)); c.Intent == understand.Answer && c.Choice != nil {
		yes := *c.Choice == 1
		c.Yes, c.Choice = &yes, nil
		return c
	}
	return r
}

func (t *turn) input(q question, body string) understand.Input {
	return understand.Input{Text: cut(body), Lang: q.Language, Role: q.Side, Expect: q.expect, Now: t.now.In(zoneOf(q.Zone))}
}

// cut bounds a text to what is read of it.
func cut(body string) string {
	if utf8.RuneCountInString(body) <= readAtMost {
		return body
	}
	return string([]rune(body)[:readAtMost])
}

// bare is a text folded for comparison with a single word: no case, no marks, no blanks around.
func bare(body string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(body), ".!¡¿?\"' "))
}
