package twilio

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"

	twilioclient "github.com/twilio/twilio-go/client"
)

const (
	// InboundPath is the webhook of a phone number or messaging service for texts that come in.
	InboundPath = "/twilio/inbound"
	// StatusPath is the status callback of the texts that go out.
	StatusPath = "/twilio/status"

	// DefaultMaxBody holds an inbound text of 10,000 characters of which each takes twelve bytes when encoded, twice.
	DefaultMaxBody = 256 << 10

	// messageParameter is the name of our message id in the status callback's query. Twilio signs the whole address, so
	// the id is as trustworthy as the rest.
	messageParameter = "m"

	emptyTwiML = `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`
)

// Receiver takes what came in. It returns nil once everything is committed, and an error only if nothing was recorded:
// Twilio is then answered 500, posts an inbound text to its fallback address, and the status is looked up later. Both
// methods may be called more than once with the same request, and at the same time.
type Receiver interface {
	Inbound(context.Context, Inbound) error
	Status(context.Context, StatusUpdate) error
}

// WebhookConfig is what the webhooks need to know.
type WebhookConfig struct {
	// AuthTokens are the tokens that may have signed a request: the primary one and, while it is being rotated, the
	// secondary. Without any, every request is refused.
	AuthTokens []string
	AccountSID string
	// PublicURL is the address that Twilio knows us by, which it signs; the request's own Host header counts for nothing.
	// It may have a path, which a proxy before us then takes off.
	PublicURL string
	Receiver  Receiver
	Log       *slog.Logger // nil for none
	MaxBody   int64        // bytes; 0 means DefaultMaxBody
}

// Webhooks is the handler of InboundPath and StatusPath. It answers 404 to other paths, 405 to other methods than POST,
// 413 to a body too large, 400 to one that is no form or lacks what every message has, 403 to a signature or account
// that is not ours, 500 if the Receiver could record nothing, and else 200 with an empty TwiML document.
type Webhooks struct {
	validators []twilioclient.RequestValidator
	config     WebhookConfig
}

// NewWebhooks makes the handler.
func NewWebhooks(c WebhookConfig) *Webhooks {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxBody <= 0 {
		c.MaxBody = DefaultMaxBody
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	w := &Webhooks{config: c}
	for _, token := range c.AuthTokens {
		if token != "" { // an empty key would be anybody's
			w.validators = append(w.validators, twilioclient.NewRequestValidator(token))
		}
	}
	return w
}

// StatusCallbackURL is the address that a text's status callbacks go to, with our own id of the message in it.
func StatusCallbackURL(publicURL, messageID string) string {
	return strings.TrimRight(publicURL, "/") + StatusPath + "?" + url.Values{messageParameter: {messageID}}.Encode()
}

// ServeHTTP handles one webhook request.
func (w *Webhooks) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	var receive func(context.Context, form) error
	switch r.URL.Path {
	case InboundPath:
		receive = w.inbound
	case StatusPath:
		receive = w.status
	default:
		http.NotFound(rw, r)
		return
	}
	if r.Method != http.MethodPost {
		rw.Header().Set("Allow", http.MethodPost)
		http.Error(rw, "only POST is answered here", http.StatusMethodNotAllowed)
		return
	}
	f, err := w.accept(rw, r)
	if err == nil {
		err = receive(r.Context(), f)
	}
	if err != nil {
		w.refuse(rw, r, err)
		return
	}
	rw.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(rw, emptyTwiML)
}

// refusal is an answer other than 200 to a request that is at fault.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return r.reason }

func (w *Webhooks) refuse(rw http.ResponseWriter, r *http.Request, err error) {
	refused := &refusal{status: http.StatusInternalServerError, reason: "nothing was recorded; try again"}
	if errors.As(err, &refused) {
		w.config.Log.WarnContext(r.Context(), "webhook refused", "path", r.URL.Path, "status", refused.status, "reason", refused.reason)
	} else {
		w.config.Log.ErrorContext(r.Context(), "webhook failed", "path", r.URL.Path, "error", err)
	}
	http.Error(rw, refused.reason, refused.status)
}

// accept reads the form and makes sure that it is Twilio's and this account's.
func (w *Webhooks) accept(rw http.ResponseWriter, r *http.Request) (form, error) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, w.config.MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return form{}, &refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	} else if err != nil {
		return form{}, &refusal{http.StatusBadRequest, "the body could not be read"}
	}
	// No body at all is a form without a field, whatever it calls itself.
	if len(body) > 0 {
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/x-www-form-urlencoded" {
			return form{}, &refusal{http.StatusBadRequest, "the body is not of the type application/x-www-form-urlencoded"}
		}
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return form{}, &refusal{http.StatusBadRequest, "the body is not a well-formed form"}
	}
	f := form{values: make(map[string]string, len(values)), messageID: r.URL.Query().Get(messageParameter)}
	for name, all := range values {
		f.values[name] = all[0] // the first one is what the validator signs, so it is the one that counts
	}
	if !w.signed(r, f.values) {
		return form{}, &refusal{http.StatusForbidden, "the signature is missing or not right"}
	}
	if f.values["AccountSid"] == "" {
		return form{}, &refusal{http.StatusBadRequest, "AccountSid is missing"}
	}
	if f.values["AccountSid"] != w.config.AccountSID {
		return form{}, &refusal{http.StatusForbidden, "another account's request"}
	}
	return f, nil
}

// signed checks the signature over the address as Twilio knows it and the form.
func (w *Webhooks) signed(r *http.Request, values map[string]string) bool {
	signature := r.Header.Get("X-Twilio-Signature")
	if signature == "" {
		return false
	}
	address := w.config.PublicURL + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	for i := range w.validators {
		if w.validators[i].Validate(address, values, signature) {
			return true
		}
	}
	return false
}
