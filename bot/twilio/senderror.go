package twilio

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

var (
	errNoSID      = errors.New("an answer without a SID")
	errNoList     = errors.New("an answer without a list")
	errRedirected = errors.New("a redirect, which is not followed")
)

// Fate is what a failed request means for the text in it.
type Fate int

const (
	// InDoubt: nobody knows. No answer came (time-out, connection lost after the request may have gone out), or one
	// that doesn't tell (500, 502, 504, an unreadable 2xx). It is looked up with Find before it is ever tried again.
	// It is the zero value, so that what was not judged is not taken for safe.
	InDoubt Fate = iota
	// Refused: the provider certainly did not take it, and would refuse it again.
	Refused
	// Retry: the provider certainly did not take it and may later: 429, 503, a connection refused, an address not
	// found, wrong credentials that the operator will mend.
	Retry
)

// String gives the fate's name for logs and metrics.
func (f Fate) String() string {
	switch f {
	case Refused:
		return "refused"
	case Retry:
		return "retry"
	default:
		return "in_doubt"
	}
}

// SendError is a request to Twilio that failed. Its text names the operation, the code and the fate, and never a number
// or the words of a text: Twilio's own message, which quotes them, is not kept.
type SendError struct {
	Op         string        // send, find, fetch, account
	Code       int           // Twilio's error code, 0 if it gave none
	HTTPStatus int           // 0 if no answer came
	Fate       Fate          // what it means for the text
	RetryAfter time.Duration // how long Twilio asked to wait, 0 if it didn't
	Reason     string        // in a few plain words, where there is no code

	cause error // the context's end, if that was it
}

// Error names operation, code, HTTP status and fate.
func (e *SendError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "twilio %s: %s", e.Op, e.Fate)
	if e.Code != 0 {
		fmt.Fprintf(&b, ", error %d", e.Code)
	}
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&b, ", HTTP %d", e.HTTPStatus)
	}
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
	return b.String()
}

// Unwrap gives context.Canceled or context.DeadlineExceeded where the context ended the request, and nothing else.
func (e *SendError) Unwrap() error { return e.cause }

// Consequence says what follows, from the code or, where there is none, from the HTTP status.
func (e *SendError) Consequence() Consequence {
	if e.Code != 0 {
		if c := ConsequenceOf(e.Code); c != Failed {
			return c
		}
	}
	switch {
	case e.Fate == InDoubt, e.HTTPStatus == 0, e.HTTPStatus == http.StatusTooManyRequests,
		e.HTTPStatus >= http.StatusInternalServerError:
		return Later
	case e.Code == 0, e.HTTPStatus == http.StatusUnauthorized, e.HTTPStatus == http.StatusForbidden:
		return OperatorAlarm
	}
	return Failed
}

// fateOf judges an answer. A 4xx with Twilio's code is Twilio's no; one without is not Twilio's at all but a proxy's, or
// that of a wrong base URL, and like a redirect or a wrong credential it says nothing about the text, which may go when
// that is mended. Of the 5xx, 503 is said before a request is worked on; after a 500, 502 or 504 it may have been.
func fateOf(code, status int) Fate {
	switch {
	case status < http.StatusMultipleChoices: // taken, in all likelihood, but what was said of it could not be read
		return InDoubt
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return Retry
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout:
		return InDoubt
	case code == 0, status == http.StatusUnauthorized, mendable(code), ConsequenceOf(code) == Later:
		return Retry
	default:
		return Refused
	}
}

// unsent tells that no byte of the request can have left: no connection was ever had.
func (x *exchange) unsent() bool {
	if !x.begun { // the context had ended, or the client itself refused
		return true
	}
	if x.dialled {
		return !x.connected
	}
	// A transport that reports no trace: only what can't have been connected is safe.
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(x.failure, &op) && op.Op == "dial" || errors.As(x.failure, &dns)
}

// reasonOf puts a transport's failure into fixed words: its own would quote the request's address, and a list's address
// has the phone number in it.
func reasonOf(err error) string {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		host x509.HostnameError
		auth x509.UnknownAuthorityError
		slow net.Error
	)
	switch {
	case err == nil:
		return "not asked"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &dns):
		return "address not found"
	case errors.As(err, &cert), errors.As(err, &host), errors.As(err, &auth):
		return "the server's certificate is not trusted"
	default:
		return "connection lost"
	}
}
