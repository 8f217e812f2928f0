// Package scheduler is what time does: it opens what is due, sends the texts of the outbox, looks up
// those whose fate is unknown, and takes what nobody acknowledged to the next person.
//
// One method is at its heart. Do does all that is due at an instant, and Next says when the next
// thing is. In production cron calls Do, and so does each commit that queued a text; the demo's
// clock and the simulation move time and call the very same:
//
//	for at, ok, err := s.Next(ctx); ok && err == nil; at, ok, err = s.Next(ctx) {
//		clock.Set(at)
//		s.Do(ctx, at)
//	}
//
// It keeps nothing in memory that matters: any number of instances share one database, and each row
// is claimed by one of them. It decides nothing about a case; package bot does.
package scheduler
