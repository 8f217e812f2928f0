package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil date: a day of the calendar, without time or zone. It is
// comparable with ==. The zero Date is no date at all: it prints as "", is
// stored as NULL, and comes before every other.
type Date struct {
	days int32 // days since 0000-12-31, so that 1 is 0001-01-01 and 0 is none
}

// dayZero is the day before 0001-01-01, from which days are counted, in seconds of Unix time.
const dayZero = -719163 * secondsADay

const secondsADay = 24 * 60 * 60

// lastDay is 9999-12-31, the last day that "2006-01-02" can write.
const lastDay = 3652059

// DateOf returns the date of year, month and day. Values out of range carry
// over as in [time.Date]: 31 April is 1 May.
func DateOf(year int, month time.Month, day int) Date {
	return fromDays((time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() - dayZero) / secondsADay)
}

// fromDays keeps a day count within 0001-01-01 and 9999-12-31; outside is none.
func fromDays(n int64) Date {
	if n < 1 || n > lastDay {
		return Date{}
	}
	return Date{int32(n)}
}

// Parse reads "2006-01-02". A day that does not exist (2026-02-30) is an error.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("not a date of the form 2006-01-02")
	}
	d := DateOf(t.Date())
	if d.IsZero() {
		return Date{}, fmt.Errorf("not a date of the years 0001 to 9999")
	}
	return d, nil
}

// MustParse is Parse for dates that stand in the source; it panics on a bad one.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic("calendar: " + s + ": " + err.Error())
	}
	return d
}

// On returns the date that the wall calendar in loc shows at t; none for the zero time.
func On(t time.Time, loc *time.Location) Date {
	if t.IsZero() {
		return Date{}
	}
	return DateOf(t.In(zone(loc)).Date())
}

// IsZero says whether d is no date.
func (d Date) IsZero() bool { return d.days == 0 }

// String is "2006-01-02", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Date returns year, month and day; 1, January, 1 less a day for none, so ask IsZero first.
func (d Date) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// Weekday returns d's day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before says whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.days < e.days }

// After says whether d is later than e.
func (d Date) After(e Date) bool { return d.days > e.days }

// Compare is -1, 0 or 1 as d is before, on or after e.
func (d Date) Compare(e Date) int {
	switch {
	case d.days < e.days:
		return -1
	case d.days > e.days:
		return 1
	}
	return 0
}

// Equal says whether d and e are the same day; so does ==.
func (d Date) Equal(e Date) bool { return d == e }

// Sub returns the days from e to d: 1 if e is the day before d.
func (d Date) Sub(e Date) int { return int(d.days - e.days) }

// AddDays returns the date n days on (back, if negative). None stays none, and
// a result beyond the years 0001 to 9999 is none.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return fromDays(int64(d.days) + int64(n))
}

// AddMonths returns the same day of the month n months on (back, if negative),
// or that month's last day where it has no such day: 31 January and one month
// is 28 or 29 February. A series counts from its first date each time
// (first.AddMonths(i)), not from the one before, so that the 31st comes back
// in the next long month.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.Date()
	return dayOf(y, m+time.Month(n), day)
}

// LastOfMonth returns the last day of d's month.
func (d Date) LastOfMonth() Date {
	if d.IsZero() {
		return d
	}
	y, m, _ := d.Date()
	return dayOf(y, m, 31)
}

// dayOf is the day of a month, which may be out of range and carries over to
// the years, or the month's last day where day is beyond it.
func dayOf(year int, month time.Month, day int) Date {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
	y, m, end := last.Date()
	return DateOf(y, m, min(day, end))
}

// utc is midnight of d in UTC, for the calendar arithmetic of package time.
func (d Date) utc() time.Time { return time.Unix(dayZero+int64(d.days)*secondsADay, 0).UTC() }

// MarshalText writes "2006-01-02", or nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2006-01-02"; nothing is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	e, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = e
	return nil
}

// Value stores d as TEXT, none as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value wrote. A driver that hands a DATE back as a time gives
// its date as that time's own zone shows it.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		*d = On(v, v.Location())
		return nil
	}
	return fmt.Errorf("calendar: a date cannot be read from a %T", src)
}

// zone reads no zone as UTC.
func zone(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
