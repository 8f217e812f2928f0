package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amends/bot/emulator"
	"amends/bot/emulator/desk"
	"amends/bot/twilio"
	"amends/scheduler"
	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

type demoCommand struct {
	At      instantFlag `placeholder:"INSTANT" help:"When the demo's clock starts, RFC 3339; else now."`
	Program []string    `placeholder:"FILE…" sep:"none" help:"Program files to take in place of the sample program."`
	Case    []string    `placeholder:"FILE…" sep:"none" help:"Case files to take in place of the sample cases."`
	Empty   bool        `help:"No sample cases."`
}

// Help is the page's further text.
func (demoCommand) Help() string {
	return `The whole service with a Twilio account and its phones in memory: nothing is sent anywhere. Open the address it prints, write as anybody from their phone, and move the clock. The clock runs on by itself between moves.

The data is in a temporary folder that goes when the demo ends, unless --data or AMENDS_DATA names one. Other commands given the same folder work beside it and go by its clock.`
}

// emulatorPath is where the emulator answers as Twilio does.
const emulatorPath = "/emulator"

// demoAccount is the emulator's account, unless the environment names one.
const demoAccount = "AC00000000000000000000000000000000"

// demo is a running demo.
type demo struct {
	*parts
	m        *Main
	log      *slog.Logger
	set      settings
	base     string
	emulator *emulator.Emulator
	inside   bool // the account is the emulator's, in here
	mover    *scheduler.Mover
	console  http.Handler
	ready    chan struct{} // closed when the samples are in
	starts   time.Time     // on the demo's clock
	samples  samples
}

// Run runs the command.
func (c *demoCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	if err := onceStdin(append(append([]string{}, c.Program...), c.Case...)); err != nil {
		return err
	}
	programs, cases, err := c.read(m)
	if err != nil {
		return err
	}
	if set.BaseURL != "" {
		if err := set.needTwilio(); err != nil {
			return err
		}
	}
	if !set.DataNamed {
		if set.Data, err = os.MkdirTemp("", "amends-demo-"); err != nil {
			return fmt.Errorf("a temporary folder can't be made: %s; name one with --data", cause(err))
		}
		defer func() { _ = os.RemoveAll(set.Data) }()
	} else if err := os.MkdirAll(set.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder %s can't be made: %s", set.Data, cause(err))
	}
	log := m.demoLog()
	s, err := m.openStore(ctx, set, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	sampled := !c.Empty && len(c.Case) == 0 && len(c.Program) == 0
	if sampled {
		if sampled, err = isNew(ctx, s, set); err != nil {
			return err
		}
	}
	clock, starts, err := m.demoClock(set, c.At.Time, sampled && set.BaseURL == "")
	if err != nil {
		return err
	}
	listener, err := listen(set.Listen)
	if err != nil {
		return err
	}
	d, err := m.newDemo(s, clock, set, listener, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	d.starts, d.samples = starts, samples{calendar.On(starts, chicago())}
	stopping, stop := context.WithCancel(ctx)
	defer stop()
	web := serveHTTP(listener, d.handler(stopping.Done()), log)
	if err := d.begin(ctx, programs, cases, sampled); err != nil {
		return errors.Join(err, web.stop())
	}
	close(d.ready)
	d.greet(m.Stdout, sampled, set.DataNamed)
	lines := make(chan error, 1)
	go func() { lines <- d.emulator.Run(stopping) }()
	err = m.runUntil(ctx, d.scheduler, web, log)
	stop()
	return errors.Join(err, ended(<-lines))
}

// read reads the files that were named.
func (c *demoCommand) read(m *Main) (programs []intake.Program, cases []intake.Case, err error) {
	for _, file := range c.Program {
		name, content, fault := m.readInput(file)
		if fault == nil {
			var program intake.Program
			if program, fault = intake.ParseProgram(name, content); fault == nil {
				programs = append(programs, program)
			}
		}
		err = errors.Join(err, fault)
	}
	cases, fault := m.readCases(c.Case)
	return programs, cases, errors.Join(err, fault)
}

// newDemo joins the service and the emulator, over real HTTP on the address listened on.
func (m *Main) newDemo(s *store.Store, clock *scheduler.Clock, set settings, listener net.Listener, log *slog.Logger) (*demo, error) {
	local := publicURL("", listener)
	d := &demo{m: m, log: log, base: publicURL(set.PublicURL, listener), ready: make(chan struct{})}
	account := emulator.Options{Now: clock.Now, Rand: m.chance, After: m.After, Log: log}
	if d.inside = set.BaseURL == ""; d.inside {
		if set.AccountSID == "" {
			set.AccountSID = demoAccount
		}
		if set.AuthToken == "" {
			set.AuthToken = m.chance.NewID()
		}
		set.BaseURL = local + emulatorPath
		account.InboundURL = d.base + twilio.InboundPath
		account.WebhookClient = &http.Client{Transport: homeward{d.base, strings.TrimPrefix(local, "http://")}, Timeout: twilio.DefaultTimeout}
		if set.APIKey != "" {
			account.APIKeys = map[string]string{set.APIKey: set.APISecret}
		}
	}
	account.AccountSID, account.AuthToken = set.AccountSID, set.AuthToken
	d.set, d.emulator = set, emulator.New(account)
	in, err := m.join(s, clock.Now, d.base, log)
	if err != nil {
		return nil, err
	}
	in.clock, in.unpaced = clock, d.inside
	if d.parts, err = m.parts(in, set, d.base, log); err != nil {
		return nil, err
	}
	d.mover = &scheduler.Mover{Clock: clock, Scheduler: d.scheduler}
	if d.inside {
		d.mover.Phones = d.emulator
	}
	if d.console, err = m.console(in, set, d.base, true, log); err != nil {
		return nil, err
	}
	return d, nil
}

// homeward brings what is addressed to the public address to our own listener: the signature is for the one, and the way
// need not lead through the world.
type homeward struct{ base, address string }

// RoundTrip hands the request on to the listener.
func (h homeward) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), h.base+"/") { // another service's: it has its own way
		return http.DefaultTransport.RoundTrip(r)
	}
	home := r.Clone(r.Context())
	home.URL.Scheme, home.URL.Host, home.Host = "http", h.address, ""
	for _, path := range []string{twilio.InboundPath, twilio.StatusPath} {
		if i := len(home.URL.Path) - len(path); i > 0 && home.URL.Path[i:] == path {
			home.URL.Path, home.URL.RawPath = path, "" // what a proxy would take off
		}
	}
	return http.DefaultTransport.RoundTrip(home)
}

// handler is what the demo answers. The phones and the clock wait until the samples are in.
func (d *demo) handler(stopping <-chan struct{}) http.Handler {
	phones := d.waiting(desk.New(desk.Config{World: d.mover, Emulator: d.emulator, People: d.in.people, Zone: chicago(),
		Log: d.log, Done: stopping}))
	routes := append(d.routes(),
		route{"/demo/", "demo", phones},
		route{"/phones", "phones", phones},
		route{"/phones/", "phones", phones},
		route{"/", "console", d.waiting(inTime(d.console))})
	for i := range routes {
		if routes[i].name == "readyz" {
			routes[i].handler = ready(func(ctx context.Context) error {
				select {
				case <-d.ready:
					return isReady(ctx, d.in.store)
				default:
					return errors.New("the sample cases are being prepared")
				}
			})
		}
	}
	if d.inside {
		routes = append(routes, route{emulatorPath + "/", "emulator", http.StripPrefix(emulatorPath, d.emulator.Handler())})
	}
	return mux(d.metrics, d.m.Now, d.log, routes)
}

// waiting holds a request until the samples are in.
func (d *demo) waiting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-d.ready:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// isNew says whether there is nothing yet in the database, and no demo was here before.
func isNew(ctx context.Context, s *store.Store, set settings) (bool, error) {
	var programs []store.Program
	err := s.View(ctx, func(tx *store.Tx) (err error) {
		programs, err = tx.Programs()
		return err
	})
	_, noClock := os.Stat(set.clockFile())
	return len(programs) == 0 && noClock != nil, err
}

// demoClock is the demo's clock and the instant at which the demo starts: the one asked for, or what the data folder has
// kept, or now. Where the samples have a past, the clock begins before it.
func (m *Main) demoClock(set settings, at time.Time, past bool) (clock *scheduler.Clock, starts time.Time, err error) {
	_, noClock := os.Stat(set.clockFile())
	if clock, err = scheduler.NewClock(m.Now, set.clockFile()); err != nil {
		return nil, at, err
	}
	if noClock == nil && !at.IsZero() && at.Before(clock.Now()) {
		return nil, at, fmt.Errorf("the demo in %s stands at %s, and its clock only moves forward: give a later --at, or another folder",
			filepath.Clean(set.Data), clock.Now().UTC().Format(time.RFC3339))
	}
	if at.IsZero() {
		at = clock.Now()
	}
	begins := at
	if past {
		begins = at.AddDate(0, 0, -samplesBegin)
	}
	return clock, at, clock.Set(begins)
}

func chicago() *time.Location {
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		return time.UTC // not with the zones that are linked in
	}
	return zone
}

// instantFlag is an instant on the command line.
type instantFlag struct{ time.Time }

// UnmarshalText reads RFC 3339.
func (f *instantFlag) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return fmt.Errorf("%q is no instant; write it as RFC 3339 has it, as in 2026-03-02T09:30:00-06:00", text)
	}
	f.Time = at
	return nil
}
