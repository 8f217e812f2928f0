package bot

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"amends/bot/twilio"
	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
	"amends/templates"
)

// order is what a staff member's text says.
type order struct {
	verb string // ok, done, pass, list, grant, decline; "" for none that we know
	code int64  // 0 if none was given
	note string
}

// verbs are the words that staff write, in English and Spanish.
var verbs = map[string]string{
	"ok": "ok", "okay": "ok", "ack": "ok", "vale": "ok",
	"done": "done", "resolved": "done", "hecho": "done", "listo": "done",
	"pass": "pass", "pasar": "pass", "paso": "pass",
	"list": "list", "lista": "list",
	"1": "grant", "2": "decline",
}

// readOrder reads `OK 7`, `done 7 spoke to both`, `PASS #7`, `1 7`, `list`, or just `ok`.
func readOrder(body string) order {
	words := strings.Fields(body)
	if len(words) == 0 {
		return order{}
	}
	first := strings.ToLower(strings.Trim(words[0], ".,:;!"))
	if i := strings.IndexAny(first, "0123456789#"); i > 0 { // OK7
		words = append([]string{first[:i], first[i:]}, words[1:]...)
		first = strings.TrimRight(first[:i], ".,:;!")
	}
	o := order{verb: verbs[first]}
	rest := words[1:]
	if len(rest) > 0 {
		if n, err := strconv.ParseInt(strings.Trim(rest[0], "#.,:;!"), 10, 64); err == nil && n > 0 {
			o.code, rest = n, rest[1:]
		}
	}
	o.note = strings.Join(rest, " ")
	return o
}

// fromStaff does what a staff member's text says, and answers it.
func (t *turn) fromStaff(who store.Staff, in twilio.Inbound) error {
	t.actor = "staff:" + who.Key
	m := store.Message{StaffID: store.ID(who.ID)}
	if fresh, err := t.keep(&m, in); err != nil || !fresh {
		return err
	}
	mine, err := t.openFor(who)
	if err != nil {
		return err
	}
	o := readOrder(in.Body)
	switch o.verb {
	case "":
		return t.sayStaff(who, "unknown", store.ClassStaff, nil, templates.StaffText{})
	case "list":
		return t.sayList(who, "list", mine)
	}
	e, err := t.meant(who, o, mine)
	if err != nil || e == nil {
		return err
	}
	matter, err := t.matter(e.CaseID)
	if err != nil {
		return err
	}
	// The case is locked now: what it says is what stands.
	fresh, err := t.tx.GetEscalation(e.ID)
	if err != nil {
		return err
	}
	if fresh.Status == store.EscalationResolved {
		return t.sayStaff(who, "closed", store.ClassStaff, nil, t.about(matter, &fresh))
	}
	return t.obey(who, o, matter, &fresh)
}

// obey carries out an order about an open escalation.
func (t *turn) obey(who store.Staff, o order, m *matter, e *store.Escalation) error {
	about := t.about(m, e)
	key := map[string]string{"ok": "ok", "done": "done", "pass": "passed", "grant": "granted", "decline": "declined"}[o.verb]
	if o.verb == "done" && e.Reason == "extension" {
		// The party waits for an answer, and DONE is none.
		return t.sayStaff(who, "alert.extension", store.ClassStaff, e, about)
	}
	var err error
	switch o.verb {
	case "ok":
		err = t.acknowledge(m, e, who)
	case "done":
		err = t.resolve(m, e, &who, o.note)
	case "pass":
		err = t.pass(m, e)
	case "grant", "decline":
		if o.verb == "decline" {
			c := m.commitment(wants(e).Commitment)
			about.Date = day(dueOf(m, c, calendar.On(t.now, t.program.zone)))
		}
		err = t.decideExtension(m, e, who, o.verb == "grant")
	}
	if moot, ok := errors.AsType[*ledger.Refusal](err); ok && moot.Code != ledger.Invalid {
		// It was settled meanwhile: nothing is left to be moved.
		key, err = "closed", t.resolve(m, e, &who, moot.Sentence)
	}
	if err != nil {
		return err
	}
	return t.sayStaff(who, key, store.ClassStaff, e, about)
}

// pass hands an escalation to the next in turn.
func (t *turn) pass(m *matter, e *store.Escalation) error {
	e.Status = store.EscalationOpen
	return t.stepUp(m, e, "passed on")
}

// openFor lists what is open for a staff member: a mediator's own cases and those she backs; all of
// the program's for a coordinator or an administrator.
func (t *turn) openFor(who store.Staff) ([]store.Escalation, error) {
	open, err := t.tx.OpenEscalations(t.program.ID)
	if err != nil || who.Role != "mediator" {
		return open, err
	}
	var mine []store.Escalation
	for _, e := range open {
		c, err := t.tx.GetCase(e.CaseID)
		if err != nil {
			return nil, err
		}
		if c.MediatorID == who.ID || int64(c.BackupID) == who.ID {
			mine = append(mine, e)
		}
	}
	return mine, nil
}

// meant is the escalation that an order is about: the one it names, or the only one it could be. If
// that is not plain, the staff member is asked, and nothing is done.
func (t *turn) meant(who store.Staff, o order, mine []store.Escalation) (*store.Escalation, error) {
	decides := o.verb == "grant" || o.verb == "decline"
	if o.code != 0 {
		for i := range mine {
			if mine[i].Code == o.code && (!decides || mine[i].Reason == "extension") {
				return &mine[i], nil
			}
		}
		return t.resolvedOne(who, o)
	}
	could := slices.DeleteFunc(slices.Clone(mine), func(e store.Escalation) bool {
		return decides && e.Reason != "extension" || o.verb == "ok" && e.Status != store.EscalationOpen
	})
	switch len(could) {
	case 0:
		if decides {
			return nil, t.sayStaff(who, "unknown", store.ClassStaff, nil, templates.StaffText{})
		}
		return nil, t.sayStaff(who, "list.empty", store.ClassStaff, nil, templates.StaffText{})
	case 1:
		return &could[0], nil
	}
	return nil, t.sayList(who, "which", could)
}

// resolvedOne answers an order about a code that is not open for this person.
func (t *turn) resolvedOne(who store.Staff, o order) (*store.Escalation, error) {
	e, ok, err := t.tx.FindEscalationByCode(t.program.ID, o.code)
	if err != nil {
		return nil, err
	}
	if ok && e.Status == store.EscalationResolved {
		c, err := t.tx.GetCase(e.CaseID)
		if err != nil {
			return nil, err
		}
		if who.Role != "mediator" || c.MediatorID == who.ID || int64(c.BackupID) == who.ID {
			return &e, nil
		}
	}
	return nil, t.sayStaff(who, "no_code", store.ClassStaff, nil, templates.StaffText{Code: int(o.code)})
}

// listMost bounds a list by text: more than these do not fit, and the page has them all.
const listMost = 5

func (t *turn) sayList(who store.Staff, key string, open []store.Escalation) error {
	if len(open) == 0 {
		return t.sayStaff(who, "list.empty", store.ClassStaff, nil, templates.StaffText{})
	}
	rank := map[string]int{urgent: 0, high: 1, normal: 2}
	slices.SortStableFunc(open, func(a, b store.Escalation) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.OpenedAt, b.OpenedAt))
	})
	var v templates.StaffText
	for _, e := range open[:min(len(open), listMost)] {
		c, err := t.tx.GetCase(e.CaseID)
		if err != nil {
			return err
		}
		v.Open = append(v.Open, templates.StaffItem{Code: int(e.Code), Case: c.Reference, Reason: e.Reason})
	}
	v.Code = v.Open[0].Code
	return t.sayStaff(who, key, store.ClassStaff, nil, v)
}
