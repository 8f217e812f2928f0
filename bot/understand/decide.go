package understand

// order is the contract's order of precedence, without the two places of an answer.
var order = [...]struct {
	label  label
	intent Intent
}{
	{lStop, Stop}, {lWrongNumber, WrongNumber}, {lStart, Start}, {lLanguage, Language},
	{lPaid, Paid}, {lNotReceived, NotReceived}, {lReceived, Received}, {lLater, Later}, {lDone, Done},
	{lBalance, Balance}, {lCall, Call}, {lResources, Resources}, {lHelp, Help},
}

// overAnswer is how many of them stand above an answer.
const overAnswer = 4

func (t *text) decide() Reading {
	out := Reading{Intent: Unclear, Risk: t.risk()}
	t.intent(&out)
	t.note("intent", string(out.Intent))
	return out
}

func (t *text) intent(out *Reading) {
	for i, o := range order {
		if i == overAnswer && t.answer(out) {
			return
		}
		if t.has&o.label.bit() == 0 {
			continue
		}
		t.noteLabel(o.label)
		out.Intent = o.intent
		t.fill(out)
		return
	}
	if t.in.Expect.Kind == Text && len(t.in.Text) > 0 {
		out.Intent = Answer
		out.Date = t.date(t.verbsLookBack())
	}
}

// fill sets what the text bears beside its intent.
func (t *text) fill(out *Reading) {
	switch out.Intent {
	case Language:
		out.Language = t.askedLanguage()
	case Paid, Received, NotReceived:
		cents, state := t.amount(false)
		if state == amountAbsurd {
			out.Intent = Unclear
			return
		}
		if state == amountGood {
			out.AmountCents = &cents
		}
		out.Date = t.date(true)
	case Done:
		out.Date = t.date(true)
		if h, ok := t.hours(false); ok {
			out.Number = &h
		}
	case Later, Call:
		out.Date = t.date(false)
	}
}

func (t *text) askedLanguage() string {
	for _, f := range t.found {
		if r := &t.g.rules[f.rule]; r.label == lLanguage && r.arg != "other" {
			return r.arg
		}
	}
	return ""
}

func (t *text) risk() Risk {
	switch {
	case t.has&lUrgent.bit() != 0:
		t.noteLabel(lUrgent)
		return RiskUrgent
	case t.has&lConcern.bit() != 0:
		t.noteLabel(lConcern)
		return RiskConcern
	}
	return RiskNone
}
