package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"amends/templates/pagetest"
)

// stage is a running demo as a script sees it.
type stage struct {
	t       *testing.T
	address string
	data    string
	service *service
	windows map[string]*pagetest.Tab
}

// demo starts one on a port of its own, in a folder of its own.
func demo(t *testing.T, args ...string) *stage {
	t.Helper()
	return demoOn(t, nil, args...)
}

// demoOn is demo in an environment.
func demoOn(t *testing.T, env map[string]string, args ...string) *stage {
	t.Helper()
	s := &stage{t: t, data: t.TempDir()}
	all := append([]string{"demo", "--listen", "127.0.0.1:0", "--data", s.data}, args...)
	s.service = start(t, newMain(env, nil, nil, nil), all...)
	s.address = strings.TrimSuffix(s.service.out.between(t, "Phones  ", "\n"), "/phones")
	return s
}

// call asks the demo and decodes its answer.
func (s *stage) call(method, path string, body, answer any) {
	s.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, content)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, said, err)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(said, answer); err != nil {
		s.t.Fatalf("%s %s: %v: %s", method, path, err, said)
	}
}

// get is a page's or a probe's text.
func (s *stage) get(path string) string {
	s.t.Helper()
	response, err := http.Get(s.address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s %v", path, response.StatusCode, said, err)
	}
	return string(said)
}

// writes is a text from a phone; the answer must say what is wanted.
func (s *stage) writes(phone, text, want string) {
	s.t.Helper()
	var answer struct{ Replies []string }
	s.call(http.MethodPost, "/demo/phones/"+phone, map[string]string{"text": text}, &answer)
	if said := strings.Join(answer.Replies, "\n"); !strings.Contains(said, want) {
		s.t.Errorf("%s wrote %q and was answered %q, which lacks %q", phone, text, said, want)
	}
}

// move moves the clock.
func (s *stage) move(by string) {
	s.t.Helper()
	s.call(http.MethodPost, "/demo/clock", map[string]string{"by": by}, nil)
}

// has says whether a phone got a text.
func (s *stage) has(phone, want string) {
	s.t.Helper()
	var thread []struct{ Direction, Body string }
	s.call(http.MethodGet, "/demo/phones/"+phone, nil, &thread)
	for _, text := range thread {
		if text.Direction == "to_phone" && strings.Contains(text.Body, want) {
			return
		}
	}
	s.t.Errorf("%s has no text with %q: %v", phone, want, thread)
}

// TestDemoOfOnesOwnCase lives through the beginning of a case over HTTP, while other commands work on the same folder.
func TestDemoOfOnesOwnCase(t *testing.T) {
	t.Parallel()
	s := demo(t, "--at", "2026-03-02T16:00:00Z", "--case", write(t, "case.yaml", caseFile))
	data := map[string]string{"AMENDS_DATA": s.data}
	const alex, jordan = "+13125550101", "+13125550102"

	if got := s.get("/healthz") + s.get("/readyz"); got != "ok\nready\n" {
		t.Errorf("health and readiness say %q", got)
	}
	s.move("1m")
	s.has(alex, "RRJ: ")
	s.writes(jordan, "1", "Gracias")
	s.writes(jordan, "ya entregué la carta", "la carta")
	s.move("48h")
	s.has(alex, "Do you feel safe?")
	s.writes(alex, "1", "How are you")

	var report struct {
		Status      string
		Parties     []struct{ Key, Consent string }
		Commitments []struct{ Key, Status string }
		Answers     []struct{ Question, Value, At string }
	}
	if err := json.Unmarshal([]byte(must(t, data, "", "case", "show", "RJ-2026-0142", "--format", "json")), &report); err != nil {
		t.Fatal(err)
	}
	if report.Status != "active" || len(report.Parties) != 2 || report.Parties[1].Consent != "given" ||
		len(report.Commitments) != 2 || report.Commitments[0].Status != "met" ||
		len(report.Answers) != 1 || report.Answers[0].Value != "yes" {
		t.Errorf("the case stands at %+v", report)
	}
	if at := report.Answers[0].At; !strings.HasPrefix(at, "2026-03-04T") {
		t.Errorf("the answer is of %s, and not of the demo's clock", at)
	}

	must(t, data, "", "case", "close", "RJ-2026-0142", "--reason", "withdrawn")
	before := s.texts(alex)
	s.move("720h")
	if after := s.texts(alex); after != before {
		t.Errorf("%d texts went out about a closed case", after-before)
	}
	if metrics := s.get("/metrics"); !strings.Contains(metrics, "amends_database_up 1\n") ||
		!strings.Contains(metrics, "amends_inbound_texts_total 3\n") || strings.Contains(metrics, "+1312") {
		t.Error("the metrics are not as they should be")
	}
	if home := s.get("/"); !strings.Contains(home, "<html") {
		t.Errorf("the home page is %q", home)
	}
	r := s.service.stop()
	if r.status != 0 || strings.Contains(r.errs, "Alex") || strings.Contains(r.errs, "1312555") {
		t.Errorf("it ended with %d and logged %s", r.status, r.errs)
	}

	// The folder keeps the clock: the next demo on it goes on from there.
	again := start(t, newMain(nil, nil, nil, nil), "demo", "--listen", "127.0.0.1:0", "--data", s.data)
	if said := again.out.between(t, "The clock says ", " and runs on"); !strings.Contains(said, "Apr 3 2026") {
		t.Errorf("the next demo begins on %s", said)
	}
	back := run(t, nil, "", "demo", "--listen", "127.0.0.1:0", "--data", s.data, "--at", "2026-03-02T16:00:00Z")
	if back.status != 1 || !strings.Contains(back.errs, "its clock only moves forward") {
		t.Errorf("a demo that goes back ended with %d: %s", back.status, back.errs)
	}
}

// texts is how many texts a phone has.
func (s *stage) texts(phone string) int {
	s.t.Helper()
	var thread []json.RawMessage
	s.call(http.MethodGet, "/demo/phones/"+phone, nil, &thread)
	return len(thread)
}

// TestDemoSamples lives through the samples' past, which must be just as it was meant, whatever day the demo is begun on.
func TestDemoSamples(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-11-23T04:00:00Z", "2027-01-01T18:00:00Z"} {
		t.Run(at[:10], func(t *testing.T) {
			t.Parallel()
			s := demo(t, "--at", at)
			data := map[string]string{"AMENDS_DATA": s.data}
			var now struct{ Now string }
			s.call(http.MethodGet, "/demo/clock", nil, &now)
			if now.Now[:13] != at[:13] {
				t.Errorf("the demo begins at %s", now.Now)
			}
			year := map[string]string{"2026-11-23T04:00:00Z": "2026", "2027-01-01T18:00:00Z": "2027"}[at]
			shows := func(reference string, wants ...string) {
				t.Helper()
				page := must(t, data, "", "case", "show", "RJ-"+year+"-"+reference)
				for _, want := range wants {
					if !strings.Contains(page, want) {
						t.Errorf("%s lacks %q:\n%s", reference, want, page)
					}
				}
			}
			shows("0142", "active", "$100.00 of $600.00 received", "met")
			shows("0147", "active", "Needs a person", "missed payment", "$60.00 of $240.00 received")
			shows("0151", "active", "5 of 12 hours")
			shows("0156", "active", "consent given", "consent asked")
			shows("0138", "active", "$100.00 of $150.00 received")
			if questions := must(t, data, "", "export", "escalations"); strings.Contains(questions, "not_understood") {
				t.Errorf("a text of the script was not understood:\n%s", questions)
			}

			// What the greeting says to try.
			s.writes("+13125550112", "PAID 50", "$50.00")
			s.move("14h")
			s.writes("+13125550111", "1", "$50.00")
			shows("0138", "completed")
			s.writes("+13125550108", "1", "Thank you")
			s.writes("+13125550109", "LIST", "0147")
			s.writes("+13125550106", "hice 4 horas", "3")
		})
	}
}

// TestDemoEmpty has a program and no case, and takes one from beside it.
func TestDemoEmpty(t *testing.T) {
	t.Parallel()
	s := demo(t, "--empty", "--at", "2026-03-02T16:00:00Z")
	data := map[string]string{"AMENDS_DATA": s.data}
	if ledger := must(t, data, "", "export", "commitments"); strings.Count(ledger, "\n") != 1 {
		t.Errorf("an empty demo has %s", ledger)
	}
	must(t, data, caseFile, "case", "add", "-")
	s.move("5m")
	s.has("+13125550102", "¿Acepta recibir")
}

// TestDemoOnAnothersAccount texts by the address that is set, and has no phones of its own.
func TestDemoOnAnothersAccount(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	env := p.env(t, "")
	delete(env, "AMENDS_DATABASE_URL")
	s := &stage{t: t}
	s.service = start(t, newMain(env, nil, nil, nil), "demo", "--listen", "127.0.0.1:0", "--at", "2026-03-02T16:00:00Z",
		"--case", write(t, "case.yaml", caseFile), write(t, "second.yaml", strings.NewReplacer("0142", "0143", "+13125550102", "+13125550103").Replace(caseFile)))
	// Said of the public address, which is the provider's proxy: nobody is behind it here.
	if address := s.service.out.between(t, "Phones  ", "/phones"); address != p.public.URL {
		t.Errorf("it says to go to %s", address)
	}
	p.wait(t, "both are asked", func() bool { return p.got("+13125550102", "") == 1 && p.got("+13125550103", "") == 1 })
}

// TestDemoLeavesNothing has its data in a folder that goes with it.
func TestDemoLeavesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	s := start(t, newMain(nil, nil, nil, nil), "demo", "--listen", "127.0.0.1:0", "--empty")
	s.out.between(t, "Phones  ", "\n")
	if r := s.stop(); r.status != 0 {
		t.Fatalf("it ended with %d: %s", r.status, r.errs)
	}
	left, err := filepath.Glob(filepath.Join(temporary, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it left %v %v", left, err)
	}
}
