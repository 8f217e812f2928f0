//go:build !race

package simulation

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/bot/emulator"
)

// TestEachCheckCanFail changes the evidence of a sound world so that each check in turn must say that
// its law broke: what it looks at is really there, and it really looks.
func TestEachCheckCanFail(t *testing.T) {
	t.Parallel()
	k, err := newKit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sound, err := k.live(t.Context(), Options{Days: 130}, 4, 16, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := sound.check(); len(s.breaches) > 0 {
		t.Fatalf("the world is not sound to begin with: %+v", s.breaches)
	}
	for c, spoil := range spoilers {
		e := sound.copy()
		if !spoil(e) {
			t.Errorf("%s: the world has nothing to spoil for it; take another seed", lines[c].says)
			continue
		}
		e.index()
		s := e.check()
		if s.broke[c] == 0 {
			t.Errorf("%s: spoilt, and nothing was said", lines[c].says)
		}
		if s.tried[c] == 0 {
			t.Errorf("%s: broken more often than tried", lines[c].says)
		}
	}
	for c := range checks {
		if _, there := spoilers[c]; !there && c != sameAgain {
			t.Errorf("nothing shows that %q can fail", lines[c].says)
		}
	}
	other := sound.copy()
	other.tables.messages[0].queuedAt++
	if sound.digest() == other.digest() {
		t.Errorf("%s: two worlds that differ have one digest", lines[sameAgain].says)
	}
}

// copy is evidence that can be spoilt by itself.
func (e *evidence) copy() *evidence {
	r, x, t := *e.record, *e, *e.tables
	r.written, r.torn, r.broken, r.shown = slices.Clone(r.written), slices.Clone(r.torn), slices.Clone(r.broken), maps.Clone(r.shown)
	r.log = &logScan{lines: e.log.lines}
	t.messages, t.ledger, t.audit = slices.Clone(t.messages), slices.Clone(t.ledger), slices.Clone(t.audit)
	t.cases, t.escalations, t.sessions = slices.Clone(t.cases), slices.Clone(t.escalations), slices.Clone(t.sessions)
	x.record, x.tables, x.threads = &r, &t, map[string][]emulator.Text{}
	for phone, thread := range e.threads {
		x.threads[phone] = slices.Clone(thread)
	}
	x.index()
	return &x
}

// spoilers make each law look broken, if the world has what they need.
var spoilers = map[check]func(e *evidence) bool{
	consentFirst: func(e *evidence) bool {
		for i := range e.written { // nobody ever said yes
			if w := &e.written[i]; saysYes(w) || w.meant == sayStart {
				w.meant, w.body = sayAside, "?"
			}
		}
		e.consents = nil
		return true
	},
	afterStop: func(e *evidence) bool {
		for i := range e.written { // every answer was a stop
			if e.written[i].meant == sayAnswer {
				e.written[i].meant = sayStop
			}
		}
		return true
	},
	afterClose: func(e *evidence) bool {
		e.tables.cases[0].closedAt = e.tables.cases[0].openedAt + 1
		return true
	},
	quietHours: func(e *evidence) bool {
		return e.spoilText(0, func(p *person, x *emulator.Text) {
			local := x.At.In(p.zone)
			x.At = time.Date(local.Year(), local.Month(), local.Day(), 3, 0, 0, 0, p.zone)
		}, nil)
	},
	twoADay: func(e *evidence) bool {
		var day time.Time
		n := 0
		for n < 3 {
			found := e.spoilText(n, func(p *person, x *emulator.Text) {
				if day.IsZero() {
					day = x.At
				}
				x.At = day.Add(time.Duration(n) * time.Millisecond)
			}, func(p *person) bool { return len(e.threads[p.phone]) > 40 })
			if !found {
				return false
			}
			n++
		}
		return true
	},
	otherSide: func(e *evidence) bool {
		return e.spoilText(0, func(p *person, x *emulator.Text) { x.Body += " " + strings.ToUpper(e.town.staff[0].name) }, nil)
	},
	discreetPhone: func(e *evidence) bool {
		return e.spoilText(0, func(p *person, x *emulator.Text) { x.Body += " Your mediator" }, func(p *person) bool { return p.discreet })
	},
	otherSums: func(e *evidence) bool {
		return e.spoilText(0, func(p *person, x *emulator.Text) { x.Body += " $31.07" }, func(p *person) bool {
			for _, s := range p.seats {
				for _, d := range s.m.debts {
					if d.by == s || d.to == s || s.standsFor != nil {
						return false
					}
				}
			}
			return true
		})
	},
	twoHouses: func(e *evidence) bool {
		e.tables.messages[0].houses++
		return true
	},
	inboundOnce: func(e *evidence) bool {
		return e.without(func(m *messageRow) bool { return m.direction == "in" })
	},
	outboundOnce: func(e *evidence) bool {
		p := e.town.people[0]
		again := e.threads[p.phone][0]
		again.SID = "SM" + strings.Repeat("0", 32)
		e.threads[p.phone] = append(e.threads[p.phone], again)
		return true
	},
	sameWords: func(e *evidence) bool {
		for _, m := range e.tables.messages {
			if m.direction == "out" && m.class == "prompt" {
				m.id, m.sid, m.event, m.status = "again", "", "again", "queued"
				m.queuedAt += 1000
				e.tables.messages = append(e.tables.messages, m)
				slices.SortStableFunc(e.tables.messages, func(a, b messageRow) int { return int(a.queuedAt - b.queuedAt) })
				return true
			}
		}
		return false
	},
	ledgerSums: func(e *evidence) bool {
		for i := range e.tables.ledger {
			if e.tables.ledger[i].entry == "received" {
				e.tables.ledger[i].cents++
				return true
			}
		}
		return false
	},
	ledgerGrows: func(e *evidence) bool {
		e.tables.ledger[0].by = "nobody"
		return true
	},
	missedOnes: func(e *evidence) bool {
		n := len(e.tables.escalations)
		e.tables.escalations = slices.DeleteFunc(e.tables.escalations, func(x escalationRow) bool { return strings.HasPrefix(x.reason, "missed_") })
		return len(e.tables.escalations) < n
	},
	reachesAPerson: func(e *evidence) bool {
		for _, h := range e.town.staff {
			delete(e.threads, h.phone)
		}
		return true
	},
	upTheLadder: func(e *evidence) bool {
		for _, h := range e.town.staff {
			if h.role == "coordinator" {
				delete(e.threads, h.phone)
			}
		}
		e.tables.escalations[0].acknowledgedAt, e.tables.escalations[0].resolvedAt = 0, 0
		return true
	},
	neverDropped: func(e *evidence) bool {
		for _, m := range e.tables.messages {
			if w := e.wrote[m.sid]; m.direction == "in" && m.party != "" && w != nil && w.meant == sayNonsense {
				e.tables.audit = slices.DeleteFunc(e.tables.audit, func(a auditRow) bool { return a.event == m.event && a.action != "text.received" })
				return e.without(func(o *messageRow) bool { return o.event == m.event && o.direction == "out" })
			}
		}
		return false
	},
	askedThenPerson: func(e *evidence) bool {
		e.tables.audit = slices.DeleteFunc(e.tables.audit, func(a auditRow) bool { return strings.HasPrefix(a.action, "escalation.") })
		return true
	},
	staleTimers: func(e *evidence) bool {
		for i := range e.tables.sessions {
			if e.tables.sessions[i].status == "ended" {
				e.tables.sessions[i].endedAt -= 1000
			}
		}
		return true
	},
	auditEntries: func(e *evidence) bool {
		for i := range e.tables.audit {
			if e.tables.audit[i].action == "text.sent" {
				e.tables.audit = slices.Delete(e.tables.audit, i, i+1)
				return true
			}
		}
		return false
	},
	auditSealed: func(e *evidence) bool {
		e.seal.missed = append(e.seal.missed, "a change")
		return true
	},
	whilePaused: func(e *evidence) bool {
		for _, m := range e.tables.messages { // everybody was held for ever
			if m.direction == "out" && m.class == "prompt" && m.status == "delivered" {
				for _, c := range e.town.cases {
					if c.ref == m.reference {
						e.pauses = append(e.pauses, pause{span{e.begin, e.end}, c, nil})
						return true
					}
				}
			}
		}
		return false
	},
	erasedOnes: func(e *evidence) bool {
		for i := range e.tables.cases {
			if c := &e.tables.cases[i]; c.erasedAt != 0 {
				c.kept++
				return true
			}
		}
		return false
	},
	auditGrows: func(e *evidence) bool {
		e.tables.audit[1].why += "."
		return true
	},
	quietLogs: func(e *evidence) bool {
		e.log.line([]byte("level=INFO msg=sent to=" + e.town.people[0].phone))
		return true
	},
	sealedFile: func(e *evidence) bool {
		folder, err := os.MkdirTemp("", "amends-simulation-")
		if err != nil {
			return false
		}
		defer func() { _ = os.RemoveAll(folder) }()
		text := strings.Repeat("x", 1<<20-7) + e.town.people[0].name // across two pieces
		if os.WriteFile(filepath.Join(folder, "amends.db"), []byte(text), 0o600) != nil {
			return false
		}
		e.private, err = unsealed(folder)
		return err == nil
	},
	soundWorld: func(e *evidence) bool {
		e.broken = append(e.broken, "it was not")
		return true
	},
}

// spoilText changes an unprompted text of somebody whom fits allows, so many of theirs left out.
func (e *evidence) spoilText(after int, change func(*person, *emulator.Text), fits func(*person) bool) bool {
	for _, p := range e.town.people {
		if fits != nil && !fits(p) {
			continue
		}
		seen := 0
		for i := range e.threads[p.phone] {
			x := &e.threads[p.phone][i]
			m := e.bySID[x.SID]
			if !reached(*x) || m == nil || e.answered(m) != nil || m.class != "prompt" {
				continue
			}
			if seen++; seen > after {
				change(p, x)
				return true
			}
		}
	}
	return false
}

// without takes the first row that fits out of the messages.
func (e *evidence) without(fits func(*messageRow) bool) bool {
	for i := range e.tables.messages {
		if fits(&e.tables.messages[i]) {
			e.tables.messages = slices.Delete(e.tables.messages, i, i+1)
			return true
		}
	}
	return false
}
