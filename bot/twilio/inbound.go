package twilio

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Inbound is a text that a phone has sent to one of our numbers.
type Inbound struct {
	SID              string
	AccountSID       string
	From, To         string // E.164
	MessagingService string // MG…, where the number belongs to one
	Body             string // may be empty: a picture alone. Always valid UTF-8
	// OptOutType is STOP, START or HELP where Twilio took the text for an opt-out keyword by Advanced Opt-Out and has
	// answered it itself; else empty.
	OptOutType string
	Media      int // how many pictures and the like came with it
	Segments   int
	// At is when it came, where that isn't now: of a text found in the account's list; the zero time else.
	At time.Time
}

// StatusUpdate is a change of an outbound text's status.
type StatusUpdate struct {
	SID string
	// MessageID is our own id from the callback's address (see StatusCallbackURL); empty if that bore none. It lets a
	// status be placed that comes before Twilio's answer to the send.
	MessageID string
	Status    State // may be one that is not Known
	ErrorCode int   // 0 for none
}

// form is a checked request's fields.
type form struct {
	values    map[string]string
	messageID string
}

// text gives a field with whatever is no UTF-8 replaced: it goes into databases and onto pages.
func (f form) text(name string) string { return strings.ToValidUTF8(f.values[name], "\uFFFD") }

func (f form) number(name string) int {
	n, err := strconv.Atoi(f.values[name])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func (w *Webhooks) inbound(ctx context.Context, f form) error {
	in := Inbound{
		SID: f.text("MessageSid"), AccountSID: f.text("AccountSid"), From: f.text("From"), To: f.text("To"),
		MessagingService: f.text("MessagingServiceSid"), Body: f.text("Body"),
		OptOutType: strings.ToUpper(f.text("OptOutType")), Media: f.number("NumMedia"), Segments: f.number("NumSegments"),
	}
	if in.SID == "" || in.From == "" {
		return &refusal{http.StatusBadRequest, "MessageSid or From is missing"}
	}
	return w.config.Receiver.Inbound(ctx, in)
}

func (w *Webhooks) status(ctx context.Context, f form) error {
	update := StatusUpdate{
		SID: f.text("MessageSid"), MessageID: f.messageID, Status: State(f.text("MessageStatus")), ErrorCode: f.number("ErrorCode"),
	}
	if update.Status == "" {
		update.Status = State(f.text("SmsStatus"))
	}
	if update.SID == "" || update.Status == "" {
		return &refusal{http.StatusBadRequest, "MessageSid or MessageStatus is missing"}
	}
	return w.config.Receiver.Status(ctx, update)
}
