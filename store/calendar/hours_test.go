package calendar_test

import (
	"testing"
	"time"

	"amends/store/calendar"

	"pgregory.net/rapid"
)

func window(from, to string) calendar.Window {
	return calendar.Window{From: calendar.MustTime(from), To: calendar.MustTime(to)}
}

func TestHours(t *testing.T) {
	t.Parallel()
	quiet := window("20:00", "09:00")
	night := window("02:30", "01:30") // awake for an hour at night, alas
	for _, c := range []struct {
		name, zone     string
		hours          calendar.Hours
		from, next, to string
	}{
		{"in the evening", "America/Chicago", calendar.Hours{Quiet: quiet}, "2026-03-07T20:00:00-06:00", "2026-03-08T09:00:00-05:00", "2026-03-08T20:00:00-05:00"},
		{"in the day", "America/Phoenix", calendar.Hours{Quiet: quiet}, "2026-03-08T12:34:56-07:00", "2026-03-08T12:34:56-07:00", "2026-03-08T20:00:00-07:00"},
		{"a second before", "Pacific/Honolulu", calendar.Hours{Quiet: quiet}, "2026-11-01T08:59:59-10:00", "2026-11-01T09:00:00-10:00", "2026-11-01T20:00:00-10:00"},
		{"safe times", "America/Chicago", calendar.Hours{Quiet: quiet, Safe: []calendar.Window{window("08:00", "10:00"), window("14:00", "15:00")}}, "2026-11-01T10:00:00-06:00", "2026-11-01T14:00:00-06:00", "2026-11-01T15:00:00-06:00"},
		{"quiet only in the gap: not quiet that day", "America/Chicago", calendar.Hours{Quiet: window("02:10", "02:50"), Safe: []calendar.Window{window("01:00", "04:00")}}, "2026-03-08T01:30:00-06:00", "2026-03-08T01:30:00-06:00", "2026-03-08T04:00:00-05:00"},
		{"open only from within the gap", "America/Chicago", calendar.Hours{Safe: []calendar.Window{window("02:30", "04:00")}}, "2026-03-08T01:00:00-06:00", "2026-03-08T03:00:00-05:00", "2026-03-08T04:00:00-05:00"},
		{"the hour that comes twice", "America/Chicago", calendar.Hours{Quiet: night}, "2026-11-01T00:00:00-05:00", "2026-11-01T01:30:00-05:00", "2026-11-01T01:00:00-06:00"},
		{"its second time", "America/Chicago", calendar.Hours{Quiet: night}, "2026-11-01T01:00:00-06:00", "2026-11-01T01:30:00-06:00", "2026-11-01T02:30:00-06:00"},
		{"never", "UTC", calendar.Hours{Quiet: window("08:00", "20:00"), Safe: []calendar.Window{window("09:00", "10:00")}}, "2026-11-01T01:00:00Z", "", ""},
		{"always", "UTC", calendar.Hours{}, "2026-11-01T01:00:00Z", "2026-11-01T01:00:00Z", ""},
		{"high alerts", "UTC", calendar.Hours{Safe: []calendar.Window{window("08:00", "21:00")}}, "2026-11-01T21:00:00Z", "2026-11-02T08:00:00Z", "2026-11-02T21:00:00Z"},
	} {
		c.hours.Zone = zone(t, c.zone)
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		next := c.hours.Next(from)
		if got := stamp(next, c.hours.Zone); got != c.next {
			t.Errorf("%s: next is %s, want %s", c.name, got, c.next)
		}
		if next.IsZero() {
			continue
		}
		if got := stamp(c.hours.End(next), c.hours.Zone); got != c.to {
			t.Errorf("%s: ends %s, want %s", c.name, got, c.to)
		}
	}
}

func stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format(time.RFC3339)
}

var someZones = []string{"America/Chicago", "America/Phoenix", "Pacific/Honolulu", "UTC", "Europe/London", "America/St_Johns", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"}

func drawZone(t *rapid.T) *time.Location {
	loc, err := time.LoadLocation(rapid.SampledFrom(someZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// drawInstant is near a change of the clocks half the time.
func drawInstant(t *rapid.T) time.Time {
	start := rapid.SampledFrom([]string{"2026-03-07T12:00:00Z", "2026-03-28T12:00:00Z", "2026-10-31T12:00:00Z", "2026-10-24T12:00:00Z", "2026-10-03T00:00:00Z", "2028-02-28T00:00:00Z", "2026-12-30T00:00:00Z"}).Draw(t, "around")
	at, _ := time.Parse(time.RFC3339, start)
	return at.Add(time.Duration(rapid.IntRange(0, 3*24*3600).Draw(t, "seconds")) * time.Second)
}

func drawWindow(t *rapid.T, name string) calendar.Window {
	tod := rapid.IntRange(0, 24*60-1)
	return calendar.Window{From: calendar.TimeOfDay(tod.Draw(t, name+" from")), To: calendar.TimeOfDay(tod.Draw(t, name+" to"))}
}

// Next and End are the first instants there are: no minute between is otherwise.
func TestHoursAreTheFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := calendar.Hours{Zone: drawZone(t), Quiet: drawWindow(t, "quiet")}
		for range rapid.IntRange(0, 2).Draw(t, "safe") {
			h.Safe = append(h.Safe, drawWindow(t, "safe"))
		}
		from := drawInstant(t)
		next := h.Next(from)
		if next.IsZero() {
			if h.MinutesADay() > 0 {
				t.Fatal("there are hours, but none next")
			}
			return
		}
		if !h.Allowed(next) || next.Before(from) {
			t.Fatalf("next %v is not in hours", next)
		}
		for at := from.Truncate(time.Minute).Add(time.Minute); at.Before(next); at = at.Add(time.Minute) {
			if h.Allowed(at) {
				t.Fatalf("%v comes before %v", at, next)
			}
		}
		end := h.End(next)
		if end.IsZero() {
			if h.MinutesADay() != 24*60 {
				t.Fatal("the hours never end")
			}
			return
		}
		if h.Allowed(end) || !end.After(next) {
			t.Fatalf("end %v is in hours", end)
		}
		for at := next; at.Before(end); at = at.Add(time.Minute) {
			if !h.Allowed(at) {
				t.Fatalf("%v is not allowed, before %v", at, end)
			}
		}
	})
}

// A wall-clock time becomes one instant, which shows that time or, in a gap, the
// first after it; and later times of a day are never earlier instants.
func TestAtIsTheFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		d := calendar.On(drawInstant(t), loc)
		clock := calendar.TimeOfDay(rapid.IntRange(0, 24*60-1).Draw(t, "clock"))
		at := calendar.At(d, clock, loc)
		if calendar.On(at, loc) != d {
			t.Fatalf("%v %v came to %v", d, clock, at)
		}
		if got := calendar.TimeOn(at, loc); got < clock {
			t.Fatalf("%v is before %v", got, clock)
		} else if before := at.Add(-time.Second); got > clock && calendar.On(before, loc) == d && calendar.TimeOn(before, loc) >= clock {
			t.Fatalf("%v is not the first after the gap", at)
		}
		if earlier := at.Add(-time.Hour); calendar.On(earlier, loc) == d && calendar.TimeOn(earlier, loc) == clock {
			t.Fatalf("%v came an hour before already", clock)
		}
		if clock > 0 && calendar.At(d, clock-1, loc).After(at) {
			t.Fatal("an earlier time of day is a later instant")
		}
	})
}

func TestOffice(t *testing.T) {
	t.Parallel()
	week := calendar.Office{Zone: zone(t, "America/Chicago"), From: calendar.MustTime("09:00"), To: calendar.MustTime("17:00"),
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}}
	for _, c := range []struct {
		from, next string
		days       int
		then       string
	}{
		{"2026-03-06T16:40:30-06:00", "2026-03-06T16:40:30-06:00", 1, "2026-03-09T16:40:30-05:00"}, // the clocks change on the Sunday
		{"2026-03-06T17:00:00-06:00", "2026-03-09T09:00:00-05:00", 1, "2026-03-10T09:00:00-05:00"},
		{"2026-10-31T12:00:00-05:00", "2026-11-02T09:00:00-06:00", 0, "2026-11-02T09:00:00-06:00"},
		{"2026-11-02T08:59:59-06:00", "2026-11-02T09:00:00-06:00", 5, "2026-11-09T09:00:00-06:00"},
		{"2026-11-03T09:00:00-06:00", "2026-11-03T09:00:00-06:00", 3, "2026-11-06T09:00:00-06:00"},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		if got := stamp(week.Next(from), week.Zone); got != c.next {
			t.Errorf("next after %s is %s, want %s", c.from, got, c.next)
		}
		if got := stamp(week.AddDays(from, c.days), week.Zone); got != c.then {
			t.Errorf("%d days after %s is %s, want %s", c.days, c.from, got, c.then)
		}
		if week.Open(from) != (c.from == c.next) {
			t.Errorf("open at %s", c.from)
		}
	}
	for _, never := range []calendar.Office{{}, {Days: week.Days}, {From: 540, To: 1020}} {
		if at := time.Unix(0, 0); never.Open(at) || !never.Next(at).IsZero() || !never.AddDays(at, 1).IsZero() {
			t.Errorf("%+v opens", never)
		}
	}
}
