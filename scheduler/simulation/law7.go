package simulation

import (
	"fmt"
	"strings"
	"time"
)

// law7: nothing is said of what has moved on: of a conversation that has ended, of money that is paid,
// of a case that is completed, of an escalation that is resolved.
func (e *evidence) law7(s *sheet) {
	sessions := map[int64]*sessionRow{}
	for i := range e.tables.sessions {
		sessions[e.tables.sessions[i].id] = &e.tables.sessions[i]
	}
	escalations := map[int64]*escalationRow{}
	for i := range e.tables.escalations {
		escalations[e.tables.escalations[i].id] = &e.tables.escalations[i]
	}
	by := e.ledgers()
	e.askedAgain(s)
	e.returned(s)
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.direction != "out" || m.status == "dropped" || m.attempts > 0 {
			continue
		}
		queued := at(m.queuedAt)
		if ses := sessions[m.sessionID]; ses != nil {
			s.that(ses.status != "ended" || m.queuedAt <= ses.endedAt, staleTimers, queued, "%s %s: %s is said of a %s that had ended", m.reference, m.party, m.template, ses.flow)
			if strings.HasSuffix(ses.flow, "checkin") && e.answered(m) == nil {
				c := e.caseOf[m.reference]
				s.that(c == nil || c.completedAt == 0 || m.queuedAt <= c.completedAt, staleTimers, queued, "%s %s: a check-in of a case that is completed", m.reference, m.party)
			}
		}
		if m.class == "alert" {
			if x := escalations[m.escalationID]; x != nil && m.triedAt != 0 {
				s.that(x.resolvedAt == 0 || m.triedAt <= x.resolvedAt+onItsWay.Milliseconds(), staleTimers, queued, "%s: an alert of escalation %d, which is resolved", m.reference, x.code)
			}
		}
		if strings.HasPrefix(m.template, "reminder.") && m.triedAt != 0 {
			e.reminded(s, m, by, queued)
		}
	}
}

// soonest is the least time after which anything is asked again or returns: a day, and what a change of
// the clocks takes from it.
const soonest = 23 * time.Hour

// askedAgain: a question that nobody answered is asked once more after a day, and not sooner because an
// earlier question's time is over.
func (e *evidence) askedAgain(s *sheet) {
	words := map[string]string{} // by SID, the texts that ask again
	for _, thread := range e.threads {
		for _, x := range thread {
			if low := strings.ToLower(x.Body); strings.Contains(low, "asking once more") || strings.Contains(low, "preguntamos otra vez") {
				words[x.SID] = x.Body
			}
		}
	}
	type question struct {
		session  int64
		template string
	}
	first := map[question]int64{}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.direction != "out" || m.sessionID == 0 {
			continue
		}
		q := question{m.sessionID, m.template}
		if first[q] == 0 {
			first[q] = m.queuedAt
		}
		if words[m.sid] != "" && m.sid != "" {
			s.that(at(m.queuedAt).Sub(at(first[q])) >= soonest, staleTimers, at(m.queuedAt), "%s %s: %s is asked once more within a day", m.reference, m.party, m.template)
		}
	}
}

// returned: what somebody has acknowledged returns after a day, and not sooner because the time to
// acknowledge it is over.
func (e *evidence) returned(s *sheet) {
	acknowledged, back := map[string]int64{}, map[string]bool{}
	for i := range e.tables.audit {
		a := &e.tables.audit[i]
		which := fmt.Sprint(a.caseID, " ", a.subject)
		switch a.action {
		case "escalation.opened":
			delete(acknowledged, which) // a code that is used again
			delete(back, which)
		case "escalation.acknowledged":
			if acknowledged[which] == 0 {
				acknowledged[which] = a.at
			}
		case "escalation.returned":
			if !back[which] {
				s.that(at(a.at).Sub(at(acknowledged[which])) >= soonest, staleTimers, at(a.at), "%s of case %d returns within a day of its acknowledgement", a.subject, a.caseID)
			}
			back[which] = true
		}
	}
}

// reminded: nobody is reminded while they owe nothing that is not paid or said to be.
func (e *evidence) reminded(s *sheet, m *messageRow, by map[int64][]ledgerRow, queued time.Time) {
	owes := false
	for i := range e.tables.commitments {
		c := &e.tables.commitments[i]
		who := e.texter(c)
		if c.reference != m.reference || who == nil || who.key != m.party {
			continue
		}
		if c.kind == "restitution" {
			x := addUp(by[c.id], queued)
			owes = owes || strings.HasPrefix(m.template, "reminder.money") && x.covered() < x.total
			continue
		}
		settled := (c.status == "met" || c.status == "waived") && c.settledOn != "" && startOfDay(c.settledOn, 2, who.person.zone).Before(queued)
		owes = owes || strings.HasPrefix(m.template, "reminder.other") && !settled
	}
	s.that(owes, staleTimers, queued, "%s %s is reminded of what is done", m.reference, m.party)
}
