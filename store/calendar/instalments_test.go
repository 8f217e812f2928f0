package calendar_test

import (
	"strings"
	"testing"

	"amends/store/calendar"

	"github.com/google/go-cmp/cmp"
)

func dates(t *testing.T, p calendar.Plan) string {
	t.Helper()
	ds, err := p.Dates()
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, d := range ds {
		out = append(out, d.String()[2:])
	}
	return strings.Join(out, " ")
}

func TestPlanDates(t *testing.T) {
	t.Parallel()
	day := calendar.MustParse
	for _, c := range []struct {
		name string
		plan calendar.Plan
		want string
	}{
		{"monthly", calendar.Plan{Count: 3, Every: calendar.Month, First: day("2026-04-01")}, "26-04-01 26-05-01 26-06-01"},
		{"monthly on the 31st", calendar.Plan{Count: 5, Every: calendar.Month, First: day("2027-12-31")}, "27-12-31 28-01-31 28-02-29 28-03-31 28-04-30"},
		{"weekly", calendar.Plan{Count: 3, Every: calendar.Week, First: day("2028-02-22")}, "28-02-22 28-02-29 28-03-07"},
		{"fortnightly", calendar.Plan{Count: 3, Every: calendar.Fortnight, First: day("2026-12-25")}, "26-12-25 27-01-08 27-01-22"},
		{"half-monthly from the 1st", calendar.Plan{Count: 4, Every: calendar.HalfMonth, First: day("2026-02-01")}, "26-02-01 26-02-16 26-03-01 26-03-16"},
		{"half-monthly from the 14th", calendar.Plan{Count: 4, Every: calendar.HalfMonth, First: day("2026-01-14")}, "26-01-14 26-01-29 26-02-14 26-02-28"},
		{"half-monthly from the 15th", calendar.Plan{Count: 5, Every: calendar.HalfMonth, First: day("2026-01-15")}, "26-01-15 26-01-31 26-02-15 26-02-28 26-03-15"},
		{"half-monthly from the 16th", calendar.Plan{Count: 4, Every: calendar.HalfMonth, First: day("2026-12-16")}, "26-12-16 27-01-01 27-01-16 27-02-01"},
		{"half-monthly from the 20th", calendar.Plan{Count: 3, Every: calendar.HalfMonth, First: day("2026-05-20")}, "26-05-20 26-06-05 26-06-20"},
		{"half-monthly from the 30th", calendar.Plan{Count: 4, Every: calendar.HalfMonth, First: day("2026-01-30")}, "26-01-30 26-02-15 26-02-28 26-03-15"},
		{"half-monthly from the 31st", calendar.Plan{Count: 5, Every: calendar.HalfMonth, First: day("2026-01-31")}, "26-01-31 26-02-15 26-02-28 26-03-15 26-03-31"},
		{"rule, Fridays", calendar.Plan{Rule: "FREQ=WEEKLY;BYDAY=FR;COUNT=3", First: day("2026-04-01")}, "26-04-03 26-04-10 26-04-17"},
		{"rule, until", calendar.Plan{Rule: "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260501", First: day("2026-04-01")}, "26-04-01 26-04-15 26-04-29"},
		{"rule, last Friday", calendar.Plan{Rule: "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", First: day("2026-04-01")}, "26-04-24 26-05-29"},
		{"rule, monthly on the 31st", calendar.Plan{Rule: "FREQ=MONTHLY;COUNT=3", First: day("2028-01-31")}, "28-01-31 28-02-29 28-03-31"},
		{"rule, the 15th and 31st", calendar.Plan{Rule: "FREQ=MONTHLY;BYMONTHDAY=15,31;COUNT=4", First: day("2026-01-20")}, "26-01-31 26-02-15 26-02-28 26-03-15"},
		{"rule, yearly on 29 February", calendar.Plan{Rule: "FREQ=YEARLY;COUNT=3", First: day("2028-02-29")}, "28-02-29 29-02-28 30-02-28"},
		{"list, in any order", calendar.Plan{Listed: []calendar.Instalment{{Due: day("2026-06-01"), AmountCents: 1}, {Due: day("2026-05-01"), AmountCents: 2}}}, "26-05-01 26-06-01"},

		{"nothing", calendar.Plan{}, "instalments need exactly one of: count and every, a rule, a list of dates"},
		{"two ways", calendar.Plan{Count: 1, Every: calendar.Week, Rule: "FREQ=DAILY;COUNT=1", First: day("2026-04-01")}, "instalments need exactly one of: count and every, a rule, a list of dates"},
		{"no first", calendar.Plan{Count: 1, Every: calendar.Week}, "instalments need the date of the first"},
		{"no count", calendar.Plan{Every: calendar.Week, First: day("2026-04-01")}, "count must be from 1 to 600"},
		{"too many", calendar.Plan{Count: 601, Every: calendar.Week, First: day("2026-04-01")}, "count must be from 1 to 600"},
		{"no such every", calendar.Plan{Count: 1, Every: "year", First: day("2026-04-01")}, "every must be week, fortnight, half_month or month"},
		{"end of time", calendar.Plan{Count: 2, Every: calendar.Month, First: day("9999-12-01")}, "the last instalment would be beyond the year 9999"},
		{"list, one day twice", calendar.Plan{Listed: []calendar.Instalment{{Due: day("2026-06-01")}, {Due: day("2026-06-01")}}}, "two instalments are listed for one day; list each day once"},
		{"rule without end", calendar.Plan{Rule: "FREQ=WEEKLY", First: day("2026-04-01")}, "the rule needs an end; add COUNT or UNTIL"},
		{"rule too fine", calendar.Plan{Rule: "FREQ=HOURLY;COUNT=3", First: day("2026-04-01")}, "the rule's FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY"},
		{"rule with hours", calendar.Plan{Rule: "FREQ=DAILY;BYHOUR=1,2;COUNT=3", First: day("2026-04-01")}, "the rule may not have BYHOUR: instalments are due on days, from the first on"},
		{"rule that is none", calendar.Plan{Rule: "every friday", First: day("2026-04-01")}, "the rule cannot be read; write one such as FREQ=WEEKLY;BYDAY=FR;COUNT=12"},
		{"rule that never comes", calendar.Plan{Rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", First: day("2026-04-01")}, "the rule gives no instalment"},
		{"rule too long", calendar.Plan{Rule: "FREQ=DAILY;UNTIL=20300101", First: day("2026-04-01")}, "the rule gives more than 600 instalments"},
		{"rule already over", calendar.Plan{Rule: "FREQ=DAILY;UNTIL=20260101", First: day("2026-04-01")}, "the rule gives no instalment"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := dates(t, c.plan); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSpreadGivesTheLastTheRounding(t *testing.T) {
	t.Parallel()
	first := calendar.MustParse("2026-01-31")
	got, err := calendar.Spread(10000, calendar.Plan{Count: 3, Every: calendar.Month, First: first})
	if err != nil {
		t.Fatal(err)
	}
	want := []calendar.Instalment{
		{Due: first, AmountCents: 3333},
		{Due: calendar.MustParse("2026-02-28"), AmountCents: 3333},
		{Due: calendar.MustParse("2026-03-31"), AmountCents: 3334},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpreadRefuses(t *testing.T) {
	t.Parallel()
	day := calendar.MustParse("2026-01-31")
	list := calendar.Plan{Listed: []calendar.Instalment{{Due: day, AmountCents: 500}, {Due: day.AddDays(1), AmountCents: 100}}}
	for _, c := range []struct {
		total int64
		plan  calendar.Plan
		want  string
	}{
		{0, list, "the total must be more than nothing"},
		{500, list, "the instalments listed come to more than the total"},
		{700, list, "the instalments listed come to less than the total"},
		{600, calendar.Plan{Listed: []calendar.Instalment{{Due: day}}}, "each instalment listed needs an amount of more than nothing"},
		{600, calendar.Plan{Listed: []calendar.Instalment{{AmountCents: 600}}}, "each instalment listed needs its date"},
		{2, calendar.Plan{Count: 3, Every: calendar.Week, First: day}, "the total is less than one cent an instalment"},
	} {
		_, err := calendar.Spread(c.total, c.plan)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if _, err := calendar.Spread(600, list); err != nil {
		t.Error(err)
	}
}
