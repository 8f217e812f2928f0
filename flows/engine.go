package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Accepts tells whether the conversation takes such an event now: the wait
// itself says what it waits for, so that no caller need ask what it is.
func (c *Catalogue) Accepts(s State, k EventKind) bool {
	f := c.flows[s.Flow]
	if f == nil {
		return false
	}
	if s.Step == "" && s.Outcome == "" {
		return k == Start
	}
	if s.Ended() {
		i := f.index(s.Late)
		return k == Reply && i >= 0 && f.Steps[i].Ask != ""
	}
	i := f.index(s.Step)
	if i < 0 {
		return false
	}
	switch k {
	case Reply, Unclear, Silence:
		return f.Steps[i].Ask != ""
	case Done:
		return f.Steps[i].Do != ""
	}
	return false
}

// Expect tells what the open question expects, its name and its text's key;
// also of a question that nobody answered, whose late answer still counts.
func (c *Catalogue) Expect(s State) (e Expect, question, key string, ok bool) {
	if !c.Accepts(s, Reply) {
		return Expect{}, "", "", false
	}
	f := c.flows[s.Flow]
	id := s.Step
	if s.Ended() {
		id = s.Late
	}
	step := f.Steps[f.index(id)]
	return step.Expect, step.question(), step.Ask, true
}

// Step takes one event. It returns the state that follows and what the caller
// is to do, in order. An event that the wait does not accept is an error of
// code conflict, an answer or a result that is none of the step's is invalid,
// a flow or a step that is no longer there not_found; the state is then
// unchanged.
func (c *Catalogue) Step(s State, e Event) (State, []Effect, error) {
	f, err := c.Flow(s.Flow)
	if err != nil {
		return s, nil, err
	}
	if !s.Ended() && s.Step != "" && f.index(s.Step) < 0 {
		return s, nil, Error{NotFound, fmt.Sprintf("flow %s has no step %s any more", f.Name, s.Step)}
	}
	if !c.Accepts(s, e.Kind) {
		return s, nil, Error{Conflict, fmt.Sprintf("flow %s at step %q takes no %s now", f.Name, s.Step, e.Kind)}
	}
	r := &run{flow: f, state: s.clone(), facts: e.Facts}
	r.merge(e.Vars)
	switch e.Kind {
	case Start:
		err = r.start(e.Entry)
	case Reply:
		err = r.reply(e.Answer)
	case Unclear:
		r.unclear()
	case Silence:
		r.silence()
	case Done:
		err = r.done(e.Result)
	}
	if err != nil {
		return s, nil, err
	}
	return r.state, r.effects, nil
}

// run is one event's way through a flow.
type run struct {
	flow    *Flow
	state   State
	facts   map[string]bool
	effects []Effect
}

func (r *run) start(entry string) error {
	if entry == "" {
		return r.advance(0)
	}
	if !slices.Contains(r.flow.Entries, entry) {
		return Error{Invalid, fmt.Sprintf("flow %s has no entry %q", r.flow.Name, entry)}
	}
	return r.advance(r.flow.index(entry))
}

func (r *run) reply(answer string) error {
	if r.state.Ended() {
		r.state.Step, r.state.Late, r.state.Outcome = r.state.Late, "", ""
	}
	at := r.flow.index(r.state.Step)
	step := r.flow.Steps[at]
	if !step.Expect.Fits(answer) {
		return Error{Invalid, fmt.Sprintf("flow %s: that is no answer to %s, which expects %s", r.flow.Name, step.ID, step.Expect.Kind)}
	}
	if step.Expect.Kind == Text && step.saysNone(answer) {
		answer = None
	}
	r.state.Unclear, r.state.Silences = 0, 0
	if name := step.question(); step.Expect.Kind != Text && (step.Save != "" || step.Keep != "") {
		r.merge(map[string]string{name: answer})
	}
	if step.Save != "" {
		r.effects = append(r.effects, Effect{Kind: Record, Name: step.Save, Value: answer})
	}
	return r.follow(at, answer)
}

func (r *run) done(result string) error {
	at := r.flow.index(r.state.Step)
	step := r.flow.Steps[at]
	if action, known := Words().Action(step.Do); known && !slices.Contains(action.Results, result) {
		return Error{Invalid, fmt.Sprintf("flow %s: %s does not come to %q", r.flow.Name, step.Do, result)}
	}
	if value := r.state.Vars[step.Save]; step.Save != "" && value != "" {
		r.effects = append(r.effects, Effect{Kind: Record, Name: step.Save, Value: value})
	}
	return r.follow(at, result)
}

// unclear asks once more, and then hands over to a person.
func (r *run) unclear() {
	step := r.flow.Steps[r.flow.index(r.state.Step)]
	way := r.flow.unclear(step)
	if way == nil {
		way = &OnUnclear{End: "unclear"} // Check does not let such a flow pass
	}
	if r.state.Unclear < way.Again {
		r.state.Unclear++
		r.ask(step, string(Unclear))
		return
	}
	r.out(Branch{Escalate: way.Escalate, Say: way.Say, End: way.End})
}

// silence asks again after the wait, and then gives up; a late answer counts.
func (r *run) silence() {
	step := r.flow.Steps[r.flow.index(r.state.Step)]
	way := r.flow.silence(step)
	if way == nil {
		way = &OnSilence{End: "no_reply"} // Check does not let such a flow pass
	}
	if r.state.Silences < way.Again {
		r.state.Silences++
		r.ask(step, string(Silence))
		return
	}
	r.out(Branch{Escalate: way.Escalate, Say: way.Say, End: way.End})
	r.state.Late = step.ID
}

// follow takes the first branch that applies, or else the next step.
func (r *run) follow(at int, word string) error {
	for _, b := range r.flow.Steps[at].Then {
		if r.applies(b, word) {
			r.out(b)
			switch {
			case r.state.Ended():
				return nil
			case b.Go != "":
				return r.advance(r.flow.index(b.Go))
			}
			break
		}
	}
	return r.advance(at + 1)
}

func (r *run) applies(b Branch, word string) bool {
	return (len(b.When) == 0 || slices.Contains(b.When, word)) &&
		(b.If == "" || r.holds(b.If)) && (b.Unless == "" || !r.holds(b.Unless))
}

// advance goes on from a step until the next wait or the end.
func (r *run) advance(at int) error {
	for hops := 0; ; hops++ {
		if at < 0 || at >= len(r.flow.Steps) {
			return Error{Invalid, fmt.Sprintf("flow %s leads nowhere after step %s: run the check", r.flow.Name, r.state.Step)}
		}
		if hops > len(r.flow.Steps) {
			return Error{Invalid, fmt.Sprintf("flow %s goes round without a wait: run the check", r.flow.Name)}
		}
		step := r.flow.Steps[at]
		if step.OnlyIf != "" && !r.holds(step.OnlyIf) || step.Unless != "" && r.holds(step.Unless) {
			at++
			continue
		}
		r.state.Step = step.ID
		switch {
		case step.Ask != "":
			r.state.Unclear, r.state.Silences = 0, 0
			r.ask(step, "")
			return nil
		case step.Do != "":
			r.effects = append(r.effects, Effect{Kind: Do, Name: step.Do})
			return nil
		}
		r.out(Branch{Escalate: step.Escalate, Say: step.Say, End: step.End})
		if r.state.Ended() {
			return nil
		}
		if at++; step.Go != "" {
			at = r.flow.index(step.Go)
		}
	}
}

// out emits what a branch does, in this order: a person is called in before
// the party is told so.
func (r *run) out(b Branch) {
	if b.Escalate != "" {
		r.effects = append(r.effects, Effect{Kind: Escalate, Name: b.Escalate})
	}
	if b.Say != "" {
		r.effects = append(r.effects, Effect{Kind: Say, Text: b.Say, First: r.first()})
	}
	if b.End != "" {
		r.effects = append(r.effects, Effect{Kind: End, Name: b.End})
		r.state.Step, r.state.Outcome = "", b.End
		r.state.Unclear, r.state.Silences = 0, 0
	}
}

func (r *run) ask(step Step, again string) {
	r.effects = append(r.effects, Effect{
		Kind: Ask, Text: step.Ask, Again: again, Name: step.question(),
		Expect: step.Expect, First: r.first() || again == string(Silence), Wait: r.wait(step),
	})
}

func (r *run) wait(step Step) time.Duration {
	way := r.flow.silence(step)
	switch {
	case way == nil:
		return 0
	case r.state.Silences > 0 && way.ThenAfter > 0:
		return time.Duration(way.ThenAfter)
	}
	return time.Duration(way.After)
}

func (r *run) first() bool {
	r.state.Said++
	return r.state.Said == 1
}

func (r *run) merge(vars map[string]string) {
	if len(vars) == 0 {
		return
	}
	if r.state.Vars == nil {
		r.state.Vars = map[string]string{}
	}
	maps.Copy(r.state.Vars, vars)
}

func (r *run) holds(fact string) bool {
	if name, own := strings.CutPrefix(fact, "has_"); own && r.state.Vars[name] != "" {
		return true
	}
	return r.facts[fact]
}

// saysNone tells whether a text says that there is nothing to add.
// SaysNone tells whether a text answers the open question, one for a text, with "nothing to add".
func (c *Catalogue) SaysNone(s State, text string) bool {
	f := c.flows[s.Flow]
	if f == nil {
		return false
	}
	i := f.index(s.Step)
	return i >= 0 && f.Steps[i].Expect.Kind == Text && f.Steps[i].saysNone(text)
}

func (s Step) saysNone(text string) bool {
	word := strings.ToLower(strings.Trim(strings.TrimSpace(text), ".!¡,;"))
	return slices.Contains(s.None, word)
}
