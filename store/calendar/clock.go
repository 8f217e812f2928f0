package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// TimeOfDay is a time on the wall clock, in minutes since midnight: 0 to 1439.
type TimeOfDay int

// minutesADay bounds a TimeOfDay from above.
const minutesADay = 24 * 60

// ParseTime reads "HH:MM", 00:00 to 23:59.
func ParseTime(s string) (TimeOfDay, error) {
	if len(s) == 5 && s[2] == ':' {
		h, ok1 := twoDigits(s[:2])
		m, ok2 := twoDigits(s[3:])
		if ok1 && ok2 && h < 24 && m < 60 {
			return TimeOfDay(h*60 + m), nil
		}
	}
	return 0, fmt.Errorf("not a time of day of the form 09:00")
}

// MustTime is ParseTime for times that stand in the source; it panics on a bad one.
func MustTime(s string) TimeOfDay {
	t, err := ParseTime(s)
	if err != nil {
		panic("calendar: " + s + ": " + err.Error())
	}
	return t
}

func twoDigits(s string) (int, bool) {
	if s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

// TimeOn returns the time that the wall clock in loc shows at t, seconds left off.
func TimeOn(t time.Time, loc *time.Location) TimeOfDay {
	h, m, _ := t.In(zone(loc)).Clock()
	return TimeOfDay(h*60 + m)
}

// String is "HH:MM".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes "HH:MM".
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads "HH:MM".
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	u, err := ParseTime(string(text))
	if err != nil {
		return err
	}
	*t = u
	return nil
}

// Value stores t as TEXT, "HH:MM".
func (t TimeOfDay) Value() (driver.Value, error) { return t.String(), nil }

// Scan reads what Value wrote.
func (t *TimeOfDay) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return t.UnmarshalText([]byte(v))
	case []byte:
		return t.UnmarshalText(v)
	}
	return fmt.Errorf("calendar: a time of day cannot be read from a %T", src)
}

// Window is a stretch of the day, From included and To not. To before From
// crosses midnight: 20:00 to 09:00 is the night. To at 00:00 is the day's end.
// From equal to To is no time at all, so the zero Window is empty.
type Window struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// Contains says whether the window holds t.
func (w Window) Contains(t TimeOfDay) bool {
	if w.From <= w.To {
		return w.From <= t && t < w.To
	}
	return t >= w.From || t < w.To
}

// Minutes is the window's length on an ordinary day of 24 hours.
func (w Window) Minutes() int {
	return int(w.To-w.From+minutesADay) % minutesADay
}

// IsZero says whether the window is empty.
func (w Window) IsZero() bool { return w.From == w.To }

// String is "HH:MM–HH:MM".
func (w Window) String() string { return w.From.String() + "–" + w.To.String() }

// At is the instant at which the wall clock in loc shows t on d. A time that
// the clocks skip on that day (02:30 when they go from 02:00 to 03:00) is the
// first instant after the gap; one that they show twice is the first of the two.
// No date gives the zero time.
func At(d Date, t TimeOfDay, loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	first, _ := instants(d, t, zone(loc))
	return first
}

// instants are the one or two instants at which the wall clock shows t on d.
// package time picks one of two for an ambiguous time and either side for one
// in a gap, without saying which; the bounds of the zone's stretch tell.
func instants(d Date, t TimeOfDay, loc *time.Location) (first, second time.Time) {
	y, m, day := d.Date()
	got := time.Date(y, m, day, int(t)/60, int(t)%60, 0, 0, loc)
	wall := time.Date(y, m, day, int(t)/60, int(t)%60, 0, 0, time.UTC).Unix()
	start, end := got.ZoneBounds()

	if _, offset := got.Zone(); got.Unix()+int64(offset) != wall {
		if got.Unix()+int64(offset) > wall { // beyond the gap
			return start.In(loc), start.In(loc)
		}
		return end.In(loc), end.In(loc)
	}
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if earlier := time.Unix(wall-int64(before), 0); earlier.Before(start) {
			return earlier.In(loc), got
		}
	}
	if !end.IsZero() {
		_, after := end.Zone()
		if later := time.Unix(wall-int64(after), 0); !later.Before(end) {
			return got, later.In(loc)
		}
	}
	return got, got
}
