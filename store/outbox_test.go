package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/store"
	"amends/store/storetest"
)

func TestMessage(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		var m store.Message
		update(t, s, func(tx *store.Tx) error {
			m = w.text(tx, "m1", store.ClassPrompt, noon())
			m.Day, m.StaleAt, m.AnswerUntil = date("2026-03-02"), store.At(noon().Add(time.Hour)), store.At(noon())
			return tx.AddMessage(&m)
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.GetMessage("m1")
			equal(t, "message", got, m)
			got.Status, got.SID, got.SentAt, got.Claim, got.TriedAt, got.Attempts = store.MessageSent, "SM1", 7, "me", 6, 1
			err2 := tx.SaveMessage(got)
			locked, ok, err3 := tx.LockMessage("m1")
			equal(t, "saved", locked, got)
			bySID, ok2, err4 := tx.FindMessageBySID("SM1")
			equal(t, "by SID", bySID, got)
			same(t, "found", []bool{ok, ok2}, []bool{true, true})
			of, err5 := tx.MessagesOf(w.kase.ID)
			equal(t, "of the case", of, []store.Message{got})
			known, err6 := tx.KnownSIDs([]string{"SM0", "SM1"})
			equal(t, "known", known, map[string]bool{"SM1": true})
			_, missing := tx.GetMessage("m2")
			want(t, store.NotFound, missing)
			return errors.Join(err, err2, err3, err4, err5, err6)
		})
	})
}

func TestCountPrompts(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			for i, c := range []struct {
				class  store.Class
				status store.MessageStatus
				day    string
			}{
				{store.ClassPrompt, store.MessageSent, "2026-03-02"},
				{store.ClassConsent, store.MessageHeld, "2026-03-02"},
				{store.ClassPrompt, store.MessageDropped, "2026-03-02"},
				{store.ClassPrompt, store.MessageFailed, "2026-03-02"},
				{store.ClassPrompt, store.MessageSent, "2026-03-03"},
				{store.ClassAnswer, store.MessageSent, "2026-03-02"},
			} {
				m := w.text(tx, fmt.Sprint(i), c.class, noon())
				m.Status, m.Day = c.status, date(c.day)
				if err := tx.AddMessage(&m); err != nil {
					return err
				}
			}
			n, err := tx.CountPrompts(w.his.ID, date("2026-03-02"))
			same(t, "prompts", n, 2)
			return err
		})
	})
}

// TestOutboxOrder says which texts may go, one phone after the other.
func TestOutboxOrder(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		minute := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }
		ids := func(texts []store.Outgoing) string {
			var all []string
			for _, m := range texts {
				all = append(all, m.ID)
			}
			return strings.Join(all, " ")
		}
		claim := func(n int) (got string) {
			update(t, s, func(tx *store.Tx) error {
				texts, err := tx.ClaimOutbox(w.program.ID, minute(n), "me", 100)
				got = ids(texts)
				return err
			})
			return got
		}
		next := func() (at store.Instant) {
			view(t, s, func(tx *store.Tx) (err error) {
				ahead, err := tx.Ahead()
				for _, p := range ahead.Programs {
					if p.ID == w.program.ID {
						at = p.TextAt()
					}
				}
				return err
			})
			return at
		}
		set := func(id string, status store.MessageStatus, n int) {
			update(t, s, func(tx *store.Tx) error {
				m, err := tx.GetMessage(id)
				m.Status, m.NextAt = status, store.At(minute(n))
				if status == store.MessageSending {
					m.TriedAt = store.At(minute(n))
				}
				return errors.Join(err, tx.SaveMessage(m))
			})
		}
		same(t, "nothing", []any{claim(0), next()}, []any{"", 0})
		update(t, s, func(tx *store.Tx) error {
			first, second := w.text(tx, "his-1", store.ClassPrompt, minute(1)), w.text(tx, "his-2", store.ClassPrompt, minute(1))
			answer := w.text(tx, "his-answer", store.ClassAnswer, minute(2))
			hers := w.text(tx, "hers", store.ClassPrompt, minute(1))
			hers.LineID, hers.PartyID, hers.Status = store.ID(w.hers.ID), store.ID(w.victim.ID), store.MessageHeld
			alert := w.text(tx, "alert", store.ClassAlert, minute(2))
			alert.LineID, alert.StaffID = 0, store.ID(w.dana.ID)
			held := w.text(tx, "held", store.ClassAlert, minute(60))
			held.LineID, held.StaffID, held.Status = 0, store.ID(w.dana.ID), store.MessageHeld
			for _, m := range []store.Message{held, first, second, answer, hers, alert} {
				if err := tx.AddMessage(&m); err != nil {
					return err
				}
			}
			return nil
		})
		same(t, "too early", claim(0), "")
		same(t, "at the first minute: an answer that waits holds up the prompts", claim(1), "hers")
		same(t, "next", next(), store.At(minute(1)))
		same(t, "answers and alerts before prompts, one a phone", claim(2), "his-answer alert hers")
		set("his-answer", store.MessageSending, 3)
		set("hers", store.MessageSent, 3)
		same(t, "one is under way", claim(2), "alert")
		set("his-answer", store.MessageSent, 3)
		set("alert", store.MessageSent, 3)
		same(t, "then the prompts", claim(2), "his-1")
		set("his-1", store.MessageSending, 5)
		same(t, "one after the other", claim(2), "")
		same(t, "next is what is held", next(), store.At(minute(60)))
		view(t, s, func(tx *store.Tx) error {
			ahead, err := tx.Ahead()
			lease := ahead.Doubt
			same(t, "the lease's end", lease, store.At(minute(5)))
			return err
		})
		view(t, s, func(tx *store.Tx) error {
			outbox, err := tx.Outbox(w.program.ID)
			counts, err2 := tx.OutboxCounts(w.program.ID)
			same(t, "counted", counts, map[store.MessageStatus]int{store.MessageHeld: 1, store.MessageQueued: 1, store.MessageSending: 1})
			same(t, "outbox", len(outbox), 3)
			return errors.Join(err, err2)
		})
		update(t, s, func(tx *store.Tx) error {
			none, err := tx.InDoubt(minute(4), 10)
			doubt, err2 := tx.InDoubt(minute(5), 10)
			same(t, "in doubt", []any{ids(none), ids(doubt)}, []any{"", "his-1"})
			same(t, "its phone", tx.Reveal(doubt[0].Phone), "+13125550102")
			same(t, "its line", doubt[0].Line.ID, w.his.ID)
			same(t, "its case and consent", []any{doubt[0].CaseStatus, doubt[0].Consent}, []any{"active", "none"})
			return errors.Join(err, err2)
		})
		set("his-1", store.MessageHeld, 600) // till the morning
		same(t, "one that is held holds nobody up", claim(4), "his-2")
		same(t, "but in its time", claim(600), "held his-1")
	})
}

func TestOutgoingToStaff(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			m := w.text(tx, "alert", store.ClassAlert, noon())
			m.LineID, m.PartyID, m.CaseID, m.StaffID = 0, 0, 0, store.ID(w.dana.ID)
			if err := tx.AddMessage(&m); err != nil {
				return err
			}
			texts, err := tx.ClaimOutbox(w.program.ID, noon(), "me", 1)
			if err != nil {
				return err
			}
			m.Claim = "me"
			equal(t, "outgoing", texts, []store.Outgoing{{Message: m, Phone: w.dana.Phone, StaffActive: true}})
			return nil
		})
	})
}

// TestSendOnce has several instances drain an outbox, and looks that each text is claimed once and
// those of one phone in their order.
func TestSendOnce(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		const phones, each, instances, workers = 8, 6, 3, 2
		s := db.Open(t)
		w := begin(t, s)
		update(t, s, func(tx *store.Tx) error {
			for i := range phones {
				line, err := tx.LockLine(w.program.ID, fmt.Sprintf("+1312555%04d", 2000+i))
				if err != nil {
					return err
				}
				for j := range each {
					m := w.text(tx, fmt.Sprintf("%d-%d", i, j), store.ClassAnswer, noon())
					m.LineID = store.ID(line.ID)
					if err := tx.AddMessage(&m); err != nil {
						return err
					}
				}
			}
			return nil
		})
		var sent atomic.Int64
		var order [phones]atomic.Int64
		var group sync.WaitGroup
		for range instances {
			other := db.Open(t)
			for range workers {
				group.Go(func() {
					for sent.Load() < phones*each && !t.Failed() {
						var claimed []store.Outgoing
						err := other.Update(t.Context(), func(tx *store.Tx) (err error) {
							if claimed, err = tx.ClaimOutbox(w.program.ID, noon(), "me", 5); err != nil {
								return err
							}
							for _, m := range claimed {
								m.Status, m.TriedAt, m.NextAt = store.MessageSending, store.At(noon()), store.At(noon().Add(time.Hour))
								if err := tx.SaveMessage(m.Message); err != nil {
									return err
								}
							}
							return nil
						})
						if err != nil {
							t.Error(err)
							return
						}
						for _, m := range claimed {
							var phone, nth int64
							_, _ = fmt.Sscanf(m.ID, "%d-%d", &phone, &nth)
							if got := order[phone].Add(1) - 1; got != nth {
								t.Errorf("%s went as number %d", m.ID, got)
							}
							sent.Add(1)
							m.Status = store.MessageSent
							err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveMessage(m.Message) })
							if err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
		}
		group.Wait()
		same(t, "sent", sent.Load(), phones*each)
	})
}

// TestInboundOnce delivers each of some texts to several instances at once.
func TestInboundOnce(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		const texts, instances = 10, 4
		s := db.Open(t)
		w := begin(t, s)
		want(t, store.Invalid, s.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddInbound(&store.Message{ID: "x", ProgramID: w.program.ID})
			return err
		}))
		var taken atomic.Int64
		var group sync.WaitGroup
		for i := range instances {
			other := db.Open(t)
			group.Go(func() {
				for n := range texts {
					var first bool
					err := other.Update(t.Context(), func(tx *store.Tx) (err error) {
						line, err := tx.LockLine(w.program.ID, "+13125550199") // new to all
						if err != nil {
							return err
						}
						first, err = tx.AddInbound(&store.Message{ID: fmt.Sprintf("%d-%d", i, n), ProgramID: w.program.ID, LineID: store.ID(line.ID),
							Body: tx.Seal("hello"), Segments: 1, QueuedAt: store.At(noon()), SID: store.Word(fmt.Sprintf("SM%d", n))})
						return err
					})
					if err != nil {
						t.Error(err)
					}
					if first {
						taken.Add(1)
					}
				}
			})
		}
		group.Wait()
		same(t, "taken", taken.Load(), texts)
	})
}
