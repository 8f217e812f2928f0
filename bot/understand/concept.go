package understand

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// maxConcepts is how many things words may be about.
const maxConcepts = 128

// about is what a word is about, a bit a concept.
type about [maxConcepts / 64]uint64

func (a *about) add(c int)     { a[c>>6] |= 1 << (c & 63) }
func (a *about) union(b about) { a[0] |= b[0]; a[1] |= b[1] }
func (a about) none() bool     { return a[0]|a[1] == 0 }

// appendTo appends the numbers of the concepts.
func (a about) appendTo(to []uint8) []uint8 {
	for i, w := range a {
		for ; w != 0; w &= w - 1 {
			to = append(to, uint8(i<<6+bits.TrailingZeros64(w)))
		}
	}
	return to
}

// concepts is what words are about, in any language: the same fear in two languages is one feature to the models.
type concepts struct {
	names []string
	whole map[string]about
	heads map[string]about // a word's beginning
	words []about          // by word of the vocabulary
}

// minHead is the shortest beginning of a word that may stand for it.
const minHead = 3

// load reads a section "concept NAME:" of words and of beginnings: afraid terrif*
func (c *concepts) load(s *section) error {
	if len(s.head) != 2 {
		return s.errorf(-1, "want concept NAME")
	}
	n := slices.Index(c.names, s.head[1])
	if n < 0 {
		n = len(c.names)
		if n == maxConcepts {
			return fmt.Errorf("%d concepts are too many", n+1)
		}
		c.names = append(c.names, s.head[1])
	}
	for i, line := range s.lines {
		for _, w := range strings.Fields(line) {
			head, isHead := strings.CutSuffix(w, "*")
			key, to := fold(head), c.whole
			if isHead {
				if len(key) < minHead {
					return s.errorf(i, "a beginning of %d letters at least: %q", minHead, w)
				}
				to = c.heads
			}
			a := to[key]
			a.add(n)
			to[key] = a
		}
	}
	return nil
}

// index looks every word of the vocabulary up.
func (c *concepts) index(v *vocab) {
	c.words = make([]about, len(v.text))
	for id := firstWord; int(id) < len(v.text); id++ {
		c.words[id] = c.of(v.text[id])
	}
}

// of is what a folded word is about.
func (c *concepts) of(w string) about {
	a := c.whole[w]
	for n := minHead; n <= len(w); n++ {
		if h, ok := c.heads[w[:n]]; ok {
			a.union(h)
		}
	}
	return a
}
