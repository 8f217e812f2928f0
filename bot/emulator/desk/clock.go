package desk

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// farthestYears is how far one move may go: a wrong year is more likely than a wish to see ten of them.
	farthestYears = 5
	// The hour of a morning's move lies half an hour after the default quiet hours' end.
	morningHour, morningMinute = 9, 30

	clockExample = `{"by":"36h"} or {"to":"2026-03-02T15:30:00Z"}`
	toNext       = "next" // what "to" may say beside an instant
)

// clock is where a move ended, and how many texts went out on the way.
type clock struct {
	Now  time.Time `json:"now"`
	Sent int       `json:"sent"`
}

// target tells where a move goes from now.
type target func(ctx context.Context, now time.Time) (time.Time, error)

func (d *desk) getClock(*http.Request) (any, error) {
	return struct {
		Now time.Time `json:"now"`
	}{d.now()}, nil
}

func (d *desk) now() time.Time { return d.World.Now().UTC() }

func (d *desk) postClock(r *http.Request) (any, error) {
	var to, by *string
	if err := fields(r, map[string]any{"to": &to, "by": &by}, clockExample); err != nil {
		return nil, err
	}
	switch {
	case to != nil && by != nil:
		return nil, refuse(http.StatusBadRequest, `Say either "to" or "by", not both.`)
	case to == nil && by == nil:
		return nil, refuse(http.StatusBadRequest, "Say where the clock should go: %s.", clockExample)
	case by != nil:
		step, err := time.ParseDuration(*by)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, `%q is not a length of time; write it like "90m" or "36h".`, *by)
		}
		return d.move(r.Context(), onward(step))
	case *to == toNext:
		return d.move(r.Context(), d.next)
	}
	at, err := time.Parse(time.RFC3339, *to)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, `%q is not an instant; write it as RFC 3339 has it, like "2026-03-02T09:30:00-06:00".`, *to)
	}
	return d.move(r.Context(), fixed(at))
}

// fixed is a target given as it is.
func fixed(at time.Time) target {
	return func(context.Context, time.Time) (time.Time, error) { return at, nil }
}

// onward is a target some time from now.
func onward(by time.Duration) target {
	return func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(by), nil }
}

// morning is the target at the next half past nine in a zone.
func morning(zone *time.Location) target {
	return func(_ context.Context, now time.Time) (time.Time, error) { return nextMorning(now.In(zone)), nil }
}

func nextMorning(now time.Time) time.Time {
	at := func(day int) time.Time {
		return time.Date(now.Year(), now.Month(), day, morningHour, morningMinute, 0, 0, now.Location())
	}
	if today := at(now.Day()); today.After(now) {
		return today
	}
	return at(now.Day() + 1)
}

// next is the target where the next thing falls due; what is due already is done without a move.
func (d *desk) next(ctx context.Context, now time.Time) (time.Time, error) {
	at, ok, err := d.World.Next(ctx)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("find the next thing due: %w", err)
	case !ok:
		return time.Time{}, refuse(http.StatusConflict, "Nothing is due.")
	case at.Before(now):
		return now, nil
	}
	return at, nil
}

// move takes the turn and moves the clock. It stops where it is if the context ends.
func (d *desk) move(ctx context.Context, to target) (*clock, error) {
	release, err := d.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for the turn to move the clock: %w", err)
	}
	defer release()
	now := d.now()
	at, err := to(ctx, now)
	switch {
	case err != nil:
		return nil, err
	case at.Before(now):
		return nil, refuse(http.StatusBadRequest, "The clock only moves forward; it is %s.", now.Format(time.RFC3339))
	case at.After(now.AddDate(farthestYears, 0, 0)):
		return nil, refuse(http.StatusBadRequest, "The clock moves %d years at a time at most; it is %s.", farthestYears, now.Format(time.RFC3339))
	}
	defer d.moved.ring()
	var sent int
	if at.After(now) {
		sent, err = d.World.MoveTo(ctx, at.UTC())
	} else {
		sent, err = d.World.Settle(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("move the clock: %w", err)
	}
	return &clock{d.now(), sent}, nil
}
