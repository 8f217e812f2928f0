package flows_test

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"amends/flows"

	"pgregory.net/rapid"
)

func must(t *testing.T, c *flows.Catalogue, s flows.State, e flows.Event) (flows.State, []flows.Effect) {
	t.Helper()
	s, effects, err := c.Step(s, e)
	if err != nil {
		t.Fatal(err)
	}
	return s, effects
}

// A wait says itself which event it takes; every other is a conflict and
// leaves the state as it was.
func TestAccepts(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	fresh := flows.State{Flow: "payment-report"}
	asked, _ := must(t, c, fresh, flows.Event{Kind: flows.Start})
	doing, _ := must(t, c, asked, flows.Event{Kind: flows.Reply, Answer: "5000"})
	over, _ := must(t, c, doing, flows.Event{Kind: flows.Done, Result: "recorded"})
	late, _ := must(t, c, asked, flows.Event{Kind: flows.Silence})
	late, _ = must(t, c, late, flows.Event{Kind: flows.Silence})
	kinds := []flows.EventKind{flows.Start, flows.Reply, flows.Unclear, flows.Silence, flows.Done}
	for name, w := range map[string]struct {
		state flows.State
		takes []flows.EventKind
	}{
		"before the start":      {fresh, []flows.EventKind{flows.Start}},
		"a question":            {asked, []flows.EventKind{flows.Reply, flows.Unclear, flows.Silence}},
		"an action":             {doing, []flows.EventKind{flows.Done}},
		"the end":               {over, nil},
		"the end for silence":   {late, []flows.EventKind{flows.Reply}},
		"a flow that is gone":   {flows.State{Flow: "gone", Step: "a"}, nil},
		"a step that is gone":   {flows.State{Flow: "closing", Step: "gone"}, nil},
		"a late step that went": {flows.State{Flow: "closing", Late: "gone", Outcome: "no_reply"}, nil},
	} {
		for _, kind := range kinds {
			want := slices.Contains(w.takes, kind)
			if got := c.Accepts(w.state, kind); got != want {
				t.Errorf("%s: takes %s: %v", name, kind, got)
			}
			if want {
				continue
			}
			after, effects, err := c.Step(w.state, flows.Event{Kind: kind, Answer: "5000", Result: "recorded"})
			var e flows.Error
			if !errors.As(err, &e) || e.Code != flows.Conflict && e.Code != flows.NotFound || effects != nil || !reflect.DeepEqual(after, w.state) {
				t.Errorf("%s: %s gave %v, %v", name, kind, effects, err)
			}
		}
	}
}

func TestExpect(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	s, _ := must(t, c, flows.State{Flow: "victim-checkin"}, flows.Event{Kind: flows.Start})
	x, question, key, ok := c.Expect(s)
	if !ok || question != "safe" || key != "victim-checkin.safe" || !reflect.DeepEqual(x.Options, []string{"yes", "no", "unsure"}) {
		t.Errorf("got %v %s %s %v", x, question, key, ok)
	}
	for range 2 {
		s, _ = must(t, c, s, flows.Event{Kind: flows.Silence})
	}
	if _, question, _, ok = c.Expect(s); !ok || question != "safe" {
		t.Errorf("after no reply it expects %q, %v", question, ok)
	}
	s, _ = must(t, c, s, flows.Event{Kind: flows.Reply, Answer: "no"})
	if _, _, _, ok = c.Expect(s); ok {
		t.Error("at the end it still expects something")
	}
}

// An answer or a result that is none of the step's is a fault of the caller's.
func TestInvalid(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	asked, _ := must(t, c, flows.State{Flow: "victim-checkin"}, flows.Event{Kind: flows.Start})
	doing, _ := must(t, c, flows.State{Flow: "extension"}, flows.Event{Kind: flows.Start, Vars: map[string]string{"date": "2026-03-13"}})
	for _, w := range []struct {
		state flows.State
		event flows.Event
	}{
		{asked, flows.Event{Kind: flows.Reply, Answer: "1"}},
		{asked, flows.Event{Kind: flows.Reply}},
		{doing, flows.Event{Kind: flows.Done, Result: "fine"}},
		{flows.State{Flow: "consent"}, flows.Event{Kind: flows.Start, Entry: "give"}},
	} {
		after, effects, err := c.Step(w.state, w.event)
		var e flows.Error
		if !errors.As(err, &e) || e.Code != flows.Invalid || effects != nil || !reflect.DeepEqual(after, w.state) {
			t.Errorf("%+v: got %v, %v", w.event, effects, err)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, w := range []struct {
		x        flows.Expect
		yes, not []string
	}{
		{flows.Expect{Kind: flows.YesNo}, []string{"yes", "no"}, []string{"1", "", "maybe"}},
		{flows.Expect{Kind: flows.Scale, Min: 0, Max: 5}, []string{"0", "5"}, []string{"6", "-1", "2.5", ""}},
		{flows.Expect{Kind: flows.Amount}, []string{"1", "5000"}, []string{"0", "-5", "50.00", ""}},
		{flows.Expect{Kind: flows.Date}, []string{"2026-02-28"}, []string{"2026-02-30", "friday"}},
		{flows.Expect{Kind: flows.Hours}, []string{"2.5", "3"}, []string{"0", "x"}},
		{flows.Expect{Kind: flows.Choice, Options: []string{"yes", "part"}}, []string{"part"}, []string{"no"}},
		{flows.Expect{Kind: flows.Text}, []string{"x"}, []string{"", " \n"}},
		{flows.Expect{}, nil, []string{"x"}},
	} {
		for _, a := range w.yes {
			if !w.x.Fits(a) {
				t.Errorf("%s does not take %q", w.x.Kind, a)
			}
		}
		for _, a := range w.not {
			if w.x.Fits(a) {
				t.Errorf("%s takes %q", w.x.Kind, a)
			}
		}
	}
}

// A text is recorded and never kept: the state is stored in clear.
func TestNoTextInState(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	s, _ := must(t, c, flows.State{Flow: "victim-checkin", Step: "comment"}, flows.Event{Kind: flows.Reply, Answer: "he came by"})
	if len(s.Vars) != 0 {
		t.Errorf("the state bears %v", s.Vars)
	}
}

// The state that is handed in stays as it is.
func TestStepLeavesItsArgument(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	before := flows.State{Flow: "victim-checkin", Step: "wellbeing", Vars: map[string]string{"safe": "yes"}}
	must(t, c, before, flows.Event{Kind: flows.Reply, Answer: "4"})
	if len(before.Vars) != 1 {
		t.Errorf("Step wrote into its argument: %v", before.Vars)
	}
}

// The waits are the plan's: a day and a day; for consent two days; for a
// payment three. A question asked again days later names the sender again.
func TestWaits(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for name, hours := range map[string]int{"victim-checkin": 24, "consent": 48, "payment-confirm": 72} {
		s, effects := must(t, c, flows.State{Flow: name}, flows.Event{Kind: flows.Start})
		first := effects[0]
		s, effects = must(t, c, s, flows.Event{Kind: flows.Unclear})
		unclear := effects[0]
		_, effects = must(t, c, s, flows.Event{Kind: flows.Silence})
		silence := effects[0]
		wait := time.Duration(hours) * time.Hour
		if first.Wait != wait || silence.Wait != wait || !first.First || unclear.First || !silence.First || unclear.Again != "unclear" || silence.Again != "silence" {
			t.Errorf("%s: %+v, %+v, %+v", name, first, unclear, silence)
		}
	}
}

// Who loads a broken flow unchecked gets an error, and no endless loop.
func TestBrokenFlowIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"flow: x\nsteps: [{id: a, go: b}, {id: b, go: a}]",
		"flow: x\nsteps: [{id: a, go: z}]",
		"flow: x\nsteps: [{id: a, say: k}]",
	} {
		c, err := flows.Load(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Step(flows.State{Flow: "x"}, flows.Event{Kind: flows.Start}); err == nil {
			t.Errorf("no error from %s", text)
		}
	}
}

// Whatever comes, in whatever order, a conversation never fails, waits for
// what it accepts, ends once and says how, and calls a person where the
// second reply in a row is not understood.
func TestAnyConversation(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	words := flows.Words()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(c.Names()).Draw(t, "flow")
		f, _ := c.Flow(name)
		s := flows.State{Flow: name}
		event := flows.Event{Kind: flows.Start, Entry: rapid.SampledFrom(append(slices.Clone(f.Entries), "")).Draw(t, "entry")}
		for range 60 {
			event.Facts = map[string]bool{}
			for _, fact := range words.Facts {
				event.Facts[fact.Name] = fact.Var == "" && rapid.Bool().Draw(t, fact.Name)
			}
			before := s
			var effects []flows.Effect
			var err error
			if s, effects, err = c.Step(s, event); err != nil {
				t.Fatalf("%+v: %v", event, err)
			}
			ends, reasons := 0, 0
			for i, e := range effects {
				switch {
				case e.Kind == flows.End:
					ends++
				case e.Kind == flows.Escalate:
					reasons++
				case (e.Kind == flows.Ask || e.Kind == flows.Do) && i != len(effects)-1:
					t.Fatalf("it goes on after a wait: %+v", effects)
				}
			}
			if (ends == 1) != s.Ended() || ends > 1 {
				t.Fatalf("%d ends, and it has ended: %v", ends, s.Ended())
			}
			if event.Kind == flows.Unclear && before.Unclear > 0 && (reasons == 0 || !s.Ended()) {
				t.Fatal("not understood twice, and no person was called")
			}
			if s.Ended() && s.Late == "" {
				return
			}
			event = anyEvent(t, c, s)
		}
	})
}

// anyEvent is one that the wait accepts.
func anyEvent(t *rapid.T, c *flows.Catalogue, s flows.State) flows.Event {
	if c.Accepts(s, flows.Done) {
		f, _ := c.Flow(s.Flow)
		at := slices.IndexFunc(f.Steps, func(step flows.Step) bool { return step.ID == s.Step })
		a, _ := flows.Words().Action(f.Steps[at].Do)
		return flows.Event{Kind: flows.Done, Result: rapid.SampledFrom(a.Results).Draw(t, "result")}
	}
	kinds := []flows.EventKind{flows.Reply}
	if !s.Ended() {
		kinds = append(kinds, flows.Reply, flows.Unclear, flows.Silence)
	}
	x, _, _, _ := c.Expect(s)
	answer := "0"
	switch x.Kind {
	case flows.YesNo:
		answer = x.Option(rapid.IntRange(1, 2).Draw(t, "option"))
	case flows.Choice:
		answer = x.Option(rapid.IntRange(1, len(x.Options)).Draw(t, "option"))
	case flows.Scale:
		answer = strconv.Itoa(rapid.IntRange(x.Min, x.Max).Draw(t, "scale"))
	case flows.Amount:
		answer = "5000"
	case flows.Date:
		answer = "2026-03-13"
	case flows.Hours:
		answer = "2.5"
	}
	return flows.Event{Kind: rapid.SampledFrom(kinds).Draw(t, "event"), Answer: answer}
}
