package flows

import (
	"maps"
	"time"
)

// State is where a conversation stands: a plain value, kept as JSON between
// any two steps. It bears no text of a party: an answer of kind text is
// recorded and not kept.
type State struct {
	Flow     string            `json:"flow"`
	Step     string            `json:"step,omitempty"` // "" before the start and after the end
	Vars     map[string]string `json:"vars,omitempty"`
	Unclear  int               `json:"unclear,omitempty"`  // replies to the open question that were not understood
	Silences int               `json:"silences,omitempty"` // times the open question was asked again for want of a reply
	Said     int               `json:"said,omitempty"`     // texts so far
	Outcome  string            `json:"outcome,omitempty"`  // set once ended
	// Late is the question that nobody answered and that ended the
	// conversation. Its late answer still counts: a Reply opens the
	// conversation again at this step.
	Late string `json:"late,omitempty"`
}

// Ended tells whether the conversation is over.
func (s State) Ended() bool { return s.Outcome != "" }

func (s State) clone() State {
	s.Vars = maps.Clone(s.Vars)
	return s
}

// EventKind is what happened.
type EventKind string

// The events. Done answers a Do; the others come from outside.
const (
	Start   EventKind = "start"
	Reply   EventKind = "reply"
	Unclear EventKind = "unclear"
	Silence EventKind = "silence"
	Done    EventKind = "done"
)

// Event is what happened to the conversation.
type Event struct {
	Kind EventKind
	// Entry is the step a Start begins at; "" is the first one.
	Entry string
	// Vars come with a Start, a Reply or a Done and are merged into
	// the state's: what the text bore beside its answer (amount in cents,
	// date as ISO, hours), or what an action found (score).
	Vars map[string]string
	// Answer is a Reply's canonical value: an option's word, "yes" or "no",
	// a number of the scale, cents, an ISO date, hours, or the text itself.
	Answer string
	// Result is what an action came to, one of its results in the vocabulary.
	Result string
	// Facts are truths about the case at this moment, by the vocabulary's
	// names; absent is false. Those called has_… are the engine's own.
	Facts map[string]bool
}

// EffectKind is what the caller is to do.
type EffectKind string

// The effects, in the order in which they are to be carried out.
const (
	Say      EffectKind = "say"
	Ask      EffectKind = "ask"
	Record   EffectKind = "record"
	Escalate EffectKind = "escalate"
	Do       EffectKind = "do"
	End      EffectKind = "end"
)

// Effect is one thing that the caller is to do.
type Effect struct {
	Kind EffectKind `json:"kind"`
	// Text is the key of what is said or asked.
	Text string `json:"text,omitempty"`
	// Again tells why a question is asked once more: "unclear" or "silence".
	Again  string `json:"again,omitempty"`
	Expect Expect `json:"expect,omitzero"`
	// Name is an Ask's or a Record's question, an Escalate's reason, a Do's
	// action, an End's outcome.
	Name string `json:"name,omitempty"`
	// Value is what is recorded, canonical.
	Value string `json:"value,omitempty"`
	// First: this text names the sender. It is the conversation's first, or a
	// question asked again days later.
	First bool `json:"first,omitempty"`
	// Wait is how long after an Ask a Silence event is due.
	Wait time.Duration `json:"wait,omitempty"`
}
