package emulator

import (
	"context"
	"fmt"
	"time"
)

const apiVersion = "2010-04-01"

// The statuses, in their order: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
const (
	statusAccepted    = "accepted" // by a messaging service, which has not chosen the sender yet
	statusQueued      = "queued"
	statusSending     = "sending"
	statusSent        = "sent"
	statusDelivered   = "delivered"
	statusUndelivered = "undelivered"
	statusFailed      = "failed"
	statusCanceled    = "canceled"
	statusReceived    = "received"
)

const (
	directionOut = "outbound-api"
	directionIn  = "inbound"
)

// message is a Message resource and what the emulator knows beside it.
type message struct {
	seq        int // its place in the account's list
	sid        string
	direction  string
	to, from   string // from is empty while a messaging service has not chosen it
	service    *service
	body       string // empty once redacted; the phone's thread keeps its own
	status     string
	errorCode  int
	created    time.Time
	updated    time.Time
	sent       time.Time
	segments   int
	media      int
	callback   string
	validUntil time.Time
	thread     *entry
	optOutType string // of an inbound one
	fails      int    // the code that it will fail with, taken by a messaging service all the same
	deleted    bool
}

func (m *message) final() bool {
	switch m.status {
	case statusDelivered, statusUndelivered, statusFailed, statusCanceled, statusReceived:
		return true
	}
	return false
}

// resource is the message as the API shows it.
func (m *message) resource(account string) map[string]any {
	uri := fmt.Sprintf("/%s/Accounts/%s/Messages/%s", apiVersion, account, m.sid)
	segments := m.segments
	if m.status == statusAccepted {
		segments = 0 // "initially 0, since a sender hasn't yet been assigned"
	}
	r := map[string]any{
		"account_sid": account, "api_version": apiVersion, "body": m.body,
		"date_created": m.created.Format(time.RFC1123Z), "date_updated": m.updated.Format(time.RFC1123Z), "date_sent": nil,
		"direction": m.direction, "error_code": nil, "error_message": nil,
		"from": orNull(m.from), "to": m.to, "messaging_service_sid": nil,
		"num_media": fmt.Sprint(m.media), "num_segments": fmt.Sprint(segments),
		"price": nil, "price_unit": "USD", "sid": m.sid, "status": m.status, "uri": uri + ".json",
		"subresource_uris": map[string]string{"media": uri + "/Media.json"},
	}
	if !m.sent.IsZero() {
		r["date_sent"] = m.sent.Format(time.RFC1123Z)
	}
	if m.errorCode != 0 {
		r["error_code"], r["error_message"] = m.errorCode, errorText(m.errorCode, m.to)
	}
	if m.service != nil {
		r["messaging_service_sid"] = m.service.sid
	}
	return r
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// newSID makes an identifier; the lock is held.
func (e *Emulator) newSID(kind string) string {
	return fmt.Sprintf("%s%016x%016x", kind, e.options.Rand.Uint64(), e.options.Rand.Uint64())
}

// add puts a new message into the account and the phone's thread; the lock is held.
func (e *Emulator) add(m *message, phone, peer string) {
	m.seq = len(e.messages)
	e.messages = append(e.messages, m)
	e.bySID[m.sid] = m
	e.byTo[m.to] = append(e.byTo[m.to], m)
	if m.from != "" {
		e.listFrom(m)
	}
	m.thread = &entry{message: m, text: Text{
		SID: m.sid, Direction: ToPhone, Peer: peer, Body: m.body, Media: m.media, At: m.created, Status: m.status,
	}}
	if m.direction == directionIn {
		m.thread.text.Direction = FromPhone
	}
	e.threads[phone] = append(e.threads[phone], m.thread)
	e.changed()
}

// listFrom puts a message into its sender's list, in the account's order; the lock is held.
func (e *Emulator) listFrom(m *message) {
	list := append(e.byFrom[m.from], m)
	for i := len(list) - 1; i > 0 && list[i-1].seq > m.seq; i-- {
		list[i-1], list[i] = m, list[i-1]
	}
	e.byFrom[m.from] = list
}

// proceed plans a text's way from its taking at the given time; the lock is held.
func (e *Emulator) proceed(m *message, taken time.Time) {
	pace := e.options.Pace
	if m.service != nil {
		e.step(m, taken, statusQueued, 0)
	}
	if m.fails != 0 {
		e.step(m, taken.Add(pace.Sending), statusFailed, m.fails)
		return
	}
	behaviour := e.faults.Numbers[m.to]
	if behaviour == Stalled || m.validUntil.Before(taken.Add(pace.Sending)) {
		e.step(m, m.validUntil, statusFailed, codeExpired)
		return
	}
	e.step(m, taken.Add(pace.Sending), statusSending, 0)
	e.step(m, taken.Add(pace.Sent), statusSent, 0)
	if code := behaviour.undeliveredWith(); code != 0 {
		e.step(m, taken.Add(pace.Delivered), statusUndelivered, code)
	} else if behaviour != Silent {
		e.step(m, taken.Add(pace.Delivered), statusDelivered, 0)
	}
}

// step plans one change of status; the lock is held.
func (e *Emulator) step(m *message, at time.Time, status string, code int) {
	e.schedule(at, func(at time.Time) func(context.Context) {
		e.moveTo(m, at, status, code)
		return nil
	})
}

// moveTo changes a message's status and sends out the callbacks; the lock is held.
func (e *Emulator) moveTo(m *message, at time.Time, status string, code int) {
	if m.final() {
		return
	}
	m.status, m.errorCode, m.updated = status, code, at
	if status == statusQueued && m.from == "" {
		m.from = m.service.numbers[0]
		e.listFrom(m)
	}
	if status == statusSent || m.final() && m.sent.IsZero() {
		m.sent = at
	}
	m.thread.text.Status, m.thread.text.ErrorCode = status, code
	if status == statusDelivered {
		m.thread.text.At = at
	}
	e.changed()
	e.callBack(m, at)
}
