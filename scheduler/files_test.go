package scheduler_test

import (
	"strings"
	"testing"

	"amends/bot"
	"amends/store/calendar"
	"amends/store/intake"
)

// TestFilesTwice: the same file twice changes nothing; a changed one is refused with its differences, and
// applied where that is asked for; several are all or none.
func TestFilesTwice(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		program := func(text string) intake.Program {
			p, err := intake.ParseProgram("program.yaml", strings.NewReader(text))
			must(t, err)
			return p
		}
		file := func(text string) intake.Case {
			c, err := intake.ParseCase("case.yaml", strings.NewReader(text))
			must(t, err)
			return c
		}
		if c, err := s.bot.ApplyProgram(t.Context(), program(riverside), false); err != nil || c.Did != "unchanged" {
			t.Fatalf("%+v, %v", c, err)
		}
		without := strings.Replace(riverside, `  - {key: sam,  name: Sam Lee,    role: mediator, phone: "+13125550109"}`+"\n", "", 1)
		if _, err := s.bot.ApplyProgram(t.Context(), program(without), false); err == nil || !strings.Contains(err.Error(), "--update") {
			t.Fatalf("a changed file is refused: %v", err)
		}
		for range 2 { // Sam leaves and comes back
			for _, text := range []string{without, riverside} {
				if c, err := s.bot.ApplyProgram(t.Context(), program(text), true); err != nil || c.Did != "updated" {
					t.Fatalf("%+v, %v", c, err)
				}
			}
		}
		s.add(instalments + quiet)
		if _, err := s.bot.ApplyProgram(t.Context(), program(strings.Replace(riverside, "dana", "dina", 1)), true); err == nil || !strings.Contains(err.Error(), "still has case RJ-1") {
			t.Fatalf("who has a case cannot leave: %v", err)
		}

		same := file(instalments + quiet)
		if c, err := s.bot.AddCases(t.Context(), []intake.Case{same}, false); err != nil || c[0].Did != "unchanged" {
			t.Fatalf("%+v, %v", c, err)
		}
		changed := file(strings.Replace(instalments, "phone: \"+13125550102\"", "phone: \"+13125550103\"", 1) + quiet)
		fresh := same
		fresh.Reference = "RJ-9"
		if _, err := s.bot.AddCases(t.Context(), []intake.Case{fresh, changed}, false); err == nil || !strings.Contains(err.Error(), "parties[o].phone") {
			t.Fatalf("a changed one is refused with the difference: %v", err)
		}
		if _, err := s.bot.ShowCase(t.Context(), "", "RJ-9"); err == nil {
			t.Fatal("all or none: RJ-9 is there")
		}
		if c, err := s.bot.AddCases(t.Context(), []intake.Case{changed}, true); err != nil || c[0].Did != "updated" {
			t.Fatalf("%+v, %v", c, err)
		}
		s.skip("jordan", "casey")
		s.at("2026-03-17 12:00")
		s.silent("jordan")
		s.gets("casey", "$100.00 is due on") // the number is another's now

		// A mediator on leave: her alerts go to the backup.
		must(t, s.bot.SetAbsent(t.Context(), "", "dana", calendar.MustParse("2026-03-20")))
		s.writes("casey", "call me")
		s.gets("casey", "will call you")
		s.gets("sam", "a call asked for")
		s.silent("dana")
	})
}

// TestFileChangedAfterALaterDate: a file that is put in again for another's sake takes back no date that a
// person has given since (seed 950002); one that says another date gives it.
func TestFileChangedAfterALaterDate(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		letter := strings.Replace(instalments, "agreement:\n", "agreement:\n  - {key: letter, kind: apology_letter, by: o, due: 2026-03-20}\n", 1) + quiet
		s.add(letter)
		must(t, s.bot.Decide(t.Context(), "riverside", "RJ-1", bot.By{Staff: "dana", Why: "asked for"}, bot.NewDate{Commitment: "letter", To: calendar.MustParse("2026-04-20")}))
		update := func(text, want string) {
			t.Helper()
			c, err := intake.ParseCase("case.yaml", strings.NewReader(text))
			must(t, err)
			if c, err := s.bot.AddCases(t.Context(), []intake.Case{c}, true); err != nil || c[0].Did != "updated" {
				t.Fatalf("%+v, %v", c, err)
			}
			for _, c := range s.report("RJ-1").Commitments {
				if c.Key == "letter" && c.Due.String() != want {
					t.Errorf("the letter is due %s, should be %s", c.Due, want)
				}
			}
		}
		letter = strings.Replace(letter, "mediator: dana\nbackup: sam", "mediator: sam\nbackup: dana", 1)
		update(letter, "2026-04-20")
		update(strings.Replace(letter, "due: 2026-03-20", "due: 2026-05-04", 1), "2026-05-04")
	})
}
