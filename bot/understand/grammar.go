package understand

import (
	"fmt"
	"strings"
)

// label is what a rule says of the words it matches.
type label uint8

const (
	noLabel label = iota
	lStop
	lWrongNumber
	lStart
	lLanguage
	lPaid
	lNotReceived
	lReceived
	lLater
	lDone
	lBalance
	lCall
	lResources
	lHelp
	lUrgent
	lConcern
	lYes
	lNo
	lUnsure
	lPart   // some of it, half
	lAnswer // "not answer" alone is of use: these words answer nothing
	lDate   // and all after it: a date by the rule of that name
	lDateToday
	lDateTomorrow
	lDateYesterday
	lDateBeforeYesterday
	lDateAfterTomorrow
	lDateAgo
	lDateIn
	lDateMore
	lDateWeekday
	lDateWeekdayAfter
	lDateWeekdayNext
	lDateWeekdayLast
	lDateMonthDay
	lDateDay
	lDateNumeric
	lDateMonthEnd
	lDateNextMonthEnd
	lDateMonthFirst
	lDateNextMonthFirst
	lDateNext
	lDateLast
	lDateWeekdaysAgo
	lDateCounted
	lDateWeekdayWeek
	lDue
	lAmountDue
	labelCount
)

var labelNames = [labelCount]string{
	"", "stop", "wrong_number", "start", "language", "paid", "not_received", "received", "later", "done", "balance", "call",
	"resources", "help", "urgent", "concern", "yes", "no", "unsure", "part", "answer", "date", "date.today", "date.tomorrow", "date.yesterday",
	"date.before-yesterday", "date.after-tomorrow", "date.ago", "date.in", "date.more", "date.weekday", "date.weekday-after",
	"date.weekday-next", "date.weekday-last", "date.month-day", "date.day", "date.numeric", "date.month-end",
	"date.next-month-end", "date.month-first", "date.next-month-first", "date.next", "date.last",
	"date.weekdays-ago", "date.counted", "date.weekday-week", "due", "amount-due",
}

func (l label) bit() uint64 { return 1 << l }

func (l label) isDate() bool { return l > lDate && l < lDue }

func labelOf(name string) label {
	for i, n := range labelNames {
		if n == name && n != "" {
			return label(i)
		}
	}
	return noLabel
}

// rule is one pattern and what it says.
type rule struct {
	label  label
	blank  uint64 // the labels it blanks its words out for, in place of a label
	role   string // "" for either
	fact   bool   // does not hold in reach of if, should, supposed to
	anyway bool   // holds in reach of a negator too
	prog   []op
	first  wordSet   // nil: may begin anywhere
	needs  []wordSet // of each of these the text must hold a word
	marks  []uint64  // of each of these
}

// grammar is the word files, made ready.
type grammar struct {
	v     *vocab
	langs []string
	rules []rule
	blank [][]int32 // by word: the blanking rules that need one of its kind
	says  [][]int32 // by word: the other rules
	alike [][]op    // each matches words for one and the same option
	about concepts

	models *Models
	places []uint16 // of the models' features
}

// newGrammar reads the embedded word files and models.
func newGrammar() (*grammar, error) {
	g, err := readWords()
	if err != nil {
		return nil, err
	}
	if g.models, err = ReadModels(modelFile); err != nil {
		return nil, err
	}
	g.places = g.models.places()
	return g, nil
}

// readWords reads the embedded word files.
func readWords() (*grammar, error) {
	sections, langs, err := loadSections()
	if err != nil {
		return nil, err
	}
	g := &grammar{v: newVocab(), langs: langs, about: concepts{whole: map[string]about{}, heads: map[string]about{}}}
	p := &parser{v: g.v, classes: map[string][]*node{}, sets: shared{}}
	for i := range sections {
		if sections[i].head[0] == "same" {
			if err := g.v.same(&sections[i]); err != nil {
				return nil, err
			}
		}
	}
	for i := range sections {
		if err := g.loadClass(p, &sections[i]); err != nil {
			return nil, err
		}
	}
	var needs []wordSet
	for i := range sections {
		if needs, err = g.loadRules(p, &sections[i], needs); err != nil {
			return nil, err
		}
	}
	g.v.add("&", 0)
	g.blank = make([][]int32, len(g.v.text))
	g.says = make([][]int32, len(g.v.text))
	for r, need := range needs {
		table := g.says
		if g.rules[r].blank != 0 {
			table = g.blank
		}
		for _, id := range need {
			table[id] = append(table[id], int32(r))
		}
	}
	g.v.indexNear()
	g.about.index(g.v)
	for i := range sections {
		if sections[i].head[0] == "sound" {
			if err := g.v.sounds(&sections[i]); err != nil {
				return nil, err
			}
		}
	}
	return g, nil
}

// loadClass reads the sections that name words: class, value and ordinary.
func (g *grammar) loadClass(p *parser, s *section) error {
	p.lang = s.lang
	switch {
	case s.head[0] == "concept":
		return g.about.load(s)
	case s.head[0] == "ordinary" && len(s.head) == 1:
		for _, line := range s.lines {
			for _, w := range strings.Fields(line) {
				g.v.add(fold(w), s.lang)
			}
		}
	case s.head[0] == "value" && len(s.head) == 2:
		if err := g.v.values(s); err != nil {
			return err
		}
		return g.valueClass(p, s)
	case s.head[0] == "class" && len(s.head) == 2:
		name := s.head[1]
		for i, line := range s.lines {
			for _, w := range strings.Fields(line) {
				n, err := p.atom(w)
				if err != nil {
					return s.errorf(i, "%v", err)
				}
				p.classes[name] = append(p.classes[name], n)
				if tongue, ok := strings.CutPrefix(name, "tongue-"); ok && n.leaf {
					for id := range g.v.text {
						if n.op.set.has(wordID(id)) {
							g.v.lex[id].tongue = tongue
						}
					}
				}
				if role := roleNames[name]; role != 0 && n.leaf {
					for _, id := range n.op.words() {
						g.v.lex[id].roles |= role
						if role == isNegator {
							g.v.lex[id].negLangs |= s.lang
						}
					}
				}
			}
		}
	}
	return nil
}

// valueClass makes the words of a value section a class of its name: @weekday, @month; of units also @day, @week.
func (g *grammar) valueClass(p *parser, s *section) error {
	for i, line := range s.lines {
		key, words, _ := strings.Cut(line, ":")
		if strings.HasPrefix(key, "weak ") && s.head[1] != "number" {
			continue // sat, sun: a day where a pattern says so
		}
		for _, w := range strings.Fields(words) {
			n, err := p.atom(w)
			if err != nil {
				return s.errorf(i, "%v", err)
			}
			p.classes[s.head[1]] = append(p.classes[s.head[1]], n)
			if s.head[1] == "unit" {
				p.classes[key] = append(p.classes[key], n)
			}
		}
	}
	return nil
}

// loadRules reads the sections of patterns: a label with its flags, or "not" and the labels that are blanked out.
func (g *grammar) loadRules(p *parser, s *section, needs []wordSet) ([]wordSet, error) {
	switch s.head[0] {
	case "class", "value", "ordinary", "same", "sound", "concept":
		return needs, nil
	case "alike":
		for i, line := range s.lines {
			if line == "" {
				continue
			}
			n, err := p.parse(strings.Join(strings.Fields(line), "|"))
			if err != nil {
				return nil, s.errorf(i, "%v", err)
			}
			g.alike = append(g.alike, p.program(n))
		}
		return needs, nil
	}
	p.lang = s.lang
	var r rule
	if s.head[0] == "not" {
		for _, name := range s.head[1:] {
			switch name {
			case "risk":
				r.blank |= lUrgent.bit() | lConcern.bit()
			case "date":
				for l := lDate; l < lDue; l++ {
					r.blank |= l.bit()
				}
			case "anything":
				r.blank |= lUrgent.bit() - 2
			default:
				l := labelOf(name)
				if l == noLabel {
					return nil, s.errorf(-1, "no such label: %s", name)
				}
				r.blank |= l.bit()
			}
		}
	} else {
		if r.label = labelOf(s.head[0]); r.label == noLabel {
			return nil, s.errorf(-1, "no such heading: %s", s.head[0])
		}
		for _, flag := range s.head[1:] {
			switch flag {
			case "fact":
				r.fact = true
			case "anyway":
				r.anyway = true
			case Victim, Offender:
				r.role = strings.Clone(flag) // or the whole file stays
			default:
				return nil, s.errorf(-1, "no such word in a heading: %s", flag)
			}
		}
	}
	for i, line := range s.lines {
		if line == "" {
			continue
		}
		n, err := p.parse(line)
		if err != nil {
			return nil, s.errorf(i, "%v", err)
		}
		need := n.needs()
		if len(need) == 0 {
			return nil, s.errorf(i, "a pattern must hold one word at least: %q", line)
		}
		one := r
		one.prog = p.program(n)
		if set, open := n.first(); !open {
			one.first = *p.sets.set(set)
		}
		for _, other := range need[1:] {
			one.needs = append(one.needs, *p.sets.set(other))
			one.marks = append(one.marks, other.marks())
		}
		g.rules = append(g.rules, one)
		needs = append(needs, need[0])
	}
	return needs, nil
}

func (r *rule) String() string { return fmt.Sprintf("%s %s", labelNames[r.label], r.role) }
