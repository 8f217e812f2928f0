package main

import (
	"testing"

	"amends/store/calendar"
)

// TestSamplesAreRight reads every sample as of days on which a date might not exist.
func TestSamplesAreRight(t *testing.T) {
	t.Parallel()
	for _, today := range []string{"2026-11-23", "2028-02-29", "2027-01-01", "2026-03-08"} {
		s := samples{calendar.MustParse(today)}
		program, err := s.program()
		if err != nil {
			t.Fatalf("%s: %v", today, err)
		}
		references := map[string]bool{}
		for _, name := range s.names() {
			read, err := s.caseFile(name)
			if err != nil {
				t.Fatalf("%s: %v", today, err)
			}
			if faults := read.Check(&program); len(faults) > 0 {
				t.Errorf("%s: %s: %v", today, name, faults)
			}
			if references[read.Reference] {
				t.Errorf("%s: the reference %s stands twice", name, read.Reference)
			}
			references[read.Reference] = true
		}
		script, err := s.script()
		if err != nil {
			t.Fatalf("%s: %v", today, err)
		}
		added := 0
		for i, line := range script {
			if i > 0 && s.when(line, program.Zone()).Before(s.when(script[i-1], program.Zone())) {
				t.Errorf("script line %d is before the one above it", i+1)
			}
			if line.Case != "" {
				added++
			}
		}
		if added != len(references) {
			t.Errorf("the script adds %d cases, and there are %d samples", added, len(references))
		}
	}
}
