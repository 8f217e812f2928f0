package understand

import "math"

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
		d := t.date(t.verbsLookBack())
		if d == nil {
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
	out.Date = t.date(t.verbsLookBack())
	if e.Kind == Scale && t.has&lDateNumeric.bit() != 0 {
		out.Date = nil // 3/5 is three of five
	}
	if e.Kind == Scale && out.Date != nil && !t.today.before(*out.Date) {
		out.Date = nil // "a 2 today", "last week a 4": how it is, not when
	}
	if e.Kind == YesNo || e.Kind == Choice || e.Kind == OnDate {
		t.sumBeside(out)
	}
	return true
}

// sumBeside adds the money that an answer bears besides.
func (t *text) sumBeside(out *Reading) {
	money := t.has&(lPaid.bit()|lReceived.bit()|lNotReceived.bit()) != 0
	for i := range t.toks {
		money = money || t.toks[i].kind == idMoney
	}
	if !money {
		return
	}
	if cents, state := t.amount(false); state == amountGood {
		out.AmountCents = &cents
	}
}

// verbsLookBack says whether an answer's verb is of the past.
func (t *text) verbsLookBack() bool {
	for i := range t.toks {
		roles := t.g.v.lex[t.toks[i].id].roles
		if roles&isFuture != 0 {
			return false
		}
		if roles&isPast != 0 && !t.toks[i].negated && !t.toks[i].unreal {
			return true
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
	switch {
	case y < 0 && n < 0:
		return false, false
	case n < 0 || y >= 0 && y < n:
		t.noteLabel(lYes)
		return true, true
	}
	t.noteLabel(lNo)
	return false, true
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
		if found && !past {
			continue
		}
		n, found, past = v, true, t.saysPast(i)
	}
	return n, found
}

// saysPast looks at the two words before for a "was".
func (t *text) saysPast(i int) bool {
	for j := max(0, i-2); j < i; j++ {
		if t.g.v.lex[t.toks[j].id].roles&isPast != 0 {
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
	if !bare {
		return 0, false
	}
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind == idNumber && k.num > 0 && !t.inDate(int32(i)) && t.maybeMoney(i, true) && !t.paidSum(i) {
			return float64(k.num) / 100, true
		}
	}
	return 0, false
}
