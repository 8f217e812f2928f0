package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"

	"github.com/google/go-cmp/cmp"
)

func TestATextGoesOutAndItsStatusesComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taken := w.send("How are you, 1 to 5?")
	if taken.Status != twilio.StateQueued || taken.Segments != 1 || !strings.HasPrefix(taken.SID, "SM") || len(taken.SID) != 34 {
		t.Fatalf("taken %+v", taken)
	}
	w.pass(time.Minute)
	_, statuses := w.receiver.got()
	var got []twilio.State
	for _, s := range statuses {
		if s.SID != taken.SID || s.MessageID != "msg-1" || s.ErrorCode != 0 {
			t.Errorf("status %+v", s)
		}
		got = append(got, s.Status)
	}
	if diff := cmp.Diff([]twilio.State{"sending", "sent", "delivered"}, got); diff != "" {
		t.Error(diff)
	}
	want := []emulator.Text{{SID: taken.SID, Direction: emulator.ToPhone, Peer: program, Body: "How are you, 1 to 5?",
		At: start.Add(2 * time.Second), Status: "delivered"}}
	if diff := cmp.Diff(want, w.emulator.Thread(victim)); diff != "" {
		t.Error(diff)
	}
	record, err := w.client.Fetch(t.Context(), taken.SID)
	if err != nil {
		t.Fatal(err)
	}
	wantRecord := twilio.Record{SID: taken.SID, To: victim, From: program, Body: "How are you, 1 to 5?", Direction: "outbound-api",
		Status: "delivered", Segments: 1, Created: start, Sent: start.Add(time.Second)}
	if diff := cmp.Diff(wantRecord, record); diff != "" {
		t.Error(diff)
	}
}

func TestAPhoneWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{"PAID 50", "¿qué? + 1&2=3 %41 🙂", "", strings.Repeat("long ", 2000), "עברית", "a;b"} {
		w.write(body, emulator.Media(len(body)%2))
		inbound, _ := w.receiver.got()
		last := inbound[len(inbound)-1]
		if last.Body != body || last.From != victim || last.To != program || last.AccountSID != account ||
			last.Media != len(body)%2 || last.OptOutType != "" {
			t.Errorf("wrote %.20q, got %+.200v", body, last)
		}
	}
	if diff := cmp.Diff([]string{victim}, w.emulator.Phones()); diff != "" {
		t.Error(diff)
	}
	if _, err := w.emulator.Write(t.Context(), victim, "", "and again"); err != nil {
		t.Errorf("no number named: %v", err)
	}
	if _, err := w.emulator.Write(t.Context(), "", "", "x"); err != emulator.ErrNoNumber {
		t.Errorf("nobody's text: %v", err)
	}
	w.receiver.err = fmt.Errorf("database gone")
	if sid, err := w.emulator.Write(t.Context(), victim, program, "lost?"); err != emulator.ErrWebhook || sid == "" {
		t.Errorf("a webhook refused: %q %v", sid, err)
	}
}

func TestTheFallbackHasWhatTheServiceCouldNotTake(t *testing.T) {
	t.Parallel()
	var fallen []string
	var mu sync.Mutex
	w := newWorld(t, func(o *emulator.Options) {
		hooks := o.WebhookClient.Transport
		o.FallbackURL = "http://fallback.test/inbound"
		o.WebhookClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != "fallback.test" {
				return hooks.RoundTrip(r)
			}
			return emulator.InProcess(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				fallen = append(fallen, r.FormValue("Body"))
			})).RoundTrip(r)
		})}
	})
	w.write("first")
	w.receiver.err = fmt.Errorf("database gone")
	w.write("second")
	if diff := cmp.Diff([]string{"second"}, fallen); diff != "" {
		t.Error(diff)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheCarrierKeepsOptOuts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("YES")
	w.write("stop it please")
	w.write(" Stop ")
	w.write("STOP")
	failed := w.refused(w.text("one more thing"))
	if failed.Code != 21610 || failed.HTTPStatus != 400 || failed.Fate != twilio.Refused || failed.Consequence() != twilio.OptOut {
		t.Errorf("%+v", failed)
	}
	if !w.emulator.OptedOut(program, victim) {
		t.Error("not kept")
	}
	other := w.text("from another number")
	other.From = "+13125550001"
	if _, err := w.client.Send(t.Context(), other); err != nil {
		t.Errorf("an opt-out holds for one number: %v", err)
	}
	w.write("help")
	w.write("yes")
	w.send("welcome back")
	w.pass(time.Minute)
	want := `> YES (received)
> stop it please (received)
>  Stop  (received)
< You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe. (delivered)
> STOP (received)
< from another number (delivered)
> help (received)
< Reply STOP to unsubscribe. Msg&Data Rates May Apply. (delivered)
> yes (received)
< You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply. (delivered)
< welcome back (delivered)
`
	if diff := cmp.Diff(want, w.thread()); diff != "" {
		t.Error(diff)
	}
	inbound, _ := w.receiver.got()
	for _, in := range inbound {
		if in.OptOutType != "" {
			t.Errorf("a plain number's webhook bears OptOutType %s", in.OptOutType)
		}
	}
	if len(inbound) != 6 {
		t.Errorf("%d texts came in; keywords are passed on", len(inbound))
	}
}

func TestAMessagingService(t *testing.T) {
	t.Parallel()
	const serviceSID = "MG00000000000000000000000000000001"
	w := newWorld(t, func(o *emulator.Options) {
		o.Services = map[string][]string{serviceSID: {program, "+13125550001"}}
	})
	text := w.text("hello")
	text.From, text.MessagingService = "", serviceSID
	taken, err := w.client.Send(t.Context(), text)
	if err != nil || taken.Status != twilio.StateAccepted || taken.Segments != 0 {
		t.Fatalf("%+v %v", taken, err)
	}
	found, err := w.client.Find(t.Context(), twilio.Query{To: victim, MessagingService: serviceSID, Since: start})
	if err != nil || len(found) != 1 || found[0].SID != taken.SID || found[0].From != "" {
		t.Fatalf("an accepted text without a sender is found too: %+v %v", found, err)
	}
	w.pass(time.Minute)
	for _, body := range []string{"yes", "STOP", "INFO", "START"} {
		w.write(body)
	}
	inbound, statuses := w.receiver.got()
	var kinds []string
	for _, in := range inbound {
		kinds = append(kinds, in.OptOutType)
		if in.MessagingService != serviceSID {
			t.Errorf("%+v", in)
		}
	}
	if diff := cmp.Diff([]string{"", "STOP", "HELP", "START"}, kinds); diff != "" {
		t.Error(diff)
	}
	if len(statuses) != 4 || statuses[0].Status != twilio.StateQueued {
		t.Errorf("statuses %+v", statuses)
	}
	w.write("STOP")
	text.Body = "after the stop"
	if taken, err = w.client.Send(t.Context(), text); err != nil || taken.Status != twilio.StateAccepted {
		t.Fatalf("a service accepts and fails later: %+v %v", taken, err)
	}
	w.pass(time.Minute)
	_, statuses = w.receiver.got()
	if last := statuses[len(statuses)-1]; last.Status != twilio.StateFailed || last.ErrorCode != 21610 {
		t.Errorf("%+v", last)
	}
	text.MessagingService = "MG00000000000000000000000000000002"
	if failed := w.refused(text); failed.Code != 21705 {
		t.Error(failed)
	}
}

func TestEachNumberBehavesInItsWay(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[emulator.Behaviour]struct {
		status twilio.State
		code   int
	}{
		emulator.Normal: {"delivered", 0}, emulator.HandsetOff: {"undelivered", 30003}, emulator.Blocked: {"undelivered", 30004},
		emulator.UnknownHandset: {"undelivered", 30005}, emulator.LandlineHandset: {"undelivered", 30006},
		emulator.Filtered: {"undelivered", 30007}, emulator.UnknownError: {"undelivered", 30008},
		emulator.Stalled: {"failed", 30036}, emulator.Silent: {"sent", 0},
	} {
		w := newWorld(t)
		w.emulator.SetFaults(emulator.Faults{Numbers: map[string]emulator.Behaviour{victim: behaviour}})
		text := w.text("hello")
		text.Validity = 5*time.Minute + time.Nanosecond
		if _, err := w.client.Send(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		w.pass(5*time.Minute - time.Second)
		if behaviour == emulator.Stalled {
			if _, statuses := w.receiver.got(); len(statuses) != 0 {
				t.Errorf("stalled: %+v", statuses)
			}
		}
		w.pass(time.Second)
		_, statuses := w.receiver.got()
		if last := statuses[len(statuses)-1]; last.Status != want.status || last.ErrorCode != want.code {
			t.Errorf("%v: %+v, want %+v", behaviour, last, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *emulator.Options) { o.Numbers = []string{program} })
	w.emulator.SetFaults(emulator.Faults{Numbers: map[string]emulator.Behaviour{
		"+13125550201": emulator.Invalid, "+13125550202": emulator.Landline,
	}})
	for name, test := range map[string]struct {
		change func(*twilio.Outgoing)
		code   int
		fate   twilio.Fate
		then   twilio.Consequence
	}{
		"no recipient":     {func(o *twilio.Outgoing) { o.To = "" }, 21604, twilio.Refused, twilio.Failed},
		"no sender":        {func(o *twilio.Outgoing) { o.From = "" }, 21603, twilio.Retry, twilio.OperatorAlarm},
		"no words":         {func(o *twilio.Outgoing) { o.Body = "" }, 21602, twilio.Refused, twilio.Failed},
		"too many words":   {func(o *twilio.Outgoing) { o.Body = strings.Repeat("é", 1601) }, 21617, twilio.Refused, twilio.Failed},
		"no number":        {func(o *twilio.Outgoing) { o.To = "+1312555" }, 21211, twilio.Refused, twilio.Unreachable},
		"invalid number":   {func(o *twilio.Outgoing) { o.To = "+13125550201" }, 21211, twilio.Refused, twilio.Unreachable},
		"landline":         {func(o *twilio.Outgoing) { o.To = "+13125550202" }, 21614, twilio.Refused, twilio.Unreachable},
		"not our number":   {func(o *twilio.Outgoing) { o.From = "+13125559999" }, 21606, twilio.Retry, twilio.OperatorAlarm},
		"no sender number": {func(o *twilio.Outgoing) { o.From = "nonsense!" }, 21212, twilio.Retry, twilio.OperatorAlarm},
		"to itself":        {func(o *twilio.Outgoing) { o.To = program }, 21266, twilio.Refused, twilio.Failed},
		"callback":         {func(o *twilio.Outgoing) { o.StatusCallback = "http://a_b/x" }, 21609, twilio.Retry, twilio.OperatorAlarm},
	} {
		text := w.text("the secret words")
		test.change(&text)
		failed := w.refused(text)
		if failed.Code != test.code || failed.HTTPStatus != 400 || failed.Fate != test.fate || failed.Consequence() != test.then {
			t.Errorf("%s: %v (%v), want %d %v %v", name, failed, failed.Consequence(), test.code, test.fate, test.then)
		}
	}
	text := w.text(strings.Repeat("é", 1600))
	text.Validity = 11 * time.Hour // more than Twilio takes
	if taken, err := w.client.Send(t.Context(), text); err != nil || taken.Segments != 11 {
		t.Errorf("1,600 characters are taken: %+v %v", taken, err)
	}
	if len(w.emulator.Phones()) != 1 {
		t.Errorf("phones %v", w.emulator.Phones())
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *emulator.Options) { o.APIKeys = map[string]string{"SK1": "secret"} })
	if err := w.client.Account(t.Context()); err != nil {
		t.Error(err)
	}
	key := w.newClient(twilio.Config{APIKey: "SK1", APISecret: "secret", AuthToken: token})
	if err := key.Account(t.Context()); err != nil {
		t.Error(err)
	}
	for name, config := range map[string]twilio.Config{
		"token":   {AuthToken: "mistaken"},
		"key":     {APIKey: "SK1", APISecret: "mistaken"},
		"form":    {AuthToken: "not:alphanumeric"},
		"account": {AccountSID: "AC2"},
	} {
		client := w.newClient(config)
		for _, err := range []error{client.Account(t.Context()), onlyError(client.Send(t.Context(), w.text("x")))} {
			failed, ok := err.(*twilio.SendError)
			if !ok || failed.Consequence() != twilio.OperatorAlarm || failed.Fate != twilio.Retry || strings.Contains(err.Error(), "mistaken") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	nowhere := w.newClient(twilio.Config{BaseURL: w.server.URL + "/elsewhere"})
	if err := nowhere.Account(t.Context()); err == nil {
		t.Error("an address that is not Twilio's is no account")
	}
}

func onlyError[T any](_ T, err error) error { return err }

func TestSameSourceSameAccount(t *testing.T) {
	t.Parallel()
	play := func() []string {
		w := newWorld(t)
		w.emulator.SetFaults(emulator.Faults{Unavailable: .2, CallbackRepeated: .3, CallbackDelayed: .3, CallbackLost: .2, InboundRepeated: .2, InboundDelayed: .2})
		for i := range 30 {
			_, _ = w.client.Send(t.Context(), w.text(fmt.Sprint("text ", i)))
			w.write(fmt.Sprint("answer ", i))
			w.pass(time.Second)
		}
		w.pass(time.Hour)
		inbound, statuses := w.receiver.got()
		var all []string
		for _, s := range statuses {
			all = append(all, fmt.Sprint(s))
		}
		for _, in := range inbound {
			all = append(all, in.SID+in.Body)
		}
		return append(all, w.thread())
	}
	one, two := play(), play()
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
	if len(one) < 60 {
		t.Errorf("only %d things happened", len(one))
	}
}
