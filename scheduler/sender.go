package scheduler

import (
	"context"
	"errors"
	"sync"
	"time"

	"amends/bot"
	"amends/bot/twilio"
	"amends/store"
)

const (
	// claimAtATime is how many texts one transaction claims at most.
	claimAtATime = 64
	// margin is how long after a request's time limit the provider may still be at it.
	margin = time.Minute
	// burst is how many texts of one number may go at once before its pace counts.
	burst = 20
	// leastValidity and mostValidity bound Twilio's ValidityPeriod: 1 to 36,000 seconds. Under a minute
	// a text has no fair chance.
	leastValidity = time.Minute
	mostValidity  = 10 * time.Hour
)

// parcel is a text on its way, opened.
type parcel struct {
	id       string
	text     twilio.Outgoing
	tried    time.Time
	attempts int
	event    string // that it began with
}

// send claims the texts that may go, hands them to the provider and waits for what it says. It says how
// many it touched.
func (s *Scheduler) send(ctx context.Context, now time.Time) (Report, int, error) {
	r, parcels, touched, err := s.claim(ctx, now, claimAtATime)
	if err != nil {
		return Report{}, 0, err
	}
	sent, err := s.sendAll(ctx, parcels)
	r.add(sent)
	return r, touched, err
}

// claim claims up to limit of the texts that may go and asks of each once more whether it may. It says
// how many it touched.
func (s *Scheduler) claim(ctx context.Context, now time.Time, limit int) (Report, []parcel, int, error) {
	var r Report
	var parcels []parcel
	touched := 0
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		r, parcels, touched = Report{}, parcels[:0], 0
		programs, err := tx.LockReadyPrograms(now)
		if err != nil {
			return err
		}
		for _, p := range programs {
			if touched >= limit {
				return nil
			}
			claimed, going, dropped, err := s.claimOf(tx, p, now, limit-touched)
			if err != nil {
				return err
			}
			touched += claimed
			r.Dropped += dropped
			parcels = append(parcels, going...)
		}
		return nil
	})
	if err != nil {
		return Report{}, nil, 0, err
	}
	return r, parcels, touched, nil
}

// claimOf claims the texts of a locked program, as many as its pace lets go. Those that may not go, or
// not yet, take no slot of it.
func (s *Scheduler) claimOf(tx *store.Tx, p store.Program, now time.Time, limit int) (claimed int, going []parcel, dropped int, err error) {
	from, err := s.Bot.Sender(tx, p.ID)
	if err != nil {
		return 0, nil, 0, err
	}
	pace := s.pace(from)
	slots, _ := p.Slots(now, pace, limit)
	if slots == 0 {
		return 0, nil, 0, nil
	}
	claim := s.NewID()
	texts, err := tx.ClaimOutbox(p.ID, now, claim, slots)
	if err != nil {
		return 0, nil, 0, err
	}
	verdicts, err := s.Bot.MayGo(tx, texts, now)
	if err != nil {
		return 0, nil, 0, err
	}
	var ids []string
	for i, v := range verdicts {
		o := &texts[i]
		if !v.Go {
			if v.Drop != "" {
				dropped++
			}
			if err := s.Bot.Withhold(tx, &o.Message, v, now); err != nil {
				return 0, nil, 0, err
			}
			continue
		}
		ids = append(ids, o.ID)
		going = append(going, s.parcel(tx, o, from, v, now))
	}
	if err := tx.MarkSending(ids, claim, now, now.Add(s.Client.Timeout()+margin)); err != nil {
		return 0, nil, 0, err
	}
	return len(texts), going, dropped, tx.TakeSlots(p.ID, now, pace, len(ids))
}

// parcel opens a text that goes.
func (s *Scheduler) parcel(tx *store.Tx, o *store.Outgoing, from bot.Sender, v bot.Verdict, now time.Time) parcel {
	p := parcel{id: o.ID, tried: now, attempts: o.Attempts, event: o.Event, text: twilio.Outgoing{
		To: tx.Reveal(o.Phone), Body: tx.Reveal(o.Body), From: from.Number, MessagingService: from.Service,
		StatusCallback: twilio.StatusCallbackURL(s.PublicURL, o.ID),
	}}
	if !v.Before.IsZero() {
		p.text.Validity = min(max(v.Before.Sub(now), leastValidity), mostValidity)
	}
	return p
}

// sendAll hands claimed texts to the provider, several at a time, and records what it said. It goes on
// to the end of the batch though ctx may end: what is claimed is finished.
func (s *Scheduler) sendAll(ctx context.Context, parcels []parcel) (Report, error) {
	ctx = context.WithoutCancel(ctx)
	var (
		mu    sync.Mutex
		total Report
		first error
		taken []store.Taken
		wait  sync.WaitGroup
	)
	work := make(chan parcel)
	for range min(s.Workers, len(parcels)) {
		wait.Go(func() {
			for p := range work {
				accepted, r, err := s.sendOne(ctx, p)
				mu.Lock()
				if accepted != nil {
					taken = append(taken, *accepted)
				}
				total.add(r)
				first = errors.Join(first, err)
				mu.Unlock()
			}
		})
	}
	for _, p := range parcels {
		work <- p
	}
	close(work)
	wait.Wait()
	if len(taken) > 0 {
		first = errors.Join(first, s.Bot.Accepted(ctx, taken...))
	}
	return total, first
}

// sendOne sends one text. That the provider took it is the caller's to record; anything else is on record.
func (s *Scheduler) sendOne(ctx context.Context, p parcel) (*store.Taken, Report, error) {
	if s.Now().Sub(p.tried) > s.Client.Timeout() {
		// The batch took too long. The text is left as it is, to be looked up when its lease is over: a
		// request that begins now might still be under way then.
		return nil, Report{InDoubt: 1}, nil
	}
	accepted, err := s.Client.Send(ctx, p.text)
	now := s.Now()
	if err == nil {
		return &store.Taken{ID: p.id, SID: accepted.SID, Segments: accepted.Segments, At: now}, Report{Sent: 1}, nil
	}
	failure, ok := errors.AsType[*twilio.SendError](err)
	if !ok {
		failure = &twilio.SendError{Op: "send", Fate: twilio.InDoubt, Reason: "an error of our own"}
	}
	s.Log.WarnContext(ctx, "a text was not taken", "event", p.event, "message", p.id, "attempt", p.attempts+1, "error", failure)
	switch failure.Fate {
	case twilio.Refused:
		return nil, Report{Failed: 1}, s.Bot.Refused(ctx, p.id, failure.Code, failure.Consequence())
	case twilio.Retry:
		wait := max(twilio.Backoff(p.attempts+1, s.Rand), failure.RetryAfter)
		return nil, Report{}, s.Bot.Later(ctx, p.id, now.Add(wait), failure)
	}
	return nil, Report{InDoubt: 1}, s.Bot.Doubt(ctx, p.id, now.Add(s.Client.Timeout()+margin))
}

// lookUp asks the provider about texts whose fate is unknown, before any of them is tried again (law 3).
func (s *Scheduler) lookUp(ctx context.Context, now time.Time) (Report, int, error) {
	var doubts []parcel
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		doubts = doubts[:0]
		claimed, err := tx.InDoubt(now, claimAtATime)
		if err != nil {
			return err
		}
		for _, o := range claimed {
			from, err := s.Bot.Sender(tx, o.ProgramID)
			if err != nil {
				return err
			}
			if o.Status == store.MessageSending {
				s.Log.WarnContext(ctx, "nobody recorded what became of a text: it is looked up", "event", o.Event, "message", o.ID, "attempt", o.Attempts+1)
			}
			doubts = append(doubts, parcel{id: o.ID, tried: o.TriedAt.Time(), attempts: o.Attempts, event: o.Event, text: twilio.Outgoing{
				To: tx.Reveal(o.Phone), Body: tx.Reveal(o.Body), From: from.Number, MessagingService: from.Service}})
			// Nobody else looks it up meanwhile.
			o.Status, o.NextAt = store.MessageInDoubt, store.At(now.Add(s.Client.Timeout()+margin))
			if err := tx.SaveMessage(o.Message); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, 0, err
	}
	var (
		mu    sync.Mutex
		r     Report
		first error
		wait  sync.WaitGroup
	)
	work := make(chan parcel)
	for range min(s.Workers, lookUpWorkers, len(doubts)) {
		wait.Go(func() {
			for p := range work {
				sent, err := s.lookUpOne(ctx, p)
				mu.Lock()
				r.Sent += sent
				first = errors.Join(first, err)
				mu.Unlock()
			}
		})
	}
	for _, p := range doubts {
		work <- p
	}
	close(work)
	wait.Wait()
	return r, len(doubts), first
}

// lookUpWorkers is how many texts are looked up at a time: lists are the provider's dearest requests.
const lookUpWorkers = 4

// clockSkew is how far the provider's clock may be from ours when its list is searched.
const clockSkew = 5 * time.Minute

// lookUpOne finds a text in the account's list, or, if it is not there, puts it back into the outbox.
func (s *Scheduler) lookUpOne(ctx context.Context, p parcel) (sent int, err error) {
	records, err := s.Client.Find(ctx, twilio.Query{To: p.text.To, From: p.text.From, MessagingService: p.text.MessagingService, Since: p.tried.Add(-clockSkew)})
	now := s.Now()
	if err != nil {
		s.Log.WarnContext(ctx, "a text in doubt could not be looked up", "event", p.event, "message", p.id, "error", err)
		return 0, s.Bot.Doubt(ctx, p.id, now.Add(twilio.Backoff(p.attempts+3, s.Rand)))
	}
	same := records[:0]
	for _, r := range records {
		if r.Body == p.text.Body {
			same = append(same, r)
		}
	}
	found, err := s.unclaimed(ctx, same)
	if err != nil {
		return 0, err
	}
	if found == nil {
		return 0, s.Bot.Lost(ctx, p.id, now)
	}
	if err := s.Bot.Accepted(ctx, store.Taken{ID: p.id, SID: found.SID, Segments: found.Segments, At: now}); err != nil {
		return 0, err
	}
	return 1, s.Bot.Status(ctx, twilio.StatusUpdate{SID: found.SID, MessageID: p.id, Status: found.Status, ErrorCode: found.ErrorCode})
}

// unclaimed is the record that no text of ours has for its own yet: the same words may have gone to the
// same number before.
func (s *Scheduler) unclaimed(ctx context.Context, records []twilio.Record) (*twilio.Record, error) {
	sids := make([]string, len(records))
	for i, r := range records {
		sids[i] = r.SID
	}
	var known map[string]bool
	err := s.Store.View(ctx, func(tx *store.Tx) error {
		var err error
		known, err = tx.KnownSIDs(sids)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range records {
		if !known[records[i].SID] {
			return &records[i], nil
		}
	}
	return nil, nil
}

var _ twilio.Receiver = (*bot.Bot)(nil)

// pace is how fast a program's texts may go.
func (s *Scheduler) pace(from bot.Sender) store.Pace {
	if s.Unpaced {
		return store.Pace{}
	}
	return store.Pace{PerSecond: from.PerSecond, Burst: burst}
}
