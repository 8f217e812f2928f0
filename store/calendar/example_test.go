package calendar_test

import (
	"fmt"
	"time"

	"amends/store/calendar"
)

func ExampleHours() {
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		panic(err)
	}
	hours := calendar.Hours{
		Zone:  chicago,
		Quiet: calendar.Window{From: calendar.MustTime("20:00"), To: calendar.MustTime("09:00")},
	}
	// The evening before the clocks change.
	evening := time.Date(2026, 3, 7, 21, 30, 0, 0, chicago)
	fmt.Println(hours.Allowed(evening), hours.Next(evening))
	// Output: false 2026-03-08 09:00:00 -0500 CDT
}

func ExampleSpread() {
	plan := calendar.Plan{Count: 3, Every: calendar.Month, First: calendar.MustParse("2026-01-31")}
	instalments, err := calendar.Spread(10000, plan)
	if err != nil {
		panic(err)
	}
	for _, in := range instalments {
		fmt.Println(in.Due, in.AmountCents)
	}
	// Output:
	// 2026-01-31 3333
	// 2026-02-28 3333
	// 2026-03-31 3334
}
