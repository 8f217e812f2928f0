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
	if o := t.mentioned(options); o > 0 {
		return o, true
	}
	if o := t.numbered(options); o > 0 {
		return o, true
	}
	for i := range t.toks {
		k := &t.toks[i]
		n := 0
		switch {
		case (k.kind == idNumber || k.kind == idHash) && k.num%100 == 0 && !t.inDate(int32(i)) && t.standsAlone(i) && !t.pronoun(i):
			n = int(k.num / 100)
		case k.kind == idOrdinal:
			n = int(k.num)
		case len(t.toks) <= 2 || i > 0 && t.g.v.lex[t.toks[i-1].id].roles&(isArticle|isNotAmountBefore) != 0 && (i+1 == len(t.toks) || t.toks[i+1].brk > noBreak ||
			t.g.v.lex[t.toks[i+1].id].roles&(isPolite|isScopeEnd) != 0 || t.g.v.text[t.toks[i+1].id] == "one" || t.g.v.text[t.toks[i+1].id] == "option"):
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
	t.side.prepare(Input{Text: option, Lang: t.in.Lang, Role: t.in.Role, Now: t.in.Now})
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

// mention is where a text names an option.
type mention struct {
	option, letters int
	start, end      int
}

// mentioned is the option whose words the text holds in a row, from 1, or 0. One that is ruled out ("not by phone", "mail if
// I had to") does not count; of several the one that a turn leads to ("…, so cash") does, else the first.
func (t *text) mentioned(options []string) int {
	var best mention
	turned := false
	for o, option := range options {
		s := scanner{g: t.g, text: option}
		s.scan()
		if len(s.toks) == 0 {
			continue
		}
		for i := 0; i+len(s.toks) <= len(t.toks); i++ {
			if !t.holdsAt(i, s.toks, option) {
				continue
			}
			m := mention{o + 1, len(option), i, i + len(s.toks)}
			if t.ruledOutAt(m, len(s.toks)) {
				continue
			}
			turn := t.turnedTo(i)
			switch {
			case best.option == 0, turn && !turned:
			case turned && !turn:
				continue
			case m.start < best.end && best.start < m.end: // one within the other
				if m.letters <= best.letters {
					continue
				}
			case m.start > best.start:
				continue
			}
			best, turned = m, turn
		}
	}
	return best.option
}

// holdsAt says whether the option's words stand at token i.
func (t *text) holdsAt(i int, toks []token, option string) bool {
	for j := range toks {
		a, b := &t.toks[i+j], &toks[j]
		la, lb := &t.g.v.lex[a.id], &t.g.v.lex[b.id]
		same := a.id != noWord && a.id == b.id || la.weekday != 0 && la.weekday == lb.weekday ||
			strings.TrimSuffix(fold(t.in.Text[a.start:a.end]), "s") == strings.TrimSuffix(fold(option[b.start:b.end]), "s")
		if !same || a.masked&lAnswer.bit() != 0 {
			return false
		}
	}
	return true
}

// ruledOutAt says whether the mention is of what is not wanted.
func (t *text) ruledOutAt(m mention, words int) bool {
	k := &t.toks[m.start]
	if words == 1 && (k.negated || k.unreal) || t.g.v.lex[k.id].roles&isNegator == 0 && k.negated {
		return true
	}
	for i := m.end; i < min(m.end+2, len(t.toks)) && t.toks[i].brk == noBreak; i++ {
		lex := &t.g.v.lex[t.toks[i].id]
		if t.toks[i].negator && lex.roles&isScopeEnd == 0 || lex.roles&isUnreal != 0 {
			return true
		}
	}
	return false
}

// turnedTo says whether a word before token i says that this is the one: so, mejor, but.
func (t *text) turnedTo(i int) bool {
	for j := max(0, i-3); j < i; j++ {
		if t.g.v.lex[t.toks[j].id].roles&(isTurn|isCorrection) != 0 && !t.parted(j, i) {
			return true
		}
	}
	return false
}

// numbered is the one option that holds a number of the text, "8" of "8 am", or 0.
func (t *text) numbered(options []string) int {
	pick := 0
	for i := range t.toks {
		k := &t.toks[i]
		if k.kind != idNumber && k.kind != idTime || k.num == 0 || t.pronoun(i) {
			continue
		}
		for o, option := range options {
			s := scanner{g: t.g, text: option}
			s.scan()
			for _, b := range t.g.drawNumbers(s.toks, t.lang) {
				if (b.kind == idNumber || b.kind == idTime) && b.num == k.num {
					if pick != 0 && pick != o+1 {
						return 0
					}
					pick = o + 1
				}
			}
		}
	}
	return pick
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
