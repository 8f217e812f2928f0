package scheduler_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"amends/bot"
	"amends/bot/emulator"
	"amends/store"
)

const commitments = `
program: riverside
reference: RJ-5
mediated_on: 2026-03-02
mediator: dana
parties:
  - {key: v, role: victim,   name: Alex Kim,   phone: "+13125550101", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: en, consent: {on: 2026-03-02, how: signed form}}
agreement:
  - {key: letter, kind: apology_letter, by: o, to: v, due: 2026-03-20}
  - {key: hours, kind: community_service, by: o, hours: 20, due: 2026-04-30}
  - {key: talks, kind: counselling, by: o, due: 2026-05-29}
` + quiet

func TestStory10HoursALetterCounselling(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(commitments)
		s.skip("alex", "jordan")
		s.at("2026-03-10 12:00")
		s.writes("jordan", "did 8 hours at the food bank")
		s.gets("jordan", "8 hours", "12 to go")
		s.at("2026-03-17 12:00")
		s.gets("jordan", "Due on Fri Mar 20: the letter")
		s.at("2026-03-24 09:01") // he let it pass
		s.skip("jordan")
		s.gets("dana", "RJ-5: commitment missed")
		s.writes("dana", "OK 1")
		s.gets("dana", "RJ-5 is with you")
		s.writes("jordan", "the letter is done")
		s.gets("jordan", "the letter", "done")
		s.writes("dana", "DONE 1 letter came late")
		s.gets("dana", "resolved")
		s.writes("jordan", "i worked 2.5 hours more")
		s.gets("jordan", "2.5 hours", "9.5 to go")
		s.writes("jordan", "FIX")
		s.gets("jordan", "taken back")
		s.gets("jordan", "How many hours")
		s.writes("jordan", "3 and a half")
		s.gets("jordan", "3.5 hours", "8.5 to go")
		r := s.report("RJ-5").Commitments
		if r[0].Status != "met" || r[1].Status != "open" || r[1].HoursDone != 11.5 {
			t.Fatalf("%+v", r)
		}
		s.at("2026-04-27 12:00")
		s.gets("jordan", "the service hours")
		s.writes("jordan", "done 8.5 hours")
		s.gets("jordan", "done: the service hours")
		must(t, s.bot.Decide(t.Context(), "riverside", "RJ-5", bot.By{Staff: "dana", Why: "the counsellor moved away"}, bot.Waiver{Commitment: "talks"}))
		s.settle()
		s.at("2026-04-27 14:00")
		s.gets("jordan", "no longer need to do this: the counseling sessions")
		rep := s.report("RJ-5")
		if rep.Commitments[2].Status != "waived" || rep.Status != "completed" {
			t.Fatalf("%+v", rep)
		}
		s.at("2026-04-28 12:00") // two texts went today: the closing questions wait for tomorrow
		s.gets("jordan", "All that was agreed is done")
	})
}

func TestStory11ThreeDaysOfOutage(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-15 18:00")
		s.skip("alex", "jordan")
		// From the 15th to the 18th at night nothing runs: the check-ins of the 16th and the reminder of the
		// 17th miss their hour, and Jordan's text finds nobody at home.
		_, err := s.sched.Reconcile(t.Context(), s.clock.Now())
		must(t, err)
		s.outage("2026-03-18 23:00", func() { s.writesIntoTheVoid("jordan", "paid 100 today") })
		s.settle()
		s.silent("alex") // it is night
		n, err := s.sched.Reconcile(t.Context(), s.clock.Now())
		must(t, err)
		if n != 1 {
			t.Fatalf("reconciling found %d texts, want the one that found nobody at home", n)
		}
		s.settle()
		s.silent("jordan") // its answer is hours late, so it keeps the hours now
		s.at("2026-03-19 12:00")
		s.gets("alex", "Do you feel safe?") // still makes sense, in hours, first
		got := s.gets("jordan")
		if !strings.Contains(got, "Got it: $100.00 paid") {
			t.Fatalf("the answer to his own text comes first: %q", got)
		}
		s.gets("jordan", "How is it going")
		s.silent("alex", "jordan")
		if !s.logged("RJ-1", "reminder.dropped") {
			t.Fatal("the reminder of the 17th was dropped without an entry")
		}
	})
}

func TestStory12ClocksAndMonthEnds(t *testing.T) {
	t.Parallel()
	for _, zone := range []struct{ name, zone string }{{"Chicago", "America/Chicago"}, {"Phoenix", "America/Phoenix"}, {"Honolulu", "Pacific/Honolulu"}} {
		t.Run(zone.name, func(t *testing.T) {
			// The clocks change on Sunday, March 12, 2028; February has 29 days.
			story(t, "2028-01-30 12:00", func(t *testing.T, s *stage) {
				file := strings.NewReplacer("2026-03-02", "2028-01-30", "first: 2026-03-20", "first: 2028-01-31",
					`language: en, consent`, `language: en, time_zone: `+zone.zone+`, consent`).Replace(instalments)
				s.add(file + "policy: {checkin_days: [42], statements: false, reminder_days: [0]}\n")
				s.at("2028-07-31 23:59")
				loc, err := time.LoadLocation(zone.zone)
				must(t, err)
				var days []string
				for _, who := range []string{"alex", "jordan"} {
					for _, x := range s.texts(who) {
						local := x.At.In(loc)
						if h := local.Hour(); h < 9 || h >= 20 {
							t.Errorf("%s was texted at %s", who, local)
						}
						switch {
						case strings.Contains(x.Body, "due today"):
							days = append(days, local.Format("01-02 15"))
						case strings.Contains(x.Body, "Do you feel safe") && !strings.Contains(x.Body, "once more") && local.Month() == time.March:
							// 42 days on is the Sunday of the change: at ten by the clock that has changed.
							if got := local.Format("01-02 15"); got != "03-12 10" {
								t.Errorf("the check-in of the day of the change came at %s", got)
							}
						}
					}
				}
				if got, want := strings.Join(days, ", "), "01-31 11, 02-29 11, 03-31 11, 04-30 11, 05-31 11, 06-30 11"; got != want {
					t.Errorf("instalments of the 31st fell on %s, want %s", got, want)
				}
			})
		})
	}
}

func TestStory13LateRepliesAndFix(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0]}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-04 12:00")
		s.gets("alex", "Do you feel safe?")
		s.at("2026-03-05 12:00")
		s.gets("alex", "Asking once more", "Do you feel safe?")
		s.at("2026-03-08 12:00")
		s.silent("alex")
		s.writes("alex", "1") // three days late: it still counts
		s.gets("alex", "How are you")
		s.writes("alex", "ok i guess maybe")
		s.gets("alex", "did not get that", "from 1")
		s.writes("alex", "purple")
		s.gets("alex", "A person from our team")
		s.at("2026-03-09 09:01")
		s.gets("dana", "RJ-1: reply not understood")

		s.skip("jordan")
		s.writes("jordan", "zzz")
		s.gets("jordan", "did not get that")
		s.writes("jordan", "zzz zzz")
		s.gets("jordan", "A person from our team")
		s.gets("dana", "reply not understood")

		s.at("2026-03-20 12:00")
		s.skip("jordan")
		s.writes("jordan", "paid 1000")
		s.gets("jordan", "more than the $600.00 to go", "1 yes, 2 no")
		s.writes("jordan", "no")
		s.gets("jordan", "How much did you pay?")
		s.writes("jordan", "10")
		s.gets("jordan", "$10.00 paid")
		s.writes("jordan", "FIX")
		s.gets("jordan", "taken back")
		s.gets("jordan", "How much did you pay?")
		s.writes("jordan", "100")
		s.gets("jordan", "$100.00 paid", "$500.00 to go")
		if r := s.report("RJ-1").Restitution[0]; r.ReportedCents != 10000 {
			t.Fatalf("%+v", r)
		}
		s.at("2026-03-21 13:00")
		s.writes("jordan", "fix")
		s.gets("jordan", "nothing from the last day")
	})
}

func TestStory14ConsentAndLanguage(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.NewReplacer(`, consent: {on: 2026-03-02, how: signed form}`, "").Replace(instalments) + "policy: {statements: false}\n")
		s.gets("alex", "Riverside RJ: ", "Riverside Restorative Justice", "rates may apply", "1 yes", "2 no", "HELP", "STOP")
		s.gets("jordan", "1 yes")
		if r := s.report("RJ-1"); r.Status != "enrolling" || r.Parties[0].Consent != "asked" {
			t.Fatalf("%+v", r)
		}
		s.writes("alex", "2")
		s.gets("alex", "your right", "We will not text you")
		s.gets("dana", "RJ-1: said no to texts", "their right")
		s.writes("dana", "done")
		s.gets("dana", "resolved")
		s.at("2026-03-04 10:01") // two days on
		s.gets("jordan", "Asking once more", "1 yes")
		s.at("2026-03-06 10:01")
		s.gets("dana", "RJ-1: no answer to the request")
		s.at("2026-03-25 12:00")
		s.silent("alex", "jordan")
		if !s.reasonOpen("RJ-1", "missed_payment") {
			t.Fatal("the plan goes on by other means: the missed payment is escalated all the same")
		}
		s.writes("jordan", "1") // late, and it counts
		s.gets("jordan", "Thank you", "911")
		if r := s.report("RJ-1"); r.Status != "active" || r.Parties[1].Consent != "given" {
			t.Fatalf("%+v", r)
		}
		s.writes("jordan", "en español por favor")
		s.gets("jordan", "español")
		s.at("2026-03-27 16:00")
		s.gets("jordan", "de 1", "a 5")
		s.writes("jordan", "english please")
		s.gets("jordan", "English")
		s.gets("jordan", "How is it going, from 1") // and the open question in it
		s.writes("jordan", "4")
		s.gets("jordan", "in the way")
		s.silent("alex")
	})
}

func TestStory15AcknowledgedAndForgotten(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.skip("alex", "jordan")
		s.writes("jordan", "call me please")
		s.gets("jordan", "Your mediator will call you")
		s.gets("dana", "RJ-1: a call asked for")
		s.writes("dana", "ok")
		s.gets("dana", "is with you")
		s.at("2026-03-03 10:01")
		s.gets("dana", "Still open, RJ-1: a call asked for")
		s.writes("dana", "ok")
		s.gets("dana", "is with you")
		s.at("2026-03-05 10:01") // three days from the first time
		s.gets("dana", "Still open")
		s.at("2026-03-06 10:01") // and now she does not answer
		s.gets("sam", "RJ-1: a call asked for")
		s.writes("sam", "pass 1")
		s.gets("sam", "goes to the next person")
		s.gets("kim", "RJ-1: a call asked for")
		s.writes("kim", "list")
		s.gets("kim", "Open:", "1")
		s.writes("kim", "done 1 I called him")
		s.gets("kim", "resolved")
		s.at("2026-03-12 10:01")
		s.silent("dana", "sam", "kim")
	})
}

// outage lets time pass while nothing of ours runs and no webhook gets through.
func (s *stage) outage(until string, meanwhile func()) {
	s.t.Helper()
	meanwhile()
	must(s.t, s.clock.Set(s.time(until)))
}

// writesIntoTheVoid sends a text whose webhook nobody answers.
func (s *stage) writesIntoTheVoid(who, body string) {
	s.t.Helper()
	s.down.Store(true)
	defer s.down.Store(false)
	if _, err := s.phone.Write(s.t.Context(), cast[who], ourNumber, body); !errors.Is(err, emulator.ErrWebhook) {
		s.t.Fatalf("the service was down, and yet: %v", err)
	}
}

// logged tells whether a case's log has an entry of that action.
func (s *stage) logged(reference, action string) bool {
	s.t.Helper()
	found := false
	must(s.t, s.store.View(context.Background(), func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(reference)
		if err != nil {
			return err
		}
		entries, err := tx.AuditOf(store.AuditFilter{CaseID: cases[0].ID}, 0, 10000)
		for _, e := range entries {
			found = found || e.Action == action
		}
		return err
	}))
	return found
}

func (s *stage) reasonOpen(reference, reason string) bool {
	for _, e := range s.report(reference).Escalations {
		if e.Reason == reason && e.Status != "resolved" {
			return true
		}
	}
	return false
}
