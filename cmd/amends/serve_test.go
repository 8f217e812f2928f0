package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/store/storetest"
)

// The provider of the tests.
const (
	accountSID = "AC0123456789abcdef0123456789abcdef"
	authToken  = "3c1e7f0a9b8d4e2f"
	riverside  = "+13125550000"
)

// atTen is a clock that runs, and began at ten o'clock in the morning in Chicago, so that texts may go.
func atTen() func() time.Time {
	begun := time.Now()
	ten := time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)
	return func() time.Time { return ten.Add(time.Since(begun)) }
}

// provider is an account in a server of its own, and the public address that stands before the instances.
type provider struct {
	*emulator.Emulator
	now     func() time.Time
	api     *httptest.Server
	public  *httptest.Server
	mu      sync.Mutex
	serving []*httputil.ReverseProxy
	turn    atomic.Uint64
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{now: atTen()}
	p.public = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		serving := p.serving
		p.mu.Unlock()
		if len(serving) == 0 {
			http.Error(w, "nobody serves", http.StatusBadGateway)
			return
		}
		serving[p.turn.Add(1)%uint64(len(serving))].ServeHTTP(w, r)
	}))
	p.Emulator = emulator.New(emulator.Options{AccountSID: accountSID, AuthToken: authToken, Now: p.now,
		Rand: &locked{random: rand.New(rand.NewPCG(7, 7))}, Numbers: []string{riverside},
		InboundURL: p.public.URL + "/twilio/inbound", After: time.After,
		Pace: emulator.Pace{Sending: time.Millisecond, Sent: 2 * time.Millisecond, Delivered: 3 * time.Millisecond}})
	p.api = httptest.NewServer(p.Handler())
	stopped := make(chan struct{})
	go func() {
		_ = p.Run(t.Context())
		close(stopped)
	}()
	t.Cleanup(func() {
		<-stopped
		p.api.Close()
		p.public.Close()
	})
	return p
}

// serve starts instances, all at once, and puts them behind the public address.
func (p *provider) serve(t *testing.T, env map[string]string, n int) []*service {
	t.Helper()
	var instances []*service
	for range n {
		m := newMain(env, nil, nil, nil)
		m.Now = p.now
		instances = append(instances, start(t, m, "serve", "--listen", "127.0.0.1:0"))
	}
	for _, instance := range instances {
		target, err := url.Parse("http://" + instance.errs.between(t, `"address":"`, `"`))
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
			ErrorLog: log.New(io.Discard, "", 0)} // a late callback meets nobody
		p.mu.Lock()
		p.serving = append(p.serving, proxy)
		p.mu.Unlock()
	}
	return instances
}

// env is an installation's environment.
func (p *provider) env(t *testing.T, database string) map[string]string {
	t.Helper()
	return map[string]string{"AMENDS_DATA": t.TempDir(), "AMENDS_DATABASE_URL": database, "AMENDS_PUBLIC_URL": p.public.URL,
		"TWILIO_ACCOUNT_SID": accountSID, "TWILIO_AUTH_TOKEN": authToken, "TWILIO_BASE_URL": p.api.URL}
}

// at runs a command on the provider's clock.
func (p *provider) at(t *testing.T, env map[string]string, stdin string, args ...string) {
	t.Helper()
	var errs strings.Builder
	m := newMain(env, strings.NewReader(stdin), io.Discard, &errs)
	m.Now = p.now
	if status := m.Run(t.Context(), args); status != 0 {
		t.Fatalf("amends %s ended with %d: %s", strings.Join(args, " "), status, errs.String())
	}
}

// wait waits until a condition holds that follows from what the phones see.
func (p *provider) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	const patience = time.Minute
	changed, cancel := p.Subscribe()
	defer cancel()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("after %s still not: %s", patience, what)
		}
	}
}

// got is how many texts that begin so a phone got.
func (p *provider) got(phone string, words string) int {
	n := 0
	for _, text := range p.Thread(phone) {
		if text.Direction == emulator.ToPhone && text.Status == "delivered" && strings.Contains(text.Body, words) {
			n++
		}
	}
	return n
}

type locked struct {
	mu     sync.Mutex
	random *rand.Rand
}

func (l *locked) Uint64() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.random.Uint64()
}

func (l *locked) Float64() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.random.Float64()
}

// TestThreeShareOneDatabase starts three instances at once on an empty PostgreSQL. What comes in reaches any of them, some of
// it more than once, and each phone gets each text once.
func TestThreeShareOneDatabase(t *testing.T) {
	t.Parallel()
	const cases = 20
	p := newProvider(t)
	env := p.env(t, storetest.Empty(t, "postgres"))
	instances := p.serve(t, env, 3)
	p.at(t, env, strings.Replace(programFile, "staff:", "policy: {texts_per_second: 100}\nstaff:", 1), "program", "apply", "-")
	var files []string
	folder := t.TempDir()
	for i := range cases {
		file := strings.NewReplacer("RJ-2026-0142", fmt.Sprintf("RJ-%d", i), "+13125550101", fmt.Sprintf("+1312556%04d", i),
			"+13125550102", fmt.Sprintf("+1312557%04d", i), "language: es", "language: en").Replace(caseFile)
		path := filepath.Join(folder, fmt.Sprintf("%d.yaml", i))
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	p.at(t, env, "", append([]string{"case", "add"}, files...)...)

	victims, offenders := make([]string, cases), make([]string, cases)
	for i := range cases {
		victims[i], offenders[i] = fmt.Sprintf("+1312556%04d", i), fmt.Sprintf("+1312557%04d", i)
	}
	all := func(phones []string, words string) func() bool {
		return func() bool {
			for _, phone := range phones {
				if p.got(phone, words) == 0 {
					return false
				}
			}
			return true
		}
	}
	p.wait(t, "every offender is asked", all(offenders, "Hello from Riverside"))
	p.wait(t, "every victim is welcomed", all(victims, "Thank you."))

	p.SetFaults(emulator.Faults{InboundRepeated: 0.5, CallbackRepeated: 0.3, CallbackDelayed: 0.3, Latest: 20 * time.Millisecond})
	var writing sync.WaitGroup
	for _, phone := range offenders {
		writing.Go(func() {
			if _, err := p.Write(t.Context(), phone, riverside, "1"); err != nil {
				t.Errorf("a text was not taken: %v", err)
			}
			if _, err := p.Write(t.Context(), phone, riverside, "paid 50"); err != nil {
				t.Errorf("a text was not taken: %v", err)
			}
		})
	}
	writing.Wait()
	p.wait(t, "every offender is welcomed", all(offenders, "Thank you."))
	p.wait(t, "every offender is answered", all(offenders, "Got it: $50.00 paid"))
	p.wait(t, "every victim is asked", all(victims, "Did it arrive?"))
	p.wait(t, "nothing is under way", func() bool {
		for _, phone := range p.Phones() {
			for _, text := range p.Thread(phone) {
				if text.Direction == emulator.ToPhone && text.Status != "delivered" {
					return false
				}
			}
		}
		return true
	})
	for _, instance := range instances {
		instance.stop()
	}
	for i := range cases {
		for phone, words := range map[string][]string{
			offenders[i]: {"Hello from Riverside", "Thank you.", "Got it: $50.00 paid"},
			victims[i]:   {"Thank you.", "Did it arrive?"},
		} {
			total := 0
			for _, text := range p.Thread(phone) {
				if text.Direction == emulator.ToPhone {
					total++
				}
			}
			for _, beginning := range words {
				if n := p.got(phone, beginning); n != 1 {
					t.Errorf("case %d: a phone got %q %d times", i, beginning, n)
				}
			}
			if total != len(words) {
				t.Errorf("case %d: a phone got %d texts, not %d; on record are\n%s", i, total, len(words),
					must(t, env, "", "export", "messages", "--case", fmt.Sprintf("RJ-%d", i)))
			}
		}
	}
	ledger := must(t, env, "", "export", "ledger")
	if n := strings.Count(ledger, ",reported,"); n != cases {
		t.Errorf("%d payments were reported, not %d", n, cases)
	}
	for _, instance := range instances {
		if logged := instance.errs.String(); strings.Contains(logged, "1312555") || strings.Contains(logged, "131255") ||
			strings.Contains(logged, "Alex") || strings.Contains(logged, authToken) {
			t.Errorf("a name, a number or a secret is in the log:\n%s", logged)
		}
	}
}

// TestServe looks at the doors of one instance.
func TestServe(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	env := p.env(t, "")
	delete(env, "AMENDS_DATABASE_URL")
	s := p.serve(t, env, 1)[0]
	ask := func(method, path, body string) (int, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, p.public.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body != "" {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		said, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(said)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodGet, "/healthz", "", 200, "ok"},
		{http.MethodGet, "/readyz", "", 200, "ready"},
		{http.MethodGet, "/", "", 200, "Sign in"},
		{http.MethodGet, "/e/7", "", 200, "Sign in"},
		{http.MethodGet, "/nothing", "", 404, ""},
		{http.MethodGet, "/phones", "", 404, ""},
		{http.MethodGet, "/demo/clock", "", 404, ""},
		{http.MethodPost, "/healthz", "", 405, ""},
		{http.MethodGet, "/twilio/inbound", "", 405, ""},
		{http.MethodPost, "/twilio/else", "", 404, ""},
		{http.MethodPost, "/twilio/inbound", "MessageSid=SM1&From=%2B1&To=%2B1&Body=x&AccountSid=" + accountSID, 403, ""},
		{http.MethodGet, "/metrics", "", 200, `amends_webhook_refusals_total{reason="signature"} 1`},
	} {
		status, said := ask(c.method, c.path, c.body)
		if status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, said)
		}
	}
	// A stranger's text is on record, and answered once.
	if _, err := p.Write(t.Context(), "+13125559999", riverside, "who is this?"); err != nil {
		t.Fatalf("a stranger's text was not taken: %v", err)
	}
	p.at(t, env, programFile, "program", "apply", "-")
	if _, err := p.Write(t.Context(), "+13125559999", riverside, "who is this?"); err != nil {
		t.Fatalf("a stranger's text was not taken: %v", err)
	}
	p.wait(t, "the stranger is answered", func() bool { return p.got("+13125559999", "") == 1 })
	s.errs.between(t, `"msg":"text.delivered"`, "}")
	// One event leads through the log from the text that came in to what became of its answer.
	event := ""
	var steps []string
	for line := range strings.Lines(s.errs.String()) {
		var entry struct{ Msg, Event, Message string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if entry.Msg == "text.received" {
			event = entry.Event
		}
		if event != "" && entry.Event == event {
			steps = append(steps, entry.Msg)
		}
	}
	if got := strings.Join(steps, " "); got != "text.received text.queued text.sent text.delivered" {
		t.Errorf("its steps in the log are %q", got)
	}
	_, metrics := ask(http.MethodGet, "/metrics", "")
	for _, want := range []string{`amends_texts_total{result="sent"} 1`, `amends_texts_total{result="received"} 1`, "amends_database_errors_total 0",
		`amends_audit_unsealed_entries`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s:\n%s", want, metrics)
		}
	}
	alertsMatch(t, metrics)
	if r := s.stop(); r.status != 0 || !strings.Contains(r.errs, `"msg":"stopped"`) {
		t.Errorf("it ended with %d: %s", r.status, r.errs)
	}
}

// TestServeRefusesWhatIsTaken ends with a sentence where the address is taken.
func TestServeRefusesWhatIsTaken(t *testing.T) {
	t.Parallel()
	taken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(taken.Close)
	address := strings.TrimPrefix(taken.URL, "http://")
	r := run(t, map[string]string{"AMENDS_DATA": t.TempDir(), "TWILIO_ACCOUNT_SID": accountSID, "TWILIO_AUTH_TOKEN": authToken},
		"", "serve", "--listen", address)
	want := "amends: can't listen on " + address + ": bind: address already in use; name another with AMENDS_LISTEN or --listen\n"
	if r.status != 1 || r.errs != want {
		t.Errorf("it ended with %d: %s", r.status, r.errs)
	}
}
