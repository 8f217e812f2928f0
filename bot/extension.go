package bot

import (
	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// requestExtension puts LATER with a date before the mediator. The old date stands until then.
func (t *turn) requestExtension(s seat, ses *store.Session, c *store.Commitment, vars map[string]string) (string, error) {
	if c == nil || settled(c) {
		return "nothing", nil
	}
	to := varDate(vars, "date")
	if to.Before(t.today(s.Party)) {
		return "past", nil
	}
	w := wanted{Commitment: c.ID, Date: to.String(), Party: s.ID}
	if c.Kind == restitution {
		next := s.m.balance(c, t.today(s.Party)).NextDue
		if next == nil {
			return "nothing", nil
		}
		w.Entry = next.Entry
	}
	if !to.After(dueOf(s.m, c, t.today(s.Party))) {
		return "nothing", nil // there is time until then already
	}
	t.remember(s, ses, c, nil)
	if err := t.escalate(s.m, trouble{reason: "extension", party: s.Party, commitment: c, subject: c.Key, wants: &w}); err != nil {
		return "", err
	}
	e, _, err := t.tx.FindOpenEscalation(s.m.ID, "extension", c.Key)
	if err != nil {
		return "", err
	}
	t.talk.Last.Escalation = e.ID
	return "asked", nil
}

// decideExtension grants or declines a later date. The party hears the outcome; of a grant, the
// instalment moves by an entry and the old date stays visible.
func (t *turn) decideExtension(m *matter, e *store.Escalation, who store.Staff, grant bool) error {
	w := wants(e)
	c := m.commitment(w.Commitment)
	to := varDate(map[string]string{"date": w.Date}, "date")
	entry, note := "declined", "declined"
	told := dueOf(m, c, calendar.On(t.now, t.program.zone))
	if grant {
		entry, note, told = "granted", "granted until "+to.String(), to
		if err := t.reschedule(m, c, w.Entry, to, "staff:"+who.Key); err != nil {
			return err
		}
	}
	if err := t.resolve(m, e, &who, note); err != nil {
		return err
	}
	p := m.party(w.Party)
	return t.armSeat(seat{p, m}, wish{flow: flowExtension, entry: entry, commitment: c, at: t.now, keeps: outcomeKeeps,
		vars: map[string]string{"date": told.String()}})
}

// reschedule moves a commitment's date: of restitution, that of one instalment, by an entry.
func (t *turn) reschedule(m *matter, c *store.Commitment, entry int64, to calendar.Date, by string) error {
	if c.Kind != restitution {
		if settled(c) {
			return &ledger.Refusal{Code: ledger.Conflict, Sentence: "it is settled already"}
		}
		c.Status, c.Due = store.CommitmentRescheduled, to
		if err := t.log(store.Entry{CaseID: store.ID(m.ID), Action: "commitment.rescheduled", Subject: subjectOf(c), Why: "to " + to.String()}); err != nil {
			return err
		}
		return t.follow(m, c)
	}
	entries, err := ledger.Reschedule(m.Ledger[c.ID], entry, to, ledger.Mark{On: to, At: t.now, By: by})
	if err != nil {
		return err
	}
	c.Status = store.CommitmentRescheduled
	_, err = t.enterLedger(m, c, entries)
	return err
}

// dueOf is the date that stands for a commitment.
func dueOf(m *matter, c *store.Commitment, today calendar.Date) calendar.Date {
	if c.Kind != restitution {
		return c.Due
	}
	if next := m.balance(c, today).NextDue; next != nil {
		return next.Date
	}
	return today
}
