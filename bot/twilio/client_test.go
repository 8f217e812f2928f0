package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amends/bot/twilio"
)

// against makes a client of a server that answers as told; the account itself is played in bot/emulator's tests.
func against(t *testing.T, handler http.HandlerFunc) (*twilio.Client, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, BaseURL: server.URL + "/a/b"})
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

var hello = twilio.Outgoing{To: "+13125550101", From: "+13125550000", Body: "the secret words", Validity: time.Millisecond}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	var got *http.Request
	client, _ := against(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"sid":"SM1","status":"queued","num_segments":"2"}`)
	})
	text := hello
	text.StatusCallback = twilio.StatusCallbackURL("https://amends.test", "a b")
	taken, err := client.Send(t.Context(), text)
	if err != nil || taken != (twilio.Accepted{SID: "SM1", Status: twilio.StateQueued, Segments: 2}) {
		t.Fatalf("%+v %v", taken, err)
	}
	user, password, _ := got.BasicAuth()
	if got.URL.Path != "/a/b/2010-04-01/Accounts/"+account+"/Messages.json" || user != account || password != token {
		t.Errorf("%s as %s", got.URL.Path, user)
	}
	want := "Body=the+secret+words&From=%2B13125550000&StatusCallback=https%3A%2F%2Famends.test%2Ftwilio%2Fstatus%3Fm%3Da%2Bb&To=%2B13125550101&ValidityPeriod=1"
	if form := got.PostForm.Encode(); form != want {
		t.Error(form)
	}
}

// TestAnswersThatAreNone are a proxy's, a portal's, a cable's cut in the middle. None may be taken for Twilio's word.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		fate   twilio.Fate // of a send
	}{
		"an empty object": {200, `{}`, twilio.InDoubt},
		"null":            {200, `null`, twilio.InDoubt},
		"a page":          {200, `<html>`, twilio.InDoubt},
		"nothing":         {201, ``, twilio.InDoubt},
		"half":            {201, `{"sid":"SM`, twilio.InDoubt},
		"a redirect":      {307, `{}`, twilio.Retry},
		"a wall":          {403, `<html>+13125550101 the secret words`, twilio.Retry},
		"a quoting error": {400, `{"code":21211,"message":"The 'To' number +13125550101 is not valid","status":400}`, twilio.Refused},
		"an odd error":    {500, `{"code":"x"}`, twilio.InDoubt},
	} {
		asked := 0
		client, _ := against(t, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(test.status)
			fmt.Fprint(w, test.body)
		})
		_, sendErr := client.Send(t.Context(), hello)
		var failed *twilio.SendError
		if !errors.As(sendErr, &failed) || failed.Fate != test.fate {
			t.Errorf("%s: %v, want %v", name, sendErr, test.fate)
		}
		_, findErr := client.Find(t.Context(), twilio.Query{To: hello.To})
		_, fetchErr := client.Fetch(t.Context(), "SM1")
		for _, err := range []error{sendErr, findErr, fetchErr, client.Account(t.Context())} {
			if err == nil {
				t.Errorf("%s: taken for an answer", name)
			} else if said := fmt.Sprintf("%v %+v", err, err); strings.Contains(said, "555") || strings.Contains(said, "secret") {
				t.Errorf("%s: number or words in %s", name, said)
			}
		}
		if asked != 4 {
			t.Errorf("%s: %d requests of four", name, asked)
		}
	}
}

func TestFindSaysNothingWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	client, server := against(t, nil)
	server.Close()
	_, err := client.Find(t.Context(), twilio.Query{To: hello.To, From: hello.From})
	if err == nil || strings.Contains(err.Error(), "555") || strings.Contains(fmt.Sprintf("%+v", err), "555") {
		t.Error(err)
	}
}

func TestFindIsBounded(t *testing.T) {
	t.Parallel()
	pages := 0
	client, _ := against(t, func(w http.ResponseWriter, _ *http.Request) {
		pages++
		fmt.Fprintf(w, `{"messages":[],"next_page_uri":"/a/b/2010-04-01/Accounts/%s/Messages.json?Page=%d"}`, account, pages)
	})
	if _, err := client.Find(t.Context(), twilio.Query{To: hello.To}); !errors.Is(err, twilio.ErrTooMany) || pages != 50 {
		t.Errorf("%v after %d pages", err, pages)
	}
}

// TestFindIsNotFooledByOrder: a list that is not newest first is read to its end.
func TestFindIsNotFooledByOrder(t *testing.T) {
	t.Parallel()
	pages := 0
	client, _ := against(t, func(w http.ResponseWriter, r *http.Request) {
		pages++
		message := func(sid string, hour int) string {
			return fmt.Sprintf(`{"sid":%q,"to":"+13125550101","direction":"outbound-api","date_created":"Mon, 02 Mar 2026 %02d:00:00 +0000"}`, sid, hour)
		}
		if r.URL.Query().Get("Page") == "" {
			fmt.Fprintf(w, `{"messages":[%s,%s],"next_page_uri":"/2010-04-01/Accounts/%s/Messages.json?Page=1"}`,
				message("SM1", 9), message("SM2", 10), account)
			return
		}
		fmt.Fprintf(w, `{"messages":[%s,%s],"next_page_uri":null}`, message("SM3", 11), message("SM4", 12))
	})
	since := time.Date(2026, 3, 2, 11, 0, 0, 5e8, time.UTC)
	found, err := client.Find(t.Context(), twilio.Query{To: hello.To, Since: since})
	if err != nil || len(found) != 2 || found[0].SID != "SM3" || pages != 2 {
		t.Errorf("%+v %v in %d pages", found, err, pages)
	}
}
