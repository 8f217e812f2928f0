package simulation

import (
	"strings"
	"time"

	"amends/bot/emulator"
)

// onItsWay is the longest that a text may be with the provider before it is taken: what was let go
// just before a change may be taken just after.
const onItsWay = 16 * time.Second

// promptly is "within minutes", the hour notwithstanding.
const promptly = 15 * time.Minute

// law1 looks at each text on each party's phone: consent, opt-out, closed cases, the hours, two a day.
func (e *evidence) law1(s *sheet) {
	for _, p := range e.town.people {
		days := map[string]int{}
		stops := e.stops(p)
		for _, x := range e.threads[p.phone] {
			m := e.bySID[x.SID]
			if !reached(x) || m == nil {
				continue // law 3 looks at those on no record
			}
			own := e.answered(m)
			e.consented(s, p, x, m, own)
			e.stopped(s, p, x, m, own, stops)
			if c := e.caseOf[m.reference]; c != nil {
				s.that(c.closedAt == 0 || !taken(x).After(at(c.closedAt).Add(onItsWay)), afterClose, x.At, "%s got %s though the case was closed", m.reference, m.template)
			}
			e.inHours(s, p, x, m, own)
			e.held(s, x, m, own)
			s.try(twoADay)
			if own == nil {
				day := taken(x).In(p.zone).Format(time.DateOnly)
				if days[day]++; days[day] > 2 {
					s.breach(twoADay, x.At, "%s %s got %d unprompted texts on %s, the last of them %s", m.reference, m.party, days[day], day, m.template)
				}
			}
		}
	}
}

// consented: before its consent a party gets the request, and answers to what it writes.
func (e *evidence) consented(s *sheet, p *person, x emulator.Text, m *messageRow, own *written) {
	seat := e.seatOf(m)
	if seat == nil {
		return
	}
	s.try(consentFirst)
	if own != nil || asks(x.Body) == askConsent || confirmsStop(x.Body) || seat.onForm {
		return
	}
	var asked bool
	for _, y := range e.threads[p.phone] {
		if !y.At.Before(taken(x)) {
			break
		}
		if r := e.bySID[y.SID]; reached(y) && r != nil && e.seatOf(r) == seat && asks(y.Body) == askConsent {
			asked = true
		}
		if y.Direction == emulator.FromPhone {
			w := e.wrote[y.SID]
			if w != nil && (asked && saysYes(w) || w.meant == sayStart) {
				return
			}
		}
	}
	for _, c := range e.consents {
		if c.seat == seat && !c.at.After(x.At) {
			return
		}
	}
	s.breach(consentFirst, x.At, "%s %s got %s without consent", m.reference, m.party, m.template)
}

// held: while a staff member holds the texts to a party, it gets answers to its own, and nothing else.
func (e *evidence) held(s *sheet, x emulator.Text, m *messageRow, own *written) {
	for i := range e.pauses {
		p := &e.pauses[i]
		if p.m.ref != m.reference || p.seat != nil && p.seat.key != m.party || !taken(x).After(p.from.Add(onItsWay)) || !taken(x).Before(p.to) {
			continue
		}
		s.that(own != nil || confirmsStop(x.Body), whilePaused, x.At, "%s %s got %s while a person held the texts", m.reference, m.party, m.template)
	}
}

// saysYes is whether a text can be taken for a yes.
func saysYes(w *written) bool {
	return w.meant == sayYes || strings.HasPrefix(strings.TrimSpace(w.body), "1")
}

// confirmsStop is whether a text confirms that no more will come.
func confirmsStop(body string) bool {
	low := strings.ToLower(body)
	for _, words := range []string{"no more texts", "ya no le enviaremos", "sorry to have troubled", "perdone la molestia"} {
		if strings.Contains(low, words) {
			return true
		}
	}
	return false
}

// stops are the stretches in which a phone was stopped, as far as the service could know.
func (e *evidence) stops(p *person) []span {
	var list []span
	stopped := false
	again := false // it was asked whether it wants our texts again
	for _, x := range e.threads[p.phone] {
		if x.Direction == emulator.ToPhone {
			again = again || reached(x) && asks(x.Body) == askAgain
			continue
		}
		w := e.wrote[x.SID]
		if w == nil {
			continue
		}
		when := e.takenIn(w)
		if when.IsZero() {
			continue
		}
		switch {
		case !stopped && (w.meant == sayStop || w.meant == sayWrong):
			stopped, again = true, false
			list = append(list, span{when, e.end})
		case stopped && (w.meant == sayStart || again && saysYes(w)):
			stopped = false
			list[len(list)-1].to = when
		}
	}
	for _, c := range e.consents { // a staff member's word opens a line again
		for i := range list {
			if c.seat.person == p && c.at.After(list[i].from) && c.at.Before(list[i].to) {
				list[i].to = c.at
			}
		}
	}
	for _, seat := range p.seats { // so does a form that was signed on a later day
		c := e.caseOf[seat.m.ref]
		for i := range list {
			if opened := list[i]; c != nil && seat.onForm && at(c.openedAt).After(opened.from) && at(c.openedAt).Before(opened.to) &&
				seat.m.file.MediatedOn.String() > opened.from.In(p.agency.zone).Format(time.DateOnly) {
				list[i].to = at(c.openedAt)
			}
		}
	}
	return list
}

// stopped: after an opt-out comes its one confirmation, and answers to START and HELP.
func (e *evidence) stopped(s *sheet, p *person, x emulator.Text, m *messageRow, own *written, stops []span) {
	for _, stop := range stops {
		t := taken(x)
		if !t.After(stop.from) || !t.Before(stop.to) {
			continue
		}
		s.try(afterStop)
		switch {
		case own == nil && !t.After(stop.from.Add(onItsWay)):
		case confirmsStop(x.Body) && own != nil && !e.confirmedBefore(p, x, stop):
		case own != nil && (own.meant == sayStart || own.meant == sayHelp || saysYes(own)):
		case own != nil && e.takenIn(own).Before(stop.from):
			// what was asked before the stop and answered while it was on its way
			if t.After(stop.from.Add(onItsWay)) {
				s.breach(afterStop, x.At, "%s %s got %s after it had said stop", m.reference, m.party, m.template)
			}
		default:
			s.breach(afterStop, x.At, "%s %s got %s after it had said stop", m.reference, m.party, m.template)
		}
	}
}

// confirmedBefore is whether the stop was confirmed before this text.
func (e *evidence) confirmedBefore(p *person, x emulator.Text, stop span) bool {
	for _, y := range e.threads[p.phone] {
		if y.SID == x.SID {
			return false
		}
		if reached(y) && confirmsStop(y.Body) && taken(y).After(stop.from) {
			return true
		}
	}
	return false
}

// inHours: a text arrives in the hours that the case file allows, by the clock on its reader's wall.
func (e *evidence) inHours(s *sheet, p *person, x emulator.Text, m *messageRow, own *written) {
	s.try(quietHours)
	local := x.At.In(p.zone)
	if p.allows(local.Hour()*60 + local.Minute()) {
		return
	}
	if own != nil && (confirmsStop(x.Body) || !taken(x).After(own.at.Add(promptly+onItsWay))) {
		return
	}
	s.breach(quietHours, x.At, "%s %s got %s at %s of its day", m.reference, m.party, m.template, local.Format("15:04:05"))
}

// allows is whether a minute of the day is one of somebody's hours.
func (p *person) allows(minute int) bool {
	from, to := p.quiet[0], p.quiet[1]
	if from < to && minute >= from && minute < to || from > to && (minute >= from || minute < to) {
		return false
	}
	for _, w := range p.safe {
		if minute >= w[0] && minute < w[1] {
			return true
		}
	}
	return len(p.safe) == 0
}
