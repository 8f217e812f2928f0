package scheduler_test

import (
	"amends/bot"
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/flows"
	"amends/store/intake"
	"amends/store/storetest"
	"amends/templates"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestZZCount(t *testing.T) {
	db := storetest.New(t, "postgres")
	w, addr := tap(t, db.URL)
	db.URL = addr
	s := db.Open(t)
	now := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)
	ids := 0
	newID := func() string { ids++; return fmt.Sprintf("id%030d", ids) }
	book, err := templates.Load()
	must(t, err)
	catalogue, err := flows.Load()
	must(t, err)
	made := bot.New(bot.Config{Store: s, Book: book, Flows: catalogue, Reader: understand.New(), Now: func() time.Time { return now }, NewID: newID, PublicURL: publicURL, Log: slog.New(slog.DiscardHandler)})
	program, err := intake.ParseProgram("program.yaml", strings.NewReader(riverside))
	must(t, err)
	_, err = made.ApplyProgram(t.Context(), program, false)
	must(t, err)
	c, err := intake.ParseCase("case.yaml", strings.NewReader(instalments+quiet))
	must(t, err)
	_, err = made.AddCases(t.Context(), []intake.Case{c}, false)
	must(t, err)
	for _, body := range []string{"balance", "paid 50", "fix", "hello", "help"} {
		for i := 0; i < 2; i++ {
			st := w.during(func() {
				must(t, made.Inbound(t.Context(), twilio.Inbound{SID: fmt.Sprintf("SM%s%d", body, i), From: "+13125550102", To: ourNumber, Body: body}))
			})
			t.Logf("%s: %d", body, len(st))
			if i == 1 && (body == "balance" || body == "hello") {
				for _, x := range st {
					y := x.String()
					t.Log(y[:min(len(y), 220)])
				}
			}
		}
	}
}
