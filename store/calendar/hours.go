package calendar

import (
	"slices"
	"time"
)

// Hours are the times of day at which a party may be texted, on its own wall
// clock: outside Quiet and, where Safe lists any, inside one of them. Hours
// with Safe alone serve as any daily window (high alerts from 8 to 21).
type Hours struct {
	Zone  *time.Location // nil: UTC
	Quiet Window         // empty: none
	Safe  []Window       // none listed: any
}

// lookAhead is the days within which a daily pattern shows all it has: one for
// a day, two for the night across it, one for a day that a zone skipped whole
// (Apia, 2011-12-30), one for the day begun.
const lookAhead = 4

// Allowed says whether t falls in the hours.
func (h Hours) Allowed(t time.Time) bool { return h.allows(TimeOn(t, h.Zone)) }

func (h Hours) allows(t TimeOfDay) bool {
	if h.Quiet.Contains(t) {
		return false
	}
	return len(h.Safe) == 0 || slices.ContainsFunc(h.Safe, func(w Window) bool { return w.Contains(t) })
}

// Next is the first allowed instant from t on: t itself, if it is allowed. The
// zero time if there is none, ever.
func (h Hours) Next(t time.Time) time.Time {
	if h.Allowed(t) {
		return t
	}
	for _, at := range h.turns(t) {
		if h.Allowed(at) {
			return at
		}
	}
	return time.Time{}
}

// End is the first instant after t that is not allowed: the end of the allowed
// stretch that t is in, or t itself, if it is not in one. The zero time if
// every hour of every day is allowed.
func (h Hours) End(t time.Time) time.Time {
	if !h.Allowed(t) {
		return t
	}
	for _, at := range h.turns(t) {
		if !h.Allowed(at) {
			return at
		}
	}
	return time.Time{}
}

// MinutesADay is how much of an ordinary day is allowed, in minutes.
func (h Hours) MinutesADay() int {
	n := 0
	for t := range TimeOfDay(minutesADay) {
		if h.allows(t) {
			n++
		}
	}
	return n
}

// turns are the instants after t, in order, at which allowed may turn into not
// allowed or back: each bound of a window on each day, both times where the
// clock shows it twice, and each change of the clocks.
func (h Hours) turns(t time.Time) []time.Time {
	loc := zone(h.Zone)
	bounds := make([]TimeOfDay, 0, 2+2*len(h.Safe))
	for _, w := range append([]Window{h.Quiet}, h.Safe...) {
		bounds = append(bounds, w.From, w.To)
	}
	var out []time.Time
	add := func(at time.Time) {
		if at.After(t) {
			out = append(out, at.In(loc))
		}
	}
	today := On(t, loc)
	for i := range lookAhead {
		for _, b := range bounds {
			first, second := instants(today.AddDays(i), b, loc)
			add(first)
			add(second)
		}
	}
	_, change := t.In(loc).ZoneBounds()
	for horizon := t.Add(lookAhead * 24 * time.Hour); !change.IsZero() && change.Before(horizon); {
		add(change)
		_, change = change.In(loc).ZoneBounds()
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
