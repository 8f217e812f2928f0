package main

import (
	"context"
	"log/slog"
	"time"

	"amends/bot/twilio"
	"amends/scheduler"
	"amends/store"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges are read from the database when somebody asks for them: every instance on it says the same.
type gauges struct {
	in        *installation
	scheduler *scheduler.Scheduler
	log       *slog.Logger
	begun     time.Time

	outbox, oldest, escalations, overdue, alarms, up *prometheus.Desc
	unsealed, unsealedAge, checkpointAge             *prometheus.Desc
	failures, pass                                   *prometheus.Desc
}

// gaugesLimit is how long the database may take for them.
const gaugesLimit = 5 * time.Second

func newGauges(in *installation, s *scheduler.Scheduler, log *slog.Logger) *gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("amends_"+name, help, labels, nil)
	}
	return &gauges{
		in: in, scheduler: s, log: log, begun: in.now(),
		up:          desc("database_up", "1 if the database answered, else 0, and what it says is left out."),
		outbox:      desc("outbox_texts", "Texts that are not out yet, by status: held, queued, sending, in_doubt.", "status"),
		oldest:      desc("oldest_due_seconds", "How long ago the oldest thing that is still to be done fell due; 0 if nothing waits. Kinds: due (a date, a reminder), text (to be sent or looked up).", "kind"),
		escalations: desc("open_escalations", "Escalations that are not resolved, by severity and status.", "severity", "status"),
		overdue:     desc("unacknowledged_escalations", "Escalations that nobody acknowledged in time, so that they went on to the next person, by severity.", "severity"),
		failures:    desc("database_errors_total", "Transactions of this instance that failed for good, for no fault of whoever asked for them."),
		pass: desc("scheduler_pass_age_seconds", "How long ago this instance's scheduler last did all there was to do, by part: dues (what fell due), "+
			"texts (the outbox), doubts (texts to be looked up). Each looks every second.", "part"),
		unsealed:      desc("audit_unsealed_entries", "Entries of the log that are not sealed yet."),
		unsealedAge:   desc("audit_unsealed_age_seconds", "How long ago the oldest entry was made that is not sealed yet; 0 if all are. The service seals each minute."),
		checkpointAge: desc("audit_checkpoint_age_seconds", "How long ago the last checkpoint was made; left out before the first. Where nothing happens none is."),
		alarms:        desc("alarms", "Alarms for the operator that stand, by kind; amends doctor says more.", "kind"),
	}
}

// Describe names the gauges.
func (g *gauges) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(g, to) }

// Collect reads them.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugesLimit)
	defer cancel()
	f := newFigures()
	err := g.in.store.View(ctx, func(tx *store.Tx) error {
		f = newFigures()
		return f.read(tx, g.in.now())
	})
	send := func(desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	to <- prometheus.MustNewConstMetric(g.failures, prometheus.CounterValue, float64(g.in.store.Failures()))
	for part, at := range g.scheduler.Passed() {
		if at.IsZero() {
			at = g.begun
		}
		send(g.pass, g.in.now().Sub(at).Seconds(), part)
	}
	if err != nil {
		g.log.Error("the metrics could not be read from the database", "error", err)
		send(g.up, 0)
		return
	}
	send(g.up, 1)
	for status, n := range f.outbox {
		send(g.outbox, float64(n), string(status))
	}
	for kind, age := range f.oldest {
		send(g.oldest, age.Seconds(), kind)
	}
	for key, n := range f.escalations {
		send(g.escalations, float64(n), key[0], key[1])
	}
	for severity, n := range f.overdue {
		send(g.overdue, float64(n), severity)
	}
	for kind, n := range f.alarms {
		send(g.alarms, float64(n), kind)
	}
	send(g.unsealed, float64(f.seal.Unsealed))
	send(g.unsealedAge, age(f.seal.Oldest, g.in.now()).Seconds())
	if f.seal.SealedAt != 0 {
		send(g.checkpointAge, age(f.seal.SealedAt, g.in.now()).Seconds())
	}
}

// age is how long ago an instant was, 0 for none.
func age(at store.Instant, now time.Time) time.Duration {
	if at == 0 {
		return 0
	}
	return max(0, now.Sub(at.Time()))
}

// figures are the gauges' values. Those whose labels are known are there from the beginning, at nought.
type figures struct {
	outbox      map[store.MessageStatus]int
	oldest      map[string]time.Duration
	escalations map[[2]string]int // severity, status
	overdue     map[string]int
	alarms      map[string]int
	seal        store.SealStanding
}

func newFigures() *figures {
	f := &figures{
		outbox:      map[store.MessageStatus]int{store.MessageHeld: 0, store.MessageQueued: 0, store.MessageSending: 0, store.MessageInDoubt: 0},
		oldest:      map[string]time.Duration{"due": 0, "text": 0},
		escalations: map[[2]string]int{},
		overdue:     map[string]int{},
		alarms:      map[string]int{},
	}
	for _, severity := range []string{"urgent", "high", "normal"} {
		f.overdue[severity] = 0
		for _, status := range []store.EscalationStatus{store.EscalationOpen, store.EscalationAcknowledged} {
			f.escalations[[2]string{severity, string(status)}] = 0
		}
	}
	return f
}

func (f *figures) read(tx *store.Tx, now time.Time) error {
	older := func(kind string, at store.Instant) {
		if at != 0 {
			f.oldest[kind] = max(f.oldest[kind], now.Sub(at.Time()))
		}
	}
	next, err := tx.Ahead()
	if err != nil {
		return err
	}
	older("due", next.Due)
	for _, program := range next.Programs {
		older("text", program.TextAt())
		waiting, err := tx.OutboxCounts(program.ID)
		if err != nil {
			return err
		}
		for status, n := range waiting {
			f.outbox[status] += n
		}
		open, err := tx.OpenEscalations(program.ID)
		if err != nil {
			return err
		}
		for _, e := range open {
			f.escalations[[2]string{e.Severity, string(e.Status)}]++
			if e.Status == store.EscalationOpen && e.Level > 1 {
				f.overdue[e.Severity]++
			}
		}
	}
	alarms, err := tx.Alarms()
	for _, alarm := range alarms {
		f.alarms[alarm.Kind]++
	}
	if err == nil {
		f.seal, err = tx.SealStanding()
	}
	return err
}

// counting counts what the webhooks bring, once it is on record.
type counting struct {
	twilio.Receiver
	m *metrics
}

// Inbound hands a text on and counts it.
func (c counting) Inbound(ctx context.Context, in twilio.Inbound) error {
	err := c.Receiver.Inbound(ctx, in)
	if err == nil {
		c.m.inbound.Inc()
	}
	return err
}

// Status hands a status on and counts it, if it is one that we know.
func (c counting) Status(ctx context.Context, update twilio.StatusUpdate) error {
	err := c.Receiver.Status(ctx, update)
	if err == nil && update.Status.Known() {
		c.m.statuses.WithLabelValues(string(update.Status)).Inc()
	}
	return err
}
