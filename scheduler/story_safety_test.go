package scheduler_test

import (
	"strings"
	"testing"

	"amends/bot"
)

func TestStory05NotSafeAtNightInSpanish(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.Replace(instalments, `phone: "+13125550101", language: en`, `phone: "+13125550101", language: es`, 1) + "policy: {statements: false}\n")
		s.gets("alex", "911")
		s.skip("jordan")
		s.at("2026-03-04 12:00")
		s.gets("alex", "1 sí, 2 no, 3 no")
		s.at("2026-03-04 23:10")
		s.skip("jordan")
		s.writes("alex", "2")
		s.gets("alex", "911", "llame al 988, oprima 2") // at once, at night, with the lines in her language
		s.silent("alex")                                // and no further question
		alert := s.gets("dana", "URGENT RJ-1")
		for _, private := range []string{"Alex", "5550101", "2\n"} {
			if strings.Contains(alert, private) {
				t.Fatalf("an alert bears %q: %q", private, alert)
			}
		}
		s.silent("sam")
		s.at("2026-03-04 23:26")
		s.gets("sam", "URGENT RJ-1")
		s.at("2026-03-04 23:41")
		s.gets("kim", "URGENT RJ-1")
		s.at("2026-03-04 23:56")
		s.gets("dana", "URGENT RJ-1") // round again
		s.writes("alex", "tengo miedo, está afuera de mi casa")
		s.gets("alex", "911")
		s.gets("dana", "URGENT RJ-1") // added, and said again
		s.writes("dana", "OK")
		s.gets("dana", "RJ-1 is with you")
		s.at("2026-03-05 08:30")
		s.skip("jordan")
		s.silent("sam", "kim", "dana")
		s.writes("dana", "DONE 1 habló con ella, está con su hermana")
		s.gets("dana", "is resolved")
		r := s.report("RJ-1")
		if len(r.Escalations) != 1 || r.Escalations[0].Reason != "safety" || r.Escalations[0].Severity != "urgent" || r.Answers[0].Value != "no" {
			t.Fatalf("%+v", r)
		}
	})
}

func TestStory06StopAndStart(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-04 12:00")
		s.gets("alex", "Do you feel safe?")
		s.writes("alex", "1")
		s.gets("alex", "How are you")
		s.writes("alex", "please don't text me anymore")
		s.gets("alex", "no more texts", "START")
		s.gets("dana", "RJ-1: wants no more texts", "their right")
		s.writes("dana", "done")
		s.gets("dana", "is resolved")
		r := s.report("RJ-1")
		if p := r.Parties[0]; p.Consent != "withdrawn" || !p.OptedOut {
			t.Fatalf("%+v", p)
		}
		s.writes("alex", "and leave me alone")
		s.silent("alex") // a stopped party is answered to START and HELP alone
		s.skip("dana")
		s.writes("alex", "HELP")
		s.gets("alex", "Write START")
		s.at("2026-04-20 12:00")
		s.silent("alex")
		s.writes("alex", "yes")
		s.gets("alex", "Would you like our texts again? 1 yes, 2 no")
		s.writes("alex", "1")
		s.gets("alex", "Welcome back")
		if p := s.report("RJ-1").Parties[0]; p.Consent != "given" || p.OptedOut {
			t.Fatalf("%+v", p)
		}
		s.at("2026-04-22 12:00")
		s.gets("alex", "Do you feel safe?") // two days after her own consent

		s.writes("alex", "STOP") // the carrier's own word: it confirms itself
		s.silent("alex")
		s.at("2026-05-20 12:00")
		s.silent("alex")
		must(t, s.bot.Decide(t.Context(), "riverside", "RJ-1", bot.By{Staff: "dana", Why: "she asked at the office"}, bot.ConsentGiven{Party: "v", How: "signed form"}))
		s.settle()
		// The carrier still blocks the number: 21610, once, and it is an opt-out again.
		if p := s.report("RJ-1").Parties[0]; !p.OptedOut {
			t.Fatalf("%+v", p)
		}
		s.writes("alex", "START")
		s.gets("alex", "Welcome back")
		s.at("2026-05-22 12:00")
		s.gets("alex", "Do you feel safe?")
		s.writes("alex", "help")
		s.gets("alex", "This is Riverside Restorative Justice")
	})
}

func TestStory07WrongNumber(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-04 12:00")
		s.gets("alex", "Do you feel safe?")
		s.writes("alex", "who is this? you have the wrong number")
		s.gets("alex", "Sorry to have troubled you")
		s.gets("dana", "RJ-1: wrong number")
		s.at("2026-05-04 12:00")
		s.silent("alex")
		if p := s.report("RJ-1").Parties[0]; p.Reachable || !p.OptedOut {
			t.Fatalf("%+v", p)
		}
		s.writes("dana", "DONE 1 no other number")
		s.skip("dana")
		s.writes("alex", "the grey bicycle over there")
		s.silent("alex") // it goes to a person all the same
		s.gets("dana", "RJ-1: wrong number")
	})
}

func TestStoryAYesIsNotGuessed(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.Replace(instalments, `phone: "+13125550102", language: en, consent: {on: 2026-03-02, how: signed form}`,
			`phone: "+13125550102", language: es`, 1) + quiet)
		s.gets("jordan", "Responda 1 si acepta")
		s.writes("jordan", "ya pagué 50")
		s.gets("jordan", "Responda 1 si acepta") // it is asked again, and the payment is on record
		r := s.report("RJ-1")
		if p := r.Parties[1]; p.Consent != "asked" || r.Restitution[0].ReportedCents != 5000 {
			t.Fatalf("%+v %+v", p, r.Restitution)
		}
		s.writes("jordan", "ya, sí")
		s.gets("jordan", "Gracias")
		if p := s.report("RJ-1").Parties[1]; p.Consent != "given" {
			t.Fatalf("%+v", p)
		}
	})
}

func TestStory08NothingOnHerPhoneTells(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(strings.Replace(instalments, `key: v, role: victim,   name: Alex Kim,   phone: "+13125550101", language: en, consent: {on: 2026-03-02, how: signed form}`,
			`key: v, role: victim, name: Alex Kim, phone: "+13125550101", language: en, discreet: true, statements: true`, 1))
		s.gets("alex", "RRJ: ", "1 yes or 2 no")
		s.writes("alex", "help")
		s.gets("alex")
		s.writes("alex", "1")
		s.gets("alex", "Thank you")
		s.at("2026-03-04 12:00")
		s.writes("alex", "1")
		s.writes("alex", "4")
		s.writes("alex", "2")
		s.writes("alex", "0")
		s.writes("jordan", "paid 100")
		s.at("2026-03-06 12:00")
		s.writes("alex", "3")
		s.writes("alex", "60")
		s.writes("alex", "balance")
		s.writes("alex", "where can i get food")
		s.writes("alex", "call me")
		s.at("2026-05-10 12:00")
		s.writes("alex", "i feel scared")
		s.writes("alex", "stop texting me please")
		texts := s.texts("alex")
		if len(texts) < 15 {
			t.Fatalf("the story is too short:\n%s", s.thread("alex"))
		}
		for _, x := range texts {
			low := strings.ToLower(x.Body)
			for _, word := range []string{"riverside", "restorative", "justice", "$", "100", "60", "jordan", "fox", "alex", "dana", "paid", "payment", "court", "mediator", "restitution", "victim", "offender"} {
				if strings.Contains(low, word) {
					t.Errorf("her phone shows %q in %q", word, x.Body)
				}
			}
		}
	})
}

const twoOweOne = `
program: riverside
reference: RJ-2
mediated_on: 2026-03-02
mediator: dana
parties:
  - {key: v, role: victim,   name: Alex Kim,   phone: "+13125550101", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: c, role: offender, name: Casey Ash,  phone: "+13125550103", language: en, consent: {on: 2026-03-02, how: signed form}}
agreement:
  - {key: jordans, kind: restitution, by: o, to: v, total: "200.00", instalments: {count: 2, every: month, first: 2026-03-20}}
  - {key: caseys,  kind: restitution, by: c, to: v, total: "90.00",  instalments: {count: 3, every: month, first: 2026-03-20}}
` + quiet

const oneOwesTwice = `
program: riverside
reference: RJ-3
mediated_on: 2026-03-02
mediator: sam
parties:
  - {key: v, role: victim,   name: Robin Low,  phone: "+13125550104", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: en, consent: {on: 2026-03-02, how: signed form}}
agreement:
  - {key: money, kind: restitution, by: o, to: v, total: "80.00", instalments: {count: 2, every: month, first: 2026-04-10}}
` + quiet

const sharedPhone = `
program: riverside
reference: RJ-4
mediated_on: 2026-03-02
mediator: sam
parties:
  - {key: v, role: victim,   name: Robin Low, phone: "+13125550104", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Lee Ash,   phone: "+13125550103", language: en, consent: {on: 2026-03-02, how: signed form}}
agreement:
  - {key: money, kind: restitution, by: o, to: v, total: "50.00", instalments: {count: 1, every: month, first: 2026-04-10}}
` + quiet

func TestStory09WhichOne(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(twoOweOne)
		s.add(oneOwesTwice)
		s.add(sharedPhone)
		s.at("2026-03-03 12:00")
		s.skip("alex", "jordan", "casey", "robin")

		// One offender owes in two cases: which one?
		s.writes("jordan", "paid 40")
		s.gets("jordan", "Which one?", "1", "$100.00", "2", "$40.00")
		s.writes("jordan", "2")
		s.gets("jordan", "$40.00 paid", "$40.00 to go")
		s.gets("robin", "$40.00", "Did it arrive?")
		s.silent("alex")
		s.writes("robin", "yes")
		s.gets("robin", "$40.00 arrived")

		// Reminded of one of them, his answer is plain.
		s.at("2026-03-17 12:00")
		s.gets("jordan", "$100.00 is due on Fri Mar 20")
		s.gets("casey", "$30.00 is due on Fri Mar 20")
		s.writes("jordan", "paid 100")
		s.gets("jordan", "$100.00 paid", "$100.00 to go")
		s.at("2026-03-17 15:00")
		s.gets("alex", "$100.00", "Did it arrive?")

		// Two offenders owe one victim: each has a restitution of its own.
		s.writes("alex", "2")
		s.gets("alex", "mediator will look into it")
		s.writes("casey", "paid 30")
		r := s.report("RJ-2").Restitution
		if r[0].DisputedCents != 10000 || r[1].DisputedCents != 0 {
			t.Fatalf("%+v", r)
		}

		// Two parties share a phone: Casey's has Lee's case too.
		s.gets("casey", "$30.00 paid") // reminded of it today
		s.at("2026-03-26 12:00")
		s.skip("casey")
		s.writes("casey", "paid 20")
		s.gets("casey", "Which one?")
		s.writes("casey", "hmm")
		s.gets("casey", "Which one?")
		s.writes("casey", "the blue one")
		s.gets("casey", "A person from our team")
		s.writes("casey", "paid 50")
		s.gets("casey", "Which one?")
		s.writes("casey", "2")
		s.gets("casey", "$50.00 paid", "$0.00 to go")
	})
}
