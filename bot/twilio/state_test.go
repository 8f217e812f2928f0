package twilio_test

import (
	"fmt"
	"testing"
	"time"

	"amends/bot/twilio"

	"pgregory.net/rapid"
)

var states = []twilio.State{
	"", "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "received", "read", "new",
}

// TestStatusesOnlyMoveForward plays callbacks in any order, repeated and lost.
func TestStatusesOnlyMoveForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		updates := rapid.SliceOf(rapid.SampledFrom(states)).Draw(t, "updates")
		var now twilio.State
		passed := map[twilio.State]bool{}
		for _, next := range updates {
			if !next.Follows(now) {
				continue
			}
			if now.Final() || passed[next] || !next.Known() || next.Follows(next) || now.Follows(next) {
				t.Fatalf("%s after %s", next, now)
			}
			now, passed[next] = next, true
		}
		if len(passed) > 5 {
			t.Fatalf("%d changes", len(passed))
		}
	})
}

// TestOrderOfCallbacksDoesNotMatter: whatever order one text's callbacks come in, it ends where it ended.
func TestOrderOfCallbacksDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.SampledFrom([]twilio.State{"delivered", "undelivered", "failed", "canceled"}).Draw(t, "end")
		way := []twilio.State{"accepted", "queued", "sending", "sent", end, end, "sent"}
		var now twilio.State
		for _, next := range rapid.Permutation(way).Draw(t, "order") {
			if next.Follows(now) {
				now = next
			}
		}
		if now != end {
			t.Fatalf("%s, not %s", now, end)
		}
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	least, most := func() float64 { return 0 }, func() float64 { return 0.999999999 }
	for attempt, want := range map[int]time.Duration{
		-5: 2 * time.Second, 0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 3: 8 * time.Second, 9: 512 * time.Second,
		10: 10 * time.Minute, 11: 10 * time.Minute, 1000000: 10 * time.Minute,
	} {
		low, high := twilio.Backoff(attempt, least), twilio.Backoff(attempt, most)
		if low != want/2 || high > want || high < want-time.Millisecond {
			t.Errorf("attempt %d: %v to %v, want up to %v", attempt, low, high, want)
		}
	}
	var all time.Duration
	for attempt := 1; attempt <= 20; attempt++ {
		all += twilio.Backoff(attempt, most)
	}
	if rounded := all.Round(time.Minute); rounded != 127*time.Minute {
		t.Errorf("twenty attempts take %v", rounded)
	}
}

func TestConsequences(t *testing.T) {
	t.Parallel()
	for want, codes := range map[twilio.Consequence][]int{
		twilio.None:          {0},
		twilio.OptOut:        {21610},
		twilio.Unreachable:   {21211, 21614, 30005, 30006},
		twilio.RetryLittle:   {30003, 30008},
		twilio.Person:        {30004, 30007},
		twilio.OperatorAlarm: {21408, 30002, 30034, 20003, 10001},
		twilio.Later:         {429, 500, 503, 20429},
		twilio.Failed:        {21617, 30036, 99999, -1},
	} {
		for _, code := range codes {
			if got := twilio.ConsequenceOf(code); got != want {
				t.Errorf("%d: %v, want %v", code, got, want)
			}
		}
		if fmt.Sprint(want) == fmt.Sprint(int(want)) {
			t.Errorf("%d has no name", int(want))
		}
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	good := twilio.Config{AccountSID: account, AuthToken: token}
	if client, err := twilio.New(good); err != nil || client.Timeout() != twilio.DefaultTimeout {
		t.Errorf("%v", err)
	}
	for name, spoil := range map[string]func(*twilio.Config){
		"no account":        func(c *twilio.Config) { c.AccountSID = "" },
		"no token":          func(c *twilio.Config) { c.AuthToken = "" },
		"half a key":        func(c *twilio.Config) { c.APIKey = "SK1" },
		"the other half":    func(c *twilio.Config) { c.APISecret = "secret" },
		"no address":        func(c *twilio.Config) { c.BaseURL = "api.twilio.com" },
		"another scheme":    func(c *twilio.Config) { c.BaseURL = "ftp://api.twilio.com" },
		"a broken address":  func(c *twilio.Config) { c.BaseURL = "http://%zz" },
		"a query":           func(c *twilio.Config) { c.BaseURL = "http://x/?y=z" },
		"a name and secret": func(c *twilio.Config) { c.BaseURL = "http://me:secret@x/" },
	} {
		config := good
		spoil(&config)
		if _, err := twilio.New(config); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
