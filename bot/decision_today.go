package bot

import (
	"context"

	"amends/store"
	"amends/store/calendar"
)

// Tell has the mediator told at once of what fell due and is not met, though its grace is not over.
type Tell struct {
	Commitment string
}

func (d Tell) decide(t *turn, m *matter) error {
	c := m.commitmentByKey(d.Commitment)
	if c == nil {
		return noCommitment(m, d.Commitment)
	}
	today := calendar.On(t.now, t.program.zone)
	reason, late := "missed_commitment", c.Due.Before(today) && !settled(c)
	if c.Kind == restitution {
		reason, late = "missed_payment", len(m.balance(c, today).Overdue) > 0
	}
	if !late {
		return store.NewError(store.Conflict, "Nothing of it is overdue.", nil)
	}
	if _, open, err := t.tx.FindOpenEscalation(m.ID, reason, c.Key); err != nil || open {
		if open {
			err = store.NewError(store.Conflict, "The mediator has been told already.", nil)
		}
		return err
	}
	if err := t.logDecision(m, c, "decision.tell"); err != nil {
		return err
	}
	return t.escalate(m, trouble{reason: reason, party: m.party(c.ByID), commitment: c, subject: c.Key})
}

// Dealt says that a person has dealt with a number that texts do not reach: the party is told by other means, say. Its
// escalation is resolved with it. No text goes to the number until TryNumber, or until it writes.
type Dealt struct {
	Party string
}

// TryNumber lets texts go again to a number that they did not reach.
type TryNumber struct {
	Party string
}

func (d Dealt) party() string     { return d.Party }
func (d TryNumber) party() string { return d.Party }

func (d Dealt) decide(t *turn, m *matter) error {
	p, err := t.lostLine(m, d.Party, "number.dealt")
	if err != nil {
		return err
	}
	t.line.DealtAt, t.dirty = store.At(t.now), true
	e, open, err := t.tx.FindOpenEscalation(m.ID, "unreachable", p.Key)
	if err != nil || !open {
		return err
	}
	who, err := t.staffOfTurn(m)
	if err != nil {
		return err
	}
	return t.resolve(m, &e, &who, t.tx.Reveal(t.words))
}

func (d TryNumber) decide(t *turn, m *matter) error {
	if _, err := t.lostLine(m, d.Party, "number.tried"); err != nil {
		return err
	}
	t.line.UnreachableAt, t.line.UnreachableWhy, t.line.DealtAt, t.dirty = 0, "", 0, true
	return nil
}

// lostLine takes in hand the line of a party that texts do not reach, and keeps in the log what a person does about it.
func (t *turn) lostLine(m *matter, key, action string) (*store.Party, error) {
	p, err := t.lineOf(m, key)
	if err != nil {
		return nil, err
	}
	if t.line.UnreachableAt == 0 {
		return nil, store.NewError(store.Conflict, "That number can be reached.", nil)
	}
	return p, t.log(store.Entry{CaseID: store.ID(m.ID), PartyID: store.ID(p.ID), Action: action, Subject: "party:" + p.Key, Words: t.words})
}

// settledWhy marks a stranger's text as dealt with.
const settledWhy = "settled"

// SettleText marks a text that came from a number nobody knows as dealt with.
func (b *Bot) SettleText(ctx context.Context, programKey string, by By, id string) error {
	return b.handle(ctx, by.actor(), func(t *turn) error {
		p, ok, err := t.tx.FindProgramByKey(programKey)
		if err != nil || !ok {
			return notThere(err, "program "+programKey)
		}
		x, ok, err := t.tx.LockMessage(id)
		switch {
		case err != nil:
			return err
		case !ok || x.ProgramID != p.ID || x.Direction != "in" || x.CaseID != 0 || x.StaffID != 0:
			return store.NewError(store.NotFound, "There is no such text.", nil)
		case x.Why != "":
			return store.NewError(store.Conflict, "That text is dealt with already.", nil)
		}
		x.Why = settledWhy
		if err := t.tx.SaveMessage(x); err != nil {
			return err
		}
		return t.log(store.Entry{ProgramID: store.ID(p.ID), Action: "stranger.settled", Subject: "message:" + x.ID, Words: t.tx.Seal(by.Why)})
	})
}
