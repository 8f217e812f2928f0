package templates

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"
)

// language is one language: its file, and the same file of each overlay.
type language struct {
	Language string             `yaml:"language"` // ISO 639: en
	Name     string             `yaml:"name"`     // in itself: Español
	Format   format             `yaml:"format"`
	Kinds    map[string]wording `yaml:"kinds"`   // how a commitment is named
	Reasons  map[string]string  `yaml:"reasons"` // of an escalation, in words
	Choices  map[string]string  `yaml:"choices"` // the options of a choice, as a party would write them
	Never    never              `yaml:"never"`
	Party    map[string]sides   `yaml:"party"`
	Staff    map[string]string  `yaml:"staff"`

	parsed map[slot]*template.Template
	bars   bars
	sample sample
}

// format is how the language writes dates and sums.
type format struct {
	Weekdays  []string          `yaml:"weekdays"` // from Sunday
	Months    []string          `yaml:"months"`
	Date      string            `yaml:"date"`  // "{weekday} {month} {day}"
	Clock     string            `yaml:"clock"` // layout of package time: "3:04 pm"
	Decimal   string            `yaml:"decimal"`
	Thousands string            `yaml:"thousands"`
	Symbols   map[string]string `yaml:"symbols"` // of a currency; else its code stands
}

// never lists beginnings of words that no text may have, and that no discreet
// one may have besides.
type never struct {
	Anyone   []string `yaml:"anyone"`
	Discreet []string `yaml:"discreet"`
}

// wording is a text in plain and in discreet words.
type wording struct {
	Plain    string `yaml:"plain"`
	Discreet string `yaml:"discreet"`
}

// sides is a text's wording for each side.
type sides struct {
	Victim, Offender *wording
}

// slot is where one template stands.
type slot struct {
	audience, key string
	discreet      bool
}

// The audiences.
const (
	victim   = "victim"
	offender = "offender"
	staff    = "staff"
)

// UnmarshalYAML reads one wording for plain and discreet, or one each.
func (w *wording) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = wording{Plain: n.Value, Discreet: n.Value}
		return nil
	}
	fields, err := mapping(n, "plain", "discreet")
	if err != nil {
		return err
	}
	if fields["plain"] == nil || fields["discreet"] == nil {
		return fmt.Errorf("line %d: it needs both a plain and a discreet wording", n.Line)
	}
	*w = wording{Plain: fields["plain"].Value, Discreet: fields["discreet"].Value}
	return nil
}

// UnmarshalYAML reads one wording for both sides, or one for each.
func (s *sides) UnmarshalYAML(n *yaml.Node) error {
	if fields, err := mapping(n, victim, offender); err == nil {
		for side, to := range map[string]**wording{victim: &s.Victim, offender: &s.Offender} {
			if part := fields[side]; part != nil {
				*to = new(wording)
				if err := part.Decode(*to); err != nil {
					return err
				}
			}
		}
		return nil
	}
	w := new(wording)
	if err := w.UnmarshalYAML(n); err != nil {
		return err
	}
	s.Victim, s.Offender = w, w
	return nil
}

// mapping reads a mapping whose keys are among the names.
func mapping(n *yaml.Node, names ...string) (map[string]*yaml.Node, error) {
	bad := fmt.Errorf("line %d: expected a text, or %s", n.Line, strings.Join(names, " and "))
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return nil, bad
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		name := n.Content[i].Value
		known := false
		for _, want := range names {
			known = known || name == want
		}
		if !known {
			return nil, bad
		}
		fields[name] = n.Content[i+1]
	}
	return fields, nil
}

// readLanguage reads one file; an unknown field is refused.
func readLanguage(folder fs.FS, file string) (*language, error) {
	data, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	l := new(language)
	if err := dec.Decode(l); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	code := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if l.Language != "" && l.Language != code {
		return nil, fmt.Errorf("it says `language: %s`, and is called %s", l.Language, path.Base(file))
	}
	l.Language = code
	return l, nil
}

// overlay puts another file's words over this one's.
func (l *language) overlay(o *language) {
	if o.Name != "" {
		l.Name = o.Name
	}
	if o.Format.Date != "" {
		l.Format = o.Format
	}
	for _, pair := range []struct{ to, from *[]string }{{&l.Never.Anyone, &o.Never.Anyone}, {&l.Never.Discreet, &o.Never.Discreet}} {
		*pair.to = append(*pair.to, *pair.from...)
	}
	put(&l.Kinds, o.Kinds)
	put(&l.Reasons, o.Reasons)
	put(&l.Choices, o.Choices)
	put(&l.Party, o.Party)
	put(&l.Staff, o.Staff)
}

func put[V any](to *map[string]V, from map[string]V) {
	if *to == nil {
		*to = map[string]V{}
	}
	maps.Copy(*to, from)
}

// texts calls yield with every wording of the language.
func (l *language) texts(yield func(at slot, body string)) {
	for key, s := range l.Party {
		for side, w := range map[string]*wording{victim: s.Victim, offender: s.Offender} {
			if w != nil {
				yield(slot{side, key, false}, w.Plain)
				yield(slot{side, key, true}, w.Discreet)
			}
		}
	}
	for key, body := range l.Staff {
		yield(slot{staff, key, false}, body)
	}
}

// whole tells what the format lacks, "" if nothing.
func (f format) lacks() string {
	switch {
	case len(f.Weekdays) != 7:
		return "format.weekdays needs seven names, from Sunday"
	case len(f.Months) != 12:
		return "format.months needs twelve names"
	case f.Date == "":
		return `format.date is missing, for example "{weekday} {month} {day}"`
	case f.Clock == "":
		return `format.clock is missing, for example "3:04 pm"`
	case f.Decimal == "":
		return "format.decimal is missing"
	}
	return ""
}

func (f format) date(d Date) string {
	weekday := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
	return strings.NewReplacer(
		"{weekday}", f.Weekdays[weekday],
		"{month}", f.Months[d.Month-1],
		"{day}", strconv.Itoa(d.Day),
		"{year}", strconv.Itoa(d.Year),
	).Replace(f.Date)
}

func (f format) money(m Money) string {
	sign, cents := "", m.Cents
	if cents < 0 {
		sign, cents = "-", -cents
	}
	units := strconv.FormatInt(cents/100, 10)
	for i := len(units) - 3; i > 0; i -= 3 {
		units = units[:i] + f.Thousands + units[i:]
	}
	symbol, ok := f.Symbols[m.Currency]
	if !ok {
		symbol = m.Currency + " "
	}
	return fmt.Sprintf("%s%s%s%s%02d", sign, symbol, units, f.Decimal, cents%100)
}

// number writes "2.5" as the language does.
func (f format) number(decimal string) string {
	return strings.Replace(decimal, ".", f.Decimal, 1)
}

// forbidden finds a word that a text must not have, "" if there is none.
func (l *language) forbidden(body string, discreet bool) string {
	if found := l.bars.anyone.FindString(body); found != "" {
		return strings.TrimSpace(found)
	}
	if !discreet {
		return ""
	}
	return strings.TrimSpace(l.bars.discreet.FindString(body))
}

// bars are the words of never as patterns.
type bars struct{ anyone, discreet *regexp.Regexp }

// starts matches a word that begins with one of these; an empty list matches
// no text.
func starts(words []string) *regexp.Regexp {
	if len(words) == 0 {
		return regexp.MustCompile(`[^\s\S]`)
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + strings.Join(quoted, "|") + `)`)
}
