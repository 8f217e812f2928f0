package understand

import (
	"math"
	"strings"
)

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

// decide weighs what the rules found with what the two models, which know of the rules' findings, take the whole for.
func (t *text) decide() Reading {
	t.features(0, len(t.toks))
	out := Reading{Intent: Unclear, Risk: t.risk()}
	t.intent(&out)
	t.note("intent", string(out.Intent))
	return out
}

func (t *text) intent(out *Reading) {
	intent, byRule, sure := t.likeliest()
	switch intent {
	case Stop, WrongNumber, Start, Language:
		if byRule == noLabel && sure < overAnswerAt && t.answer(out) {
			return
		}
		t.noteIntent(intent, byRule)
		out.Intent = intent
		t.fill(out)
		return
	}
	if t.answer(out) {
		return
	}
	switch {
	case intent != Unclear:
		t.noteIntent(intent, byRule)
		out.Intent = intent
		t.fill(out)
	case t.in.Expect.Kind == Text && len(t.in.Text) > 0:
		out.Intent = Answer
	}
}

// noteIntent notes what decided the intent: the rule, or the model.
func (t *text) noteIntent(intent Intent, byRule label) {
	if byRule != noLabel {
		t.noteLabel(byRule)
		return
	}
	t.note(string(intent), byModel)
}

// byModel is what decided where no rule did.
const byModel = "the whole, by the model"

// How much a rule's word weighs beside the models', as the logarithm of odds: measured, as what follows, on texts that
// neither had seen.
const (
	ruleWeight   = 2
	urgentWeight = 1
)

// How much of "none of the intents" counts: most texts that were written to learn from are; of those that come in fewer.
const unclearPart = 0.6

// How likely what stands above an answer must be, and a stop that no rule found: to stop a text that was not asked to stop is
// worse than to ask once more.
const (
	overAnswerAt = 0.85
	unaskedStop  = 0.45
)

// What raises a text: less than raiseAt left for "harmless"; and to urgent, more than urgentPart of what is left for danger.
// When in doubt between two levels the higher is taken.
const (
	raiseAt    = 0.16
	urgentPart = 0.05

	fewWords   = 3 // of which the model knows too little: "FIX"
	raiseFewAt = 0.60
)

// likeliest is the intent that most speaks for, whatever was asked, and the label of the rule that speaks for it, if one does.
func (t *text) likeliest() (intent Intent, by label, sure float32) {
	ruled := Unclear
	for i, o := range order {
		if t.has&o.label.bit() != 0 && (i < overAnswer || !t.partOfDanger(o.label)) {
			ruled, by = o.intent, o.label
			break
		}
	}
	if t.shoutsStop() {
		return Stop, lStop, 1
	}
	p := t.g.models.Intent.score(t.feats, t.g.places)
	t.bySentence(&p)
	if t.strange() {
		p = [maxClasses]float32{1}
	}
	best, most := Unclear, float32(0)
	for c, intent := range intentClasses {
		x := p[c]
		if intent == Unclear {
			x *= unclearPart
		}
		if intent == ruled && intent != Unclear {
			x *= float32(math.Exp(ruleWeight))
		}
		if intent == Stop && ruled != Stop && (x < unaskedStop || t.blanked(lStop)) {
			continue // "don't stop texting me"
		}
		if x > most && t.mayBe(intent) {
			best, most = intent, x
		}
	}
	if best != ruled {
		by = noLabel
	}
	return best, by, most
}

// How sure of a sentence by itself the model must be, and how much that weighs beside the whole.
const (
	sentenceSure   = 0.5
	sentenceWeight = 0.5
)

// bySentence raises what one sentence says by itself.
func (t *text) bySentence(p *[maxClasses]float32) {
	from := 0
	for to := 1; to <= len(t.toks); to++ {
		if to < len(t.toks) && t.toks[to].brk < sentenceBreak {
			continue
		}
		if from == 0 && to == len(t.toks) {
			return
		}
		t.features(from, to)
		q := t.g.models.Intent.score(t.feats, t.g.places)
		for c := 1; c < len(intentClasses); c++ {
			if q[c] > sentenceSure {
				p[c] = max(p[c], sentenceWeight*q[c])
			}
		}
		from = to
	}
}

// strange says whether the models know too few of the text's words to speak of it: numbers and dates only, another alphabet,
// gibberish.
func (t *text) strange() bool {
	words, known := 0, 0
	for i := range t.toks {
		k := &t.toks[i]
		switch {
		case k.id != noWord && (k.kind == noWord || k.kind == idName), k.picture:
			words, known = words+1, known+1
		case k.kind == idName || k.kind == noWord:
			words++
		}
	}
	return known*fewKnown < words || known == 0
}

// fewKnown: of so many words one at least must be known.
const fewKnown = 4

// shoutsStop says whether the text begins with a keyword in capitals and goes on without: "STOP he reads these".
func (t *text) shoutsStop() bool {
	if len(t.toks) < 2 || t.g.v.lex[t.toks[0].id].roles&isStopKeyword == 0 || t.toks[0].masked&lStop.bit() != 0 {
		return false
	}
	return t.capitals(0) && !t.capitals(1)
}

// capitals says whether a token of several letters is written in capitals alone.
func (t *text) capitals(i int) bool {
	w := t.in.Text[t.toks[i].start:t.toks[i].end]
	return len(w) > 1 && w == strings.ToUpper(w) && w != strings.ToLower(w)
}

// blanked says whether some of the text is known to be none of the label.
func (t *text) blanked(l label) bool {
	for i := range t.toks {
		if t.toks[i].masked&l.bit() != 0 {
			return true
		}
	}
	return false
}

// mayBe says whether a text of this party can have the intent: the victim pays nothing, the offender is paid nothing.
func (t *text) mayBe(intent Intent) bool {
	switch intent {
	case Paid:
		return t.in.Role != Victim
	case Received, NotReceived:
		return t.in.Role != Offender
	}
	return true
}

func (t *text) risk() Risk {
	p := t.g.models.Risk.score(t.feats, t.g.places)
	none, concern, urgent := p[0], p[1], p[2]
	by := noLabel
	if t.has&lConcern.bit() != 0 {
		by = lConcern
	}
	if t.has&lUrgent.bit() != 0 {
		urgent *= float32(math.Exp(urgentWeight))
		by = lUrgent
	}
	all := none + concern + urgent
	doubt := float32(raiseAt)
	if by == noLabel && t.strange() {
		return RiskNone
	}
	if by == noLabel && len(t.toks) < fewWords {
		doubt = raiseFewAt
	}
	if concern+urgent <= doubt*all {
		return RiskNone
	}
	if by != noLabel {
		t.noteLabel(by)
	} else {
		t.note("risk", byModel)
	}
	if urgent > urgentPart*(concern+urgent) {
		return RiskUrgent
	}
	return RiskConcern
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
		t.sumOffered(out)
		out.Date = t.until()
	case Call:
		if out.Date = t.date(false); out.Date != nil && out.Date.before(t.today) {
			out.Date = nil // "he was at my job yesterday"
		}
	}
}

// sumOffered adds the sum that is offered later.
func (t *text) sumOffered(out *Reading) {
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind != idMoney && (k.kind != idNumber || !t.maybeMoney(i, false) || t.inDate(int32(i)) || !t.offered(i)) {
			continue
		}
		if k.num > 0 && k.num <= maxCents && t.weight(i, false) >= 0 && !t.spanned(lAmountDue, int32(i)) {
			cents := k.num
			out.AmountCents = &cents
			return
		}
	}
}

// offered says whether the number at i follows a verb of what is to come: "can do 25 on the 10th".
func (t *text) offered(i int) bool {
	for k := max(0, i-2); k < i; k++ {
		if t.g.v.lex[t.toks[k].id].roles&isOffer != 0 && !t.parted(k, i) {
			return true
		}
	}
	return false
}

// otherTongue is the class of the languages that are not written here.
const otherTongue = "other"

// tongueReach is how near before a language a word of refusal or complaint stands that speaks of it.
const tongueReach = 4

// askedLanguage is the language that is asked for: the one named last that is not refused ("no entiendo español") or
// complained of ("why is this in spanish"), else the one that was not refused, "" where it is one that is not written here.
func (t *text) askedLanguage() string {
	asked, refused := "", ""
	for i := range t.toks {
		tongue := t.g.v.lex[t.toks[i].id].tongue
		switch {
		case tongue == "":
		case tongue == otherTongue:
			return ""
		case t.tongueRefused(i):
			refused = tongue
		default:
			asked = tongue
		}
	}
	if asked != "" || refused == "" {
		return asked
	}
	for _, l := range t.g.langs {
		if l != refused {
			return l
		}
	}
	return ""
}

// tongueRefused says whether the language named at i is the one that is not wanted: "no entiendo español", "why is this in
// english", "my english is not so good".
func (t *text) tongueRefused(i int) bool {
	if i > 0 && t.g.v.lex[t.toks[i-1].id].roles&isMy != 0 || t.deniedAfter(int32(i)+1) {
		return true
	}
	for k := i - 1; k >= max(0, i-tongueReach) && t.toks[k+1].brk == noBreak; k-- {
		roles := t.g.v.lex[t.toks[k].id].roles
		if roles&isScopeEnd != 0 {
			return false
		}
		if roles&isBlame != 0 || t.toks[k].negator {
			return true
		}
	}
	return false
}
