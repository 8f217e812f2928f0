package intake

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sensitive says whether a difference does not show a field's values: people's
// names and numbers, and free text.
func sensitive(field string) bool {
	switch field {
	case "name", "phone", "email", "contact", "how", "title", "payee":
		return true
	}
	return false
}

// DiffCase says what differs from old to new, a line a field: "mediated_on:
// 2026-03-02 → 2026-03-03", "parties[o].phone: changed". Names, numbers and
// free text are not shown. No line: they say the same; the order of what has a
// key, such as parties, says nothing.
func DiffCase(old, new Case) []string { return diff("", old.tree(), new.tree()) }

// DiffProgram says what differs from old to new, as DiffCase does.
func DiffProgram(old, new Program) []string { return diff("", old.tree(), new.tree()) }

func diff(path string, old, new *yaml.Node) []string {
	switch {
	case old == nil && new == nil:
		return nil
	case old != nil && new != nil && old.Kind != new.Kind:
		return []string{path + ": changed"}
	case grouped(old) || grouped(new):
		if old == nil && strings.HasSuffix(path, "]") {
			return []string{path + ": added"}
		}
		if new == nil && strings.HasSuffix(path, "]") {
			return []string{path + ": removed"}
		}
		return diffGroups(path, parts(old), parts(new))
	}
	was, is := shown(old), shown(new)
	if was == is {
		return nil
	}
	if sensitive(path[strings.LastIndexByte(path, '.')+1:]) {
		switch {
		case old == nil:
			return []string{path + ": added"}
		case new == nil:
			return []string{path + ": removed"}
		}
		return []string{path + ": changed"}
	}
	return []string{fmt.Sprintf("%s: %s → %s", path, was, is)}
}

// diffGroups goes through the old parts in order and then what is new.
func diffGroups(path string, old, new []named) []string {
	var out []string
	at := func(l []named, name string) *yaml.Node {
		for _, n := range l {
			if n.name == name {
				return n.node
			}
		}
		return nil
	}
	for _, o := range old {
		out = append(out, diff(under(path, o.name), o.node, at(new, o.name))...)
	}
	for _, n := range new {
		if at(old, n.name) == nil {
			out = append(out, diff(under(path, n.name), nil, n.node)...)
		}
	}
	return out
}

// named is a part of a group: a field of a mapping, or an element of a list,
// "[key]" or "[#1]".
type named struct {
	name string
	node *yaml.Node
}

func under(path, name string) string {
	if strings.HasPrefix(name, "[") {
		return path + name
	}
	return join(path, name)
}

// grouped says whether n is a mapping or a list of them; a list of plain values
// is shown as one.
func grouped(n *yaml.Node) bool {
	if n == nil {
		return false
	}
	return n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

func parts(n *yaml.Node) []named {
	var out []named
	switch {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			out = append(out, named{n.Content[i].Value, n.Content[i+1]})
		}
	default:
		for i, el := range n.Content {
			name := fmt.Sprintf("[#%d]", i+1)
			if key := keyOf(el); key != "" {
				name = "[" + key + "]"
			}
			out = append(out, named{name, el})
		}
	}
	return out
}

func shown(n *yaml.Node) string {
	switch {
	case n == nil:
		return "none"
	case n.Kind == yaml.SequenceNode:
		var items []string
		for _, el := range n.Content {
			items = append(items, el.Value)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return n.Value
}
