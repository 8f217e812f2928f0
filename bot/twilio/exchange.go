package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// exchange is one request to Twilio and what became of it. The twilio-go client takes no context, no address and no
// answer's header, so it is given an exchange as its transport: that puts the context and the address in, and keeps
// what a sender needs to judge a failure.
type exchange struct {
	ctx    context.Context
	target *url.URL
	base   http.RoundTripper
	key    *twilioclient.Credentials

	begun      bool // the transport was asked
	dialled    bool // a connection was asked for
	connected  bool // and there was one, so that bytes may have gone out
	status     int
	retryAfter time.Duration
	failure    error // what the transport said
}

// call makes one request and turns whatever went wrong into a *SendError.
func (c *Client) call(ctx context.Context, op string, key *twilioclient.Credentials, do func(*api.ApiService) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	x := &exchange{ctx: ctx, target: c.target, base: c.transport, key: key}
	backend := &twilioclient.Client{
		// twilio-go refuses credentials with any mark in them, a dash too. What they look like is for the
		// other side to judge, so the exchange puts in the real ones.
		Credentials: twilioclient.NewCredentials("account", "token"),
		HTTPClient: &http.Client{Transport: x, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a redirect followed would be a second request
		}},
	}
	backend.SetAccountSid(c.account)
	// Not NewRequestHandler: it reads the environment.
	err := do(api.NewApiService(&twilioclient.RequestHandler{Client: backend}))
	if err == nil && x.status >= http.StatusMultipleChoices {
		err = errRedirected
	}
	switch {
	case errors.Is(err, ErrTooMany):
		return err
	case err != nil:
		return x.judge(op, err)
	}
	return nil
}

// RoundTrip sends the request to the target address under the caller's context.
func (x *exchange) RoundTrip(asked *http.Request) (*http.Response, error) {
	// One call can be several requests (pages); the last one is judged.
	x.begun, x.dialled, x.connected, x.status, x.retryAfter, x.failure = false, false, false, 0, 0, nil
	if x.failure = x.ctx.Err(); x.failure != nil {
		return nil, x.failure
	}
	x.begun = true
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		GetConn: func(string) { x.dialled = true },
		GotConn: func(httptrace.GotConnInfo) { x.connected = true },
	})
	request := asked.Clone(ctx)
	request.SetBasicAuth(x.key.Username, x.key.Password)
	request.URL.Scheme, request.URL.Host, request.Host = x.target.Scheme, x.target.Host, ""
	if prefix := x.target.Path; prefix != "" && !strings.HasPrefix(request.URL.Path, prefix+"/") {
		request.URL.Path, request.URL.RawPath = prefix+request.URL.Path, ""
	}
	response, err := x.base.RoundTrip(request)
	if err != nil {
		x.failure = err
		return nil, err
	}
	x.status = response.StatusCode
	x.retryAfter = retryAfter(response.Header)
	return response, nil
}

// retryAfter reads the header in its form of whole seconds, which is Twilio's; a date is left to our own backoff.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, int(24*time.Hour/time.Second))) * time.Second
}

// judge says what became of a request that failed. The order matters: an answer outweighs everything else.
func (x *exchange) judge(op string, err error) *SendError {
	failed := &SendError{Op: op, HTTPStatus: x.status, RetryAfter: x.retryAfter}
	if cause := context.Cause(x.ctx); cause != nil {
		failed.cause = cause
	}
	var rest *twilioclient.TwilioRestError
	if errors.As(err, &rest) {
		failed.Code = rest.Code
	}
	switch {
	case x.status == 0:
		failed.Reason = reasonOf(x.failure)
		failed.Fate = InDoubt
		if x.unsent() {
			failed.Fate = Retry
		}
	default:
		failed.Fate = fateOf(failed.Code, x.status)
		if errors.As(err, &rest) {
			break
		}
		failed.Reason = "an answer that could not be read"
		if errors.Is(err, errRedirected) {
			failed.Reason = errRedirected.Error()
		}
	}
	return failed
}
