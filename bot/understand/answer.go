package understand

import (
	"math"
	"strings"
)

// answer fills in the answer to what was asked, and says whether there is one.
func (t *text) answer(out *Reading) bool {
	e := &t.in.Expect
	switch e.Kind {
	case YesNo:
		yes, ok := t.yesNo()
		if !ok {
			return false
		}
		out.Yes = &yes
	case Scale:
		n, ok := t.scale()
		if !ok {
			return false
		}
		if n < float64(e.Min) || n > float64(e.Max) {
			return false
		}
		out.Number = &n
	case Amount:
		cents, state := t.amount(true)
		if state == amountAbsurd {
			out.Intent = Unclear
			return true
		}
		if state != amountGood {
			return false
		}
		out.AmountCents = &cents
	case OnDate:
		if d, _ := t.spokenDate(false); d == nil {
			return false
		}
	case Hours:
		h, ok := t.hours(true)
		if !ok {
			return false
		}
		out.Number = &h
	case Choice:
		c, ok := t.choice()
		if !ok {
			return false
		}
		out.Choice = &c
	default:
		return false
	}
	out.Intent = Answer
	out.Date = t.answerDate(out)
	if e.Kind == YesNo || e.Kind == Choice || e.Kind == OnDate {
		t.sumBeside(out)
	}
	return true
}

// answerDate is the date that an answer bears: its verb says which way it looks, and where it has none what was asked.
func (t *text) answerDate(out *Reading) *Date {
	e := &t.in.Expect
	if e.Kind == Scale && t.has&lDateNumeric.bit() != 0 {
		return nil // 3/5 is three of five
	}
	back := e.Kind == Hours || e.Kind == Amount || e.Kind == YesNo && *out.Yes && t.has&lCall.bit() == 0
	d, at := t.spokenDate(back)
	switch {
	case d == nil:
	case e.Kind == Scale && !t.today.before(*d):
		return nil // "a 2 today", "last week a 4": how it is, not when
	case e.Kind == Choice && t.ofOption(at):
		return nil // "mañana" may be the morning that was offered
	case e.Kind != OnDate && t.ofDanger(at):
		return nil // "no. he was outside my house last night"
	}
	return d
}

// ofOption says whether the token is a word of an option.
func (t *text) ofOption(i int32) bool {
	word := fold(t.in.Text[t.toks[i].start:t.toks[i].end])
	for _, option := range t.in.Expect.Options {
		if strings.Contains(fold(option), word) {
			return true
		}
	}
	return false
}

// ofDanger says whether the token stands in a sentence that speaks of danger, and of no money.
func (t *text) ofDanger(i int32) bool {
	start, end := t.around(i, i+1, sentenceBreak)
	danger := false
	for _, f := range t.found {
		if int(f.start) < start || int(f.end) > end {
			continue
		}
		switch t.g.rules[f.rule].label {
		case lUrgent, lConcern:
			danger = true
		case lPaid, lReceived, lNotReceived, lDone:
			return false
		}
	}
	return danger
}

// leastBareSum is the least number that is taken for money beside an answer with nothing that says so, in hundredths.
// In words it is more: "one", "two" count other things.
const (
	leastBareSum = 5_00
	leastWordSum = 10_00
)

// sumBeside adds the money that an answer bears besides.
func (t *text) sumBeside(out *Reading) {
	money := t.has&(lPaid.bit()|lReceived.bit()|lNotReceived.bit()) != 0
	first := 0
	if t.leading() > 0 {
		first = 1 // the answer's own number
		t.toks[0].masked |= lAnswer.bit()
	}
	for i := first; i < len(t.toks); i++ {
		k := &t.toks[i]
		money = money || k.kind == idMoney || k.kind == idNumber && (k.num >= leastBareSum && !k.wordNum || k.num >= leastWordSum) &&
			(t.in.Expect.Kind == YesNo || t.has&lPart.bit() != 0 || t.in.Expect.Kind == OnDate && (t.governed(i) || t.ahead(i)))
	}
	if !money {
		return
	}
	if cents, state := t.amount(false); state == amountGood {
		out.AmountCents = &cents
	}
}

// ahead says whether a verb of the future stands before the token in its clause: "ill have 60".
func (t *text) ahead(i int) bool {
	for k := i; k >= 0; k-- {
		if t.g.v.lex[t.toks[k].id].roles&isFuture != 0 {
			return true
		}
		if t.toks[k].brk >= clauseBreak {
			return false
		}
	}
	return false
}

func (t *text) yesNo() (yes, ok bool) {
	if n := t.leading(); n == 1 || n == 2 {
		return n == 1, true
	}
	y, n := t.firstOf(lYes), t.firstOf(lNo)
	if t.has&lUnsure.bit() != 0 {
		return false, false
	}
	if y < 0 && n < 0 {
		return false, false
	}
	yes = n < 0 || y >= 0 && y < n
	if y >= 0 && n >= 0 && t.mends(max(y, n)) {
		yes = y > n
	}
	if yes {
		t.noteLabel(lYes)
	} else {
		t.noteLabel(lNo)
	}
	return yes, true
}

// mends says whether what begins at token i stands in the place of what was said before: "no... wait yes", "sí, digo no".
func (t *text) mends(i int32) bool {
	for j := max(0, i-3); j < i; j++ {
		if t.g.v.lex[t.toks[j].id].roles&isCorrection != 0 {
			return true
		}
	}
	return i > 0 && t.g.v.lex[t.toks[i-1].id].roles&isTurn != 0
}

// leading is the whole number that opens the text and stands by itself, "2 but call me", or 0.
func (t *text) leading() int {
	if len(t.toks) == 0 || t.toks[0].kind != idNumber && t.toks[0].kind != idHash || t.toks[0].num%100 != 0 || t.toks[0].wordNum && len(t.toks) > 1 {
		return 0
	}
	if len(t.toks) > 1 && t.toks[1].brk == noBreak && t.g.v.lex[t.toks[1].id].roles&(isScopeEnd|isAnd|isPolite) == 0 {
		return 0
	}
	return int(t.toks[0].num / 100)
}

// firstOf is the first token that a rule of the label holds at, or -1.
func (t *text) firstOf(l label) int32 {
	first := int32(-1)
	for _, f := range t.found {
		if t.g.rules[f.rule].label == l && (first < 0 || f.start < first) {
			first = f.start
		}
	}
	return first
}

// scale finds a number that stands by itself: not a count of something, not a time or a date. Of several the first
// counts, unless it tells of what was.
func (t *text) scale() (float64, bool) {
	n, found, past := 0.0, false, false
	for i := range t.toks {
		k := &t.toks[i]
		if k.masked&lAnswer.bit() != 0 {
			continue
		}
		v := float64(k.num) / 100
		switch {
		case k.kind == idNumeric && k.d == 0 && !k.dash && int(k.m) == t.in.Expect.Max:
			v = float64(k.y)
		case k.kind != idNumber && k.kind != idHash, t.inDate(int32(i)), !t.standsAlone(i), t.paidSum(i):
			continue
		}
		if found && !past && !t.mends(int32(i)) {
			continue
		}
		n, found, past = v, true, t.saysPast(i)
	}
	return n, found
}

// isTotal says whether the number at i is called a total: "so 5 total".
func (t *text) isTotal(i int) bool {
	for j := max(0, i-2); j <= min(i+3, len(t.toks)-1); j++ {
		if t.g.v.lex[t.toks[j].id].roles&isSum != 0 && !t.parted(i, j) {
			return true
		}
	}
	return false
}

// saysPast looks at the two words before for a "was".
func (t *text) saysPast(i int) bool {
	for j := max(0, i-2); j < i; j++ {
		if t.past(j) {
			return true
		}
	}
	return false
}

// standsAlone says whether the number at i counts nothing: it ends its sentence or clause, or words of a scale lead to it.
func (t *text) standsAlone(i int) bool {
	lex := func(j int) *lexeme { return &t.g.v.lex[t.toks[j].id] }
	if i+1 < len(t.toks) && t.toks[i+1].brk == noBreak {
		next := lex(i + 1)
		if next.roles&isNotAmountAfter != 0 || next.unit != noUnit || next.month != 0 {
			return false
		}
		if next.roles&isOutOf != 0 {
			return true
		}
	}
	if i > 0 && t.toks[i].brk == noBreak && (lex(i-1).roles&isClockBefore != 0) {
		return false
	}
	if i == 0 || t.toks[i].brk >= clauseBreak {
		return true
	}
	if lex(i-1).roles&isScaleBefore != 0 {
		return true
	}
	return i+1 == len(t.toks) || t.toks[i+1].brk >= clauseBreak
}

// hours finds a number of hours: 2 and a half hours, 90 minutes. With bare a number alone counts too.
func (t *text) hours(bare bool) (float64, bool) {
	var total float64
	found, skip := false, 0
	for i := range t.toks {
		if i < skip {
			continue
		}
		k := &t.toks[i]
		if k.kind == idTime && bare && len(t.toks) == 1 {
			return float64(k.num) / 100, true
		}
		if k.kind == noWord && t.g.v.lex[k.id].unit == hours && (i == 0 || t.toks[i-1].kind != idNumber && t.g.v.lex[t.toks[i-1].id].roles&isHalf == 0) &&
			t.g.andHalf(t.toks[i+1:], t.lang) > 0 {
			total, found = total+1.5, true // hour and a half
			continue
		}
		half := t.g.v.lex[k.id].roles&isHalf != 0 && k.kind == noWord
		if !half && k.kind != idNumber {
			continue
		}
		n := float64(k.num) / 100
		j := i + 1
		for j < len(t.toks) && j < i+3 && t.toks[j].brk == noBreak && t.g.v.lex[t.toks[j].id].roles&isOf != 0 {
			j++ // 12 of my hours
		}
		if half {
			n = 0.5
			if j < len(t.toks) && t.g.v.lex[t.toks[j].id].weak {
				j++ // half an hour
				skip = j
			}
		}
		if j >= len(t.toks) || t.toks[j].brk != noBreak {
			continue
		}
		switch t.g.v.lex[t.toks[j].id].unit {
		case hours:
			total += n
			found = true
			if t.g.andHalf(t.toks[j+1:], t.lang) > 0 {
				total += 0.5
			}
		case minutes:
			total += n / 60
			found = true
		}
	}
	if found && total > 0 {
		return math.Round(total*100) / 100, true
	}
	if found && bare {
		return 0, true
	}
	if !bare {
		return 0, false
	}
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind == idNumber && k.num > 0 && t.isTotal(i) {
			return float64(k.num) / 100, true
		}
	}
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind == idNumber && k.num > 0 && (i+1 == len(t.toks) || t.corrected(i) == i) && !t.inDate(int32(i)) && t.maybeMoney(i, true) && !t.paidSum(i) {
			return float64(k.num) / 100, true
		}
	}
	return 0, false
}
