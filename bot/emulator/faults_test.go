package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"

	"github.com/google/go-cmp/cmp"
)

// query is the look-up that a sender makes of a text in doubt.
func query() twilio.Query { return twilio.Query{To: victim, From: program, Since: start} }

func (w *world) found() int {
	w.t.Helper()
	found, err := w.client.Find(w.t.Context(), query())
	if err != nil {
		w.t.Fatal(err)
	}
	return len(found)
}

func TestTheFateOfATextIsToldRight(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault emulator.Fault
		fate  twilio.Fate
		then  twilio.Consequence
		taken int
	}{
		"429":                 {emulator.Fault{Status: 429, Code: 20429, RetryAfter: 7 * time.Second}, twilio.Retry, twilio.Later, 0},
		"503":                 {emulator.Fault{Status: 503, Code: 20503}, twilio.Retry, twilio.Later, 0},
		"503 of a proxy":      {emulator.Fault{Status: 503}, twilio.Retry, twilio.Later, 0},
		"500 before taking":   {emulator.Fault{Status: 500, Code: 20500}, twilio.InDoubt, twilio.Later, 0},
		"500 after taking":    {emulator.Fault{Status: 500, Code: 20500, Take: true}, twilio.InDoubt, twilio.Later, 1},
		"504 of a proxy":      {emulator.Fault{Status: 504, Take: true}, twilio.InDoubt, twilio.Later, 1},
		"201 of no JSON":      {emulator.Fault{Status: 201, Take: true}, twilio.InDoubt, twilio.Later, 1},
		"redirect":            {emulator.Fault{Status: 302}, twilio.Retry, twilio.OperatorAlarm, 0},
		"region":              {emulator.Fault{Code: 21408, Status: 403}, twilio.Refused, twilio.OperatorAlarm, 0},
		"unregistered":        {emulator.Fault{Code: 30034}, twilio.Retry, twilio.OperatorAlarm, 0},
		"suspended":           {emulator.Fault{Code: 30002}, twilio.Retry, twilio.OperatorAlarm, 0},
		"queue full":          {emulator.Fault{Code: 21611}, twilio.Retry, twilio.Later, 0},
		"400 of a proxy":      {emulator.Fault{Status: 400}, twilio.Retry, twilio.OperatorAlarm, 0},
		"404 of a proxy":      {emulator.Fault{Status: 404}, twilio.Retry, twilio.OperatorAlarm, 0},
		"408":                 {emulator.Fault{Status: 408}, twilio.InDoubt, twilio.Later, 0},
		"403 with a code":     {emulator.Fault{Status: 403, Code: 21999}, twilio.Refused, twilio.OperatorAlarm, 0},
		"cut before":          {emulator.Fault{Answer: emulator.Lost}, twilio.InDoubt, twilio.Later, 0},
		"cut after":           {emulator.Fault{Answer: emulator.Lost, Take: true}, twilio.InDoubt, twilio.Later, 1},
		"silence":             {emulator.Fault{Answer: emulator.Silence}, twilio.InDoubt, twilio.Later, 0},
		"silence, but taken":  {emulator.Fault{Answer: emulator.Silence, Take: true}, twilio.InDoubt, twilio.Later, 1},
		"answered after time": {emulator.Fault{Delay: time.Hour}, twilio.InDoubt, twilio.Later, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *emulator.Options) {
				o.After = func(time.Duration) <-chan time.Time { return nil } // a time that doesn't come
			})
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			w.emulator.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
				if r.Op != emulator.OpSend {
					return emulator.Fault{}
				}
				if test.fault.Answer == emulator.Silence || test.fault.Delay > 0 {
					giveUp()
				}
				return test.fault
			}})
			_, err := w.client.Send(ctx, w.text("the secret words"))
			failed, ok := err.(*twilio.SendError)
			if !ok {
				t.Fatalf("sent, or another error: %v", err)
			}
			if failed.Fate != test.fate || failed.Consequence() != test.then || failed.RetryAfter != test.fault.RetryAfter {
				t.Errorf("%v, then %v, want %v, %v", failed, failed.Consequence(), test.fate, test.then)
			}
			if n := w.found(); n != test.taken {
				t.Errorf("found %d, want %d", n, test.taken)
			}
		})
	}
}

func TestATimeOutIsFoundExactly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send("an earlier text of the same words")
	w.pass(time.Hour)
	since := w.clock.Now()
	arrived := make(chan struct{}, 1)
	w.emulator.SetFaults(emulator.Faults{SilenceTaken: 1, Script: func(emulator.Request) emulator.Fault {
		arrived <- struct{}{}
		return emulator.Fault{}
	}})
	hasty := w.newClient(twilio.Config{Timeout: 500 * time.Millisecond})
	_, err := hasty.Send(t.Context(), w.text("an earlier text of the same words"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v does not tell of the time-out", err)
	}
	<-arrived
	w.emulator.SetFaults(emulator.Faults{})
	w.pass(time.Minute)
	w.send("a later one")
	found, err := w.client.Find(t.Context(), twilio.Query{To: victim, From: program, Since: since, Until: since.Add(30 * time.Second)})
	if err != nil || len(found) != 1 || found[0].Status != twilio.StateDelivered || !found[0].Created.Equal(since) {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestTakenLate is the reason for the margin before a look-up: the provider may still be at it.
func TestTakenLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.emulator.SetFaults(emulator.Faults{LostLate: 1, Latest: 5 * time.Second})
	if failed := w.refused(w.text("hello")); failed.Fate != twilio.InDoubt {
		t.Error(failed)
	}
	w.emulator.SetFaults(emulator.Faults{})
	if n := w.found(); n != 0 {
		t.Errorf("found %d at once", n)
	}
	w.pass(time.Minute)
	if n := w.found(); n != 1 {
		t.Errorf("found %d later", n)
	}
	if _, statuses := w.receiver.got(); len(statuses) != 3 {
		t.Errorf("%d callbacks; our id tells whose they are", len(statuses))
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Close()
	if failed := w.refused(w.text("hello")); failed.Fate != twilio.Retry || failed.HTTPStatus != 0 || failed.Consequence() != twilio.Later {
		t.Error(failed)
	}
	if failed := w.refused(w.text("hello")); failed.Reason != "connection refused" {
		t.Error(failed)
	}
	unknown := w.newClient(twilio.Config{BaseURL: "http://nowhere.invalid"})
	if _, err := unknown.Send(t.Context(), w.text("hello")); err.(*twilio.SendError).Fate != twilio.Retry {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.client.Send(canceled, w.text("hello")); err.(*twilio.SendError).Fate != twilio.Retry || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCallbacksLostRepeatedAndOutOfOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.emulator.SetFaults(emulator.Faults{CallbackLost: .2, CallbackRepeated: .5, CallbackDelayed: .8, Latest: time.Minute})
	for i := range 100 {
		text := w.text("hello")
		text.StatusCallback = twilio.StatusCallbackURL(public, fmt.Sprint(i))
		if _, err := w.client.Send(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	w.pass(time.Hour)
	_, statuses := w.receiver.got()
	seen, now, disorder := map[string]int{}, map[string]twilio.State{}, 0
	for _, s := range statuses {
		seen[s.MessageID+string(s.Status)]++
		if s.Status.Follows(now[s.MessageID]) {
			now[s.MessageID] = s.Status
		} else {
			disorder++
		}
	}
	repeated := 0
	for _, n := range seen {
		if n > 2 {
			t.Errorf("a callback came %d times", n)
		}
		repeated += n - 1
	}
	if lost := 300 - len(seen); lost < 20 || repeated < 50 || disorder < 50 {
		t.Errorf("%d lost, %d repeated, %d out of order: too few of 300", lost, repeated, disorder)
	}
	for _, text := range w.emulator.Thread(victim) {
		if text.Status != "delivered" {
			t.Errorf("the text itself is %s", text.Status)
		}
	}
}

func TestInboundRepeatedAndDelayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.emulator.SetFaults(emulator.Faults{InboundRepeated: .3, InboundDelayed: .3, Latest: time.Minute})
	for i := range 100 {
		w.write(fmt.Sprint("text ", i))
		w.pass(time.Second)
	}
	w.pass(time.Hour)
	inbound, _ := w.receiver.got()
	times := map[string]int{}
	inOrder := true
	for i, in := range inbound {
		times[in.SID]++
		inOrder = inOrder && (i == 0 || inbound[i-1].Body <= in.Body)
	}
	if len(times) != 100 || len(inbound) < 115 || inOrder {
		t.Errorf("%d texts came %d times, in order: %v", len(times), len(inbound), inOrder)
	}
}

func TestTheTransportWithoutANetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.client = w.newClient(twilio.Config{
		BaseURL: "http://anywhere.test/with/a/path", HTTP: &http.Client{Transport: w.emulator.Transport()}, Timeout: time.Second,
	})
	w.send("hello")
	if err := w.client.Account(t.Context()); err != nil {
		t.Error(err)
	}
	var fates []twilio.Fate
	for _, fault := range []emulator.Fault{{Answer: emulator.NoConnection}, {Answer: emulator.Lost}, {Answer: emulator.Silence}, {Status: 503}} {
		w.emulator.SetFaults(emulator.Faults{Script: func(emulator.Request) emulator.Fault { return fault }})
		fates = append(fates, w.refused(w.text("hello")).Fate)
	}
	if diff := cmp.Diff([]twilio.Fate{twilio.Retry, twilio.InDoubt, twilio.InDoubt, twilio.Retry}, fates); diff != "" {
		t.Error(diff)
	}
	w.emulator.SetFaults(emulator.Faults{})
	if n := w.found(); n != 1 {
		t.Errorf("found %d", n)
	}
	broken := &http.Client{Transport: emulator.InProcess(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }))}
	if _, err := broken.Get("http://x.test/"); err == nil {
		t.Error("a panic is a lost connection")
	}
}
