package simulation

import (
	"strings"

	"amends/bot/emulator"
)

// tells are beginnings of words that no discreet phone may show.
var tells = []string{"$", "riverside", "lakeside", "restorative", "paid", "payment", "pago", "pagar", "pagué", "pague", "court", "corte", "restitu", "mediat", "mediador",
	"mediaci", "victim", "víctim", "offend", "ofens", "agreement", "acuerdo", "justice", "justicia", "deuda", "balance", "saldo", "money", "dinero",
	"apolog", "disculpa", "crime", "delito", "police", "policía"}

// law2 looks at each text on each phone for what is somebody else's.
func (e *evidence) law2(s *sheet) {
	e.housesApart(s)
	for phone, thread := range e.threads {
		owner := e.town.owner[strings.TrimPrefix(phone, "+1")]
		p, _ := owner.(*person)
		for _, x := range thread {
			if !reached(x) {
				continue
			}
			low := []byte(strings.ToLower(x.Body))
			s.try(otherSide)
			if w := privateWord(low); w != "" && (p == nil || e.town.owner[w] != owner) {
				s.breach(otherSide, x.At, "a text on phone %s bears a name or a word of somebody else's", phone[8:])
			}
			e.walls(s, phone, x)
			if n := privateNumber(low); n != "" && "+1"+n != phone && "+1"+n != e.town.writesTo(phone).number {
				s.breach(otherSide, x.At, "a text on phone %s bears a number", phone[8:])
			}
			if p == nil {
				continue
			}
			if p.discreet {
				s.try(discreetPhone)
				for _, word := range tells {
					if strings.Contains(string(low), word) {
						s.breach(discreetPhone, x.At, "a text on a discreet phone, %s, says %q", phone[8:], word)
						break
					}
				}
			}
			e.sums(s, p, x)
		}
	}
}

// walls: a phone hears of its own program and from its number, and nothing of another program's.
func (e *evidence) walls(s *sheet, phone string, x emulator.Text) {
	own := e.town.writesTo(phone)
	low := strings.ToLower(x.Body)
	for _, a := range e.town.agencies {
		if a == own {
			s.that(x.Peer == a.number, twoHouses, x.At, "a text on phone %s came from another program's number", phone[8:])
			continue
		}
		for _, name := range a.says {
			s.that(!strings.Contains(low, name), twoHouses, x.At, "a text on phone %s names another program", phone[8:])
		}
	}
}

// housesApart: what stands in the tables of one case is of one program's staff and lines.
func (e *evidence) housesApart(s *sheet) {
	keys := map[string]*agency{}
	for _, h := range e.town.staff {
		keys["staff:"+h.key] = h.agency
	}
	of := map[int64]*agency{}
	for _, m := range e.town.cases {
		if c := e.caseOf[m.ref]; c != nil {
			of[c.id] = m.agency
			s.that(c.program == m.agency.program.Key, twoHouses, at(c.openedAt), "%s stands with program %s", m.ref, c.program)
		}
	}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		s.that(m.houses == 1, twoHouses, at(m.queuedAt), "message %s is of two programs", m.id)
	}
	for i := range e.tables.audit {
		a := &e.tables.audit[i]
		if who, house := keys[a.actor], of[a.caseID]; who != nil && house != nil {
			s.that(who == house, twoHouses, at(a.at), "%s did something to a case of another program", a.actor)
		}
	}
}

// sums: money is told to those who owe it or are owed it.
func (e *evidence) sums(s *sheet, p *person, x emulator.Text) {
	found := sums.FindAllString(x.Body, -1)
	if found == nil {
		return
	}
	s.try(otherSums)
	mine, others := map[string]bool{}, map[string]bool{}
	for _, seat := range p.seats {
		for _, d := range seat.m.debts {
			if d.by == seat || d.to == seat || seat.standsFor != nil && d.by == seat.standsFor {
				mine[d.each] = true
			} else {
				others[d.each] = true
			}
		}
	}
	if len(mine) == 0 {
		s.breach(otherSums, x.At, "a text on phone %s tells of money to somebody who neither owes nor is owed any", p.phone[8:])
		return
	}
	for _, sum := range found {
		if others[sum] && !mine[sum] {
			s.breach(otherSums, x.At, "a text on phone %s bears an instalment of somebody else's", p.phone[8:])
		}
	}
}
