package bot

import (
	"cmp"
	"time"

	"amends/bot/understand"
	"amends/flows"
	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
	"amends/templates"
)

// text is one text to be written to a party.
type text struct {
	key        string
	class      store.Class
	answer     bool // to the party's own text, so that it may go at any hour
	first      bool // names the sender
	again      string
	language   string // "" for the party's own
	vars       map[string]string
	commitment *store.Commitment
	which      []templates.Option
	session    *store.Session
	stale      time.Time
}

// say renders a text to a party and queues it.
func (t *turn) say(s seat, x text) error {
	body, err := t.render(s, x)
	if err != nil {
		return err
	}
	m := store.Message{
		CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), LineID: store.ID(s.LineID),
		Class: x.class, Template: x.key, StaleAt: store.At(x.stale),
	}
	if x.session != nil {
		m.SessionID = store.ID(x.session.ID)
	}
	if x.answer {
		m.AnswerUntil = t.answerUntil()
	}
	to := addressee{line: t.line, status: s.m.Status, program: t.program, pause: s.m.Case.Pause}
	if err := t.b.inHours(t.tx, &to, s.Party, &m, t.now); err != nil {
		return err
	}
	return t.queue(&m, body, to)
}

// queue puts a text into the outbox, held where the first law says so. One that may never go is
// kept as dropped, with the reason.
func (t *turn) queue(m *store.Message, body string, to addressee) error {
	m.ID = t.b.NewID()
	m.ProgramID = t.program.ID
	m.Direction = "out"
	m.Event = t.event
	m.Body = t.tx.Seal(body)
	m.Segments, _ = templates.Segments(body)
	m.QueuedAt = store.At(t.now)
	m.NextAt = m.QueuedAt
	m.Status = store.MessageQueued
	v := judge(m, to, t.now)
	goes := t.now
	switch {
	case v.Drop != "":
		m.Status, m.Why = store.MessageDropped, v.Drop
	case !v.Go:
		m.Status, m.Why, m.NextAt, goes = store.MessageHeld, v.Hold, store.At(v.Until), v.Until
	}
	if m.Class == store.ClassPrompt || m.Class == store.ClassConsent {
		m.Day = calendar.On(goes, to.zone)
	}
	if err := t.tx.AddMessage(m); err != nil {
		return err
	}
	action := "text." + string(m.Status)
	t.step(action, m.Event, m.ID, cmp.Or(m.Why, m.Template))
	return t.log(store.Entry{CaseID: m.CaseID, PartyID: m.PartyID, Action: action, Subject: "message:" + m.ID,
		Why: cmp.Or(m.Why, m.Template), Actor: actorSystem})
}

// render makes a party's text from what its side may know.
func (t *turn) render(s seat, x text) (string, error) {
	f := t.program.File
	lang := cmp.Or(x.language, s.Language)
	c := x.commitment
	if s.Side == "victim" {
		v := templates.VictimText{
			Program: f.Name, Sender: f.Sender, DiscreetSender: f.DiscreetSender, Again: templates.Again(x.again),
			Resources: t.resources(lang), Which: x.which, Languages: t.program.File.Languages,
		}
		if c != nil && c.Kind == restitution {
			b := s.m.balance(c, t.today(s.Party))
			v.Paid, v.ToGo, v.Waiting = cash(c, b.ReceivedCents), cash(c, b.ToGoCents), cash(c, b.ReportedCents)
			if n := b.NextDue; n != nil {
				v.NextAmount, v.NextDate, v.SinceDate = t.next(s, c, n)
			}
			v.Amount = cash(c, varCents(x.vars, "amount"))
		}
		v.Date = day(varDate(x.vars, "date"))
		return t.program.book.Victim(x.key, lang, s.Discreet, x.first, v)
	}
	v := templates.OffenderText{
		Program: f.Name, Sender: f.Sender, DiscreetSender: f.DiscreetSender, Again: templates.Again(x.again),
		Resources: t.resources(lang), Which: x.which, Languages: t.program.File.Languages,
	}
	if c != nil {
		v.Commitment, v.Title = c.Kind, t.tx.Reveal(c.Title)
		v.NextDate = day(c.Due)
		v.Hours = x.vars["hours"]
		v.HoursToGo = hoursText(max(0, c.Hours-c.HoursDone))
		if c.Kind == restitution {
			b := s.m.balance(c, t.today(s.Party))
			v.Paid, v.ToGo, v.Waiting = cash(c, b.ReceivedCents), cash(c, b.ToGoCents), cash(c, b.ReportedCents)
			if n := b.NextDue; n != nil {
				v.NextAmount, v.NextDate, v.SinceDate = t.next(s, c, n)
			}
			v.Amount = cash(c, varCents(x.vars, "amount"))
		}
	}
	v.Date = day(varDate(x.vars, "date"))
	return t.program.book.Offender(x.key, lang, s.Discreet, x.first, v)
}

// next is what is due next and when; of what is overdue, since when.
func (t *turn) next(s seat, c *store.Commitment, n *ledger.Owed) (amount templates.Money, next, since templates.Date) {
	if n.Date.Before(t.today(s.Party)) {
		return cash(c, n.AmountCents), templates.Date{}, day(n.Date)
	}
	return cash(c, n.AmountCents), day(n.Date), templates.Date{}
}

// resources are the program's lines for a language: those in it and those for all.
func (t *turn) resources(lang string) []templates.Resource {
	var list []templates.Resource
	for _, r := range t.program.File.Resources {
		if r.Language == "" || r.Language == lang {
			list = append(list, templates.Resource{Name: r.Name, Contact: r.Contact})
		}
	}
	return list
}

// sayStaff queues a text to a staff member.
func (t *turn) sayStaff(who store.Staff, key string, class store.Class, e *store.Escalation, v templates.StaffText) error {
	v.Sender = t.program.File.Sender
	body, err := t.program.book.Staff(key, t.program.language(), v)
	if err != nil {
		return err
	}
	m := store.Message{StaffID: store.ID(who.ID), Class: class, Template: key}
	if e != nil {
		m.EscalationID, m.CaseID = store.ID(e.ID), store.ID(e.CaseID)
	}
	return t.queue(&m, body, addressee{staff: &who, escalation: e, program: t.program})
}

// expectOf is a flow's question as the understanding takes it, its options in the party's own words.
func expectOf(e flows.Expect, words func(string) string) understand.Expect {
	x := understand.Expect{Kind: understand.Kind(e.Kind), Min: e.Min, Max: e.Max}
	for _, o := range e.Options {
		x.Options = append(x.Options, words(o))
	}
	return x
}
