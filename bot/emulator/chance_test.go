package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"
)

// TestEachChanceStrikes gives each fault of the API certainty, one after another.
func TestEachChanceStrikes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults emulator.Faults
		status int
		taken  int
	}{
		"unavailable":  {emulator.Faults{Unavailable: 1}, 503, 0},
		"too many":     {emulator.Faults{TooMany: 1}, 429, 0},
		"broken":       {emulator.Faults{Broken: 1}, 500, 0},
		"broken taken": {emulator.Faults{BrokenTaken: 1}, 500, 1},
		"lost before":  {emulator.Faults{LostBefore: 1}, 0, 0},
		"lost after":   {emulator.Faults{LostAfter: 1}, 0, 1},
	} {
		w := newWorld(t)
		w.emulator.SetFaults(test.faults)
		if failed := w.refused(w.text("hello")); failed.HTTPStatus != test.status {
			t.Errorf("%s: %v", name, failed)
		}
		w.emulator.SetFaults(emulator.Faults{})
		if n := w.found(); n != test.taken {
			t.Errorf("%s: found %d", name, n)
		}
	}
}

// TestEveryTextOnceUnderFaults is the sender's rule in small: what is in doubt is looked up, what was not taken is tried
// again, and each text reaches the phone once.
func TestEveryTextOnceUnderFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.emulator.SetFaults(emulator.Faults{
		Unavailable: .1, TooMany: .1, Broken: .1, BrokenTaken: .1, LostBefore: .1, LostAfter: .1, LostLate: .1, Latest: 5 * time.Second,
	})
	const texts = 100
	for i := range texts {
		body, began := fmt.Sprint("text ", i), w.clock.Now()
		for sent := false; !sent; {
			_, err := w.client.Send(t.Context(), w.text(body))
			w.pass(10 * time.Second) // the margin
			var failed *twilio.SendError
			if sent = err == nil; sent {
				break
			}
			if !errors.As(err, &failed) || failed.Fate == twilio.Refused {
				t.Fatal(err)
			}
			for failed.Fate == twilio.InDoubt {
				q := query()
				q.Since = began
				found, err := w.client.Find(t.Context(), q)
				if err == nil {
					sent = len(found) > 0
					break
				}
			}
		}
	}
	seen := map[string]int{}
	for _, text := range w.emulator.Thread(victim) {
		seen[text.Body]++
	}
	for body, times := range seen {
		if times != 1 {
			t.Errorf("%s came %d times", body, times)
		}
	}
	if len(seen) != texts {
		t.Errorf("%d texts came", len(seen))
	}
}

func TestTheLogNamesNobody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newWorld(t, func(o *emulator.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	w.receiver.err = errors.New("database gone")
	if _, err := w.emulator.Write(t.Context(), victim, program, "the secret words"); err == nil {
		t.Error("nobody had it")
	}
	w.send("the secret words")
	w.pass(time.Minute)
	if said := log.String(); !strings.Contains(said, "500") || strings.Contains(said, "555") || strings.Contains(said, "secret") {
		t.Error(said)
	}
}

func TestAServiceIsMadeAtItsFirstUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := w.text("hello")
	text.From, text.MessagingService = "", "MG1"
	if _, err := w.client.Send(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	if _, err := w.emulator.Write(t.Context(), victim, "", "STOP"); err != nil {
		t.Fatal(err)
	}
	inbound, _ := w.receiver.got()
	if in := inbound[0]; in.MessagingService != "MG1" || in.OptOutType != "STOP" || !w.emulator.OptedOut(in.To, victim) {
		t.Errorf("%+v", in)
	}
	text.MessagingService = "nonsense"
	if failed := w.refused(text); failed.Code != 21705 {
		t.Error(failed)
	}
}
