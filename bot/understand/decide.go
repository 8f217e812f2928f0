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
	t.features()
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
		if t.has&o.label.bit() == 0 || i >= overAnswer && t.partOfDanger(o.label) {
			continue
		}
		t.noteLabel(o.label)
		out.Intent = o.intent
		t.fill(out)
		return
	}
	if m := t.modelIntent(); m != Unclear {
		out.Intent = m
		t.fill(out)
		return
	}
	if t.in.Expect.Kind == Text && len(t.in.Text) > 0 {
		out.Intent = Answer
		out.Date = t.date(t.verbsLookBack())
	}
}

// partOfDanger says whether all that speaks for the label is words of a danger: "I won't make it to Christmas" asks for no
// more time.
func (t *text) partOfDanger(l label) bool {
	danger := lUrgent.bit()
	if l == lHelp {
		danger |= lConcern.bit() // "lost the house" is no question
	}
	if t.has&danger == 0 || l > lDone && l != lCall && l != lHelp {
		return false
	}
	for _, f := range t.found {
		if t.g.rules[f.rule].label != l {
			continue
		}
		apart := true
		for _, u := range t.found {
			if t.g.rules[u.rule].label.bit()&danger != 0 && u.start < f.end && f.start < u.end {
				apart = false
				break
			}
		}
		if apart {
			return false
		}
	}
	return true
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
	case Later:
		if cents, state := t.amount(false); state == amountGood {
			out.AmountCents = &cents
		}
		out.Date = t.until()
	case Call:
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

// How sure the models must be before they speak where the rules are silent, as measured on texts they had not seen.
const (
	riskDoubt  = 0.18 // less than this left for "harmless" raises a text
	urgentOver = 0.80 // more than this for "urgent" raises a text of concern
	sureIntent = 0.75
	sureStop   = 0.90 // to stop a text that was not asked to stop is worse than to ask once more
)

// risk is what the rules say. Where they are silent the model may raise a text; it never lowers one.
func (t *text) risk() Risk {
	if t.has&lUrgent.bit() != 0 {
		t.noteLabel(lUrgent)
		return RiskUrgent
	}
	p := t.g.risk.score(t.feats)
	none, concern, urgent := p[0], p[1], p[2]
	if t.has&lConcern.bit() != 0 {
		t.noteLabel(lConcern)
		if urgent > urgentOver {
			t.note("urgent", "the whole, by the model")
			return RiskUrgent
		}
		return RiskConcern
	}
	doubt := float32(riskDoubt)
	if t.has&lStop.bit() != 0 {
		doubt = riskDoubt / 4 // "don't message me again" is said to us
	}
	switch {
	case none > doubt:
		return RiskNone
	case urgent > concern:
		t.note("urgent", "the whole, by the model")
		return RiskUrgent
	}
	t.note("concern", "the whole, by the model")
	return RiskConcern
}

// modelIntent is what the model takes the text for where no rule holds: Unclear unless it is sure.
func (t *text) modelIntent() Intent {
	p := t.g.said.score(t.feats)
	best := 0
	for c := range intentClasses {
		if p[c] > p[best] {
			best = c
		}
	}
	intent := intentClasses[best]
	need := float32(sureIntent)
	switch intent {
	case Stop:
		need = sureStop
	case Paid:
		if t.in.Role != Offender {
			return Unclear
		}
	case Received, NotReceived:
		if t.in.Role != Victim {
			return Unclear
		}
	case Later:
		if t.has&lUrgent.bit() != 0 {
			return Unclear // "not gonna be around for the next one"
		}
	case Language:
		return Unclear // which language, only a rule can say
	}
	if p[best] < need || len(t.toks) < minModelWords || t.blanked(intent) {
		return Unclear
	}
	if intent != Unclear {
		t.note(string(intent), "the whole, by the model")
	}
	return intent
}

// blanked says whether some of the text is known to be none of the intent: "don't stop".
func (t *text) blanked(intent Intent) bool {
	for _, o := range order {
		if o.intent != intent {
			continue
		}
		for i := range t.toks {
			if t.toks[i].masked&o.label.bit() != 0 {
				return true
			}
		}
	}
	return false
}

// minModelWords keeps the model from a verdict on a word or two.
const minModelWords = 3
