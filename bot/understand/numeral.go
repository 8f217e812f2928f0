package understand

// numeral is a number read off the head of some tokens.
type numeral struct {
	value int64 // hundredths
	used  int   // tokens
	words bool
}

// numberAt reads the number at the head of the tokens: 50, fifty, a hundred and twenty five, mil doscientos, 2 and a half.
func (g *grammar) numberAt(toks []token, lang uint8) numeral {
	var total, cur int64 // cur is what no multiplier has taken yet
	var last int64       // the value of the word before, to see what may follow it
	lastTimes := false
	n := numeral{words: true}
	started := false
	for i := 0; i < len(toks); {
		t := &toks[i]
		if i > 0 && (t.brk > noBreak || t.picture) {
			break
		}
		lex := &g.v.lex[t.id]
		word := lex.numLangs != 0 && t.kind == noWord && (lex.numLangs&lang != 0 || lex.langs == lex.numLangs)
		switch {
		case t.kind == idNumeric && t.d == 0 && t.y == 1 && t.m == 2 && (started && !n.words || i+1 < len(toks) && g.v.lex[toks[i+1].id].unit == hours):
			cur += 50 // 3 1/2 hours
			n.used, i = i+1, i+1
			started = true
		case (t.kind == idNumber || t.kind == idMoney) && !started:
			cur, n.words = t.num, false
			last = 0
			n.used, i = i+1, i+1
			started = true
			if cur < 0 {
				n.value = cur
				return n
			}
			if t.kind == idMoney && t.id == noWord && i < len(toks) && toks[i].kind == noWord && g.v.lex[toks[i].id].times == 0 {
				n.value = cur
				return n
			}
		case t.kind == idNumber && started && lastTimes && t.num%100 == 0 && t.num > 0 && t.num < last && total+cur == last:
			cur += t.num // mil 200
			n.used = i + 1
			return g.finish(n, total+cur, toks, lang)
		case t.kind == idNumber && started && t.num < 100 && t.num > 0:
			cur += t.num // 2 ½
			n.used, i = i+1, i+1
		case word && lex.times != 0:
			if !started && lex.weak {
				return n
			}
			if cur == 0 {
				cur = 100
			}
			if lex.times == 100 {
				cur *= 100
			} else {
				total += cur * lex.times
				cur = 0
			}
			cur, total = min(cur, maxHundredths), min(total, maxHundredths)
			last, lastTimes = lex.times*100, true
			n.used, i = i+1, i+1
			started = true
		case word && lex.weak:
			if started || !g.weakHolds(toks[i+1:], lang) {
				return g.finish(n, total+cur, toks, lang)
			}
			cur, last = lex.num, lex.num
			started = true
			n.used, i = i+1, i+1
		case word:
			v := lex.num
			switch {
			case !started:
				cur = v
			case !n.words && !lastTimes && n.used == 1 && cur >= 100 && cur < 1000 && cur%100 == 0 && v >= 2000 && v < 10000:
				cur = cur*100 + v // 2 fifty
				n.words, lastTimes = true, true
			case !n.words && !lastTimes:
				return g.finish(n, total+cur, toks, lang)
			case lastTimes && (last >= 100000 || v < 10000):
				cur += v
			case last >= 2000 && last < 10000 && last%1000 == 0 && v < 1000:
				cur += v
			case last >= 10000 && last%10000 == 0 && v < 10000:
				cur += v
			case last >= 100 && last < 1000 && v >= 1000 && v < 10000 && cur == last && (lex.numLangs&1 != 0 || v >= 2000):
				cur = cur*100 + v // one fifty
			case last >= 100 && last < 1000 && v >= 1000 && v < 10000 && cur > 2000 && cur < 10000 && total == 0 && cur%100 == 0:
				cur += v / 100 // sixty two fifty
				lastTimes = true
			default:
				return g.finish(n, total+cur, toks, lang)
			}
			last, lastTimes = v, false
			started = true
			n.used, i = i+1, i+1
		case started && lex.roles&isPoint != 0 && i+1 < len(toks) && total == 0 && cur >= 500 && cur%100 == 0:
			cents := g.numberAt(toks[i+1:], lang) // cuarenta y cinco con cincuenta
			if cents.used == 0 || cents.value%100 != 0 || cents.value < 500 || cents.value > 9900 || toks[i+1].brk > noBreak {
				return g.finish(n, total+cur, toks, lang)
			}
			n.value, n.used = cur+cents.value/100, i+1+cents.used
			if n.used < len(toks) && g.v.lex[toks[n.used].id].roles&isCents != 0 {
				n.used++
			}
			return n
		case started && lex.roles&isAnd != 0 && i+1 < len(toks):
			next := &g.v.lex[toks[i+1].id]
			if next.numLangs == 0 || next.weak || next.times != 0 || toks[i+1].brk > noBreak || !n.words && !lastTimes ||
				!lastTimes && !(last >= 2000 && last < 10000 && last%1000 == 0 && next.num < 1000) && !(last >= 10000 && last%10000 == 0 && next.num < 10000) {
				return g.finish(n, total+cur, toks, lang)
			}
			i++
		default:
			return g.finish(n, total+cur, toks, lang)
		}
	}
	return g.finish(n, total+cur, toks, lang)
}

// finish adds "and a half".
func (g *grammar) finish(n numeral, value int64, toks []token, lang uint8) numeral {
	n.value = min(value, maxHundredths)
	if n.used == 0 {
		return n
	}
	if k := g.andHalf(toks[n.used:], lang); k > 0 {
		n.value += 50
		n.used += k
	}
	return n
}

// andHalf counts the tokens of "and a half", "y media".
func (g *grammar) andHalf(toks []token, lang uint8) int {
	if len(toks) < 2 || g.v.lex[toks[0].id].roles&isAnd == 0 || toks[0].brk > noBreak {
		return 0
	}
	i := 1
	if lex := &g.v.lex[toks[1].id]; lex.weak && lex.times == 0 {
		i = 2
	}
	if i < len(toks) && g.v.lex[toks[i].id].roles&isHalf != 0 {
		return i + 1
	}
	return 0
}

// weakHolds says whether "a" or "un" is a number here: before a multiplier, a unit of time or a currency.
func (g *grammar) weakHolds(rest []token, lang uint8) bool {
	if len(rest) == 0 || rest[0].brk > noBreak {
		return false
	}
	lex := &g.v.lex[rest[0].id]
	return lex.unit != noUnit || lex.times != 0 && !(lex.times > 1000) || lex.roles&isCurrency != 0
}
