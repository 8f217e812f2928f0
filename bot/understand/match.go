package understand

// matcher runs one pattern over one text's tokens.
type matcher struct {
	g    *grammar
	toks []token
	prog []op
	mask uint64 // the labels whose blanked-out tokens do not count
	fuel int    // bounds the steps on hostile input
}

// maxSteps is some ten times what the longest honest text takes for one pattern at one place.
const maxSteps = 4000

// at gives the end of a match that begins at token i, or -1.
func (m *matcher) at(i int) int {
	m.fuel = maxSteps
	return m.run(0, i, i)
}

// joined is false where a sentence ends between token i and the one before it.
func (m *matcher) joined(i, start int) bool {
	if i == start || m.toks[i].brk == noBreak {
		return true
	}
	if m.toks[i].brk == sentenceBreak {
		return m.toks[i].picture || m.toks[i-1].picture
	}
	// "no, he threatened me" denies nothing.
	k := &m.toks[i-1]
	return m.g.v.lex[k.id].roles&isNegator == 0 || i-1 > 0 && k.brk == noBreak
}

func (m *matcher) run(pc, i, start int) int {
	for {
		if m.fuel--; m.fuel < 0 {
			return -1
		}
		o := &m.prog[pc]
		switch o.code {
		case opWord:
			if i >= len(m.toks) || !m.joined(i, start) || m.toks[i].masked&m.mask != 0 || !m.toks[i].in(*o.set) {
				return -1
			}
			i++
		case opAny:
			if i >= len(m.toks) || !m.joined(i, start) {
				return -1
			}
			i++
		case opNot:
			all := m.toks
			if i < len(all) && all[i].brk == sentenceBreak {
				m.toks = all[:i] // what follows is of another sentence
			}
			found := m.run(int(o.x), i, i) >= 0
			m.toks = all
			if found {
				return -1
			}
			pc = int(o.y)
			continue
		case opGap, opGapAny:
			if m.prog[pc+1].code == opMatch { // at a pattern's end it takes all it may
				for n := int32(0); n < o.n && i < len(m.toks) && m.joined(i, start) && (o.code == opGapAny || !m.toks[i].negator); n++ {
					i++
				}
				return i
			}
			for n := int32(0); ; n++ {
				if end := m.run(pc+1, i, start); end >= 0 {
					return end
				}
				if n >= o.n || i >= len(m.toks) || !m.joined(i, start) || o.code == opGap && m.toks[i].negator {
					return -1
				}
				i++
			}
		case opFork:
			if end := m.run(int(o.x), i, start); end >= 0 {
				return end
			}
			pc = int(o.y)
			continue
		case opJump:
			pc = int(o.x)
			continue
		case opBegin:
			if i != 0 {
				return -1
			}
		case opEnd:
			if i != len(m.toks) {
				return -1
			}
		case opClause:
			if i != 0 && (i >= len(m.toks) || m.toks[i].brk < clauseBreak) {
				return -1
			}
		case opClauseEnd:
			if i != len(m.toks) && m.toks[i].brk < clauseBreak {
				return -1
			}
		case opSentence:
			if i != 0 && (i >= len(m.toks) || m.toks[i].brk < sentenceBreak) {
				return -1
			}
		case opStop:
			if i != len(m.toks) && m.toks[i].brk < sentenceBreak {
				return -1
			}
		case opAsked:
			if i != len(m.toks) && m.toks[i].brk < sentenceBreak || i == 0 || !m.toks[i-1].asked {
				return -1
			}
		case opMatch:
			return i
		}
		pc++
	}
}
