package understand

import "unicode"

// token is one word, number, sign or picture of a text.
type token struct {
	start, end int32  // bytes of the text
	id         wordID // the word as written
	kind       wordID // what it is drawn together to, if anything
	brk        uint8  // what parts it from the token before
	negator    bool
	negated    bool // in reach of a negator
	unreal     bool // in reach of if, should, supposed to
	asked      bool // its sentence ends in a question mark
	picture    bool
	glued      bool // written together with the token before: 50usd
	wordNum    bool // a number in words
	dash       bool
	masked     uint64
	num        int64 // hundredths; an ordinal's rank
	y, m, d    int16 // the parts of a numeric date, in the order written: d is 0 where there are two
}

const (
	noBreak = iota
	clauseBreak
	sentenceBreak
)

func (t *token) in(s wordSet) bool {
	return t.id != noWord && s.has(t.id) || t.kind != noWord && s.has(t.kind)
}

// maxText is what the contract lets in, in characters.
const maxText = 1600

// scanner cuts a text into tokens.
type scanner struct {
	g     *grammar
	text  string
	toks  []token
	brk   uint8
	buf   []byte // the word at hand, folded
	money bool   // a $ stands before the number at hand
	minus bool
	hash  bool
}

func (s *scanner) scan() {
	first := 0 // of the sentence
	runes := 0
	s.brk = sentenceBreak
	for i := 0; i < len(s.text) && runes < maxText; {
		r, n := decode(s.text[i:])
		runes++
		f := foldRune(r)
		switch {
		case f == 0:
			i += n
		case f >= '0' && f <= '9':
			i = s.number(i)
		case isWordRune(f):
			i = s.word(i)
		case r == '½' || r == '¼' || r == '¾':
			t := s.push(i, i+n, noWord)
			t.kind, t.num = idNumber, map[rune]int64{'½': 50, '¼': 25, '¾': 75}[r]
			i += n
		case isEmoji(f) || f == ':' || f == '<':
			if m := s.picture(i); m > 0 {
				i = m
				break
			}
			if isEmoji(f) {
				s.brk = sentenceBreak
			} else {
				s.brk = max(s.brk, clauseBreak)
			}
			i += n
		default:
			s.mark(f, i, n)
			if f == '?' {
				for k := first; k < len(s.toks); k++ {
					s.toks[k].asked = true
				}
			}
			if s.brk == sentenceBreak {
				first = len(s.toks)
			}
			i += n
		}
	}
	s.joinSpelt()
}

// mark takes a sign that is neither word nor number.
func (s *scanner) mark(r rune, i, n int) {
	switch r {
	case '$', '€':
		if l := len(s.toks) - 1; l >= 0 && s.toks[l].kind == idNumber && int(s.toks[l].end) == i && !nextIsDigit(s.text[i+n:]) {
			s.toks[l].kind = idMoney
			s.toks[l].end = int32(i + n)
			return
		}
		s.money = true
		return
	case '-', '−', '–', '—':
		if nextIsDigit(s.text[i+n:]) && (i == 0 || s.text[i-1] == ' ' || s.money) || s.text[i+n:] != "" && s.text[i+n] == '$' {
			s.minus = true
			return
		}
		if i > 0 && s.text[i-1] != ' ' && i+n < len(s.text) && s.text[i+n] != ' ' {
			return // a hyphen
		}
		s.brk = max(s.brk, clauseBreak)
	case '%':
		if l := len(s.toks) - 1; l >= 0 && s.toks[l].kind == idNumber {
			s.toks[l].kind = idPercent
		}
	case '#':
		if next, _ := decode(s.text[i+n:]); len(s.toks) > 0 && !isWordRune(foldRune(next)) {
			s.push(i, i+n, s.g.v.ids["number"]) // wrong #
			return
		}
		s.hash = true
		return
	case '.', '!', '?', '\n', ';', '…', '\r':
		if r == '.' && len(s.toks) > 0 {
			// a.m., p.m., U.S.
			t := s.toks[len(s.toks)-1]
			if t.end-t.start == 1 && int(t.end) == i && i+n < len(s.text) && s.text[i+n] != ' ' {
				return
			}
		}
		s.brk = sentenceBreak
	case ',', '(', ')', '/', '¿', '¡', '"', '“', '”', '&', '=', '|', '[', ']':
		if r == '&' {
			s.push(i, i+n, s.g.v.ids["&"])
			return
		}
		if r == '¿' || r == '¡' {
			s.brk = sentenceBreak
		}
		s.brk = max(s.brk, clauseBreak)
	}
	if r != ' ' {
		s.money, s.minus, s.hash = false, false, false
	}
}

func (s *scanner) push(i, j int, id wordID) *token {
	s.toks = append(s.toks, token{start: int32(i), end: int32(j), id: id, brk: s.brk})
	s.brk = noBreak
	return &s.toks[len(s.toks)-1]
}

func isWordRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == 'ª' || r == 'º' || r == '°'
}

func nextIsDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// word takes letters and what is glued to them. A word that holds digits is looked up whole first: b4, 2nite.
func (s *scanner) word(i int) int {
	s.buf = s.buf[:0]
	j, digit := i, -1
	for j < len(s.text) {
		r, n := decode(s.text[j:])
		f := foldRune(r)
		if f != 0 && !isWordRune(f) {
			break
		}
		if f >= '0' && f <= '9' && digit < 0 {
			digit = j
		}
		if f != 0 {
			s.buf = appendRune(s.buf, f)
		}
		j += n
	}
	s.money, s.minus, s.hash = false, false, false
	if digit > i {
		id, ok := s.g.v.ids[string(s.buf)]
		if !ok {
			whole := len(s.buf)
			j, s.buf = digit, s.buf[:whole-digits(s.buf)]
			id = s.g.v.find(s.buf)
		}
		s.push(i, j, id)
		return j
	}
	capital := s.text[i] >= 'A' && s.text[i] <= 'Z' && j-i > 1 && s.text[i+1] >= 'a'
	id := s.g.v.find(s.buf)
	if capital && s.brk != sentenceBreak && id != noWord && s.g.v.text[id] != string(s.buf) {
		id = noWord // a name is not a slip for another word
	}
	t := s.push(i, j, id)
	if id == noWord && len(s.buf) > 2 {
		t.kind = idName
	}
	return j
}

// digits counts a word's bytes from its first digit on.
func digits(w []byte) int {
	for i, c := range w {
		if c >= '0' && c <= '9' {
			return len(w) - i
		}
	}
	return 0
}

// picture takes an emoji, :( or <3 that the word files know.
func (s *scanner) picture(i int) int {
	for n := min(len(s.text)-i, 4); n >= 2; n-- {
		if id, ok := s.g.v.ids[s.text[i:i+n]]; ok && s.text[i] != ' ' {
			if s.text[i] < 0x80 && id < firstWord {
				continue
			}
			s.brk = sentenceBreak
			s.push(i, i+n, id).picture = true
			s.brk = sentenceBreak
			return i + n
		}
	}
	return 0
}

// joinSpelt reads s t o p as one word.
func (s *scanner) joinSpelt() {
	for i := 0; i < len(s.toks); i++ {
		j := i
		s.buf = s.buf[:0]
		for j < len(s.toks) && s.toks[j].end-s.toks[j].start == 1 && (s.toks[j].kind == noWord || s.toks[j].kind == idName) && (j == i || s.toks[j].brk <= clauseBreak || s.text[s.toks[j].start-1] != ' ') {
			if c := s.text[s.toks[j].start]; c < 0x80 {
				s.buf = appendRune(s.buf, foldRune(rune(c)))
			}
			j++
		}
		if j-i < 3 {
			i = max(i, j-1)
			continue
		}
		if id, ok := s.g.v.ids[string(s.buf)]; ok {
			s.toks[i].id, s.toks[i].end = id, s.toks[j-1].end
			s.toks = append(s.toks[:i+1], s.toks[j:]...)
		} else {
			i = j - 1
		}
	}
}
