package flows

import "slices"

// Vocabulary is what flows may name: a flow that names anything else fails
// the check. Each word here is kept by package bot, which finds out the facts,
// does the actions and opens the escalations.
type Vocabulary struct {
	Audiences []string
	Facts     []Fact
	Actions   []Action
	Reasons   []Reason
}

// Fact is a truth about the case at the moment of an event.
type Fact struct {
	Name string
	Is   string // ends the sentence "… if", for the drawing
	// Var: the engine's own fact, true when the conversation bears this
	// variable already. The caller need not supply it.
	Var string
}

// Action changes the case. It is carried out in the event's transaction.
type Action struct {
	Name    string
	For     []string // whose conversations may do it
	Needs   []string // variables that must be there by then
	Results []string
	Does    string // in words, for the drawing
}

// Reason is why a person is called in.
type Reason struct {
	Name string
	Is   string
}

// Words returns the vocabulary.
func Words() Vocabulary {
	victim, offender := []string{"victim"}, []string{"offender"}
	both := []string{"victim", "offender"}
	return Vocabulary{
		Audiences: both,
		Facts: []Fact{
			{Name: "money", Is: "this is about a payment"},
			{Name: "money_due", Is: "a payment was due by now"},
			{Name: "report_open", Is: "a payment is reported"},
			{Name: "wellbeing_fell", Is: "that is two points below last time"},
			{Name: "counts_hours", Is: "it is counted in hours"},
			{Name: "has_amount", Is: "the amount is known", Var: "amount"},
			{Name: "has_date", Is: "the date is known", Var: "date"},
			{Name: "has_said", Is: "the amount was said with it", Var: "said"},
			{Name: "has_hours", Is: "the hours are known", Var: "hours"},
		},
		Actions: []Action{
			{Name: "consent.give", For: both, Results: []string{"given"}, Does: "put consent on record"},
			{Name: "consent.decline", For: both, Results: []string{"declined"}, Does: "put the no on record"},
			{Name: "payment.report", For: offender, Needs: []string{"amount"},
				Results: []string{"recorded", "over", "nothing"}, Does: "note the payment as reported"},
			{Name: "payment.report_over", For: offender, Needs: []string{"amount"},
				Results: []string{"recorded", "nothing"}, Does: "note it, though more than is owed"},
			{Name: "payment.received", For: victim,
				Results: []string{"recorded", "nothing"}, Does: "note the reported payment as received"},
			{Name: "payment.received_part", For: victim, Needs: []string{"amount"},
				Results: []string{"recorded", "whole", "over", "nothing"}, Does: "note that part as received, the rest as disputed"},
			{Name: "payment.received_new", For: victim, Needs: []string{"amount"},
				Results: []string{"recorded", "over", "nothing"}, Does: "note a payment nobody reported as received"},
			{Name: "payment.dispute", For: victim,
				Results: []string{"disputed", "nothing"}, Does: "note that the reported payment did not arrive"},
			{Name: "payment.missing", For: victim,
				Results: []string{"noted"}, Does: "note on the case that nothing arrived"},
			{Name: "extension.request", For: offender, Needs: []string{"date"},
				Results: []string{"asked", "past", "nothing"}, Does: "ask the mediator for the later date"},
			{Name: "commitment.report", For: offender,
				Results: []string{"met", "progress", "nothing"}, Does: "note what was done"},
			{Name: "who5.score", For: both,
				Needs:   []string{"item1", "item2", "item3", "item4", "item5"},
				Results: []string{"fine", "poor", "concern"}, Does: "add up the five answers, times four"},
		},
		Reasons: []Reason{
			{"safety", "not safe"},
			{"distress", "not doing well"},
			{"dispute", "two accounts of a payment"},
			{"wrong_number", "wrong number"},
			{"missed_payment", "a payment missed"},
			{"missed_commitment", "a commitment missed"},
			{"extension", "more time asked for"},
			{"call", "a call asked for"},
			{"not_understood", "not understood twice"},
			{"no_reply", "no reply to two check-ins"},
			{"unreachable", "texts do not get through"},
			{"opted_out", "wants no more texts"},
			{"consent_unanswered", "no answer to the request"},
			{"consent_declined", "wants no texts"},
		},
	}
}

// Action finds an action by name.
func (v Vocabulary) Action(name string) (Action, bool) {
	i := slices.IndexFunc(v.Actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return Action{}, false
	}
	return v.Actions[i], true
}

// Fact finds a fact by name.
func (v Vocabulary) Fact(name string) (Fact, bool) {
	i := slices.IndexFunc(v.Facts, func(f Fact) bool { return f.Name == name })
	if i < 0 {
		return Fact{}, false
	}
	return v.Facts[i], true
}

// Reason finds a reason by name.
func (v Vocabulary) Reason(name string) (Reason, bool) {
	i := slices.IndexFunc(v.Reasons, func(r Reason) bool { return r.Name == name })
	if i < 0 {
		return Reason{}, false
	}
	return v.Reasons[i], true
}
