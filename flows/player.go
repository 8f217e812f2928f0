package flows

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Player lives through a flow in a terminal: it shows each text, takes each
// reply, and asks what an action came to and which facts hold.
type Player struct {
	Catalogue *Catalogue
	In        io.Reader
	Out       io.Writer
	// Render gives the words of a Say or an Ask.
	Render func(e Effect, s State) (string, error)
	// Parse reads a reply to an open question: its canonical answer and what
	// the text bears beside it. nil: ByDigits.
	Parse func(x Expect, text string) (answer string, vars map[string]string, ok bool)
}

// Play runs a flow from an entry ("" for its first step) to its end, or until
// the input ends.
func (p *Player) Play(name, entry string) error {
	f, err := p.Catalogue.Flow(name)
	if err != nil {
		return err
	}
	in := bufio.NewScanner(p.In)
	fmt.Fprintf(p.Out, "%s: %s\nA line is a reply. /silence lets the time pass, /quit leaves.\n\n", f.Name, f.Purpose)
	facts, ok := p.facts(f, in)
	if !ok {
		return in.Err()
	}
	s, event := State{Flow: name}, Event{Kind: Start, Entry: entry, Facts: facts}
	for {
		var effects []Effect
		if s, effects, err = p.Catalogue.Step(s, event); err != nil {
			return err
		}
		for _, e := range effects {
			if err := p.show(e, s); err != nil {
				return err
			}
		}
		if s.Ended() {
			return nil
		}
		if event, ok = p.next(s, in); !ok {
			return in.Err()
		}
		event.Facts = facts
	}
}

// facts asks for each fact that the flow goes by and does not know by itself.
func (p *Player) facts(f *Flow, in *bufio.Scanner) (map[string]bool, bool) {
	facts := map[string]bool{}
	for _, name := range f.factNames() {
		fact, known := Words().Fact(name)
		if !known || fact.Var != "" {
			continue
		}
		fmt.Fprintf(p.Out, "Suppose that %s? 1 yes, 2 no: ", fact.Is)
		line, ok := read(in)
		if !ok {
			return nil, false
		}
		facts[name] = line == "1" || line == "yes"
	}
	return facts, true
}

// next waits for what happens at the open question or the action.
func (p *Player) next(s State, in *bufio.Scanner) (Event, bool) {
	if p.Catalogue.Accepts(s, Done) {
		return p.result(s, in)
	}
	fmt.Fprint(p.Out, "> ")
	line, ok := read(in)
	if !ok {
		return Event{}, false
	}
	switch line {
	case "/quit":
		return Event{}, false
	case "/silence":
		return Event{Kind: Silence}, true
	}
	expect, _, _, _ := p.Catalogue.Expect(s)
	parse := p.Parse
	if parse == nil {
		parse = ByDigits
	}
	answer, vars, ok := parse(expect, line)
	if !ok || !expect.Fits(answer) {
		return Event{Kind: Unclear}, true
	}
	return Event{Kind: Reply, Answer: answer, Vars: vars}, true
}

// result asks what the action came to; an empty line is the first.
func (p *Player) result(s State, in *bufio.Scanner) (Event, bool) {
	f := p.Catalogue.flows[s.Flow]
	a, _ := Words().Action(f.Steps[f.index(s.Step)].Do)
	if len(a.Results) == 1 {
		return Event{Kind: Done, Result: a.Results[0]}, true
	}
	var choices []string
	for i, r := range a.Results {
		choices = append(choices, fmt.Sprintf("%d %s", i+1, r))
	}
	for {
		fmt.Fprintf(p.Out, "  What does it come to? %s: ", strings.Join(choices, ", "))
		line, ok := read(in)
		if !ok || line == "/quit" {
			return Event{}, false
		}
		if line == "" {
			line = "1"
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(a.Results) {
			line = a.Results[n-1]
		}
		if slices.Contains(a.Results, line) {
			return Event{Kind: Done, Result: line}, true
		}
	}
}

func (p *Player) show(e Effect, s State) error {
	words := Words()
	switch e.Kind {
	case Say, Ask:
		text, err := p.Render(e, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "< %s\n", strings.ReplaceAll(text, "\n", "\n  "))
	case Record:
		fmt.Fprintf(p.Out, "  [recorded: %s = %s]\n", e.Name, e.Value)
	case Escalate:
		r, _ := words.Reason(e.Name)
		fmt.Fprintf(p.Out, "  [the mediator is told: %s]\n", r.Is)
	case Do:
		a, _ := words.Action(e.Name)
		fmt.Fprintf(p.Out, "  [%s: %s]\n", e.Name, a.Does)
	case End:
		fmt.Fprintf(p.Out, "  [end: %s]\n", e.Name)
	}
	return nil
}

func read(in *bufio.Scanner) (string, bool) {
	if !in.Scan() {
		return "", false
	}
	return strings.TrimSpace(in.Text()), true
}

// factNames lists the facts that a flow goes by, sorted.
func (f *Flow) factNames() []string {
	names := map[string]bool{}
	for _, s := range f.Steps {
		names[s.OnlyIf], names[s.Unless] = true, true
		for _, b := range s.Then {
			names[b.If], names[b.Unless] = true, true
		}
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names))
}

// ByDigits reads the plainest replies, where package understand is not at
// hand: a digit or the option's word, 50 or 50.25, 2026-03-20, any text.
func ByDigits(x Expect, text string) (answer string, vars map[string]string, ok bool) {
	text = strings.TrimSpace(text)
	answer = text
	switch x.Kind {
	case YesNo, Choice:
		if n, err := strconv.Atoi(text); err == nil {
			answer = x.Option(n)
		}
	case Amount:
		units, cents, _ := strings.Cut(strings.TrimPrefix(text, "$"), ".")
		if len(cents) > 2 {
			return "", nil, false
		}
		answer = strings.TrimLeft(units+(cents + "00")[:2], "0")
	}
	return answer, nil, x.Fits(answer)
}
