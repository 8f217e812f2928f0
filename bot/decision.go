package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// Decision is something that a person who works for a program decides about a case, on a page or at
// the command line. Its why goes into the compliance log.
type Decision interface {
	decide(t *turn, m *matter) error
}

// By says who decides and why.
type By struct {
	Staff string // the staff member's key; "" at the command line
	Why   string
}

func (by By) actor() string {
	if by.Staff == "" {
		return actorCommand
	}
	return "staff:" + by.Staff
}

// Decide carries out decisions about a case, all or none.
func (b *Bot) Decide(ctx context.Context, programKey, reference string, by By, decisions ...Decision) error {
	return b.handle(ctx, by.actor(), func(t *turn) error {
		id, err := findCase(t.tx, programKey, reference)
		if err != nil {
			return err
		}
		for _, d := range decisions {
			if of, ok := d.(aboutParty); ok { // a line is locked before its cases
				if err := t.holdPartyLine(id, of.party()); err != nil {
					return err
				}
			}
		}
		m, err := t.matter(id)
		if err != nil {
			return err
		}
		t.words = t.tx.Seal(by.Why)
		for _, d := range decisions {
			if err := d.decide(t, m); err != nil {
				return err
			}
			if err := t.finish(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Receipt is money seen by a coordinator: it settles what was reported or disputed, and outweighs both.
type Receipt struct {
	Commitment  string
	AmountCents int64
	On          calendar.Date // zero for today
}

func (d Receipt) decide(t *turn, m *matter) error {
	c, err := moneyByKey(m, d.Commitment)
	if err != nil {
		return err
	}
	entries, err := ledger.Receipt(m.Ledger[c.ID], nil, d.AmountCents, t.markOf(m, c, d.On))
	if err := t.decided(m, c, entries, err, "receipt"); err != nil {
		return err
	}
	return t.tell(m, c, "receipt", d.AmountCents)
}

// Report is a payment that a party told a person of.
type Report struct {
	Commitment  string
	AmountCents int64
	On          calendar.Date
}

func (d Report) decide(t *turn, m *matter) error {
	c, err := moneyByKey(m, d.Commitment)
	if err != nil {
		return err
	}
	entries, err := ledger.Report(m.Ledger[c.ID], d.AmountCents, t.markOf(m, c, d.On))
	if err := t.decided(m, c, entries, err, "report"); err != nil {
		return err
	}
	reports := m.Ledger[c.ID]
	return t.askPayee(m, c, reports[len(reports)-1])
}

// NotReceived rests a dispute: the payment reported did not arrive.
type NotReceived struct {
	Commitment string
	Entry      int64 // the report's
}

func (d NotReceived) decide(t *turn, m *matter) error {
	c, err := moneyByKey(m, d.Commitment)
	if err != nil {
		return err
	}
	entries, err := ledger.Reverse(m.Ledger[c.ID], d.Entry, t.markOf(m, c, calendar.Date{}))
	return t.decided(m, c, entries, err, "not received")
}

// Waiver: what is left of a commitment need not be done, or so much of a restitution need not be paid.
type Waiver struct {
	Commitment  string
	AmountCents int64 // 0 for all that is left
	Entry       int64 // of restitution, the instalment's; 0 for those from the latest back
}

func (d Waiver) decide(t *turn, m *matter) error {
	c := m.commitmentByKey(d.Commitment)
	if c == nil {
		return noCommitment(m, d.Commitment)
	}
	if c.Kind == restitution {
		entries, err := ledger.Waive(m.Ledger[c.ID], d.Entry, d.AmountCents, t.markOf(m, c, calendar.Date{}))
		return t.decided(m, c, entries, err, "waiver")
	}
	if settled(c) {
		return store.NewError(store.Conflict, fmt.Sprintf("Commitment %s is settled already.", c.Key), nil)
	}
	c.Status, c.SettledOn = store.CommitmentWaived, calendar.On(t.now, t.program.zone)
	if err := t.logDecision(m, c, "commitment.waived"); err != nil {
		return err
	}
	if err := t.follow(m, c); err != nil {
		return err
	}
	return t.tell(m, c, "waived", 0)
}

// Met: a commitment other than restitution was met, by a person's word.
type Met struct {
	Commitment string
	On         calendar.Date
}

func (d Met) decide(t *turn, m *matter) error {
	c := m.commitmentByKey(d.Commitment)
	switch {
	case c == nil:
		return noCommitment(m, d.Commitment)
	case c.Kind == restitution:
		return store.NewError(store.Invalid, fmt.Sprintf("Commitment %s is paid, not met: record a receipt.", c.Key), nil)
	case settled(c):
		return store.NewError(store.Conflict, fmt.Sprintf("Commitment %s is settled already.", c.Key), nil)
	}
	if d.On.IsZero() {
		d.On = calendar.On(t.now, t.program.zone)
	}
	return t.meet(m, c, d.On, "by a person's word")
}

// NewDate moves a commitment's date; of restitution, that of the instalment due next or of the one named.
type NewDate struct {
	Commitment string
	Entry      int64
	To         calendar.Date
}

func (d NewDate) decide(t *turn, m *matter) error {
	c := m.commitmentByKey(d.Commitment)
	if c == nil {
		return noCommitment(m, d.Commitment)
	}
	if settled(c) {
		return store.NewError(store.Conflict, fmt.Sprintf("Commitment %s is settled already.", c.Key), nil)
	}
	if d.To.Before(calendar.On(t.now, t.program.zone)) {
		return store.NewError(store.Invalid, "A new date lies ahead: that one is over.", nil)
	}
	if err := t.reschedule(m, c, d.Entry, d.To, t.actor); err != nil {
		return asError(err)
	}
	if err := t.logDecision(m, c, "date.moved"); err != nil {
		return err
	}
	p := m.texter(c.ByID)
	return t.armSeat(seat{p, m}, wish{flow: flowExtension, entry: "granted", commitment: c, at: t.now, keeps: outcomeKeeps,
		vars: map[string]string{"date": d.To.String()}})
}

// ConsentGiven is fresh consent on record by a person's word: it opens a stopped line again.
type ConsentGiven struct {
	Party string
	On    calendar.Date // zero for today
	How   string        // signed form, by phone
}

func (d ConsentGiven) decide(t *turn, m *matter) error {
	p, err := t.lineOf(m, d.Party)
	if err != nil {
		return err
	}
	if t.line.OptedOutHow == "wrong_number" {
		return store.NewError(store.Conflict, fmt.Sprintf("The number of party %s is somebody else's: change it in the case file first.", p.Key), nil)
	}
	return t.consentOnForm(seat{p, m}, d.On, d.How)
}

// OptOut ends the texts to a party's number at its wish, told to a person.
type OptOut struct {
	Party string
}

func (d OptOut) decide(t *turn, m *matter) error {
	if _, err := t.lineOf(m, d.Party); err != nil {
		return err
	}
	seats, err := t.seats()
	if err != nil {
		return err
	}
	return t.stopLine(seats, "staff")
}

// Assign gives a case to another mediator, and another backup.
type Assign struct {
	Mediator, Backup string // keys; an empty backup is none
}

func (d Assign) decide(t *turn, m *matter) error {
	mediator, ok, err := t.tx.FindStaffByKey(t.program.ID, d.Mediator)
	if err != nil || !ok || !mediator.Active {
		return notThere(err, "mediator "+d.Mediator)
	}
	m.MediatorID, m.BackupID = mediator.ID, 0
	if d.Backup != "" {
		backup, ok, err := t.tx.FindStaffByKey(t.program.ID, d.Backup)
		if err != nil || !ok || !backup.Active {
			return notThere(err, "backup "+d.Backup)
		}
		m.BackupID = store.ID(backup.ID)
	}
	if err := t.tx.SaveCase(m.Case); err != nil {
		return err
	}
	return t.log(store.Entry{CaseID: store.ID(m.ID), Action: "case.assigned", Subject: "staff:" + d.Mediator, Words: t.words})
}

// Handle is what a person does about an escalation: acknowledge it, resolve it with a note, pass it on,
// grant or decline the time it asks for.
type Handle struct {
	Code int64
	Verb string // ok, done, pass, grant, decline
	Note string
}

func (d Handle) decide(t *turn, m *matter) error {
	e, ok, err := t.tx.FindEscalationByCode(t.program.ID, d.Code)
	if err != nil {
		return err
	}
	if !ok || e.CaseID != m.ID {
		return store.NewError(store.NotFound, fmt.Sprintf("There is no escalation %d in case %s.", d.Code, m.Reference), nil)
	}
	if e.Status == store.EscalationResolved {
		return store.NewError(store.Conflict, fmt.Sprintf("Escalation %d is resolved already.", d.Code), nil)
	}
	who, err := t.staffOfTurn(m)
	if err != nil {
		return err
	}
	switch d.Verb {
	case "ok":
		return t.acknowledge(m, &e, who)
	case "done":
		if e.Reason == "extension" {
			return store.NewError(store.Invalid, fmt.Sprintf("Escalation %d asks for time, and the party waits for an answer: grant it or decline it.", d.Code), nil)
		}
		return t.resolve(m, &e, &who, d.Note)
	case "pass":
		return t.pass(m, &e)
	case "grant", "decline":
		if e.Reason != "extension" {
			return store.NewError(store.Invalid, fmt.Sprintf("Escalation %d asks for no time: it can be acknowledged, resolved or passed on.", d.Code), nil)
		}
		return asError(t.decideExtension(m, &e, who, d.Verb == "grant"))
	}
	return store.NewError(store.Invalid, fmt.Sprintf("%q is nothing that can be done about an escalation: ok, done, pass, grant or decline.", d.Verb), nil)
}

// staffOfTurn is the staff member who decides; the command line acts for the mediator.
func (t *turn) staffOfTurn(m *matter) (store.Staff, error) {
	key, is := staffKey(t.actor)
	if !is {
		return t.tx.GetStaff(m.MediatorID)
	}
	who, ok, err := t.tx.FindStaffByKey(t.program.ID, key)
	if err != nil || !ok {
		return who, notThere(err, "staff member "+key)
	}
	return who, nil
}

// aboutParty is a decision about a party's line.
type aboutParty interface{ party() string }

func (d ConsentGiven) party() string { return d.Party }
func (d OptOut) party() string       { return d.Party }

// holdPartyLine locks the line of a party of a case that is not locked yet.
func (t *turn) holdPartyLine(caseID int64, key string) error {
	parties, err := t.tx.PartiesOf(caseID)
	if err != nil {
		return err
	}
	for _, p := range parties {
		if p.Key == key {
			return t.holdLine(p.LineID)
		}
	}
	return nil // lineOf tells
}

// lineOf takes the line of a party in hand.
func (t *turn) lineOf(m *matter, key string) (*store.Party, error) {
	p := m.partyByKey(key)
	if p == nil {
		return nil, noParty(m, key)
	}
	return p, t.holdLine(p.LineID)
}

// decided appends what a decision came to.
func (t *turn) decided(m *matter, c *store.Commitment, entries []ledger.Entry, err error, what string) error {
	if err == nil && len(entries) == 0 {
		err = store.NewError(store.Conflict, fmt.Sprintf("Nothing is left of %s for this %s.", c.Key, what), nil)
	}
	if err != nil {
		return asError(err)
	}
	if err := t.logDecision(m, c, "decision."+what); err != nil {
		return err
	}
	_, err = t.enterLedger(m, c, entries)
	return err
}

// logDecision keeps a person's reason with what was decided.
func (t *turn) logDecision(m *matter, c *store.Commitment, action string) error {
	return t.log(store.Entry{CaseID: store.ID(m.ID), PartyID: store.ID(c.ByID), Action: action, Subject: subjectOf(c), Words: t.words})
}

// tell lets the one who owes know what a person recorded, unless that is somebody who gets no texts.
func (t *turn) tell(m *matter, c *store.Commitment, entry string, amount int64) error {
	p := m.texter(c.ByID)
	return t.armSeat(seat{p, m}, wish{flow: flowNotice, entry: entry, commitment: c, at: t.now, keeps: outcomeKeeps,
		vars: map[string]string{"amount": cents(amount)}})
}

func (t *turn) markOf(m *matter, c *store.Commitment, on calendar.Date) ledger.Mark {
	if on.IsZero() {
		on = calendar.On(t.now, zoneOf(m.party(c.ByID).Zone))
	}
	return ledger.Mark{On: on, At: t.now, By: t.actor}
}

func moneyByKey(m *matter, key string) (*store.Commitment, error) {
	c := m.commitmentByKey(key)
	if c == nil {
		return nil, noCommitment(m, key)
	}
	if c.Kind != restitution {
		return nil, store.NewError(store.Invalid, fmt.Sprintf("Commitment %s is no restitution.", key), nil)
	}
	return c, nil
}

func noCommitment(m *matter, key string) error {
	return store.NewError(store.NotFound, fmt.Sprintf("There is no commitment %s in case %s.", key, m.Reference), nil)
}

// staffKey is the staff member whose act a turn is, if it is one's.
func staffKey(actor string) (string, bool) { return strings.CutPrefix(actor, "staff:") }

// asError gives the ledger's refusals their code.
func asError(err error) error {
	if r, ok := errors.AsType[*ledger.Refusal](err); ok {
		sentence := strings.ToUpper(r.Sentence[:1]) + r.Sentence[1:] + "."
		return store.NewError(store.Code(r.Code), sentence, err)
	}
	return err
}
