package flows

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Flow is one conversation, as its file has it.
type Flow struct {
	Name    string   `yaml:"flow"`
	For     []string `yaml:"for"` // whose: victim, offender
	Purpose string   `yaml:"purpose"`
	// Optional: the flow is off unless all its texts are there. A program
	// turns it on by bringing them.
	Optional bool       `yaml:"optional"`
	Entries  []string   `yaml:"entries"` // steps it may also start at
	Unclear  *OnUnclear `yaml:"unclear"`
	Silence  *OnSilence `yaml:"silence"`
	Steps    []Step     `yaml:"steps"`
}

// Step asks, says or does one thing.
type Step struct {
	ID     string `yaml:"id"`
	OnlyIf string `yaml:"only_if"` // a fact: passed over unless it holds
	Unless string `yaml:"unless"`  // a fact: passed over if it holds

	Ask    string   `yaml:"ask"` // a text's key
	Expect Expect   `yaml:"expect"`
	Save   string   `yaml:"save"` // recorded under this name
	Keep   string   `yaml:"keep"` // remembered for an action, not recorded
	None   []string `yaml:"none"` // texts that mean "nothing to add"

	Do string `yaml:"do"` // an action

	Then    []Branch   `yaml:"then"` // of an ask and of a do
	Unclear *OnUnclear `yaml:"unclear"`
	Silence *OnSilence `yaml:"silence"`

	Say      string `yaml:"say"` // a text's key; these four alone make a step too
	Escalate string `yaml:"escalate"`
	Go       string `yaml:"go"`
	End      string `yaml:"end"`
}

// Branch is what follows from an answer or a result: the first one whose
// conditions all hold.
type Branch struct {
	When     OneOf  `yaml:"when"`
	If       string `yaml:"if"`
	Unless   string `yaml:"unless"`
	Escalate string `yaml:"escalate"`
	Say      string `yaml:"say"`
	Go       string `yaml:"go"`
	End      string `yaml:"end"`
}

// OnUnclear says what becomes of a reply that is not understood: asked again so
// many times, then it goes to a person.
type OnUnclear struct {
	Again    int    `yaml:"again"`
	Escalate string `yaml:"escalate"`
	Say      string `yaml:"say"`
	End      string `yaml:"end"`
}

// OnSilence says what becomes of a question that nobody answers.
type OnSilence struct {
	After     Duration `yaml:"after"`
	Again     int      `yaml:"again"`
	ThenAfter Duration `yaml:"then_after"`
	Escalate  string   `yaml:"escalate"`
	Say       string   `yaml:"say"`
	End       string   `yaml:"end"`
}

// OneOf is one word or a list of them.
type OneOf []string

// UnmarshalYAML reads `yes` and `[yes, part]` alike.
func (w *OneOf) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = OneOf{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// Duration is written 24h.
type Duration time.Duration

// UnmarshalYAML reads what time.ParseDuration reads.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v <= 0 {
		return fmt.Errorf("line %d: %q is no length of time; write 24h", n.Line, n.Value)
	}
	*d = Duration(v)
	return nil
}

// parse reads one file; an unknown field is refused.
func parse(data []byte) (*Flow, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	f := new(Flow)
	if err := dec.Decode(f); err != nil {
		return nil, err
	}
	if f.Name == "" {
		return nil, fmt.Errorf("it has no `flow:` name")
	}
	if len(f.Steps) == 0 {
		return nil, fmt.Errorf("it has no steps")
	}
	seen := map[string]bool{}
	for i, s := range f.Steps {
		switch {
		case s.ID == "":
			return nil, fmt.Errorf("step %d has no id", i+1)
		case seen[s.ID]:
			return nil, fmt.Errorf("two steps are called %s", s.ID)
		case s.Ask != "" && s.Do != "":
			return nil, fmt.Errorf("step %s both asks and does: make it two steps", s.ID)
		case s.Ask != "" && s.Expect.Kind == "":
			return nil, fmt.Errorf("step %s asks and does not say what it expects", s.ID)
		case s.Ask == "" && (s.Expect.Kind != "" || s.Keep != "" || s.None != nil || s.Unclear != nil || s.Silence != nil):
			return nil, fmt.Errorf("step %s asks nothing: expect, keep, none, unclear and silence belong to a question", s.ID)
		case s.Ask == "" && s.Do == "" && s.Save != "":
			return nil, fmt.Errorf("step %s has nothing to save", s.ID)
		case s.waits() && (s.Say != "" || s.Escalate != "" || s.Go != "" || s.End != ""):
			return nil, fmt.Errorf("step %s waits: put say, escalate, go and end under `then`", s.ID)
		case !s.waits() && len(s.Then) > 0:
			return nil, fmt.Errorf("step %s has nothing to wait for: `then` belongs to ask and do", s.ID)
		case !s.waits() && s.Say == "" && s.Escalate == "" && s.Go == "" && s.End == "":
			return nil, fmt.Errorf("step %s does nothing", s.ID)
		case s.Go != "" && s.End != "":
			return nil, fmt.Errorf("step %s both goes on and ends", s.ID)
		}
		for _, b := range s.Then {
			if b.Go != "" && b.End != "" {
				return nil, fmt.Errorf("step %s: a line both goes on and ends", s.ID)
			}
		}
		seen[s.ID] = true
	}
	return f, nil
}

// waits tells whether the conversation stops at this step.
func (s Step) waits() bool { return s.Ask != "" || s.Do != "" }

// question is the name under which a question is known to the caller.
func (s Step) question() string {
	if s.Save != "" {
		return s.Save
	}
	if s.Keep != "" {
		return s.Keep
	}
	return s.ID
}

// index finds a step, -1 if there is none of that id.
func (f *Flow) index(id string) int {
	return slices.IndexFunc(f.Steps, func(s Step) bool { return s.ID == id })
}

// unclear and silence are the question's own ways, or else the flow's.
func (f *Flow) unclear(s Step) *OnUnclear {
	if s.Unclear != nil {
		return s.Unclear
	}
	return f.Unclear
}

func (f *Flow) silence(s Step) *OnSilence {
	if s.Silence != nil {
		return s.Silence
	}
	return f.Silence
}
