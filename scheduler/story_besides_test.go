package scheduler_test

import (
	"strings"
	"testing"

	"amends/store"
)

// TestAnswersThatSayMore: an answer that also bears a payment, a day or a danger loses none of them.
func TestAnswersThatSayMore(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false, reminder_days: [0]}\n")
		s.at("2026-03-04 16:00")
		s.skip("alex", "jordan")
		s.writes("jordan", "4, and i paid 50 yesterday")
		s.gets("jordan", "$50.00 paid on Tue Mar 3")
		s.gets("jordan", "in the way of what you agreed")
		s.writes("jordan", "no")
		s.gets("jordan", "Thank you")

		s.writes("alex", "1")
		s.gets("alex", "How are you")
		s.writes("alex", "3. please have someone call me")
		s.gets("alex", "will call you")
		s.gets("alex", "Has the payment that was due arrived?")
		s.writes("alex", "yes i got it tuesday")
		s.gets("alex", "$50.00 arrived")
		s.gets("alex", "a word with your mediator")
		s.writes("alex", "2 but i am scared of him, he followed me home")
		s.gets("alex", "911")
		s.silent("alex") // no further question

		r := s.report("RJ-1")
		if m := r.Restitution[0]; m.ReceivedCents != 5000 || m.ReportedCents != 0 {
			t.Errorf("%+v", m)
		}
		var values []string
		for _, a := range r.Answers {
			values = append(values, a.Party+" "+a.Question+" "+a.Value)
		}
		if got, want := strings.Join(values, ", "), "o wellbeing 4, o barrier no, v safe yes, v wellbeing 3, v arrived yes, v contact no"; got != want {
			t.Errorf("answers: %s\nwant:    %s", got, want)
		}
		for _, reason := range []string{"call", "safety"} {
			if !s.reasonOpen("RJ-1", reason) {
				t.Errorf("no escalation: %s", reason)
			}
		}
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			entries, err := tx.AuditOf(store.AuditFilter{Action: "text.understood"}, 0, 100)
			if err != nil {
				return err
			}
			last := entries[len(entries)-1]
			if words := tx.Reveal(last.Words); last.Why != "answer, risk urgent" || words == "" {
				t.Errorf("the log explains %q by %q", last.Why, words)
			}
			return nil
		}))
	})
}

// TestNamedAndNothing: a commitment called by its name is the one meant, and "nada" adds nothing.
func TestNamedAndNothing(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		file := strings.NewReplacer("- {key: letter, kind: apology_letter, by: o, to: v, due: 2026-03-20}",
			"- {key: letter, kind: apology_letter, by: o, to: v, due: 2026-03-20}\n  - {key: money, kind: restitution, by: o, to: v, total: \"90.00\", instalments: {count: 3, every: month, first: 2026-06-01}}",
			`phone: "+13125550102", language: en`, `phone: "+13125550102", language: es`,
			`phone: "+13125550101", language: en`, `phone: "+13125550101", language: es`,
			"checkin_days: [365]", "checkin_days: [2]").Replace(commitments)
		s.add(file)
		s.skip("alex", "jordan")
		s.writes("jordan", "ya entregué la carta")
		s.gets("jordan", "la carta")
		if c := s.report("RJ-5").Commitments[0]; c.Status != "met" {
			t.Errorf("%+v", c)
		}
		s.at("2026-03-04 12:00")
		s.gets("alex", "1 sí")
		for _, reply := range []string{"1", "4", "2", "nada"} {
			s.writes("alex", reply)
		}
		s.skip("alex")
		answers := s.report("RJ-5").Answers
		if last := answers[len(answers)-1]; last.Question != "comment" || last.Value != "none" {
			t.Errorf("%+v", last)
		}
	})
}
