package flows

import (
	"maps"
	"slices"
	"strings"
)

// edge is one way on from a step, taken in some case at least.
type edge struct {
	from, to int // to len(steps): off the end of the file; ended: -1
	kind     edgeKind
	branch   *Branch
}

type edgeKind int

const (
	plain   edgeKind = iota // it just goes on
	answer                  // the party has answered
	result                  // an action was carried out
	skipped                 // the step's condition does not hold
)

const ended = -1

// edges lists every way on from a step.
func (f *Flow) edges(i int, words Vocabulary) []edge {
	s := f.Steps[i]
	var all []edge
	add := func(e edge) {
		same := func(o edge) bool { return o.to == e.to && o.kind == e.kind && o.branch == e.branch }
		if !slices.ContainsFunc(all, same) {
			all = append(all, e)
		}
	}
	if s.OnlyIf != "" || s.Unless != "" {
		add(edge{from: i, to: i + 1, kind: skipped})
	}
	if !s.waits() {
		add(edge{from: i, to: f.target(i, s.Go, s.End)})
		return all
	}
	kind := answer
	if s.Do != "" {
		kind = result
	}
	f.cases(s, words, func(word string, facts map[string]bool) {
		at := s.pick(word, facts)
		if at < 0 {
			add(edge{from: i, to: i + 1, kind: kind})
			return
		}
		b := &f.Steps[i].Then[at]
		add(edge{from: i, to: f.target(i, b.Go, b.End), kind: kind, branch: b})
	})
	return all
}

func (f *Flow) target(i int, goes, end string) int {
	switch {
	case end != "":
		return ended
	case goes != "":
		return f.index(goes)
	}
	return i + 1
}

// cases calls try for every answer or result of a step, under every set of
// the facts that its lines ask about.
func (f *Flow) cases(s Step, words Vocabulary, try func(word string, facts map[string]bool)) {
	answers := s.Expect.values()
	if s.Expect.Kind == Text && len(s.None) > 0 {
		answers = []string{"", None}
	}
	if s.Do != "" {
		a, _ := words.Action(s.Do)
		answers = a.Results
	}
	if len(answers) == 0 {
		answers = []string{""}
	}
	asked := map[string]bool{}
	for _, b := range s.Then {
		for _, fact := range []string{b.If, b.Unless} {
			if _, known := words.Fact(fact); known { // the check tells of others
				asked[fact] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(asked))
	for _, word := range answers {
		for set := range 1 << len(names) {
			facts := map[string]bool{}
			for i, name := range names {
				facts[name] = set&(1<<i) != 0
			}
			try(word, facts)
		}
	}
}

// pick finds the branch that applies, -1 if none does.
func (s Step) pick(word string, facts map[string]bool) int {
	r := &run{facts: facts}
	return slices.IndexFunc(s.Then, func(b Branch) bool { return r.applies(b, word) })
}

// graph: each step reachable, an end from each, no way off the end of the
// file, no loop without a wait, each result covered, no line that never
// applies, each action with the variables that it needs.
func (k *checker) graph() {
	f := k.flow
	ways := make([][]edge, len(f.Steps))
	for i, s := range f.Steps {
		ways[i] = f.edges(i, k.words)
		for _, e := range ways[i] {
			if e.to == len(f.Steps) {
				k.fault(s.ID, "it leads nowhere: no step comes after it, and it does not end")
			}
		}
		k.lines(s)
	}
	reached := reach(ways, f.starts())
	for i, s := range f.Steps {
		switch {
		case !reached[i]:
			k.fault(s.ID, "no way leads to it")
		case !endsFrom(ways, i):
			k.fault(s.ID, "no way leads from it to an end")
		}
	}
	k.loops(ways)
	k.needs(ways)
}

// starts are the first step and the entries.
func (f *Flow) starts() []int {
	all := []int{0}
	for _, entry := range f.Entries {
		all = append(all, f.index(entry))
	}
	return all
}

// lines: every result has a line, and every line is there for something.
func (k *checker) lines(s Step) {
	used := make([]bool, len(s.Then))
	missing := map[string]bool{}
	k.flow.cases(s, k.words, func(word string, facts map[string]bool) {
		if at := s.pick(word, facts); at >= 0 {
			used[at] = true
		} else if s.Do != "" {
			missing[word] = true
		}
	})
	for _, word := range slices.Sorted(maps.Keys(missing)) {
		k.fault(s.ID, "%s may come to %s, and no line says what follows", s.Do, word)
	}
	for i, ok := range used {
		if !ok {
			k.fault(s.ID, "line %d of `then` never applies", i+1)
		}
	}
}

// reach marks every step that some way leads to.
func reach(ways [][]edge, from []int) []bool {
	seen := make([]bool, len(ways))
	for todo := slices.Clone(from); len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i < 0 || i >= len(ways) || seen[i] {
			continue
		}
		seen[i] = true
		for _, e := range ways[i] {
			todo = append(todo, e.to)
		}
	}
	return seen
}

func endsFrom(ways [][]edge, from int) bool {
	seen := reach(ways, []int{from})
	for i, ok := range seen {
		if ok && slices.ContainsFunc(ways[i], func(e edge) bool { return e.to == ended }) {
			return true
		}
	}
	return false
}

// loops finds a round that no answer of the party's interrupts: the engine
// would go round for ever.
func (k *checker) loops(ways [][]edge) {
	const open, closed = 1, 2
	mark := make([]int, len(ways))
	var path []string
	var visit func(i int)
	visit = func(i int) {
		if i < 0 || i >= len(ways) || mark[i] == closed {
			return
		}
		id := k.flow.Steps[i].ID
		if mark[i] == open {
			k.fault(id, "it goes round without a wait: %s", strings.Join(append(path[slices.Index(path, id):], id), ", "))
			return
		}
		mark[i] = open
		path = append(path, id)
		for _, e := range ways[i] {
			if e.kind != answer {
				visit(e.to)
			}
		}
		path = path[:len(path)-1]
		mark[i] = closed
	}
	for i := range ways {
		visit(i)
	}
}

// needs proves that on every way to an action its variables are there: asked
// for, or known by a has_ fact.
func (k *checker) needs(ways [][]edge) {
	known := make([]map[string]bool, len(ways)) // nil: not reached yet
	type visit struct {
		step int
		vars map[string]bool
	}
	var todo []visit
	for _, i := range k.flow.starts() {
		todo = append(todo, visit{i, map[string]bool{}})
	}
	for len(todo) > 0 {
		v := todo[0]
		todo = todo[1:]
		if v.step < 0 || v.step >= len(ways) {
			continue
		}
		if was := known[v.step]; was != nil {
			both := maps.Clone(was)
			maps.DeleteFunc(both, func(name string, _ bool) bool { return !v.vars[name] })
			if len(both) == len(was) {
				continue
			}
			v.vars = both
		}
		known[v.step] = v.vars
		for _, e := range ways[v.step] {
			todo = append(todo, visit{e.to, k.after(e, v.vars)})
		}
	}
	for i, s := range k.flow.Steps {
		a, _ := k.words.Action(s.Do)
		for _, name := range a.Needs {
			if known[i] != nil && !known[i][name] {
				k.fault(s.ID, "%s needs the %s, and one way here neither asks for it nor has it", s.Do, name)
			}
		}
	}
}

// after is what is known once an edge is taken.
func (k *checker) after(e edge, before map[string]bool) map[string]bool {
	s := k.flow.Steps[e.from]
	vars := maps.Clone(before)
	learn := func(fact string) {
		if f, _ := k.words.Fact(fact); f.Var != "" {
			vars[f.Var] = true
		}
	}
	switch {
	case e.kind == skipped && s.OnlyIf == "":
		learn(s.Unless)
	case e.kind != skipped:
		learn(s.OnlyIf)
		if s.Ask != "" && s.Expect.Kind != Text {
			vars[s.question()] = true
		}
	}
	if e.branch != nil {
		learn(e.branch.If)
	}
	return vars
}
