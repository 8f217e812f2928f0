package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

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
	// Workers is how many texts are handed to the provider at a time; 0 is sendWorkers.
	Workers int
}

// Scheduler does what is due. It is safe for concurrent use; one Do runs at a time.
type Scheduler struct {
	Config
	doing sync.Mutex // held by Do
	held  sync.Mutex // held by whoever keeps Run from doing, see Hold
}

// sendWorkers is how many texts are under way at a time: at a tenth of a second a request, some
// eighty a second from one instance, which is more than a long code may send.
const sendWorkers = 8

// New makes a Scheduler.
func New(c Config) *Scheduler {
	if c.Workers == 0 {
		c.Workers = sendWorkers
	}
	return &Scheduler{Config: c}
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
	err := s.Store.View(ctx, func(tx *store.Tx) error {
		due, ok, err := tx.NextDueAt()
		if err != nil {
			return err
		}
		if ok {
			at = due
		}
		out, ok, err := tx.NextOutboxAt()
		if ok && (at == 0 || out < at) {
			at = out
		}
		return err
	})
	return at.Time(), at != 0, err
}

// Run does what is due until ctx ends: each second, and whenever a text was queued. What is in hand
// then is finished.
func (s *Scheduler) Run(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	ring := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	timer := cron.New()
	if _, err := timer.AddFunc("@every 1s", ring); err != nil {
		return err
	}
	reconcile := make(chan struct{}, 1)
	reconcile <- struct{}{} // at the start: texts may have come while we were down
	if _, err := timer.AddFunc(reconcileEvery, func() {
		select {
		case reconcile <- struct{}{}:
		default:
		}
	}); err != nil {
		return err
	}
	timer.Start()
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-s.Store.Wake():
		case <-reconcile:
			if _, err := s.Reconcile(ctx, s.Now()); err != nil && !errors.Is(err, context.Canceled) {
				s.Log.WarnContext(ctx, "the provider's list could not be compared with ours; it is tried again in a while", "error", err)
			}
			continue
		}
		s.held.Lock()
		_, err := s.Do(ctx, s.Now())
		s.held.Unlock()
		if err != nil && !errors.Is(err, context.Canceled) {
			s.Log.ErrorContext(ctx, "what is due could not be done; it is tried again in a second", "error", err)
		}
	}
}

// Hold keeps Run from doing anything until release is called: the demo's clock is being moved.
func (s *Scheduler) Hold() (release func()) {
	s.held.Lock()
	return s.held.Unlock
}
