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
	// claimAtATime is how many texts one transaction claims. A batch is sent within the time limit of
	// one request times claimAtATime over the workers; see inTime.
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
}

// send claims the texts that may go, asks of each once more whether it may, and hands them to the
// provider. It says how many it touched.
func (s *Scheduler) send(ctx context.Context, now time.Time) (Report, int, error) {
	var r Report
	var parcels []parcel
	touched := 0
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		r, parcels, touched = Report{}, parcels[:0], 0
		claimed, err := tx.ClaimOutbox(now, s.NewID(), claimAtATime)
		if err != nil {
			return err
		}
		for i := range claimed {
			touched++
			p, dropped, err := s.claim(tx, &claimed[i], now)
			if err != nil {
				return err
			}
			if dropped {
				r.Dropped++
			}
			if p != nil {
				parcels = append(parcels, *p)
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, 0, err
	}
	sent, err := s.sendAll(ctx, parcels)
	r.add(sent)
	return r, touched, err
}

// claim decides about one claimed text: it goes, waits or is dropped.
func (s *Scheduler) claim(tx *store.Tx, o *store.Outgoing, now time.Time) (*parcel, bool, error) {
	m := &o.Message
	v, err := s.Bot.MayGo(tx, m, now)
	if err != nil {
		return nil, false, err
	}
	if !v.Go {
		return nil, v.Drop != "", s.Bot.Withhold(tx, m, v, now)
	}
	from, err := s.Bot.Sender(tx, m.ProgramID)
	if err != nil {
		return nil, false, err
	}
	slot, err := tx.Pace(m.ProgramID, now, 1, from.PerSecond, burst)
	if err != nil {
		return nil, false, err
	}
	if slot.After(now) {
		m.NextAt = store.At(slot)
		m.Claim = ""
		return nil, false, tx.SaveMessage(*m)
	}
	m.Status, m.Why, m.TriedAt = store.MessageSending, "", store.At(now)
	m.NextAt = store.At(now.Add(s.Client.Timeout() + margin))
	p := &parcel{id: m.ID, tried: now, attempts: m.Attempts, text: twilio.Outgoing{
		To: tx.Reveal(o.Phone), Body: tx.Reveal(m.Body), From: from.Number, MessagingService: from.Service,
		StatusCallback: twilio.StatusCallbackURL(s.PublicURL, m.ID),
	}}
	if !v.Before.IsZero() {
		p.text.Validity = min(max(v.Before.Sub(now), leastValidity), mostValidity)
	}
	return p, false, tx.SaveMessage(*m)
}

// sendAll hands claimed texts to the provider, several at a time, and records what it said. It goes on
// to the end of the batch though ctx may end: what is claimed is finished.
func (s *Scheduler) sendAll(ctx context.Context, parcels []parcel) (Report, error) {
	ctx = context.WithoutCancel(ctx)
	var (
		mu    sync.Mutex
		total Report
		first error
		wait  sync.WaitGroup
	)
	work := make(chan parcel)
	for range min(s.Workers, len(parcels)) {
		wait.Go(func() {
			for p := range work {
				r, err := s.sendOne(ctx, p)
				mu.Lock()
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
	return total, first
}

// sendOne sends one text and records what the provider said.
func (s *Scheduler) sendOne(ctx context.Context, p parcel) (Report, error) {
	if s.Now().Sub(p.tried) > s.Client.Timeout() {
		// The batch took too long. The text is left as it is, to be looked up when its lease is over: a
		// request that begins now might still be under way then.
		return Report{InDoubt: 1}, nil
	}
	accepted, err := s.Client.Send(ctx, p.text)
	now := s.Now()
	if err == nil {
		return Report{Sent: 1}, s.Bot.Accepted(ctx, p.id, accepted, now)
	}
	failure, ok := errors.AsType[*twilio.SendError](err)
	if !ok {
		failure = &twilio.SendError{Op: "send", Fate: twilio.InDoubt, Reason: "an error of our own"}
	}
	s.Log.WarnContext(ctx, "a text was not taken", "message", p.id, "attempt", p.attempts+1, "error", failure)
	switch failure.Fate {
	case twilio.Refused:
		return Report{Failed: 1}, s.Bot.Refused(ctx, p.id, failure.Code, failure.Consequence())
	case twilio.Retry:
		wait := max(twilio.Backoff(p.attempts+1, s.Rand), failure.RetryAfter)
		return Report{}, s.Bot.Later(ctx, p.id, now.Add(wait), failure)
	}
	return Report{InDoubt: 1}, s.Bot.Doubt(ctx, p.id, now.Add(s.Client.Timeout()+margin))
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
			doubts = append(doubts, parcel{id: o.ID, tried: o.TriedAt.Time(), attempts: o.Attempts, text: twilio.Outgoing{
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
	var r Report
	for _, p := range doubts {
		sent, err := s.lookUpOne(ctx, p)
		if err != nil {
			return r, len(doubts), err
		}
		r.Sent += sent
	}
	return r, len(doubts), nil
}

// clockSkew is how far the provider's clock may be from ours when its list is searched.
const clockSkew = 5 * time.Minute

// lookUpOne finds a text in the account's list, or, if it is not there, puts it back into the outbox.
func (s *Scheduler) lookUpOne(ctx context.Context, p parcel) (sent int, err error) {
	records, err := s.Client.Find(ctx, twilio.Query{To: p.text.To, From: p.text.From, MessagingService: p.text.MessagingService, Since: p.tried.Add(-clockSkew)})
	now := s.Now()
	if err != nil {
		s.Log.WarnContext(ctx, "a text in doubt could not be looked up", "message", p.id, "error", err)
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
	if err := s.Bot.Accepted(ctx, p.id, twilio.Accepted{SID: found.SID, Status: found.Status, Segments: found.Segments}, now); err != nil {
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
