package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"amends/store"
)

// Clock is a clock that can be moved forward: the demo's. It runs on by itself between moves.
type Clock struct {
	mu     sync.Mutex
	real   func() time.Time
	ahead  time.Duration // of the real clock
	still  time.Time     // while it is being moved
	file   string
	frozen bool
}

// clockFile is what the folder keeps of the demo's clock.
type clockFile struct {
	AheadSeconds float64 `json:"ahead_seconds"`
}

// NewClock makes a clock that goes by real, as far ahead of it as the file says that was left by an
// earlier one. An empty file name keeps nothing.
func NewClock(real func() time.Time, file string) (*Clock, error) {
	c := &Clock{real: real, file: file}
	if file == "" {
		return c, nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	var kept clockFile
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, store.NewError(store.Invalid, "The demo's clock file is not readable: delete it to go by the real time.", err)
	}
	c.ahead = time.Duration(kept.AheadSeconds * float64(time.Second))
	return c, nil
}

// Now is the time that the clock shows, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return c.still
	}
	return c.real().Add(c.ahead).UTC()
}

// Set puts the clock to t. It runs on from there, unless it is stopped.
func (c *Clock) Set(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = t.UTC()
	c.ahead = t.Sub(c.real())
	if c.frozen {
		return nil
	}
	return c.keep()
}

// stop makes the clock stand still until run.
func (c *Clock) stop() time.Time {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still, c.frozen = now, true
	return now
}

// run lets the clock run on from where it stands.
func (c *Clock) run() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead, c.frozen = c.still.Sub(c.real()), false
	return c.keep()
}

func (c *Clock) keep() error {
	if c.file == "" {
		return nil
	}
	text, err := json.Marshal(clockFile{c.ahead.Seconds()})
	if err != nil {
		return err
	}
	return os.WriteFile(c.file, text, 0o600)
}

// Phones is the provider's side of virtual time: the emulator.
type Phones interface {
	Next() (time.Time, bool)
	Do(ctx context.Context, now time.Time) (int, error)
}

// Mover moves a clock forward and does all that falls due on the way, in its order, each at its own
// time.
type Mover struct {
	Clock     *Clock
	Scheduler *Scheduler
	Phones    Phones // nil: none
	moving    sync.Mutex
}

// Now is the clock's time.
func (m *Mover) Now() time.Time { return m.Clock.Now() }

// Next is the next thing due, at the phones or in the service.
func (m *Mover) Next(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := m.Scheduler.Next(ctx)
	if err != nil || m.Phones == nil {
		return at, ok, err
	}
	if there, more := m.Phones.Next(); more && (!ok || there.Before(at)) {
		return there, true, nil
	}
	return at, ok, nil
}

// idleStep is how far the clock goes on when what is due could not be done: something holds it up that
// only time will mend.
const idleStep = time.Second

// MoveTo moves the clock to t and says how many texts were sent on the way.
func (m *Mover) MoveTo(ctx context.Context, t time.Time) (sent int, err error) {
	return m.still(ctx, func(now time.Time) (int, error) {
		sent := 0
		for {
			n, err := m.settle(ctx, now)
			sent += n
			if err != nil {
				return sent, err
			}
			next, ok, err := m.Next(ctx)
			if err != nil {
				return sent, err
			}
			if !next.After(now) {
				next = now.Add(idleStep)
			}
			if !ok || next.After(t) {
				break
			}
			now = next
			if err := m.Clock.Set(now); err != nil {
				return sent, err
			}
		}
		if t.After(now) {
			if err := m.Clock.Set(t); err != nil {
				return sent, err
			}
		}
		return sent, nil
	})
}

// Settle does what is due now, so that answers have gone out, and says how many texts were sent.
func (m *Mover) Settle(ctx context.Context) (sent int, err error) {
	return m.still(ctx, func(now time.Time) (int, error) { return m.settle(ctx, now) })
}

// still runs do with the clock stopped and nobody else at work.
func (m *Mover) still(ctx context.Context, do func(now time.Time) (int, error)) (sent int, err error) {
	m.moving.Lock()
	defer m.moving.Unlock()
	release := m.Scheduler.Hold()
	defer release()
	now := m.Clock.stop()
	defer func() { err = errors.Join(err, m.Clock.run()) }()
	return do(now)
}

// settle does all that is due at now on both sides, until neither has anything left.
func (m *Mover) settle(ctx context.Context, now time.Time) (sent int, err error) {
	for {
		r, err := m.Scheduler.Do(ctx, now)
		sent += r.Sent
		if err != nil || m.Phones == nil {
			return sent, err
		}
		n, err := m.Phones.Do(ctx, now)
		if err != nil || n == 0 {
			return sent, err
		}
	}
}
