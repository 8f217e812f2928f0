package simulation

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"amends/bot/twilio"
)

// outward is the way from the service to the provider: where requests and answers are lost, and where
// phones begin to ring.
type outward struct {
	w    *world
	next http.RoundTripper
}

// RoundTrip hands a request on, unless something breaks.
func (o outward) RoundTrip(r *http.Request) (*http.Response, error) {
	w := o.w
	if w.crashed || w.cut {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	if w.breaks(crashAtProvider) {
		w.crashed = true // before the request went out
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	to := ""
	if r.Method == http.MethodPost && r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := r.ParseForm(); err == nil {
			to = r.PostForm.Get("To")
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	answer, err := o.next.RoundTrip(r)
	if to != "" {
		w.rings(to)
	}
	if err != nil || answer.StatusCode/100 != 2 {
		w.unsure = w.now.Add(unsureFor)
	}
	switch {
	case w.breaks(crashAtProvider):
		w.crashed = true // after the provider took it, before anybody noted that
		return nil, io.ErrUnexpectedEOF
	case w.breaks(answerTooLate):
		w.now = w.now.Add(w.client.Timeout())
		w.unsure = w.now.Add(unsureFor)
		return nil, context.DeadlineExceeded
	}
	return answer, err
}

// unsureFor is how long after a failed request a status may free a text that waits for another: in life
// the service looks each second; here it looks when something may have come of what happened.
const unsureFor = 5 * time.Minute

// inward is the way from the provider to the service.
type inward struct{ w *world }

// RoundTrip hands a webhook on, if the service is there.
func (i inward) RoundTrip(r *http.Request) (*http.Response, error) {
	w := i.w
	inbound := r.URL.Path == twilio.InboundPath
	if !w.up || w.crashed {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	if w.breaks(webhookLost) {
		if inbound {
			w.missed(r.Context())
		}
		return nil, io.ErrUnexpectedEOF
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	answer, err := w.hooks.RoundTrip(r)
	// A status brings something about where it tells of a failure, or frees a text that waits for another.
	failed := strings.Contains(string(body), "MessageStatus=failed") || strings.Contains(string(body), "MessageStatus=undelivered")
	w.dirty = w.dirty || inbound || failed || w.crashed || w.unsure.After(w.now)
	if w.crashed {
		err = errors.Join(err, io.ErrUnexpectedEOF)
	}
	if err != nil || answer.StatusCode/100 != 2 {
		if inbound {
			w.missed(r.Context())
		}
		if err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// missed: a text came and could not be taken; the next look at the provider's list finds it.
func (w *world) missed(ctx context.Context) {
	quarter := w.now.Truncate(15 * time.Minute).Add(15 * time.Minute)
	ctx = context.WithoutCancel(ctx)
	w.agenda.add(quarter, func() { w.look(ctx) })
}
