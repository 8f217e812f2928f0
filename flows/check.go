package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Texts is what the check asks of the texts; templates.Book is one.
type Texts interface {
	Languages() []string
	Keys() []string
	// Audiences lists whom a text speaks to in a language, none if it is not
	// there: victim, offender, staff.
	Audiences(key, lang string) []string
	// Longest renders a text at its longest values, with the sender before it
	// or as a question asked again ("unclear", "silence").
	Longest(audience, key, lang string, discreet bool, again string) (body string, segments int, encoding string, err error)
}

// mostSegments is how long a text may be at its longest. Beyond three,
// carriers reorder parts and charge more than a text is worth.
const mostSegments = 3

// Finding is one fault.
type Finding struct {
	Flow string // "" for a text of no flow
	Step string
	What string
}

func (f Finding) String() string {
	switch {
	case f.Flow == "":
		return f.What
	case f.Step == "":
		return fmt.Sprintf("flow %s: %s", f.Flow, f.What)
	}
	return fmt.Sprintf("flow %s, step %s: %s", f.Flow, f.Step, f.What)
}

// Check proves of every flow what doc.go promises, and of every text, in
// every language, plain and discreet, that it is there, may be told to its
// audience and keeps to three segments. No finding means proven.
func Check(c *Catalogue, t Texts) []Finding {
	var all []Finding
	for _, name := range c.Names() {
		k := &checker{flow: c.flows[name], words: Words()}
		k.vocabulary()
		if len(k.found) == 0 { // a graph of unknown words proves nothing
			k.graph()
		}
		k.texts(t)
		all = append(all, k.found...)
	}
	for _, line := range List(t) {
		if line.Err != nil {
			all = append(all, Finding{What: line.Err.Error()})
		} else if line.Segments > mostSegments {
			all = append(all, Finding{What: fmt.Sprintf("text %s takes %d segments, more than %d", line.at(), line.Segments, mostSegments)})
		}
	}
	return all
}

// Line is one text at its longest, for the list that `flows check` prints.
type Line struct {
	Key, Lang, Audience string
	Discreet            bool
	Segments            int
	Encoding            string
	Body                string
	Err                 error
}

func (l Line) at() string { return place(l.Key, l.Lang, l.Audience, l.Discreet) }

func place(key, lang, audience string, discreet bool) string {
	wording := ""
	if discreet {
		wording = ", discreet"
	}
	return fmt.Sprintf("%s (%s, %s%s)", key, lang, audience, wording)
}

// List measures every text in every language for every audience.
func List(t Texts) []Line {
	var all []Line
	for _, lang := range t.Languages() {
		for _, key := range t.Keys() {
			for _, audience := range t.Audiences(key, lang) {
				for _, discreet := range []bool{false, true} {
					if discreet && audience == "staff" {
						continue
					}
					l := Line{Key: key, Lang: lang, Audience: audience, Discreet: discreet}
					l.Body, l.Segments, l.Encoding, l.Err = t.Longest(audience, key, lang, discreet, "")
					all = append(all, l)
				}
			}
		}
	}
	return all
}

// On tells whether a flow may run in a language: always, but for an optional
// one whose questions are not all there.
func (c *Catalogue) On(name, lang string, t Texts) bool {
	f := c.flows[name]
	if f == nil {
		return false
	}
	return !f.Optional || !slices.ContainsFunc(f.Steps, func(s Step) bool {
		return s.Ask != "" && len(t.Audiences(s.Ask, lang)) == 0
	})
}

// checker gathers what is wrong with one flow.
type checker struct {
	flow  *Flow
	words Vocabulary
	found []Finding
}

func (k *checker) fault(step, format string, args ...any) {
	k.found = append(k.found, Finding{k.flow.Name, step, fmt.Sprintf(format, args...)})
}

// vocabulary: every word that the flow names is known, and every question has
// a way for a reply that is not understood and for none.
func (k *checker) vocabulary() {
	f := k.flow
	if len(f.For) == 0 {
		k.fault("", "it does not say whose conversation it is (for: [victim, offender])")
	}
	for _, side := range f.For {
		if !slices.Contains(k.words.Audiences, side) {
			k.fault("", "there is no side called %s", side)
		}
	}
	for _, entry := range f.Entries {
		if f.index(entry) < 0 {
			k.fault("", "its entry %s is no step", entry)
		}
	}
	for _, s := range f.Steps {
		k.fact(s.ID, s.OnlyIf)
		k.fact(s.ID, s.Unless)
		k.reason(s.ID, s.Escalate)
		k.step(s.ID, s.Go)
		possible := s.Expect.values()
		if s.Expect.Kind == Text && len(s.None) > 0 {
			possible = []string{None}
		}
		if s.Do != "" {
			possible = k.action(s)
		}
		for _, b := range s.Then {
			k.fact(s.ID, b.If)
			k.fact(s.ID, b.Unless)
			k.reason(s.ID, b.Escalate)
			k.step(s.ID, b.Go)
			for _, word := range b.When {
				if !slices.Contains(possible, word) {
					k.fault(s.ID, "%q can never come (%s)", word, strings.Join(possible, ", "))
				}
			}
		}
		if s.Ask != "" {
			k.ways(s)
		}
	}
}

func (k *checker) fact(step, name string) {
	if _, known := k.words.Fact(name); name != "" && !known {
		k.fault(step, "there is no fact %s", name)
	}
}

func (k *checker) reason(step, name string) {
	if _, known := k.words.Reason(name); name != "" && !known {
		k.fault(step, "there is no reason to escalate called %s", name)
	}
}

func (k *checker) step(step, id string) {
	if id != "" && k.flow.index(id) < 0 {
		k.fault(step, "it goes to %s, which is no step", id)
	}
}

// action returns what the action may come to.
func (k *checker) action(s Step) []string {
	a, known := k.words.Action(s.Do)
	if !known {
		k.fault(s.ID, "there is no action %s", s.Do)
		return nil
	}
	for _, side := range k.flow.For {
		if !slices.Contains(a.For, side) {
			k.fault(s.ID, "%s is not for a conversation with the %s", s.Do, side)
		}
	}
	return a.Results
}

// ways: asked about once more at most, then a person; and an end to silence.
func (k *checker) ways(s Step) {
	switch way := k.flow.unclear(s); {
	case way == nil:
		k.fault(s.ID, "it has no way for a reply that is not understood (unclear)")
	case way.Escalate == "":
		k.fault(s.ID, "a reply that is not understood must go to a person (unclear: escalate)")
	case way.End == "":
		k.fault(s.ID, "a reply that is not understood leads to no end (unclear: end)")
	case way.Again < 0 || way.Again > 1:
		k.fault(s.ID, "a reply that is not understood is asked about once more at most (unclear: again)")
	default:
		k.reason(s.ID, way.Escalate)
	}
	switch way := k.flow.silence(s); {
	case way == nil:
		k.fault(s.ID, "it has no way for no reply (silence)")
	case way.After == 0:
		k.fault(s.ID, "it does not say how long it waits (silence: after)")
	case way.End == "":
		k.fault(s.ID, "no reply leads to no end (silence: end)")
	case way.Again < 0 || way.Again > 1:
		k.fault(s.ID, "a question is asked once more at most (silence: again)")
	default:
		k.reason(s.ID, way.Escalate)
	}
}

// said lists the texts of a step, with the way in which each is used.
func (f *Flow) said(s Step) map[string][]string {
	uses := map[string][]string{}
	say := func(key string) {
		if key != "" && uses[key] == nil {
			uses[key] = []string{""}
		}
	}
	say(s.Say)
	for _, b := range s.Then {
		say(b.Say)
	}
	if s.Ask != "" {
		uses[s.Ask] = []string{"", string(Unclear), string(Silence)}
		if way := f.unclear(s); way != nil {
			say(way.Say)
		}
		if way := f.silence(s); way != nil {
			say(way.Say)
		}
	}
	return uses
}

// texts: each is there for each side in each language, in both wordings, not
// too long even as a question asked again, and says each digit to answer with.
func (k *checker) texts(t Texts) {
	for _, lang := range t.Languages() {
		if k.off(t, lang) {
			continue
		}
		for _, s := range k.flow.Steps {
			uses := k.flow.said(s)
			for key, ways := range uses {
				have := t.Audiences(key, lang)
				for _, side := range k.flow.For {
					if !slices.Contains(have, side) {
						k.fault(s.ID, "text %s is missing in language %s for the %s", key, lang, side)
						continue
					}
					for _, discreet := range []bool{false, true} {
						k.text(t, s, key, lang, side, discreet, ways)
					}
				}
			}
		}
	}
	slices.SortStableFunc(k.found, func(a, b Finding) int { return strings.Compare(a.Step, b.Step) })
}

func (k *checker) text(t Texts, s Step, key, lang, side string, discreet bool, ways []string) {
	at := place(key, lang, side, discreet)
	for _, again := range ways {
		body, n, _, err := t.Longest(side, key, lang, discreet, again)
		switch {
		case err != nil:
			k.fault(s.ID, "%v", err)
			return
		case n > mostSegments && again != "":
			k.fault(s.ID, "text %s, asked again (%s), takes %d segments, more than %d", at, again, n, mostSegments)
		case key == s.Ask && again == "":
			for _, digit := range s.Expect.digits() {
				if !regexp.MustCompile(`(^|\D)` + digit + `(\D|$)`).MatchString(body) {
					k.fault(s.ID, "text %s does not say what to answer with: %s is missing", at, digit)
				}
			}
		}
	}
}

// off tells whether an optional flow is off in a language. One that has some
// of its questions and lacks others is a mistake, and is checked.
func (k *checker) off(t Texts, lang string) bool {
	return k.flow.Optional && !slices.ContainsFunc(k.flow.Steps, func(s Step) bool {
		return s.Ask != "" && len(t.Audiences(s.Ask, lang)) > 0
	})
}

// digits are what the text of a question must offer for an answer.
func (e Expect) digits() []string {
	switch e.Kind {
	case Scale:
		return []string{strconv.Itoa(e.Min), strconv.Itoa(e.Max)}
	case YesNo, Choice:
		var all []string
		for i := range e.values() {
			all = append(all, strconv.Itoa(i+1))
		}
		return all
	}
	return nil
}
