package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// ruleYears bounds the search for a rule's occurrences, so that one that never
// comes (30 February) ends in an error and not in the year 9999.
const ruleYears = 60

// maxRule is longer than any sensible rule and short enough to read quickly.
const maxRule = 200

// ruleDates are the occurrences of rule from first on. FREQ is DAILY, WEEKLY,
// MONTHLY or YEARLY; COUNT or UNTIL must end it. RFC 5545 leaves out a month
// that has no 31st; an instalment may not be left out, so such a day is the
// month's last here.
func ruleDates(rule string, first Date) ([]Date, error) {
	option, err := parseRule(rule)
	if err != nil {
		return nil, err
	}
	y, m, d := first.Date()
	option.Dtstart = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	keepMonthEnds(option, d)
	horizon := first.AddMonths(12 * ruleYears)
	if horizon.IsZero() {
		return nil, errors.New("the first instalment is too late in time")
	}
	if option.Until.IsZero() || option.Until.After(horizon.utc()) {
		option.Until = horizon.utc()
	}
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, errors.New("the rule has a value out of bounds")
	}
	var out []Date
	for next := r.Iterator(); ; {
		t, ok := next()
		if !ok {
			break
		}
		if day := On(t, time.UTC); len(out) == 0 || day.After(out[len(out)-1]) {
			out = append(out, day)
		}
		if len(out) > MaxInstalments {
			return nil, fmt.Errorf("the rule gives more than %d instalments", MaxInstalments)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the rule gives no instalment")
	}
	if option.Count > len(out) {
		return nil, fmt.Errorf("the rule does not come to its COUNT within %d years", ruleYears)
	}
	return out, nil
}

// parseRule reads a rule and refuses what has no place among due dates.
func parseRule(rule string) (*rrule.ROption, error) {
	rule = strings.TrimPrefix(strings.TrimSpace(rule), "RRULE:")
	if len(rule) > maxRule || strings.ContainsAny(rule, "\r\n") {
		return nil, errors.New("the rule must be one short line such as FREQ=WEEKLY;BYDAY=FR;COUNT=12")
	}
	for part := range strings.SplitSeq(rule, ";") {
		switch name, _, _ := strings.Cut(part, "="); name {
		case "DTSTART", "BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER":
			return nil, fmt.Errorf("the rule may not have %s: instalments are due on days, from the first on", name)
		}
	}
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, errors.New("the rule cannot be read; write one such as FREQ=WEEKLY;BYDAY=FR;COUNT=12")
	}
	if option.Freq > rrule.DAILY {
		return nil, errors.New("the rule's FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
	}
	if option.Count <= 0 && option.Until.IsZero() {
		return nil, errors.New("the rule needs an end; add COUNT or UNTIL")
	}
	if option.Count < 0 || option.Count > MaxInstalments {
		return nil, fmt.Errorf("the rule's COUNT must be from 1 to %d", MaxInstalments)
	}
	return option, nil
}

// keepMonthEnds makes a monthly rule's 29th, 30th or 31st the last day of a
// month that has none: of the days 28 to 31 it takes the last there is.
func keepMonthEnds(o *rrule.ROption, day int) {
	if len(o.Byweekday)+len(o.Byweekno)+len(o.Byyearday)+len(o.Bysetpos) > 0 {
		return
	}
	if o.Freq == rrule.YEARLY && len(o.Bymonth)+len(o.Bymonthday) == 0 && day == 29 && o.Dtstart.Month() == time.February {
		o.Bymonth, o.Bymonthday, o.Bysetpos = []int{2}, []int{28, 29}, []int{-1}
		return
	}
	if o.Freq != rrule.MONTHLY {
		return
	}
	days := slices.Clone(o.Bymonthday)
	if len(days) == 0 {
		days = []int{day}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	last := days[len(days)-1]
	rest := days[:len(days)-1]
	if last <= 28 || days[0] < 1 || (len(rest) > 0 && rest[len(rest)-1] >= 28) {
		return
	}
	o.Bymonthday, o.Bysetpos = slices.Clone(rest), nil
	for i := range rest {
		o.Bysetpos = append(o.Bysetpos, i+1)
	}
	for d := 28; d <= last; d++ {
		o.Bymonthday = append(o.Bymonthday, d)
	}
	o.Bysetpos = append(o.Bysetpos, -1)
}
