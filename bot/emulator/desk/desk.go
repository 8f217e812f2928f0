package desk

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"amends/bot/emulator"
	"amends/templates"
)

// World is the demo's time and what it brings about.
type World interface {
	Now() time.Time
	// MoveTo moves the clock forward and does all that falls due on the way; it tells how many texts went out.
	MoveTo(ctx context.Context, t time.Time) (sent int, err error)
	// Settle does what is due now, so that every answer has gone out when it returns.
	Settle(ctx context.Context) (sent int, err error)
	// Next is when the next thing falls due, if anything does.
	Next(ctx context.Context) (at time.Time, ok bool, err error)
}

// Person is somebody who holds a phone. A phone that two share, or one that is in two cases, has one for each.
type Person struct {
	Number        string // E.164
	Name          string
	Role          string // as the page says it: "owes", "mediator"
	Case          string // its reference; empty for staff
	Program       string // its name
	ProgramNumber string // E.164; empty if a messaging service sends for the program
	Language      string // BCP 47
	Zone          string // IANA; empty for the Config's
}

// People tells who holds the phones, in the order in which the page shows them.
type People func(ctx context.Context) ([]Person, error)

// Config is what the desk stands on.
type Config struct {
	World    World
	Emulator *emulator.Emulator
	People   People
	Zone     *time.Location // of the clock that the page shows; nil for UTC
	Log      *slog.Logger   // told what went wrong, with no number and no words; nil for none
	// Done, where there is one, is closed when the program ends. It ends the streams of events, which a server that
	// shuts down would wait for, and what goes on though its caller has left.
	Done <-chan struct{}
}

// desk serves the demo.
type desk struct {
	Config
	turn  chan struct{} // held by the one that moves the clock or writes
	moved bell          // rung after a move of the clock
	page  *template.Template
}

// New serves /demo/* and /phones*, and answers 404 to everything else. A form or a script of another site is refused.
func New(c Config) http.Handler {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.People == nil {
		c.People = func(context.Context) ([]Person, error) { return nil, nil }
	}
	d := &desk{Config: c, turn: make(chan struct{}, 1)}
	// The template is part of the program: one that doesn't parse is found by any test.
	d.page = template.Must(template.ParseFS(templates.Console(), "phones.html"))

	mux := http.NewServeMux()
	mux.Handle("/demo/clock", d.json(byMethod{http.MethodGet: d.getClock, http.MethodPost: d.postClock}))
	mux.Handle("/demo/phones", d.json(byMethod{http.MethodGet: d.getPhones}))
	mux.Handle("/demo/phones/{number}", d.json(byMethod{http.MethodGet: d.getThread, http.MethodPost: d.postText}))
	mux.Handle("/demo/events", d.json(byMethod{http.MethodGet: nil})) // refuses the other methods
	mux.HandleFunc("GET /demo/events", d.events)
	mux.Handle("/demo/", d.json(nil))
	mux.HandleFunc("GET /phones", d.showPhones)
	mux.HandleFunc("GET /phones/{number}", d.showPhone)
	mux.HandleFunc("POST /phones/{number}", d.writeFromPage)
	mux.HandleFunc("POST /phones/clock", d.moveFromPage)
	mux.Handle("GET /phones/static/{file}", assets())

	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusForbidden, problem{"Another site may not move this demo's clock or write from its phones."})
	}))
	return secured(own.Handler(mux))
}

// secured tells the browser to load nothing from elsewhere, to run and style nothing inline, and to keep the numbers
// that stand in addresses to itself.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// take waits for the turn to move the clock or to write; the function gives it back.
func (d *desk) take(ctx context.Context) (release func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// lasting is for what is not to stop halfway because a reader has turned to another page.
func (d *desk) lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		select {
		case <-d.Done:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
