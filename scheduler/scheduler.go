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
	// Next is when the next thing is due, the zero time if nothing is. Where something failed, nobody looked.
	Next time.Time
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
		// One look that writes nothing spares the transactions that may, where nothing is due: most often.
		a, err := s.look(ctx)
		if err != nil {
			return total, err
		}
		by := store.At(now)
		if first := a.first(); first == 0 || first > by {
			total.Next = first.Time()
			return total, nil
		}
		did := 0
		if due(a.due, by) {
			n, err := s.dues(ctx, now, due(a.dueAfter, by))
			total.Dues += n
			did += n
			if err != nil {
				return total, err
			}
		}
		if did > 0 || due(a.text, by) {
			r, n, err := s.send(ctx, now)
			total.add(r)
			did += n
			if err != nil {
				return total, err
			}
		}
		if due(a.doubt, by) {
			r, n, err := s.lookUp(ctx, now)
			total.add(r)
			did += n
			if err != nil {
				return total, err
			}
		}
		if did == 0 || ctx.Err() != nil {
			total.Next = a.first().Time()
			return total, ctx.Err()
		}
	}
}

func due(at, by store.Instant) bool { return at != 0 && at <= by }

// dues does what fell due, each in a transaction of its own: one, or more where there are more. Texts are sent in
// between, so that a thousand that fall due at nine do not keep an answer waiting.
func (s *Scheduler) dues(ctx context.Context, now time.Time, more bool) (int, error) {
	for n := 0; n < duesAtATime; n++ {
		did, err := s.Bot.Due(ctx, now)
		if err != nil || !did {
			return n, err
		}
		if !more {
			return 1, nil
		}
	}
	return duesAtATime, nil
}

const duesAtATime = 100

// Next is when the next thing is due; false if nothing is. It may lie in the past.
func (s *Scheduler) Next(ctx context.Context) (time.Time, bool, error) {
	a, err := s.look(ctx)
	return a.first().Time(), a.first() != 0, err
}

// ahead is when the next thing of each kind is due, 0 for none: the next two of what falls due, the next
// text that may go, its pace considered, and the next in doubt that may be looked up.
type ahead struct{ due, dueAfter, text, doubt store.Instant }

func (a ahead) first() (at store.Instant) {
	for _, next := range []store.Instant{a.due, a.text, a.doubt} {
		if next != 0 && (at == 0 || next < at) {
			at = next
		}
	}
	return at
}

// look finds out what is due next.
func (s *Scheduler) look(ctx context.Context) (a ahead, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		a = ahead{}
		next, err := tx.Ahead()
		if err != nil {
			return err
		}
		a.due, a.dueAfter, a.doubt = next.Due, next.DueAfter, next.Doubt
		for _, p := range next.Programs {
			at, err := s.nextText(tx, p)
			if err != nil {
				return err
			}
			if at != 0 && (a.text == 0 || at < a.text) {
				a.text = at
			}
		}
		return nil
	})
	return a, err
}

// nextText is when a program's next text may go, its pace considered; 0 for never.
func (s *Scheduler) nextText(tx *store.Tx, p store.ProgramAhead) (store.Instant, error) {
	at := p.TextAt()
	if at == 0 {
		return 0, nil
	}
	from, err := s.Bot.Sender(tx, p.ID)
	if err != nil {
		return 0, err
	}
	if n, next := p.Slots(at.Time(), s.pace(from), 1); n == 0 {
		at = store.At(next)
	}
	return at, nil
}

// Hold keeps Run from doing anything until release is called, once what it is at is finished: the demo's
// clock is being moved.
func (s *Scheduler) Hold() (release func()) { return s.gate.close() }
