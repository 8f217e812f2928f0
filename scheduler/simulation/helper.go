package simulation

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"amends/bot"
	"amends/bot/emulator"
	"amends/store/calendar"
	"amends/store/intake"
)

var (
	codes = regexp.MustCompile(`(?:DONE|Reply 1) (\d+)`)
	refs  = regexp.MustCompile(`RJ-\d+`)
)

// alerts: a staff member's phone gets a text.
func (w *world) alerts(h *helper) {
	if h.mind.looking {
		return
	}
	h.mind.looking = true
	c := w.people
	wait := c.between(15*time.Second, 10*time.Minute)
	switch {
	case h.temper == slow:
		wait = c.between(30*time.Minute, 30*time.Hour)
	case h.temper != prompt:
		wait = c.between(time.Minute, 20*time.Hour)
	}
	w.agenda.add(w.now.Add(wait), func() { w.sees(h) })
}

// sees: a staff member reads the new texts and does about each as they do.
func (w *world) sees(h *helper) {
	h.mind.looking = false
	thread := w.phones.ThreadFrom(h.phone, h.mind.read)
	for _, x := range thread {
		if x.Direction != emulator.ToPhone || x.Status != "sent" && x.Status != "delivered" {
			continue
		}
		code := codes.FindStringSubmatch(x.Body)
		if code == nil || !strings.Contains(x.Body, "PASS") && !strings.Contains(x.Body, "grant") {
			continue // not an alert
		}
		w.deals(h, x.Body, refs.FindString(x.Body), code[1])
	}
	h.mind.read += len(thread)
}

// deals: a staff member deals with one alert.
func (w *world) deals(h *helper, body, ref, code string) {
	c := w.people
	at := w.now
	write := func(after time.Duration, text string) {
		at = at.Add(after)
		w.agenda.add(at, func() { w.writes(h.phone, text, sayOrder) })
	}
	switch {
	case h.temper == absent, h.temper == forgetful && c.hit(0.6):
		return
	case c.hit(0.04):
		write(c.between(0, time.Hour), pick(c, []string{"hello?", "LIST", "ok 99999", "what"}))
		return
	case strings.Contains(body, "grant"):
		write(c.between(0, 4*time.Hour), pick(c, []string{"1 ", "1 ", "2 "})+code)
		return
	case c.hit(0.08):
		write(c.between(0, time.Hour), "PASS "+code)
		return
	}
	write(c.between(0, 10*time.Minute), pick(c, []string{"OK ", "ok ", "Ok #"})+code)
	if h.temper == forgetful && c.hit(0.7) {
		return
	}
	write(c.between(time.Hour, 60*time.Hour), "DONE "+code+" spoke to "+w.town.word())
	if m := w.matter(ref); m != nil && c.hit(0.5) {
		late := strings.Contains(body, "missed")
		w.agenda.add(at.Add(time.Minute), func() { w.decides(h, m, late) })
	}
}

func (w *world) matter(ref string) *matter {
	for _, m := range w.town.cases {
		if m.ref == ref {
			return m
		}
	}
	return nil
}

// decides: a staff member decides something about a case, at a desk. Dates are moved on once they are
// over, not to an earlier day.
func (w *world) decides(h *helper, m *matter, late bool) {
	c := w.people
	today := calendar.On(w.now, m.agency.zone)
	var d bot.Decision
	switch n := c.IntN(9); {
	case n < 3 && len(m.debts) > 0:
		d = bot.Receipt{Commitment: pick(c, m.debts).key, AmountCents: int64(c.from(10, 80)) * 100}
	case n == 3 && len(m.debts) > 0 && late:
		d = bot.NewDate{Commitment: pick(c, m.debts).key, To: today.AddDays(c.from(3, 40))}
	case n == 4 && len(m.tasks) > 0 && late:
		d = bot.NewDate{Commitment: pick(c, m.tasks).key, To: today.AddDays(c.from(3, 40))}
	case n == 5 && len(m.tasks) > 0:
		d = bot.Met{Commitment: pick(c, m.tasks).key}
	case n == 6 && c.hit(0.3):
		d = bot.Waiver{Commitment: m.file.Agreement[c.IntN(len(m.file.Agreement))].Key}
	case n == 7 && c.hit(0.4):
		s := pick(c, m.seats)
		if !s.texts {
			return
		}
		w.consents(h, m, s)
		return
	case n == 8:
		w.pauses(h, m)
		return
	default:
		return
	}
	w.ask(context.Background(), func() error {
		return w.bot.Decide(context.Background(), m.agency.program.Key, m.ref, bot.By{Staff: h.key, Why: "spoke to " + w.town.word()}, d)
	})
}

// pauses: a staff member holds the texts to a party or to all of a case, until a day or until they say so.
func (w *world) pauses(h *helper, m *matter) {
	const day = 24 * time.Hour
	c := w.people
	p := &pause{m: m}
	d, resume := bot.Pause{}, bot.Resume{}
	if s := pick(c, m.seats); s.texts && c.hit(0.6) {
		p.seat, d.Party, resume.Party = s, s.key, s.key
	}
	days, open := c.from(1, 12), c.hit(0.4)
	by := bot.By{Staff: h.key, Why: "spoke to " + w.town.word()}
	w.ask(context.Background(), func() error {
		if d.Until = calendar.On(w.now, m.agency.zone).AddDays(days); open {
			d.Until = calendar.Date{}
		}
		err := w.bot.Decide(context.Background(), m.agency.program.Key, m.ref, by, d)
		if err != nil {
			return err
		}
		p.from, p.to = w.now, w.end
		if !open {
			p.to = calendar.At(d.Until, 0, m.agency.zone)
		}
		for i := range w.record.pauses { // it takes the place of one that was
			if old := &w.record.pauses[i]; old.m == m && old.seat == p.seat && old.to.After(w.now) {
				old.to = w.now
			}
		}
		w.record.pauses = append(w.record.pauses, *p)
		return nil
	})
	if !open {
		return
	}
	w.agenda.add(w.now.Add(time.Duration(days)*day), func() {
		first := w.now
		w.ask(context.Background(), func() error {
			for i := range w.record.pauses { // from now on it may be over, though nobody was told
				if old := &w.record.pauses[i]; old.m == m && old.seat == p.seat && old.to.After(first) {
					old.to = first
				}
			}
			return w.bot.Decide(context.Background(), m.agency.program.Key, m.ref, by, resume)
		})
	})
}

// consents: a staff member records fresh consent, which a party gave by word of mouth.
func (w *world) consents(h *helper, m *matter, s *seat) {
	first := w.now // from when on it may have been done, though nobody was told
	w.ask(context.Background(), func() error {
		err := w.bot.Decide(context.Background(), m.agency.program.Key, m.ref, bot.By{Staff: h.key, Why: "on the phone"}, bot.ConsentGiven{Party: s.key, How: "by phone"})
		if err == nil {
			w.record.consents = append(w.record.consents, consented{first, s})
			s.person.mind.stopped = false
		}
		return err
	})
}

// staffLife puts on the agenda what staff do of their own accord: holidays, and the end of cases.
func (w *world) staffLife(ctx context.Context) {
	const day = 24 * time.Hour
	for _, h := range w.town.staff {
		if h.temper != absent && h.temper != slow || h.role == "coordinator" {
			continue
		}
		w.agenda.add(w.begin.Add(w.people.between(day, 60*day)), func() {
			w.ask(ctx, func() error {
				return w.bot.SetAbsent(ctx, h.agency.program.Key, h.key, calendar.On(w.now, h.agency.zone).AddDays(w.people.from(3, 20)))
			})
		})
	}
	for _, m := range w.town.cases {
		if w.people.hit(0.2) {
			w.agenda.add(m.opens.Add(w.people.between(day, 60*day)), func() { w.changes(ctx, m) })
		}
		if !w.people.hit(0.08) {
			continue
		}
		w.agenda.add(m.opens.Add(w.people.between(day, 120*day)), func() {
			w.ask(ctx, func() error {
				return w.bot.CloseCase(ctx, m.agency.program.Key, m.ref, pick(w.people, []string{"withdrawn", "no_contact", "rearrest"}))
			})
		})
	}
}

// changes: a case's file is put in once more, with another mediator and who owes money told what they paid.
func (w *world) changes(ctx context.Context, m *matter) {
	if !m.entered {
		w.agenda.add(w.now.Add(24*time.Hour), func() { w.changes(ctx, m) })
		return
	}
	f, yes := m.file, true
	if f.Backup = m.agency.staff[2].key; f.Mediator == m.agency.staff[0].key {
		f.Mediator = m.agency.staff[1].key
	} else {
		f.Mediator = m.agency.staff[0].key
	}
	f.Parties = slices.Clone(f.Parties)
	f.Parties[0].Statements = &yes
	w.ask(ctx, func() error {
		changes, err := w.bot.AddCases(ctx, []intake.Case{f}, true)
		if err == nil && len(changes) == 1 {
			m.file = f
			w.record.changed[m.ref]++
		}
		return err
	})
}
