package twilio_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"amends/bot/twilio"

	"github.com/google/go-cmp/cmp"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "0123456789abcdef0123456789abcdef"
	public  = "https://amends.example.org"
)

type receiver struct {
	inbound  []twilio.Inbound
	statuses []twilio.StatusUpdate
	err      error
}

func (r *receiver) Inbound(_ context.Context, in twilio.Inbound) error {
	r.inbound = append(r.inbound, in)
	return r.err
}

func (r *receiver) Status(_ context.Context, u twilio.StatusUpdate) error {
	r.statuses = append(r.statuses, u)
	return r.err
}

// sign is the published rule: the address, then each name and value in the order of the names. Written here once more,
// so that the door is not tested with its own key.
func sign(key, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(key))
	_, _ = io.WriteString(mac, address)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(mac, name+form[name][0])
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func inboundForm(change ...string) url.Values {
	form := url.Values{"MessageSid": {"SM1"}, "AccountSid": {account}, "From": {"+13125550101"}, "To": {"+13125550000"},
		"Body": {"hello"}, "NumMedia": {"0"}, "NumSegments": {"1"}}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// hook is one request to the webhooks: by default a good inbound text.
type hook struct {
	method, path, contentType string
	form                      url.Values
	body                      string // instead of the form
	signature, signedAddress  string
	key                       string
}

func (h hook) request() *http.Request {
	if h.method == "" {
		h.method = http.MethodPost
	}
	if h.path == "" {
		h.path = twilio.InboundPath
	}
	if h.contentType == "" {
		h.contentType = "application/x-www-form-urlencoded; charset=UTF-8"
	}
	if h.form == nil {
		h.form = inboundForm()
	}
	if h.body == "" {
		h.body = h.form.Encode()
	}
	if h.key == "" {
		h.key = token
	}
	if h.signedAddress == "" {
		h.signedAddress = public + h.path
	}
	if h.signature == "" {
		h.signature = sign(h.key, h.signedAddress, h.form)
	}
	r := httptest.NewRequest(h.method, "http://internal:8080"+h.path, strings.NewReader(h.body))
	r.Header.Set("Content-Type", h.contentType)
	if h.signature != "none" {
		r.Header.Set("X-Twilio-Signature", h.signature)
	}
	return r
}

func config(r twilio.Receiver) twilio.WebhookConfig {
	return twilio.WebhookConfig{AuthTokens: []string{"", token, "thesecondone"}, AccountSID: account, PublicURL: public + "/", Receiver: r}
}

func TestWebhooksRefuse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hook   hook
		status int
	}{
		"good":                   {hook{}, 200},
		"unsigned":               {hook{signature: "none"}, 403},
		"signed by another key":  {hook{key: "another"}, 403},
		"signed by an empty key": {hook{signature: sign("", public+twilio.InboundPath, inboundForm())}, 403},
		"signed by the second":   {hook{key: "thesecondone"}, 200},
		"signature is nonsense":  {hook{signature: "%%%"}, 403},
		"signed for our host":    {hook{signedAddress: "http://internal:8080/twilio/inbound"}, 403},
		"signed for other words": {hook{signature: sign(token, public+twilio.InboundPath, inboundForm("Body", "other"))}, 403},
		"signed for status":      {hook{signedAddress: public + twilio.StatusPath}, 403},
		"signed with a port":     {hook{signedAddress: "https://amends.example.org:443" + twilio.InboundPath}, 200},
		"a query not signed":     {hook{path: twilio.InboundPath + "?m=1", signedAddress: public + twilio.InboundPath}, 403},
		"a query signed":         {hook{path: twilio.InboundPath + "?a=b%20c&d=%2B"}, 200},
		"no body, unsigned":      {hook{body: " ", form: url.Values{}, signature: "none"}, 403},
		"foreign account":        {hook{form: inboundForm("AccountSid", "AC2")}, 403},
		"no account":             {hook{form: inboundForm("AccountSid", "")}, 400},
		"no SID":                 {hook{form: inboundForm("MessageSid", "")}, 400},
		"no sender":              {hook{form: inboundForm("From", "")}, 400},
		"JSON":                   {hook{contentType: "application/json", body: "{}"}, 400},
		"no type":                {hook{contentType: "nonsense/", body: "x"}, 400},
		"malformed":              {hook{body: "Body=%zz"}, 400},
		"malformed, unsigned":    {hook{body: "Body=%zz", signature: "none"}, 400},
		"semicolons":             {hook{body: "a;b=c"}, 400},
		"huge":                   {hook{form: inboundForm("Body", strings.Repeat("x", 300<<10))}, 413},
		"huge, unsigned":         {hook{body: strings.Repeat("x", 300<<10), signature: "none"}, 413},
		"GET":                    {hook{method: http.MethodGet}, 405},
		"PUT":                    {hook{method: http.MethodPut}, 405},
		"elsewhere":              {hook{path: "/twilio"}, 404},
		"elsewhere below":        {hook{path: "/twilio/inbound/"}, 404},
		"status":                 {hook{path: twilio.StatusPath + "?m=1", form: inboundForm("MessageStatus", "sent")}, 200},
		"status without status":  {hook{path: twilio.StatusPath + "?m=1"}, 400},
		"status without SID":     {hook{path: twilio.StatusPath, form: inboundForm("MessageStatus", "sent", "MessageSid", "")}, 400},
		"status, unsigned":       {hook{path: twilio.StatusPath, form: inboundForm("MessageStatus", "sent"), signature: "none"}, 403},
	} {
		var log bytes.Buffer
		got := &receiver{}
		c := config(got)
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		w := httptest.NewRecorder()
		twilio.NewWebhooks(c).ServeHTTP(w, test.hook.request())
		if w.Code != test.status {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, test.status)
		}
		if (len(got.inbound)+len(got.statuses) == 1) != (w.Code == 200) {
			t.Errorf("%s: answered %d, handed over %v", name, w.Code, got)
		}
		if w.Code == 200 {
			if w.Header().Get("Content-Type") != "text/xml; charset=utf-8" ||
				w.Body.String() != `<?xml version="1.0" encoding="UTF-8"?><Response></Response>` {
				t.Errorf("%s: %v %s", name, w.Header(), w.Body)
			}
		}
		if w.Code == 405 && w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: no Allow", name)
		}
		if said := log.String() + w.Body.String(); strings.Contains(said, "555") || strings.Contains(said, "hello") {
			t.Errorf("%s: number or words in %s", name, said)
		}
		if (w.Code >= 400 && w.Code != 404 && w.Code != 405) != (log.Len() > 0) {
			t.Errorf("%s: logged %q", name, log.String())
		}
	}
}

func TestNothingRecordedIsA500(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := config(&receiver{err: errors.New("database gone")})
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	for _, h := range []hook{{}, {path: twilio.StatusPath, form: inboundForm("MessageStatus", "sent")}} {
		w := httptest.NewRecorder()
		twilio.NewWebhooks(c).ServeHTTP(w, h.request())
		if w.Code != 500 || strings.Contains(w.Body.String(), "database") || !strings.Contains(log.String(), "database gone") {
			t.Errorf("%d %s %s", w.Code, w.Body, log.String())
		}
	}
}

func TestNoTokenNoDoor(t *testing.T) {
	t.Parallel()
	for _, tokens := range [][]string{nil, {""}} {
		c := config(&receiver{})
		c.AuthTokens = tokens
		w := httptest.NewRecorder()
		twilio.NewWebhooks(c).ServeHTTP(w, hook{signature: sign("", public+twilio.InboundPath, inboundForm())}.request())
		if w.Code != 403 {
			t.Errorf("%q: %d", tokens, w.Code)
		}
	}
}

func TestAddressesAreCheckedAsTwilioSignsThem(t *testing.T) {
	t.Parallel()
	for address, signed := range map[string]string{
		"http://127.0.0.1:8080":         "http://127.0.0.1:8080",
		"https://amends.test:8443":      "https://amends.test:8443",
		"https://amends.test:8443/":     "https://amends.test", // Twilio has been inconsistent about ports
		"https://amends.test":           "https://amends.test",
		"https://amends.test/behind/it": "https://amends.test/behind/it",
		"http://[::1]:8080":             "http://[::1]:8080",
	} {
		c := config(&receiver{})
		c.PublicURL = address
		w := httptest.NewRecorder()
		h := hook{path: twilio.StatusPath + "?m=a%2Bb%2F%3D", form: inboundForm("MessageStatus", "sent")}
		h.signedAddress = signed + h.path
		twilio.NewWebhooks(c).ServeHTTP(w, h.request())
		if w.Code != 200 {
			t.Errorf("%s: %d %s", address, w.Code, w.Body)
		}
	}
}

func TestInboundTexts(t *testing.T) {
	t.Parallel()
	got := &receiver{}
	w := twilio.NewWebhooks(config(got))
	accept := func(h hook) {
		t.Helper()
		recorded := httptest.NewRecorder()
		w.ServeHTTP(recorded, h.request())
		if recorded.Code != 200 {
			t.Fatalf("%d %s", recorded.Code, recorded.Body)
		}
	}
	bodies := []string{"", "1 + 1 = 2 & more?", "¿Llegó? Sí 🙂", "שלום", "\x00\x07\u202e", strings.Repeat("y", 10000), strings.Repeat("🙂", 10000), "a;b"}
	for _, body := range bodies {
		accept(hook{form: inboundForm("Body", body)})
	}
	for i, body := range bodies {
		if got.inbound[i].Body != body {
			t.Errorf("%.20q became %.20q", body, got.inbound[i].Body)
		}
	}
	accept(hook{form: inboundForm("Body", "a\xffb")})
	accept(hook{form: inboundForm("OptOutType", "stop", "MessagingServiceSid", "MG1", "NumMedia", "2", "NumSegments", "x")})
	// A parameter that is repeated counts once, as the one that is signed.
	repeated := inboundForm()
	accept(hook{form: repeated, body: repeated.Encode() + "&Body=forged&From=%2B19995550000"})
	want := []twilio.Inbound{
		{SID: "SM1", AccountSID: account, From: "+13125550101", To: "+13125550000", Body: "a\uFFFDb", Segments: 1},
		{SID: "SM1", AccountSID: account, From: "+13125550101", To: "+13125550000", Body: "hello", MessagingService: "MG1", OptOutType: "STOP", Media: 2},
		{SID: "SM1", AccountSID: account, From: "+13125550101", To: "+13125550000", Body: "hello", Segments: 1},
	}
	if diff := cmp.Diff(want, got.inbound[len(bodies):]); diff != "" {
		t.Error(diff)
	}
}

func TestStatusUpdates(t *testing.T) {
	t.Parallel()
	got := &receiver{}
	w := twilio.NewWebhooks(config(got))
	address, _ := url.Parse(twilio.StatusCallbackURL(public+"/", "id+/=&x"))
	for _, form := range []url.Values{
		inboundForm("MessageStatus", "undelivered", "SmsStatus", "sent", "ErrorCode", "30003"),
		inboundForm("SmsStatus", "delivered"),
		inboundForm("MessageStatus", "something new"),
	} {
		recorded := httptest.NewRecorder()
		w.ServeHTTP(recorded, hook{path: address.RequestURI(), form: form}.request())
		if recorded.Code != 200 {
			t.Fatalf("%d %s", recorded.Code, recorded.Body)
		}
	}
	want := []twilio.StatusUpdate{
		{SID: "SM1", MessageID: "id+/=&x", Status: twilio.StateUndelivered, ErrorCode: 30003},
		{SID: "SM1", MessageID: "id+/=&x", Status: twilio.StateDelivered},
		{SID: "SM1", MessageID: "id+/=&x", Status: "something new"},
	}
	if diff := cmp.Diff(want, got.statuses); diff != "" {
		t.Error(diff)
	}
}

// FuzzWebhook throws bytes at the door. Unsigned ones never come in; the same bytes signed never break it.
func FuzzWebhook(f *testing.F) {
	f.Add("/twilio/inbound", "application/x-www-form-urlencoded", inboundForm().Encode())
	f.Add("/twilio/status?m=1", "application/x-www-form-urlencoded", inboundForm("MessageStatus", "sent").Encode())
	f.Add("/twilio/status?m=%zz;", "text/plain", "a=%zz&&=;")
	f.Add("/twilio/inbound?bodySHA256=00", "application/x-www-form-urlencoded", "AccountSid="+account)
	f.Fuzz(func(t *testing.T, path, kind, body string) {
		address, err := url.Parse("http://internal" + path)
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		got := &receiver{}
		w := twilio.NewWebhooks(config(got))
		serve := func(signature string) int {
			r := httptest.NewRequest(http.MethodPost, "http://internal/", strings.NewReader(body))
			r.URL = address
			r.Header.Set("Content-Type", kind)
			r.Header.Set("X-Twilio-Signature", signature)
			recorded := httptest.NewRecorder()
			w.ServeHTTP(recorded, r)
			return recorded.Code
		}
		if code := serve("AAAA"); code < 400 || code >= 500 || len(got.inbound)+len(got.statuses) > 0 {
			t.Fatalf("unsigned: %d, %v", code, got)
		}
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		full := public + address.EscapedPath()
		if address.RawQuery != "" {
			full += "?" + address.RawQuery
		}
		code := serve(sign(token, full, form))
		if taken := len(got.inbound) + len(got.statuses); (code == 200) != (taken == 1) || code >= 500 {
			t.Fatalf("signed: %d, %v", code, got)
		}
		for _, in := range got.inbound {
			if strings.ToValidUTF8(in.Body, "") != in.Body || in.AccountSID != account {
				t.Fatalf("%+v", in)
			}
		}
	})
}
