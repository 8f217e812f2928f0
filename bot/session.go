package bot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"amends/flows"
	"amends/store"
)

// run is what a session keeps: how it began, the flow's own state, and what the first law needs to
// know of its texts.
type run struct {
	Entry string            `json:"entry,omitempty"`
	Vars  map[string]string `json:"vars,omitempty"` // that it starts with
	State flows.State       `json:"state"`
	Heard int               `json:"heard,omitempty"` // replies understood
	// Mended: FIX has put it back a step, so a number borne at its start no longer counts.
	Mended bool `json:"mended,omitempty"`
}

// manner is how a session's step is carried out.
type manner struct {
	answer bool        // it follows the party's own text
	quiet  bool        // the party is at risk: what was said is recorded, nothing more is asked
	class  store.Class // of its texts, where it isn't plain from the flow
}

// settleFor is the pause between the end of one subject and the start of the next one that waits.
const settleFor = 15 * time.Minute

// giveWay is how long what falls due waits for an open question.
const giveWay = 24 * time.Hour

// wish is a session to be begun when the line is free and the hour is right.
type wish struct {
	flow, entry string
	vars        map[string]string
	commitment  *store.Commitment
	at          time.Time     // when it is due; the zero time for now
	keeps       time.Duration // how long it still makes sense
}

// newSession puts a session on record as waiting.
func (t *turn) newSession(s seat, w wish) (*store.Session, error) {
	ses := &store.Session{
		ProgramID: t.program.ID, CaseID: s.m.ID, PartyID: s.ID, LineID: s.LineID, Flow: w.flow,
		Status: store.SessionWaiting, WantedAt: store.At(w.at), StaleAt: store.At(w.at.Add(w.keeps)),
		State: t.tx.SealJSON(run{Entry: w.entry, Vars: w.vars}),
	}
	if w.commitment != nil {
		ses.CommitmentID = store.ID(w.commitment.ID)
	}
	return ses, t.tx.AddSession(ses)
}

// converse begins a session at once, in answer to the party's own text.
func (t *turn) converse(s seat, w wish, how manner) error {
	w.at, w.keeps = t.now, giveWay
	ses, err := t.newSession(s, w)
	if err != nil {
		return err
	}
	return t.start(s, ses, how)
}

func (t *turn) end(ses *store.Session, outcome string) {
	ses.Status, ses.Outcome, ses.EndedAt = store.SessionEnded, outcome, store.At(t.now)
}

// start starts a session's flow.
func (t *turn) start(s seat, ses *store.Session, how manner) error {
	r := t.run(ses)
	r.State = flows.State{Flow: ses.Flow}
	if err := t.logCase(s.m, s.Party, "flow.begun", "flow:"+ses.Flow, r.Entry); err != nil {
		return err
	}
	return t.drive(s, ses, r, flows.Event{Kind: flows.Start, Entry: r.Entry, Vars: r.Vars}, how)
}

// run opens a session's state.
func (t *turn) run(ses *store.Session) *run {
	r := &run{}
	// A state that cannot be opened fails the transaction at its end; until then it reads as new.
	_ = t.tx.RevealJSON(ses.State, r)
	return r
}

// drive takes a session one event further: steps the flow, carries out what follows, feeds the
// results of actions back, until the flow waits for a reply or has ended.
func (t *turn) drive(s seat, ses *store.Session, r *run, ev flows.Event, how manner) error {
	wasOpen := ses.Status == store.SessionOpen
	var wait time.Duration
	for again := true; again; {
		again = false
		var err error
		if ev.Facts, err = t.facts(s, ses, ev); err != nil {
			return err
		}
		state, effects, err := t.program.flows.Step(r.State, ev)
		if err != nil {
			return fmt.Errorf("flow %s at step %q: %w", ses.Flow, r.State.Step, err)
		}
		r.State = state
		for _, e := range effects {
			if e.Kind == flows.Do {
				if ev, err = t.act(s, ses, r, e.Name); err != nil {
					return err
				}
				again = true
				continue
			}
			if err := t.carry(s, ses, r, e, how); err != nil {
				return err
			}
			wait = e.Wait
		}
	}
	ses.State = t.tx.SealJSON(r)
	if err := t.tx.SaveSession(ses); err != nil {
		return err
	}
	if ses.Status == store.SessionOpen {
		return t.armSilence(s, ses, wait)
	}
	if wasOpen || ses.Status == store.SessionEnded {
		return t.free(s)
	}
	return nil
}

// carry carries out one effect of a flow.
func (t *turn) carry(s seat, ses *store.Session, r *run, e flows.Effect, how manner) error {
	switch e.Kind {
	case flows.Say, flows.Ask:
		if how.quiet {
			if e.Kind == flows.Ask {
				t.end(ses, "at_risk")
			}
			return nil
		}
		if e.Kind == flows.Ask {
			if err := t.open(ses); err != nil {
				return err
			}
		}
		return t.say(s, t.textOf(s, ses, r, e, how))
	case flows.Record:
		return t.answered(s, ses, e.Name, e.Value)
	case flows.Escalate:
		return t.escalate(s.m, trouble{reason: e.Name, party: s.Party, commitment: s.m.commitment(int64(ses.CommitmentID)), subject: t.subject(s, ses, e.Name)})
	case flows.End:
		if r.State.Late != "" {
			// Nobody answered; a late answer still counts.
			ses.Status, ses.Outcome = store.SessionResting, e.Name
			return t.unanswered(s, ses, r)
		}
		t.end(ses, e.Name)
	}
	return nil
}

// textOf is the text of a flow's Say or Ask.
func (t *turn) textOf(s seat, ses *store.Session, r *run, e flows.Effect, how manner) text {
	x := text{key: e.Text, answer: how.answer, first: e.First && !how.answer, again: e.Again, vars: r.State.Vars,
		commitment: s.m.commitment(int64(ses.CommitmentID)), session: ses, class: how.class}
	if x.commitment == nil {
		x.commitment = t.moneyOf(s)
	}
	if x.class == "" {
		switch {
		case ses.Flow == flowConsent:
			x.class = store.ClassConsent
		case how.answer:
			x.class = store.ClassAnswer
		default:
			x.class = store.ClassPrompt
		}
	}
	if !how.answer {
		x.stale = ses.StaleAt.Time()
	}
	return x
}

// open makes a session the one whose question is open on its line; another one rests.
func (t *turn) open(ses *store.Session) error {
	other, busy, err := t.tx.FindOpenSession(ses.LineID)
	if err != nil {
		return err
	}
	if busy && other.ID != ses.ID {
		if err := t.rest(&other); err != nil {
			return err
		}
	}
	ses.Status, ses.AskedAt = store.SessionOpen, store.At(t.now)
	if t.talk.Hand != nil { // the question asked last is this one
		t.talk.Hand, t.dirty = nil, true
	}
	return nil
}

// sessionOf takes in hand the line, the case and the session that a due row is about.
func (t *turn) sessionOf(d store.Due) (seat, *store.Session, error) {
	p, err := t.tx.GetParty(int64(d.PartyID))
	if err != nil {
		return seat{}, nil, err
	}
	if err := t.enter(d.ProgramID); err != nil {
		return seat{}, nil, err
	}
	if err := t.holdLine(p.LineID); err != nil {
		return seat{}, nil, err
	}
	s, err := t.seat(p.CaseID, p.ID)
	if err != nil {
		return seat{}, nil, err
	}
	ses, err := t.tx.GetSession(int64(d.SessionID))
	return s, &ses, err
}

// answered puts an answer on record.
func (t *turn) answered(s seat, ses *store.Session, question, value string) error {
	a := store.Answer{CaseID: s.m.ID, PartyID: s.ID, SessionID: store.ID(ses.ID), Flow: ses.Flow, Question: question,
		Value: t.tx.Seal(value), At: store.At(t.now)}
	if err := t.tx.AddAnswer(&a); err != nil {
		return err
	}
	return t.logCase(s.m, s.Party, "answer.recorded", "question:"+ses.Flow+"."+question, "")
}

// subject is what an escalation of a flow is about, so that one only is open for it.
func (t *turn) subject(s seat, ses *store.Session, reason string) string {
	if c := s.m.commitment(int64(ses.CommitmentID)); c != nil && (reason == "dispute" || reason == "extension") {
		return c.Key
	}
	return s.Key
}

// clone is a deep copy of a flow's state, by the way that it is stored.
func clone(s flows.State) flows.State {
	var c flows.State
	b, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return s
	}
	return c
}

// wellbeingOf reads a scale's answer.
func wellbeingOf(v string) int {
	n, _ := strconv.Atoi(cmp.Or(v, "0"))
	return n
}
