package scheduler_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestFlood: one number's flood is kept whole and answered in part; a person looks at it, and STOP and danger
// are heard all the same.
func TestFlood(t *testing.T) {
	story(t, "2026-03-02 09:59", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.skip("jordan", "dana")
		minute := 0
		writes := func(body string) {
			s.at(fmt.Sprintf("2026-03-02 10:%02d", minute))
			minute = min(minute+1, 59)
			s.writes("jordan", body)
		}
		for range 60 {
			writes("balance")
			s.gets("jordan", "To go: $600.00")
		}
		s.silent("dana")
		writes("balance")
		s.gets("jordan", "A person from our team")
		s.gets("dana", "RJ-1", "not understood")
		for range 30 {
			writes("balance")
		}
		s.silent("jordan")
		writes("i will kill myself tonight")
		s.gets("jordan", "988")
		in := 0
		for _, m := range s.messages("RJ-1") {
			if m.Direction == "in" {
				in++
			}
		}
		if in != 92 {
			t.Errorf("%d texts are on record, not 92", in)
		}
		s.at("2026-03-02 12:30")
		s.skip("dana")
		s.writes("jordan", "balance")
		s.gets("jordan", "To go: $600.00")
		s.writes("jordan", "please stop texting me")
		if got := s.gets("jordan"); !strings.Contains(got, "no more texts") {
			t.Errorf("STOP in a flood was answered %q", got)
		}
	})
}
