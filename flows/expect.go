package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Expect is what an open question takes for an answer.
type Expect struct {
	// Kind is yes_no, scale, amount, date, hours, choice or text.
	Kind string `json:"kind"`
	// Min and Max bound a scale, both included.
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
	// Options are a choice's canonical words (yes, no, unsure, part), in the
	// order of their digits and independent of the language.
	Options []string `json:"options,omitempty"`
}

// Kinds of answers.
const (
	YesNo  = "yes_no"
	Scale  = "scale"
	Amount = "amount"
	Date   = "date"
	Hours  = "hours"
	Choice = "choice"
	Text   = "text"
)

// mostOnScale is the last point that a scale may have: more are not answered
// with thought, and each is a way that the check follows.
const mostOnScale = 10

// None is what is recorded when a party has nothing to add.
const None = "none"

// Option returns the word of a choice's 1-based option, "" if there is none.
// For yes_no, 1 is yes and 2 is no.
func (e Expect) Option(i int) string {
	options := e.Options
	if e.Kind == YesNo {
		options = []string{"yes", "no"}
	}
	if i < 1 || i > len(options) {
		return ""
	}
	return options[i-1]
}

// values lists the answers that a branch may name, nil where they are open
// (an amount, a date).
func (e Expect) values() []string {
	switch e.Kind {
	case YesNo:
		return []string{"yes", "no"}
	case Choice:
		return e.Options
	case Scale:
		var all []string
		for i := e.Min; i <= e.Max; i++ {
			all = append(all, strconv.Itoa(i))
		}
		return all
	}
	return nil
}

// Fits tells whether a canonical answer is one to this question: an option's
// word, a whole number on the scale, positive cents, an ISO date, positive
// decimal hours, or a text that is not empty.
func (e Expect) Fits(answer string) bool {
	switch e.Kind {
	case YesNo, Choice, Scale:
		return slices.Contains(e.values(), answer)
	case Amount:
		cents, err := strconv.ParseInt(answer, 10, 64)
		return err == nil && cents > 0
	case Date:
		_, err := time.Parse(time.DateOnly, answer)
		return err == nil
	case Hours:
		h, err := strconv.ParseFloat(answer, 64)
		return err == nil && h > 0
	case Text:
		return strings.TrimSpace(answer) != ""
	}
	return false
}

// UnmarshalYAML reads `yes_no`, `{choice: [yes, no]}` or `{scale: [1, 5]}`.
func (e *Expect) UnmarshalYAML(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.ScalarNode:
		e.Kind = n.Value
		if slices.Contains([]string{YesNo, Amount, Date, Hours, Text}, e.Kind) {
			return nil
		}
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		e.Kind = n.Content[0].Value
		var words []string
		if err := n.Content[1].Decode(&words); err != nil {
			return err
		}
		switch {
		case e.Kind == Choice && len(words) >= 2:
			e.Options = words
			return nil
		case e.Kind == Scale && len(words) == 2:
			from, err1 := strconv.Atoi(words[0])
			to, err2 := strconv.Atoi(words[1])
			if err1 == nil && err2 == nil && from >= 0 && from < to && to <= mostOnScale {
				e.Min, e.Max = from, to
				return nil
			}
		}
	}
	return fmt.Errorf("line %d: expect is yes_no, amount, date, hours, text, {choice: [word, word]} or {scale: [from, to]}, to %d at most", n.Line, mostOnScale)
}
