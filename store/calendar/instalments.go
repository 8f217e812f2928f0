package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Instalment is one part of a sum and the day it is due.
type Instalment struct {
	Due         Date  `json:"due"`
	AmountCents int64 `json:"amount_cents"`
}

// Every is how far apart instalments are.
type Every string

// The distances, as files spell them.
const (
	Week      Every = "week"
	Fortnight Every = "fortnight"
	HalfMonth Every = "half_month"
	Month     Every = "month"
)

// MaxInstalments bounds a plan: eleven years of weekly instalments.
const MaxInstalments = 600

// Plan says when a sum is paid, in one of three ways:
//
//   - Count instalments, one Every so often from First on;
//   - Listed dates with their amounts;
//   - a recurrence Rule (RFC 5545) whose occurrences are looked for from First on.
//
// A monthly plan keeps First's day; one that falls on the 31st is due on the
// last day of a shorter month. A half-monthly one pairs First's day with the
// one 15 days off in the same month: 1st and 16th, 5th and 20th, 14th and
// 29th; the 15th goes with the month's last day, and so does a First on the
// 31st. A First in the second half of a month is simply the later of its pair.
type Plan struct {
	Count  int          `json:"count,omitempty"`
	Every  Every        `json:"every,omitempty"`
	First  Date         `json:"first,omitzero"`
	Rule   string       `json:"rule,omitempty"` // "FREQ=WEEKLY;BYDAY=FR;COUNT=12", with COUNT or UNTIL
	Listed []Instalment `json:"listed,omitempty"`
}

// IsZero says whether p says nothing.
func (p Plan) IsZero() bool {
	return p.Count == 0 && p.Every == "" && p.First.IsZero() && p.Rule == "" && len(p.Listed) == 0
}

// Dates are the days of p's instalments, each once and strictly increasing.
// The error is one sentence without the plan's values.
func (p Plan) Dates() ([]Date, error) {
	ways := 0
	for _, used := range []bool{len(p.Listed) > 0, p.Rule != "", p.Count != 0 || p.Every != ""} {
		if used {
			ways++
		}
	}
	if ways != 1 {
		return nil, errors.New("instalments need exactly one of: count and every, a rule, a list of dates")
	}
	if len(p.Listed) > 0 {
		return p.listed()
	}
	if p.First.IsZero() {
		return nil, errors.New("instalments need the date of the first")
	}
	if p.Rule != "" {
		return ruleDates(p.Rule, p.First)
	}
	if p.Count < 1 || p.Count > MaxInstalments {
		return nil, fmt.Errorf("count must be from 1 to %d", MaxInstalments)
	}
	out := make([]Date, p.Count)
	for i := range out {
		switch p.Every {
		case Week:
			out[i] = p.First.AddDays(7 * i)
		case Fortnight:
			out[i] = p.First.AddDays(14 * i)
		case HalfMonth:
			out[i] = halfMonth(p.First, i)
		case Month:
			out[i] = p.First.AddMonths(i)
		default:
			return nil, errors.New("every must be week, fortnight, half_month or month")
		}
	}
	if out[len(out)-1].IsZero() {
		return nil, errors.New("the last instalment would be beyond the year 9999")
	}
	return out, nil
}

func (p Plan) listed() ([]Date, error) {
	if len(p.Listed) > MaxInstalments {
		return nil, fmt.Errorf("at most %d instalments can be listed", MaxInstalments)
	}
	out := make([]Date, len(p.Listed))
	for i, l := range p.Listed {
		if l.Due.IsZero() {
			return nil, errors.New("each instalment listed needs its date")
		}
		out[i] = l.Due
	}
	slices.SortFunc(out, Date.Compare)
	if len(slices.Compact(slices.Clone(out))) != len(out) {
		return nil, errors.New("two instalments are listed for one day; list each day once")
	}
	return out, nil
}

// halfMonth is the i-th half-monthly date from first.
func halfMonth(first Date, i int) Date {
	y, m, day := first.Date()
	early, late := day, day+15
	if day == 15 || day == 31 {
		early, late = 15, 31
	} else if day > 15 {
		early, late = day-15, day
	}
	half := i
	if day > 15 {
		half++ // first is the later of its pair
	}
	if half%2 == 0 {
		return dayOf(y, m+time.Month(half/2), early)
	}
	return dayOf(y, m+time.Month(half/2), late)
}

// Spread divides totalCents over the plan's dates, in their order. Amounts are
// equal, whole cents rounded down, and the last takes the rest; listed ones
// keep their own amounts, which must make the total. Every amount is at least
// one cent.
func Spread(totalCents int64, p Plan) ([]Instalment, error) {
	if totalCents <= 0 {
		return nil, errors.New("the total must be more than nothing")
	}
	dates, err := p.Dates()
	if err != nil {
		return nil, err
	}
	if len(p.Listed) > 0 {
		return spreadListed(totalCents, p.Listed)
	}
	each := totalCents / int64(len(dates))
	if each == 0 {
		return nil, errors.New("the total is less than one cent an instalment")
	}
	out := make([]Instalment, len(dates))
	for i, d := range dates {
		out[i] = Instalment{Due: d, AmountCents: each}
	}
	out[len(out)-1].AmountCents = totalCents - each*int64(len(out)-1)
	return out, nil
}

func spreadListed(totalCents int64, listed []Instalment) ([]Instalment, error) {
	out := slices.Clone(listed)
	slices.SortFunc(out, func(a, b Instalment) int { return a.Due.Compare(b.Due) })
	left := totalCents
	for _, l := range out {
		if l.AmountCents <= 0 {
			return nil, errors.New("each instalment listed needs an amount of more than nothing")
		}
		if l.AmountCents > left {
			return nil, errors.New("the instalments listed come to more than the total")
		}
		left -= l.AmountCents
	}
	if left != 0 {
		return nil, errors.New("the instalments listed come to less than the total")
	}
	return out, nil
}
