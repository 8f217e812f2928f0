package understand

import (
	"slices"
	"unicode/utf8"
)

// Features gives the hashed features of a text, as the models see it. Of its words: they themselves, near misses mended,
// numbers and money by kind, pairs of neighbours, pairs with one word between, the heads of long words, and what they are
// about. Of the rules: what they found, and what was asked. For the program in train.
func (r *Reader) Features(in Input) (words, rules []uint32) {
	t := r.pool.Get().(*text)
	defer r.pool.Put(t)
	t.prepare(in)
	t.features(0, len(t.toks))
	all := append([]uint32(nil), t.feats...)
	return all[:t.wordFeats], all[t.wordFeats:]
}

const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

func hashBytes[B string | []byte](h uint32, b B) uint32 {
	for i := 0; i < len(b); i++ {
		h = (h ^ uint32(b[i])) * hashPrime
	}
	return h
}

func pair(a, b, kind uint32) uint32 {
	h := uint32(hashSeed) ^ kind
	for range 4 {
		h = (h ^ a&0xff) * hashPrime
		a >>= 8
	}
	for range 4 {
		h = (h ^ b&0xff) * hashPrime
		b >>= 8
	}
	return h
}

func (t *text) feature(h uint32) {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 13
	t.feats = append(t.feats, h&(FeatureCount-1))
}

// headLength is how much of a long word stands for its stem.
const headLength = 5

// features notes what the tokens from one to another, or all of them, give the models to go by.
func (t *text) features(from, to int) {
	t.feats = t.feats[:0]
	const edge = 0x51ed270b
	t.feature(hashBytes(hashSeed, "bias"))
	t.feature(hashBytes(hashSeed, t.in.Role))
	before, last := uint32(0), uint32(edge)
	for i := from; i < to; i++ {
		k := &t.toks[i]
		if i > from && k.brk == sentenceBreak {
			t.feature(pair(last, edge, 2))
			before, last = 0, edge
		}
		h := t.wordHash(k)
		t.feature(pair(h, 0, 1))
		t.feature(pair(last, h, 2))
		if before != 0 {
			t.feature(pair(before, h, 3))
		}
		before, last = last, h
	}
	t.feature(pair(last, edge, 2))
	t.conceptFeatures(from, to)
	// Once is enough: a word said over and over weighs no more.
	slices.Sort(t.feats)
	t.feats = slices.Compact(t.feats)
	t.wordFeats = len(t.feats)
	t.ruleFeatures(from, to)
}

// topic is one thing that a token is about.
type topic struct {
	concept uint8
	negated bool
	place   int16 // among the tokens that are about anything, from 0
	part    int16 // the sentence
}

// conceptReach is how far apart, in words that are about anything, two concepts still say something together.
const conceptReach = 2

// conceptFeatures notes what the words are about, alone and in twos, in the order said.
func (t *text) conceptFeatures(from, to int) {
	t.topics = t.topics[:0]
	var buf [maxConcepts]uint8
	var word [64]byte
	place, part := int16(0), int16(0)
	for i := from; i < to; i++ {
		k := &t.toks[i]
		if k.brk == sentenceBreak {
			part++
		}
		var a about
		switch {
		case k.kind != noWord && k.kind != idName:
			continue
		case k.id != noWord:
			a = t.g.about.words[k.id]
		default:
			w := word[:0]
			for _, r := range t.in.Text[k.start:k.end] {
				if f := foldRune(r); f != 0 && len(w) < len(word)-utf8.UTFMax {
					w = appendRune(w, f)
				}
			}
			a = t.g.about.of(string(w))
		}
		if a.none() {
			continue
		}
		for _, c := range a.appendTo(buf[:0]) {
			t.topics = append(t.topics, topic{c, k.negated, place, part})
		}
		place++
	}
	const (
		conceptOne = 64 + iota
		conceptNegated
		conceptPair
	)
	for i, a := range t.topics {
		t.feature(pair(uint32(a.concept), 0, conceptOne))
		if a.negated {
			t.feature(pair(uint32(a.concept), 0, conceptNegated))
		}
		for _, b := range t.topics[i+1:] {
			if b.part != a.part || b.place-a.place > conceptReach {
				break
			}
			if b.place == a.place {
				continue
			}
			t.feature(pair(uint32(a.concept), uint32(b.concept), conceptPair))
		}
	}
}

// From so many words on one length is as good as another.
const (
	middlingText = 7
	longText     = 13
)

// ruleFeatures notes what the rules found, and what was asked.
func (t *text) ruleFeatures(from, to int) {
	role := hashBytes(hashSeed, t.in.Role)
	asked := hashBytes(hashSeed, string(t.in.Expect.Kind))
	const (
		ruleHolds = 16 + iota
		ruleAsked
		ruleRole
		ruleBoth
		ruleMasked
		ruleAlone
		whatAsked
		howLong
		bears

		dateBorne = 9 // beside the numbers of question, money and number
	)
	t.feature(pair(asked, 0, whatAsked))
	t.feature(pair(asked, role, whatAsked))
	n := to - from
	switch {
	case n >= longText:
		n = longText
	case n >= middlingText:
		n = middlingText
	}
	t.feature(pair(uint32(n), 0, howLong))
	t.feature(pair(uint32(n), asked, howLong))
	var masked uint64
	question, money, number := false, false, false
	for i := from; i < to; i++ {
		masked |= t.toks[i].masked
		question = question || t.toks[i].asked
		money = money || t.toks[i].kind == idMoney
		number = number || t.toks[i].kind == idNumber
	}
	for i, b := range [...]bool{question, money, number} {
		if b {
			t.feature(pair(uint32(i), 0, bears))
			t.feature(pair(uint32(i), asked, bears))
		}
	}
	has := t.has
	if from > 0 || to < len(t.toks) {
		has = 0
		for _, f := range t.found {
			if int(f.start) >= from && int(f.end) <= to {
				has |= t.g.rules[f.rule].label.bit()
			}
		}
	}
	said := has & (1<<lDate - 2)
	if has>>(lDate+1) != 0 {
		t.feature(pair(dateBorne, 0, bears))
	}
	for l := label(1); l < lDate; l++ {
		if masked&l.bit() != 0 && l <= lConcern {
			t.feature(pair(uint32(l), 0, ruleMasked))
		}
		if said&l.bit() == 0 {
			continue
		}
		t.feature(pair(uint32(l), 0, ruleHolds))
		t.feature(pair(uint32(l), asked, ruleAsked))
		t.feature(pair(uint32(l), role, ruleRole))
		if said == l.bit() {
			t.feature(pair(uint32(l), 0, ruleAlone))
		}
		for m := l + 1; m < lDate; m++ {
			if said&m.bit() != 0 {
				t.feature(pair(uint32(l), uint32(m), ruleBoth))
			}
		}
	}
}

// wordHash hashes the word a token stands for, and notes the head of a long one.
func (t *text) wordHash(k *token) uint32 {
	switch {
	case k.kind != noWord && k.kind != idName:
		return hashBytes(hashSeed, t.g.v.text[k.kind])
	case k.id != noWord:
		w := t.g.v.text[k.id]
		if len(w) > headLength {
			t.feature(pair(hashBytes(hashSeed, w[:headLength]), 0, 4))
		}
		return hashBytes(hashSeed, w)
	}
	h := uint32(hashSeed)
	n := 0
	for _, r := range t.in.Text[k.start:k.end] {
		f := foldRune(r)
		if f == 0 {
			continue
		}
		h = (h ^ uint32(f)) * hashPrime
		if n++; n == headLength {
			t.feature(pair(h, 0, 4))
		}
	}
	return h
}
