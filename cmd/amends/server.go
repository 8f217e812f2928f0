package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// The limits of one request. Twilio gives up on a webhook after 15 seconds. A move of the demo's clock may take longer, and
// the page of phones listens for as long as it is open: the server itself limits the headers alone, and inTime the rest.
const (
	headerTimeout   = 5 * time.Second
	bodyTimeout     = 20 * time.Second
	idleTimeout     = 2 * time.Minute
	maxHeaderBytes  = 32 << 10
	shutdownTimeout = 15 * time.Second
)

// listen opens the address, and says what to do where that can't be.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		why := err.Error()
		if op, ok := errors.AsType[*net.OpError](err); ok {
			why = op.Err.Error()
		}
		return nil, fmt.Errorf("can't listen on %s: %s; name another with %s or --listen", address, why, envListen)
	}
	return listener, nil
}

// publicURL is where others reach the listener, unless something else was said: 127.0.0.1 where it names no host.
func publicURL(said string, listener net.Listener) string {
	if said != "" {
		return said
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return "http://" + listener.Addr().String()
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// server serves a handler until it is told to stop.
type server struct {
	http *http.Server
	done chan error
}

// serveHTTP begins at once.
func serveHTTP(listener net.Listener, handler http.Handler, log *slog.Logger) *server {
	s := &server{
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headerTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          slog.NewLogLogger(quietly{log.Handler()}, slog.LevelDebug),
		},
		done: make(chan error, 1),
	}
	go func() {
		err := s.http.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		s.done <- err
	}()
	return s
}

// stop takes no more requests and lets those in hand be finished.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
		return fmt.Errorf("requests in hand were cut off after %s", shutdownTimeout)
	}
	return <-s.done
}

// quietly drops the words of net/http's own complaints: they quote addresses and whatever a stranger sent.
type quietly struct{ slog.Handler }

// Handle keeps the fact and leaves out the words.
func (q quietly) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "the HTTP server met a bad connection or request", r.PC))
}

// route is a path and what answers there. Its name, not its path, is what the metrics call it: a path may bear a number.
type route struct {
	pattern, name string
	handler       http.Handler
}

// mux joins the routes; every answer bears the headers that keep a page to itself.
func mux(m *metrics, now func() time.Time, log *slog.Logger, routes []route) http.Handler {
	all := http.NewServeMux()
	for _, r := range routes {
		all.Handle(r.pattern, m.measured(r.name, now, caught(r.name, log, r.handler)))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		all.ServeHTTP(w, r)
	})
}

// inTime gives up on a request whose body does not come.
func inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection := http.NewResponseController(w)
		long := time.AfterFunc(bodyTimeout, func() { _ = connection.SetReadDeadline(time.Unix(1, 0)) }) // long past
		defer long.Stop()
		next.ServeHTTP(w, r)
	})
}

// caught answers 500 where a handler panics, and logs where, without what a stranger may have put into it.
func caught(name string, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			thrown := recover()
			if thrown == nil {
				return
			}
			if thrown == http.ErrAbortHandler {
				panic(thrown)
			}
			why := fmt.Sprintf("%T", thrown)
			if fault, ok := thrown.(runtime.Error); ok {
				why = fault.Error()
			}
			log.Error("a request failed", "route", name, "why", why, "stack", string(debug.Stack()))
			text(w, http.StatusInternalServerError, "Something went wrong on our side; it is in the log.")
		}()
		next.ServeHTTP(w, r)
	})
}

// text answers with a line of plain text.
func text(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, strings.TrimSpace(line))
}

// alive answers that the program runs, and no more.
func alive(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "ok") }

// ready answers whether a request would be served now.
func ready(check func(context.Context) error) http.HandlerFunc {
	const limit = 3 * time.Second
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		if err := check(ctx); err != nil {
			text(w, http.StatusServiceUnavailable, "not ready: "+plain(err))
			return
		}
		text(w, http.StatusOK, "ready")
	}
}

// recorder keeps what was answered.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets a page that streams reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// class is 2xx, 3xx, 4xx or 5xx.
func (r *recorder) class() string {
	if r.status == 0 {
		return "2xx"
	}
	return strconv.Itoa(r.status/100) + "xx"
}
