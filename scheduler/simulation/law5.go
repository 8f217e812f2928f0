package simulation

import (
	"fmt"
	"strings"
	"time"

	"amends/bot/emulator"
)

// graceDays are the days after a date on which nothing is missed yet.
const graceDays = 3

// promise is one date by which something was to be done, and how long it stood.
type promise struct {
	c           *commitmentRow
	by          *seat
	on          string
	stood       time.Time // until when; the zero time for to the end
	settledOn   string    // of a task that was met or waived
	takenBackAt time.Time // when it became one again, or one at all
}

// law5: what is not kept by the end of its grace is met, moved or waived, or somebody has it; and what
// somebody has is on their phone.
func (e *evidence) law5(s *sheet) {
	by := e.ledgers()
	for _, p := range e.promises(by) {
		over := startOfDay(p.on, graceDays+1, p.by.person.zone)
		deadline := e.later(over, startOfDay(p.on, graceDays+2, p.by.person.zone))
		if p.takenBackAt.After(over) {
			deadline = e.later(p.takenBackAt, p.takenBackAt.Add(24*time.Hour))
		}
		row := e.caseOf[p.c.reference]
		switch {
		case deadline.After(e.end):
		case !p.stood.IsZero() && p.stood.Before(deadline): // it was moved
		case row.closedAt != 0 && at(row.closedAt).Before(deadline):
		case at(row.openedAt).After(over):
		case p.settledOn != "" && !startOfDay(p.settledOn, 0, p.by.person.zone).After(deadline):
		case p.c.kind == "restitution" && e.coveredSometime(p, by[p.c.id], over, deadline):
		default:
			s.that(e.escalated(p, over, deadline), missedOnes, over, "%s %s, due %s, was not kept and nobody was told", p.c.reference, p.c.key, p.on)
			continue
		}
		s.try(missedOnes)
	}
	e.reach(s)
}

// promises are all dates of all commitments, those that were moved away from too.
func (e *evidence) promises(by map[int64][]ledgerRow) (list []promise) {
	for i := range e.tables.commitments {
		c := &e.tables.commitments[i]
		who := e.texter(c)
		if who == nil {
			continue
		}
		if c.kind != "restitution" {
			list = append(list, e.taskDates(c, who)...)
			continue
		}
		dates := map[string]bool{}
		for _, r := range by[c.id] {
			if (r.entry == "due" || r.entry == "rescheduled") && !dates[r.on] {
				dates[r.on] = true
				list = append(list, promise{c: c, by: who, on: r.on})
			}
		}
	}
	return list
}

// taskDates are the dates that a task has had.
func (e *evidence) taskDates(c *commitmentRow, who *seat) (list []promise) {
	p := promise{c: c, by: who}
	for _, m := range e.town.cases {
		for _, t := range m.tasks {
			if m.ref == c.reference && t.key == c.key {
				p.on = t.due
			}
		}
	}
	if c.status == "met" || c.status == "waived" {
		p.settledOn = c.settledOn
	}
	for _, a := range e.tables.audit {
		if a.caseID != c.caseID || a.subject != "commitment:"+c.key {
			continue
		}
		switch a.action {
		case "commitment.rescheduled":
			p.stood = at(a.at)
			list = append(list, p)
			p.on, p.stood, p.takenBackAt = strings.TrimPrefix(a.why, "to "), time.Time{}, at(a.at) // to a day that was, perhaps
		case "record.taken_back":
			p.takenBackAt = at(a.at)
		}
	}
	return append(list, p)
}

// texter is who is texted about a commitment: its guardian, or the one who owes it.
func (e *evidence) texter(c *commitmentRow) *seat {
	var owes, guard *seat
	for _, m := range e.town.cases {
		if m.ref != c.reference {
			continue
		}
		for _, s := range m.seats {
			if s.key == c.by {
				owes = s
			}
			if s.standsFor != nil && s.standsFor.key == c.by {
				guard = s
			}
		}
	}
	if guard != nil {
		return guard
	}
	return owes
}

// startOfDay is the first instant of the day so many days after a date.
func startOfDay(date string, days int, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, zone)
}

// coveredSometime is whether a promise was kept at any time in which the end of its grace may have been
// looked at. What is disputed later is another matter, and another escalation.
func (e *evidence) coveredSometime(p promise, list []ledgerRow, over, deadline time.Time) bool {
	if e.coveredBy(p, list, over) || e.coveredBy(p, list, deadline) {
		return true
	}
	for _, r := range list {
		if t := at(r.recordedAt); t.After(over) && t.Before(deadline) && e.coveredBy(p, list, t) {
			return true
		}
	}
	return false
}

// coveredBy is whether, at a time, all that was due by a promise's date was paid, said to be, or need
// not be.
func (e *evidence) coveredBy(p promise, list []ledgerRow, when time.Time) bool {
	type part struct {
		on    string
		cents int64
	}
	parts := map[int64][]part{} // of each instalment, in the order in which they came to be
	for _, r := range list {
		switch {
		case r.entry == "due":
			parts[r.id] = []part{{r.on, r.cents}}
		case r.entry == "rescheduled" && !at(r.recordedAt).After(when):
			left := r.cents
			for i := len(parts[r.ofID]) - 1; i >= 0 && left > 0; i-- {
				moved := min(left, parts[r.ofID][i].cents)
				parts[r.ofID][i].cents -= moved
				left -= moved
			}
			for i := range parts[r.ofID] { // what stays was paid first: it is due no later than what was moved to an earlier day
				parts[r.ofID][i].on = min(parts[r.ofID][i].on, r.on)
			}
			parts[r.ofID] = append(parts[r.ofID], part{r.on, r.cents})
		}
	}
	due, own := int64(0), int64(0)
	for _, of := range parts {
		for _, x := range of {
			if x.on <= p.on {
				due += x.cents
			}
			if x.on == p.on {
				own += x.cents
			}
		}
	}
	return own == 0 || addUp(list, when).covered() >= due
}

// escalated is whether somebody has it that a promise was missed.
func (e *evidence) escalated(p promise, over, deadline time.Time) bool {
	for _, x := range e.tables.escalations {
		if x.reference == p.c.reference && strings.HasPrefix(x.reason, "missed_") && x.subject == p.c.key &&
			!at(x.openedAt).After(deadline) && (x.resolvedAt == 0 || !at(x.resolvedAt).Before(over)) {
			return true
		}
	}
	return false
}

// reach: each escalation is on a phone of the staff's in its time, and if nobody takes it, on a
// coordinator's in the end.
func (e *evidence) reach(s *sheet) {
	for _, x := range e.tables.escalations {
		opened := at(x.openedAt)
		patience := time.Hour + 10*time.Minute
		switch x.severity {
		case "high":
			patience = 48 * time.Hour
		case "normal":
			patience = 7 * 24 * time.Hour
		}
		zone := e.agencyOf(x.reference).zone
		first := e.alertedBy(zone, x.severity, opened)
		last := e.putOff(zone, x.severity, opened, first.Add(patience))
		on, coordinator := e.alerted(&x, first, last)
		settledBy := func(t time.Time) bool {
			return x.resolvedAt != 0 && !at(x.resolvedAt).After(t) || t.After(e.end)
		}
		if !settledBy(first) {
			s.that(on, reachesAPerson, opened, "%s: escalation %d, %s, came to nobody's phone by %s", x.reference, x.code, x.reason, first.UTC().Format(time.RFC3339))
		}
		if !settledBy(last) && (x.acknowledgedAt == 0 || at(x.acknowledgedAt).After(last)) {
			s.that(coordinator, upTheLadder, opened, "%s: escalation %d, %s, was taken by nobody and came to no coordinator by %s", x.reference, x.code, x.reason, last.UTC().Format(time.RFC3339))
		}
	}
}

// alertedBy is by when an alert is on a phone: soon after its hour.
func (e *evidence) alertedBy(zone *time.Location, severity string, opened time.Time) time.Time {
	return e.putOff(zone, severity, opened, alertHour(zone, severity, opened).Add(soonAlerted))
}

// putOff puts off by when an alert is on a phone. What comes too late for that day's hours, because
// something was away or had to be tried again, waits for the next; and something may be away then too.
func (e *evidence) putOff(zone *time.Location, severity string, opened, by time.Time) time.Time {
	for {
		put := e.later(opened, by)
		if hour := alertHour(zone, severity, put); hour.After(put) {
			put = hour.Add(soonAlerted)
		}
		if !put.After(by) {
			return by
		}
		by = put
	}
}

// agencyOf is whose a case is.
func (e *evidence) agencyOf(reference string) *agency {
	for _, m := range e.town.cases {
		if m.ref == reference {
			return m.agency
		}
	}
	return e.town.agencies[0]
}

// soonAlerted is how soon an alert is on a phone once it may go.
const soonAlerted = 5 * time.Minute

// alerted is whether an escalation's alert reached any phone by first, and a coordinator's by last.
func (e *evidence) alerted(x *escalationRow, first, last time.Time) (on, coordinator bool) {
	code := fmt.Sprintf(" %d", x.code)
	for _, h := range e.agencyOf(x.reference).staff {
		for _, y := range e.threads[h.phone] {
			if y.Direction != emulator.ToPhone || !reached(y) || y.At.Before(at(x.openedAt)) || y.At.After(last) ||
				!strings.Contains(y.Body, x.reference) || !strings.Contains(y.Body, code+".") && !strings.Contains(y.Body, code+",") && !strings.Contains(y.Body, code+" ") {
				continue
			}
			on = on || !y.At.After(first)
			coordinator = coordinator || h.role == "coordinator"
		}
	}
	return on, coordinator
}

// alertHour is the first time from t on at which an alert of a severity may go: any, 8 to 21, or
// office hours.
func alertHour(zone *time.Location, severity string, t time.Time) time.Time {
	if severity == "urgent" {
		return t
	}
	for {
		local := t.In(zone)
		hour, from, to := local.Hour(), 9, 17
		open := local.Weekday() != time.Saturday && local.Weekday() != time.Sunday
		if severity == "high" {
			from, to, open = 8, 21, true
		}
		if open && hour >= from && hour < to {
			return t
		}
		t = t.Truncate(time.Minute).Add(time.Minute)
	}
}
