package emulator

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// webhookTimeout is Twilio's read timeout: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
	webhookTimeout = 15 * time.Second
	// answerLimit is more than any TwiML answer of ours; the answer is read so that the connection can be kept.
	answerLimit = 64 << 10
)

// callBack plans the posting of a message's status as it stands now; the lock is held.
func (e *Emulator) callBack(m *message, at time.Time) {
	if m.callback == "" || e.strikes(e.faults.CallbackLost) {
		return
	}
	form := url.Values{
		"AccountSid": {e.options.AccountSID}, "ApiVersion": {apiVersion}, "From": {m.from}, "To": {m.to},
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "MessageStatus": {m.status}, "SmsStatus": {m.status},
	}
	if m.service != nil {
		form.Set("MessagingServiceSid", m.service.sid)
	}
	if m.errorCode != 0 {
		form.Set("ErrorCode", fmt.Sprint(m.errorCode))
	}
	if m.status == statusDelivered || m.status == statusUndelivered {
		form.Set("RawDlrDoneDate", at.Format("0601021504"))
	}
	token := e.newSID("")
	times := 1
	if e.strikes(e.faults.CallbackRepeated) {
		times = 2
	}
	for range times {
		when := at
		if e.strikes(e.faults.CallbackDelayed) {
			when = at.Add(e.late())
		}
		e.schedule(when, func(time.Time) func(context.Context) {
			return func(ctx context.Context) { e.post(ctx, m.callback, token, form) }
		})
	}
}

// deliver plans the posting of an inbound text to the service, or returns it to be done at once; the lock is held.
func (e *Emulator) deliver(m *message, at time.Time) func(context.Context) bool {
	if e.options.InboundURL == "" {
		return nil
	}
	form := url.Values{
		"AccountSid": {e.options.AccountSID}, "ApiVersion": {apiVersion}, "From": {m.from}, "To": {m.to}, "Body": {m.body},
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "SmsMessageSid": {m.sid}, "SmsStatus": {statusReceived},
		"NumSegments": {fmt.Sprint(m.segments)}, "NumMedia": {fmt.Sprint(m.media)},
		"FromCity": {""}, "FromState": {""}, "FromZip": {""}, "FromCountry": {"US"},
		"ToCity": {""}, "ToState": {""}, "ToZip": {""}, "ToCountry": {"US"},
	}
	if m.service != nil {
		form.Set("MessagingServiceSid", m.service.sid)
	}
	if m.optOutType != "" {
		form.Set("OptOutType", m.optOutType)
	}
	for i := range m.media {
		form.Set(fmt.Sprintf("MediaUrl%d", i), fmt.Sprintf("https://api.twilio.com/%s/Accounts/%s/Messages/%s/Media/%s",
			apiVersion, e.options.AccountSID, m.sid, e.newSID("ME")))
		form.Set(fmt.Sprintf("MediaContentType%d", i), "image/jpeg")
	}
	token := e.newSID("")
	post := func(ctx context.Context) bool {
		if e.post(ctx, e.options.InboundURL, token, form) {
			return true
		}
		return e.options.FallbackURL != "" && e.post(ctx, e.options.FallbackURL, token, form)
	}
	later := func(d time.Duration) {
		e.schedule(at.Add(d), func(time.Time) func(context.Context) {
			return func(ctx context.Context) { post(ctx) }
		})
		e.changed()
	}
	if e.strikes(e.faults.InboundRepeated) {
		later(e.late())
	}
	if e.strikes(e.faults.InboundDelayed) {
		later(e.late())
		return nil
	}
	return post
}

// post sends a signed form and tells whether it was answered 2xx. It is called without the lock.
func (e *Emulator) post(ctx context.Context, address, token string, form url.Values) bool {
	address, _, _ = strings.Cut(address, "#") // connection overrides stand there
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		e.options.Log.ErrorContext(ctx, "webhook address is not right")
		return false
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	request.Header.Set("User-Agent", "TwilioProxy/1.1")
	request.Header.Set("X-Twilio-Signature", Sign(e.options.AuthToken, address, form))
	request.Header.Set("I-Twilio-Idempotency-Token", token)
	response, err := e.options.WebhookClient.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		e.options.Log.WarnContext(ctx, "webhook not answered", "path", request.URL.Path, "error", err)
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, answerLimit))
	if response.StatusCode/100 != 2 {
		e.options.Log.WarnContext(ctx, "webhook refused", "path", request.URL.Path, "status", response.StatusCode)
		return false
	}
	return true
}

// Sign gives a webhook's X-Twilio-Signature: the base64 of the HMAC-SHA1, keyed by the auth token, of the address and
// the form's names and values in the order of the names. https://www.twilio.com/docs/usage/security#validating-requests
func Sign(authToken, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(authToken))
	_, _ = io.WriteString(mac, address)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			_, _ = io.WriteString(mac, name+value)
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
