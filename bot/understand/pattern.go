package understand

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// wordSet is a set of words, in their order. Most hold one to eight; a bit a word of the files would be a hundred times that.
type wordSet []wordID

// scanned is up to how many words are looked through one by one.
const scanned = 12

func (s wordSet) has(id wordID) bool {
	if len(s) > scanned {
		_, ok := slices.BinarySearch(s, id)
		return ok
	}
	for _, w := range s {
		if w >= id {
			return w == id
		}
	}
	return false
}

// mark is a bit of 64 for the word: two sets of which no mark is the same share no word.
func (id wordID) mark() uint64 { return 1 << (id & 63) }

func (s wordSet) marks() (m uint64) {
	for _, id := range s {
		m |= id.mark()
	}
	return m
}

// add and union never write where another set may stand: what is there is copied.
func (s *wordSet) add(id wordID) {
	if i, ok := slices.BinarySearch(*s, id); !ok {
		*s = slices.Insert(slices.Clip(*s), i, id)
	}
}

func (s *wordSet) union(o wordSet) {
	if len(*s) == 0 || len(o) == 0 {
		*s = append(slices.Clip(*s), o...)
		return
	}
	both := slices.Concat(*s, o)
	slices.Sort(both)
	*s = slices.Compact(both)
}

// shared gives equal sets one place. It is of use while the word files are read.
type shared map[string]*wordSet

func (k shared) set(s wordSet) *wordSet {
	name := make([]byte, 0, 64)
	for _, w := range s {
		name = binary.LittleEndian.AppendUint16(name, uint16(w))
	}
	one, ok := k[string(name)]
	if !ok {
		if s = slices.Clip(slices.Clone(s)); len(s) == 0 {
			s = nil
		}
		one = &s
		k[string(name)] = one
	}
	return one
}

type opCode uint8

const (
	opWord      opCode = iota // one word of the set
	opAny                     // any one word
	opNot                     // what stands from x on must not follow; takes no word, goes on at y
	opGap                     // up to n words of one sentence, none of them a negator
	opGapAny                  // up to n words of one sentence
	opFork                    // go on at x, else at y
	opJump                    // go on at x
	opBegin                   // the text's begin
	opEnd                     // the text's end
	opClause                  // a clause's begin
	opClauseEnd               // a clause's end
	opSentence                // a sentence's begin
	opStop                    // a sentence's end
	opAsked                   // a sentence's end with a question mark
	opMatch
)

type op struct {
	code opCode
	x, y int32
	n    int32
	set  *wordSet
}

// words are the set of an op that has one.
func (o *op) words() wordSet {
	if o.set == nil {
		return nil
	}
	return *o.set
}

// node is a pattern as written, before it is made a program.
type node struct {
	op   op
	all  []*node // in sequence
	any  []*node // alternatives
	rep  byte    // '?' or '*'
	not  bool    // must not follow
	leaf bool
}

// parser reads patterns. Classes may name one another if they stand earlier, or in another file.
type parser struct {
	v       *vocab
	lang    uint8
	classes map[string][]*node
	sets    shared
	prog    []op // room for the program at hand
	src     string
	pos     int
}

func (p *parser) parse(src string) (*node, error) {
	p.src, p.pos = src, 0
	n, err := p.alternatives(true)
	if err != nil {
		return nil, fmt.Errorf("%w in %q", err, src)
	}
	return n, nil
}

func (p *parser) space() {
	for p.pos < len(p.src) && p.src[p.pos] == ' ' {
		p.pos++
	}
}

func (p *parser) alternatives(top bool) (*node, error) {
	out := &node{}
	seq := &node{}
	for {
		p.space()
		if p.pos >= len(p.src) {
			if !top {
				return nil, fmt.Errorf("a bracket is left open")
			}
			break
		}
		switch p.src[p.pos] {
		case '|':
			p.pos++
			out.any = append(out.any, seq)
			seq = &node{}
			continue
		case ')':
			if top {
				return nil, fmt.Errorf("a bracket too many")
			}
			p.pos++
			out.any = append(out.any, seq)
			return out, nil
		}
		n, err := p.element()
		if err != nil {
			return nil, err
		}
		seq.all = append(seq.all, n)
	}
	out.any = append(out.any, seq)
	return out, nil
}

func (p *parser) element() (*node, error) {
	not := strings.HasPrefix(p.src[p.pos:], "!(")
	if not {
		p.pos++
	}
	if p.src[p.pos] == '(' {
		p.pos++
		n, err := p.alternatives(false)
		if err != nil {
			return nil, err
		}
		n.not = not
		if p.pos < len(p.src) && (p.src[p.pos] == '?' || p.src[p.pos] == '*') {
			n.rep = p.src[p.pos]
			p.pos++
		}
		return n, nil
	}
	end := p.pos
	for end < len(p.src) && !strings.ContainsRune(" ()|", rune(p.src[end])) {
		end++
	}
	// One word among bars is one set: got|received.
	for end < len(p.src) && p.src[end] == '|' && end+1 < len(p.src) && p.src[end+1] != ' ' && p.src[end-1] != ' ' {
		end++
		for end < len(p.src) && !strings.ContainsRune(" ()|", rune(p.src[end])) {
			end++
		}
	}
	word := p.src[p.pos:end]
	p.pos = end
	return p.atom(word)
}

// edges are the signs that stand for a place, or for any one word.
var edges = map[string]opCode{"{": opClause, "}": opClauseEnd, "^": opBegin, "$": opEnd, "[": opSentence, "]": opStop, "]?": opAsked, "_": opAny}

func (p *parser) atom(word string) (*node, error) {
	leaf := func(o op) *node { return &node{op: o, leaf: true} }
	if code, ok := edges[word]; ok {
		return leaf(op{code: code}), nil
	}
	for _, g := range []struct {
		sign string
		code opCode
	}{{"...", opGap}, {"***", opGapAny}} {
		if rest, ok := strings.CutPrefix(word, g.sign); ok {
			n := int32(3)
			if rest != "" {
				if len(rest) != 1 || rest[0] < '1' || rest[0] > '9' {
					return nil, fmt.Errorf("a gap is at most 9 words: %s", word)
				}
				n = int32(rest[0] - '0')
			}
			return leaf(op{code: g.code, n: n}), nil
		}
	}
	var rep byte
	if l := word[len(word)-1]; (l == '?' || l == '*') && len(word) > 1 {
		rep, word = l, word[:len(word)-1]
	}
	word, not := strings.CutPrefix(word, "!")
	out := &node{rep: rep}
	var set wordSet
	for _, w := range strings.Split(word, "|") {
		switch {
		case w == "":
			return nil, fmt.Errorf("an empty word")
		case edges[w] != 0:
			out.any = append(out.any, leaf(op{code: edges[w]}))
		case w[0] == '@':
			alts, ok := p.classes[w[1:]]
			if !ok {
				return nil, fmt.Errorf("no such class: %s", w)
			}
			for _, a := range alts {
				if a.leaf {
					set.union(a.op.words())
				} else {
					out.any = append(out.any, a)
				}
			}
		case w[0] == '#' && !strings.Contains(w, "_"):
			id, ok := p.v.ids[w]
			if !ok {
				return nil, fmt.Errorf("no such sign: %s", w)
			}
			set.add(id)
		case strings.Contains(w, "_"):
			seq := &node{}
			for _, part := range strings.Split(w, "_") {
				one := p.sets.set(wordSet{p.v.add(fold(part), p.lang)})
				seq.all = append(seq.all, leaf(op{code: opWord, set: one}))
			}
			out.any = append(out.any, seq)
		default:
			set.add(p.v.add(fold(w), p.lang))
		}
	}
	if len(set) > 0 {
		out.any = append(out.any, leaf(op{code: opWord, set: p.sets.set(set)}))
	}
	out.not = not
	if len(out.any) == 1 && rep == 0 && !not {
		return out.any[0], nil
	}
	return out, nil
}

// program makes the pattern's program, no longer than it is.
func (p *parser) program(n *node) []op {
	p.prog = append(n.emit(p.prog[:0]), op{code: opMatch})
	return append(make([]op, 0, len(p.prog)), p.prog...)
}

// emit appends the node's program.
func (n *node) emit(prog []op) []op {
	if n.leaf {
		return append(prog, n.op)
	}
	start := len(prog)
	if n.not {
		prog = append(prog, op{code: opNot, x: int32(start + 1)})
		inner := *n
		inner.not = false
		prog = append(inner.emit(prog), op{code: opMatch})
		prog[start].y = int32(len(prog))
		return prog
	}
	if n.rep != 0 {
		prog = append(prog, op{code: opFork})
	}
	switch {
	case len(n.any) > 0:
		var jumps []int
		for i, a := range n.any {
			if i == len(n.any)-1 {
				prog = a.emit(prog)
				break
			}
			fork := len(prog)
			prog = append(prog, op{code: opFork})
			prog = a.emit(prog)
			jumps = append(jumps, len(prog))
			prog = append(prog, op{code: opJump})
			prog[fork].x, prog[fork].y = int32(fork+1), int32(len(prog))
		}
		for _, j := range jumps {
			prog[j].x = int32(len(prog))
		}
	default:
		for _, a := range n.all {
			prog = a.emit(prog)
		}
	}
	if n.rep != 0 {
		if n.rep == '*' {
			prog = append(prog, op{code: opJump, x: int32(start)})
		}
		prog[start].x, prog[start].y = int32(start+1), int32(len(prog))
	}
	return prog
}

// needs gives sets of words of each of which a match holds at least one, the smallest first.
func (n *node) needs() []wordSet {
	switch {
	case n.rep != 0 || n.not:
		return nil
	case n.leaf:
		if n.op.code == opWord {
			return []wordSet{*n.op.set}
		}
		return nil
	case len(n.any) > 0:
		var all wordSet
		for _, a := range n.any {
			s := a.needs()
			if len(s) == 0 {
				return nil
			}
			if len(n.any) == 1 {
				return s
			}
			all.union(s[0])
		}
		return []wordSet{all}
	}
	var out []wordSet
	for _, a := range n.all {
		out = append(out, a.needs()...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].cost() < out[j].cost() })
	return out
}

// numberCost makes a set that holds numbers a poor one to look for: numbers are in many texts.
const numberCost = 30

func (s wordSet) cost() int {
	c := len(s)
	if s.has(idNumber) {
		c += numberCost
	}
	return c
}

// first gives the words a match can begin with, and whether it can begin with none of them.
func (n *node) first() (set wordSet, open bool) {
	switch {
	case n.leaf:
		switch n.op.code {
		case opWord:
			return *n.op.set, false
		case opAny, opGap, opGapAny:
			return nil, true
		}
		return nil, true
	case len(n.any) > 0:
		var out wordSet
		for _, a := range n.any {
			s, o := a.first()
			out.union(s)
			open = open || o
		}
		return out, open || n.rep != 0
	}
	var out wordSet
	for _, a := range n.all {
		if a.leaf && (a.op.code == opBegin || a.op.code == opSentence || a.op.code == opClause) || a.not {
			continue
		}
		s, o := a.first()
		if s == nil && o {
			return nil, true
		}
		out.union(s)
		if !o {
			return out, n.rep != 0
		}
	}
	return nil, true
}
