package calendar

import "slices"

// NextCheckin is the first day of the check-in plan strictly after `after`.
// The plan is the anchor (the mediation, or the party's consent if later) plus
// each of days, then monthly from the last of them: with days 2, 14, 30 and 60
// it goes on one month, two months, … after day 60, keeping that date's day of
// the month (the month's last day where there is none). Days may be listed in
// any order; without days it is monthly from the anchor. None for no anchor.
func NextCheckin(anchor Date, days []int, after Date) Date {
	if anchor.IsZero() {
		return Date{}
	}
	last := anchor
	if len(days) > 0 {
		days = slices.Sorted(slices.Values(days))
		for _, n := range days {
			if d := anchor.AddDays(n); d.After(after) {
				return d
			}
		}
		last = anchor.AddDays(days[len(days)-1])
	}
	// Start near `after`: a month has at most 31 days, so this many have passed.
	from := max(1, after.Sub(last)/31)
	for i := from; ; i++ {
		if d := last.AddMonths(i); d.After(after) || d.IsZero() {
			return d
		}
	}
}
