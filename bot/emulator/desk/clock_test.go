package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amends/bot/emulator/desk"
)

// call asks the demo and reads what it answers as JSON.
func call(t testing.TB, server *httptest.Server, method, path, kind, body string) (int, map[string]any) {
	t.Helper()
	status, raw := callRaw(t, server, method, path, kind, body)
	var value map[string]any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%s %s: %d %q is no JSON object", method, path, status, raw)
	}
	return status, value
}

func callRaw(t testing.TB, server *httptest.Server, method, path, kind, body string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, raw
}

const asJSON = "application/json"

func TestClock(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	w.plan(start().Add(2*time.Hour), alex, "first")
	w.plan(start().Add(3*time.Hour), jordan, "second")
	w.plan(start().Add(100*time.Hour), jordan, "third")
	server := open(t, w)
	for _, step := range []struct {
		body, now string
		sent      float64
	}{
		{`{"by":"0s"}`, "2026-03-02T15:31:00Z", 0},
		{`{"by":"30m"}`, "2026-03-02T16:01:00Z", 0},
		{`{"to":"next"}`, "2026-03-02T17:31:00Z", 1},
		{`{"to":"2026-03-02T23:00:00-06:00"}`, "2026-03-03T05:00:00Z", 1},
		{`{"by":"96h"}`, "2026-03-07T05:00:00Z", 1},
	} {
		status, got := call(t, server, http.MethodPost, "/demo/clock", asJSON, step.body)
		if status != http.StatusOK || got["now"] != step.now || got["sent"] != step.sent {
			t.Errorf("%s: %d %v, want %s and %v sent", step.body, status, got, step.now, step.sent)
		}
	}
	if status, got := call(t, server, http.MethodGet, "/demo/clock", "", ""); status != http.StatusOK || len(got) != 1 || got["now"] != "2026-03-07T05:00:00Z" {
		t.Errorf("GET: %d %v", status, got)
	}
	if thread := w.emulator.Thread(alex); len(thread) != 1 || !thread[0].At.Round(time.Second).Equal(start().Add(2*time.Hour)) {
		t.Errorf("a text did not go at its own time: %+v", thread)
	}
}

func TestClockRefuses(t *testing.T) {
	t.Parallel()
	server := open(t, newWorld(start()))
	for name, wrong := range map[string]struct {
		method, kind, body string
		status             int
		says               string
	}{
		"backwards":     {"POST", asJSON, `{"to":"2026-03-02T15:30:59Z"}`, 400, "only moves forward"},
		"backwards by":  {"POST", asJSON, `{"by":"-1h"}`, 400, "only moves forward"},
		"both":          {"POST", asJSON, `{"by":"1h","to":"2027-01-01T00:00:00Z"}`, 400, "not both"},
		"none":          {"POST", asJSON, `{}`, 400, "Say where"},
		"nulls":         {"POST", asJSON, `{"by":null}`, 400, "Say where"},
		"unknown field": {"POST", asJSON, `{"by":"1h","At":1}`, 400, `no field "At"`},
		"too far":       {"POST", asJSON, `{"to":"2031-03-02T15:31:01Z"}`, 400, "5 years"},
		"too far by":    {"POST", asJSON, `{"by":"50000h"}`, 400, "5 years"},
		"no duration":   {"POST", asJSON, `{"by":"a week"}`, 400, "not a length of time"},
		"no instant":    {"POST", asJSON, `{"to":"2026-03-09 10:00"}`, 400, "not an instant"},
		"wrong kind":    {"POST", asJSON, `{"by":36}`, 400, "not of the right kind"},
		"list":          {"POST", asJSON, `[]`, 400, "not a JSON object"},
		"null":          {"POST", asJSON, `null`, 400, "not a JSON object"},
		"empty":         {"POST", asJSON, ``, 400, "not a JSON object"},
		"two":           {"POST", asJSON, `{"by":"1h"}{}`, 400, "not a JSON object"},
		"nothing due":   {"POST", asJSON, `{"to":"next"}`, 409, "Nothing is due"},
		"too large":     {"POST", asJSON, `{"by":"` + strings.Repeat(" ", 256<<10) + `"}`, 413, "256 KiB"},
		"a form":        {"POST", "application/x-www-form-urlencoded", `by=1h`, 400, "not a JSON object"},
		"method":        {"DELETE", "", ``, 405, "GET and POST"},
	} {
		status, got := call(t, server, wrong.method, "/demo/clock", wrong.kind, wrong.body)
		if sentence, _ := got["error"].(string); status != wrong.status || !strings.Contains(sentence, wrong.says) {
			t.Errorf("%s: %d %q, want %d with %q", name, status, sentence, wrong.status, wrong.says)
		}
	}
	if _, got := call(t, server, http.MethodGet, "/demo/clock", "", ""); got["now"] != "2026-03-02T15:31:00Z" {
		t.Errorf("a refused move moved the clock to %v", got["now"])
	}
}

func TestWhatWentWrongIsLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(start())
	w.broken = errors.New("the database is gone")
	server := open(t, w)
	for _, path := range []string{"/demo/clock", "/demo/phones/" + alex} {
		status, got := call(t, server, http.MethodPost, path, asJSON, map[bool]string{true: `{"by":"1h"}`, false: `{"text":"1"}`}[path == "/demo/clock"])
		if status != http.StatusInternalServerError || strings.Contains(got["error"].(string), "database") {
			t.Errorf("%s: %d %v", path, status, got)
		}
	}
	if status, body := callRaw(t, server, http.MethodGet, "/phones", "", ""); status != http.StatusInternalServerError || bytes.Contains(body, []byte("database")) {
		t.Errorf("/phones: %d %s", status, body)
	}
}

func TestPathsAndOtherSites(t *testing.T) {
	t.Parallel()
	server := open(t, newWorld(start()))
	for _, path := range []string{"/demo", "/demo/", "/demo/clocks", "/", "/phones/static/nothing.css", "/phones/static/phones.html", "/phonesx"} {
		if status, _ := callRaw(t, server, http.MethodGet, path, "", ""); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/demo/events", "/demo/phones"} {
		if status, got := call(t, server, http.MethodPost, path, asJSON, `{}`); status != http.StatusMethodNotAllowed || got["error"] != "This address takes GET." {
			t.Errorf("POST %s: %d %v", path, status, got)
		}
	}
	r, _ := http.NewRequest(http.MethodPost, server.URL+"/phones/clock", strings.NewReader("move=hour"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://elsewhere.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: %d", response.StatusCode)
	}
}

func FuzzClockAndText(f *testing.F) {
	for _, seed := range []string{`{"by":"1h"}`, `{"to":"next"}`, `{"text":"\ud83d"}`, `{"text":"a","to":"+1"}`, `{"a":{}}`, "\xff", `{"by":"-9223372036854775808ns"}`} {
		f.Add(seed, "+13125550101")
	}
	f.Fuzz(func(t *testing.T, body, number string) {
		w := newWorld(start())
		handler := desk.New(desk.Config{World: w, Emulator: w.emulator, People: people})
		for _, path := range []string{"/demo/clock", "/demo/phones/" + strings.ReplaceAll(number, "/", "")} {
			r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", strings.NewReader(body))
			r.URL.Path = path
			r.Header.Set("Content-Type", asJSON)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, r)
			if answer.Code >= 500 {
				t.Errorf("%s %q: %d %s", path, body, answer.Code, answer.Body)
			}
		}
	})
}
