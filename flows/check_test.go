package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"amends/flows"
)

// The catalogue, in every language, plain and discreet, with the WHO-5 items
// and without.
func TestCheckOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, b := range []flows.Texts{book(t), book5(t)} {
		for _, f := range flows.Check(catalogue(t), b) {
			t.Error(f)
		}
	}
	if c := catalogue(t); c.On("who5", "en", book(t)) || !c.On("who5", "en", book5(t)) || !c.On("closing", "en", book(t)) {
		t.Error("WHO-5 is on without its items, or off with them")
	}
}

// Each kind of fault, in a flow broken on purpose, is found: in the step where
// it is, and nothing besides.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	const head = "flow: broken\nfor: [offender]\nunclear: {again: 1, escalate: not_understood, say: common.person, end: handed_over}\nsilence: {after: 24h, again: 1, then_after: 24h, end: no_reply}\nsteps:\n"
	b := book(t)
	const barrier = "ask: offender-checkin.barrier, expect: yes_no"
	for name, c := range map[string]struct {
		flow string
		want []string // each finding holds the words of its own, in order
	}{
		"whole": {head + "- {id: a, " + barrier + ", save: a}\n- {id: b, end: done}", nil},
		"a step that nothing leads to": {head + "- {id: a, end: done}\n- {id: b, end: done}",
			[]string{"step b: no way leads to it"}},
		"a go that is none": {head + "- {id: a, go: c}",
			[]string{"step a: it goes to c, which is no step"}},
		"off the end of the file": {head + "- {id: a, say: common.person}",
			[]string{"step a: it leads nowhere", "step a: no way leads from it to an end"}},
		"passed over, off the end": {head + "- {id: a, only_if: money, say: common.person, end: done}",
			[]string{"step a: it leads nowhere"}},
		"no way for unclear": {"flow: broken\nfor: [offender]\nsilence: {after: 24h, end: x}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"step a: it has no way for a reply that is not understood"}},
		"unclear goes to nobody": {"flow: broken\nfor: [offender]\nunclear: {again: 1, end: x}\nsilence: {after: 24h, end: x}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"must go to a person"}},
		"unclear asked for ever": {"flow: broken\nfor: [offender]\nunclear: {again: 9, escalate: call, end: x}\nsilence: {after: 24h, end: x}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"once more at most"}},
		"no way for silence": {"flow: broken\nfor: [offender]\nunclear: {again: 1, escalate: not_understood, end: x}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"step a: it has no way for no reply"}},
		"silence without a time": {"flow: broken\nfor: [offender]\nunclear: {again: 1, escalate: not_understood, end: x}\nsilence: {end: x}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"how long it waits"}},
		"silence without an end": {"flow: broken\nfor: [offender]\nunclear: {again: 1, escalate: not_understood, end: x}\nsilence: {after: 1h}\nsteps:\n- {id: a, " + barrier + "}\n- {id: b, end: done}",
			[]string{"no reply leads to no end"}},
		"round and round": {head + "- {id: a, only_if: money, go: c}\n- {id: b, end: done}\n- {id: c, say: common.person, go: a}",
			[]string{"step a: it goes round without a wait: a, c, a"}},
		"round and round an action": {head + "- {id: a, do: commitment.report, then: [{when: nothing, go: a}, {go: b}]}\n- {id: b, end: done}",
			[]string{"step a: it goes round without a wait: a, a"}},
		"round by way of a question is no fault": {head + "- {id: a, " + barrier + ", then: [{when: \"yes\", go: a}, {go: b}]}\n- {id: b, end: done}", nil},
		"no end ever": {head + "- {id: a, " + barrier + ", then: [{go: a}]}",
			[]string{"step a: no way leads from it to an end"}},
		"a result without a line": {head + "- {id: a, do: commitment.report, then: [{when: met, end: met}, {when: progress, if: money, end: progress}, {when: nothing, end: nothing}]}",
			[]string{"step a: it leads nowhere", "step a: commitment.report may come to progress, and no line says what follows"}},
		"a line for nothing": {head + "- {id: a, " + barrier + ", then: [{when: \"yes\", go: b}, {go: b}, {when: \"no\", end: x}]}\n- {id: b, end: done}",
			[]string{"step a: line 3 of `then` never applies"}},
		"an answer that cannot come": {head + "- {id: a, " + barrier + ", then: [{when: maybe, go: b}]}\n- {id: b, end: done}",
			[]string{`step a: "maybe" can never come (yes, no)`}},
		"a result that cannot come": {head + "- {id: a, do: commitment.report, then: [{when: lost, end: x}, {end: y}]}",
			[]string{`"lost" can never come (met, progress, nothing)`}},
		"unknown fact, action, reason": {head + "- {id: a, only_if: rainy, do: commitment.forget}\n- {id: b, escalate: boredom, end: x}",
			[]string{"there is no fact rainy", "there is no action commitment.forget", "called boredom"}},
		"an action of the other side": {head + "- {id: a, do: payment.dispute, then: [{end: x}]}",
			[]string{"step a: payment.dispute is not for a conversation with the offender"}},
		"an action without what it needs": {head + "- {id: a, only_if: money, ask: payment-report.amount, expect: amount, keep: amount}\n- {id: b, do: payment.report, then: [{end: x}]}",
			[]string{"step b: payment.report needs the amount"}},
		"an action that has what it needs": {head + "- {id: a, unless: has_amount, ask: payment-report.amount, expect: amount, keep: amount}\n- {id: b, do: payment.report, then: [{end: x}]}", nil},
		"an entry that is none": {"entries: [z]\n" + head + "- {id: a, end: x}",
			[]string{"its entry z is no step"}},
		"nobody's conversation": {"flow: broken\nsteps:\n- {id: a, end: x}", []string{"whose conversation"}},
		"someone else's":        {"flow: broken\nfor: [judge]\nsteps:\n- {id: a, end: x}", []string{"no side called judge"}},
		"a missing text": {head + "- {id: a, say: no.such, end: x}",
			[]string{"step a: text no.such is missing in language en for the offender", "step a: text no.such is missing in language es for the offender"}},
		"a text of the other side": {head + "- {id: a, say: payment-confirm.recorded, end: x}",
			[]string{"missing in language en for the offender", "missing in language es"}},
		"a text that hides the answers": {head + "- {id: a, ask: offender-checkin.thanks, expect: {scale: [1, 5]}}\n- {id: b, end: x}",
			[]string{"1 is missing", "5 is missing", "1 is missing", "5 is missing", "1 is missing", "5 is missing", "1 is missing", "5 is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalogue, err := flows.Load(fstest.MapFS{"broken.yaml": {Data: []byte(c.flow)}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range flows.Check(catalogue, b) {
				got = append(got, f.String())
			}
			ok := len(got) == len(c.want)
			for i := range min(len(got), len(c.want)) {
				ok = ok && strings.Contains(got[i], c.want[i])
			}
			if !ok {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// tooLong is a book whose texts all take four segments.
type tooLong struct{ flows.Texts }

func (b tooLong) Longest(audience, key, lang string, discreet bool, again string) (string, int, string, error) {
	return "1 2 3 4 5 0", 4, "GSM-7", nil
}

func TestCheckFindsLongTexts(t *testing.T) {
	t.Parallel()
	found := flows.Check(catalogue(t), tooLong{book(t)})
	all := fmt.Sprint(found)
	for _, want := range []string{"text help (en, victim, discreet) takes 4 segments, more than 3", "asked again (unclear), takes 4"} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %s", want)
		}
	}
}

// Load refuses what is no flow, and says which file and why.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"not YAML":              {"flow: [", "flow file x.yaml"},
		"nameless":              {"steps: [{id: a, end: x}]", "no `flow:` name"},
		"empty":                 {"flow: x", "no steps"},
		"an unknown field":      {"flow: x\nsteps: [{id: a, ends: x}]", "field ends not found"},
		"no id":                 {"flow: x\nsteps: [{end: x}]", "step 1 has no id"},
		"one id twice":          {"flow: x\nsteps: [{id: a, end: x}, {id: a, end: y}]", "two steps are called a"},
		"asks and does":         {"flow: x\nsteps: [{id: a, ask: k, expect: text, do: d}]", "both asks and does"},
		"expects nothing":       {"flow: x\nsteps: [{id: a, ask: k}]", "what it expects"},
		"expects what is none":  {"flow: x\nsteps: [{id: a, ask: k, expect: {choice: [one]}}]", "expect is yes_no"},
		"a scale upside down":   {"flow: x\nsteps: [{id: a, ask: k, expect: {scale: [5, 1]}}]", "expect is yes_no"},
		"a scale without end":   {"flow: x\nsteps: [{id: a, ask: k, expect: {scale: [1, 1000000000]}}]", "10 at most"},
		"a wait that goes":      {"flow: x\nsteps: [{id: a, ask: k, expect: text, go: b}]", "under `then`"},
		"a say that waits":      {"flow: x\nsteps: [{id: a, say: k, then: [{end: x}]}]", "nothing to wait for"},
		"nothing at all":        {"flow: x\nsteps: [{id: a}]", "does nothing"},
		"goes and ends":         {"flow: x\nsteps: [{id: a, say: k, go: b, end: x}]", "both goes on and ends"},
		"a line goes and ends":  {"flow: x\nsteps: [{id: a, ask: k, expect: text, then: [{go: b, end: x}]}]", "a line both goes on and ends"},
		"a time that is none":   {"flow: x\nsilence: {after: soon}\nsteps: [{id: a, end: x}]", "no length of time"},
		"saves without a wait":  {"flow: x\nsteps: [{id: a, say: k, save: s, end: x}]", "nothing to save"},
		"keeps without a query": {"flow: x\nsteps: [{id: a, say: k, keep: s, end: x}]", "asks nothing"},
	} {
		_, err := flows.Load(fstest.MapFS{"x.yaml": {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%s: got %v, want one with %q", name, err, c.want)
		}
	}
	_, err := flows.Load(fstest.MapFS{"a.yaml": {Data: []byte("flow: x\nsteps: [{id: a, end: x}]")}, "b.yaml": {Data: []byte("flow: x\nsteps: [{id: a, end: x}]")}})
	if err == nil || !strings.Contains(err.Error(), "two files") {
		t.Errorf("one flow in two files: %v", err)
	}
}
