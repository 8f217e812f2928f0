package understand

import "strings"

// choice finds an option by its number, its rank or its words.
func (t *text) choice() (int, bool) {
	options := t.in.Expect.Options
	if o := t.unsureOption(); o > 0 {
		return o, true
	}
	if n := t.leading(); n > 0 && n <= len(options) {
		return n, true
	}
	for i := 1; i < len(t.toks); i++ { // option 2
		if k := &t.toks[i]; k.kind == idNumber && k.brk == noBreak && k.num%100 == 0 && k.num >= 100 && k.num <= int64(len(options))*100 &&
			t.g.v.lex[t.toks[i-1].id].roles&isNotAmountBefore != 0 {
			return int(k.num / 100), true
		}
	}
	if t.has&lPart.bit() != 0 {
		for o, option := range options {
			if t.meaning(option) == lPart.bit() {
				return o + 1, true
			}
		}
	}
	best, bestLen := 0, 0
	for o, option := range options {
		if n := t.optionLen(option); n > bestLen {
			best, bestLen = o+1, n
		}
	}
	if best > 0 {
		return best, true
	}
	for i := range t.toks {
		k := &t.toks[i]
		n := 0
		switch {
		case (k.kind == idNumber || k.kind == idHash) && k.num%100 == 0 && !t.inDate(int32(i)) && t.standsAlone(i) && !t.pronoun(i):
			n = int(k.num / 100)
		case k.kind == idOrdinal:
			n = int(k.num)
		default:
			n = int(t.g.v.lex[k.id].ordinal)
		}
		if n >= 1 && n <= len(options) {
			return n, true
		}
	}
	for o, option := range options {
		if t.optionWords(option) {
			return o + 1, true
		}
	}
	for o, option := range options {
		if m := t.meaning(option); m != 0 && m == t.has&plainAnswers {
			return o + 1, true
		}
	}
	return t.alike(options)
}

// alike finds the one option of which the text holds another word for the same: weekly, every week.
func (t *text) alike(options []string) (int, bool) {
	pick := 0
	for r := range t.g.alike {
		m := matcher{g: t.g, toks: t.toks, prog: t.g.alike[r]}
		said := false
		for i := range t.toks {
			said = said || !t.toks[i].negated && m.at(i) > i
		}
		if !said {
			continue
		}
		for o, option := range options {
			s := scanner{g: t.g, text: option}
			s.scan()
			m.toks = t.g.drawNumbers(s.toks, t.lang)
			for i := range m.toks {
				if m.at(i) <= i {
					continue
				}
				if pick != 0 && pick != o+1 {
					return 0, false
				}
				pick = o + 1
			}
		}
	}
	return pick, pick != 0
}

// plainAnswers are what an option may mean whatever its words: yes, no, not sure, in part.
const plainAnswers = 1<<lYes | 1<<lNo | 1<<lUnsure | 1<<lPart

// meaning is which of the plain answers an option is, 0 if none or several.
func (t *text) meaning(option string) uint64 {
	if t.side == nil {
		t.side = newText(t.g)
	}
	t.side.in = Input{Text: option, Lang: t.in.Lang, Role: t.in.Role, Now: t.in.Now}
	t.side.tokenize()
	t.side.found, t.side.has = t.side.found[:0], 0
	t.side.apply(t.g.blank, true)
	t.side.apply(t.g.says, false)
	m := t.side.has & plainAnswers
	t.side.in = Input{}
	if m&(m-1) != 0 {
		if m&lUnsure.bit() != 0 {
			return lUnsure.bit()
		}
		return 0
	}
	return m
}

// unsureOption is the option that says "not sure" where the text says so in whatever words, or 0.
func (t *text) unsureOption() int {
	if t.has&lUnsure.bit() == 0 {
		return 0
	}
	for o, option := range t.in.Expect.Options {
		if t.meaning(option) == lUnsure.bit() {
			return o + 1
		}
	}
	return 0
}

// pronoun says whether the number word at i only stands for a thing: "the last one".
func (t *text) pronoun(i int) bool {
	if i == 0 || !t.toks[i].wordNum || t.toks[i].brk != noBreak {
		return false
	}
	return t.g.v.lex[t.toks[i-1].id].roles&(isScaleBefore|isNotAmountBefore) == 0
}

// optionLen is how many letters of an option the text holds in a row, 0 if not all of it.
func (t *text) optionLen(option string) int {
	s := scanner{g: t.g, text: option}
	s.scan()
	if len(s.toks) == 0 {
		return 0
	}
	for i := 0; i+len(s.toks) <= len(t.toks); i++ {
		ok := true
		for j := range s.toks {
			a, b := &t.toks[i+j], &s.toks[j]
			la, lb := &t.g.v.lex[a.id], &t.g.v.lex[b.id]
			same := a.id != noWord && a.id == b.id || la.weekday != 0 && la.weekday == lb.weekday ||
				strings.TrimSuffix(fold(t.in.Text[a.start:a.end]), "s") == strings.TrimSuffix(fold(option[b.start:b.end]), "s")
			if !same {
				ok = false
				break
			}
		}
		if ok && !(t.toks[i].negated && len(s.toks) == 1) {
			return len(option)
		}
	}
	return 0
}

// minWord is the shortest word of an option that can stand for it.
const minWord = 4

// optionWords says whether the text holds every longer word of an option: "only part" of "in part".
func (t *text) optionWords(option string) bool {
	s := scanner{g: t.g, text: option}
	s.scan()
	any := false
	for _, b := range s.toks {
		if b.id == noWord || b.end-b.start < minWord {
			continue
		}
		any = true
		found := false
		for i := range t.toks {
			found = found || t.toks[i].id == b.id && !t.toks[i].negated
		}
		if !found {
			return false
		}
	}
	return any
}
