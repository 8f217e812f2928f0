package scheduler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amends/store/intake"
	"amends/store/storetest"
)

// TestWHO5 turns the WHO-5 on in a program that brings its items: here stand-ins, for the WHO's own words
// come from its official translation.
func TestWHO5(t *testing.T) {
	t.Parallel()
	on := func(languages ...string) string {
		folder := t.TempDir()
		must(t, os.Mkdir(filepath.Join(folder, "sms"), 0o700))
		for _, lang := range languages {
			texts := fmt.Sprintf("language: %s\nparty:\n", lang)
			for i := 1; i <= 5; i++ {
				texts += fmt.Sprintf("  who5.item%d: \"%d of 5. 0 to 5?\"\n", i, i)
			}
			must(t, os.WriteFile(filepath.Join(folder, "sms", lang+".yaml"), []byte(texts), 0o600))
		}
		return riverside + "policy: {who5: true, flows: " + folder + "}\n"
	}

	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, storetest.Open(t, dialect), "2026-03-02 10:00", on("en", "es"))
			s.add(instalments + "policy: {checkin_days: [365], statements: false, reminder_days: [0]}\n")
			s.skip("alex", "jordan")
			s.at("2026-03-02 12:00")
			for _, score := range []string{"4", "4", "3", "4", "4"} {
				s.gets("alex", "of 5. 0 to 5?")
				s.writes("alex", score)
			}
			s.gets("alex", "Thank you")
			s.gets("jordan", "1 of 5")
			s.at("2026-05-01 13:00") // day 60
			for i, score := range []string{"3", "3", "3", "3", "3"} {
				s.gets("alex", fmt.Sprintf("%d of 5", i+1))
				s.writes("alex", score)
			}
			s.gets("alex", "911") // 76, then 60: a fall of ten and more goes to the mediator
			s.gets("dana")
			var scores []string
			for _, a := range s.report("RJ-1").Answers {
				if a.Party == "v" && a.Question == "score" {
					scores = append(scores, a.Value)
				}
			}
			if strings.Join(scores, " ") != "76 60" || !s.reasonOpen("RJ-1", "distress") {
				t.Errorf("scores %v, %+v", scores, s.report("RJ-1").Escalations)
			}
		})
	}

	t.Run("without its items", func(t *testing.T) {
		s := newStage(t, storetest.Open(t, "sqlite"), "2026-03-02 10:00", riverside)
		file, err := intake.ParseProgram("program.yaml", strings.NewReader(on("en")))
		must(t, err)
		if _, err := s.bot.ApplyProgram(t.Context(), file, true); err == nil || !strings.Contains(err.Error(), "no items") {
			t.Errorf("applied, or refused for another reason: %v", err)
		}
	})
}
