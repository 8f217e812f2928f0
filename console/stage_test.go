package console_test

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"amends/bot"
	"amends/bot/emulator"
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/console"
	"amends/flows"
	"amends/scheduler"
	"amends/store"
	"amends/store/intake"
	"amends/store/storetest"
	"amends/templates"
)

// start is when the stories begin: Monday, March 2, 2026, half past ten in Chicago.
func start() time.Time { return time.Date(2026, 3, 2, 16, 30, 0, 0, time.UTC) }

const riverside = `
program: riverside
name: Riverside Restorative Justice
sender: Riverside RJ
discreet_sender: RRJ
from: "+13125550000"
time_zone: America/Chicago
languages: [en, es]
resources: [{name: 988 Lifeline, contact: "call or text 988", verified: 2026-01-01}]
staff:
  - {key: dana, name: Dana Ortiz, role: mediator, phone: "+13125550100", email: dana@example.org}
  - {key: sam,  name: Sam Lee,    role: mediator, phone: "+13125550109"}
  - {key: kim,  name: Kim Park,   role: coordinator, phone: "+13125550110", email: kim@example.org}
  - {key: ada,  name: Ada Moss,   role: auditor}
  - {key: ned,  name: Ned Roth,   role: administrator, email: ned@example.org}
`

const lakeside = `
program: lakeside
name: Lakeside Mediation
sender: Lakeside
discreet_sender: LM
from: "+13125559000"
time_zone: America/Chicago
languages: [en, es]
staff:
  - {key: lou, name: Lou Finch, role: mediator, phone: "+13125559100", email: kim@example.org}
  - {key: eve, name: Eve Hart, role: coordinator, phone: "+13125559101"}
`

const caseFile = `
program: %s
reference: %s
mediated_on: 2026-02-02
mediator: %s
backup: %s
parties:
  - {key: v, role: victim,   name: %s, phone: "%s", language: en, discreet: true, consent: {on: 2026-02-02, how: signed form}}
  - {key: o, role: offender, name: %s, phone: "%s", language: es, consent: {on: 2026-02-02, how: signed form}}
agreement:
  - {key: money,  kind: restitution, by: o, to: v, total: "600.00", instalments: {count: 6, every: month, first: 2026-02-15}}
  - {key: letter, kind: apology_letter, by: o, due: 2026-03-20}
`

// stage is a service with its pages: the store and the bot are real.
type stage struct {
	t     testing.TB
	store *store.Store
	bot   *bot.Bot
	url   string
	phone *emulator.Emulator
	mover *scheduler.Mover
	tick  *scheduler.Clock
	wall  atomic.Int64
}

func (s *stage) clock() time.Time     { return s.tick.Now() }
func (s *stage) realTime() time.Time  { return time.UnixMilli(s.wall.Load()).UTC() }
func (s *stage) pass(d time.Duration) { s.wall.Add(d.Milliseconds()) }

// moves lets time go by in the cases.
func (s *stage) moves(d time.Duration) {
	s.t.Helper()
	_, err := s.mover.MoveTo(context.Background(), s.clock().Add(d))
	must(s.t, err)
}

// writes sends a text from a phone.
func (s *stage) writes(phone, text string) {
	s.t.Helper()
	_, err := s.phone.Write(context.Background(), phone, "+13125550000", text)
	must(s.t, err)
	_, err = s.mover.Settle(context.Background())
	must(s.t, err)
}

// thread is what a phone shows.
func (s *stage) thread(phone string) string {
	var all strings.Builder
	for _, x := range s.phone.Thread(phone) {
		all.WriteString(x.Body + "\n")
	}
	return all.String()
}

// open builds a stage with two programs, two cases in the one and one in the other.
func open(t testing.TB, db *store.Store, change func(*console.Config)) *stage {
	t.Helper()
	s := &stage{t: t, store: db}
	var err error
	s.tick, err = scheduler.NewClock(start, "")
	must(t, err)
	s.wall.Store(time.Now().UnixMilli()) // the session library goes by the machine's clock
	book, err := templates.Load()
	must(t, err)
	catalogue, err := flows.Load()
	must(t, err)
	ids := atomic.Int64{}
	newID := func() string { return fmt.Sprintf("id%030d", ids.Add(1)) }
	logger := slog.New(slog.DiscardHandler)
	s.bot = bot.New(bot.Config{Store: db, Book: book, Flows: catalogue, Reader: understand.New(), Now: s.clock,
		NewID: newID, PublicURL: "http://amends.test", Log: logger})
	const sid, token = "AC00000000000000000000000000000001", "tokenofthestage0000000000000001"
	hooks := twilio.NewWebhooks(twilio.WebhookConfig{AuthTokens: []string{token}, AccountSID: sid, PublicURL: "http://amends.test", Receiver: s.bot, Log: logger})
	s.phone = emulator.New(emulator.Options{AccountSID: sid, AuthToken: token, Now: s.clock, Rand: rand.New(rand.NewPCG(3, 4)), Numbers: []string{"+13125550000", "+13125559000"},
		InboundURL: "http://amends.test/twilio/inbound", WebhookClient: &http.Client{Transport: emulator.InProcess(hooks)}, Log: logger})
	client, err := twilio.New(twilio.Config{AccountSID: sid, AuthToken: token, HTTP: &http.Client{Transport: s.phone.Transport()}})
	must(t, err)
	s.mover = &scheduler.Mover{Clock: s.tick, Phones: s.phone, Scheduler: scheduler.New(scheduler.Config{Store: db, Bot: s.bot, Client: client, Now: s.clock,
		Rand: func() float64 { return 0.5 }, NewID: newID, PublicURL: "http://amends.test", Log: logger, Workers: 1})}
	for _, source := range []string{riverside, lakeside} {
		file, err := intake.ParseProgram("program", strings.NewReader(source))
		must(t, err)
		_, err = s.bot.ApplyProgram(t.Context(), file, false)
		must(t, err)
	}
	s.addCase("riverside", "RJ-1", "dana", "sam", "Alex Kim", "+13125550101", "Jordan Fox", "+13125550102")
	s.addCase("riverside", "RJ-2", "sam", "", "Riley Stone", "+13125550103", "Casey Lane", "+13125550104")
	s.addCase("lakeside", "LM-1", "lou", "", "Robin Vale", "+13125559111", "Jamie Cole", "+13125559102")
	c := console.Config{Store: db, Desk: bot.Desk{Bot: s.bot}, Now: s.clock, Wall: s.realTime, Rand: crand.Reader, Demo: true,
		Passwords: console.Cost{KiB: 64, Passes: 1}, Log: slog.New(slog.NewTextHandler(testWriter{t}, nil))}
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	c.PublicURL = s.url
	if change != nil {
		change(&c)
	}
	handler, err := console.New(c)
	must(t, err)
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	return s
}

func (s *stage) addCase(program, ref, mediator, backup, victim, vPhone, offender, oPhone string) {
	s.t.Helper()
	source := fmt.Sprintf(caseFile, program, ref, mediator, backup, victim, vPhone, offender, oPhone)
	if backup == "" {
		source = strings.Replace(source, "backup: \n", "", 1)
	}
	file, err := intake.ParseCase(ref, strings.NewReader(source))
	must(s.t, err)
	_, err = s.bot.AddCases(context.Background(), []intake.Case{file}, false)
	must(s.t, err)
}

// testWriter keeps what the pages log with the test.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) { w.t.Logf("%s", p); return len(p), nil }

// browser is somebody at the pages, without JavaScript.
type browser struct {
	*stage
	t      testing.TB
	client *http.Client
	status int
	path   string
	body   string
}

func (s *stage) visitor(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{stage: s, t: t, client: &http.Client{Jar: jar}}
}

// as is somebody who has signed in with one click.
func (s *stage) as(t testing.TB, name string) *browser {
	t.Helper()
	b := s.visitor(t)
	b.get("/signin")
	found := regexp.MustCompile(`name="staff" value="(\d+)"><b>` + name + `<`).FindStringSubmatch(b.body)
	if found == nil {
		t.Fatalf("nobody called %s signs in:\n%s", name, b.body)
	}
	b.post("/signin/demo", url.Values{"staff": {found[1]}})
	b.want(200)
	return b
}

func (b *browser) do(r *http.Request) *browser {
	b.t.Helper()
	response, err := b.client.Do(r)
	must(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(b.t, err)
	b.status, b.path, b.body = response.StatusCode, response.Request.URL.RequestURI(), string(body)
	return b
}

func (b *browser) get(path string) *browser {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	must(b.t, err)
	return b.do(r)
}

func (b *browser) post(path string, form url.Values) *browser {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// want fails the test unless the page has that status and those words.
func (b *browser) want(status int, words ...string) *browser {
	b.t.Helper()
	if b.status != status {
		b.t.Fatalf("%s: %d, want %d\n%s", b.path, b.status, status, plain(b.body))
	}
	for _, w := range words {
		if !strings.Contains(plain(b.body), w) {
			b.t.Errorf("%s does not say %q:\n%s", b.path, w, plain(b.body))
		}
	}
	return b
}

// lacks fails the test if the page has one of those words.
func (b *browser) lacks(words ...string) *browser {
	b.t.Helper()
	for _, w := range words {
		if strings.Contains(b.body, w) || strings.Contains(plain(b.body), w) {
			b.t.Errorf("%s says %q", b.path, w)
		}
	}
	return b
}

// plain is what a reader sees of a page.
func plain(html string) string {
	html = regexp.MustCompile(`(?s)<(script|style|head).*?</(script|style|head)>`).ReplaceAllString(html, "")
	html = regexp.MustCompile(`<[^>]+>`).ReplaceAllString(html, " ")
	html = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&", "&#43;", "+", "&lt;", "<", "&gt;", ">").Replace(html)
	return strings.Join(strings.Fields(html), " ")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// each runs a story on both databases.
func each(t *testing.T, do func(t *testing.T, s *stage)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) { do(t, open(t, db, nil)) })
}

// lite runs a story on SQLite alone, where the database makes no difference.
func lite(t *testing.T) *stage {
	t.Helper()
	t.Parallel()
	return open(t, storetest.Open(t, "sqlite"), nil)
}

// hold puts a text to a case's victim into the outbox that waits for the morning.
func (s *stage) hold(program, ref, body string) {
	s.t.Helper()
	s.record(program, ref, body, store.Message{ID: "held-" + ref, Status: store.MessageHeld, Why: "hours", NextAt: store.At(s.clock().Add(14 * time.Hour))})
}

// record puts a text to the case's first party on record as it is.
func (s *stage) record(program, ref, body string, m store.Message) {
	s.t.Helper()
	must(s.t, s.store.Update(context.Background(), func(tx *store.Tx) error {
		p, _, err := tx.FindProgramByKey(program)
		if err != nil {
			return err
		}
		c, _, err := tx.FindCase(p.ID, ref)
		if err != nil {
			return err
		}
		parties, err := tx.PartiesOf(c.ID)
		if err != nil {
			return err
		}
		m.ProgramID, m.CaseID, m.PartyID, m.LineID = p.ID, store.ID(c.ID), store.ID(parties[0].ID), store.ID(parties[0].LineID)
		m.Class, m.Segments, m.Body, m.QueuedAt = store.ClassPrompt, 1, tx.Seal(body), store.At(s.clock())
		return tx.AddMessage(&m)
	}))
}
