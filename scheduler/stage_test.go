package scheduler_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"amends/bot"
	"amends/bot/emulator"
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/flows"
	"amends/scheduler"
	"amends/store"
	"amends/store/intake"
	"amends/store/storetest"
	"amends/templates"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	authToken  = "tokenofthestage0000000000000001"
	publicURL  = "http://amends.test"
	ourNumber  = "+13125550000"
)

// cast are the phones of the stories.
var cast = map[string]string{
	"alex":   "+13125550101", // to whom is owed
	"jordan": "+13125550102", // who owes
	"casey":  "+13125550103", // who owes too
	"robin":  "+13125550104", // to whom is owed, in another case
	"dana":   "+13125550100", // mediator
	"sam":    "+13125550109", // backup
	"kim":    "+13125550110", // coordinator
	"nobody": "+13125550199",
}

const riverside = `
program: riverside
name: Riverside Restorative Justice
sender: Riverside RJ
discreet_sender: RRJ
from: "+13125550000"
time_zone: America/Chicago
languages: [en, es]
quiet_hours: {from: "20:00", to: "09:00"}
office_hours: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
resources:
  - {name: 988 Lifeline, contact: "call or text 988", language: en, verified: 2026-01-01}
  - {name: Línea 988, contact: "llame al 988, oprima 2", language: es, verified: 2026-01-01}
staff:
  - {key: dana, name: Dana Ortiz, role: mediator, phone: "+13125550100", email: dana@example.org}
  - {key: sam,  name: Sam Lee,    role: mediator, phone: "+13125550109"}
  - {key: kim,  name: Kim Park,   role: coordinator, phone: "+13125550110"}
`

// stage is a service with its phones, in virtual time. Its tests read as dialogues.
type stage struct {
	t     *testing.T
	store *store.Store
	bot   *bot.Bot
	sched *scheduler.Scheduler
	phone *emulator.Emulator
	clock *scheduler.Clock
	mover *scheduler.Mover
	zone  *time.Location
	down  atomic.Bool // no webhook gets through
	log   bytes.Buffer
	seen  map[string]int // texts to a phone that the story has looked at
}

// story runs a dialogue on both databases.
func story(t *testing.T, at string, play func(t *testing.T, s *stage)) {
	t.Helper()
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := newStage(t, db.Open(t), at, riverside)
		play(t, s)
		s.nothingInClear(db.URL)
	})
}

func newStage(t *testing.T, db *store.Store, at, program string) *stage {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	must(t, err)
	s := &stage{t: t, store: db, zone: zone, seen: map[string]int{}}
	base := s.time(at)
	s.clock, err = scheduler.NewClock(func() time.Time { return base }, "")
	must(t, err)

	chance := rand.New(rand.NewPCG(1, 2))
	logger := slog.New(slog.NewTextHandler(testLog{t, &s.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	book, err := templates.Load()
	must(t, err)
	catalogue, err := flows.Load()
	must(t, err)
	newID := func() string { return fmt.Sprintf("%016x%016x", chance.Uint64(), chance.Uint64()) }
	newID = locked(newID)
	s.bot = bot.New(bot.Config{Store: db, Book: book, Flows: catalogue, Reader: understand.New(), Now: s.clock.Now, NewID: newID, PublicURL: publicURL, Log: logger})
	hooks := twilio.NewWebhooks(twilio.WebhookConfig{AuthTokens: []string{authToken}, AccountSID: accountSID, PublicURL: publicURL, Receiver: s.bot, Log: logger})
	s.phone = emulator.New(emulator.Options{
		AccountSID: accountSID, AuthToken: authToken, Now: s.clock.Now, Rand: rand.New(rand.NewPCG(3, 4)), Numbers: []string{ourNumber},
		InboundURL: publicURL + "/twilio/inbound", WebhookClient: &http.Client{Transport: emulator.InProcess(s.unlessDown(hooks))}, Log: logger,
	})
	client, err := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, HTTP: &http.Client{Transport: s.phone.Transport()}})
	must(t, err)
	s.sched = scheduler.New(scheduler.Config{Store: db, Bot: s.bot, Client: client, Now: s.clock.Now, Rand: func() float64 { return 0.5 }, NewID: newID, PublicURL: publicURL, Log: logger, Workers: 1})
	s.mover = &scheduler.Mover{Clock: s.clock, Scheduler: s.sched, Phones: s.phone}

	file, err := intake.ParseProgram("program.yaml", strings.NewReader(program))
	must(t, err)
	_, err = s.bot.ApplyProgram(t.Context(), file, false)
	must(t, err)
	return s
}

// unlessDown answers for the service while it is down.
func (s *stage) unlessDown(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func locked(f func() string) func() string {
	mu := make(chan struct{}, 1)
	return func() string {
		mu <- struct{}{}
		defer func() { <-mu }()
		return f()
	}
}

// nothingInClear reads the database's file, where there is one, and all that was logged: no name, no number
// and no text stands there (law 10).
func (s *stage) nothingInClear(url string) {
	s.t.Helper()
	private := []string{"Alex", "Jordan", "Casey", "Robin", "Dana Ortiz"}
	for _, number := range cast {
		private = append(private, strings.TrimPrefix(number, "+1"))
		for _, x := range s.phone.Thread(number) {
			if len(x.Body) >= len("paid 100 today") { // a shorter one is found anywhere by chance
				private = append(private, x.Body)
			}
		}
	}
	places := map[string][]byte{"the log": s.log.Bytes()}
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		for _, file := range []string{path, path + "-wal"} {
			raw, err := os.ReadFile(file)
			must(s.t, err)
			places["the database"] = append(places["the database"], raw...)
		}
	}
	for place, text := range places {
		for _, p := range private {
			if bytes.Contains(text, []byte(p)) {
				s.t.Errorf("%s bears %q", place, p)
			}
		}
	}
}

// testLog keeps what the service logs.
type testLog struct {
	t   *testing.T
	log *bytes.Buffer
}

// Write fails the story where the service says that something went wrong.
func (l testLog) Write(p []byte) (int, error) {
	l.log.Write(p)
	line := strings.TrimSpace(string(p))
	if strings.Contains(line, "level=ERROR") {
		l.t.Error(line)
	} else if testing.Verbose() {
		l.t.Log(line)
	}
	return len(p), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// time reads "2026-03-02 10:00" on the story's wall clock.
func (s *stage) time(at string) time.Time {
	s.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", at, s.zone)
	must(s.t, err)
	return t
}

// add puts a case on record, as `amends case add` does.
func (s *stage) add(file string) {
	s.t.Helper()
	_, err := s.apply(file, false)
	must(s.t, err)
	s.settle()
}

// apply applies a case's file.
func (s *stage) apply(file string, update bool) ([]bot.Change, error) {
	s.t.Helper()
	c, err := intake.ParseCase("case.yaml", strings.NewReader(file))
	must(s.t, err)
	return s.bot.AddCases(s.t.Context(), []intake.Case{c}, update)
}

func (s *stage) settle() {
	s.t.Helper()
	_, err := s.mover.Settle(s.t.Context())
	must(s.t, err)
}

// at moves the clock on to a time of the story's wall clock.
func (s *stage) at(at string) {
	s.t.Helper()
	to := s.time(at)
	if to.Before(s.clock.Now()) {
		s.t.Fatalf("the story goes back in time, to %s from %s", at, s.clock.Now().In(s.zone))
	}
	_, err := s.mover.MoveTo(s.t.Context(), to)
	must(s.t, err)
}

// writes sends a text from a phone.
func (s *stage) writes(who, body string) {
	s.t.Helper()
	_, err := s.phone.Write(s.t.Context(), cast[who], ourNumber, body)
	must(s.t, err)
	s.settle()
}

// texts are all that a phone got, in order.
func (s *stage) texts(who string) []emulator.Text {
	var got []emulator.Text
	for _, x := range s.phone.Thread(cast[who]) {
		if x.Direction == "to_phone" && !x.Carrier {
			got = append(got, x)
		}
	}
	return got
}

// gets expects the next text on a phone, with each of the parts in it.
func (s *stage) gets(who string, parts ...string) string {
	s.t.Helper()
	texts := s.texts(who)
	if s.seen[who] >= len(texts) {
		s.t.Fatalf("%s got no text at %s; wanted %q\n%s", who, s.clock.Now().In(s.zone).Format("Mon Jan 2 15:04"), parts, s.thread(who))
	}
	body := texts[s.seen[who]].Body
	s.seen[who]++
	for _, part := range parts {
		if !strings.Contains(body, part) {
			s.t.Fatalf("%s got %q at %s; wanted %q in it\n%s", who, body, s.clock.Now().In(s.zone).Format("Mon Jan 2 15:04"), part, s.thread(who))
		}
	}
	return body
}

// silent expects that a phone got nothing more.
func (s *stage) silent(who ...string) {
	s.t.Helper()
	for _, w := range who {
		texts := s.texts(w)
		if n := len(texts); n > s.seen[w] {
			s.t.Fatalf("%s got %q at %s; wanted silence\n%s", w, texts[s.seen[w]].Body, s.clock.Now().In(s.zone).Format("Mon Jan 2 15:04"), s.thread(w))
		}
	}
}

// skip lets a phone's texts so far be.
func (s *stage) skip(who ...string) {
	for _, w := range who {
		s.seen[w] = len(s.texts(w))
	}
}

// thread writes a phone's thread out, for a failure.
func (s *stage) thread(who string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s's phone:\n", who)
	for _, x := range s.phone.Thread(cast[who]) {
		mark := "<"
		if x.Direction == "to_phone" {
			mark = ">"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", x.At.In(s.zone).Format("Mon Jan 02 15:04"), mark, x.Body)
	}
	return b.String()
}

// report is a case as `amends case show` has it.
func (s *stage) report(reference string) bot.CaseReport {
	s.t.Helper()
	r, err := s.bot.ShowCase(context.Background(), "riverside", reference)
	must(s.t, err)
	return r
}
