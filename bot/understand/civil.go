package understand

import (
	"fmt"
	"time"
)

// Date is a civil date, without time or zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String gives the date as YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func civil(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// noon keeps day arithmetic clear of daylight saving.
func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

func (d Date) addDays(n int) Date { return civil(d.noon().AddDate(0, 0, n)) }

// addMonths stays in the month it lands in: January 31 and a month is February's last day.
func (d Date) addMonths(n int) Date {
	first := civil(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, daysIn(first.Year, first.Month))
	return first
}

func (d Date) weekday() int { return int(d.noon().Weekday()) }

func (d Date) before(o Date) bool { return d.noon().Before(o.noon()) }

func daysIn(y int, m time.Month) int { return time.Date(y, m+1, 0, 12, 0, 0, 0, time.UTC).Day() }

func validDate(y, m, d int) (Date, bool) {
	if m < 1 || m > 12 || d < 1 || y < 1 || y > 9999 || d > daysIn(y, time.Month(m)) {
		return Date{}, false
	}
	return Date{y, time.Month(m), d}, true
}

// nearestWeekday is the nearest such weekday strictly before or after the day.
func nearestWeekday(today Date, weekday int, back bool) Date {
	if back {
		n := (today.weekday() - weekday + 7) % 7
		if n == 0 {
			n = 7
		}
		return today.addDays(-n)
	}
	n := (weekday - today.weekday() + 7) % 7
	if n == 0 {
		n = 7
	}
	return today.addDays(n)
}

// nearestMonthDay is the nearest such day of a month, today included. Months without that day are passed over.
func nearestMonthDay(today Date, day int, back bool) (Date, bool) {
	if day < 1 || day > 31 {
		return Date{}, false
	}
	step := 1
	if back {
		step = -1
	}
	for i := 0; i < 4; i++ {
		first := Date{today.Year, today.Month, 1}.addMonths(i * step)
		d, ok := validDate(first.Year, int(first.Month), day)
		if !ok {
			continue
		}
		if back && !today.before(d) || !back && !d.before(today) {
			return d, true
		}
	}
	return Date{}, false
}

// nearestYearDay is the nearest such month and day, today included. February 29 may be years away.
func nearestYearDay(today Date, month, day int, back bool) (Date, bool) {
	step := 1
	if back {
		step = -1
	}
	for i := 0; i < 9; i++ {
		d, ok := validDate(today.Year+i*step, month, day)
		if !ok {
			continue
		}
		if back && !today.before(d) || !back && !d.before(today) {
			return d, true
		}
	}
	return Date{}, false
}
