package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPageSize = 50
	maxPageSize     = 1000
	pageTokenPrefix = "PA"
)

// filter is what a list is asked for.
type filter struct {
	to, from      string
	after, before time.Time // of sending, both inclusive; zero for none
}

func (f filter) holds(m *message) bool {
	switch {
	case m.deleted,
		f.to != "" && m.to != f.to,
		f.from != "" && m.from != f.from,
		!f.after.IsZero() && (m.sent.IsZero() || m.sent.Before(f.after)),
		!f.before.IsZero() && (m.sent.IsZero() || m.sent.After(f.before)):
		return false
	}
	return true
}

// list answers a page of the account's messages, newest first. A page token names the last message of the page before,
// so that what is sent in between moves nothing; the lock is held.
func (e *Emulator) list(c call) reply {
	f, ok := filterOf(c.form)
	if !ok {
		return errorReply(http.StatusBadRequest, codeBadParameter, "")
	}
	size, err := strconv.Atoi(c.form.Get("PageSize"))
	if err != nil || size < 1 {
		size = defaultPageSize
	}
	size = min(size, maxPageSize)
	page, err := strconv.Atoi(c.form.Get("Page"))
	if err != nil || page < 0 {
		page = 0
	}
	candidates := e.candidates(f)
	next, skip := len(candidates)-1, page*size
	if token := c.form.Get("PageToken"); token != "" {
		last := e.bySID[strings.TrimPrefix(token, pageTokenPrefix)]
		if last == nil {
			return errorReply(http.StatusBadRequest, codeBadParameter, "")
		}
		next, skip = sort.Search(len(candidates), func(i int) bool { return candidates[i].seq >= last.seq })-1, 0
	}
	resources, token := []map[string]any{}, ""
	for ; next >= 0; next-- {
		m := candidates[next]
		if !f.holds(m) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if len(resources) == size {
			token = pageTokenPrefix + resources[size-1]["sid"].(string)
			break
		}
		resources = append(resources, m.resource(e.options.AccountSID))
	}
	answer := map[string]any{
		"messages": resources, "page": page, "page_size": size, "start": page * size, "end": max(page*size+len(resources)-1, 0),
		"uri": pageURI(c, size, page, c.form.Get("PageToken")), "first_page_uri": pageURI(c, size, 0, ""),
		"next_page_uri": nil, "previous_page_uri": nil,
	}
	if token != "" {
		answer["next_page_uri"] = pageURI(c, size, page+1, token)
	}
	if page > 0 {
		answer["previous_page_uri"] = pageURI(c, size, page-1, "")
	}
	return jsonReply(http.StatusOK, answer)
}

// candidates are the messages that a filter can hold, oldest first: one number's where it names one.
func (e *Emulator) candidates(f filter) []*message {
	switch {
	case f.to != "" && (f.from == "" || len(e.byTo[f.to]) <= len(e.byFrom[f.from])):
		return e.byTo[f.to]
	case f.from != "":
		return e.byFrom[f.from]
	}
	return e.messages
}

func filterOf(form url.Values) (f filter, ok bool) {
	f = filter{to: form.Get("To"), from: form.Get("From")}
	for _, number := range []*string{&f.to, &f.from} {
		if whole, ok := e164(*number); ok {
			*number = whole
		}
	}
	if f.after, _, ok = dates(form.Get("DateSent>")); !ok {
		return f, false
	}
	if _, f.before, ok = dates(form.Get("DateSent<")); !ok {
		return f, false
	}
	if form.Get("DateSent") != "" {
		f.after, f.before, ok = dates(form.Get("DateSent"))
	}
	return f, ok
}

// dates reads a filter's value: a day in GMT, from its first to its last instant, or an instant.
func dates(s string) (from, to time.Time, ok bool) {
	if s == "" {
		return from, to, true
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, day.AddDate(0, 0, 1).Add(-time.Nanosecond), true
	}
	instant, err := time.Parse(time.RFC3339, s)
	return instant, instant.Add(time.Second - time.Nanosecond), err == nil
}

// pageURI is the address of a page, relative to Twilio's.
func pageURI(c call, size, page int, token string) string {
	query := url.Values{"PageSize": {fmt.Sprint(size)}, "Page": {fmt.Sprint(page)}}
	for _, name := range []string{"To", "From", "DateSent", "DateSent>", "DateSent<"} {
		if c.form.Has(name) {
			query.Set(name, c.form.Get(name))
		}
	}
	if token != "" {
		query.Set("PageToken", token)
	}
	return c.path + "?" + query.Encode()
}
