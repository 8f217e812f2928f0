package understand

import (
	"fmt"
	"math/bits"
	"sync"
)

// Reader understands texts in every language of the word files. It does not change after New and may be shared.
type Reader struct {
	g    *grammar
	pool sync.Pool // of *text
}

// New makes a Reader of the embedded word files. It panics if they are broken, which the tests rule out.
func New() *Reader {
	g, err := newGrammar()
	if err != nil {
		panic(fmt.Sprintf("understand: %v", err))
	}
	r := &Reader{g: g}
	r.pool.New = func() any { return newText(g) }
	return r
}

// NewUntrained makes a Reader without the models, for the program that makes them.
func NewUntrained() *Reader {
	g, err := readWords()
	if err != nil {
		panic(fmt.Sprintf("understand: %v", err))
	}
	r := &Reader{g: g}
	r.pool.New = func() any { return newText(g) }
	return r
}

// Languages names the languages read, in order, as the word files are named: en, es.
func (r *Reader) Languages() []string { return append([]string(nil), r.g.langs...) }

// Read says what a text means.
func (r *Reader) Read(in Input) Reading {
	t := r.pool.Get().(*text)
	defer r.pool.Put(t)
	return t.read(in, false)
}

// Explain says the same, and in Why which words decided.
func (r *Reader) Explain(in Input) Reading {
	t := r.pool.Get().(*text)
	defer r.pool.Put(t)
	return t.read(in, true)
}

// finding is where a rule holds.
type finding struct {
	rule       int32
	start, end int32 // tokens
}

// text is one text being read, with room that is used again for the next.
type text struct {
	g         *grammar
	in        Input
	toks      []token
	buf       []byte
	found     []finding
	seen      []uint64 // a bit a rule: it was tried
	marks     uint64   // of its words
	has       uint64   // a bit a label: some rule of it holds
	lang      uint8    // the language most of its words are of
	today     Date
	feats     []uint32 // hashed, for the models
	wordFeats int
	topics    []topic
	explain   bool
	why       []string
	side      *text // reads an option
}

func newText(g *grammar) *text {
	return &text{g: g, seen: make([]uint64, (len(g.rules)+63)/64)}
}

func (t *text) read(in Input, explain bool) Reading {
	t.explain, t.why = explain, nil
	t.prepare(in)
	out := t.decide()
	out.Why = t.why
	t.in = Input{}
	return out
}

// prepare cuts the text into tokens and marks where the rules hold.
func (t *text) prepare(in Input) {
	t.in = in
	if in.Expect.Kind == "" {
		t.in.Expect.Kind = None
	}
	t.today = civil(in.Now)
	t.tokenize()
	t.found, t.has = t.found[:0], 0
	t.apply(t.g.blank, true)
	t.apply(t.g.says, false)
}

func (t *text) tokenize() {
	s := scanner{g: t.g, text: t.in.Text, toks: t.toks[:0], buf: t.buf}
	s.scan()
	t.buf = s.buf
	t.lang = t.language(s.toks)
	t.toks = t.g.drawNumbers(s.toks, t.lang)
	t.scopes()
}

// language is the bit of the language that most words are of, the party's own where they tie.
func (t *text) language(toks []token) uint8 {
	var count [8]int
	for i := range toks {
		if l := t.g.v.lex[toks[i].id].langs; bits.OnesCount8(l) == 1 {
			count[bits.TrailingZeros8(l)]++
		}
	}
	best := 0
	for i, l := range t.g.langs {
		if l == t.in.Lang {
			best = i
		}
	}
	for i := range t.g.langs {
		if count[i] > count[best] {
			best = i
		}
	}
	return 1 << best
}

// How far a negator or an "if" reaches, in words, within its clause.
const (
	negationReach = 4
	unrealReach   = 6
)

func (t *text) scopes() {
	neg, unreal := 0, 0
	for i := range t.toks {
		k := &t.toks[i]
		lex := &t.g.v.lex[k.id]
		if k.brk >= clauseBreak || lex.roles&isScopeEnd != 0 || i == 1 && lex.roles&isAnd != 0 { // "no y ya no me escriban"
			neg, unreal = 0, 0
		}
		k.negated, k.unreal = neg > 0, unreal > 0
		neg, unreal = neg-1, unreal-1
		if lex.roles&isNegator != 0 && (lex.negLangs&t.lang != 0 || lex.langs == lex.negLangs) {
			k.negator = true
			neg = negationReach
		}
		if lex.roles&isUnreal != 0 {
			unreal = unrealReach
		}
	}
}

// maxFindings is more than any text of ordinary length gives.
const maxFindings = 200

// apply tries every rule of which the text holds a needed word.
func (t *text) apply(table [][]int32, blank bool) {
	clear(t.seen)
	t.marks = 0
	for i := range t.toks {
		t.marks |= t.toks[i].id.mark() | t.toks[i].kind.mark()
	}
	m := matcher{g: t.g, toks: t.toks}
	for i := range t.toks {
		k := &t.toks[i]
		for _, r := range table[k.id] {
			t.try(&m, r, blank)
		}
		if k.kind != noWord {
			for _, r := range table[k.kind] {
				t.try(&m, r, blank)
			}
		}
	}
}

func (t *text) try(m *matcher, n int32, blank bool) {
	if t.seen[n>>6]&(1<<(n&63)) != 0 {
		return
	}
	t.seen[n>>6] |= 1 << (n & 63)
	r := &t.g.rules[n]
	if r.role != "" && r.role != t.in.Role {
		return
	}
	for _, m := range r.marks {
		if m&t.marks == 0 {
			return
		}
	}
	for _, need := range r.needs {
		if !t.holds(need) {
			return
		}
	}
	m.prog, m.mask = r.prog, 0
	if !blank {
		m.mask = r.label.bit()
	}
	for i := range t.toks {
		if r.first != nil && !t.toks[i].in(r.first) {
			continue
		}
		end := m.at(i)
		if end <= i {
			continue
		}
		if blank && r.blank&lUrgent.bit() != 0 && t.toks[i].negated {
			continue // "no me siento segura" is no reassurance
		}
		if blank {
			for k := i; k < end; k++ {
				t.toks[k].masked |= r.blank
			}
			continue
		}
		if !r.anyway && !r.label.isDate() && t.toks[i].negated || r.fact && t.toks[i].unreal {
			continue
		}
		if len(t.found) < maxFindings {
			t.found = append(t.found, finding{n, int32(i), int32(end)})
		}
		t.has |= r.label.bit()
		if !r.label.isDate() && r.label != lDue && r.label != lAmountDue {
			return
		}
	}
}

// holds says whether any token is of the set.
func (t *text) holds(s wordSet) bool {
	for i := range t.toks {
		if t.toks[i].in(s) {
			return true
		}
	}
	return false
}

// span is the text between two tokens.
func (t *text) span(start, end int32) string {
	if start >= end || int(end) > len(t.toks) {
		return ""
	}
	return t.in.Text[t.toks[start].start:t.toks[end-1].end]
}

// note keeps for Explain which words decided.
func (t *text) note(what, words string) {
	if t.explain {
		t.why = append(t.why, what+": "+words)
	}
}

func (t *text) noteLabel(l label) {
	if !t.explain {
		return
	}
	for _, f := range t.found {
		if t.g.rules[f.rule].label == l {
			t.note(labelNames[l], t.span(f.start, f.end))
			return
		}
	}
}
