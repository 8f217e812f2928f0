package emulator_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"
)

// A text goes out, arrives two seconds later on the account's own clock, and is answered with a word of the carrier's.
func Example() {
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	e := emulator.New(emulator.Options{
		AccountSID: "AC1", AuthToken: "secret", Now: func() time.Time { return now }, Rand: rand.New(rand.NewPCG(1, 2)),
	})
	client, err := twilio.New(twilio.Config{
		AccountSID: "AC1", AuthToken: "secret", HTTP: &http.Client{Transport: e.Transport()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	text := twilio.Outgoing{From: "+13125550000", To: "+13125550101", Body: "How are you, 1 to 5?"}
	if _, err := client.Send(ctx, text); err != nil {
		fmt.Println(err)
	}
	for at, ok := e.Next(); ok; at, ok = e.Next() {
		now = at
		if _, err := e.Do(ctx, now); err != nil {
			fmt.Println(err)
		}
	}
	if _, err := e.Write(ctx, "+13125550101", "+13125550000", "stop"); err != nil {
		fmt.Println(err)
	}
	_, err = client.Send(ctx, text)
	fmt.Println(err)
	for _, text := range e.Thread("+13125550101") {
		fmt.Println(text.At.Format(time.TimeOnly), text.Direction, text.Body)
	}
	// Output:
	// twilio send: refused, error 21610, HTTP 400
	// 15:00:02 to_phone How are you, 1 to 5?
	// 15:00:02 from_phone stop
	// 15:00:02 to_phone You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.
}

func BenchmarkSendWithoutANetwork(b *testing.B) {
	e := emulator.New(emulator.Options{
		AccountSID: "AC1", AuthToken: "secret", Now: func() time.Time { return start }, Rand: rand.New(rand.NewPCG(1, 2)),
	})
	client, err := twilio.New(twilio.Config{AccountSID: "AC1", AuthToken: "secret", HTTP: &http.Client{Transport: e.Transport()}})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		text := twilio.Outgoing{From: program, To: fmt.Sprintf("+1312556%04d", n%1000), Body: "hello"}
		if _, err := client.Send(b.Context(), text); err != nil {
			b.Fatal(err)
		}
		if _, err := e.Do(b.Context(), start.Add(time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			e := emulator.New(emulator.Options{
				AccountSID: "AC1", AuthToken: "secret", Now: func() time.Time { return start }, Rand: rand.New(rand.NewPCG(1, 2)),
			})
			client, err := twilio.New(twilio.Config{AccountSID: "AC1", AuthToken: "secret", HTTP: &http.Client{Transport: e.Transport()}})
			if err != nil {
				b.Fatal(err)
			}
			for n := range size {
				text := twilio.Outgoing{From: program, To: fmt.Sprintf("+1312%07d", n/10), Body: "hello"}
				if _, err := client.Send(b.Context(), text); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if found, err := client.Find(b.Context(), twilio.Query{To: "+13120000007", From: program, Since: start}); err != nil || len(found) != 10 {
					b.Fatal(len(found), err)
				}
			}
		})
	}
}
