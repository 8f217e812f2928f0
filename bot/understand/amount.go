package understand

// maxCents is the contract's 1,000,000.00.
const maxCents = 1_000_000_00

type amountState uint8

const (
	amountNone   amountState = iota
	amountAbsurd             // negative, zero or too large
	amountGood
)

// amount finds the money a text speaks of: what bears a currency first, else a bare number that counts nothing else.
// What is due or was expected ("of the 200 I owe") is passed over. With asked, an amount was asked for.
func (t *text) amount(asked bool) (int64, amountState) {
	pick, best := -1, 0
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind != idMoney && k.kind != idNumber || t.inDate(int32(i)) || k.kind == idNumber && !t.maybeMoney(i, asked) || t.spanned(lAmountDue, int32(i)) {
			continue
		}
		if w := t.weight(i, asked); pick < 0 || w > best {
			pick, best = i, w
		}
	}
	if pick < 0 {
		return 0, amountNone
	}
	pick = t.corrected(pick)
	t.note("amount", t.span(int32(pick), int32(pick)+1))
	if n := t.toks[pick].num; n > 0 && n <= maxCents {
		return n, amountGood
	}
	return 0, amountAbsurd
}

// weight is how much speaks for the number at i being the sum that is meant.
func (t *text) weight(i int, asked bool) (w int) {
	if t.toks[i].kind == idMoney {
		w += 2
	}
	if t.governed(i) {
		w++
	}
	if t.paidSum(i) {
		w++
	}
	if asked && i == 0 && (len(t.toks) == 1 || t.toks[1].brk > noBreak) {
		w += 3 // "40, and I drank three beers"
	}
	for j := max(0, i-3); j < min(len(t.toks), i+3); j++ { // "the bank took 3 dollars fee", "rent is 900"
		if t.g.v.lex[t.toks[j].id].roles&isOtherCost != 0 && !t.parted(i, j) {
			w -= 3
			break
		}
	}
	return w
}

// parted says whether a clause ends between two tokens.
func (t *text) parted(i, j int) bool {
	if i > j {
		i, j = j, i
	}
	for k := i + 1; k <= j; k++ {
		if t.toks[k].brk >= clauseBreak {
			return true
		}
	}
	return false
}

// correctionReach is how far behind a sum its correction may stand: "50 no wait 60".
const correctionReach = 5

// corrected is the number that the one at i was mended to, itself where it was not.
func (t *text) corrected(i int) int {
	said := false
	for j := i + 1; j < len(t.toks) && j <= i+correctionReach; j++ {
		k := &t.toks[j]
		said = said || t.g.v.lex[k.id].roles&isCorrection != 0
		if said && (k.kind == idMoney || k.kind == idNumber) && !t.inDate(int32(j)) {
			return j
		}
	}
	return i
}

// governed says whether a verb of the past stands before the token in its clause: "4, and I paid 50".
func (t *text) governed(i int) bool {
	for k := i; k >= 0; k-- {
		if t.past(k) {
			return true
		}
		if t.toks[k].brk >= clauseBreak {
			return false
		}
	}
	return false
}

// paidSum says whether the number at i is what was paid: "PAID 50".
func (t *text) paidSum(i int) bool {
	return i > 0 && t.toks[i].brk == noBreak && t.g.v.lex[t.toks[i-1].id].roles&isPaidVerb != 0
}

// maybeMoney says whether the bare number at i can be a sum: it is not a time, a count, a place in a list.
func (t *text) maybeMoney(i int, asked bool) bool {
	k := &t.toks[i]
	if k.masked&lAnswer.bit() != 0 {
		return false
	}
	if k.wordNum && (k.num < 500 && !asked || k.num == 100 && t.pronoun(i)) {
		return false
	}
	if i > 0 && k.brk < sentenceBreak {
		before := t.g.v.lex[t.toks[i-1].id].roles
		if before&isNotAmountBefore != 0 || before&isClockBefore != 0 && k.num <= 24*100 {
			return false
		}
	}
	if i+1 < len(t.toks) && t.toks[i+1].brk == noBreak {
		next := &t.g.v.lex[t.toks[i+1].id]
		if next.roles&isNotAmountAfter != 0 || next.unit != noUnit {
			return false
		}
	}
	return true
}

// spanned says whether a rule of the label holds over the token.
func (t *text) spanned(l label, i int32) bool {
	if t.has&l.bit() == 0 {
		return false
	}
	for _, f := range t.found {
		if t.g.rules[f.rule].label == l && f.start <= i && i < f.end {
			return true
		}
	}
	return false
}

// inDate says whether the token is part of a date.
func (t *text) inDate(i int32) bool {
	for _, f := range t.found {
		if l := t.g.rules[f.rule].label; l.isDate() && f.start <= i && i < f.end {
			if _, ok := t.dateOf(l, f, false); ok || l == lDateMore {
				return true
			}
		}
	}
	return false
}
