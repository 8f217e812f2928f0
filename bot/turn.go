package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"amends/store"
	"amends/store/calendar"
)

// Who acts, where it is neither a party nor a staff member.
const (
	actorSystem  = "system"
	actorCarrier = "carrier"
	actorCommand = "command"
)

// turn is one event on its way through one transaction: the door, the lock on the line, the cases,
// and what came of it. Locks are taken in one order, a due row, a line, cases by ascending id, so
// that no two turns wait for each other.
type turn struct {
	b     *Bot
	tx    *store.Tx
	ctx   context.Context
	now   time.Time
	event string // bears this turn's entries and texts together
	actor string

	program *program
	line    *store.Line
	talk    talk
	matters map[int64]*matter // the cases in hand, locked
	dirty   bool              // the line or its talk has changed
	came    time.Time         // when the party's own text came, if that is what this turn is about
	told    int               // answers to the line in the last hour, see flood
	words   store.Sealed      // the party's own words, for the entries that keep them
	steps   []step            // of texts, for the program's log
}

// step is one of a text's: it came in, was queued, sent, delivered. Event is the one that the text began with: in the
// program's log it leads from a text that came in to what became of each answer.
type step struct{ action, event, message, why string }

func (t *turn) step(action, event, message, why string) {
	t.steps = append(t.steps, step{action, event, message, why})
}

// log appends to the compliance log.
func (t *turn) log(e store.Entry) error {
	e.At = store.At(t.now)
	e.Actor = cmp.Or(e.Actor, t.actor)
	e.Event = t.event
	if e.ProgramID == 0 && t.program != nil {
		e.ProgramID = store.ID(t.program.ID)
	}
	return t.tx.Log(e)
}

// logCase appends to the compliance log about a case and, where there is one, a party.
func (t *turn) logCase(m *matter, p *store.Party, action, subject, why string) error {
	e := store.Entry{CaseID: store.ID(m.ID), Action: action, Subject: subject, Why: why}
	if p != nil {
		e.PartyID = store.ID(p.ID)
	}
	return t.log(e)
}

// enter makes a program the one this turn is about.
func (t *turn) enter(programID int64) error {
	p, err := t.b.program(t.tx, programID)
	if err != nil {
		return err
	}
	t.program = p
	return nil
}

// hold takes a line and its talk in hand.
func (t *turn) hold(line store.Line) error {
	if err := t.finish(); err != nil {
		return err
	}
	t.line = &line
	t.talk = talk{}
	if len(line.Talk) == 0 {
		return nil
	}
	return t.tx.RevealJSON(line.Talk, &t.talk)
}

// holdLine locks a line by its id.
func (t *turn) holdLine(id int64) error {
	line, err := t.tx.LockLineByID(id)
	if err != nil {
		return err
	}
	return t.hold(line)
}

// matter locks a case and loads it, once a turn.
func (t *turn) matter(caseID int64) (*matter, error) {
	if m, ok := t.matters[caseID]; ok {
		return m, nil
	}
	c, err := t.tx.LockCase(caseID)
	if err != nil {
		return nil, err
	}
	err = t.load([]store.Case{c})
	return t.matters[caseID], err
}

// load loads locked cases, those that are not in hand yet.
func (t *turn) load(cases []store.Case) error {
	cases = slices.DeleteFunc(slices.Clone(cases), func(c store.Case) bool { return t.matters[c.ID] != nil })
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	loaded, err := t.tx.MattersOf(ids...)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if t.program == nil || t.program.ID != c.ProgramID {
			if err := t.enter(c.ProgramID); err != nil {
				return err
			}
		}
		m := &matter{Case: c, Matter: *loaded[c.ID]}
		if m.policy, err = policyIn(t.program, c); err != nil {
			return err
		}
		t.matters[c.ID] = m
	}
	return nil
}

// seat is a party with its case.
type seat struct {
	*store.Party
	m *matter
}

// seats are the parties on the line in hand whose cases are not closed, their cases locked by
// ascending id.
func (t *turn) seats() ([]seat, error) {
	cases, err := t.tx.LockCasesOnLine(t.line.ID)
	if err != nil {
		return nil, err
	}
	return t.seatsIn(cases)
}

// seatsIn are the seats of the line in hand in its locked cases.
func (t *turn) seatsIn(cases []store.Case) ([]seat, error) {
	if err := t.load(cases); err != nil {
		return nil, err
	}
	var seats []seat
	for _, c := range cases {
		m := t.matters[c.ID]
		if m.Status == store.CaseClosed { // in this turn
			continue
		}
		for i := range m.Parties {
			if m.Parties[i].LineID == t.line.ID {
				seats = append(seats, seat{&m.Parties[i], m})
			}
		}
	}
	return seats, nil
}

// seat takes one party of a case in hand.
func (t *turn) seat(caseID, partyID int64) (seat, error) {
	m, err := t.matter(caseID)
	if err != nil {
		return seat{}, err
	}
	p := m.party(partyID)
	if p == nil {
		return seat{}, fmt.Errorf("party %d is not in case %d", partyID, caseID)
	}
	return seat{p, m}, nil
}

// finish writes what the turn holds until its end.
func (t *turn) finish() error {
	if !t.dirty {
		return nil
	}
	t.line.Talk = t.tx.SealJSON(t.talk)
	t.dirty = false
	return t.tx.SaveLine(*t.line)
}

// answerUntil is until when an answer to the text in hand is one.
func (t *turn) answerUntil() store.Instant {
	came := t.came
	if came.IsZero() {
		came = t.now
	}
	return store.At(came.Add(answerFor))
}

// today is the date on a party's wall clock.
func (t *turn) today(p *store.Party) calendar.Date { return calendar.On(t.now, zoneOf(p.Zone)) }

// zoneOf loads an IANA zone; the files that name them were checked, so a zone that this machine
// lacks is read as UTC rather than stopping the case.
func zoneOf(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// zones are those read so far: to read one takes longer than a statement.
var zones sync.Map
