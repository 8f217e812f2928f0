package scheduler_test

import (
	"strings"
	"testing"

	"amends/store/calendar"
)

// What a stranger's review found, each as the dialogue that it was.

// TestMoneyIsNoCount: a payment is no answer to a scale or to "how many hours?".
func TestMoneyIsNoCount(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.Replace(instalments, "agreement:", "agreement:\n  - {key: hours, kind: community_service, by: o, hours: 20, due: 2026-06-30}", 1) +
			"policy: {statements: false, reminder_days: [0]}\n")
		s.at("2026-03-04 16:00")
		s.skip("jordan")
		s.writes("jordan", "PAID 5")
		s.gets("jordan", "$5.00 paid")
		s.writes("jordan", "did some hours")
		s.gets("jordan", "How many hours")
		s.writes("jordan", "PAID 100")
		s.gets("jordan", "$100.00 paid")
		r := s.report("RJ-1")
		if r.Restitution[0].ReportedCents != 10500 || r.Commitments[0].HoursDone != 0 || len(r.Answers) != 0 {
			t.Errorf("%+v", r)
		}
	})
}

// TestFixOfWhatWasToldUnasked: FIX takes back what was told unasked, and asks again what can be asked.
func TestFixOfWhatWasToldUnasked(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.Replace(instalments, "agreement:", "agreement:\n  - {key: letter, kind: apology_letter, by: o, due: 2026-06-30}", 1) + quiet)
		s.skip("alex", "jordan")
		s.writes("jordan", "I finished the letter")
		s.gets("jordan", "done: the letter")
		s.writes("jordan", "FIX")
		s.gets("jordan", "taken back")
		s.silent("jordan")
		if c := s.report("RJ-1").Commitments[0]; c.Status != "open" {
			t.Errorf("%+v", c)
		}

		s.writes("jordan", "PAID 30")
		s.gets("jordan", "$30.00 paid")
		s.gets("alex", "$30.00", "Did it arrive?")
		s.writes("alex", "it came")
		s.gets("alex", "$30.00 arrived")
		s.writes("alex", "FIX")
		s.gets("alex", "taken back")
		s.gets("alex", "$30.00", "Did it arrive?")
		s.writes("alex", "yes but only 20")
		s.gets("alex", "$20.00 arrived and the rest did not")
		if m := s.report("RJ-1").Restitution[0]; m.ReceivedCents != 2000 || m.DisputedCents != 1000 {
			t.Errorf("%+v", m)
		}
		s.writes("alex", "thanks")
		s.gets("alex", "did not get that") // and no question that is answered already
	})
}

// TestNothingAfterDanger: whoever wrote of danger is asked nothing for a day.
func TestNothingAfterDanger(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0]}\n")
		s.at("2026-03-04 09:30")
		s.writes("jordan", "paid 20")
		s.at("2026-03-04 11:30") // her check-in waits behind the question about the payment
		s.skip("alex")
		s.writes("alex", "1")
		s.gets("alex", "$20.00 arrived")
		s.writes("alex", "he was outside my house")
		s.gets("alex", "911")
		s.at("2026-03-05 11:00")
		s.silent("alex")
		s.at("2026-03-05 12:30")
		s.gets("alex", "Do you feel safe?")
	})
}

// TestSmallerThings: an extension is answered and not just done with, somebody else's phone stays off, the
// ladder passes over who is away, a completed case that is not is asked no closing questions.
func TestSmallerThings(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.NewReplacer(`total: "600.00", instalments: {count: 6,`, `total: "50.00", instalments: {count: 1,`).Replace(instalments) + quiet)
		s.skip("alex", "jordan")
		s.writes("jordan", "LATER 3/27")
		s.gets("jordan", "until Fri Mar 27")
		s.gets("dana", "Reply 1 1 to grant")
		s.writes("dana", "DONE 1 talked")
		s.gets("dana", "Reply 1 1 to grant")
		s.writes("dana", "2")
		s.gets("dana", "declined")
		s.at("2026-03-02 11:00")
		s.gets("jordan", "more time was not possible")

		must(t, s.bot.SetAbsent(t.Context(), "", "dana", calendar.MustParse("2026-03-20")))
		s.writes("alex", "he followed me home")
		s.gets("alex", "911")
		s.gets("sam", "URGENT")
		s.at("2026-03-02 11:16")
		s.gets("kim", "URGENT")
		s.silent("sam")
		s.writes("kim", "OK2")
		s.gets("kim", "is with you")
		s.writes("kim", "DONE 2 she is with her sister")
		s.gets("kim", "resolved")

		s.writes("jordan", "paid 50")
		s.gets("jordan", "$50.00 paid")
		s.gets("alex", "Did it arrive?")
		s.writes("alex", "1")
		s.gets("alex", "$50.00 arrived")
		s.writes("alex", "fix")
		s.gets("alex", "taken back")
		s.gets("alex", "Did it arrive?")
		s.writes("alex", "2")
		s.gets("alex", "mediator will look into it")
		s.at("2026-03-03 12:00")
		s.silent("alex", "jordan")

		s.writes("jordan", "wrong number, i dont know any riverside")
		s.gets("jordan", "Sorry to have troubled you")
		s.writes("jordan", "START")
		s.writes("jordan", "yes")
		s.at("2026-03-20 18:00")
		s.silent("jordan")
		if p := s.report("RJ-1").Parties[1]; !p.OptedOut || p.Reachable {
			t.Errorf("%+v", p)
		}
	})
}
