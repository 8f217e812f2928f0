package bot

import (
	"cmp"
	"slices"
	"time"

	"amends/store"
	"amends/store/calendar"
)

// graceSpare: the escalation opens at the start of allowed hours on the day after the grace.
const graceSpare = 1

// stage is one thing that a commitment's date brings: a reminder, or the end of grace.
type stage struct {
	at    time.Time
	on    calendar.Date // the day it belongs to
	entry string        // of the reminder: before, today, after; "" for the end of grace
	due   calendar.Date // the date it is about
	cents int64
}

// stages are what the dates of a commitment bring, in order of time: for each instalment not
// covered, or for the one date of another commitment.
func (t *turn) stages(m *matter, c *store.Commitment) []stage {
	p := m.texter(c.ByID)
	zone, hours := zoneOf(p.Zone), t.program.hoursOf(p)
	var list []stage
	add := func(due calendar.Date, cents int64) {
		for _, n := range m.policy.ReminderDays {
			on := due.AddDays(n)
			list = append(list, stage{at: hours.Next(calendar.At(on, reminderAt, zone)), on: on, entry: reminderEntry(n), due: due, cents: cents})
		}
		on := due.AddDays(m.policy.GraceDays + graceSpare)
		list = append(list, stage{at: hours.Next(calendar.At(on, 0, zone)), on: on, due: due, cents: cents})
	}
	if c.Kind != restitution {
		add(c.Due, 0)
	} else {
		for _, in := range m.balance(c, calendar.On(t.now, zone)).Instalments {
			if in.LeftCents > 0 {
				add(in.Due, in.LeftCents)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b stage) int { return cmp.Or(a.at.Compare(b.at), a.due.Compare(b.due)) })
	return list
}

// reminderEntry is the reminder flow's entry for so many days from the date.
func reminderEntry(days int) string {
	switch {
	case days < 0:
		return "before"
	case days > 0:
		return "after"
	}
	return "today"
}

// restage arms the next thing that a commitment's date brings. One due row is armed for a
// commitment; its version makes what was armed before do nothing.
func (t *turn) restage(m *matter, c *store.Commitment) error {
	if settled(c) || m.Status == store.CaseClosed {
		return nil
	}
	for _, s := range t.stages(m, c) {
		if s.at.After(c.StageAt.Time()) {
			return t.arm(store.Due{Kind: dueCommitment, DueAt: store.At(s.at), CaseID: store.ID(m.ID), CommitmentID: store.ID(c.ID), Armed: c.Version})
		}
	}
	return nil
}

// commitmentDue does what a commitment's date brings by now. What its hour has passed by, through an
// outage, is dropped with an entry, unless it is the end of a grace: that always counts.
func (t *turn) commitmentDue(d store.Due) error {
	if err := t.enter(d.ProgramID); err != nil {
		return err
	}
	m, err := t.matter(int64(d.CaseID))
	if err != nil {
		return err
	}
	c := m.commitment(int64(d.CommitmentID))
	if c == nil || c.Version != d.Armed || settled(c) || m.Status == store.CaseClosed {
		return nil
	}
	p := m.texter(c.ByID)
	today := calendar.On(t.now, zoneOf(p.Zone))
	for _, st := range t.stages(m, c) {
		if !st.at.After(c.StageAt.Time()) || st.at.After(t.now) {
			continue
		}
		switch {
		case st.entry == "":
			err = t.miss(m, c, st)
		case st.on != today:
			err = t.logCase(m, p, "reminder.dropped", subjectOf(c), "stale: it was for "+st.on.String())
		default:
			end := calendar.At(today.AddDays(1), 0, zoneOf(p.Zone))
			err = t.armSeat(seat{p, m}, wish{flow: flowReminder, entry: st.entry, commitment: c, at: t.now, keeps: end.Sub(t.now), vars: reminderVars(st)})
		}
		if err != nil {
			return err
		}
	}
	c.StageAt = store.At(t.now)
	if err := t.tx.SaveCommitment(c); err != nil {
		return err
	}
	return t.restage(m, c)
}

func reminderVars(st stage) map[string]string {
	vars := map[string]string{"date": st.due.String()}
	if st.cents > 0 {
		vars["amount"] = cents(st.cents)
	}
	return vars
}

// miss is a grace that is over: the mediator hears of it (law 5).
func (t *turn) miss(m *matter, c *store.Commitment, st stage) error {
	c.Status = store.CommitmentMissed
	if err := t.logCase(m, m.party(c.ByID), "commitment.missed", subjectOf(c), "due "+st.due.String()+", grace over"); err != nil {
		return err
	}
	reason := "missed_commitment"
	if c.Kind == restitution {
		reason = "missed_payment"
	}
	return t.escalate(m, trouble{reason: reason, party: m.party(c.ByID), commitment: c, subject: c.Key})
}

// follow lets a commitment's status follow its ledger or its hours, writes it, and arms what its
// dates bring next. When the last one is settled the case is completed.
func (t *turn) follow(m *matter, c *store.Commitment) error {
	today := calendar.On(t.now, zoneOf(m.party(c.ByID).Zone))
	if c.Kind == restitution {
		b := m.balance(c, today)
		switch {
		case b.Settled() && b.ReceivedCents == 0 && b.WaivedCents > 0:
			c.Status, c.SettledOn = store.CommitmentWaived, today
		case b.Settled():
			c.Status, c.SettledOn = store.CommitmentMet, today
		case settled(c):
			c.Status, c.SettledOn = store.CommitmentOpen, calendar.Date{}
		case c.Status == store.CommitmentMissed && len(b.Overdue) == 0:
			c.Status = store.CommitmentOpen
		}
	}
	if err := t.missLate(m, c); err != nil {
		return err
	}
	if err := t.tx.SaveCommitment(c); err != nil {
		return err
	}
	if err := t.restage(m, c); err != nil {
		return err
	}
	return t.complete(m)
}

// missLate: what a report had covered until its grace was over, and covers no more, is missed now. Its stage
// has been looked at already and would not come again.
func (t *turn) missLate(m *matter, c *store.Commitment) error {
	if settled(c) || c.Status == store.CommitmentMissed {
		return nil
	}
	for _, st := range t.stages(m, c) {
		if st.entry == "" && !st.at.After(t.now) && !st.at.After(c.StageAt.Time()) {
			return t.miss(m, c, st)
		}
	}
	return nil
}

// meet settles a commitment other than restitution.
func (t *turn) meet(m *matter, c *store.Commitment, on calendar.Date, why string) error {
	c.Status, c.SettledOn = store.CommitmentMet, on
	if err := t.logCase(m, m.party(c.ByID), "commitment.met", subjectOf(c), why); err != nil {
		return err
	}
	return t.follow(m, c)
}

// complete completes a case with its last commitment: closing questions follow, and in a fortnight
// it is closed. A record undone takes it back.
func (t *turn) complete(m *matter) error {
	left := slices.ContainsFunc(m.Commitments, func(c store.Commitment) bool { return !settled(&c) })
	switch {
	case left && m.Status == store.CaseCompleted:
		m.Status, m.CompletedAt = store.CaseActive, 0
		if err := t.tx.SaveCase(m.Case); err != nil {
			return err
		}
		if err := t.logCase(m, nil, "case.active", "case", "a record was undone"); err != nil {
			return err
		}
		return nil
	case left || m.Status != store.CaseActive && m.Status != store.CaseEnrolling:
		return nil
	}
	m.Status, m.CompletedAt = store.CaseCompleted, store.At(t.now)
	if err := t.tx.SaveCase(m.Case); err != nil {
		return err
	}
	if err := t.logCase(m, nil, "case.completed", "case", "the last commitment is settled"); err != nil {
		return err
	}
	for i := range m.Parties {
		p := &m.Parties[i]
		if !m.texts(p) {
			continue
		}
		s := seat{p, m}
		// A little after the text that settled it, so that one subject ends before the next begins.
		at := t.now.Add(2 * settleFor)
		if err := t.armSeat(s, wish{flow: flowClosing, at: at, keeps: closingKeeps}); err != nil {
			return err
		}
		if m.policy.WHO5 {
			if err := t.armSeat(s, wish{flow: flowWHO5, at: at, keeps: closingKeeps}); err != nil {
				return err
			}
		}
	}
	return t.arm(store.Due{Kind: dueClose, DueAt: store.At(t.now.AddDate(0, 0, closeAfter)), CaseID: store.ID(m.ID), Armed: int64(m.CompletedAt)})
}

// closeDue closes a case a fortnight after its completion.
func (t *turn) closeDue(d store.Due) error {
	m, err := t.matter(int64(d.CaseID))
	if err != nil || m.Status != store.CaseCompleted || int64(m.CompletedAt) != d.Armed {
		return err
	}
	return t.closeCase(m, "completed", "a fortnight after the last commitment")
}

// closeCase ends a case. What is queued about it is dropped by the sender, with an entry (law 1).
func (t *turn) closeCase(m *matter, reason, why string) error {
	m.Status, m.CloseReason, m.ClosedAt = store.CaseClosed, store.Word(reason), store.At(t.now)
	if err := t.tx.SaveCase(m.Case); err != nil {
		return err
	}
	return t.logCase(m, nil, "case.closed", "case", why)
}

func subjectOf(c *store.Commitment) string {
	if c == nil {
		return ""
	}
	return "commitment:" + c.Key
}
