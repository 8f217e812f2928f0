package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Record is a message as the account remembers it. Times are UTC and zero where Twilio gives none.
type Record struct {
	SID              string
	To, From         string
	MessagingService string
	Body             string
	Direction        string // outbound-api, outbound-reply, inbound
	Status           State
	ErrorCode        int
	Segments         int
	Media            int
	Created, Sent    time.Time
}

// Query says which texts to find: those of the API to one number, from one sender, taken in one stretch of time.
type Query struct {
	To               string    // required
	From             string    // the sending number, or
	MessagingService string    // the messaging service
	Since, Until     time.Time // of creation, both inclusive to the second; a zero Until means up to now
}

const (
	findPageSize = 100
	// findMaxPages bounds a look-up at 5,000 texts to one number: years of ours.
	findMaxPages = 50
)

// ErrTooMany is returned by Find when the bound was reached before the stretch of time was covered. Nothing can then be
// said about a text that was not seen.
var ErrTooMany = errors.New("twilio find: too many messages to look through")

// Find lists the texts that the account has taken, newest first as Twilio lists them. It reads every page that can
// hold one, and returns either all of them or an error, so that "not found" can be relied on.
//
// It does not use the list's DateSent filter: a text that is still queued has no such date, and that is the very text
// that a look-up after an unanswered send is for. It goes by the date of creation itself and stops at a page that is
// wholly older than Since.
func (c *Client) Find(ctx context.Context, q Query) ([]Record, error) {
	if q.To == "" {
		return nil, &SendError{Op: "find", Fate: Refused, Reason: "no recipient given"}
	}
	params := (&api.ListMessageParams{}).SetTo(q.To).SetPageSize(findPageSize)
	if q.MessagingService == "" && q.From != "" {
		params.SetFrom(q.From)
	}
	return c.list(ctx, "find", params, q.Since, q.holds)
}

// Received lists the texts that came in to one of our numbers since then, oldest first: what a webhook was
// to tell us and may not have.
func (c *Client) Received(ctx context.Context, number string, since time.Time) ([]Inbound, error) {
	params := (&api.ListMessageParams{}).SetTo(number).SetPageSize(findPageSize)
	records, err := c.list(ctx, "received", params, since, func(r Record) bool { return r.Direction == "inbound" })
	if err != nil {
		return nil, err
	}
	slices.Reverse(records)
	texts := make([]Inbound, len(records))
	for i, r := range records {
		texts[i] = Inbound{SID: r.SID, AccountSID: c.account, From: r.From, To: r.To, MessagingService: r.MessagingService,
			Body: strings.ToValidUTF8(r.Body, "\uFFFD"), Media: r.Media, Segments: r.Segments, At: r.Created}
	}
	return texts, nil
}

// list reads every page that can hold a record made since then, newest first, and keeps those that hold.
func (c *Client) list(ctx context.Context, op string, params *api.ListMessageParams, since time.Time, holds func(Record) bool) ([]Record, error) {
	var found []Record
	err := c.call(ctx, op, c.key, func(s *api.ApiService) error {
		page, err := s.PageMessage(params, "", "")
		for pages := 1; err == nil; pages++ {
			if page.Messages == nil { // an empty list would be one: this is something else's answer
				return errNoList
			}
			older := 0
			for i := range page.Messages {
				record := recordOf(&page.Messages[i])
				if record.Created.Before(since.Truncate(time.Second)) {
					older++
				} else if holds(record) {
					found = append(found, record)
				}
			}
			if page.NextPageUri == nil || *page.NextPageUri == "" {
				return nil
			}
			if older == len(page.Messages) && newestFirst(page.Messages) {
				return nil
			}
			if pages == findMaxPages {
				return ErrTooMany
			}
			page, err = nextPage(s, page)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (q Query) holds(r Record) bool {
	return r.Direction == "outbound-api" && r.To == q.To &&
		(q.MessagingService == "" || r.MessagingService == q.MessagingService) &&
		(q.MessagingService != "" || q.From == "" || r.From == q.From) &&
		(q.Until.IsZero() || !r.Created.After(q.Until))
}

func nextPage(s *api.ApiService, page *api.ListMessageResponse) (*api.ListMessageResponse, error) {
	next, err := twilioclient.GetNext(DefaultBaseURL, page, func(address string) (any, error) {
		response, err := s.RequestHandler().Get(address, nil, nil, "")
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		page := &api.ListMessageResponse{}
		return page, json.NewDecoder(response.Body).Decode(page)
	})
	if err != nil {
		return nil, err
	}
	return next.(*api.ListMessageResponse), nil
}

// newestFirst makes sure of Twilio's order before it is relied on.
func newestFirst(page []api.ApiV2010Message) bool {
	if len(page) == 0 {
		return false
	}
	return instant(page[0].DateCreated).After(instant(page[len(page)-1].DateCreated))
}

func recordOf(m *api.ApiV2010Message) Record {
	r := Record{
		SID: deref(m.Sid), To: deref(m.To), From: deref(m.From), MessagingService: deref(m.MessagingServiceSid),
		Body: deref(m.Body), Direction: deref(m.Direction), Status: State(deref(m.Status)), Segments: number(m.NumSegments),
		Media:   number(m.NumMedia),
		Created: instant(m.DateCreated), Sent: instant(m.DateSent),
	}
	if m.ErrorCode != nil {
		r.ErrorCode = *m.ErrorCode
	}
	return r
}

// instant reads the API's RFC 2822 form, "Thu, 30 Jul 2015 20:12:31 +0000".
func instant(s *string) time.Time {
	t, err := time.Parse(time.RFC1123Z, deref(s))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
