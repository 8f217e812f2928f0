package bot

import (
	"strconv"

	"amends/store"
	"amends/store/calendar"
	"amends/templates"
)

// cents writes cents as flows keep them.
func cents(n int64) string { return strconv.FormatInt(n, 10) }

// varCents reads cents from a flow's variables, 0 if there are none.
func varCents(vars map[string]string, name string) int64 {
	n, err := strconv.ParseInt(vars[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// varDate reads a date from a flow's variables, none if there is none.
func varDate(vars map[string]string, name string) calendar.Date {
	d, err := calendar.Parse(vars[name])
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// cash is a sum for a text.
func cash(c *store.Commitment, n int64) templates.Money {
	return templates.Money{Cents: n, Currency: c.Currency}
}

// day is a date for a text.
func day(d calendar.Date) templates.Date {
	if d.IsZero() {
		return templates.Date{}
	}
	y, m, n := d.Date()
	return templates.Date{Year: y, Month: m, Day: n}
}
