package simulation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"amends/bot/emulator"
	"amends/store"
)

// What breaks now and then, with its probability each time that it could.
const (
	crashAtMoment   = 1.0 / 6000 // of a transaction
	crashAtProvider = 1.0 / 1500 // before or after a request
	answerTooLate   = 1.0 / 800  // taken, and nobody learns it in time
	webhookLost     = 1.0 / 500
)

var (
	errCrashed = errors.New("the service has died")
	errGone    = errors.New("the database is gone")
)

// breaks is whether a thing of that probability breaks now.
func (w *world) breaks(p float64) bool { return w.faults && !w.calm && w.fate.hit(p) }

// meddle is asked at each moment of each transaction.
func (w *world) meddle(m store.Moment) error {
	if w.crashed {
		return errCrashed
	}
	if w.gone {
		return errGone
	}
	if w.up && w.breaks(crashAtMoment) {
		w.crashed = true
		w.record.crashes[m]++
		return errCrashed
	}
	return nil
}

// fallen is whether the service has just died. It is started again before long, and knows no more than
// the database does.
func (w *world) fallen(ctx context.Context) bool {
	if !w.crashed {
		return !w.up
	}
	w.goDown()
	w.agenda.add(w.now.Add(w.fate.between(time.Second, time.Minute)), func() { w.comeUp(ctx) })
	return true
}

// goDown ends the service as a crash does.
func (w *world) goDown() {
	if !w.up {
		return
	}
	w.up, w.downSince = false, w.now
	w.note(w.store.Close())
}

// comeUp starts it again, unless it runs.
func (w *world) comeUp(ctx context.Context) {
	if w.up {
		return
	}
	if err := w.start(ctx); err != nil {
		w.record.broken = append(w.record.broken, fmt.Sprintf("the service does not start again: %v", err))
		w.agenda.add(w.now.Add(time.Minute), func() { w.comeUp(ctx) })
		return
	}
	w.endDown()
	w.look(ctx)
}

// endDown notes how long the service was not there.
func (w *world) endDown() { w.record.downs = append(w.record.downs, span{w.downSince, w.now}) }

// misfortunes puts what breaks for a while on the agenda.
func (w *world) misfortunes(ctx context.Context) {
	w.setFaults()
	if !w.faults {
		return
	}
	calm := w.end.Add(-12 * time.Hour)
	w.agenda.add(calm, func() {
		w.calm = true
		w.phones.SetFaults(emulator.Faults{})
	})
	const day = 24 * time.Hour
	w.nowAndThen(calm, 45*day, time.Hour, 14*time.Hour, func(until time.Time) { w.outage(ctx, until) })
	w.nowAndThen(calm, 150*day, day, 4*day, func(until time.Time) { w.outage(ctx, until) })
	w.nowAndThen(calm, 40*day, time.Minute, 2*time.Hour, func(until time.Time) {
		if w.gone {
			return
		}
		from := w.now
		w.gone = true
		w.agenda.add(until, func() {
			w.gone, w.dirty = false, true
			w.record.downs = append(w.record.downs, span{from, w.now})
			w.look(ctx)
		})
	})
	w.nowAndThen(calm, 30*day, time.Minute, 5*time.Hour, func(until time.Time) {
		w.cut = true
		from := w.now
		w.agenda.add(until, func() {
			w.cut, w.dirty = false, true
			w.record.cuts = append(w.record.cuts, span{from, w.now})
		})
	})
}

// outage: nothing runs until then.
func (w *world) outage(ctx context.Context, until time.Time) {
	if !w.up {
		return
	}
	w.goDown()
	w.agenda.add(until, func() { w.comeUp(ctx) })
}

// nowAndThen strikes once in so long, by chance, for a time between two bounds.
func (w *world) nowAndThen(calm time.Time, every, least, most time.Duration, strike func(until time.Time)) {
	for at := w.begin; ; {
		at = at.Add(time.Duration(-math.Log(1-w.fate.Float64()) * float64(every)))
		until := at.Add(w.fate.between(least, most))
		if !until.Before(calm) {
			return
		}
		w.agenda.add(at, func() { strike(until) })
	}
}

// setFaults tells the emulator what goes wrong there.
func (w *world) setFaults() {
	if !w.faults {
		return
	}
	numbers := map[string]emulator.Behaviour{}
	for _, p := range w.town.people {
		if w.fate.hit(0.03) {
			numbers[p.phone] = pick(w.fate, []emulator.Behaviour{emulator.HandsetOff, emulator.UnknownHandset, emulator.Blocked, emulator.Landline,
				emulator.UnknownError, emulator.Silent, emulator.Filtered, emulator.Stalled})
		}
	}
	w.phones.SetFaults(emulator.Faults{
		Numbers: numbers, Unavailable: .004, TooMany: .008, Broken: .002, BrokenTaken: .003, LostBefore: .003, LostAfter: .004, LostLate: .003, Slow: .01,
		CallbackLost: .01, CallbackRepeated: .02, CallbackDelayed: .03, InboundRepeated: .03, InboundDelayed: .02, Latest: 10 * time.Second,
	})
}
