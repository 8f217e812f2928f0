package scheduler_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"amends/bot"
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/flows"
	"amends/scheduler"
	"amends/store/intake"
	"amends/store/storetest"
	"amends/templates"
)

// bench is a service without phones: what a benchmark measures is ours alone.
func bench(b *testing.B, dialect string, cases int) (*bot.Bot, *scheduler.Scheduler, time.Time) {
	b.Helper()
	db := storetest.Open(b, dialect)
	now := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)
	ids := 0
	newID := func() string { ids++; return fmt.Sprintf("id%030d", ids) }
	book, err := templates.Load()
	must(b, err)
	catalogue, err := flows.Load()
	must(b, err)
	log := slog.New(slog.DiscardHandler)
	clock := func() time.Time { return now }
	made := bot.New(bot.Config{Store: db, Book: book, Flows: catalogue, Reader: understand.New(), Now: clock, NewID: newID, PublicURL: publicURL, Log: log})
	client, err := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, BaseURL: "http://127.0.0.1:1"})
	must(b, err)
	program, err := intake.ParseProgram("program.yaml", strings.NewReader(riverside))
	must(b, err)
	_, err = made.ApplyProgram(b.Context(), program, false)
	must(b, err)
	template, err := intake.ParseCase("case.yaml", strings.NewReader(instalments+quiet))
	must(b, err)
	for batch := 0; batch < cases; batch += 500 {
		var files []intake.Case
		for i := batch; i < min(batch+500, cases); i++ {
			c := template
			c.Reference = fmt.Sprintf("RJ-%d", i)
			c.Parties = append([]intake.Party(nil), template.Parties...)
			c.Parties[0].Phone = fmt.Sprintf("+1312555%04d", 2000+i%4000)
			c.Parties[1].Phone = fmt.Sprintf("+1773555%04d", 2000+i%4000)
			files = append(files, c)
		}
		_, err := made.AddCases(b.Context(), files, false)
		must(b, err)
	}
	return made, scheduler.New(scheduler.Config{Store: db, Bot: made, Client: client, Now: clock, Rand: func() float64 { return 0 }, NewID: newID, PublicURL: publicURL, Log: log}), now
}

// BenchmarkInbound is one inbound text, from the checked request to the commit with its answer queued.
func BenchmarkInbound(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		b.Run(dialect, func(b *testing.B) {
			made, _, _ := bench(b, dialect, 100)
			n := 0
			for b.Loop() {
				n++
				must(b, made.Inbound(b.Context(), twilio.Inbound{SID: fmt.Sprintf("SM%032d", n), From: fmt.Sprintf("+1773555%04d", 2000+n%100), To: ourNumber, Body: "balance"}))
			}
		})
	}
}

// BenchmarkSweepNothingDue is a look at the clock with nothing due: its cost must not grow with what is stored.
func BenchmarkSweepNothingDue(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, cases := range []int{100, 2000} {
			b.Run(fmt.Sprintf("%s/cases=%d", dialect, cases), func(b *testing.B) {
				_, sched, now := bench(b, dialect, cases)
				early := now.Add(-time.Hour)
				for b.Loop() {
					r, err := sched.Do(b.Context(), early)
					must(b, err)
					if r != (scheduler.Report{}) {
						b.Fatalf("something was due: %+v", r)
					}
				}
			})
		}
	}
}
