package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"amends/store"
	"amends/store/storetest"
)

func benchEach(b *testing.B, do func(b *testing.B, s *store.Store)) {
	for _, dialect := range storetest.Dialects() {
		b.Run(dialect, func(b *testing.B) { do(b, storetest.Open(b, dialect)) })
	}
}

// BenchmarkInbound is what one inbound text asks of the store, one at a time and from 64 sides.
func BenchmarkInbound(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		w := begin(b, s)
		const phones = 64
		var sessions [phones]int64
		update(b, s, func(tx *store.Tx) error {
			for i := range phones {
				line, err := tx.LockLine(w.program.ID, fmt.Sprintf("+1312556%04d", i))
				if err != nil {
					return err
				}
				w.hers = line
				session := w.session(tx, "victim-checkin", store.SessionOpen, noon(), noon())
				if err := tx.AddSession(&session); err != nil {
					return err
				}
				sessions[i] = session.ID
			}
			return nil
		})
		var count atomic.Int64
		one := func(phone int) {
			n := count.Add(1)
			err := s.Update(b.Context(), func(tx *store.Tx) error {
				line, err := tx.LockLine(w.program.ID, fmt.Sprintf("+1312556%04d", phone))
				if err != nil {
					return err
				}
				_, err = tx.AddInbound(&store.Message{ID: fmt.Sprint("in-", n), ProgramID: w.program.ID, LineID: store.ID(line.ID), Segments: 1,
					Body: tx.Seal("4"), QueuedAt: store.At(noon()), SID: store.Word(fmt.Sprint("SM", n))})
				_, err2 := tx.MembersOfLine(line.ID)
				live, _, err3 := tx.FindOpenSession(line.ID)
				if err := errors.Join(err, err2, err3); err != nil {
					return err
				}
				m := w.text(tx, fmt.Sprint("out-", n), store.ClassAnswer, noon())
				m.LineID, m.Status = store.ID(line.ID), store.MessageSent // the outbox is measured elsewhere
				a := store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "f", Question: "q", Value: tx.Seal("4"), At: store.At(noon())}
				for range 3 {
					_ = tx.Log(store.Entry{At: 5, ProgramID: store.ID(w.program.ID), CaseID: store.ID(w.kase.ID), Actor: "party:v", Action: "answer"})
				}
				return errors.Join(tx.SaveSession(&live), tx.AddAnswer(&a), tx.AddMessage(&m))
			})
			if err != nil {
				b.Error(err)
			}
		}
		b.Run("1", func(b *testing.B) {
			for b.Loop() {
				one(0)
			}
		})
		b.Run("64", func(b *testing.B) {
			var side atomic.Int64
			b.SetParallelism(phones / 2)
			b.RunParallel(func(pb *testing.PB) {
				phone := int(side.Add(1)) % phones
				for pb.Next() {
					one(phone)
				}
			})
		})
	})
}

// BenchmarkOutbox claims and sends texts, 50 at a time, with so many queued.
func BenchmarkOutbox(b *testing.B) {
	for _, queued := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(queued), func(b *testing.B) {
			benchEach(b, func(b *testing.B, s *store.Store) {
				w := begin(b, s)
				queue(b, s, w, queued)
				sent := 0
				b.ResetTimer()
				for b.Loop() {
					update(b, s, func(tx *store.Tx) error {
						texts, err := tx.ClaimOutbox(w.program.ID, noon(), "me", 50)
						if err != nil || len(texts) == 0 {
							return errors.Join(err, errors.New("nothing to claim"))
						}
						for _, m := range texts {
							m.Status, m.TriedAt = store.MessageSending, store.At(noon())
							if err := tx.SaveMessage(m.Message); err != nil {
								return err
							}
						}
						// All go back to the end of the queue, so that it stays as long.
						for _, m := range texts {
							sent++
							m.Status, m.NextAt = store.MessageQueued, store.At(noon())-1_000_000+store.Instant(sent)
							if err := tx.SaveMessage(m.Message); err != nil {
								return err
							}
						}
						return nil
					})
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(sent), "µs/text")
			})
		})
	}
}

// queue queues texts, two a line, all due.
func queue(b testing.TB, s *store.Store, w *world, n int) {
	b.Helper()
	for at := 0; at < n; {
		update(b, s, func(tx *store.Tx) error {
			for range min(5000, n-at) {
				line, err := tx.LockLine(w.program.ID, fmt.Sprintf("+1312%07d", at/2))
				if err != nil {
					return err
				}
				m := w.text(tx, fmt.Sprint("q", at), store.ClassPrompt, noon().Add(-time.Hour*24+time.Duration(at)*time.Millisecond))
				m.LineID = store.ID(line.ID)
				if err := tx.AddMessage(&m); err != nil {
					return err
				}
				at++
			}
			return nil
		})
	}
}
