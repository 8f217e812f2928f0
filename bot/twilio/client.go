package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	// DefaultBaseURL is Twilio's own address.
	DefaultBaseURL = "https://api.twilio.com"
	// DefaultTimeout is how long one request may take, from dialling to the last byte of the answer.
	DefaultTimeout = 15 * time.Second
	// MaxValidity is the longest a text may wait in Twilio's queue (error 90007 beyond it); the shortest is a second.
	MaxValidity = 36000 * time.Second

	// idlePerHost lets a busy sender keep its connections: Go keeps two a host unless told.
	idlePerHost = 64
)

// Config says whose account is used and where it is reached.
type Config struct {
	AccountSID string
	AuthToken  string
	// APIKey and APISecret, where both are set, are used instead of the auth token for every request but the check
	// of the token itself.
	APIKey    string
	APISecret string
	// BaseURL is another address than Twilio's own, of a proxy or a test double. It may have a path, which is put
	// before Twilio's: http://127.0.0.1:8080/emulator.
	BaseURL string
	// HTTP is used for its Transport and its Timeout; nil means one of our own.
	HTTP *http.Client
	// Timeout bounds one request; 0 means HTTP's, or else DefaultTimeout.
	Timeout time.Duration
}

// Client speaks to one Twilio account. It is safe for concurrent use and keeps nothing but idle connections.
type Client struct {
	account   string
	token     string
	key       *twilioclient.Credentials
	target    *url.URL
	transport http.RoundTripper
	timeout   time.Duration
}

// New checks the configuration and makes a client of it; it makes no request.
func New(c Config) (*Client, error) {
	if c.AccountSID == "" {
		return nil, errors.New("twilio: the account SID is missing")
	}
	if (c.APIKey == "") != (c.APISecret == "") {
		return nil, errors.New("twilio: an API key and its secret go together; one of them is missing")
	}
	if c.AuthToken == "" && c.APIKey == "" {
		return nil, errors.New("twilio: neither an auth token nor an API key is given")
	}
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	target, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		return nil, errors.New("twilio: the base URL is not an http or https address")
	}
	if target.RawQuery != "" || target.Fragment != "" || target.User != nil {
		return nil, errors.New("twilio: the base URL may have a path, but no query, fragment or user")
	}
	client := &Client{account: c.AccountSID, token: c.AuthToken, target: target, timeout: c.Timeout}
	if c.APIKey != "" {
		client.key = twilioclient.NewCredentials(c.APIKey, c.APISecret)
	} else {
		client.key = twilioclient.NewCredentials(c.AccountSID, c.AuthToken)
	}
	if c.HTTP != nil {
		client.transport = c.HTTP.Transport
		if client.timeout == 0 {
			client.timeout = c.HTTP.Timeout
		}
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = idlePerHost
		client.transport = transport
	}
	if client.transport == nil {
		client.transport = http.DefaultTransport
	}
	if client.timeout <= 0 {
		client.timeout = DefaultTimeout
	}
	return client, nil
}

// Timeout is the time limit of one request. A send without an answer may still be taken until it has passed.
func (c *Client) Timeout() time.Duration { return c.timeout }

// Outgoing is a text to be sent.
type Outgoing struct {
	To               string // E.164
	From             string // E.164; may be empty where MessagingService is set
	MessagingService string // MG…
	Body             string // at most 1,600 characters (error 21617)
	StatusCallback   string // see StatusCallbackURL
	// Validity is how long the text may wait in Twilio's queue before it fails with error 30036; 0 means Twilio's
	// default of ten hours. It is sent in whole seconds, at least one and at most MaxValidity.
	Validity time.Duration
}

// Accepted is what Twilio said of a text that it took.
type Accepted struct {
	SID      string
	Status   State
	Segments int // 0 for a messaging service, which chooses its sender later
}

// Send hands one text to Twilio, once: it never tries again by itself. An error is a *SendError.
func (c *Client) Send(ctx context.Context, text Outgoing) (Accepted, error) {
	params := &api.CreateMessageParams{}
	setIf(text.To, func(s string) { params.SetTo(s) })
	setIf(text.From, func(s string) { params.SetFrom(s) })
	setIf(text.MessagingService, func(s string) { params.SetMessagingServiceSid(s) })
	setIf(text.Body, func(s string) { params.SetBody(s) })
	setIf(text.StatusCallback, func(s string) { params.SetStatusCallback(s) })
	if text.Validity > 0 {
		params.SetValidityPeriod(validitySeconds(text.Validity))
	}
	var taken *api.ApiV2010Message
	err := c.call(ctx, "send", c.key, func(s *api.ApiService) (err error) {
		taken, err = s.CreateMessage(params)
		if err == nil && deref(taken.Sid) == "" {
			err = errNoSID
		}
		return err
	})
	if err != nil {
		return Accepted{}, err
	}
	return Accepted{SID: deref(taken.Sid), Status: State(deref(taken.Status)), Segments: number(taken.NumSegments)}, nil
}

// Fetch reads one message again. A SID that the account does not have is a *SendError of code 20404.
func (c *Client) Fetch(ctx context.Context, sid string) (Record, error) {
	if !isSID(sid) {
		return Record{}, &SendError{Op: "fetch", Reason: "not a message SID", Fate: Refused}
	}
	var message *api.ApiV2010Message
	err := c.call(ctx, "fetch", c.key, func(s *api.ApiService) (err error) {
		message, err = s.FetchMessage(sid, nil)
		if err == nil && deref(message.Sid) == "" {
			err = errNoSID
		}
		return err
	})
	if err != nil {
		return Record{}, err
	}
	return recordOf(message), nil
}

// Account asks whether the credentials are good and the account may send. The auth token is tried for itself, since
// the webhooks' signatures rest on it; an API key is tried on the message list, since a standard key may read texts but
// not the account. A *SendError of code 20003 means wrong credentials.
func (c *Client) Account(ctx context.Context) error {
	if c.token != "" {
		var account *api.ApiV2010Account
		err := c.call(ctx, "account", twilioclient.NewCredentials(c.account, c.token), func(s *api.ApiService) (err error) {
			account, err = s.FetchAccount(c.account)
			return err
		})
		if err != nil {
			return err
		}
		if status := deref(account.Status); status != "active" {
			return &SendError{Op: "account", Code: codeNotActive, HTTPStatus: http.StatusOK, Fate: Retry,
				Reason: fmt.Sprintf("the account is %q, not active", status)}
		}
	}
	if c.key.Username == c.account {
		return nil
	}
	return c.call(ctx, "account", c.key, func(s *api.ApiService) error {
		_, err := s.PageMessage((&api.ListMessageParams{}).SetPageSize(1), "", "")
		return err
	})
}

func setIf(s string, set func(string)) {
	if s != "" {
		set(s)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(s *string) int {
	n, err := strconv.Atoi(deref(s))
	if err != nil {
		return 0
	}
	return n
}

func validitySeconds(d time.Duration) int {
	return int(max(min(d, MaxValidity), time.Second) / time.Second)
}

// isSID keeps a value from outside out of a request's path.
func isSID(s string) bool {
	if len(s) < 3 || len(s) > 64 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
