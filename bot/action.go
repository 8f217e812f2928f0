package bot

import (
	"fmt"
	"math"
	"strconv"

	"amends/flows"
	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// act carries out one action of a flow and says what it came to. The words are those of the flows'
// vocabulary.
func (t *turn) act(s seat, ses *store.Session, r *run, action string) (flows.Event, error) {
	c := s.m.commitment(int64(ses.CommitmentID))
	if c == nil {
		c = t.moneyOf(s)
	}
	done := flows.Event{Kind: flows.Done, Vars: map[string]string{}}
	var err error
	switch action {
	case "consent.give":
		done.Result, err = "given", t.consent(s, store.ConsentGiven, t.today(s.Party), "by text")
	case "consent.decline":
		done.Result, err = "declined", t.consent(s, store.ConsentDeclined, t.today(s.Party), "by text")
	case "payment.report":
		done.Result, err = t.report(s, ses, c, r.State.Vars, done.Vars, false)
	case "payment.report_over":
		done.Result, err = t.report(s, ses, c, r.State.Vars, done.Vars, true)
	case "payment.received":
		done.Result, err = t.received(s, ses, c, r, done.Vars)
	case "payment.received_part":
		done.Result, err = t.receivedPart(s, ses, c, r)
	case "payment.received_new":
		done.Result, err = t.receivedNew(s, ses, c, r)
	case "payment.dispute":
		done.Result, err = t.dispute(s, ses, c, r, done.Vars)
	case "payment.missing":
		done.Result, err = "noted", t.logCase(s.m, s.Party, "payment.missing", subjectOf(c), "the payee says that nothing came")
	case "extension.request":
		done.Result, err = t.requestExtension(s, ses, c, r.State.Vars)
	case "commitment.report":
		done.Result, err = t.reportCommitment(s, ses, c, r.State.Vars, done.Vars)
	case "who5.score":
		done.Result, err = t.who5(s, ses, r, done.Vars)
	default:
		err = fmt.Errorf("flow %s does %q, which nobody here can do", ses.Flow, action)
	}
	return done, err
}

// report puts the payer's word on the ledger and asks the payee.
func (t *turn) report(s seat, ses *store.Session, c *store.Commitment, vars, out map[string]string, over bool) (string, error) {
	if c == nil || c.Kind != restitution {
		return "nothing", nil
	}
	b := s.m.balance(c, t.today(s.Party))
	if b.OutstandingCents == 0 {
		return "nothing", nil
	}
	cents := varCents(vars, "amount")
	if cents > b.ToGoCents && !over {
		return "over", nil
	}
	mark := t.mark(s, vars)
	out["date"] = mark.On.String()
	entries, err := ledger.Report(s.m.Ledger[c.ID], cents, mark)
	if err != nil {
		return "", err
	}
	entries, err = t.enterLedger(s.m, c, entries)
	if err != nil {
		return "", err
	}
	t.remember(s, ses, c, entries)
	return "recorded", t.askPayee(s.m, c, entries[0])
}

// askPayee asks the payee, where that is a party who may be texted, whether a payment arrived.
func (t *turn) askPayee(m *matter, c *store.Commitment, report ledger.Entry) error {
	if c.ToID == 0 {
		return nil
	}
	p := m.texter(int64(c.ToID))
	return t.armSeat(seat{p, m}, wish{
		flow: flowPaymentConfirm, commitment: c, at: t.now, keeps: confirmKeeps,
		vars: reportVars(report.ID, report.AmountCents, report.EffectiveOn),
	})
}

// reportVars are what a question about a report starts with.
func reportVars(id, sum int64, on calendar.Date) map[string]string {
	return map[string]string{"report": strconv.FormatInt(id, 10), "amount": cents(sum), "date": on.String()}
}

// received is the payee's yes.
func (t *turn) received(s seat, ses *store.Session, c *store.Commitment, r *run, vars map[string]string) (string, error) {
	claim, ok := t.claim(s, c, r)
	if !ok {
		return "nothing", nil
	}
	vars["amount"] = strconv.FormatInt(claim.Cents, 10)
	entries, err := ledger.Confirm(s.m.Ledger[c.ID], []int64{claim.ID}, t.mark(s, r.State.Vars))
	return t.entered(s, ses, c, entries, err, "recorded")
}

// receivedPart is "in part": so much came, the rest is disputed.
func (t *turn) receivedPart(s seat, ses *store.Session, c *store.Commitment, r *run) (string, error) {
	claim, ok := t.claim(s, c, r)
	if !ok {
		return "nothing", nil
	}
	cents := varCents(r.State.Vars, "amount")
	if cents > claim.Cents {
		return "over", nil
	}
	result := "recorded"
	if cents == claim.Cents {
		result = "whole"
	}
	entries, err := ledger.ConfirmPart(s.m.Ledger[c.ID], []int64{claim.ID}, cents, t.mark(s, r.State.Vars))
	return t.entered(s, ses, c, entries, err, result)
}

// receivedNew is a payment that nobody had reported.
func (t *turn) receivedNew(s seat, ses *store.Session, c *store.Commitment, r *run) (string, error) {
	if c == nil {
		return "nothing", nil
	}
	cents := varCents(r.State.Vars, "amount")
	if b := s.m.balance(c, t.today(s.Party)); b.OutstandingCents == 0 {
		return "nothing", nil
	} else if cents > b.OutstandingCents {
		return "over", nil
	}
	entries, err := ledger.Receipt(s.m.Ledger[c.ID], nil, cents, t.mark(s, r.State.Vars))
	return t.entered(s, ses, c, entries, err, "recorded")
}

// dispute is the payee's no.
func (t *turn) dispute(s seat, ses *store.Session, c *store.Commitment, r *run, vars map[string]string) (string, error) {
	claim, ok := t.claim(s, c, r)
	if !ok {
		return "nothing", nil
	}
	vars["amount"] = strconv.FormatInt(claim.Cents, 10)
	entries, err := ledger.Dispute(s.m.Ledger[c.ID], []int64{claim.ID}, t.mark(s, r.State.Vars))
	return t.entered(s, ses, c, entries, err, "disputed")
}

// entered appends what a decision came to; no entries mean that it was settled before.
func (t *turn) entered(s seat, ses *store.Session, c *store.Commitment, entries []ledger.Entry, err error, result string) (string, error) {
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return "nothing", nil
	}
	if entries, err = t.enterLedger(s.m, c, entries); err != nil {
		return "", err
	}
	t.remember(s, ses, c, entries)
	return result, nil
}

// claim is the report that a session asks about: the one it was begun for, else the oldest open.
func (t *turn) claim(s seat, c *store.Commitment, r *run) (ledger.Claim, bool) {
	if c == nil {
		return ledger.Claim{}, false
	}
	b := s.m.balance(c, t.today(s.Party))
	if id, err := strconv.ParseInt(r.State.Vars["report"], 10, 64); err == nil {
		return b.OpenReport(id)
	}
	if len(b.OpenReports) == 0 {
		return ledger.Claim{}, false
	}
	return b.OpenReports[0], true
}

// mark is a party's word, on the day that it said or today.
func (t *turn) mark(s seat, vars map[string]string) ledger.Mark {
	on := varDate(vars, "on")
	if on.IsZero() || on.After(t.today(s.Party)) {
		on = t.today(s.Party)
	}
	return ledger.Mark{On: on, At: t.now, By: "party:" + s.Key}
}

// enterLedger appends entries and lets the commitment follow.
func (t *turn) enterLedger(m *matter, c *store.Commitment, entries []ledger.Entry) ([]ledger.Entry, error) {
	entries, err := t.tx.Append(m.ID, c.ID, entries...)
	if err != nil {
		return nil, err
	}
	m.Ledger[c.ID] = append(m.Ledger[c.ID], entries...)
	for _, e := range entries {
		if err := t.log(store.Entry{CaseID: store.ID(m.ID), Actor: e.By, Action: "ledger." + string(e.Kind), Subject: subjectOf(c),
			Why: fmt.Sprintf("entry %d: %s %d.%02d", e.ID, e.Currency, e.AmountCents/100, e.AmountCents%100)}); err != nil {
			return nil, err
		}
	}
	return entries, t.follow(m, c)
}

// reportCommitment is a commitment other than money, done or done in part.
func (t *turn) reportCommitment(s seat, ses *store.Session, c *store.Commitment, vars, out map[string]string) (string, error) {
	if c == nil || c.Kind == restitution || settled(c) {
		return "nothing", nil
	}
	hours := hundredths(vars["hours"])
	if c.Hours > 0 {
		c.HoursDone += hours
		out["hours"] = hoursText(hours)
	}
	met := c.Hours == 0 || c.HoursDone >= c.Hours
	t.remember(s, ses, c, nil)
	t.talk.Last.Hours, t.talk.Last.Met = hours, met
	on := t.mark(s, vars).On
	if !met {
		if err := t.logCase(s.m, s.Party, "commitment.progress", subjectOf(c), hoursText(hours)+" hours, as reported"); err != nil {
			return "", err
		}
		return "progress", t.follow(s.m, c)
	}
	return "met", t.meet(s.m, c, on, "as reported")
}

// who5 adds up the five answers, times four: 0 to 100. At 50 or less well-being is poor; 28 or
// less, or a fall of 10 or more since the last time, goes to the mediator (WHO-5 manual, 2024;
// Topp et al. 2015 for the change that counts).
func (t *turn) who5(s seat, ses *store.Session, r *run, out map[string]string) (string, error) {
	sum := 0
	for i := 1; i <= 5; i++ {
		sum += wellbeingOf(r.State.Vars["item"+strconv.Itoa(i)])
	}
	score := sum * 4
	out["score"] = strconv.Itoa(score)
	before, err := t.tx.LastAnswers(s.ID, "score", 1)
	if err != nil {
		return "", err
	}
	fell := len(before) > 0 && wellbeingOf(t.tx.Reveal(before[0].Value))-score >= 10
	switch {
	case score <= 28 || fell:
		return "concern", nil
	case score <= 50:
		return "poor", nil
	}
	return "fine", nil
}

// facts are the truths that the flows' vocabulary asks about, at this moment.
func (t *turn) facts(s seat, ses *store.Session, ev flows.Event) (map[string]bool, error) {
	c := s.m.commitment(int64(ses.CommitmentID))
	if c == nil {
		c = t.moneyOf(s)
	}
	f := map[string]bool{}
	if c != nil {
		f["money"] = c.Kind == restitution
		f["counts_hours"] = c.Hours > 0
		if c.Kind == restitution {
			today := t.today(s.Party)
			b := s.m.balance(c, today)
			f["report_open"] = len(b.OpenReports) > 0
			f["money_due"] = f["report_open"]
			for _, in := range b.Instalments {
				if !in.Due.After(today) && in.ReceivedCents+in.WaivedCents < in.AmountCents {
					f["money_due"] = true
				}
			}
		}
	}
	if now := wellbeingOf(ev.Answer); ev.Kind == flows.Reply && now > 0 {
		last, err := t.tx.LastAnswers(s.ID, "wellbeing", 1)
		if err != nil {
			return nil, err
		}
		f["wellbeing_fell"] = len(last) > 0 && last[0].SessionID != store.ID(ses.ID) && wellbeingOf(t.tx.Reveal(last[0].Value))-now >= 2
	}
	return f, nil
}

// moneyOf is the restitution that a text with no commitment of its own is about: the one with a
// report open, else the one due next.
func (t *turn) moneyOf(s seat) *store.Commitment {
	list := s.m.owed(s.Party)
	if s.Side == "victim" {
		list = s.m.due(s.Party)
	}
	var best *store.Commitment
	var bestDate calendar.Date
	for _, c := range list {
		if c.Kind != restitution {
			continue
		}
		b := s.m.balance(c, t.today(s.Party))
		switch {
		case len(b.OpenReports) > 0 && s.Side == "victim":
			return c
		case b.NextDue != nil && (bestDate.IsZero() || b.NextDue.Date.Before(bestDate)):
			best, bestDate = c, b.NextDue.Date
		case best == nil:
			best = c
		}
	}
	return best
}

// remember keeps what FIX would undo.
func (t *turn) remember(s seat, ses *store.Session, c *store.Commitment, entries []ledger.Entry) {
	if t.talk.Last == nil || t.talk.Last.Session != ses.ID || t.talk.Last.Event != t.event {
		t.talk.Last = &record{Event: t.event, At: store.At(t.now), Case: s.m.ID, Party: s.ID, Session: ses.ID, Before: t.before(ses)}
	}
	if c != nil {
		t.talk.Last.Commitment = c.ID
	}
	for _, e := range entries {
		t.talk.Last.Entries = append(t.talk.Last.Entries, e.ID)
	}
	t.dirty = true
}

// before is the flow's state as it stood when this turn began: the stored one, for the session's
// row is written at the turn's end.
func (t *turn) before(ses *store.Session) flows.State { return clone(t.run(ses).State) }

// hundredths reads decimal hours.
func hundredths(s string) int64 {
	h, err := strconv.ParseFloat(s, 64)
	if err != nil || h <= 0 {
		return 0
	}
	return int64(math.Round(h * 100))
}

// hoursText writes hundredths of an hour as decimal hours.
func hoursText(h int64) string { return strconv.FormatFloat(float64(h)/100, 'f', -1, 64) }
