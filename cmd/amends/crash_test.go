package main_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/bot/emulator"
	amends "amends/cmd/amends"
	"amends/store/storetest"
)

// asProcess, in the environment, makes the test program be amends, in a process of its own that may be
// killed. Its value is when the test's clock began, and how fast it runs.
const asProcess = "AMENDS_TEST_PROCESS"

// How fast the clock of such tests runs: what a crash leaves in doubt is looked up after more than a minute, and
// nobody waits for that. Where nothing crashes a machine that is busy must not run into our time limits for it.
const (
	quick = 20
	real  = 1
)

func TestMain(m *testing.M) {
	var begun, pace int64
	if n, _ := fmt.Sscanf(os.Getenv(asProcess), "%d %d", &begun, &pace); n == 2 {
		program := &amends.Main{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
			Now: since(time.Unix(0, begun), pace), After: time.After, Random: rand.NewPCG(rand.Uint64(), rand.Uint64()), Alone: true}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		os.Exit(program.Run(ctx, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// since is a clock of that pace that began at ten in the morning in Chicago.
func since(begun time.Time, pace int64) func() time.Time {
	ten := time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)
	return func() time.Time { return ten.Add(time.Duration(pace) * time.Since(begun)) }
}

// siege is a service in processes of its own, with the provider and its phones in the test's.
type siege struct {
	t       testing.TB
	begun   time.Time
	pace    int64
	env     map[string]string
	phones  *emulator.Emulator
	public  *httptest.Server
	logs    []*buffer
	written map[string]*atomic.Int64 // by phone

	mu      sync.Mutex
	random  *rand.Rand
	proxies []*httputil.ReverseProxy
	hits    int           // requests, in and out, so far
	killAt  int           // at which one strikes; 0 for none
	kill    *process      // whom
	struck  chan struct{} // when it has
	up      chan struct{} // closed when the service is up again
}

// process is one instance.
type process struct {
	command *exec.Cmd
	log     *buffer
	ended   chan struct{}
}

func newSiege(t testing.TB, database string) *siege { return newSiegeAt(t, database, quick) }

func newSiegeAt(t testing.TB, database string, pace int64) *siege {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := &siege{t: t, begun: time.Now(), pace: pace, random: rand.New(rand.NewPCG(seed, 1)), struck: make(chan struct{}, 1), up: make(chan struct{}), written: map[string]*atomic.Int64{}}
	s.public = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if proxy := s.instance(); proxy != nil {
			s.hit(func() { proxy.ServeHTTP(w, r) })
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	s.phones = emulator.New(emulator.Options{AccountSID: accountSID, AuthToken: authToken, Now: since(s.begun, pace),
		Rand: &locked{random: rand.New(rand.NewPCG(seed, 2))}, Numbers: []string{riverside}, InboundURL: s.public.URL + "/twilio/inbound",
		After: func(d time.Duration) <-chan time.Time { return time.After(d / time.Duration(pace)) },
		Pace:  emulator.Pace{Sending: time.Millisecond, Sent: 2 * time.Millisecond, Delivered: 3 * time.Millisecond}})
	api := s.phones.Handler()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hit(func() { api.ServeHTTP(w, r) })
	}))
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		_ = s.phones.Run(ctx)
		close(stopped)
	}()
	t.Cleanup(func() {
		cancel()
		<-stopped
		provider.CloseClientConnections()
		provider.Close()
		s.public.CloseClientConnections()
		s.public.Close()
	})
	s.env = map[string]string{"AMENDS_DATA": t.TempDir(), "AMENDS_PUBLIC_URL": s.public.URL,
		"TWILIO_ACCOUNT_SID": accountSID, "TWILIO_AUTH_TOKEN": authToken, "TWILIO_BASE_URL": provider.URL}
	if database != "" {
		s.env["AMENDS_DATABASE_URL"] = database
	}
	return s
}

// instance is one of the service that is up, any of them; nil if none is.
func (s *siege) instance() *httputil.ReverseProxy {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.proxies) == 0 {
		return nil
	}
	return s.proxies[s.hits%len(s.proxies)]
}

// hit lets a request pass, and strikes if it is the one: before it, or after it and before its answer has
// come through.
func (s *siege) hit(pass func()) {
	s.mu.Lock()
	s.hits++
	strikes := s.killAt != 0 && s.hits >= s.killAt
	after := s.random.IntN(2) == 0
	victim := s.kill
	if strikes {
		s.killAt = 0
	}
	s.mu.Unlock()
	if strikes && !after {
		_ = victim.command.Process.Kill()
	}
	pass()
	if strikes {
		_ = victim.command.Process.Kill()
		s.struck <- struct{}{}
	}
}

// start starts an instance and waits until it serves.
func (s *siege) start() *process {
	s.t.Helper()
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	p := &process{command: exec.Command(program, "serve", "--listen", "127.0.0.1:0"), log: newBuffer(), ended: make(chan struct{})}
	p.command.Stderr = p.log
	p.command.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d", asProcess, s.begun.UnixNano(), s.pace))
	for name, value := range s.env {
		p.command.Env = append(p.command.Env, name+"="+value)
	}
	if err := p.command.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.logs = append(s.logs, p.log)
	go func() {
		_ = p.command.Wait() // it was killed, or its log says why
		p.log.end()
		close(p.ended)
	}()
	s.t.Cleanup(func() {
		_ = p.command.Process.Kill()
		<-p.ended
	})
	target, err := url.Parse("http://" + p.log.between(s.t, `"address":"`, `"`))
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.proxies = append(s.proxies, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: log.New(io.Discard, "", 0)})
	s.mu.Unlock()
	s.again()
	return p
}

// again lets those write on who wait for the service to be up.
func (s *siege) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.up)
	s.up = make(chan struct{})
}

// gone takes the instance that was started first away, once it has ended.
func (s *siege) gone(p *process) {
	<-p.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proxies = s.proxies[1:]
}

// restart ends an instance in good order and starts another, which then looks for what no webhook brought.
func (s *siege) restart(p *process) *process {
	s.t.Helper()
	_ = p.command.Process.Kill()
	s.gone(p)
	return s.start()
}

// fill puts cases on record: two phones each, both of which have consented.
func (s *siege) fill(cases int) {
	s.t.Helper()
	at := func(stdin string, args ...string) {
		s.t.Helper()
		var errs strings.Builder
		m := newMain(s.env, strings.NewReader(stdin), io.Discard, &errs)
		m.Now = since(s.begun, s.pace)
		if status := m.Run(s.t.Context(), args); status != 0 {
			s.t.Fatalf("amends %s ended with %d: %s", strings.Join(args, " "), status, errs.String())
		}
	}
	at(strings.Replace(programFile, "staff:", "policy: {texts_per_second: 100}\nstaff:", 1), "program", "apply", "-")
	folder := s.t.TempDir()
	args := []string{"case", "add"}
	for i := range cases {
		v, o := fmt.Sprintf("+1312556%04d", i), fmt.Sprintf("+1312557%04d", i)
		file := strings.NewReplacer("RJ-2026-0142", fmt.Sprintf("RJ-%d", i), "+13125550101", v, "+13125550102", o, "language: es", "language: en",
			"time_zone: America/Chicago}", "time_zone: America/Chicago, consent: {on: 2026-03-02, how: signed form}}").Replace(caseFile)
		path := filepath.Join(folder, fmt.Sprintf("%d.yaml", i))
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			s.t.Fatal(err)
		}
		args = append(args, path)
		s.written[v], s.written[o] = &atomic.Int64{}, &atomic.Int64{}
	}
	at("", args...)
}

// most is how many texts a phone writes: one more would be a flood.
const most = 18

// writers are how many phones write at a time: each loses a text with every crash, and may not write more than most.
const writers = 26

// write lets every phone write texts, at least so many and until done is closed. Each waits for the answer
// before it writes again, and if its text was not taken until the service is up again.
func (s *siege) write(atLeast int64, done <-chan struct{}) *sync.WaitGroup {
	var writing sync.WaitGroup
	turns := make(chan struct{}, writers)
	for phone, written := range s.written {
		writing.Go(func() {
			changed, cancel := s.phones.Subscribe()
			defer cancel()
			for {
				n := written.Load()
				select {
				case <-done:
					if n >= atLeast {
						return
					}
				default:
				}
				if n == most {
					return
				}
				turns <- struct{}{}
				s.mu.Lock()
				up := s.up
				s.mu.Unlock()
				_, err := s.phones.Write(s.t.Context(), phone, riverside, "balance")
				if err != nil && !errors.Is(err, emulator.ErrWebhook) {
					s.t.Errorf("a text was not taken: %v", err)
					<-turns
					return
				}
				written.Add(1)
				for err == nil && s.answers(phone) <= int(n) {
					select {
					case <-changed:
						continue
					case <-up: // its answer may be long in coming
					}
					break
				}
				if err != nil {
					select {
					case <-up:
					case <-s.t.Context().Done():
						return
					}
				}
				<-turns
			}
		})
	}
	return &writing
}

// answers are how many texts a phone got but for the welcome.
func (s *siege) answers(phone string) int { return s.count(phone, false) }

func (s *siege) count(phone string, welcome bool) int {
	n := 0
	for _, text := range s.phones.Thread(phone) {
		if text.Direction == emulator.ToPhone && !text.Carrier && strings.Contains(text.Body, "What you write stays") == welcome {
			n++
		}
	}
	return n
}

// settled waits until each phone has an answer to each of its texts.
func (s *siege) settled() {
	s.t.Helper()
	changed, cancel := s.phones.Subscribe()
	defer cancel()
	const patience = 2 * time.Minute // in which nothing comes to any phone
	limit := time.After(patience)
	for {
		waiting := ""
		for phone, written := range s.written {
			if n := s.answers(phone); n < int(written.Load()) || s.count(phone, true) == 0 {
				waiting = fmt.Sprintf("a phone has %d answers to %d texts, and %d welcomes", n, written.Load(), s.count(phone, true))
			}
		}
		if waiting == "" {
			return
		}
		select {
		case <-changed:
			limit = time.After(patience)
		case <-limit:
			for i, log := range s.logs {
				s.t.Logf("the log of instance %d ends:\n%s", i, last(log.String(), 4000))
			}
			s.t.Fatalf("%s", waiting)
		}
	}
}

// right looks that each phone has exactly what it should.
func (s *siege) right() {
	s.t.Helper()
	total := int64(0)
	for phone, written := range s.written {
		if n := s.answers(phone); n != int(written.Load()) {
			s.t.Errorf("a phone wrote %d texts and got %d answers", written.Load(), n)
		}
		if n := s.count(phone, true); n != 1 {
			s.t.Errorf("a phone was welcomed %d times", n)
		}
		total += written.Load()
	}
	var names, numbers bool
	for _, log := range s.logs {
		names = names || strings.Contains(log.String(), "Alex") || strings.Contains(log.String(), authToken)
		numbers = numbers || strings.Contains(log.String(), "131255")
	}
	if names || numbers {
		s.t.Error("a name, a number or a secret is in a log")
	}
	s.t.Logf("%d texts came in; %d instances; in doubt and looked up: %d; found without a webhook: %d", total, len(s.logs),
		s.said("nobody recorded what became of a text"), s.said("that no webhook brought"))
}

// said is how often the instances said something.
func (s *siege) said(words string) int {
	n := 0
	for _, log := range s.logs {
		n += strings.Count(log.String(), words)
	}
	return n
}

func last(text string, n int) string { return text[max(0, len(text)-n):] }

// TestKilled kills the service at random moments while texts are going out and in, and looks that each
// arrives once. AMENDS_TEST_KILLS is how often; 10 unless it says otherwise.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("AMENDS_TEST_KILLS")); err == nil {
		kills = n
	} else if testing.Short() {
		kills = 3
	}
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		database := db.URL
		if strings.HasPrefix(database, "sqlite:") {
			database = ""
		}
		s := newSiege(t, database)
		p := s.start()
		s.fill(max(13, 3*kills/2))
		done := make(chan struct{})
		writing := s.write(4, done)
		for n := range kills {
			s.mu.Lock()
			s.kill, s.killAt = p, s.hits+1+s.random.IntN(60)
			s.mu.Unlock()
			idle := make(chan struct{})
			go func() { writing.Wait(); close(idle) }()
			select {
			case <-s.struck:
			case <-idle:
				t.Fatalf("all is written, and %d of %d kills are left", kills-n, kills)
			}
			s.gone(p)
			p = s.start()
		}
		close(done)
		writing.Wait()
		s.restart(p)
		s.settled()
		s.right()
	})
}

// TestPostgresRestarted restarts the database in the middle of it all.
func TestPostgresRestarted(t *testing.T) {
	t.Parallel()
	database, restart := storetest.Restartable(t)
	s := newSiege(t, database)
	p := s.start()
	s.fill(13)
	done := make(chan struct{})
	writing := s.write(4, done)
	for range 3 {
		restart()
		s.again()
	}
	close(done)
	writing.Wait()
	s.restart(p)
	s.settled()
	s.right()
}

// TestKilledWithClaims kills an instance whose texts are under way, some of which the provider took. The
// other finds out which, sends the rest, and says so.
func TestKilledWithClaims(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		database := db.URL
		if strings.HasPrefix(database, "sqlite:") {
			database = ""
		}
		s := newSiege(t, database)
		hanging := make(chan struct{}, 1000)
		s.phones.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
			if r.Op != emulator.OpSend {
				return emulator.Fault{}
			}
			hanging <- struct{}{}
			return emulator.Fault{Answer: emulator.Silence, Take: r.Count%2 == 0}
		}})
		first := s.start()
		s.fill(5)
		const claimed = 10 // a welcome to each phone
		for range claimed {
			<-hanging
		}
		s.phones.SetFaults(emulator.Faults{})
		s.start()
		_ = first.command.Process.Kill()
		s.gone(first)
		s.settled()
		s.right()
		// Of those that the provider took a callback told the second instance.
		if n := s.said("nobody recorded what became of a text"); n < claimed/2 {
			t.Errorf("%d texts were in doubt, and the log speaks of %d", claimed/2, n)
		}
	})
}

// TestDiskFull fills the disk in the middle of it all, and makes room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if said, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("a small disk could not be mounted, which takes root: %v %s", err, strings.TrimSpace(string(said)))
	}
	t.Cleanup(func() {
		if said, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
			t.Errorf("unmount: %v %s", err, said)
		}
	})
	s := newSiege(t, "")
	s.env["AMENDS_DATA"] = folder
	p := s.start()
	s.fill(13)
	filler := filepath.Join(folder, "filler")
	file, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 64<<10); err == nil; {
		_, err = file.Write(block)
	}
	_ = file.Close()
	done := make(chan struct{})
	writing := s.write(4, done)
	p.log.between(t, "The database's disk is full", "\n")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.again()
	close(done)
	freed := make(chan struct{})
	go func() { writing.Wait(); close(freed) }()
	for waiting := true; waiting; { // one whose text was not taken just then
		select {
		case <-freed:
			waiting = false
		case <-time.After(100 * time.Millisecond):
			s.again()
		}
	}
	s.restart(p)
	s.settled()
	s.right()
}
