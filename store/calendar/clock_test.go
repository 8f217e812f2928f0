package calendar_test

import (
	"testing"
	"time"

	"amends/store/calendar"
)

func TestAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, clock, want string }{
		{"America/Chicago", "2026-03-08", "01:59", "2026-03-08T01:59:00-06:00"},
		{"America/Chicago", "2026-03-08", "02:00", "2026-03-08T03:00:00-05:00"},
		{"America/Chicago", "2026-03-08", "02:30", "2026-03-08T03:00:00-05:00"},
		{"America/Chicago", "2026-03-08", "03:00", "2026-03-08T03:00:00-05:00"},
		{"America/Chicago", "2026-11-01", "00:59", "2026-11-01T00:59:00-05:00"},
		{"America/Chicago", "2026-11-01", "01:00", "2026-11-01T01:00:00-05:00"},
		{"America/Chicago", "2026-11-01", "01:30", "2026-11-01T01:30:00-05:00"},
		{"America/Chicago", "2026-11-01", "02:00", "2026-11-01T02:00:00-06:00"},
		{"America/Phoenix", "2026-03-08", "02:30", "2026-03-08T02:30:00-07:00"},
		{"Pacific/Honolulu", "2026-11-01", "01:30", "2026-11-01T01:30:00-10:00"},
		{"Europe/London", "2026-03-29", "01:30", "2026-03-29T02:00:00+01:00"},
		{"Europe/London", "2026-10-25", "01:30", "2026-10-25T01:30:00+01:00"},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30:00+11:00"},
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-31T00:00:00+14:00"}, // a day that never was
		{"America/Havana", "2026-03-08", "00:00", "2026-03-08T01:00:00-04:00"},
		{"UTC", "2028-02-29", "12:00", "2028-02-29T12:00:00Z"},
	} {
		got := calendar.At(calendar.MustParse(c.day), calendar.MustTime(c.clock), zone(t, c.zone)).Format(time.RFC3339)
		if got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.zone, c.day, c.clock, got, c.want)
		}
	}
	if !calendar.At(calendar.Date{}, 0, nil).IsZero() {
		t.Error("no date is no time")
	}
}

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "9:00", "24:00", "12:60", "12-00", "-1:00", "12:00 ", "1२:00"} {
		if got, err := calendar.ParseTime(s); err == nil {
			t.Errorf("%q read as %v", s, got)
		}
	}
	night := calendar.Window{From: calendar.MustTime("20:00"), To: calendar.MustTime("09:00")}
	for s, want := range map[string]bool{"19:59": false, "20:00": true, "23:59": true, "00:00": true, "08:59": true, "09:00": false} {
		if night.Contains(calendar.MustTime(s)) != want {
			t.Error(s)
		}
	}
	if night.Minutes() != 13*60 || (calendar.Window{}).Contains(0) || !(calendar.Window{From: 60, To: 60}).IsZero() {
		t.Error("lengths")
	}
	if got := calendar.TimeOn(time.Date(2026, 7, 1, 2, 5, 59, 0, time.UTC), zone(t, "America/Chicago")); got.String() != "21:05" {
		t.Error(got)
	}
	var back calendar.TimeOfDay
	if v, _ := night.From.Value(); back.Scan(v) != nil || back != night.From || back.Scan(nil) == nil {
		t.Error(back)
	}
}
