package ledger_test

import (
	"fmt"
	"time"

	"amends/store/calendar"
	"amends/store/ledger"
)

// A report lowers what is to go at once; what is outstanding falls when the
// money has arrived.
func Example() {
	now := time.Date(2026, 4, 1, 17, 0, 0, 0, time.UTC)
	today := calendar.MustParse("2026-04-01")
	plan := calendar.Plan{Count: 2, Every: calendar.Month, First: today}
	instalments, err := calendar.Spread(20000, plan)
	if err != nil {
		panic(err)
	}
	entries := ledger.Dues(instalments, "USD", now, "system")
	number := func() { // the store does this
		for i := range entries {
			entries[i].ID = int64(i + 1)
		}
	}
	number()
	show := func() {
		b := ledger.Of(entries, today)
		fmt.Println(b.OutstandingCents, b.ToGoCents, b.NextDue.Date)
	}

	more, err := ledger.Report(entries, 10000, ledger.Mark{On: today, At: now, By: "party:o"})
	if err != nil {
		panic(err)
	}
	entries = append(entries, more...)
	number()
	show()

	more, err = ledger.Confirm(entries, []int64{3}, ledger.Mark{On: today, At: now, By: "party:v"})
	if err != nil {
		panic(err)
	}
	entries = append(entries, more...)
	number()
	show()
	// Output:
	// 20000 10000 2026-05-01
	// 10000 10000 2026-05-01
}
