package scheduler_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
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

// bench is a whole service with the provider in its process: what a benchmark measures is ours and the
// database's. Its clock goes on by itself as events come, so that no line is flooded.
type bench struct {
	b      testing.TB
	store  *store.Store
	bot    *bot.Bot
	hooks  http.Handler
	phones *emulator.Emulator
	sched  *scheduler.Scheduler
	posted atomic.Int64
	queued atomic.Int64
	begun  time.Time
	ahead  atomic.Int64 // of the clock, beside what texts move it on
	sent   func()
}

const (
	// benchLines is from how many phones texts come: three for each of 64 connections, and some.
	benchLines = 200
	// perText is how far each moves the clock on: a phone writes ten an hour.
	perText = time.Hour / benchLines / 10
)

func newBench(b testing.TB, db *store.Store, cases int) *bench {
	b.Helper()
	s := &bench{b: b, store: db, begun: time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)}
	now := s.now
	var ids atomic.Int64
	newID := func() string { return fmt.Sprintf("id%030d", ids.Add(1)) }
	book, err := templates.Load()
	must(b, err)
	catalogue, err := flows.Load()
	must(b, err)
	log := slog.New(slog.NewTextHandler(benchLog{b}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s.bot = bot.New(bot.Config{Store: db, Book: book, Flows: catalogue, Reader: understand.New(), Now: now, NewID: newID, PublicURL: publicURL, Log: log})
	s.hooks = twilio.NewWebhooks(twilio.WebhookConfig{AuthTokens: []string{authToken}, AccountSID: accountSID, PublicURL: publicURL, Receiver: s.bot, Log: log})
	s.phones = emulator.New(emulator.Options{AccountSID: accountSID, AuthToken: authToken, Now: now, Rand: &safe{source: rand.New(rand.NewPCG(3, 4))}})
	client, err := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, HTTP: &http.Client{Transport: told{s.phones.Transport(), s}}})
	must(b, err)
	s.sched = scheduler.New(scheduler.Config{Store: db, Bot: s.bot, Client: client, Now: now, Rand: func() float64 { return 0 }, NewID: newID, PublicURL: publicURL, Log: log})
	program, err := intake.ParseProgram("program.yaml", strings.NewReader(benchProgram()))
	must(b, err)
	_, err = s.bot.ApplyProgram(b.Context(), program, false)
	must(b, err)
	template, err := intake.ParseCase("case.yaml", strings.NewReader(instalments+quiet))
	must(b, err)
	for batch := 0; batch < cases; batch += 250 {
		var files []intake.Case
		for i := batch; i < min(batch+250, cases); i++ {
			c := template
			c.Reference = fmt.Sprintf("RJ-%d", i)
			c.Parties = slices.Clone(template.Parties)
			c.Parties[0].Phone, c.Parties[1].Phone = fmt.Sprintf("+1312556%04d", i), phoneOf(i)
			files = append(files, c)
		}
		_, err := s.bot.AddCases(b.Context(), files, false)
		must(b, err)
	}
	return s
}

// benchProgram may send as fast as a program's pace can be set.
func benchProgram() string {
	return strings.Replace(riverside, "staff:", "policy: {texts_per_second: 100}\nstaff:", 1)
}

// settle sends what the cases began with, as their pace allows.
func (s *bench) settle() {
	for sent := 1; sent > 0; {
		s.ahead.Add(int64(time.Second))
		r, err := s.sched.Do(s.b.Context(), s.now())
		must(s.b, err)
		sent = r.Sent
	}
}

func phoneOf(i int) string { return fmt.Sprintf("+1312557%04d", i) }

// now goes on with each text.
func (s *bench) now() time.Time {
	return s.begun.Add(time.Duration(s.posted.Load())*perText + time.Duration(s.ahead.Load()))
}

// inbound posts a signed text from one of the phones.
func (s *bench) inbound(phone int) {
	form := url.Values{"AccountSid": {accountSID}, "MessageSid": {fmt.Sprintf("SM%032d", s.posted.Add(1))}, "SmsStatus": {"received"},
		"From": {phoneOf(phone)}, "To": {ourNumber}, "Body": {"balance"}, "NumSegments": {"1"}, "NumMedia": {"0"}}
	s.post(twilio.InboundPath, form)
}

// status posts a signed status of a text to one of the phones.
func (s *bench) status(phone int, sid, status string) {
	s.post(twilio.StatusPath, url.Values{"AccountSid": {accountSID}, "MessageSid": {sid}, "MessageStatus": {status}, "From": {ourNumber}, "To": {phoneOf(phone)}})
}

func (s *bench) post(path string, form url.Values) {
	request := httptest.NewRequestWithContext(s.b.Context(), http.MethodPost, publicURL+path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", emulator.Sign(authToken, publicURL+path, form))
	answer := httptest.NewRecorder()
	s.hooks.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		s.b.Errorf("%s was answered %d", path, answer.Code)
	}
}

// told tells of each request to the provider.
type told struct {
	http.RoundTripper
	s *bench
}

// RoundTrip passes the request on.
func (x told) RoundTrip(r *http.Request) (*http.Response, error) {
	if x.s.sent != nil && r.Method == http.MethodPost {
		x.s.sent()
	}
	return x.RoundTripper.RoundTrip(r)
}

type benchLog struct{ b testing.TB }

// Write fails the benchmark: a service under load has nothing to complain of.
func (l benchLog) Write(p []byte) (int, error) {
	l.b.Error(strings.TrimSpace(string(p)))
	return len(p), nil
}

type safe struct {
	held   atomic.Bool
	source *rand.Rand
}

func (l *safe) lock() func() {
	for !l.held.CompareAndSwap(false, true) {
	}
	return func() { l.held.Store(false) }
}

// Uint64 is any number.
func (l *safe) Uint64() uint64 { defer l.lock()(); return l.source.Uint64() }

// Float64 is a number from 0 up to 1.
func (l *safe) Float64() float64 { defer l.lock()(); return l.source.Float64() }

// BenchmarkInbound is a text from its signed request to the commit with its answer queued.
func BenchmarkInbound(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, connections := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/connections=%d", dialect, connections), func(b *testing.B) {
				db := storetest.New(b, dialect)
				s := newBench(b, db.Open(b), benchLines)
				rate := s.rate(b.N, connections)
				b.ReportMetric(rate, "texts/s")
				if dialect != "postgres" {
					return
				}
				if bare, ok := s.pgbench(b, db, connections); ok {
					b.ReportMetric(bare, "pgbench/s")
					b.ReportMetric(rate/bare, "of-pgbench")
				}
			})
		}
	}
}

// rate has so many texts come in over connections, and says how many a second did.
func (s *bench) rate(texts, connections int) float64 {
	for i := range 2 * connections { // the statements are prepared
		s.inbound(i)
	}
	var left atomic.Int64
	left.Store(int64(texts))
	var group sync.WaitGroup
	s.b.(*testing.B).ResetTimer()
	for range connections {
		group.Go(func() {
			for {
				n := left.Add(-1)
				if n < 0 {
					return
				}
				s.inbound(int(n) % benchLines)
			}
		})
	}
	group.Wait()
	s.b.(*testing.B).StopTimer()
	return float64(texts) / s.b.(*testing.B).Elapsed().Seconds()
}

// BenchmarkAnswer is from a text received to its answer handed to the provider, with nothing else to do.
func BenchmarkAnswer(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		b.Run(dialect, func(b *testing.B) {
			s := newBench(b, storetest.Open(b, dialect), benchLines)
			s.settle()
			handed := make(chan struct{}, 1)
			s.sent = func() { handed <- struct{}{} }
			ctx, cancel := context.WithCancel(b.Context())
			stopped := make(chan error, 1)
			go func() { stopped <- s.sched.Run(ctx) }()
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				s.inbound(len(took) % benchLines)
				<-handed
				took = append(took, time.Since(begun))
			}
			cancel()
			must(b, <-stopped)
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-99th")
		})
	}
}

// BenchmarkOutbox sends 1,000 texts of twenty programs, each as fast as a program's may go, with so many
// queued: a text must not cost more because more are.
func BenchmarkOutbox(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, queued := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/queued=%d", dialect, queued), func(b *testing.B) {
				s := newBench(b, storetest.Open(b, dialect), 0)
				s.fillOutbox(queued)
				sent := 0
				b.ResetTimer()
				for range b.N {
					for texts := 0; texts < 1000; {
						s.ahead.Add(int64(200 * time.Millisecond)) // twenty texts of each program's pace
						r, err := s.sched.Do(b.Context(), s.now())
						must(b, err)
						texts += r.Sent
					}
					sent += 1000
					b.StopTimer()
					s.fillOutbox(1000)
					b.StartTimer()
				}
				b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "texts/s")
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(sent), "µs/text")
			})
		}
	}
}

// fillOutbox queues so many answers in twenty programs, ten to a phone.
func (s *bench) fillOutbox(texts int) {
	const programs = 20
	var ids []int64
	file, err := intake.ParseProgram("program.yaml", strings.NewReader(benchProgram()))
	must(s.b, err)
	for i := range programs {
		p := file
		p.Key, p.From, p.Staff = fmt.Sprintf("agency%d", i), fmt.Sprintf("+1312558%04d", i), slices.Clone(file.Staff)
		for j := range p.Staff {
			p.Staff[j].Phone = fmt.Sprintf("+1312559%04d", 10*i+j)
		}
		_, err := s.bot.ApplyProgram(s.b.Context(), p, true)
		must(s.b, err)
	}
	must(s.b, s.store.View(s.b.Context(), func(tx *store.Tx) error {
		all, err := tx.Programs()
		for _, p := range all {
			if p.Key != "riverside" {
				ids = append(ids, p.ID)
			}
		}
		return err
	}))
	lines := map[int]int64{}
	phones := max(programs, texts/10)
	for at := 0; at < texts; {
		must(s.b, s.store.Update(s.b.Context(), func(tx *store.Tx) error {
			for range min(2000, texts-at) {
				phone := at % phones
				program := ids[phone%programs]
				if lines[phone] == 0 {
					line, err := tx.LockLine(program, fmt.Sprintf("+1773%07d", phone))
					if err != nil {
						return err
					}
					lines[phone] = line.ID
				}
				if err := tx.AddMessage(&store.Message{ID: fmt.Sprintf("q%031d", s.queued.Add(1)), ProgramID: program, LineID: store.ID(lines[phone]),
					Class: store.ClassOptOut, Status: store.MessageQueued, Body: tx.Seal("You will get no more texts from us."), Segments: 1,
					QueuedAt: store.At(s.begun), Template: "optout"}); err != nil {
					return err
				}
				at++
			}
			return nil
		}))
	}
}

// BenchmarkSweep is a look at the clock with nothing due: its cost must not grow with what is stored.
func BenchmarkSweep(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, open := range []int{10_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/commitments=%d", dialect, open), func(b *testing.B) {
				db := storetest.New(b, dialect)
				s := newBench(b, db.Open(b), 1)
				s.settle()
				fillCommitments(b, db, open)
				for b.Loop() {
					r, err := s.sched.Do(b.Context(), s.now())
					must(b, err)
					if r.Next = (scheduler.Report{}).Next; r != (scheduler.Report{}) {
						b.Fatalf("something was due: %+v", r)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
			})
		}
	}
}

// fillCommitments copies a case's commitment, each with what falls due for it, until so many are open.
func fillCommitments(b *testing.B, db storetest.Database, open int) {
	driver, address, numbers := "postgres", db.URL, `SELECT generate_series(1, %d) AS n`
	if path, ok := strings.CutPrefix(db.URL, "sqlite:"); ok {
		driver, address = "sqlite", path
		numbers = `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s`
	}
	direct, err := sql.Open(driver, address)
	must(b, err)
	defer func() { _ = direct.Close() }()
	numbers = fmt.Sprintf(numbers, open)
	for _, statement := range []string{ // in April, when all falls due
		`INSERT INTO commitments (case_id, key, kind, by_id, to_id, currency, hours, hours_done, status, version, stage_at)
			SELECT case_id, key || n, kind, by_id, to_id, currency, 0, 0, status, version, stage_at
			FROM (SELECT * FROM commitments ORDER BY id LIMIT 1) c, (` + numbers + `) s`,
		`INSERT INTO dues (program_id, kind, due_at, case_id, commitment_id, armed)
			SELECT p.program_id, 'commitment', 1775059200000 + c.id, c.case_id, c.id, c.version
			FROM commitments c JOIN cases p ON p.id = c.case_id`,
		`ANALYZE`,
	} {
		_, err := direct.ExecContext(b.Context(), statement)
		must(b, err)
	}
}
