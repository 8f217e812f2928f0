package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A view is what a template sees: the fields of its audience as methods, which
// write the value as the language does and fail where it is not given.

// nearest is how many resource lines stand in a text to a party at risk; with
// more it would not keep to three segments.
const nearest = 2

// titleRunes is where a commitment's own title is cut.
const titleRunes = 30

// base writes values; its methods are not for templates.
type base struct {
	l         *language
	languages string
	given     map[string]bool
}

func (b base) has(name string) (bool, error) {
	given, known := b.given[name]
	if !known {
		return false, fmt.Errorf("there is no %s to ask for", name)
	}
	return given, nil
}

func (b base) need(name, value string) (string, error) {
	if value == "" {
		return "", fmt.Errorf("%s is not given", name)
	}
	return value, nil
}

func (b base) money(name string, m Money) (string, error) {
	if m.Currency == "" {
		return "", fmt.Errorf("%s is not given", name)
	}
	return b.l.Format.money(m), nil
}

func (b base) date(name string, d Date) (string, error) {
	if d == (Date{}) {
		return "", fmt.Errorf("%s is not given", name)
	}
	return b.l.Format.date(d), nil
}

func (b base) hours(name, h string) (string, error) {
	h, err := b.need(name, h)
	return b.l.Format.number(h), err
}

func (b base) commitment(kind, title string, discreet bool) (string, error) {
	if title = clip(title); title != "" && !discreet {
		return title, nil
	}
	w, ok := b.l.Kinds[kind]
	switch {
	case kind == "":
		return "", fmt.Errorf("Commitment is not given")
	case !ok:
		return "", fmt.Errorf("language %s has no name for a commitment of kind %q", b.l.Language, kind)
	case discreet:
		return w.Discreet, nil
	}
	return w.Plain, nil
}

// which numbers the options, one a line. Those that would read alike get
// their case's reference.
func (b base) which(options []Option, discreet bool) (string, error) {
	if len(options) == 0 {
		return "", fmt.Errorf("Which is not given")
	}
	labels := make([]string, len(options))
	for i, o := range options {
		label, err := b.label(o, discreet)
		if err != nil {
			return "", err
		}
		labels[i] = label
	}
	var lines strings.Builder
	for i, label := range labels {
		alike := slices.IndexFunc(labels, func(l string) bool { return l == label }) != i ||
			slices.Contains(labels[i+1:], label)
		if alike && options[i].Reference != "" {
			label += " (" + options[i].Reference + ")"
		}
		if i > 0 {
			lines.WriteByte('\n')
		}
		lines.WriteString(strconv.Itoa(i+1) + " " + label)
	}
	return lines.String(), nil
}

func (b base) label(o Option, discreet bool) (string, error) {
	var parts []string
	if o.Amount.Currency != "" && !discreet {
		parts = append(parts, b.l.Format.money(o.Amount))
	} else if o.Commitment != "" {
		name, err := b.commitment(o.Commitment, "", discreet)
		if err != nil {
			return "", err
		}
		parts = append(parts, name)
	}
	if o.Date != (Date{}) {
		parts = append(parts, b.l.Format.date(o.Date))
	}
	if len(parts) == 0 {
		return b.need("Which", o.Reference)
	}
	return strings.Join(parts, ", "), nil
}

// resources writes a line each; a discreet one leaves out the name.
func (b base) resources(lines []Resource, most int, discreet bool) (string, error) {
	if len(lines) == 0 {
		return "", fmt.Errorf("Resources is not given")
	}
	if most > 0 && len(lines) > most {
		lines = lines[:most]
	}
	written := make([]string, len(lines))
	for i, r := range lines {
		written[i] = r.Contact
		if !discreet && r.Name != "" {
			written[i] = r.Name + ": " + r.Contact
		}
	}
	return strings.Join(written, "\n"), nil
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= titleRunes {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:titleRunes-2])) + ".."
}

// victimView is what a plain text to the victim's side sees.
type victimView struct {
	b base
	v VictimText
}

func newVictimView(l *language, languages string, v VictimText) victimView {
	return victimView{base{l, languages, map[string]bool{
		"Amount": v.Amount.Currency != "", "Date": v.Date != Date{}, "Paid": v.Paid.Currency != "",
		"ToGo": v.ToGo.Currency != "", "Waiting": v.Waiting.Cents != 0 && v.Waiting.Currency != "",
		"NextAmount": v.NextAmount.Currency != "", "NextDate": v.NextDate != Date{}, "SinceDate": v.SinceDate != Date{},
		"Resources": len(v.Resources) > 0,
	}}, v}
}

func (t victimView) Has(name string) (bool, error) { return t.b.has(name) }
func (t victimView) Program() (string, error)      { return t.b.need("Program", t.v.Program) }
func (t victimView) Amount() (string, error)       { return t.b.money("Amount", t.v.Amount) }
func (t victimView) Date() (string, error)         { return t.b.date("Date", t.v.Date) }
func (t victimView) Paid() (string, error)         { return t.b.money("Paid", t.v.Paid) }
func (t victimView) ToGo() (string, error)         { return t.b.money("ToGo", t.v.ToGo) }
func (t victimView) Waiting() (string, error)      { return t.b.money("Waiting", t.v.Waiting) }
func (t victimView) NextAmount() (string, error)   { return t.b.money("NextAmount", t.v.NextAmount) }
func (t victimView) NextDate() (string, error)     { return t.b.date("NextDate", t.v.NextDate) }
func (t victimView) SinceDate() (string, error)    { return t.b.date("SinceDate", t.v.SinceDate) }
func (t victimView) Which() (string, error)        { return t.b.which(t.v.Which, false) }
func (t victimView) Resources() (string, error)    { return t.b.resources(t.v.Resources, 0, false) }
func (t victimView) Nearest() (string, error)      { return t.b.resources(t.v.Resources, nearest, false) }
func (t victimView) Languages() string             { return t.b.languages }

// offenderView is what a plain text to the offender's side sees.
type offenderView struct {
	b base
	v OffenderText
}

func newOffenderView(l *language, languages string, v OffenderText) offenderView {
	return offenderView{base{l, languages, map[string]bool{
		"Amount": v.Amount.Currency != "", "Date": v.Date != Date{}, "Paid": v.Paid.Currency != "",
		"ToGo": v.ToGo.Currency != "", "Waiting": v.Waiting.Cents != 0 && v.Waiting.Currency != "",
		"NextAmount": v.NextAmount.Currency != "", "NextDate": v.NextDate != Date{}, "SinceDate": v.SinceDate != Date{},
		"Commitment": v.Commitment != "", "Hours": v.Hours != "", "HoursToGo": v.HoursToGo != "",
		"Resources": len(v.Resources) > 0,
	}}, v}
}

func (t offenderView) Has(name string) (bool, error) { return t.b.has(name) }
func (t offenderView) Program() (string, error)      { return t.b.need("Program", t.v.Program) }
func (t offenderView) Amount() (string, error)       { return t.b.money("Amount", t.v.Amount) }
func (t offenderView) Date() (string, error)         { return t.b.date("Date", t.v.Date) }
func (t offenderView) Paid() (string, error)         { return t.b.money("Paid", t.v.Paid) }
func (t offenderView) ToGo() (string, error)         { return t.b.money("ToGo", t.v.ToGo) }
func (t offenderView) Waiting() (string, error)      { return t.b.money("Waiting", t.v.Waiting) }
func (t offenderView) NextAmount() (string, error)   { return t.b.money("NextAmount", t.v.NextAmount) }
func (t offenderView) NextDate() (string, error)     { return t.b.date("NextDate", t.v.NextDate) }
func (t offenderView) SinceDate() (string, error)    { return t.b.date("SinceDate", t.v.SinceDate) }
func (t offenderView) Hours() (string, error)        { return t.b.hours("Hours", t.v.Hours) }
func (t offenderView) HoursToGo() (string, error)    { return t.b.hours("HoursToGo", t.v.HoursToGo) }
func (t offenderView) Which() (string, error)        { return t.b.which(t.v.Which, false) }
func (t offenderView) Resources() (string, error)    { return t.b.resources(t.v.Resources, 0, false) }
func (t offenderView) Nearest() (string, error) {
	return t.b.resources(t.v.Resources, nearest, false)
}
func (t offenderView) Languages() string { return t.b.languages }
func (t offenderView) Commitment() (string, error) {
	return t.b.commitment(t.v.Commitment, t.v.Title, false)
}

// discreetView is what a discreet text to either side sees: no program, no
// sum, no name, nothing of what was agreed but its days.
type discreetView struct {
	b       base
	days    days
	options []Option
	lines   []Resource
}

// days are the dates that a discreet text may tell.
type days struct{ date, next, since Date }

func newDiscreetView(l *language, languages string, d days, which []Option, lines []Resource) discreetView {
	return discreetView{base{l, languages, map[string]bool{
		"Date": d.date != Date{}, "NextDate": d.next != Date{}, "SinceDate": d.since != Date{}, "Resources": len(lines) > 0,
	}}, d, which, lines}
}

func (t discreetView) Has(name string) (bool, error) { return t.b.has(name) }
func (t discreetView) Date() (string, error)         { return t.b.date("Date", t.days.date) }
func (t discreetView) NextDate() (string, error)     { return t.b.date("NextDate", t.days.next) }
func (t discreetView) SinceDate() (string, error)    { return t.b.date("SinceDate", t.days.since) }
func (t discreetView) Which() (string, error)        { return t.b.which(t.options, true) }
func (t discreetView) Resources() (string, error)    { return t.b.resources(t.lines, 0, true) }
func (t discreetView) Nearest() (string, error)      { return t.b.resources(t.lines, nearest, true) }
func (t discreetView) Languages() string             { return t.b.languages }

// staffView is what a text to a mediator or a coordinator sees.
type staffView struct {
	b base
	v StaffText
}

func newStaffView(l *language, v StaffText) staffView {
	return staffView{base{l, "", map[string]bool{
		"Link": v.Link != "", "Date": v.Date != Date{}, "Since": !v.Since.IsZero(), "Code": v.Code != 0,
		"Case": v.Case != "", "Reason": v.Reason != "",
	}}, v}
}

func (t staffView) Has(name string) (bool, error) { return t.b.has(name) }
func (t staffView) Case() (string, error)         { return t.b.need("Case", t.v.Case) }
func (t staffView) Reason() (string, error)       { return t.b.reason(t.v.Reason) }
func (t staffView) Link() (string, error)         { return t.b.need("Link", t.v.Link) }
func (t staffView) Date() (string, error)         { return t.b.date("Date", t.v.Date) }
func (t staffView) Code() (string, error) {
	if t.v.Code == 0 {
		return "", fmt.Errorf("Code is not given")
	}
	return strconv.Itoa(t.v.Code), nil
}

// Since is a day and a time of day.
func (t staffView) Since() (string, error) {
	if t.v.Since.IsZero() {
		return "", fmt.Errorf("Since is not given")
	}
	return t.b.l.Format.date(DateOf(t.v.Since)) + " " + t.v.Since.Format(t.b.l.Format.Clock), nil
}

// Open lists what is open, one a line: code, case, reason.
func (t staffView) Open() (string, error) {
	if len(t.v.Open) == 0 {
		return "", fmt.Errorf("Open is not given")
	}
	lines := make([]string, len(t.v.Open))
	for i, o := range t.v.Open {
		reason, err := t.b.reason(o.Reason)
		if err != nil {
			return "", err
		}
		lines[i] = fmt.Sprintf("%d %s %s", o.Code, o.Case, reason)
	}
	return strings.Join(lines, "\n"), nil
}

func (b base) reason(name string) (string, error) {
	words, ok := b.l.Reasons[name]
	if !ok {
		return "", fmt.Errorf("language %s has no words for the reason %q", b.l.Language, name)
	}
	return words, nil
}
