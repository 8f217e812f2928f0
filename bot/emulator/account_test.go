package emulator_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "0123456789abcdef0123456789abcdef"
	program = "+13125550000"
	victim  = "+13125550101"
	public  = "http://amends.test"
)

var start = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// receiver keeps what the webhooks hand over.
type receiver struct {
	mu       sync.Mutex
	inbound  []twilio.Inbound
	statuses []twilio.StatusUpdate
	err      error
}

func (r *receiver) Inbound(_ context.Context, in twilio.Inbound) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inbound = append(r.inbound, in)
	return r.err
}

func (r *receiver) Status(_ context.Context, u twilio.StatusUpdate) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses = append(r.statuses, u)
	return r.err
}

func (r *receiver) got() ([]twilio.Inbound, []twilio.StatusUpdate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]twilio.Inbound(nil), r.inbound...), append([]twilio.StatusUpdate(nil), r.statuses...)
}

// world is a service's door, an account and a client between them, over a real network connection.
type world struct {
	t        *testing.T
	clock    *clock
	receiver *receiver
	emulator *emulator.Emulator
	client   *twilio.Client
	server   *httptest.Server
}

func newWorld(t *testing.T, adjust ...func(*emulator.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: start}, receiver: &receiver{}}
	hooks := twilio.NewWebhooks(twilio.WebhookConfig{
		AuthTokens: []string{token}, AccountSID: account, PublicURL: public, Receiver: w.receiver,
	})
	options := emulator.Options{
		AccountSID: account, AuthToken: token, Now: w.clock.Now, Rand: rand.New(rand.NewPCG(1, 2)),
		InboundURL: public + twilio.InboundPath, WebhookClient: &http.Client{Transport: emulator.InProcess(hooks)},
	}
	for _, f := range adjust {
		f(&options)
	}
	w.emulator = emulator.New(options)
	w.server = httptest.NewServer(http.StripPrefix("/emulator", w.emulator.Handler()))
	t.Cleanup(w.server.Close)
	w.client = w.newClient(twilio.Config{})
	return w
}

func (w *world) newClient(c twilio.Config) *twilio.Client {
	w.t.Helper()
	if c.AccountSID == "" {
		c.AccountSID = account
	}
	if c.AuthToken == "" && c.APIKey == "" {
		c.AuthToken = token
	}
	if c.BaseURL == "" {
		c.BaseURL = w.server.URL + "/emulator/"
	}
	client, err := twilio.New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

func (w *world) text(body string) twilio.Outgoing {
	return twilio.Outgoing{To: victim, From: program, Body: body, StatusCallback: twilio.StatusCallbackURL(public, "msg-1")}
}

func (w *world) send(body string) twilio.Accepted {
	w.t.Helper()
	taken, err := w.client.Send(w.t.Context(), w.text(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return taken
}

func (w *world) refused(text twilio.Outgoing) *twilio.SendError {
	w.t.Helper()
	_, err := w.client.Send(w.t.Context(), text)
	var failed *twilio.SendError
	if !errors.As(err, &failed) {
		w.t.Fatalf("sent, or another error: %v", err)
	}
	for _, secret := range []string{text.Body, text.To, strings.TrimPrefix(text.To, "+")} {
		if len(secret) > 3 && strings.Contains(err.Error(), secret) {
			w.t.Errorf("the error quotes what it must not: %v", err)
		}
	}
	return failed
}

// pass lets time pass, doing each thing at its own time.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	until := w.clock.Now().Add(d)
	for {
		at, ok := w.emulator.Next()
		if !ok || at.After(until) {
			break
		}
		if now := w.clock.Now(); at.After(now) {
			w.clock.add(at.Sub(now))
		}
		if _, err := w.emulator.Do(w.t.Context(), w.clock.Now()); err != nil {
			w.t.Fatal(err)
		}
	}
	w.clock.add(until.Sub(w.clock.Now()))
}

func (w *world) write(body string, options ...emulator.WriteOption) {
	w.t.Helper()
	if _, err := w.emulator.Write(w.t.Context(), victim, program, body, options...); err != nil {
		w.t.Fatal(err)
	}
}

// thread is the victim's, a line a text.
func (w *world) thread() string {
	var b strings.Builder
	for _, text := range w.emulator.Thread(victim) {
		arrow := "<"
		if text.Direction == emulator.FromPhone {
			arrow = ">"
		}
		b.WriteString(arrow + " " + text.Body + " (" + text.Status + ")\n")
	}
	return b.String()
}
