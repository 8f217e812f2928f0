package understand

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// inputLine is a line as it comes in. What was asked may be spelt flat or as an object.
type inputLine struct {
	ID      json.RawMessage `json:"id"`
	Text    *string         `json:"text"`
	Lang    string          `json:"lang"`
	Role    string          `json:"role"`
	Expect  json.RawMessage `json:"expect"`
	Min     *int            `json:"min"`
	Max     *int            `json:"max"`
	Options []string        `json:"options"`
	Now     string          `json:"now"`
}

type expectLine struct {
	Kind    string   `json:"kind"`
	Type    string   `json:"type"`
	Min     *int     `json:"min"`
	Max     *int     `json:"max"`
	Options []string `json:"options"`
}

// outputLine is a line as it goes out.
type outputLine struct {
	ID          json.RawMessage `json:"id"`
	Intent      Intent          `json:"intent"`
	AmountCents *int64          `json:"amount_cents"`
	Date        *string         `json:"date"`
	Number      *float64        `json:"number"`
	Choice      *int            `json:"choice"`
	Yes         *bool           `json:"yes"`
	Language    *string         `json:"language"`
	Risk        Risk            `json:"risk"`
	Why         []string        `json:"why,omitempty"`
}

type errorLine struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error"`
}

// Run reads one JSON object a line and writes one a line, in the same order. A line that is not valid input gives an
// object with an error and is counted in faults; the run goes on. Blank lines are passed over. The error is that of
// reading or writing.
func (r *Reader) Run(in io.Reader, out io.Writer, explain bool) (faults int, err error) {
	lines := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for {
		line, readErr := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			result, fault := r.runLine(line, explain)
			if fault {
				faults++
			}
			if err := enc.Encode(result); err != nil {
				return faults, fmt.Errorf("write: %w", err)
			}
			if lines.Buffered() == 0 {
				if err := w.Flush(); err != nil {
					return faults, fmt.Errorf("write: %w", err)
				}
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return faults, errors.Join(fmt.Errorf("read: %w", readErr), w.Flush())
		}
	}
	if err := w.Flush(); err != nil {
		return faults, fmt.Errorf("write: %w", err)
	}
	return faults, nil
}

func (r *Reader) runLine(line []byte, explain bool) (result any, fault bool) {
	var l inputLine
	if err := json.Unmarshal(line, &l); err != nil {
		var only struct {
			ID json.RawMessage `json:"id"`
		}
		_ = json.Unmarshal(line, &only) // the id may be there all the same
		return errorLine{only.ID, "not a line of input: " + plainError(err)}, true
	}
	in, err := l.input(r.g.langs)
	if err != nil {
		return errorLine{l.ID, err.Error()}, true
	}
	read := r.Read
	if explain {
		read = r.Explain
	}
	got := read(in)
	o := outputLine{
		ID: l.ID, Intent: got.Intent, AmountCents: got.AmountCents, Number: got.Number, Choice: got.Choice, Yes: got.Yes,
		Risk: got.Risk, Why: got.Why,
	}
	if got.Date != nil {
		d := got.Date.String()
		o.Date = &d
	}
	if got.Language != "" {
		o.Language = &got.Language
	}
	return o, false
}

// plainError keeps a text's own words out of the message.
func plainError(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("%s is not of its type", wrong.Field)
	}
	return "not JSON"
}

func (l *inputLine) input(langs []string) (Input, error) {
	in := Input{Lang: l.Lang, Role: l.Role}
	if l.Text == nil {
		return in, errors.New("text is missing")
	}
	in.Text = *l.Text
	if utf8.RuneCountInString(in.Text) > maxText {
		return in, fmt.Errorf("text is longer than %d characters", maxText)
	}
	if !slices.Contains(langs, in.Lang) {
		return in, fmt.Errorf("lang must be one of %s", strings.Join(langs, ", "))
	}
	if in.Role != Victim && in.Role != Offender {
		return in, fmt.Errorf("role must be %s or %s", Victim, Offender)
	}
	now, err := time.Parse(time.RFC3339, l.Now)
	if err != nil {
		return in, errors.New("now must be RFC 3339")
	}
	in.Now = now
	in.Expect, err = l.expect()
	return in, err
}

func (l *inputLine) expect() (Expect, error) {
	x := expectLine{Min: l.Min, Max: l.Max, Options: l.Options}
	switch raw := bytes.TrimSpace(l.Expect); {
	case len(raw) == 0 || string(raw) == "null":
	case raw[0] == '{':
		if err := json.Unmarshal(raw, &x); err != nil {
			return Expect{}, errors.New("expect: " + plainError(err))
		}
	default:
		if err := json.Unmarshal(raw, &x.Kind); err != nil {
			return Expect{}, errors.New("expect: " + plainError(err))
		}
	}
	if x.Kind == "" {
		x.Kind = x.Type
	}
	e := Expect{Kind: Kind(x.Kind), Options: x.Options}
	switch e.Kind {
	case "":
		e.Kind = None
	case None, YesNo, Amount, OnDate, Hours, Text:
	case Scale:
		if x.Min == nil || x.Max == nil || *x.Min >= *x.Max {
			return Expect{}, errors.New("expect: a scale has min and max")
		}
		e.Min, e.Max = *x.Min, *x.Max
	case Choice:
		if len(e.Options) == 0 {
			return Expect{}, errors.New("expect: a choice has options")
		}
	default:
		return Expect{}, errors.New("expect is of no known kind")
	}
	return e, nil
}
