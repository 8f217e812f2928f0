package understand

import (
	"cmp"
	"slices"
)

// wordID stands for a word of the word files, or for what tokens are drawn together to.
type wordID uint16

const (
	noWord    wordID = iota
	idNumber         // #n: a number with nothing said of what it counts
	idMoney          // #money
	idOrdinal        // #ord: 15th, 1ro
	idNumeric        // #date: 3/15, 2026-03-15
	idTime           // #time: 5pm, 17:30
	idPhone          // #phone
	idPercent        // #pct
	idHash           // #no: a number with a mark that makes it an item of a list
	idName           // #name: a word no file knows, or one with a capital where none is due
	firstWord
)

var kindNames = [firstWord]string{"", "#n", "#money", "#ord", "#date", "#time", "#phone", "#pct", "#no", "#name"}

// lexeme is what the word files say of a word beyond its place in patterns.
type lexeme struct {
	langs    uint8 // a bit a file that uses the word
	numLangs uint8 // a bit a file in which it is a number
	num      int64 // hundredths
	times    int64 // 100, 1000: a multiplier
	weak     bool  // a number only before a unit or a multiplier: a, un
	weekday  int8  // 1 Sunday … 7 Saturday, 0 none
	month    int8
	ordinal  int8
	unit     unit
	roles    roleSet
	negLangs uint8  // a bit a file in which it negates
	tongue   string // the language it names, otherTongue for one that is not spoken here
}

type unit uint8

const (
	noUnit unit = iota
	minutes
	hours
	days
	weeks
	months
	years
)

var unitNames = map[string]unit{"minute": minutes, "hour": hours, "day": days, "week": weeks, "month": months, "year": years}

// roleSet is what the code itself must know of a word. The word files give each role as a class of that name.
type roleSet uint64

const (
	isNegator roleSet = 1 << iota
	isUnreal
	isScopeEnd
	isCurrency
	isCents
	isAnd
	isHalf
	isMeridiem
	isOrdinalMark
	isPast
	isFuture
	isPolite
	isNotAmountBefore
	isNotAmountAfter
	isClockBefore
	isScaleBefore
	isOutOf
	isThousand
	isNear
	isOf
	isPaidVerb
	isPassive
	isCorrection
	isPoint
	isOtherCost
	isTurn
	isStopKeyword
	isMy
	isBlame
	isMaybePast
	isUntil
	isNoTrouble
	isOffer
	isArticle
	isSum
)

var roleNames = map[string]roleSet{
	"negator": isNegator, "unreal": isUnreal, "scope-end": isScopeEnd, "currency": isCurrency, "cents": isCents, "and": isAnd,
	"half": isHalf, "meridiem": isMeridiem, "ordinal-mark": isOrdinalMark, "past": isPast, "future": isFuture, "polite": isPolite,
	"not-amount-before": isNotAmountBefore, "not-amount-after": isNotAmountAfter, "clock-before": isClockBefore,
	"scale-before": isScaleBefore, "out-of": isOutOf, "thousand": isThousand, "near": isNear, "of": isOf, "paid-verb": isPaidVerb,
	"passive": isPassive, "correction": isCorrection, "point": isPoint, "other-cost": isOtherCost,
	"turn": isTurn, "stop-keyword": isStopKeyword, "my-own": isMy, "blame": isBlame, "maybe-past": isMaybePast, "until": isUntil, "no-trouble": isNoTrouble, "offer": isOffer, "article": isArticle, "sum-word": isSum,
}

type vocab struct {
	ids   map[string]wordID
	text  []string
	lex   []lexeme
	alike []soundAlike
	near  []nearForm // by hash
}

func newVocab() *vocab {
	v := &vocab{ids: map[string]wordID{}, text: make([]string, firstWord), lex: make([]lexeme, firstWord)}
	copy(v.text, kindNames[:])
	for id := idNumber; id < firstWord; id++ {
		v.ids[kindNames[id]] = id
	}
	return v
}

// add gives the word's id, new or known, and notes the language.
func (v *vocab) add(word string, lang uint8) wordID {
	id, ok := v.ids[word]
	if !ok {
		id = wordID(len(v.text))
		v.ids[word] = id
		v.text = append(v.text, word)
		v.lex = append(v.lex, lexeme{})
	}
	if id >= firstWord {
		v.lex[id].langs |= lang
	}
	return id
}

// minNear is the shortest word that a near miss is looked for: shorter ones have too many real neighbours.
const minNear = 5

// nearForm is a word as it is or with one letter left out. By hash, these are an eighth of what they would be as a map of
// strings; of two forms of one hash, oneSlip tells.
type nearForm struct {
	hash uint32
	id   wordID
}

// indexNear prepares near misses by deletion (after SymSpell): two words at most one slip apart share a form with one
// letter left out.
func (v *vocab) indexNear() {
	var buf [64]byte
	for id := firstWord; int(id) < len(v.text); id++ {
		w := v.text[id]
		if len(w) < minNear && v.lex[id].roles&isNear == 0 || !isASCIIWord(w) {
			continue
		}
		v.near = append(v.near, nearForm{hashBytes(hashSeed, w), id})
		for i := range w {
			if i > 0 && w[i] == w[i-1] {
				continue
			}
			d := append(append(buf[:0], w[:i]...), w[i+1:]...)
			v.near = append(v.near, nearForm{hashBytes(hashSeed, d), id})
		}
	}
	slices.SortStableFunc(v.near, func(a, b nearForm) int { return cmp.Compare(a.hash, b.hash) })
	v.near = slices.Clip(v.near)
}

func isASCIIWord(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

// find gives the id of a folded word: itself, without its drawn-out letters, or its one near miss.
func (v *vocab) find(w []byte) wordID {
	if id, ok := v.ids[string(w)]; ok {
		return id
	}
	var buf [64]byte
	if len(w) > len(buf)-2 {
		return noWord
	}
	for keep := 2; keep >= 1; keep-- {
		if s := squeeze(buf[:0], w, keep); len(s) < len(w) {
			if id, ok := v.ids[string(s)]; ok {
				return id
			}
		}
	}
	if len(w) >= minNear-1 && isASCIIWord(string(w)) {
		for i := range v.alike {
			if id, ok := v.alike[i].words[v.alike[i].key(string(w))]; ok {
				return id
			}
		}
	}
	return v.findNear(w)
}

// squeeze shortens every run of a letter to at most keep; a run of two is left alone unless some run is longer.
func squeeze(dst, w []byte, keep int) []byte {
	run, longest := 0, 0
	for i := range w {
		if i > 0 && w[i] == w[i-1] {
			run++
		} else {
			run = 1
		}
		longest = max(longest, run)
	}
	if longest < 3 {
		return append(dst, w...)
	}
	run = 0
	for i := range w {
		if i > 0 && w[i] == w[i-1] {
			run++
		} else {
			run = 1
		}
		if run <= keep {
			dst = append(dst, w[i])
		}
	}
	return dst
}

func (v *vocab) findNear(w []byte) wordID {
	if len(w) < 4 || !isASCIIWord(string(w)) {
		return noWord
	}
	best := noWord
	try := func(key []byte) {
		h := hashBytes(hashSeed, key)
		i, _ := slices.BinarySearchFunc(v.near, h, func(f nearForm, h uint32) int { return cmp.Compare(f.hash, h) })
		for ; i < len(v.near) && v.near[i].hash == h; i++ {
			id := v.near[i].id
			t := v.text[id]
			if !oneSlip(w, t) {
				continue
			}
			if best == noWord || w[0] == t[0] && v.text[best][0] != w[0] || v.text[best][0] == t[0] && len(t) == len(w) && len(v.text[best]) != len(w) {
				best = id
			}
		}
	}
	try(w)
	var buf [64]byte
	for i := range w {
		d := append(buf[:0], w[:i]...)
		d = append(d, w[i+1:]...)
		try(d)
	}
	return best
}

// oneSlip is true if one letter left out, put in, swapped or mistaken makes the word. A first letter is rarely mistaken
// and a short word has many real neighbours, so those two slips must be swaps or doubled letters.
func oneSlip(w []byte, t string) bool {
	i := 0
	for i < len(w) && i < len(t) && w[i] == t[i] {
		i++
	}
	a, b := string(w[i:]), t[i:]
	short := len(t) < 5
	switch len(w) - len(t) {
	case 0:
		if len(a) >= 2 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:] {
			return true
		}
		return !short && i > 0 && len(a) > 0 && a[1:] == b[1:]
	case 1:
		return a[1:] == b && (!short && i > 0 || i > 0 && a[0] == w[i-1])
	case -1:
		return b[1:] == a && !short && i > 0
	}
	return false
}
