package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file and how to mend it. No part of
// it carries a value from the file, so that it may be logged and shown (law 10).
type Fault struct {
	File    string // as the caller named it
	Line    int    // of a file, from 1; 0 if it is nowhere in particular
	Row     int    // of a table, from 1, the header included; 0 for a file
	Path    string // of a file: "parties[o].phone"; "" for the file as a whole
	Column  string // of a table: "offender_phone"; "" for the row as a whole
	Message string // goes on from the path or column: "is missing; …"
}

// Error is the whole sentence: "case.yaml line 7: parties[o].phone is missing; …".
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	switch {
	case f.Row > 0:
		fmt.Fprintf(&b, " row %d", f.Row)
	case f.Line > 0:
		fmt.Fprintf(&b, " line %d", f.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if where := cmp.Or(f.Column, f.Path); where != "" {
		b.WriteString(where + " ")
	}
	b.WriteString(f.Message)
	return b.String()
}

// Faults are all the faults of a file, in its order.
type Faults []Fault

// Error is one sentence a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted puts faults in the file's order and drops repeats.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(f)
}

// err is nil for no faults, so that a caller's err != nil means what it says.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f.sorted()
}

// Origin says where a value was read from, so that later faults can say where
// too. It is no part of what the value means: Equal and Encode leave it out.
type Origin struct {
	File  string
	Row   int            // of a table; 0 for a file
	Lines map[string]int // of a file: by path
}

// checker gathers the faults of a value.
type checker struct {
	origin Origin
	faults Faults
}

// fault adds one at a path.
func (k *checker) fault(path, message string, args ...any) {
	f := Fault{File: k.origin.File, Path: path, Message: fmt.Sprintf(message, args...)}
	if k.origin.Row > 0 {
		f.Row, f.Path, f.Column = k.origin.Row, "", columnOf(path)
	} else {
		f.Line = k.origin.line(path)
	}
	k.faults = append(k.faults, f)
}

// line is the line of a path or of the nearest thing that holds it.
func (o Origin) line(path string) int {
	for path != "" {
		if n := o.Lines[path]; n > 0 {
			return n
		}
		path = parent(path)
	}
	return o.Lines[""]
}

// parent is the path of what holds path: "a[x].b" is in "a[x]", which is in "a".
func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	return path[:max(i, 0)]
}
