package desk_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// post sends a form as a browser without scripts does, and gives the page that it leads to.
func post(t *testing.T, server *httptest.Server, path string, form url.Values) (status int, at *url.URL, page string) {
	t.Helper()
	response, err := server.Client().PostForm(server.URL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body strings.Builder
	if err := response.Write(&body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Request.URL, body.String()
}

func wants(t *testing.T, page string, parts ...string) {
	t.Helper()
	page = strings.ReplaceAll(page, "&#43;", "+")
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %q", part)
		}
	}
}

func TestPageWithoutScripts(t *testing.T) {
	t.Parallel()
	w := lived(t)
	server := open(t, w)
	status, raw := callRaw(t, server, http.MethodGet, "/phones", "", "")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	wants(t, string(raw), "Case RJ-2026-0142", "Case RJ-2026-0150", "Staff", "Dana Ortiz", "coordinator", "No texts yet",
		"9:31 AM", "CST", "Monday, March 2, 2026", "Tue, Mar 3, 11:31 AM", "Tue 9:30 AM", `data-view="list"`)

	status, at, page := post(t, server, "/phones/"+jordan, url.Values{"text": {"<b>¿qué?</b>\r\n& más"}})
	if status != http.StatusOK || at.Path != "/phones/"+jordan {
		t.Fatalf("%d at %s", status, at)
	}
	wants(t, page, "&lt;b&gt;¿qué?&lt;/b&gt;\n&amp; más", `aria-current="page"`, `lang="es"`, "owes in RJ-2026-0150", "Spanish")
	if strings.Contains(page, "<b>¿qué") {
		t.Error("a text is markup")
	}
	_, _, page = post(t, server, "/phones/"+alex, url.Values{"quick": {"quiet"}})
	wants(t, page, "Sent. No answer came.")

	call(t, server, http.MethodPost, "/demo/clock", asJSON, `{"by":"1m"}`)
	_, _, page = post(t, server, "/phones/clock", url.Values{"move": {"next"}, "phone": {jordan}})
	wants(t, page, "It is now Tue, Mar 3, 11:31 AM. 1 text went out on the way.", "Jordan Fox · Phones")
	if line := regexp.MustCompile(`(?s)<li data-key="&#43;13125550101">.*?</li>`).FindString(page); !strings.Contains(line, `<span class="badge">1<`) {
		t.Errorf("what came to another phone bears no badge: %s", line)
	}
	for _, move := range []struct{ name, at, now string }{
		{"morning", "", "Wed, Mar 4, 9:30 AM"},
		{"week", "", "Wed, Mar 11, 9:30 AM"}, // the clocks have changed on the way
		{"hour", "", "Wed, Mar 11, 10:30 AM"},
		{"pick", "2026-04-01T07:05", "Wed, Apr 1, 7:05 AM"},
		{"morning", "", "Wed, Apr 1, 9:30 AM"},
	} {
		_, at, page = post(t, server, "/phones/clock", url.Values{"move": {move.name}, "at": {move.at}, "view": {"list"}})
		wants(t, page, "It is now "+move.now)
		if at.Path != "/phones" {
			t.Errorf("%s led to %s", move.name, at)
		}
	}
	wants(t, page, "nothing is due", `aria-disabled="true"`)
	if status, _, page = post(t, server, "/phones/clock", url.Values{"move": {"next"}}); status != http.StatusConflict {
		t.Errorf("moving to nothing: %d", status)
	}
	wants(t, page, "Nothing is due.")
}

func TestPageRefuses(t *testing.T) {
	t.Parallel()
	w := lived(t)
	server := open(t, w)
	for name, wrong := range map[string]struct {
		path   string
		form   url.Values
		status int
		says   string
	}{
		"backwards":      {"/phones/clock", url.Values{"at": {"2020-01-01T00:00"}}, 400, "only moves forward"},
		"no moment":      {"/phones/clock", url.Values{"at": {""}, "phone": {alex}}, 400, "Pick a day"},
		"unknown phone":  {"/phones/nobody", url.Values{"text": {"1"}}, 404, "There is no phone"},
		"clock's phone":  {"/phones/clock", url.Values{"move": {"hour"}, "phone": {"x"}}, 404, "There is no phone"},
		"a program's":    {"/phones/" + program, url.Values{"text": {"1"}}, 400, "own number"},
		"wrong program":  {"/phones/" + alex, url.Values{"text": {"1"}, "to": {"+13125559999"}}, 400, "No program"},
		"form too large": {"/phones/" + alex, url.Values{"text": {strings.Repeat("z", 256<<10)}}, 400, "could not be read"},
	} {
		status, _, page := post(t, server, wrong.path, wrong.form)
		if status != wrong.status || !strings.Contains(page, wrong.says) {
			t.Errorf("%s: %d, want %d with %q", name, status, wrong.status, wrong.says)
		}
	}
	for path, want := range map[string]int{"/phones/x": 404, "/phones?number=x": 404, "/phones/" + program: 400} {
		if status, _ := callRaw(t, server, http.MethodGet, path, "", ""); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

func TestPageOfAStranger(t *testing.T) {
	t.Parallel()
	server := open(t, lived(t))
	_, raw := callRaw(t, server, http.MethodGet, "/phones?number=%2B1+312+555+0199", "", "")
	wants(t, string(raw), "Other phones", "in no case", "as somebody whom the program does not know")
	_, _, page := post(t, server, "/phones/+13125550199", url.Values{"text": {"wrong number?"}})
	wants(t, page, "You wrote: wrong number?")
}

func TestPageTellsOfDelivery(t *testing.T) {
	t.Parallel()
	w := lived(t)
	server := open(t, w)
	w.text(noa, second, "on its way to Honolulu")
	_, raw := callRaw(t, server, http.MethodGet, "/phones/"+noa, "", "")
	wants(t, string(raw), "on its way<", "text got pending", "5:31 AM", "Pacific/Honolulu", `<select name="to">`, `lang="he"`)
	call(t, server, http.MethodPost, "/demo/clock", asJSON, `{"by":"1s"}`)
	_, raw = callRaw(t, server, http.MethodGet, "/phones/"+noa, "", "")
	wants(t, string(raw), "delivered<")
	_, _, page := post(t, server, "/phones/"+noa, url.Values{"text": {"STOP"}, "to": {second}})
	wants(t, page, "The carrier itself")
}

func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	server := open(t, lived(t))
	response, err := server.Client().Get(server.URL + "/phones")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	policy := response.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	_, page := callRaw(t, server, http.MethodGet, "/phones/"+alex, "", "")
	for what, pattern := range map[string]string{
		"an address elsewhere": `(href|src|action)="(https?:)?//`, "a style inline": `(?i)\sstyle=|<style`, "a script inline": `(?i)\son[a-z]+=|<script[^>]*>[^<]`,
	} {
		if found := regexp.MustCompile(pattern).Find(page); found != nil {
			t.Errorf("the page has %s: %s", what, found)
		}
	}
	for name, kind := range map[string]string{"phones.css": "text/css", "phones.js": "text/javascript", "phones.svg": "image/svg+xml"} {
		response, err := server.Client().Get(server.URL + "/phones/static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), kind) || response.Header.Get("ETag") == "" {
			t.Errorf("%s: %d %v", name, response.StatusCode, response.Header)
		}
	}
}

func TestEmptyDemo(t *testing.T) {
	t.Parallel()
	w := newWorld(start().Add(-time.Hour))
	server := open(t, w)
	status, raw := callRaw(t, server, http.MethodGet, "/phones", "", "")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	wants(t, string(raw), "This morning", "nothing is due", "Dana Ortiz")
}
