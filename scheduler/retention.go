package scheduler

import (
	"context"
	"errors"
	"time"
)

// Retain erases what was kept as long as its program says, and says how many cases and texts of nobody that were.
func (s *Scheduler) Retain(ctx context.Context, now time.Time) (int, error) {
	cases, texts, err := s.Bot.Retain(ctx, now)
	if cases+texts == 0 {
		return 0, err
	}
	s.Log.InfoContext(ctx, "what had been kept as long as its program keeps it was erased", "cases", cases, "texts_of_nobody", texts)
	scrubbed, failed := s.Store.ScrubFile(ctx)
	if !scrubbed && failed == nil {
		s.Log.InfoContext(ctx, "what was erased stands in the write-ahead log for a while yet: somebody reads the database")
	}
	return cases + texts, errors.Join(err, failed)
}
