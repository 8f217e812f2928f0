package scheduler

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"amends/store"
)

// bell wakes one part of Run. Rung many times, it rings once.
type bell chan struct{}

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// Run does what is due until ctx ends: each second, and whenever a text was queued. Its parts, what fell
// due, the texts, those in doubt and the comparison with the provider's list, wait for nothing of each
// other's, and no text for another number's. What is in hand at the end is finished.
func (s *Scheduler) Run(ctx context.Context) error {
	dues, texts, doubts, list := make(bell, 1), make(bell, 1), make(bell, 1), make(bell, 1)
	list.ring() // at the start: texts may have come while we were down
	tick, house := make(bell, 1), make(bell, 1)
	timer := cron.New()
	for spec, b := range map[string]bell{"@every 1s": tick, reconcileEvery: list, houseEvery: house} {
		if _, err := timer.AddFunc(spec, b.ring); err != nil {
			return err
		}
	}
	timer.Start()
	defer timer.Stop()

	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() {
		s.whenever(ctx, partDues, dues, func(now time.Time) (int, error) { return s.dues(ctx, now, true) })
	})
	parts.Go(func() {
		s.whenever(ctx, partDoubts, doubts, func(now time.Time) (int, error) {
			_, n, err := s.lookUp(ctx, now)
			return n, err
		})
	})
	parts.Go(func() {
		s.whenever(ctx, "", list, func(now time.Time) (int, error) {
			if _, err := s.Reconcile(ctx, now); err != nil && !errors.Is(err, context.Canceled) {
				s.Log.WarnContext(ctx, "the provider's list could not be compared with ours; it is tried again in a while", "error", err)
			}
			return 0, nil
		})
	})
	parts.Go(func() {
		s.whenever(ctx, "", house, func(now time.Time) (int, error) {
			s.keepHouse(ctx, now)
			return 0, nil
		})
	})
	parts.Go(func() { s.dispatch(ctx, texts) })
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		case <-s.Store.Wake():
		}
		for _, b := range []bell{dues, texts, doubts} {
			b.ring()
		}
	}
}

// whenever does one part of Run each time that its bell rings, and again until nothing was left to do.
func (s *Scheduler) whenever(ctx context.Context, part string, b bell, do func(now time.Time) (int, error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b:
		}
		for n := 1; n > 0 && ctx.Err() == nil; {
			s.gate.enter()
			var err error
			n, err = do(s.Now())
			s.gate.leave(1)
			if err != nil {
				s.complain(ctx, err)
				break
			}
			if at := s.passed[part]; at != nil {
				at.Store(int64(store.At(s.Now())))
			}
		}
	}
}

func (s *Scheduler) complain(ctx context.Context, err error) {
	if !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(ctx, "what is due could not be done; it is tried again in a while", "error", err)
	}
}

// dispatch hands texts to the provider as places are free, until ctx ends and what is under way is
// finished. A text whose request hangs keeps its place and holds up none but those to the same number.
func (s *Scheduler) dispatch(ctx context.Context, texts bell) {
	places := make(chan struct{}, s.Workers)
	taken := make(chan store.Taken, s.Workers)
	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		s.record(context.WithoutCancel(ctx), taken, texts)
	}()
	var under sync.WaitGroup
	s.whenever(ctx, partTexts, texts, func(now time.Time) (int, error) {
		select {
		case places <- struct{}{}: // one at least is free
			<-places
		case <-ctx.Done():
			return 0, nil
		}
		_, parcels, touched, err := s.claim(ctx, now, min(cap(places)-len(places), claimAtATime))
		s.gate.stay(len(parcels))
		for _, p := range parcels {
			places <- struct{}{}
			under.Go(func() {
				defer func() { <-places }()
				accepted, _, err := s.sendOne(context.WithoutCancel(ctx), p)
				if err != nil {
					s.complain(ctx, err)
				}
				if accepted != nil {
					taken <- *accepted
					return
				}
				s.gate.leave(1)
				texts.ring() // another one to that number
			})
		}
		return touched, err
	})
	under.Wait()
	close(taken)
	<-recorded
}

// record puts on record what the provider took, as many texts in one transaction as have come in
// meanwhile.
func (s *Scheduler) record(ctx context.Context, taken <-chan store.Taken, texts bell) {
	for one := range taken {
		some := []store.Taken{one}
		for len(some) < claimAtATime && len(taken) > 0 {
			some = append(some, <-taken)
		}
		if err := s.Bot.Accepted(ctx, some...); err != nil {
			// They are looked up when their lease is over.
			s.Log.ErrorContext(ctx, "texts were sent, and that could not be recorded; they are looked up in a while", "texts", len(some), "error", err)
		}
		s.gate.leave(len(some))
		texts.ring()
	}
}
