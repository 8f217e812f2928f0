package understand

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
)

//go:embed words/*.txt
var wordFiles embed.FS

// section is one headed block of a word file: what its lines are, and the lines.
type section struct {
	file  string
	line  int
	lang  uint8
	head  []string
	lines []string
}

func (s *section) errorf(i int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", s.file, s.line+1+i, fmt.Sprintf(format, args...))
}

// parseSections cuts a word file. A heading stands at the line's start and ends in a colon; what is indented below it is
// its lines; # begins a comment.
func parseSections(name, text string, lang uint8) ([]section, error) {
	var out []section
	for i, raw := range strings.Split(text, "\n") {
		line := strings.TrimRight(raw, " \t\r")
		body := strings.TrimSpace(line)
		if strings.HasPrefix(body, "# ") || body == "#" {
			body = ""
		}
		switch {
		case line != "" && body != "" && line[0] != ' ' && line[0] != '\t':
			if !strings.HasSuffix(body, ":") {
				return nil, fmt.Errorf("%s:%d: a heading ends in a colon", name, i+1)
			}
			out = append(out, section{file: name, line: i + 1, lang: lang, head: strings.Fields(strings.TrimSuffix(body, ":"))})
		case len(out) > 0:
			out[len(out)-1].lines = append(out[len(out)-1].lines, body)
		case body != "":
			return nil, fmt.Errorf("%s:%d: a line before any heading", name, i+1)
		}
	}
	return out, nil
}

// loadSections reads every word file, in the order of their names.
func loadSections() (all []section, langs []string, err error) {
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		return nil, nil, err
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, e := range entries {
		b, err := wordFiles.ReadFile(path.Join("words", e.Name()))
		if err != nil {
			return nil, nil, err
		}
		s, err := parseSections(e.Name(), string(b), 1<<len(langs))
		if err != nil {
			return nil, nil, err
		}
		langs = append(langs, strings.TrimSuffix(e.Name(), ".txt"))
		all = append(all, s...)
	}
	return all, langs, nil
}

// values reads a section of the form "value: words" into the lexicon.
func (v *vocab) values(s *section) error {
	for i, line := range s.lines {
		if line == "" {
			continue
		}
		key, words, ok := strings.Cut(line, ":")
		if !ok {
			return s.errorf(i, "want value: words")
		}
		for _, w := range strings.Fields(words) {
			id := v.add(fold(w), s.lang)
			if err := v.setValue(s, i, strings.TrimSpace(key), id); err != nil {
				return err
			}
		}
	}
	return nil
}

// same reads other spellings of a word: they become that word.
func (v *vocab) same(s *section) error {
	for i, line := range s.lines {
		if line == "" {
			continue
		}
		word, others, ok := strings.Cut(line, ":")
		if !ok {
			return s.errorf(i, "want word: spellings")
		}
		id := v.add(fold(word), s.lang)
		for _, w := range strings.Fields(others) {
			v.ids[fold(w)] = id
		}
	}
	return nil
}

// soundAlike is the words of one language by how they sound, for spellings by ear: ekivocado, aser, nesesito.
type soundAlike struct {
	rules [][2]string
	words map[string]wordID
}

// sounds reads a section "letters: letters" of what sounds the same, applied in order to every word.
func (v *vocab) sounds(s *section) error {
	one := soundAlike{words: map[string]wordID{}}
	for i, line := range s.lines {
		from, to, ok := strings.Cut(line, ":")
		if line == "" {
			continue
		}
		if !ok {
			return s.errorf(i, "want letters: letters")
		}
		one.rules = append(one.rules, [2]string{strings.TrimSpace(from), strings.TrimSpace(to)})
	}
	for id := firstWord; int(id) < len(v.text); id++ {
		w := v.text[id]
		if v.lex[id].langs&s.lang == 0 || len(w) < minNear || !isASCIIWord(w) {
			continue
		}
		key := one.key(w)
		if _, taken := one.words[key]; !taken {
			one.words[key] = id
		}
	}
	v.alike = append(v.alike, one)
	return nil
}

func (a *soundAlike) key(w string) string {
	for _, r := range a.rules {
		w = strings.ReplaceAll(w, r[0], r[1])
	}
	return w
}

func (v *vocab) setValue(s *section, i int, key string, id wordID) error {
	lex := &v.lex[id]
	if s.head[1] == "unit" {
		u, ok := unitNames[key]
		if !ok {
			return s.errorf(i, "no such unit: %s", key)
		}
		lex.unit = u
		return nil
	}
	digits, weak := strings.CutPrefix(key, "weak ")
	digits, times := strings.CutPrefix(digits, "x")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return s.errorf(i, "want a number, not %q", key)
	}
	switch s.head[1] {
	case "number":
		lex.numLangs |= s.lang
		lex.weak = weak
		if times {
			lex.times = int64(n)
		} else {
			lex.num = int64(n) * 100
		}
	case "weekday":
		lex.weekday = int8(n) + 1
	case "month":
		lex.month = int8(n)
	case "ordinal":
		lex.ordinal = int8(n)
	default:
		return s.errorf(i, "no such value: %s", s.head[1])
	}
	return nil
}
