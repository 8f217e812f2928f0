package desk_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
)

// replies are those to a text written from a phone.
func replies(t *testing.T, value map[string]any) []string {
	t.Helper()
	list, ok := value["replies"].([]any)
	if !ok {
		t.Fatalf("no replies: %v", value)
	}
	texts := []string{}
	for _, reply := range list {
		texts = append(texts, reply.(string))
	}
	return texts
}

func TestWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	long := strings.Repeat("x", 10_000)
	for _, step := range []struct {
		number, text string
		replies      []string
	}{
		{alex, `"hello"`, []string{"You wrote: hello"}},
		{"%2B13125550101", `"twice"`, []string{"one", "two"}},
		{"13125550101", `"quiet"`, []string{}},
		{"3125550101", `"שלום 🙂"`, []string{"You wrote: שלום 🙂"}},
		{"+1 (312) 555-0101", `""`, []string{"You wrote: "}},
		{alex, `"` + long + `"`, nil}, // the emulated API refuses so long an answer, as Twilio would
		{"+447700900123", `"a stranger"`, []string{"You wrote: a stranger"}},
		{"447700900123", `"again"`, []string{"You wrote: again"}},
		{jordan, `"PAID 50"`, []string{"Got it: $50.00 paid on Tue Mar 3. $250.00 to go, once it is confirmed. Wrong? Reply FIX."}},
		{alex, `"stop"`, []string{"You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."}},
	} {
		path := "/demo/phones/" + strings.ReplaceAll(step.number, " ", "%20")
		status, got := call(t, server, http.MethodPost, path, asJSON, `{"text":`+step.text+`}`)
		if status != http.StatusOK {
			t.Fatalf("%s %.20s: %d %v", step.number, step.text, status, got)
		}
		if texts := replies(t, got); step.replies != nil && !slices.Equal(texts, step.replies) {
			t.Errorf("%s %.20s: %q, want %q", step.number, step.text, texts, step.replies)
		}
	}
	_, raw := callRaw(t, server, http.MethodGet, "/demo/phones", "", "")
	if want := `["+13125550101","+13125550102","+447700900123"]`; strings.TrimSpace(string(raw)) != want {
		t.Errorf("phones: %s, want %s", raw, want)
	}
	_, raw = callRaw(t, server, http.MethodGet, "/demo/phones/%2B13125550102", "", "")
	var thread []map[string]any
	if err := json.Unmarshal(raw, &thread); err != nil || len(thread) != 2 {
		t.Fatalf("thread: %s", raw)
	}
	for name, want := range map[string]any{"direction": "from_phone", "body": "PAID 50", "at": "2026-03-02T15:31:00Z", "status": "received", "peer": program} {
		if thread[0][name] != want {
			t.Errorf("%s is %v, want %v", name, thread[0][name], want)
		}
	}
	if thread[1]["direction"] != "to_phone" || thread[1]["status"] != "delivered" {
		t.Errorf("the answer is %v", thread[1])
	}
	if _, raw := callRaw(t, server, http.MethodGet, "/demo/phones/"+dana, "", ""); strings.TrimSpace(string(raw)) != "[]" {
		t.Errorf("the thread of one who was never texted: %s", raw)
	}
}

func TestWriteToAnotherProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	w.text(alex, second, "from the other program")
	for _, step := range []struct{ body, peer string }{
		{`{"text":"to whom it answers"}`, second},
		{`{"text":"to the first","to":"+13125550000"}`, program},
		{`{"text":"to whom it answers"}`, program},
		{`{"text":"back","to":"16025550000"}`, second},
		{`{"text":"","media":2}`, second},
	} {
		if status, got := call(t, server, http.MethodPost, "/demo/phones/"+alex, asJSON, step.body); status != http.StatusOK {
			t.Fatalf("%s: %d %v", step.body, status, got)
		}
		thread := w.emulator.Thread(alex)
		if wrote := thread[len(thread)-2]; wrote.Direction != emulator.FromPhone || wrote.Peer != step.peer {
			t.Errorf("%s went to %s as %+v", step.body, step.peer, wrote)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	for name, wrong := range map[string]struct {
		method, number, kind, body string
		status                     int
		says                       string
	}{
		"unknown phone":    {"GET", "+13125550177", "", "", 404, "no phone"},
		"no number":        {"POST", "abc", asJSON, `{"text":"1"}`, 404, "no phone"},
		"letters":          {"POST", "1-800-FLOWERS", asJSON, `{"text":"1"}`, 404, "no phone"},
		"too short":        {"POST", "+1312", asJSON, `{"text":"1"}`, 404, "no phone"},
		"a program's own":  {"POST", program, asJSON, `{"text":"1"}`, 400, "own number"},
		"no text":          {"POST", alex, asJSON, `{"to":"+13125550000"}`, 400, "no text"},
		"not a text":       {"POST", alex, asJSON, `{"text":1}`, 400, "right kind"},
		"unknown field":    {"POST", alex, asJSON, `{"text":"1","body":"2"}`, 400, `no field "body"`},
		"unknown program":  {"POST", alex, asJSON, `{"text":"1","to":"+13125559999"}`, 400, "No program"},
		"no program":       {"POST", alex, asJSON, `{"text":"1","to":"me"}`, 400, "not a phone number"},
		"pictures":         {"POST", alex, asJSON, `{"text":"1","media":11}`, 400, "pictures"},
		"too large":        {"POST", alex, asJSON, `{"text":"` + strings.Repeat("y", 256<<10) + `"}`, 413, "256 KiB"},
		"a form":           {"POST", alex, "application/x-www-form-urlencoded", `text=1`, 400, "not a JSON object"},
		"method":           {"PUT", alex, asJSON, `{"text":"1"}`, 405, "GET and POST"},
		"cut off":          {"POST", alex, asJSON, `{"text":"1"`, 400, "not a JSON object"},
		"method of phones": {"POST", "", asJSON, `{}`, 404, "nothing here"},
	} {
		status, got := call(t, server, wrong.method, "/demo/phones/"+wrong.number, wrong.kind, wrong.body)
		if sentence, _ := got["error"].(string); status != wrong.status || !strings.Contains(sentence, wrong.says) {
			t.Errorf("%s: %d %q, want %d with %q", name, status, sentence, wrong.status, wrong.says)
		}
	}
	if phones := w.emulator.Phones(); len(phones) != 0 {
		t.Errorf("refused texts were written by %v", phones)
	}
	w.silent.Store(true)
	if status, got := call(t, server, http.MethodPost, "/demo/phones/"+alex, asJSON, `{"text":"1"}`); status != http.StatusBadGateway {
		t.Errorf("a text that the service did not take: %d %v", status, got)
	}
}

func TestAnswersAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			text := fmt.Sprintf("text %d", i)
			status, got := call(t, server, http.MethodPost, "/demo/phones/"+[]string{alex, jordan, dana}[i%3], asJSON, fmt.Sprintf(`{"text":%q}`, text))
			if status != http.StatusOK || !slices.Equal(replies(t, got), []string{"You wrote: " + text}) {
				t.Errorf("%s: %d %v", text, status, got)
			}
			if status, got := call(t, server, http.MethodPost, "/demo/clock", asJSON, `{"by":"1m"}`); status != http.StatusOK || got["sent"] != 0.0 {
				t.Errorf("clock: %d %v", status, got)
			}
		})
	}
	all.Wait()
	if now := w.Now(); !now.Equal(start().Add(24 * time.Minute)) {
		t.Errorf("24 minutes were %s", now.Sub(start()))
	}
}

func TestWhatWasDueIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	w.plan(start(), alex, "due already")
	_, got := call(t, server, http.MethodPost, "/demo/phones/"+alex, asJSON, `{"text":"hello"}`)
	if texts := replies(t, got); !slices.Equal(texts, []string{"You wrote: hello"}) {
		t.Errorf("answers: %q", texts)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	server := open(t, w)
	response, err := server.Client().Get(server.URL + "/demo/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	lines := bufio.NewScanner(response.Body)
	event := func() string {
		t.Helper()
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
				return data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	if first := event(); first != `{"now":"2026-03-02T15:31:00Z"}` {
		t.Errorf("first event %s", first)
	}
	call(t, server, http.MethodPost, "/demo/phones/"+alex, asJSON, `{"text":"quiet"}`)
	event()
	call(t, server, http.MethodPost, "/demo/clock", asJSON, `{"by":"1h"}`)
	for event() != `{"now":"2026-03-02T16:31:00Z"}` {
	}
}
