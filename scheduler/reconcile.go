package scheduler

import (
	"context"
	"errors"
	"time"

	"amends/store"
)

const (
	// reconcileEvery is how often the account's list is looked through for texts that no webhook told us
	// of, from an hour before the last time on: the list may lag. reconcileFirst is how far back the first
	// time goes, reconcileMost the most ever: what is older is history.
	reconcileEvery = "@every 15m"
	reconcileLag   = time.Hour
	reconcileFirst = 24 * time.Hour
	reconcileMost  = 30 * 24 * time.Hour
)

// Reconcile takes in the texts that the provider has and no webhook brought: we were down, or the way to
// us was. It says how many there were. A number that belongs to a messaging service is not known to us,
// and its texts are not looked for.
func (s *Scheduler) Reconcile(ctx context.Context, now time.Time) (int, error) {
	var numbers []string
	var last store.Instant
	err := s.Store.View(ctx, func(tx *store.Tx) error {
		var err error
		if last, err = tx.Reconciled(); err != nil {
			return err
		}
		programs, err := tx.Programs()
		if err != nil {
			return err
		}
		for _, p := range programs {
			from, err := s.Bot.Sender(tx, p.ID)
			if err != nil {
				return err
			}
			if from.Number != "" {
				numbers = append(numbers, from.Number)
			}
		}
		return nil
	})
	since := now.Add(-reconcileFirst)
	if last != 0 {
		since = last.Time().Add(-reconcileLag)
	}
	if most := now.Add(-reconcileMost); since.Before(most) {
		since = most
	}
	taken := 0
	for _, number := range numbers {
		n, failed := s.reconcile(ctx, number, since)
		taken += n
		err = errors.Join(err, failed)
	}
	if err != nil {
		return taken, err
	}
	return taken, s.Store.Update(ctx, func(tx *store.Tx) error { return tx.SetReconciled(now) })
}

func (s *Scheduler) reconcile(ctx context.Context, number string, since time.Time) (int, error) {
	texts, err := s.Client.Received(ctx, number, since)
	if err != nil {
		return 0, err
	}
	sids := make([]string, len(texts))
	for i, x := range texts {
		sids[i] = x.SID
	}
	var known map[string]bool
	if err := s.Store.View(ctx, func(tx *store.Tx) (err error) {
		known, err = tx.KnownSIDs(sids)
		return err
	}); err != nil {
		return 0, err
	}
	taken := 0
	for _, x := range texts {
		if known[x.SID] {
			continue
		}
		if err := s.Bot.Inbound(ctx, x); err != nil {
			return taken, err
		}
		s.Log.InfoContext(ctx, "a text was found at the provider that no webhook brought", "sid", x.SID)
		taken++
	}
	return taken, nil
}
