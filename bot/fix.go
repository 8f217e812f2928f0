package bot

import (
	"errors"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// fixWord tells whether a text, folded, asks to take the last record back. The texts say FIX in
// every language; the Spanish words are what people write all the same.
func fixWord(s string) bool { return s == "fix" || s == "corregir" || s == "corrige" }

// fix takes back the last record of the day by counter-entries, and asks again.
func (h *hearing) fix() error {
	t := h.t
	last := t.talk.Last
	if last == nil || !within(t.now, last.At, fixFor) {
		return h.answer("fix.nothing")
	}
	var s seat
	for _, x := range h.seats {
		if x.ID == last.Party {
			s = x
		}
	}
	if s.Party == nil {
		return h.answer("fix.nothing")
	}
	t.talk.Last, t.dirty = nil, true
	t.heard()
	c := s.m.commitment(last.Commitment)
	undone, err := t.takeBack(s, c, last)
	if err != nil {
		return err
	}
	if !undone {
		return h.answer("fix.nothing")
	}
	if err := t.answerTo(s, "fix.done", text{commitment: c}); err != nil {
		return err
	}
	ses, err := t.tx.GetSession(last.Session)
	if err != nil {
		return err
	}
	if last.Before.Step == "" && last.Before.Late == "" { // the text began the conversation
		return h.askAnew(s, ses.Flow, c)
	}
	q, err := t.questionOf(s, &ses)
	if err != nil {
		return err
	}
	if last.Before.Late != "" {
		last.Before.Step, last.Before.Late, last.Before.Outcome = last.Before.Late, "", ""
	}
	q.run.State = last.Before
	if err := t.open(&ses); err != nil {
		return err
	}
	ses.EndedAt, ses.Outcome = 0, ""
	ses.State = t.tx.SealJSON(q.run)
	if err := t.tx.SaveSession(&ses); err != nil {
		return err
	}
	if err := t.armSilence(s, &ses, giveWay); err != nil {
		return err
	}
	return t.askAgain(q)
}

// askAnew asks again for what a text of the party's own accord had put on record.
func (h *hearing) askAnew(s seat, flow string, c *store.Commitment) error {
	w := wish{flow: flow, commitment: c}
	switch {
	case flow == flowCommitment && c.Hours == 0:
		return nil // there is nothing to ask: DONE says it again
	case flow == flowPaymentConfirm:
		w.entry = "said_new"
		if open := s.m.balance(c, h.t.today(s.Party)).OpenReports; len(open) > 0 {
			w.entry, w.vars = "", reportVars(open[0].ID, open[0].Cents, open[0].On)
		}
	}
	return h.t.converse(s, w, manner{answer: true})
}

// takeBack undoes what a record put down, each by an entry of its own, and says whether there was anything
// left to undo: a mediator may have decided meanwhile.
func (t *turn) takeBack(s seat, c *store.Commitment, last *record) (bool, error) {
	undone := len(last.Entries) == 0 && last.Hours == 0 && !last.Met && last.Escalation == 0
	if err := t.log(store.Entry{CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Action: "record.taken_back", Subject: subjectOf(c), Words: t.words}); err != nil {
		return false, err
	}
	for i := len(last.Entries) - 1; i >= 0; i-- {
		entries, err := ledger.Reverse(s.m.Ledger[c.ID], last.Entries[i], t.mark(s, nil))
		if refused, ok := errors.AsType[*ledger.Refusal](err); ok && refused.Code == ledger.Conflict {
			continue // answered or taken back meanwhile: nothing is left of it
		}
		if err != nil {
			return false, err
		}
		if _, err := t.enterLedger(s.m, c, entries); err != nil {
			return false, err
		}
		undone = true
	}
	if c != nil && (last.Hours > 0 || last.Met) {
		c.HoursDone = max(0, c.HoursDone-last.Hours)
		if last.Met {
			c.Status, c.SettledOn = store.CommitmentOpen, calendar.Date{}
		}
		if err := t.follow(s.m, c); err != nil {
			return false, err
		}
		undone = true
	}
	if last.Escalation != 0 {
		e, err := t.tx.GetEscalation(last.Escalation)
		if err != nil {
			return false, err
		}
		if e.Status != store.EscalationResolved {
			return true, t.resolve(s.m, &e, nil, "")
		}
	}
	return undone, nil
}
