package calendar

import (
	"slices"
	"time"
)

// Office is a program's office hours, From included and To not, on its own
// wall clock. Without days, or with To not after From, it is never open.
type Office struct {
	Zone     *time.Location // nil: UTC
	Days     []time.Weekday
	From, To TimeOfDay
}

// Open says whether the office is open at t.
func (o Office) Open(t time.Time) bool {
	at := TimeOn(t, o.Zone)
	return o.works(On(t, o.Zone)) && o.From <= at && at < o.To
}

// Next is the first instant from t on at which the office is open: t itself,
// if it is. The zero time if it never is.
func (o Office) Next(t time.Time) time.Time {
	if o.Open(t) {
		return t
	}
	day := On(t, o.Zone)
	for i := range 2 * 7 { // a week's pattern, and a week for a day lost to a change of clocks
		if d := day.AddDays(i); o.works(d) {
			if at := At(d, o.From, o.Zone); !at.Before(t) && o.Open(at) {
				return at
			}
		}
	}
	return time.Time{}
}

// AddDays is the same office time n office days after t: from Friday 16:40 one
// day on is Monday 16:40. An instant outside office hours counts as the next
// opening: from Friday 20:00 one day on is Tuesday at From. The zero time if
// the office is never open.
func (o Office) AddDays(t time.Time, n int) time.Time {
	t = o.Next(t)
	if t.IsZero() || n <= 0 {
		return t
	}
	day := On(t, o.Zone)
	for n > 0 {
		if day = day.AddDays(1); o.works(day) {
			n--
		}
	}
	local := t.In(zone(o.Zone))
	within := time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	return At(day, TimeOn(t, o.Zone), o.Zone).Add(within)
}

func (o Office) works(d Date) bool {
	return o.From < o.To && slices.Contains(o.Days, d.Weekday())
}
