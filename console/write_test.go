package console_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// looked presses "Look at it first" and gives what the form then bears to send it.
func (b *browser) looked(path string, form url.Values) url.Values {
	b.t.Helper()
	b.post(path, form).want(200, "As it will arrive")
	form.Set("seen", regexp.MustCompile(`name="seen" value="([0-9a-f]{64})"`).FindStringSubmatch(b.body)[1])
	form.Set("send", "yes")
	return form
}

// TestWriteByHand has a mediator write to a party, see what would become of it, and hear what the party answers.
func TestWriteByHand(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Dana Ortiz")
		b.get("/cases/RJ-1").want(200, "Write a text Alex Kim")
		b.get("/cases/RJ-1/write?party=o").want(200, "Alex Kim", "Jordan Fox", "discreet", "Look at it first")
		letter := func(party, text string) url.Values {
			return url.Values{"party": {party}, "text": {text}, "why": {"to settle the day"}}
		}
		for text, wrong := range map[string]string{
			"":                                "Write a text.",
			"Alex is glad that you wrote":     "names somebody of the other side",
			"Call her at 312-555-0101":        "somebody else&#39;s number",
			"The victim would like to know":   `No text says &#34;victim&#34;`,
			strings.Repeat("yes and no ", 50): "more than three messages",
		} {
			b.post("/cases/RJ-1/write", letter("o", text))
			if b.status != 422 || !strings.Contains(b.body, wrong) {
				t.Errorf("%.20q: %d, without %q:\n%s", text, b.status, wrong, plain(b.body))
			}
		}
		for text, wrong := range map[string]string{
			"Are you well, Alex?":              "leave the name out",
			"Riverside RJ here. Are you well?": "program",
			"It was 50.00, was it not?":        "sum of money",
			"Please call about the court":      "court",
		} {
			if b.post("/cases/RJ-1/write", letter("v", text)).want(422, "This party is discreet", wrong); !strings.Contains(plain(b.body), text) {
				t.Errorf("what was typed is lost: %q", text)
			}
		}
		b.post("/cases/RJ-1/write", url.Values{"party": {"v"}, "text": {"Can you talk on Tuesday?"}}).want(422, "Say why")
		b.post("/cases/RJ-1/write", letter("nobody", "Hello")).want(404)

		form := b.looked("/cases/RJ-1/write", letter("v", "Can you talk on Tuesday?"))
		b.want(200, "RRJ: Can you talk on Tuesday?", "1 segment · GSM-7", "It goes at once.")
		changed := url.Values{"party": {"v"}, "text": {"Can you talk on Friday?"}, "why": {"x"}, "seen": form["seen"], "send": {"yes"}}
		b.post("/cases/RJ-1/write", changed).want(200, "Can you talk on Friday?", "As it will arrive") // not what was looked at
		b.post("/cases/RJ-1/write", form).want(200, "The text is on its way.", "by hand", "Text written by hand to settle the day Dana Ortiz")
		s.moves(time.Minute)
		if !strings.Contains(s.thread(alex), "RRJ: Can you talk on Tuesday?") {
			t.Fatalf("it did not arrive:\n%s", s.thread(alex))
		}
		s.writes(alex, "yes")
		b.get("/").want(200, "Answers a text by hand", "the text was by Dana Ortiz", "yes", "Answer by text", "Resolve")
		answer := regexp.MustCompile(`href="(/cases/RJ-1/write\?party=v&amp;answer=\d+)"`).FindStringSubmatch(b.body)[1]
		b.get(strings.ReplaceAll(answer, "&amp;", "&")).want(200, "What the party wrote last", "yes", "and resolves it")
		code := regexp.MustCompile(`name="answer" value="(\d+)"`).FindStringSubmatch(b.body)[1]
		form = letter("v", "At ten, then.")
		form.Set("answer", code)
		b.post("/cases/RJ-1/write", b.looked("/cases/RJ-1/write", form)).want(200, "The text is on its way.")
		b.get("/").lacks("Answers a text by hand")
		s.moves(time.Minute)
		if !strings.Contains(s.thread(alex), "RRJ: At ten, then.") {
			t.Fatalf("the answer did not arrive:\n%s", s.thread(alex))
		}

		b.post("/cases/RJ-1/pause", url.Values{"party": {"o"}, "why": {"x"}}).want(200)
		b.looked("/cases/RJ-1/write", letter("o", "Hello"))
		b.want(200, "It waits until", "the texts are paused")
		b.post("/cases/RJ-1/opt-out", url.Values{"party": {"o"}, "why": {"asked me to"}}).want(200)
		b.post("/cases/RJ-1/write", letter("o", "Hello")).want(409, "the number has opted out", "Hello")
		s.as(t, "Ada Moss").get("/cases/RJ-1").want(200, "Text written by hand").lacks("talk on Tuesday", "to settle the day")
	})
}
