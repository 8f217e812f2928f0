package scheduler

import (
	"context"
	"errors"
	"time"
)

// Retain erases what was kept as long as its program says, and says how many cases that were.
func (s *Scheduler) Retain(ctx context.Context, now time.Time) (int, error) {
	n, err := s.Bot.Retain(ctx, now)
	if n == 0 {
		return 0, err
	}
	s.Log.InfoContext(ctx, "cases were erased: they had been closed for as long as their program keeps them", "cases", n)
	scrubbed, failed := s.Store.ScrubFile(ctx)
	if !scrubbed && failed == nil {
		s.Log.InfoContext(ctx, "what was erased stands in the write-ahead log for a while yet: somebody reads the database")
	}
	return n, errors.Join(err, failed)
}
