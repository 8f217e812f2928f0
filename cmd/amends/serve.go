package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"amends/bot/twilio"
	"amends/scheduler"
	"amends/store"
)

type serveCommand struct{}

// Help is the page's further text.
func (serveCommand) Help() string {
	return `Needs a Twilio account: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. Point the number's webhook for messages that come in at AMENDS_PUBLIC_URL/twilio/inbound, by POST. Any number of these share one PostgreSQL. On SIGTERM it finishes what is in hand and stops; "amends doctor" says what is not right yet.`
}

// Run runs the command.
func (c *serveCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	if err := set.needTwilio(); err != nil {
		return err
	}
	log := m.serviceLog()
	m.beginSmall()
	now, clock, err := m.clockOf(set)
	if err != nil {
		return err
	}
	if clock != nil {
		log.Warn("this data folder is a demo's: its clock is gone by", "clock", now())
	}
	s, err := m.openStore(ctx, set, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listener, err := listen(set.Listen)
	if err != nil {
		return err
	}
	base := publicURL(set.PublicURL, listener)
	in, err := m.join(s, now, base, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p, err := m.parts(in, set, base, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	pages, err := m.console(in, set, base, false, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	routes := append(p.routes(), route{"/", "console", inTime(pages)})
	return m.serve(ctx, in, p, listener, mux(p.metrics, m.Now, log, routes), log)
}

// needTwilio says what is missing to send texts.
func (s settings) needTwilio() error {
	const hint = `; set them in the environment (the token may stand in a file: TWILIO_AUTH_TOKEN_FILE), or try "amends demo", which needs no account`
	switch {
	case s.AccountSID == "" && s.AuthToken == "":
		return errors.New("no Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are missing" + hint)
	case s.AccountSID == "":
		return errors.New("TWILIO_ACCOUNT_SID is missing" + hint)
	case s.AuthToken == "":
		return errors.New("TWILIO_AUTH_TOKEN is missing; webhooks are checked with it, even where an API key sends" + hint)
	case s.APIKey == "" && s.APISecret != "":
		return errors.New("TWILIO_API_KEY is missing beside TWILIO_API_SECRET; set both, or neither")
	case s.APIKey != "" && s.APISecret == "":
		return errors.New("TWILIO_API_SECRET is missing beside TWILIO_API_KEY; set both, or neither")
	}
	return nil
}

// parts are what a service is made of beside the installation.
type parts struct {
	in        *installation
	scheduler *scheduler.Scheduler
	webhooks  *twilio.Webhooks
	metrics   *metrics
}

// parts builds them. Base is the address that Twilio reaches us by.
func (m *Main) parts(in *installation, set settings, base string, log *slog.Logger) (*parts, error) {
	client, err := twilio.New(twilio.Config{AccountSID: set.AccountSID, AuthToken: set.AuthToken,
		APIKey: set.APIKey, APISecret: set.APISecret, BaseURL: set.BaseURL})
	if err != nil {
		return nil, err
	}
	metrics := newMetrics()
	in.bot.Stepped = metrics.stepped
	p := &parts{
		in:      in,
		metrics: metrics,
		scheduler: scheduler.New(scheduler.Config{Store: in.store, Bot: in.bot, Client: client, Now: in.now, Unpaced: in.unpaced,
			NewID: m.chance.NewID, Rand: m.chance.Float64, PublicURL: base, Log: log}),
		webhooks: twilio.NewWebhooks(twilio.WebhookConfig{AuthTokens: []string{set.AuthToken}, AccountSID: set.AccountSID,
			PublicURL: base, Receiver: counting{in.bot, metrics}, Log: log}),
	}
	metrics.registry.MustRegister(newGauges(in, p.scheduler, log))
	return p, nil
}

// routes are what every service answers.
func (p *parts) routes() []route {
	return []route{
		{twilio.InboundPath, "twilio_inbound", inTime(p.webhooks)},
		{twilio.StatusPath, "twilio_status", inTime(p.webhooks)},
		{"/twilio/", "twilio", inTime(p.webhooks)},
		{"/healthz", "healthz", readOnly(http.HandlerFunc(alive))},
		{"/readyz", "readyz", readOnly(ready(func(ctx context.Context) error { return isReady(ctx, p.in.store) }))},
		{"/metrics", "metrics", readOnly(p.metrics.handler())},
	}
}

// readOnly refuses what is neither GET nor HEAD.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD are answered here.", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isReady asks whether the database answers with the schema that this program needs.
func isReady(ctx context.Context, s *store.Store) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	have, want, err := s.Version(ctx)
	switch {
	case err != nil:
		return err
	case have != want:
		return fmt.Errorf("the database has schema %d, and this program needs %d", have, want)
	}
	return nil
}

// serve serves until the context ends, and then finishes what is in hand: the scheduler first, while requests are still
// answered, then the requests.
func (m *Main) serve(ctx context.Context, in *installation, p *parts, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	web := serveHTTP(listener, handler, log)
	m.staySmall()
	log.Info("amends serves", "address", listener.Addr().String(), "database", in.store.Dialect(), "version", version())
	return m.runUntil(ctx, p.scheduler, web, log)
}

// runUntil runs the scheduler beside the server until the context ends or one of them fails.
func (m *Main) runUntil(ctx context.Context, s *scheduler.Scheduler, web *server, log *slog.Logger) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	scheduled := make(chan error, 1)
	go func() { scheduled <- s.Run(running) }()

	var failed error
	select {
	case <-ctx.Done():
		log.Info("stopping: what is in hand is finished first")
	case err := <-web.done:
		failed = fmt.Errorf("the HTTP server ended: %w", err)
		web.done <- nil
	case err := <-scheduled:
		failed = fmt.Errorf("the scheduler ended: %w", ended(err))
		scheduled <- nil
	}
	cancel()
	if err := <-scheduled; failed == nil {
		failed = ended(err)
	}
	failed = errors.Join(failed, web.stop())
	log.Info("stopped")
	return failed
}

// ended is why a part ended, nil where it was told to.
func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
