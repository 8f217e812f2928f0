package calendar_test

import (
	"testing"

	"amends/store/calendar"

	"pgregory.net/rapid"
)

func TestNextCheckin(t *testing.T) {
	t.Parallel()
	plan := []int{2, 14, 30, 60}
	anchor := calendar.MustParse("2026-12-01")
	for after, want := range map[string]string{
		"2026-01-01": "2026-12-03",
		"2026-12-01": "2026-12-03",
		"2026-12-03": "2026-12-15",
		"2026-12-30": "2026-12-31",
		"2026-12-31": "2027-01-30", // day 60
		"2027-01-30": "2027-02-28", // and monthly from there
		"2027-02-28": "2027-03-30",
		"2028-01-30": "2028-02-29",
		"2036-12-30": "2037-01-30",
	} {
		if got := calendar.NextCheckin(anchor, plan, calendar.MustParse(after)); got.String() != want {
			t.Errorf("after %s comes %s, want %s", after, got, want)
		}
	}
	if got := calendar.NextCheckin(anchor, nil, anchor); got.String() != "2027-01-01" {
		t.Error(got)
	}
	if !calendar.NextCheckin(calendar.Date{}, plan, anchor).IsZero() {
		t.Error("no anchor has no plan")
	}
	if !calendar.NextCheckin(anchor, plan, calendar.MustParse("9999-12-31")).IsZero() {
		t.Error("there is nothing after the end of time")
	}
}

func drawDate(t *rapid.T) calendar.Date {
	return calendar.MustParse("2024-01-01").AddDays(rapid.IntRange(0, 5*366).Draw(t, "date"))
}

// Following the plan from one day to the next visits each day once, in order,
// and a look from any day between finds the same one.
func TestEachCheckinOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anchor := drawDate(t)
		plan := rapid.SliceOfNDistinct(rapid.IntRange(1, 90), 0, 6, func(n int) int { return n }).Draw(t, "plan")
		day := anchor
		for i := range 30 {
			next := calendar.NextCheckin(anchor, plan, day)
			if !next.After(day) {
				t.Fatalf("%v does not come after %v", next, day)
			}
			if i >= len(plan) && next.Sub(day) > 31 {
				t.Fatalf("%v to %v is more than a month", day, next)
			}
			between := day.AddDays(rapid.IntRange(0, next.Sub(day)-1).Draw(t, "between"))
			if got := calendar.NextCheckin(anchor, plan, between); got != next {
				t.Fatalf("from %v it is %v, from %v it was %v", between, got, day, next)
			}
			day = next
		}
	})
}

// Whatever the plan, each date comes once, later than the one before, and the
// amounts make the total.
func TestSpreadKeepsTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := calendar.Plan{First: drawDate(t)}
		if rapid.Bool().Draw(t, "rule") {
			p.Rule = rapid.SampledFrom([]string{
				"FREQ=WEEKLY;BYDAY=FR;COUNT=12", "FREQ=MONTHLY;COUNT=9", "FREQ=MONTHLY;BYMONTHDAY=15,31;COUNT=9", "FREQ=MONTHLY;BYMONTHDAY=30;INTERVAL=2;COUNT=9",
				"FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=9", "FREQ=DAILY;INTERVAL=10;UNTIL=20301231T000000Z", "FREQ=YEARLY;COUNT=5", "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=MO,SU;COUNT=7",
			}).Draw(t, "rule")
		} else {
			p.Count = rapid.IntRange(1, 60).Draw(t, "count")
			p.Every = rapid.SampledFrom([]calendar.Every{calendar.Week, calendar.Fortnight, calendar.HalfMonth, calendar.Month}).Draw(t, "every")
		}
		total := rapid.Int64Range(1000, 100_000_000).Draw(t, "total")
		got, err := calendar.Spread(total, p)
		if err != nil {
			t.Fatal(err)
		}
		if p.Rule == "" && (len(got) != p.Count || got[0].Due != p.First) {
			t.Fatalf("%d instalments from %v", len(got), got[0].Due)
		}
		sum := int64(0)
		for i, in := range got {
			sum += in.AmountCents
			if in.Due.Before(p.First) || i > 0 && !in.Due.After(got[i-1].Due) {
				t.Fatalf("%v does not come after what was before", in.Due)
			}
			if in.AmountCents != got[0].AmountCents && i < len(got)-1 {
				t.Fatal("amounts differ before the last")
			}
			if p.Every == calendar.Month || p.Rule == "FREQ=MONTHLY;COUNT=9" {
				_, _, day := in.Due.Date()
				_, _, first := p.First.Date()
				if day != first && in.Due != in.Due.LastOfMonth() {
					t.Fatalf("%v has lost the day of %v", in.Due, p.First)
				}
			}
			if p.Every == calendar.HalfMonth && i > 0 {
				if gap := in.Due.Sub(got[i-1].Due); gap < 13 || gap > 17 {
					t.Fatalf("%d days to %v", gap, in.Due)
				}
			}
		}
		if sum != total {
			t.Fatalf("%d of %d", sum, total)
		}
	})
}

func FuzzRule(f *testing.F) {
	for _, s := range []string{"FREQ=WEEKLY;BYDAY=FR;COUNT=12", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20271231", "FREQ=YEARLY;BYWEEKNO=53;BYSETPOS=-1;COUNT=600", "FREQ=DAILY;INTERVAL=0;COUNT=1", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		dates, err := calendar.Plan{Rule: rule, First: calendar.MustParse("2026-01-31")}.Dates()
		if err != nil {
			return
		}
		if len(dates) == 0 || len(dates) > calendar.MaxInstalments {
			t.Errorf("%d dates", len(dates))
		}
		for i := 1; i < len(dates); i++ {
			if !dates[i].After(dates[i-1]) {
				t.Errorf("%v after %v", dates[i], dates[i-1])
			}
		}
	})
}
