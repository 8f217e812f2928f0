package scheduler

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"amends/bot"
	"amends/bot/twilio"
	"amends/store"
)

// Config is what a Scheduler is made of.
type Config struct {
	Store  *store.Store
	Bot    *bot.Bot
	Client *twilio.Client
	// Now is the one clock, Rand the one source of chance: numbers from 0 up to 1, for jitter.
	Now  func() time.Time
	Rand func() float64
	// NewID names this instance's claims.
	NewID func() string
	// PublicURL is where the provider reports what became of a text.
	PublicURL string
	Log       *slog.Logger
	// Unpaced: the account has no pace to be kept, the demo's in memory.
	Unpaced bool
	// Workers is how many texts are handed to the provider at a time; 0 is sendWorkers.
	Workers int
}

// Scheduler does what is due. It is safe for concurrent use; one Do runs at a time.
type Scheduler struct {
	Config
	doing sync.Mutex // held by Do
	gate  *gate      // what Run does passes through it, see Hold

	passed map[string]*atomic.Int64 // by part of Run, when it last did all there was
}

// sendWorkers is how many texts are under way at a time. At a tenth of a second a request a tenth of them
// would do; the rest are for numbers that take the provider until the time limit, and there may be many.
const sendWorkers = 64

// New makes a Scheduler.
func New(c Config) *Scheduler {
	if c.Workers == 0 {
		c.Workers = sendWorkers
	}
	s := &Scheduler{Config: c, gate: newGate(), passed: map[string]*atomic.Int64{}}
	for _, part := range []string{partDues, partTexts, partDoubts} {
		s.passed[part] = &atomic.Int64{}
	}
	return s
}

// The parts of Run that have something to do each second.
const (
	partDues   = "dues"
	partTexts  = "texts"
	partDoubts = "doubts"
)

// Passed is, of each part of Run that has something to do each second, when it last did all there was without a
// failure; zero for not yet.
func (s *Scheduler) Passed() map[string]time.Time {
	all := map[string]time.Time{}
	for part, at := range s.passed {
		all[part] = store.Instant(at.Load()).Time()
	}
	return all
}

// Report counts what one Do did.
type Report struct {
	Dues    int // of what fell due
	Sent    int // texts that the provider took
	Failed  int // texts that it refused
	Dropped int // texts that may no longer go
	InDoubt int // texts whose fate is unknown until they are looked up
}

func (r *Report) add(o Report) {
	r.Dues += o.Dues
	r.Sent += o.Sent
	r.Failed += o.Failed
	r.Dropped += o.Dropped
	r.InDoubt += o.InDoubt
}

// Do does all that is due at now: what fell due, in its order; the texts that may go; those in doubt
// whose time to be looked up has come. What it brings about and is due at now as well is done too.
func (s *Scheduler) Do(ctx context.Context, now time.Time) (Report, error) {
	s.doing.Lock()
	defer s.doing.Unlock()
	var total Report
	for {
		// One look that writes nothing spares three transactions that may, where nothing is due: most often.
		if at, ok, err := s.Next(ctx); err != nil || !ok || at.After(now) {
			return total, err
		}
		dues, err := s.dues(ctx, now)
		total.Dues += dues
		if err != nil {
			return total, err
		}
		did := dues
		for _, part := range []func(context.Context, time.Time) (Report, int, error){s.send, s.lookUp} {
			r, n, err := part(ctx, now)
			total.add(r)
			did += n
			if err != nil {
				return total, err
			}
		}
		if did == 0 || ctx.Err() != nil {
			return total, ctx.Err()
		}
	}
}

// dues does what fell due, each in a transaction of its own. Texts are sent in between, so that a
// thousand that fall due at nine do not keep an answer waiting.
func (s *Scheduler) dues(ctx context.Context, now time.Time) (int, error) {
	for n := 0; n < duesAtATime; n++ {
		did, err := s.Bot.Due(ctx, now)
		if err != nil || !did {
			return n, err
		}
	}
	return duesAtATime, nil
}

const duesAtATime = 100

// Next is when the next thing is due; false if nothing is. It may lie in the past.
func (s *Scheduler) Next(ctx context.Context) (time.Time, bool, error) {
	var at store.Instant
	sooner := func(next store.Instant, ok bool, err error) error {
		if ok && (at == 0 || next < at) {
			at = next
		}
		return err
	}
	err := s.Store.View(ctx, func(tx *store.Tx) error {
		at = 0
		if err := sooner(tx.NextDueAt()); err != nil {
			return err
		}
		if err := sooner(tx.NextDoubtAt()); err != nil {
			return err
		}
		programs, err := tx.Programs()
		if err != nil {
			return err
		}
		for _, p := range programs {
			if err := sooner(s.nextText(tx, p)); err != nil {
				return err
			}
		}
		return nil
	})
	return at.Time(), at != 0, err
}

// nextText is when a program's next text may go, its pace considered.
func (s *Scheduler) nextText(tx *store.Tx, p store.Program) (store.Instant, bool, error) {
	at, ok, err := tx.NextOutboxAt(p.ID)
	if err != nil || !ok {
		return 0, false, err
	}
	from, err := s.Bot.Sender(tx, p.ID)
	if err != nil {
		return 0, false, err
	}
	if n, next := p.Slots(at.Time(), s.pace(from), 1); n == 0 {
		at = store.At(next)
	}
	return at, true, nil
}

// Hold keeps Run from doing anything until release is called, once what it is at is finished: the demo's
// clock is being moved.
func (s *Scheduler) Hold() (release func()) { return s.gate.close() }
