package simulation

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"amends/bot/emulator"
)

// mind is what somebody keeps of their phone.
type mind struct {
	read    int  // texts of the thread that they have seen
	looking bool // they will look soon
	stopped bool
	lastAsk asking
	sums    []string // that a text spoke of last
}

// rings: a phone gets a text, and its owner will look at it.
func (w *world) rings(phone string) {
	switch who := w.town.owner[strings.TrimPrefix(phone, "+1")].(type) {
	case *person:
		if !who.mind.looking {
			who.mind.looking = true
			w.agenda.add(w.awake(who, w.now.Add(who.delay(w.people))), func() { w.looks(who) })
		}
	case *helper:
		w.alerts(who)
	}
}

// delay is how long somebody leaves a text. All texts have arrived by the shortest of them.
func (p *person) delay(c chance) time.Duration {
	switch p.temper {
	case late, slow:
		return c.between(time.Hour, 70*time.Hour)
	case silent:
		return c.between(time.Hour, 30*24*time.Hour)
	}
	if c.hit(0.7) {
		return c.between(15*time.Second, 4*time.Minute)
	}
	return c.between(4*time.Minute, 14*time.Hour)
}

// awake puts a time off to the morning, mostly; some people write at night.
func (w *world) awake(p *person, at time.Time) time.Time {
	hour := at.In(p.zone).Hour()
	if hour >= 7 && hour < 23 || p.temper == atRisk || w.people.hit(0.2) {
		return at
	}
	return at.Add(time.Duration((31-hour)%24)*time.Hour + w.people.between(0, time.Hour))
}

// settleIn has everybody begin to live.
func (w *world) settleIn(ctx context.Context) {
	for _, p := range w.town.people {
		w.agenda.add(w.begin.Add(w.people.between(0, 20*24*time.Hour)), func() { w.ownAccord(p) })
		if p.temper == leaving {
			at := w.begin.Add(w.people.between(24*time.Hour, w.end.Sub(w.begin)))
			w.agenda.add(at, func() { w.says(p, sayStop) })
			if w.people.hit(0.5) {
				w.agenda.add(at.Add(w.people.between(time.Minute, 40*24*time.Hour)), func() { w.says(p, sayStart) })
			}
		}
	}
	for _, phone := range w.town.strays {
		w.agenda.add(w.begin.Add(w.people.between(0, w.end.Sub(w.begin))), func() {
			w.writes(phone, pick(w.people, []string{"hello who is this", "STOP", "i am scared", "1", "yes"}), sayNonsense)
		})
	}
	w.staffLife(ctx)
	w.notebook(ctx)
}

// ownAccord: now and then somebody writes unasked.
func (w *world) ownAccord(p *person) {
	w.agenda.add(w.awake(p, w.now.Add(w.people.between(3*24*time.Hour, 40*24*time.Hour))), func() { w.ownAccord(p) })
	if p.temper == silent || p.mind.stopped && !w.people.hit(0.1) || p.seats[0].m.opens.After(w.now) {
		return
	}
	list := []meaning{sayBalance, sayHelp, sayCall, sayResources, sayNonsense, sayAside, sayLanguage, sayFix, sayCame, sayNotCame, sayDone, sayLater, sayPaid}
	switch {
	case p.temper == atRisk && w.people.hit(0.4):
		list = []meaning{sayDanger}
	case p.temper == rude && w.people.hit(0.5):
		list = []meaning{sayRude}
	case p.temper == confused && w.people.hit(0.5):
		list = []meaning{sayNonsense}
	}
	m := pick(w.people, list)
	w.says(p, m)
	if m == sayLanguage {
		w.agenda.add(w.now.Add(w.people.between(time.Minute, time.Hour)), func() { w.says(p, sayHelp) })
	}
}

// says has somebody write what they mean in their own words.
func (w *world) says(p *person, m meaning) {
	body := pick(w.people, phrases[m][p.lang])
	switch m {
	case sayAside:
		body = fmt.Sprintf(body, p.secret)
	case sayPaid:
		body = fmt.Sprintf(body, w.sum(p))
	case sayStop:
		p.mind.stopped = true
	case sayStart:
		p.mind.stopped = false
	}
	w.writes(p.phone, body, m)
}

// sum is how much somebody says that they paid.
func (w *world) sum(p *person) string {
	if len(p.mind.sums) > 0 && w.people.hit(0.8) {
		return p.mind.sums[0]
	}
	return pick(w.people, []string{"20", "50", "35.50", "100", "5000"})
}

// writesTo is the program that a phone's owner has to do with; a stray writes to one or the other.
func (t *town) writesTo(phone string) *agency {
	switch who := t.owner[strings.TrimPrefix(phone, "+1")].(type) {
	case *person:
		return who.agency
	case *helper:
		return who.agency
	}
	return t.agencies[int(phone[len(phone)-1])%len(t.agencies)]
}

// writes has a phone write a text.
func (w *world) writes(phone, body string, m meaning) {
	sid, err := w.phones.Write(context.Background(), phone, w.town.writesTo(phone).number, body)
	if err != nil {
		w.note(err)
	}
	w.record.written = append(w.record.written, written{w.now, phone, sid, body, m})
	w.dirty = true
}

var sums = regexp.MustCompile(`\$([0-9,]+\.[0-9]{2})`)

// looks: somebody reads what their phone got and, perhaps, answers the last that asks something.
func (w *world) looks(p *person) {
	p.mind.looking = false
	thread := w.phones.ThreadFrom(p.phone, p.mind.read)
	ask, news := askNothing, 0
	for _, x := range thread {
		if x.Direction != emulator.ToPhone || x.Carrier || x.Status != "sent" && x.Status != "delivered" {
			continue
		}
		news++
		if a := asks(x.Body); a != askNothing {
			ask = a
		}
		if found := sums.FindAllStringSubmatch(x.Body, -1); found != nil {
			p.mind.sums = p.mind.sums[:0]
			for _, f := range found {
				p.mind.sums = append(p.mind.sums, strings.ReplaceAll(f[1], ",", ""))
			}
		}
	}
	p.mind.read += len(thread)
	if news == 0 {
		return
	}
	p.mind.lastAsk = ask
	if p.temper == stranger {
		if !p.mind.stopped {
			p.mind.stopped = true
			w.says(p, sayWrong)
		}
		return
	}
	w.answers(p, ask)
}

// asks is what a text asks, as a person reads it.
func asks(body string) asking {
	low := strings.ToLower(body)
	for _, a := range askings {
		for _, words := range a.words {
			if strings.Contains(low, words) {
				return a.ask
			}
		}
	}
	return askNothing
}

// answers is somebody's answer to what was asked, in their own manner.
func (w *world) answers(p *person, ask asking) {
	c := w.people
	if ask == askNothing || p.temper == silent && !c.hit(0.1) || p.temper == late && c.hit(0.2) {
		return
	}
	switch p.temper {
	case confused:
		if c.hit(0.35) {
			w.says(p, sayNonsense)
			return
		}
	case rude:
		if c.hit(0.15) {
			w.says(p, sayRude)
			return
		}
	case atRisk:
		if c.hit(0.05) {
			w.says(p, sayDanger)
			return
		}
	}
	if c.hit(0.03) {
		w.says(p, pick(c, []meaning{sayHelp, sayNonsense, sayCall, sayAside, sayLanguage}))
		return
	}
	switch ask {
	case askConsent:
		w.says(p, weighted(c, sayYes, 0.85, sayNo))
	case askAgain:
		w.says(p, weighted(c, sayYes, 0.6, sayNo))
		p.mind.stopped = false
	case askSafe:
		if p.temper == atRisk && c.hit(0.3) {
			w.writes(p.phone, pick(c, []string{"2", "no", "3"}), sayAnswer)
			return
		}
		w.says(p, sayYes)
	case askScale:
		n := c.from(2, 5)
		if p.temper == atRisk && c.hit(0.2) {
			n = 1
		}
		w.writes(p.phone, pick(c, []string{fmt.Sprint(n), fmt.Sprint(n), fmt.Sprintf("%d.", n), " " + fmt.Sprint(n)}), sayAnswer)
	case askItem:
		w.writes(p.phone, fmt.Sprint(c.from(1, 5)), sayAnswer)
	case askArrived:
		w.writes(p.phone, pick(c, []string{"1", "1", "1", "2", "3"}), sayAnswer)
	case askYesNo:
		w.says(p, weighted(c, sayNo, 0.75, sayYes))
	case askComment:
		if c.hit(0.5) {
			w.writes(p.phone, "0", sayAnswer)
			return
		}
		w.says(p, sayAside)
	case askAmount:
		w.writes(p.phone, pick(c, []string{w.sum(p), "20", "$" + w.sum(p)}), sayAnswer)
	case askHours:
		w.writes(p.phone, pick(c, []string{"3", "2.5", "4", "8"}), sayAnswer)
	case askDate:
		w.writes(p.phone, pick(c, map[string][]string{"en": {"friday", "3/20", "next friday", "12/1"}, "es": {"viernes", "20/3", "1/12"}}[p.lang]), sayAnswer)
	case askWhich:
		w.writes(p.phone, pick(c, []string{"1", "2", "1"}), sayAnswer)
	case askRemind:
		w.remindedOf(p)
	case toldRecord:
		if c.hit(0.06) {
			w.says(p, sayFix)
		}
	}
}

// remindedOf: somebody was reminded of what they owe, and pays, does it, asks for time, or not.
func (w *world) remindedOf(p *person) {
	switch c := w.people; {
	case p.temper == silent || c.hit(0.3):
	case c.hit(0.15):
		w.says(p, sayLater)
	case len(p.mind.sums) > 0 && c.hit(0.8):
		w.agenda.add(w.awake(p, w.now.Add(c.between(time.Minute, 60*time.Hour))), func() { w.says(p, sayPaid) })
	default:
		w.says(p, sayDone)
	}
}

// weighted is a with probability p, else b.
func weighted(c chance, a meaning, p float64, b meaning) meaning {
	if c.hit(p) {
		return a
	}
	return b
}
