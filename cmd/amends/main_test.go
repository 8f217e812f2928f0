package main_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	amends "amends/cmd/amends"
)

// result is what a command left behind.
type result struct {
	status    int
	out, errs string
}

// newMain is the program with streams, environment, clock and chance of a test's own.
func newMain(env map[string]string, stdin io.Reader, stdout, stderr io.Writer) *amends.Main {
	return &amends.Main{
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Env: func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		},
		Now: time.Now, After: time.After, Random: rand.NewPCG(1, rand.Uint64()),
	}
}

// run runs one command to its end.
func run(t *testing.T, env map[string]string, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	status := newMain(env, strings.NewReader(stdin), &out, &errs).Run(t.Context(), args)
	return result{status, out.String(), errs.String()}
}

// must runs a command that has to end well, and gives its output.
func must(t *testing.T, env map[string]string, stdin string, args ...string) string {
	t.Helper()
	r := run(t, env, stdin, args...)
	if r.status != 0 {
		t.Fatalf("amends %s ended with %d: %s", strings.Join(args, " "), r.status, r.errs)
	}
	return r.out
}

// write writes a file into a folder of the test's and gives its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// service is a command that runs until it is told to stop.
type service struct {
	out, errs *buffer
	stop      func() result
}

// start starts one. It is stopped with the test, and must then have ended well.
func start(t *testing.T, m *amends.Main, args ...string) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &service{out: newBuffer(), errs: newBuffer()}
	m.Stdout, m.Stderr = s.out, s.errs
	done := make(chan int, 1)
	go func() {
		done <- m.Run(ctx, args)
		s.out.end()
		s.errs.end()
	}()
	s.stop = sync.OnceValue(func() result {
		cancel()
		return result{<-done, s.out.String(), s.errs.String()}
	})
	t.Cleanup(func() {
		if r := s.stop(); r.status != 0 {
			t.Errorf("amends %s ended with %d:\n%s", strings.Join(args, " "), r.status, r.errs)
		}
	})
	return s
}

// buffer is a stream that a test waits on for words.
type buffer struct {
	mu    sync.Mutex
	cond  *sync.Cond
	data  bytes.Buffer
	ended bool
}

func newBuffer() *buffer {
	b := &buffer{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

// Write adds p.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.cond.Broadcast()
	return b.data.Write(p)
}

func (b *buffer) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.cond.Broadcast()
}

// String is all of it so far.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// between waits for what stands between two marks.
func (b *buffer) between(t testing.TB, begin, end string) string {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if _, rest, ok := strings.Cut(b.data.String(), begin); ok {
			if found, _, ok := strings.Cut(rest, end); ok {
				return found
			}
		}
		if b.ended {
			t.Fatalf("it ended without %q … %q:\n%s", begin, end, b.data.String())
		}
		b.cond.Wait()
	}
}

const programFile = `
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
  - {name: 988 Lifeline, contact: "call or text 988", verified: 2026-11-01}
  - {name: Línea 988, contact: "llame al 988, oprima 2", language: es, verified: 2026-11-01}
staff:
  - {key: dana, name: Dana Ortiz, role: mediator, phone: "+13125550100", email: dana@example.org}
  - {key: sam,  name: Sam Lee,    role: mediator, phone: "+13125550109"}
  - {key: kim,  name: Kim Park,   role: coordinator, phone: "+13125550110"}
`

const caseFile = `
program: riverside
reference: RJ-2026-0142
mediated_on: 2026-03-02
mediator: dana
backup: sam
parties:
  - {key: v, role: victim,   name: Alex Kim,  phone: "+13125550101", language: en, time_zone: America/Chicago, discreet: true,
     consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: es, time_zone: America/Chicago}
agreement:
  - {key: money,  kind: restitution, by: o, to: v, total: "600.00", instalments: {count: 6, every: month, first: 2026-04-01}}
  - {key: letter, kind: apology_letter, by: o, due: 2026-03-20}
  - {key: hours,  kind: community_service, by: o, hours: 20, due: 2026-06-30}
`
