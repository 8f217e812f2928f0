package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"amends/store/calendar"
)

func TestDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0001-01-01", "1900-02-28", "1969-12-31", "1970-01-01", "2026-11-01", "2028-02-29", "9999-12-31"} {
		d, err := calendar.Parse(s)
		if err != nil || d.String() != s {
			t.Errorf("%s: %v %v", s, d, err)
		}
		want, _ := time.Parse(time.DateOnly, s)
		if d.Weekday() != want.Weekday() {
			t.Errorf("%s is a %v, want %v", s, d.Weekday(), want.Weekday())
		}
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "2026-01-01 ", "0000-01-01", "10000-01-01"} {
		if d, err := calendar.Parse(s); err == nil {
			t.Errorf("%q read as %v", s, d)
		}
	}
	jan := calendar.MustParse("2026-01-31")
	for n, want := range map[int]string{0: "2026-01-31", 1: "2026-02-28", 25: "2028-02-29", -2: "2025-11-30", 12: "2027-01-31"} {
		if got := jan.AddMonths(n).String(); got != want {
			t.Errorf("%d months on: %s, want %s", n, got, want)
		}
	}
	if !calendar.MustParse("9999-12-31").AddDays(1).IsZero() || !(calendar.Date{}).AddMonths(1).IsZero() {
		t.Error("a day beyond the calendar is none")
	}
	if jan.AddDays(28).Sub(jan) != 28 || jan.Compare(jan.AddDays(1)) != -1 || jan.LastOfMonth() != jan {
		t.Error("days")
	}
}

func TestDateIsTheWallCalendars(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 5, 30, 0, 0, time.UTC)
	if got := calendar.On(at, zone(t, "America/Chicago")).String(); got != "2026-02-28" {
		t.Error(got)
	}
	if got := calendar.On(at, nil).String(); got != "2026-03-01" {
		t.Error(got)
	}
	if !calendar.On(time.Time{}, nil).IsZero() {
		t.Error("no time is no date")
	}
}

func TestDateIsKept(t *testing.T) {
	t.Parallel()
	type row struct {
		A calendar.Date      `json:"a"`
		B calendar.Date      `json:"b,omitzero"`
		T calendar.TimeOfDay `json:"t"`
	}
	in := row{A: calendar.MustParse("2028-02-29"), T: calendar.MustTime("20:05")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"a":"2028-02-29","t":"20:05"}` {
		t.Fatal(string(text), err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Error(out, err)
	}
	for _, d := range []calendar.Date{{}, in.A} {
		v, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		var back calendar.Date
		if err := back.Scan(v); err != nil || back != d {
			t.Error(back, err)
		}
	}
	var d calendar.Date
	if err := d.Scan([]byte("2026-01-02")); err != nil || d.String() != "2026-01-02" {
		t.Error(d, err)
	}
	if err := d.Scan(time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)); err != nil || d.String() != "2026-01-03" {
		t.Error(d, err)
	}
	if err := d.Scan(7); err == nil {
		t.Error("a number is no date")
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
