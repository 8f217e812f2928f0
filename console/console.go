package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"amends/store"

	"github.com/alexedwards/scs/v2"
)

// How long a sign-in lasts: a working day, and an hour away from the desk.
const (
	sessionLifetime = 12 * time.Hour
	sessionIdle     = time.Hour
)

// Config is what the console stands on.
type Config struct {
	Store *store.Store
	Desk  Desk
	// Now is the cases' clock, a demo's included. Wall is the real time, which sessions and second factors go by; nil for Now.
	Now, Wall func() time.Time
	// Rand gives what nobody can guess: tokens, salts, secrets.
	Rand io.Reader
	// PublicURL is where people reach the pages: links in e-mails lead there, and cookies are kept to https where it is so.
	PublicURL string
	Mail      *Mail // nil: no e-mail is sent, and the pages say so
	// Demo lets anybody sign in as any member of staff with one click.
	Demo bool
	// Passwords is what one hash costs; zero for what a guesser should pay.
	Passwords Cost
	Log       *slog.Logger // told what went wrong, with no name, number or text; nil for none
}

// console serves the pages.
type console struct {
	Config
	sessions *scs.SessionManager
	pages    map[string]*pageSet // by language
	hashing  chan struct{}       // held while a password is hashed: it takes memory, of one at a time
	sending  chan struct{}       // held while an e-mail is sent
	nobody   string              // a hash that no password has, to spend the same time on an unknown address
}

// New makes the pages. They answer every path, so that they are mounted at "/"; the webhooks' and other longer patterns
// go before them.
func New(c Config) (http.Handler, error) {
	switch {
	case c.Store == nil || c.Desk == nil || c.Now == nil || c.Rand == nil:
		return nil, errors.New("console: a store, a desk, a clock and a source of randomness are needed")
	}
	if c.Wall == nil {
		c.Wall = c.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Passwords == (Cost{}) {
		c.Passwords = DefaultCost()
	}
	k := &console{Config: c, hashing: make(chan struct{}, 1), sending: make(chan struct{}, 4)}
	var err error
	if k.pages, err = loadPages(); err != nil {
		return nil, err
	}
	var random [saltBytes + hashBytes]byte
	if _, err = io.ReadFull(k.Rand, random[:]); err != nil {
		return nil, fmt.Errorf("draw a hash: %w", err)
	}
	k.nobody = phc(k.Passwords, random[:saltBytes], random[saltBytes:])
	if err := k.Store.PrepareConsole(context.Background()); err != nil {
		return nil, fmt.Errorf("console: prepare the database: %w", err)
	}
	k.sessions = k.newSessions()
	return k.handler(), nil
}

func (k *console) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = store.Logins{Store: k.Store, Now: k.Wall}
	m.Lifetime, m.IdleTimeout = sessionLifetime, sessionIdle
	m.HashTokenInStore = true
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Persist = "amends", true, http.SameSiteLaxMode, false
	if u, err := url.Parse(k.PublicURL); err == nil && u.Scheme == "https" {
		m.Cookie.Name, m.Cookie.Secure = "__Host-amends", true
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		k.Log.Error("a session could not be kept", "error", err)
		k.turnAway(w, r, http.StatusInternalServerError, store.Sentence(err))
	}
	return m
}

// handler joins the routes. One of another site is refused before it is looked at.
func (k *console) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.Handle(r.pattern, k.serve(r))
	}
	mux.Handle("GET /static/{file}", assets())
	mux.Handle("/", k.serve(route{do: func(v *visit) error { return v.elsewhere(mux) }}))
	sessions := k.sessions.LoadAndSave(mux)
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAsset(r) { // needs no session, and so no database
			mux.ServeHTTP(w, r)
			return
		}
		sessions.ServeHTTP(w, r)
	})
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.turnAway(w, r, http.StatusForbidden, "A form of another site is not taken here.")
	}))
	return secured(strings.HasPrefix(k.PublicURL, "https:"), own.Handler(all))
}

// elsewhere answers what no route does: with 405 where the path has another method's.
func (v *visit) elsewhere(mux *http.ServeMux) error {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := v.r.Clone(v.r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, method+" ") {
			v.w.Header().Set("Allow", method)
			v.refuse(http.StatusMethodNotAllowed, "This address does not take that kind of request.", v.showAs)
			return nil
		}
	}
	return store.NewError(store.NotFound, "There is no such page.", nil)
}

// secured tells the browser to load nothing from elsewhere, to run and style nothing inline, and to keep nothing; and, where
// people come by https, to come by nothing else for a year.
func secured(https bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
