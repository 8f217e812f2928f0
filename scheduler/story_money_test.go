package scheduler_test

import (
	"testing"

	"amends/bot"
	"amends/store/calendar"
)

const instalments = `
program: riverside
reference: RJ-1
mediated_on: 2026-03-02
mediator: dana
backup: sam
parties:
  - {key: v, role: victim,   name: Alex Kim,   phone: "+13125550101", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: en, consent: {on: 2026-03-02, how: signed form}}
agreement:
  - {key: money, kind: restitution, by: o, to: v, total: "600.00", instalments: {count: 6, every: month, first: 2026-03-20}}
`

// quiet is a case's policy in stories that are about something else than check-ins and statements.
const quiet = `
policy: {checkin_days: [365], statements: false}
`

func TestStory01SixInstalmentsToClosing(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.gets("alex", "Riverside RJ: Thank you.", "911")
		s.gets("jordan", "Riverside RJ: Thank you.", "911")
		months := []string{"2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"}
		for i, month := range months {
			s.at(month + "-17 12:00")
			s.gets("jordan", "$100.00 is due on", "20", "PAID 50")
			s.at(month + "-20 12:00")
			s.gets("jordan", "$100.00 is due today")
			s.writes("jordan", "PAID 100")
			s.gets("jordan", "Got it: $100.00 paid on", "Wrong? Reply FIX.")
			if r := s.report("RJ-1").Restitution[0]; r.ReportedCents != 10000 || r.ReceivedCents != int64(i)*10000 || r.OutstandingCents != 60000-int64(i)*10000 {
				t.Fatalf("a payment reported is not received: %+v", r)
			}
			s.at(month + "-20 14:00")
			s.gets("alex", "$100.00", "Did it arrive? 1 yes, 2 no, 3 in part")
			s.writes("alex", "1")
			s.gets("alex", "Got it: $100.00 arrived")
		}
		r := s.report("RJ-1")
		if r.Status != "completed" || r.Restitution[0].OutstandingCents != 0 || r.Restitution[0].Status != "met" || r.Restitution[0].NextDue != nil {
			t.Fatalf("after the last one the case is completed: %+v", r)
		}
		s.at("2026-08-20 15:30")
		for _, who := range []string{"alex", "jordan"} {
			s.gets(who, "All that was agreed is done", "fair")
			s.writes(who, "5")
			s.gets(who, "satisfied")
			s.writes(who, "4")
			s.gets(who, "recommend")
			s.writes(who, "5")
			s.gets(who, "Thank you")
		}
		s.at("2026-09-04 12:00")
		if r := s.report("RJ-1"); r.Status != "closed" || r.CloseReason != "completed" || len(r.Escalations) != 0 {
			t.Fatalf("a fortnight later it is closed, and nobody was called in: %+v", r)
		}
		s.silent("alex", "jordan", "dana", "sam", "kim")
		s.writes("jordan", "hello?")
		s.gets("jordan", "this number is not on our list")
		s.silent("jordan", "dana")
	})
}

func TestStory02PartPaymentDisputeReceipt(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.skip("alex", "jordan")
		s.at("2026-03-19 12:00")
		s.skip("jordan")
		s.writes("jordan", "paid 60 yesterday")
		s.gets("jordan", "$60.00 paid on Wed Mar 18", "$540.00 to go")
		s.gets("alex", "$60.00 on Wed Mar 18", "Did it arrive?")
		s.writes("alex", "3")
		s.gets("alex", "How much arrived?")
		s.writes("alex", "40 dollars")
		s.gets("alex", "$40.00 arrived and the rest did not")
		r := s.report("RJ-1").Restitution[0]
		if r.ReceivedCents != 4000 || r.DisputedCents != 2000 || r.ReportedCents != 0 || r.OutstandingCents != 56000 {
			t.Fatalf("in part: so much received, the rest disputed: %+v", r)
		}
		s.gets("dana", "RJ-1: two accounts of a payment", "OK 1")
		s.silent("jordan") // nothing of hers reaches him

		s.at("2026-03-20 12:00")
		s.gets("jordan", "$60.00 is due today")
		s.writes("jordan", "PAID $60")
		s.gets("jordan", "$60.00 paid")
		s.at("2026-03-20 16:00")
		s.gets("alex", "$60.00", "Did it arrive?")
		s.writes("alex", "no it did not arrive")
		s.gets("alex", "Your mediator will look into it")
		if r := s.report("RJ-1").Restitution[0]; r.DisputedCents != 8000 || r.ReceivedCents != 4000 || r.NextDue.AmountCents != 6000 {
			t.Fatalf("disputed is not covered: %+v", r)
		}
		// The coordinator has seen the receipt: it outweighs both.
		must(t, s.bot.Decide(t.Context(), "riverside", "RJ-1", bot.By{Staff: "kim", Why: "money order seen"}, bot.Receipt{Commitment: "money", AmountCents: 8000, On: calendar.MustParse("2026-03-20")}))
		if r := s.report("RJ-1").Restitution[0]; r.DisputedCents != 0 || r.ReceivedCents != 12000 || r.OutstandingCents != 48000 || r.NextDue.AmountCents != 8000 {
			t.Fatalf("the receipt settles the dispute: %+v", r)
		}
		s.settle()
		s.at("2026-03-21 10:00")
		s.gets("jordan", "Your payment of $80.00 is confirmed")
		s.skip("dana")
		s.writes("dana", "DONE 1 talked to both, receipt seen")
		s.gets("dana", "RJ-1: 1 is resolved")
		e := s.report("RJ-1").Escalations[0]
		if e.Status != "resolved" || e.Note != "talked to both, receipt seen" {
			t.Fatalf("%+v", e)
		}
		// A late yes after the receipt changes nothing.
		s.writes("alex", "yes it arrived")
		if r := s.report("RJ-1").Restitution[0]; r.ReceivedCents != 12000 {
			t.Fatalf("money is counted once: %+v", r)
		}
	})
}

func TestStory03MissedAndNobodyAnswers(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.skip("alex", "jordan")
		s.at("2026-03-17 12:00")
		s.gets("jordan", "is due on Fri Mar 20")
		s.at("2026-03-20 12:00")
		s.gets("jordan", "is due today")
		s.at("2026-03-21 12:00")
		s.gets("jordan", "was due on Fri Mar 20")
		s.at("2026-03-24 08:59")
		s.silent("dana")
		s.at("2026-03-24 09:01") // grace covers the 21st to the 23rd
		s.gets("dana", "RJ-1: payment missed", "since Tue Mar 24", "OK 1, DONE 1 + note, or PASS 1", publicURL)
		s.at("2026-03-25 09:01")
		s.gets("sam", "RJ-1: payment missed")
		s.silent("kim")
		s.at("2026-03-26 09:01")
		s.gets("kim", "RJ-1: payment missed")
		e := s.report("RJ-1").Escalations[0]
		if e.Level != 3 || e.Status != "open" || e.Severity != "normal" {
			t.Fatalf("%+v", e)
		}
		s.writes("kim", "ok")
		s.gets("kim", "RJ-1 is with you")
		s.at("2026-03-26 16:00")
		s.writes("kim", "Done 1 he was ill, pays next week")
		s.gets("kim", "is resolved")
		s.at("2026-04-16 12:00")
		s.silent("dana", "sam", "kim")
		r := s.report("RJ-1")
		if e := r.Escalations[0]; e.Status != "resolved" || e.Note != "he was ill, pays next week" || r.Restitution[0].Status != "missed" {
			t.Fatalf("%+v", r)
		}
		s.writes("kim", "ok 1")
		s.gets("kim", "resolved already")
	})
}

func TestStory04MoreTime(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.skip("alex", "jordan")
		s.at("2026-03-17 12:00")
		s.gets("jordan", "is due on Fri Mar 20")
		s.writes("jordan", "LATER 3/27")
		s.gets("jordan", "you ask for time until Fri Mar 27", "Until then the old date stands")
		s.gets("dana", "RJ-1: more time asked for, until Fri Mar 27", "1 1 to grant, 2 1 to decline")
		s.writes("dana", "1")
		s.gets("dana", "granted until Fri Mar 27")
		s.at("2026-03-17 14:00")
		s.gets("jordan", "You have more time. The new date is Fri Mar 27")
		r := s.report("RJ-1")
		if r.Restitution[0].NextDue.Date.String() != "2026-03-27" || r.Escalations[0].Status != "resolved" {
			t.Fatalf("the instalment moves: %+v", r)
		}
		s.at("2026-03-24 12:00")
		s.gets("jordan", "is due on Fri Mar 27")

		s.writes("jordan", "i need until april 10")
		s.gets("jordan", "until Fri Apr 10")
		s.gets("dana", "until Fri Apr 10", "2 2 to decline")
		s.writes("dana", "2 2")
		s.gets("dana", "declined, the date stays Fri Mar 27")
		s.at("2026-03-24 14:00")
		s.gets("jordan", "more time was not possible", "still Fri Mar 27")

		s.at("2026-03-26 15:00")
		s.writes("jordan", "can't make it, later")
		s.gets("jordan", "Until what day")
		s.writes("jordan", "april 3")
		s.gets("jordan", "until Fri Apr 3")
		s.gets("dana", "until Fri Apr 3", "Reply 1 3")
		s.at("2026-03-27 15:01") // one office day
		s.gets("sam", "until Fri Apr 3", "Reply 1 3")
		s.at("2026-03-30 15:01")
		s.gets("kim", "until Fri Apr 3", "Reply 1 3")
		s.writes("sam", "9 9")
		s.gets("sam", "Not understood")
		s.writes("sam", "1 3")
		s.gets("sam", "granted until Fri Apr 3")
		s.skip("jordan")
		s.at("2026-03-31 12:00")
		s.gets("jordan", "is due on Fri Apr 3")
	})
}
