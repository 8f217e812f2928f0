package understand

import "unicode/utf8"

func decode(s string) (rune, int) { return utf8.DecodeRuneInString(s) }

func appendRune(b []byte, r rune) []byte { return utf8.AppendRune(b, r) }

// maxHundredths caps what is read, far above any amount that is allowed.
const maxHundredths = 1 << 50

// number takes digits and the marks within them: 1,250.50, 3/15/26, 5:30, 555-1234, 15th.
func (s *scanner) number(i int) int {
	var groups [6]int64
	var lens [6]int
	var seps [6]byte
	n, j := 0, i
	for n < len(groups) {
		start := j
		var v int64
		for j < len(s.text) && s.text[j] >= '0' && s.text[j] <= '9' {
			v = min(v*10+int64(s.text[j]-'0'), maxHundredths/100)
			j++
		}
		if j == start { // a full-width digit
			r, w := decode(s.text[j:])
			f := foldRune(r)
			if f < '0' || f > '9' {
				j += w
				break
			}
			v, j = int64(f-'0'), j+w
		}
		groups[n], lens[n] = v, j-start
		n++
		if j+1 >= len(s.text) || s.text[j+1] < '0' || s.text[j+1] > '9' || n == len(groups) {
			break
		}
		switch c := s.text[j]; c {
		case '.', ',', '/', '-', ':':
			seps[n-1] = c
			j++
			continue
		}
		break
	}
	id := s.g.v.ids[s.text[i:j]]
	t := s.push(i, j, id)
	s.classify(t, groups[:n], lens[:n], seps[:max(n-1, 0)])
	if s.money && t.kind == idNumber {
		t.kind = idMoney
	}
	if s.hash && t.kind == idNumber {
		t.kind = idHash
	}
	if s.minus {
		t.num = -t.num
	}
	s.money, s.minus, s.hash = false, false, false
	return s.suffix(j, t)
}

// classify says what a run of digits is by its separators.
func (s *scanner) classify(t *token, v []int64, lens []int, seps []byte) {
	all := func(c byte) bool {
		for _, x := range seps {
			if x != c {
				return false
			}
		}
		return true
	}
	switch n := len(v); {
	case n == 1:
		t.kind, t.num = idNumber, v[0]*100
		if lens[0] >= 10 && !s.money {
			t.kind = idPhone
		}
	case all(':'):
		t.kind, t.num = idTime, v[0]*100+v[1]*100/60
	case (all('/') || all('-')) && n <= 3 && lens[n-1] <= 4 && (n == 3 || lens[0] <= 2 && lens[1] <= 2 || all('/')):
		t.kind = idNumeric
		t.y, t.m, t.dash = int16(min(v[0], 9999)), int16(min(v[1], 9999)), seps[0] == '-'
		if n == 3 {
			t.d = int16(min(v[2], 9999))
			if all('-') && lens[0] == 3 {
				t.kind = idPhone
			}
		}
	case all('-'):
		t.kind = idPhone
	default:
		t.kind, t.num = idNumber, decimal(v, lens, seps)
	}
}

// decimal reads 1,250.50 and 1.250,50: the last mark is the decimal point unless three digits follow it and it is the
// only kind of mark there is.
func decimal(v []int64, lens []int, seps []byte) int64 {
	last := len(seps) - 1
	point := last
	if lens[last+1] == 3 && v[0] != 0 {
		same := true
		for _, c := range seps {
			same = same && c == seps[last]
		}
		if same {
			point = len(seps) // thousands throughout
		}
	}
	var whole int64
	for i := 0; i <= min(point, len(v)-1); i++ {
		scale := int64(1)
		for range lens[i] {
			scale *= 10
		}
		if i == 0 {
			scale = 1
			whole = v[0]
			continue
		}
		whole = min(whole*scale+v[i], maxHundredths/100)
	}
	out := whole * 100
	if point < len(seps) {
		frac, digits := v[point+1], lens[point+1]
		for ; digits > 2; digits-- {
			frac /= 10
		}
		if digits == 1 {
			frac *= 10
		}
		out += frac
	}
	return out
}

// suffix takes what is glued to digits: 15th, 1ro, 5k.
func (s *scanner) suffix(j int, t *token) int {
	s.buf = s.buf[:0]
	k := j
	for k < len(s.text) {
		r, n := decode(s.text[k:])
		f := foldRune(r)
		if f != 0 && (!isWordRune(f) || f >= '0' && f <= '9') {
			break
		}
		if f != 0 {
			s.buf = appendRune(s.buf, f)
		}
		k += n
	}
	if len(s.buf) == 0 {
		return k
	}
	t.end = int32(k)
	id := s.g.v.ids[string(s.buf)]
	switch lex := &s.g.v.lex[id]; {
	case id == noWord:
	case t.kind == idNumber && lex.roles&isOrdinalMark != 0:
		t.kind, t.num = idOrdinal, t.num/100
		return k
	case (t.kind == idNumber || t.kind == idMoney) && lex.roles&isThousand != 0:
		t.num *= 1000
		return k
	}
	if whole, ok := s.g.v.ids[s.text[t.start:k]]; ok {
		t.id, t.kind = whole, noWord
		return k
	}
	t.end = int32(j)
	s.push(j, k, s.g.v.find(s.buf)).glued = true
	return k
}

// drawNumbers joins number words, multipliers, halves and currencies into one token each, in place.
func (g *grammar) drawNumbers(toks []token, lang uint8) []token {
	out := toks[:0]
	for i := 0; i < len(toks); {
		t := toks[i]
		t.glued = false
		if t.kind == idOrdinal || t.kind == idHash || t.kind == idPercent {
			out = append(out, t)
			i++
			continue
		}
		n := g.numberAt(toks[i:], lang)
		if n.used == 0 {
			out = append(out, t)
			i++
			continue
		}
		t.num, t.wordNum = n.value, n.words
		if t.kind == noWord || t.kind == idNumeric || t.kind == idName {
			t.kind = idNumber
		}
		if n.used > 1 {
			t.id = noWord
			t.end = toks[i+n.used-1].end
		}
		i += n.used
		for first := true; i < len(toks) && toks[i].brk == noBreak; first = false {
			lex := &g.v.lex[toks[i].id]
			switch {
			case lex.roles&isCents != 0 && first && t.kind == idNumber:
				t.num /= 100
			case lex.roles&isCurrency != 0:
			default:
				first = false
				lex = nil
			}
			if lex == nil {
				break
			}
			t.kind, t.end = idMoney, toks[i].end
			i++
		}
		i += g.meridiem(toks[i:], &t)
		if t.kind == idMoney {
			i += g.centsAfter(toks[i:], &t, lang)
		}
		out = append(out, t)
	}
	return out
}

// meridiem takes am, pm and their like after a number.
func (g *grammar) meridiem(rest []token, t *token) int {
	if t.kind != idNumber && t.kind != idTime || len(rest) == 0 || rest[0].brk > noBreak || t.num > 2400 {
		return 0
	}
	if g.v.lex[rest[0].id].roles&isMeridiem == 0 {
		return 0
	}
	t.kind, t.end = idTime, rest[0].end
	return 1
}

// centsAfter takes "and 50 cents" after dollars.
func (g *grammar) centsAfter(rest []token, t *token, lang uint8) int {
	i := 0
	if len(rest) > 0 && g.v.lex[rest[0].id].roles&(isAnd|isPoint) != 0 {
		i = 1
	}
	if i >= len(rest) || rest[i].brk > noBreak {
		return 0
	}
	n := g.numberAt(rest[i:], lang)
	if i == 0 && n.used > 0 && n.words && n.value >= 500 && n.value < 100*100 && n.value%500 == 0 && t.num%100 == 0 {
		if j := n.used; j >= len(rest) || g.v.lex[rest[j].id].unit == noUnit {
			t.num += n.value / 100 // a buck fifty
			t.end = rest[j-1].end
			return j
		}
	}
	if j := i + n.used; n.used > 0 && j < len(rest) && n.value < 100*100 && g.v.lex[rest[j].id].roles&isCents != 0 {
		t.num += n.value / 100
		t.end = rest[j].end
		return j + 1
	}
	return 0
}
