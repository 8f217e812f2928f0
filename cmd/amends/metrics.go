package main

import (
	"net/http"
	"strings"
	"time"

	"amends/bot/twilio"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what /metrics shows, in a registry of its own. No label bears anything personal: routes are called by name,
// never by path.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	inbound  prometheus.Counter
	statuses *prometheus.CounterVec
	texts    *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "amends_http_request_duration_seconds",
			Help:    "How long requests took, by route and class of answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15}, // Twilio gives up at 15 s
		}, []string{"route", "code"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "amends_webhook_refusals_total",
			Help: "Webhook requests that were not taken, by reason: signature (a wrong token or public URL, or not from Twilio), form, failed.",
		}, []string{"reason"}),
		inbound: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "amends_inbound_texts_total",
			Help: "Texts that came in by this instance's webhook and are on record, deliveries of the same text counted each.",
		}),
		statuses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "amends_text_statuses_total",
			Help: "Statuses of texts that this instance's webhook was told, by status: sent, delivered, undelivered, failed.",
		}, []string{"status"}),
	}
	m.texts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "amends_texts_total",
		Help: "Steps of texts that this instance put on record, by result: received, queued, held, sent, delivered, undelivered, failed, dropped, put_off, in_doubt.",
	}, []string{"result"})
	for _, result := range textResults {
		m.texts.WithLabelValues(result)
	}
	for _, status := range []twilio.State{twilio.StateSent, twilio.StateDelivered, twilio.StateUndelivered, twilio.StateFailed} {
		m.statuses.WithLabelValues(string(status))
	}
	for _, reason := range []string{refusedSignature, refusedForm, refusedFailed} {
		m.refused.WithLabelValues(reason)
	}
	m.registry.MustRegister(m.took, m.refused, m.inbound, m.statuses, m.texts, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// textResults are what may become of a text.
var textResults = []string{"received", "queued", "held", "sent", "delivered", "undelivered", "failed", "dropped", "put_off", "in_doubt"}

// stepped counts a step of a text.
func (m *metrics) stepped(action string) {
	m.texts.WithLabelValues(strings.TrimPrefix(action, "text.")).Inc()
}

// Why a webhook was not taken.
const (
	refusedSignature = "signature"
	refusedForm      = "form"
	refusedFailed    = "failed"
)

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, Timeout: 10 * time.Second})
}

// measured keeps how long a route's answers take, and which webhooks are refused.
func (m *metrics) measured(name string, now func() time.Time, next http.Handler) http.Handler {
	webhook := strings.HasPrefix(name, "twilio")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := now()
		answer := &recorder{ResponseWriter: w}
		defer func() {
			m.took.WithLabelValues(name, answer.class()).Observe(now().Sub(begun).Seconds())
			if webhook {
				m.refusal(answer.status)
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

func (m *metrics) refusal(status int) {
	switch {
	case status == http.StatusForbidden:
		m.refused.WithLabelValues(refusedSignature).Inc()
	case status >= http.StatusInternalServerError:
		m.refused.WithLabelValues(refusedFailed).Inc()
	case status >= http.StatusBadRequest:
		m.refused.WithLabelValues(refusedForm).Inc()
	}
}
