package intake

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends/store/calendar"

	"go.yaml.in/yaml/v3"
)

// reader walks a document by the fields that it may have, strictly: each once,
// none unknown, each of its type. It gathers all faults and the line of each
// path.
type reader struct {
	checker
	bad map[string]bool // paths with a fault, about which nothing more is said
}

func newReader(name string) *reader {
	return &reader{checker{origin: Origin{File: name, Lines: map[string]int{}}}, map[string]bool{}}
}

func (r *reader) fault(path, message string, args ...any) {
	r.bad[path] = true
	r.checker.fault(path, message, args...)
}

// finish adds what the checks found, less what follows from a fault of reading.
func (r *reader) finish(checks Faults) error {
	for _, f := range checks {
		known := r.bad[f.Path]
		for p := f.Path; p != "" && !known; {
			p = parent(p)
			known = p != "" && r.bad[p]
		}
		if !known {
			r.faults = append(r.faults, f)
		}
	}
	return r.faults.err()
}

// field reads one value at a path.
type field func(n *yaml.Node, path string)

type fields map[string]field

// object reads a mapping.
func (r *reader) object(n *yaml.Node, path string, fs fields) {
	if n.Kind != yaml.MappingNode {
		r.fault(path, "must be a group of fields")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name, plain := key.Value, key.Kind == yaml.ScalarNode && fieldForm.MatchString(key.Value)
		if !plain {
			r.badField(path, key.Line, "has a field whose name is not one; look for a missing colon, comma or quote")
			continue
		}
		at := join(path, name)
		if fs[name] == nil {
			r.badField(path, key.Line, "has a field %s, which is not known; the fields are %s", name, strings.Join(names(fs), ", "))
			continue
		}
		if seen[name] {
			r.badField(path, key.Line, "has the field %s twice; leave one out", name)
			continue
		}
		seen[name] = true
		r.origin.Lines[at] = key.Line
		switch {
		case value.Kind == yaml.AliasNode:
			r.fault(at, "is an alias (*); write the value out")
		case value.Tag == "!!null":
			r.fault(at, "has no value; give it one or leave the field out")
		default:
			fs[name](value, at)
		}
	}
}

// badField is a fault of the group at path, at the line of a field in it.
func (r *reader) badField(path string, line int, message string, args ...any) {
	where := path
	if path == "" {
		message = "the file " + message
	}
	r.faults = append(r.faults, Fault{File: r.origin.File, Line: line, Path: where, Message: fmt.Sprintf(message, args...)})
}

func names(fs fields) []string {
	out := make([]string, 0, len(fs))
	for name := range fs {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// each reads a list; an element is named by its key, where it has one of its
// own that is one, and else by its place.
func (r *reader) each(most int, one func(n *yaml.Node, path string)) field {
	return func(n *yaml.Node, path string) {
		if n.Kind != yaml.SequenceNode {
			r.fault(path, "must be a list")
			return
		}
		if len(n.Content) > most {
			r.fault(path, "has more than %d entries", most)
			return
		}
		seen := map[string]bool{}
		for i, el := range n.Content {
			at := fmt.Sprintf("%s[#%d]", path, i+1)
			if key := keyOf(el); key != "" && !seen[key] {
				seen[key] = true
				at = fmt.Sprintf("%s[%s]", path, key)
			}
			r.origin.Lines[at] = el.Line
			if el.Kind == yaml.AliasNode {
				r.fault(at, "is an alias (*); write the value out")
				continue
			}
			one(el, at)
		}
	}
}

func keyOf(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if v := n.Content[i+1]; n.Content[i].Value == "key" && v.Kind == yaml.ScalarNode && keyForm.MatchString(v.Value) {
				return v.Value
			}
		}
	}
	return ""
}

// scalar gives a value's text if its type is one of tags.
func (r *reader) scalar(n *yaml.Node, path, want string, tags ...string) (string, bool) {
	if n.Kind != yaml.ScalarNode || !slices.Contains(tags, n.ShortTag()) {
		r.fault(path, "must be %s", want)
		return "", false
	}
	return n.Value, true
}

// text reads a string. An unquoted phone number, amount or reference is a
// number to YAML, and an unquoted date a timestamp: they are taken as written.
func (r *reader) text(to *string) field {
	return func(n *yaml.Node, path string) {
		if s, ok := r.scalar(n, path, "text; put it in quotes", "!!str", "!!int", "!!float", "!!timestamp"); ok {
			if s == "" {
				r.fault(path, "is empty; give it a value or leave the field out")
				return
			}
			*to = s
		}
	}
}

// read reads text by a function whose error goes on from the field's name.
func (r *reader) read(parse func(s string) error) field {
	return func(n *yaml.Node, path string) {
		var s string
		r.text(&s)(n, path)
		if s == "" {
			return
		}
		if err := parse(s); err != nil {
			r.fault(path, "%s", err)
		}
	}
}

func (r *reader) phone(to *string) field {
	return r.read(func(s string) (err error) { *to, err = Phone(s); return err })
}

func (r *reader) money(to *int64) field {
	return r.read(func(s string) (err error) { *to, err = Cents(s); return err })
}

func (r *reader) date(to *calendar.Date) field {
	return r.read(func(s string) (err error) { *to, err = dateText(s); return err })
}

func (r *reader) clock(to *calendar.TimeOfDay) field {
	return r.read(func(s string) error {
		t, err := calendar.ParseTime(s)
		if err != nil {
			return errors.New("is not a time of day; write it as 09:00, in quotes")
		}
		*to = t
		return nil
	})
}

func (r *reader) duration(to *time.Duration) field {
	return r.read(func(s string) (err error) {
		if *to, err = time.ParseDuration(s); err != nil || *to <= 0 {
			return errors.New("is not a length of time; write it as 15m or 4h")
		}
		return nil
	})
}

func (r *reader) hours(to *int) field {
	return r.read(func(s string) (err error) { *to, err = hoursText(s); return err })
}

func dateText(s string) (calendar.Date, error) {
	d, err := calendar.Parse(s)
	if err != nil {
		return d, errors.New("is not a date of the calendar; write it as 2026-03-02")
	}
	return d, nil
}

func (r *reader) truth(to **bool) field {
	return func(n *yaml.Node, path string) {
		s, ok := r.scalar(n, path, "true or false", "!!bool")
		if b, err := strconv.ParseBool(strings.ToLower(s)); ok && err == nil {
			*to = &b
		}
	}
}

func (r *reader) flag(to *bool) field {
	return func(n *yaml.Node, path string) {
		var b *bool
		if r.truth(&b)(n, path); b != nil {
			*to = *b
		}
	}
}

func (r *reader) whole(to **int) field {
	return func(n *yaml.Node, path string) {
		s, ok := r.scalar(n, path, "a whole number", "!!int")
		if !ok {
			return
		}
		i, err := strconv.Atoi(s)
		if err != nil {
			r.fault(path, "must be a whole number")
			return
		}
		*to = &i
	}
}

func (r *reader) number(to *int) field {
	return func(n *yaml.Node, path string) {
		var i *int
		if r.whole(&i)(n, path); i != nil {
			*to = *i
		}
	}
}

func (r *reader) rate(to **float64) field {
	return func(n *yaml.Node, path string) {
		s, ok := r.scalar(n, path, "a number", "!!int", "!!float")
		if !ok {
			return
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			r.fault(path, "must be a number")
			return
		}
		*to = &f
	}
}

func (r *reader) wholes(to *[]int) field {
	return func(n *yaml.Node, path string) {
		out := []int{}
		r.each(maxDays, func(n *yaml.Node, at string) {
			var i *int
			if r.whole(&i)(n, at); i != nil {
				out = append(out, *i)
			}
		})(n, path)
		*to = out
	}
}

// maxDays is how many days a policy may list.
const maxDays = 60

func (r *reader) window(to *calendar.Window) field {
	return func(n *yaml.Node, path string) {
		from, until := calendar.TimeOfDay(-1), calendar.TimeOfDay(-1)
		r.object(n, path, fields{"from": r.clock(&from), "to": r.clock(&until)})
		if n.Kind != yaml.MappingNode {
			return
		}
		for _, f := range []struct {
			name string
			t    calendar.TimeOfDay
		}{{"from", from}, {"to", until}} {
			if f.t < 0 && !r.bad[join(path, f.name)] {
				r.fault(join(path, f.name), "is missing; write it as 09:00, in quotes")
			}
		}
		if from >= 0 && until >= 0 {
			*to = calendar.Window{From: from, To: until}
		} else {
			r.bad[path] = true
		}
	}
}
