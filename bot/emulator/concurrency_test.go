package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"
)

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.emulator.SetFaults(emulator.Faults{CallbackDelayed: .3, CallbackRepeated: .1, InboundDelayed: .1, Slow: .1, Latest: time.Second})
	const workers, each = 8, 25
	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() {
			phone := fmt.Sprintf("+1312555%04d", 1000+n)
			for i := range each {
				text := twilio.Outgoing{To: phone, From: program, Body: "hello", StatusCallback: twilio.StatusCallbackURL(public, fmt.Sprint(n, "-", i))}
				if _, err := w.client.Send(t.Context(), text); err != nil {
					t.Error(err)
				}
				if _, err := w.emulator.Write(t.Context(), phone, program, "hi"); err != nil {
					t.Error(err)
				}
				if _, err := w.emulator.Do(t.Context(), w.clock.add(100*time.Millisecond)); err != nil {
					t.Error(err)
				}
				if found, err := w.client.Find(t.Context(), twilio.Query{To: phone, From: program, Since: start}); err != nil || len(found) != i+1 {
					t.Errorf("found %d, %v", len(found), err)
				}
				w.emulator.Thread(phone)
				w.emulator.Phones()
			}
		})
	}
	group.Wait()
	w.pass(time.Hour)
	inbound, statuses := w.receiver.got()
	if len(inbound) != workers*each || len(statuses) < 3*workers*each {
		t.Errorf("%d came in, %d statuses", len(inbound), len(statuses))
	}
	if phones := w.emulator.Phones(); len(phones) != workers {
		t.Errorf("phones %v", phones)
	}
}

// TestRun lets the emulator go by itself, on a clock whose timers the test fires.
func TestRun(t *testing.T) {
	t.Parallel()
	timers := make(chan chan time.Time)
	w := newWorld(t, func(o *emulator.Options) {
		o.After = func(time.Duration) <-chan time.Time {
			timer := make(chan time.Time, 1)
			timers <- timer
			return timer
		}
	})
	changed, stop := w.emulator.Subscribe()
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.emulator.Run(ctx) }()
	w.send("hello")
	<-changed
	for w.thread() != "< hello (delivered)\n" {
		select {
		case timer := <-timers:
			w.clock.add(500 * time.Millisecond)
			timer <- w.clock.Now()
		case <-changed:
		case <-t.Context().Done():
			t.Fatal("it never came")
		}
	}
	cancel()
	for {
		select {
		case <-timers:
			continue
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			return
		}
	}
}

func TestDoEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send("hello")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := w.emulator.Do(ctx, start.Add(time.Hour)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d %v", n, err)
	}
	if n, err := w.emulator.Do(t.Context(), start.Add(time.Hour)); n != 6 || err != nil {
		t.Errorf("%d events, %v; three changes and three callbacks are due", n, err)
	}
	if _, ok := w.emulator.Next(); ok {
		t.Error("there is more")
	}
}
