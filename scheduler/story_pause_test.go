package scheduler_test

import (
	"testing"

	"amends/bot"
	"amends/store"
	"amends/store/calendar"
)

// decides carries out a person's decision about a case.
func (s *stage) decides(reference, staff, why string, d bot.Decision) {
	s.t.Helper()
	must(s.t, s.bot.Decide(s.t.Context(), "riverside", reference, bot.By{Staff: staff, Why: why}, d))
	s.settle()
}

// refuses expects that a decision is refused with a code.
func (s *stage) refuses(code store.Code, reference, staff string, d bot.Decision) {
	s.t.Helper()
	err := s.bot.Decide(s.t.Context(), "riverside", reference, bot.By{Staff: staff, Why: "x"}, d)
	if store.CodeOf(err) != code {
		s.t.Errorf("%+v: %v, wanted %s", d, err, code)
	}
}

// whys are why the texts of a case are held or were dropped, in their order.
func (s *stage) whys(reference string, status store.MessageStatus) (whys []string) {
	s.t.Helper()
	must(s.t, s.store.View(s.t.Context(), func(tx *store.Tx) error {
		whys = nil
		cases, err := tx.CasesByReference(reference)
		if err != nil {
			return err
		}
		texts, err := tx.MessagesOf(cases[0].ID)
		for _, m := range texts {
			if m.Status == status {
				whys = append(whys, m.Why)
			}
		}
		return err
	}))
	return whys
}

// TestPauseOfOneParty: what the service would begin waits for the day, what the party writes is answered, the other
// party's texts go, and what is missed is missed.
func TestPauseOfOneParty(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0], checkin_days: [2, 30]}\n")
		s.skip("alex", "jordan")
		s.refuses(store.Invalid, "RJ-1", "dana", bot.Pause{Party: "o", Until: calendar.MustParse("2026-03-02")})
		s.refuses(store.NotFound, "RJ-1", "dana", bot.Pause{Party: "x"})
		s.refuses(store.Conflict, "RJ-1", "dana", bot.Resume{Party: "o"})
		s.decides("RJ-1", "dana", "in hospital", bot.Pause{Party: "o", Until: calendar.MustParse("2026-03-26")})
		s.at("2026-03-04 16:00")
		s.gets("alex", "Do you feel safe?") // hers goes
		s.silent("jordan")                  // his check-in of the day waits
		s.writes("alex", "1")
		s.skip("alex")

		s.writes("jordan", "HELP")
		s.gets("jordan", "Riverside")
		s.writes("jordan", "paid 20")
		s.gets("jordan", "$20.00 paid")
		s.at("2026-03-06 22:00")
		s.writes("jordan", "i want to end my life")
		s.gets("jordan", "988")
		s.writes("dana", "DONE 1 spoke to him")
		s.skip("dana", "sam", "kim", "alex")
		s.at("2026-03-24 09:01")
		s.silent("jordan") // no reminder on the 20th
		if !s.reasonOpen("RJ-1", "missed_payment") {
			t.Error("what fell due in the pause is not missed")
		}
		s.at("2026-03-25 23:59")
		s.silent("jordan")
		if s.logged("RJ-1", "pause.ended") {
			t.Error("the pause ended before its day")
		}
		s.at("2026-04-01 16:00")
		s.gets("jordan", "How is it going") // the check-in of day 30; that of day 2 makes no sense any more
		s.silent("jordan")
		if !s.logged("RJ-1", "pause.ended") || !s.logged("RJ-1", "flow.dropped") {
			t.Error("the log does not say what became of the pause")
		}
		s.writes("jordan", "STOP")
		s.silent("jordan")
	})
}

// TestPauseOfACase: what was queued is held and says why; ended by a person, it goes if it still makes sense.
func TestPauseOfACase(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0], checkin_days: [2]}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-03 23:00") // a waiver's notice to him keeps for a week; it waits for the morning
		s.decides("RJ-1", "kim", "agreed", bot.Waiver{Commitment: "money", AmountCents: 1000})
		s.decides("RJ-1", "kim", "a hearing", bot.Pause{})
		s.at("2026-03-06 12:00")
		s.silent("alex", "jordan")
		s.writes("alex", "call me please")
		s.gets("alex", "will call you")
		s.gets("dana", "a call asked for")
		s.decides("RJ-1", "kim", "it is over", bot.Resume{})
		s.gets("alex", "Do you feel safe?") // two days late, and it keeps for five
		s.at("2026-03-06 16:30")
		s.skip("jordan")
		s.at("2026-03-07 11:59") // asked again after a day, not sooner
		s.silent("alex")
		s.at("2026-03-07 12:01")
		s.gets("alex", "Asking once more")
		s.skip("jordan")

		// A question under way when the pause comes is not asked again in it; its late answer counts.
		s.decides("RJ-1", "kim", "a hearing", bot.Pause{})
		s.at("2026-03-20 15:00")
		s.silent("alex", "jordan")
		s.writes("alex", "1")
		s.gets("alex", "How are you")
		s.decides("RJ-1", "kim", "over", bot.Resume{})
		s.refuses(store.Conflict, "RJ-1", "kim", bot.Resume{})
	})
}

// TestPauseHoldsWhatIsQueued: a text that waits for the morning waits for the pause instead, and is dropped when it makes
// no sense any more.
func TestPauseHoldsWhatIsQueued(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0], checkin_days: [1], unprompted_a_day: 1}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-03 12:00")
		s.gets("alex", "Do you feel safe?")
		text := s.hold("RJ-1", "v", "how are you?", "2026-03-04 09:00")
		s.decides("RJ-1", "dana", "away", bot.Pause{Party: "v"})
		if got := s.whys("RJ-1", store.MessageHeld); len(got) != 1 || got[0] != "paused" {
			t.Fatalf("held because of %q", got)
		}
		s.at("2026-03-04 12:00")
		s.silent("alex")
		s.decides("RJ-1", "dana", "back", bot.Resume{Party: "v"})
		s.gets("alex", "how are you?")
		s.silent("alex") // and that was the day's one

		s.decides("RJ-1", "dana", "away again", bot.Pause{Party: "v"})
		again := s.hold("RJ-1", "v", "and now?", "2026-03-04 13:00")
		s.at("2026-03-08 12:00")
		s.silent("alex")
		if got := s.whys("RJ-1", store.MessageDropped); len(got) == 0 || got[len(got)-1] != "stale" {
			t.Fatalf("dropped because of %q (%s, %s)", got, text, again)
		}
	})
}

// hold puts an unprompted text to a party into the outbox that keeps for three days and waits for its time.
func (s *stage) hold(reference, party, body, until string) (id string) {
	s.t.Helper()
	must(s.t, s.store.Update(s.t.Context(), func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(reference)
		if err != nil {
			return err
		}
		parties, err := tx.PartiesOf(cases[0].ID)
		if err != nil {
			return err
		}
		for _, p := range parties {
			if p.Key != party {
				continue
			}
			id = "held " + until
			now := s.clock.Now()
			return tx.AddMessage(&store.Message{ID: id, ProgramID: p.ProgramID, CaseID: store.ID(p.CaseID), PartyID: store.ID(p.ID), LineID: store.ID(p.LineID),
				Class: store.ClassPrompt, Status: store.MessageHeld, Why: "hours", Body: tx.Seal(body), Segments: 1, QueuedAt: store.At(now),
				NextAt: store.At(s.time(until)), StaleAt: store.At(now.AddDate(0, 0, 3)), Day: calendar.On(s.time(until), s.zone)})
		}
		return nil
	}))
	return id
}
