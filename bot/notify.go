package bot

import (
	"encoding/json"
	"time"

	"amends/store"
)

// notice is a wish for a party whose line this turn does not hold: it goes by a due row, so that no
// turn ever holds two lines. It bears ids, dates and cents, nothing personal.
type notice struct {
	Flow  string            `json:"flow"`
	Entry string            `json:"entry,omitempty"`
	Vars  map[string]string `json:"vars,omitempty"`
	Keeps time.Duration     `json:"keeps"`
}

// armSeat puts a wish on the list for a party, whatever its line.
func (t *turn) armSeat(s seat, w wish) error {
	args, err := json.Marshal(notice{w.flow, w.entry, w.vars, w.keeps})
	if err != nil {
		return err
	}
	d := store.Due{Kind: dueNotify, DueAt: store.At(w.at), CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Args: string(args)}
	if w.commitment != nil {
		d.CommitmentID = store.ID(w.commitment.ID)
	}
	return t.arm(d)
}

// notify puts a notice's session in line.
func (t *turn) notify(d store.Due) error {
	var n notice
	if err := json.Unmarshal([]byte(d.Args), &n); err != nil {
		return err
	}
	s, err := t.partyOf(d)
	if err != nil {
		return err
	}
	if s.m.Status == store.CaseClosed {
		return nil
	}
	return t.want(s, wish{flow: n.Flow, entry: n.Entry, vars: n.Vars, at: d.DueAt.Time(), keeps: n.Keeps,
		commitment: s.m.commitment(int64(d.CommitmentID))})
}

// partyOf takes in hand the line and the case of the party that a due row is about.
func (t *turn) partyOf(d store.Due) (seat, error) {
	p, err := t.tx.GetParty(int64(d.PartyID))
	if err != nil {
		return seat{}, err
	}
	if err := t.enter(d.ProgramID); err != nil {
		return seat{}, err
	}
	if err := t.holdLine(p.LineID); err != nil {
		return seat{}, err
	}
	return t.seat(p.CaseID, p.ID)
}
