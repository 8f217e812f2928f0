package console_test

import (
	"net/url"
	"testing"
)

// TestPause has somebody pause the texts of a party, see them held and by whom, and let them go again.
func TestPause(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.hold("riverside", "RJ-1", "did it arrive?")
		b := s.as(t, "Dana Ortiz")
		b.post("/cases/RJ-1/pause", url.Values{"party": {"v"}, "until": {"2026-03-20"}}).want(422, "Say why")
		b.post("/cases/RJ-1/pause", url.Values{"party": {"v"}, "until": {"2026-03-02"}, "why": {"x"}}).want(422, "lies ahead")
		b.post("/cases/RJ-1/pause", url.Values{"party": {"nobody"}, "why": {"x"}}).want(404)
		b.post("/cases/RJ-1/pause", url.Values{"party": {"v"}, "until": {"2026-03-20"}, "why": {"a week in hospital"}}).
			want(200, "The texts are paused.", "Paused by Dana Ortiz until Mar 20, 2026", "Texts paused a week in hospital Dana Ortiz")
		s.moves(0)
		b.get("/outbox").want(200, "Paused by Dana Ortiz until Mar 20, 2026")
		b.get("/").want(200, "Paused by Dana Ortiz until Mar 20, 2026")
		b.get("/cases/RJ-1").want(200, "May be texted") // the other one
		s.as(t, "Ada Moss").get("/cases/RJ-1").want(200, "Paused by Dana Ortiz until Mar 20, 2026").lacks("in hospital", "Resume")
		b.post("/cases/RJ-1/resume", url.Values{"party": {"v"}, "why": {"she is back"}}).want(200, "The texts go again.").lacks("Paused by")
		b.post("/cases/RJ-1/resume", url.Values{"party": {"v"}, "why": {"again"}}).want(409, "not paused")

		b.post("/cases/RJ-1/pause", url.Values{"why": {"a hearing"}}).want(200, "Paused by Dana Ortiz until somebody resumes").lacks("May be texted")
		b.post("/cases/RJ-1/resume", url.Values{"why": {"over"}}).want(200, "May be texted")
		s.as(t, "Kim Park").get("/log?case=RJ-1&kind=pause.").want(200, "Texts paused", "Texts resumed", "a hearing").lacks("Case opened")
	})
}
