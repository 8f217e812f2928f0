package scheduler_test

import (
	"testing"

	"amends/bot"
	"amends/store"
	"amends/store/calendar"
)

// TestWrittenByHand: a mediator's own text keeps to the hours and takes the line; what is answered goes to her and is not
// guessed at, what is plainly something else is dealt with; the question that gave way is asked again.
func TestWrittenByHand(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0], checkin_days: [2]}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-04 12:00")
		s.gets("alex", "Do you feel safe?")
		s.decides("RJ-1", "sam", "about the letter", bot.Write{Party: "v", Text: "Sam here. May I call you at four?"})
		s.gets("alex", "Riverside RJ: Sam here. May I call you at four?")
		s.writes("alex", "1") // to the one asked last: no guess that she is safe
		s.gets("alex", "A person from our team")
		s.gets("dana", "RJ-1: reply not understood")
		s.writes("alex", "or at five")
		s.silent("alex", "dana") // it is added
		s.decides("RJ-1", "dana", "told him", bot.Write{Party: "v", Text: "At five, then.", Answers: 1})
		s.gets("alex", "At five, then.")
		if s.reasonOpen("RJ-1", "not_understood") {
			t.Error("the answer did not resolve it")
		}
		s.writes("alex", "call me please") // plainly something else
		s.gets("alex", "will call you")
		s.gets("dana", "a call asked for")
		s.writes("dana", "done 2 called")
		s.skip("dana")
		if n := len(s.report("RJ-1").Answers); n != 0 {
			t.Errorf("%d answers are on record", n)
		}
		s.at("2026-03-05 12:30") // the question that gave way, a day after it was asked
		s.gets("alex", "Asking once more", "Do you feel safe?")
		s.writes("alex", "1") // now that is the one asked last
		s.gets("alex", "How are you")
		s.skip("alex")

		s.refuses(store.Invalid, "RJ-1", "dana", bot.Write{Party: "o", Text: "Alex has got it."})
		s.refuses(store.NotFound, "RJ-1", "dana", bot.Write{Party: "o", Text: "Hello.", Answers: 1}) // resolved, and about another
		s.at("2026-03-05 22:00")
		s.skip("jordan")
		s.decides("RJ-1", "dana", "a word", bot.Write{Party: "o", Text: "Could you write to me tomorrow?"})
		s.silent("jordan")
		s.writes("jordan", "paid 20") // before it has gone
		s.gets("jordan", "$20.00 paid")
		s.at("2026-03-06 09:01")
		s.gets("jordan", "Could you write to me tomorrow?")
		s.writes("jordan", "paid 30")
		s.gets("jordan", "$30.00 paid")
		s.writes("jordan", "sure, at noon")
		s.gets("jordan", "A person from our team")
		s.at("2026-03-16 12:00")
		s.skip("jordan")
		s.writes("jordan", "qwerty zxcv") // long after: as ever
		s.gets("jordan", "did not get that")

		s.decides("RJ-1", "dana", "a hearing", bot.Pause{Party: "o", Until: calendar.MustParse("2026-04-01")})
		s.decides("RJ-1", "dana", "a word", bot.Write{Party: "o", Text: "How did it go?"})
		s.at("2026-04-01 12:00")
		s.silent("jordan") // it kept for a week
		if got := s.whys("RJ-1", store.MessageDropped); len(got) == 0 || got[len(got)-1] != "stale" {
			t.Errorf("dropped because of %q", got)
		}
		s.writes("jordan", "STOP")
		s.refuses(store.Conflict, "RJ-1", "dana", bot.Write{Party: "o", Text: "Are you sure?"})
	})
}
