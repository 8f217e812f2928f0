package scheduler

import (
	"context"
	"errors"
	"time"
)

// houseEvery is how often the log is sealed, what has been kept long enough is erased, and what events added to the figures
// is put into their totals. An entry can be changed unseen for as long as that.
const houseEvery = "@every 1m"

// keepHouse is the part of Run that is nobody's text: what fails is told, and tried again the next time.
func (s *Scheduler) keepHouse(ctx context.Context, now time.Time) {
	if _, err := s.Retain(ctx, now); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(ctx, "what has been kept long enough could not be erased; it is tried again in a minute", "error", err)
	}
	if _, err := s.Store.FoldFigures(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(ctx, "the figures could not be put into their totals; it is tried again in a minute", "error", err)
	}
	if err := s.Seal(ctx, now); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(ctx, "the log could not be sealed; it is tried again in a minute", "error", err)
	}
}

// Seal seals what the log has grown by. The checkpoint is logged: wherever logs are kept, out of the
// database's reach, it bears witness. Several instances may do so at once: one does.
func (s *Scheduler) Seal(ctx context.Context, now time.Time) error {
	did, err := s.Store.SealAudit(ctx, now, s.NewID)
	if did.Note != "" {
		s.Log.InfoContext(ctx, "the log is sealed", "entries", did.Entries, "checkpoint", did.Note)
	}
	if did.Waits {
		s.Log.WarnContext(ctx, "the log is not sealed: a transaction that writes it has been open for seconds; it is tried again in a minute")
	}
	return err
}
