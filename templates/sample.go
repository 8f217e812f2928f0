package templates

import "time"

// The longest that each value may come to; a text is measured with these.
// Names are of the length that programs really have, not of the longest
// conceivable: what a program chooses beyond it costs it a segment.
const (
	sampleProgram  = "Riverside Center for Restorative Justice" // 40
	sampleSender   = "Riverside Justice"
	sampleDiscreet = "Riverside"
	sampleCase     = "RJ-2026-0142-B"
	sampleTitle    = "thirty characters of a title.."
	sampleLink     = "https://followup.riverside-rj.example.org/e/1234"
)

// sample holds a language's longest values, made once.
type sample struct {
	date         Date
	kind, reason string
}

func (l *language) prepare() {
	l.bars = bars{starts(l.Never.Anyone), starts(l.Never.Discreet)}
	l.sample = sample{l.sampleDate(), l.sampleKind(), l.sampleReason()}
}

// sampleMoney is the largest sum a reply may name (one million is refused).
func sampleMoney() Money { return Money{Cents: 999_999_99, Currency: "USD"} }

// sampleDate is the day whose writing costs most in this language: one outside
// GSM-7 if there is any (sáb), and the longest of those.
func (l *language) sampleDate() Date {
	var worst Date
	cost := -1
	for day := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		written := l.Format.date(DateOf(day))
		c := len([]rune(written))
		if _, encoding := Segments(written); encoding == UCS2 {
			c += 100
		}
		if c > cost {
			worst, cost = DateOf(day), c
		}
	}
	return worst
}

// sampleKind is the kind with the longest name.
func (l *language) sampleKind() string {
	longest := ""
	for kind, w := range l.Kinds {
		best := l.Kinds[longest]
		if longest == "" || len(w.Plain) > len(best.Plain) || len(w.Plain) == len(best.Plain) && kind < longest {
			longest = kind
		}
	}
	return longest
}

func (l *language) sampleReason() string {
	longest := ""
	for reason, words := range l.Reasons {
		best := l.Reasons[longest]
		if longest == "" || len(words) > len(best) || len(words) == len(best) && reason < longest {
			longest = reason
		}
	}
	return longest
}

func sampleResources() []Resource {
	return []Resource{
		{"Línea 988", "llame al 988, oprima 2"},
		{"Family Justice Center", "312-555-0100"},
		{"Food and shelter", "call 211"},
		{"Crisis Text Line", "text HOME to 741741"},
	}
}

func (l *language) sampleWhich() []Option {
	o := Option{Commitment: "restitution", Amount: sampleMoney(), Date: l.sample.date, Reference: sampleCase}
	return []Option{o, o, {Commitment: l.sample.kind, Date: o.Date, Reference: sampleCase}}
}

func (l *language) sampleVictim() VictimText {
	m, d := sampleMoney(), l.sample.date
	return VictimText{
		Program: sampleProgram, Sender: sampleSender, DiscreetSender: sampleDiscreet,
		Amount: m, Date: d, Paid: m, ToGo: m, Waiting: m, NextAmount: m, NextDate: d, SinceDate: d,
		Which: l.sampleWhich(), Resources: sampleResources(),
	}
}

func (l *language) sampleOffender() OffenderText {
	m, d := sampleMoney(), l.sample.date
	return OffenderText{
		Program: sampleProgram, Sender: sampleSender, DiscreetSender: sampleDiscreet,
		Amount: m, Date: d, Paid: m, ToGo: m, Waiting: m, NextAmount: m, NextDate: d, SinceDate: d,
		Commitment: "other", Title: sampleTitle, Hours: "123.5", HoursToGo: "123.5",
		Which: l.sampleWhich(), Resources: sampleResources(),
	}
}

// sampleStaff is about one reason, or else about the longest.
func (l *language) sampleStaff(about string) StaffText {
	reason := l.sample.reason
	if l.Reasons[about] != "" {
		reason = about
	}
	item := StaffItem{Code: 888, Case: sampleCase, Reason: l.sample.reason}
	d := l.sample.date
	return StaffText{
		Sender: sampleSender, Case: sampleCase, Reason: reason, Code: 888, Link: sampleLink, Date: d,
		Since: time.Date(d.Year, d.Month, d.Day, 12, 59, 0, 0, time.UTC),
		Open:  []StaffItem{item, item, item, item},
	}
}

// without takes away what a text asks for with Has, to try its other wording.
func (v VictimText) without(name string) VictimText {
	switch name {
	case "Amount":
		v.Amount = Money{}
	case "Date":
		v.Date = Date{}
	case "Paid":
		v.Paid = Money{}
	case "ToGo":
		v.ToGo = Money{}
	case "Waiting":
		v.Waiting = Money{}
	case "NextAmount":
		v.NextAmount = Money{}
	case "NextDate":
		v.NextDate = Date{}
	case "SinceDate":
		v.SinceDate = Date{}
	case "Resources":
		v.Resources = nil
	}
	return v
}

func (v OffenderText) without(name string) OffenderText {
	switch name {
	case "Amount":
		v.Amount = Money{}
	case "Date":
		v.Date = Date{}
	case "Paid":
		v.Paid = Money{}
	case "ToGo":
		v.ToGo = Money{}
	case "Waiting":
		v.Waiting = Money{}
	case "NextAmount":
		v.NextAmount = Money{}
	case "NextDate":
		v.NextDate = Date{}
	case "SinceDate":
		v.SinceDate = Date{}
	case "Commitment":
		v.Commitment, v.Title = "", ""
	case "Hours":
		v.Hours = ""
	case "HoursToGo":
		v.HoursToGo = ""
	case "Resources":
		v.Resources = nil
	}
	return v
}

func (v StaffText) without(name string) StaffText {
	switch name {
	case "Link":
		v.Link = ""
	case "Date":
		v.Date = Date{}
	case "Since":
		v.Since = time.Time{}
	case "Code":
		v.Code = 0
	case "Case":
		v.Case = ""
	case "Reason":
		v.Reason = ""
	}
	return v
}
