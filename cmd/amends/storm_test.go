package main_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/store/storetest"
)

// stormConnections is how many are open to the service at a time.
const stormConnections = 64

// post is a signed request.
type post struct {
	path string
	form url.Values
}

// storm posts everything twice, shuffled, and tells of whatever is refused.
func (s *siege) storm(posts []post) {
	s.t.Helper()
	posts = append(posts, posts...)
	s.random.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: stormConnections}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	work := make(chan post)
	var posting sync.WaitGroup
	for range stormConnections {
		posting.Go(func() {
			for p := range work {
				request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.public.URL+p.path, strings.NewReader(p.form.Encode()))
				if err != nil {
					s.t.Error(err)
					continue
				}
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				request.Header.Set("X-Twilio-Signature", emulator.Sign(authToken, s.public.URL+p.path, p.form))
				response, err := client.Do(request)
				if err != nil {
					s.t.Error(err)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if response.StatusCode != http.StatusOK {
					s.t.Errorf("%s was answered %d", p.path, response.StatusCode)
				}
			}
		})
	}
	for _, p := range posts {
		work <- p
	}
	close(work)
	posting.Wait()
}

// TestStorm brings texts of many senders, and then the callbacks of all that was sent, each twice and in no
// order, over 64 connections. AMENDS_TEST_STORM is how many texts; 250 unless it says otherwise.
func TestStorm(t *testing.T) {
	t.Parallel()
	texts := 250
	if n, err := strconv.Atoi(os.Getenv("AMENDS_TEST_STORM")); err == nil {
		texts = n
	}
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		database := db.URL
		if strings.HasPrefix(database, "sqlite:") {
			database = ""
		}
		s := newSiegeAt(t, database, real)
		s.phones.SetFaults(emulator.Faults{CallbackLost: 1})
		p := s.start()
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the log's errors:\n%s", complaints(p.log.String()))
			}
		})
		const each = 10
		s.fill(texts / each / 2)
		var posts []post
		for phone, written := range s.written {
			for range each {
				n := written.Add(1)
				sid := fmt.Sprintf("SM%s%021d", strings.TrimPrefix(phone, "+"), n)
				posts = append(posts, post{"/twilio/inbound", url.Values{"AccountSid": {accountSID}, "MessageSid": {sid}, "SmsStatus": {"received"},
					"From": {phone}, "To": {riverside}, "Body": {"balance"}, "NumSegments": {"1"}, "NumMedia": {"0"}}})
			}
		}
		s.storm(posts)
		s.settled()
		s.right()
		t.Logf("resident at most: %s", peak(p))

		posts = nil
		for phone := range s.written {
			for _, text := range s.phones.Thread(phone) {
				for _, status := range []string{"queued", "sent", "delivered"} {
					posts = append(posts, post{"/twilio/status", url.Values{"AccountSid": {accountSID}, "MessageSid": {text.SID},
						"MessageStatus": {status}, "From": {riverside}, "To": {phone}}})
				}
			}
		}
		s.storm(posts)
		_ = p.command.Process.Signal(os.Interrupt)
		s.gone(p)
		rows := map[string]int{}
		for row := range strings.Lines(must(t, s.env, "", "export", "messages")) {
			if fields := strings.Split(row, ","); len(fields) > 3 {
				rows[fields[2]+" "+fields[3]]++
			}
		}
		phones := len(s.written)
		if rows["in received"] != phones*each || rows["out delivered"] != phones*(each+1) {
			t.Errorf("of %d texts in and %d out there are on record %v", phones*each, phones*(each+1), rows)
		}
		if n := s.said(`"level":"ERROR"`); n > 0 {
			t.Errorf("the log has %d errors", n)
		}
	})
}

// complaints are the first errors of a log.
func complaints(log string) string {
	var all strings.Builder
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"level":"ERROR"`) && all.Len() < 4000 {
			all.WriteString(line)
		}
	}
	return all.String()
}

// peak is the most memory that a process has had resident, where the system tells.
func peak(p *process) string {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(kilobytes)
}

// TestSlowNumbers has the provider hang on the texts to some numbers, more than one program sends at once
// to anybody: the others get theirs meanwhile, the answers first.
func TestSlowNumbers(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		database := db.URL
		if strings.HasPrefix(database, "sqlite:") {
			database = ""
		}
		s := newSiege(t, database)
		hung := make(chan struct{})
		var once sync.Once
		hanging := 0
		s.phones.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
			if r.Op != emulator.OpSend || !strings.HasPrefix(r.To, "+1312556") {
				return emulator.Fault{}
			}
			if hanging++; hanging == 13 {
				once.Do(func() { close(hung) })
			}
			return emulator.Fault{Answer: emulator.Silence}
		}})
		s.start()
		s.fill(13)
		<-hung // thirteen requests that will not be answered
		changed, cancel := s.phones.Subscribe()
		defer cancel()
		phone := fmt.Sprintf("+1312557%04d", rand.IntN(13))
		if _, err := s.phones.Write(t.Context(), phone, riverside, "balance"); err != nil {
			t.Fatal(err)
		}
		for s.answers(phone) == 0 {
			select {
			case <-changed:
			case <-time.After(time.Minute):
				t.Fatal("slow numbers hold up the others")
			}
		}
		for phone := range s.written {
			if slow := strings.HasPrefix(phone, "+1312556"); slow && s.count(phone, true) > 0 {
				t.Error("a number that hangs got its text")
			}
		}
	})
}
