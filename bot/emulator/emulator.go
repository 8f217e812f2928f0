package emulator

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Source gives the random numbers: identifiers, and what faults strike. *rand.Rand of math/rand and math/rand/v2 are
// such sources. The emulator calls it under its lock.
type Source interface {
	Uint64() uint64
	Float64() float64
}

// Pace is how long after a text was taken its statuses come; each is counted from the taking.
type Pace struct {
	Sending, Sent, Delivered time.Duration
}

// defaultPace is that of a quiet afternoon.
var defaultPace = Pace{Sending: 200 * time.Millisecond, Sent: time.Second, Delivered: 2 * time.Second}

// Options make an account.
type Options struct {
	AccountSID string
	AuthToken  string            // basic auth's password with the account's SID, and the webhooks' signing key
	APIKeys    map[string]string // further credentials: key SID to secret
	Now        func() time.Time
	// Rand makes the SIDs among other things: an account that outlives its emulator, because its texts stand in a
	// database, needs another seed the next time.
	Rand Source

	// Numbers are the account's. None listed: a number is the account's from the first use as one (see Write, From).
	Numbers []string
	// Services are the account's messaging services with their numbers. One that is not listed is refused if any is, and
	// else made at its first use with a number of its own.
	Services map[string][]string
	// PlainOptOut turns Advanced Opt-Out off for messaging services: their webhooks then bear no OptOutType. A number
	// outside a service never has it, as with Twilio.
	PlainOptOut bool

	InboundURL    string // where a text to one of the numbers is posted; empty: nowhere
	FallbackURL   string // where it is posted if that failed; empty: nowhere, and the post is not repeated
	WebhookClient *http.Client
	Pace          Pace // zero: 0.2 s, 1 s and 2 s
	// After is a timer on the owner's clock: for Run, and for answers that are slow. nil: no slow answers and no Run.
	After func(time.Duration) <-chan time.Time
	Log   *slog.Logger // told of webhooks that were not answered well, with no number and no words; nil for none
}

// Emulator is one account and every phone that it ever met. It is safe for concurrent use; its lock is never held
// while a webhook is posted.
type Emulator struct {
	options Options
	doing   chan struct{} // held by the one that does pending events, so that they are done in their order

	mu        sync.Mutex
	faults    Faults
	asked     map[Op]int // requests so far, by kind
	events    eventQueue
	eventSeq  uint64
	messages  []*message // in the order of their making
	bySID     map[string]*message
	byTo      map[string][]*message
	byFrom    map[string][]*message
	threads   map[string][]*entry
	owned     map[string]bool
	services  map[string]*service
	serviceOf map[string]*service
	optedOut  map[optOut]bool
	watchers  map[chan struct{}]bool
}

// New makes an account without a message. Now and Rand are needed; without a WebhookClient the default one is used,
// with Twilio's time limit of 15 s.
func New(o Options) *Emulator {
	if o.Pace == (Pace{}) {
		o.Pace = defaultPace
	}
	if o.WebhookClient == nil {
		o.WebhookClient = &http.Client{Timeout: webhookTimeout}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e := &Emulator{
		options: o, doing: make(chan struct{}, 1), asked: map[Op]int{}, bySID: map[string]*message{},
		byTo: map[string][]*message{}, byFrom: map[string][]*message{}, threads: map[string][]*entry{},
		owned: map[string]bool{}, services: map[string]*service{}, serviceOf: map[string]*service{},
		optedOut: map[optOut]bool{}, watchers: map[chan struct{}]bool{},
	}
	for _, number := range o.Numbers {
		e.owned[number] = true
	}
	for sid, numbers := range o.Services {
		s := &service{sid: sid, numbers: slices.Clone(numbers)}
		e.services[sid] = s
		for _, number := range numbers {
			e.owned[number], e.serviceOf[number] = true, s
		}
	}
	return e
}

// now is the owner's time in UTC.
func (e *Emulator) now() time.Time { return e.options.Now().UTC() }

// Next tells when the next pending event is due: a status, a callback, a delayed text, the end of a text's validity.
func (e *Emulator) Next() (at time.Time, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.events) == 0 {
		return time.Time{}, false
	}
	return e.events[0].at, true
}

// Do does every event due at or before now, in the order of their times, and what they bring about that is due as well;
// webhooks are posted one after another. It returns how many it did, and an error only if the context ended: a webhook
// that is not answered well is lost, as with Twilio, and logged. A webhook's handler must not call it.
func (e *Emulator) Do(ctx context.Context, now time.Time) (n int, err error) {
	select {
	case e.doing <- struct{}{}:
		defer func() { <-e.doing }()
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	for ; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, context.Cause(ctx)
		}
		e.mu.Lock()
		due := e.events.popDue(now)
		if due == nil {
			e.mu.Unlock()
			return n, nil
		}
		then := due.run(due.at)
		e.mu.Unlock()
		if then != nil {
			then(ctx)
		}
	}
}

// Run does what is due as time goes by, until the context ends, whose error it returns. It needs Options.After.
func (e *Emulator) Run(ctx context.Context) error {
	changed, stop := e.Subscribe()
	defer stop()
	for {
		if _, err := e.Do(ctx, e.now()); err != nil {
			return err
		}
		var timer <-chan time.Time
		if at, ok := e.Next(); ok {
			timer = e.options.After(max(at.Sub(e.now()), 0))
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer:
		case <-changed:
		}
	}
}

// Subscribe gives a channel that is woken after each change of a thread or of the pending events; several changes may
// wake it once. The function ends the subscription.
func (e *Emulator) Subscribe() (<-chan struct{}, func()) {
	woken := make(chan struct{}, 1)
	e.mu.Lock()
	e.watchers[woken] = true
	e.mu.Unlock()
	return woken, func() {
		e.mu.Lock()
		delete(e.watchers, woken)
		e.mu.Unlock()
	}
}

// changed wakes the subscribers; the lock is held.
func (e *Emulator) changed() {
	for woken := range e.watchers {
		select {
		case woken <- struct{}{}:
		default: // it is awake already
		}
	}
}
