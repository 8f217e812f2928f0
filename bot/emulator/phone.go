package emulator

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// Direction is a text's, as its phone sees it.
type Direction string

const (
	ToPhone   Direction = "to_phone"
	FromPhone Direction = "from_phone"
)

// Text is a line of a phone's thread.
type Text struct {
	SID       string // empty for the carrier's own answer to a keyword
	Direction Direction
	Peer      string // the program's number
	Body      string // as sent, though the account's record be redacted
	Media     int
	// At is when the phone wrote or got it; of a text that has not arrived, when the account took it.
	At        time.Time
	Status    string // Twilio's; only a text to_phone that is sent or delivered has reached the phone
	ErrorCode int
	Carrier   bool // the carrier's own answer to STOP, START or HELP
}

// entry is a text in its thread, and the message that it is.
type entry struct {
	message *message
	text    Text
}

// ErrNoNumber is returned by Write when it is not plain to which number the phone would write.
var ErrNoNumber = errors.New("emulator: no program number to write to")

// ErrWebhook is returned by Write when the text was taken but neither the inbound nor the fallback address answered 2xx.
var ErrWebhook = errors.New("emulator: the text's webhook was not answered well")

// WriteOption is something beside the words of a text.
type WriteOption func(*message)

// Media says how many pictures come with the text.
func Media(count int) WriteOption { return func(m *message) { m.media = count } }

// Write is a phone's writing to a program's number: the carrier answers its keywords, the thread gets the text, and
// the signed webhook is posted before Write returns, unless a fault delays it. An empty number means the one that the
// phone was last in touch with, or else the account's first. The SID is given even with ErrWebhook.
func (e *Emulator) Write(ctx context.Context, from, to, body string, options ...WriteOption) (sid string, err error) {
	e.mu.Lock()
	now := e.now()
	if to == "" {
		to = e.lastPeer(from)
	}
	if to == "" || from == "" || !e.own(to) {
		e.mu.Unlock()
		return "", ErrNoNumber
	}
	m := &message{
		direction: directionIn, from: from, to: to, body: body, status: statusReceived, created: now, updated: now, sent: now,
		service: e.serviceOf[to], segments: segments(body),
	}
	for _, option := range options {
		option(m)
	}
	kind := "SM"
	if m.media > 0 {
		kind = "MM"
	}
	m.sid = e.newSID(kind)
	e.add(m, from, to)
	e.heedKeyword(m)
	post := e.deliver(m, now)
	e.mu.Unlock()
	if post == nil {
		return m.sid, nil
	}
	if !post(ctx) {
		return m.sid, ErrWebhook
	}
	return m.sid, nil
}

// lastPeer is the number that a phone would write to; the lock is held.
func (e *Emulator) lastPeer(phone string) string {
	if thread := e.threads[phone]; len(thread) > 0 {
		return thread[len(thread)-1].text.Peer
	}
	if len(e.options.Numbers) > 0 {
		return e.options.Numbers[0]
	}
	if owned := slices.Sorted(maps.Keys(e.owned)); len(owned) > 0 {
		return owned[0]
	}
	return ""
}

// Phones are all numbers that were written to or wrote, sorted.
func (e *Emulator) Phones() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(maps.Keys(e.threads))
}

// Thread is everything written to and by one phone, in the order in which it was written; nil if it is not known.
func (e *Emulator) Thread(number string) []Text { return e.ThreadFrom(number, 0) }

// ThreadFrom is a phone's thread but for its first texts, so many of them; nil if it has no more.
func (e *Emulator) ThreadFrom(number string, first int) []Text {
	e.mu.Lock()
	defer e.mu.Unlock()
	entries := e.threads[number]
	if first >= len(entries) {
		return nil
	}
	texts := make([]Text, 0, len(entries)-first)
	for _, entry := range entries[first:] {
		texts = append(texts, entry.text)
	}
	return texts
}

// OptedOut tells whether the carrier lets nothing from that number (or its messaging service) through to the phone.
func (e *Emulator) OptedOut(number, phone string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.optedOut[e.optOutKey(number, phone)]
}
