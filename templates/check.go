package templates

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// check proves every text of every language: it parses, names only fields
// that its audience has, executes with the longest values whatever it asks
// for with Has, and has no word that it must not have. Languages must have
// the same texts, but for those that only an overlay brings.
func (b *Book) check() error {
	for _, code := range b.Languages() {
		l := b.languages[code]
		if lacks := l.Format.lacks(); lacks != "" {
			return fmt.Errorf("texts %s.yaml: %s", code, lacks)
		}
		if err := l.parse(); err != nil {
			return err
		}
		l.prepare()
		for _, at := range l.slots() {
			if err := b.checkText(l, at); err != nil {
				return fmt.Errorf("texts %s.yaml: %s: %w", code, at, err)
			}
		}
	}
	return b.complete()
}

func (b *Book) checkText(l *language, at slot) error {
	asked, err := fields(l.parsed[at], b.view(l, at, nil))
	if err != nil {
		return err
	}
	bodies, err := b.variants(l, at, asked)
	if err != nil {
		return err
	}
	for _, body := range bodies {
		if word := l.forbidden(body, at.discreet); word != "" {
			return fmt.Errorf("it must not say %q", word)
		}
	}
	return nil
}

// complete compares the languages: whatever the base has, all must have.
func (b *Book) complete() error {
	for _, code := range b.Languages() {
		l := b.languages[code]
		for _, at := range b.base.slots {
			if l.parsed[at] == nil {
				return fmt.Errorf("texts %s.yaml: %s is missing", code, at)
			}
		}
		for _, kind := range b.base.kinds {
			if l.Kinds[kind] == (wording{}) {
				return fmt.Errorf("texts %s.yaml: kinds.%s is missing", code, kind)
			}
		}
		for _, reason := range b.base.reasons {
			if l.Reasons[reason] == "" {
				return fmt.Errorf("texts %s.yaml: reasons.%s is missing", code, reason)
			}
		}
	}
	return nil
}

// base is what every language must have: what our own files have.
type baseline struct {
	slots          []slot
	kinds, reasons []string
}

func (base *baseline) add(l *language) {
	base.slots = append(base.slots, l.slots()...)
	base.kinds = slices.AppendSeq(base.kinds, maps.Keys(l.Kinds))
	base.reasons = slices.AppendSeq(base.reasons, maps.Keys(l.Reasons))
}

// slots lists where the language has texts, sorted.
func (l *language) slots() []slot {
	var all []slot
	l.texts(func(at slot, _ string) { all = append(all, at) })
	slices.SortFunc(all, func(a, b slot) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	return all
}

// view is the longest sample's view of a text's audience, without some values.
func (b *Book) view(l *language, at slot, without []string) any {
	v, o, s := l.sampleVictim(), l.sampleOffender(), l.sampleStaff(strings.TrimPrefix(at.key, "alert."))
	for _, name := range without {
		v, o, s = v.without(name), o.without(name), s.without(name)
	}
	return b.viewOf(l, at, v, o, s)
}

// viewOf picks the value of a text's audience.
func (b *Book) viewOf(l *language, at slot, v VictimText, o OffenderText, s StaffText) any {
	switch {
	case at.audience == staff:
		return newStaffView(l, s)
	case at.discreet && at.audience == victim:
		return newDiscreetView(l, b.names(v.Languages), days{v.Date, v.NextDate, v.SinceDate}, v.Which, v.Resources)
	case at.discreet:
		return newDiscreetView(l, b.names(o.Languages), days{o.Date, o.NextDate, o.SinceDate}, o.Which, o.Resources)
	case at.audience == victim:
		return newVictimView(l, b.names(v.Languages), v)
	}
	return newOffenderView(l, b.names(o.Languages), o)
}

// variants renders a text with all values, and without each set of those
// that it asks for.
func (b *Book) variants(l *language, at slot, asked []string) ([]string, error) {
	var bodies []string
	for set := range 1 << len(asked) {
		var without []string
		for i, name := range asked {
			if set&(1<<i) != 0 {
				without = append(without, name)
			}
		}
		body, err := l.render(at, b.view(l, at, without))
		if err != nil {
			return nil, err
		}
		if body == "" && at.key != "common.silence" {
			return nil, fmt.Errorf("it says nothing")
		}
		bodies = append(bodies, body)
	}
	return bodies, nil
}

// Longest renders a text at its longest, with the sender before it and, where
// again is not empty, the words of a question asked again; and counts its
// segments.
func (b *Book) Longest(audience, key, lang string, discreet bool, again string) (body string, segments int, encoding string, err error) {
	l, err := b.language(lang)
	if err != nil {
		return "", 0, "", err
	}
	at := slot{audience, key, discreet}
	if l.parsed[at] == nil {
		return "", 0, "", fmt.Errorf("language %s has no text %s", lang, at)
	}
	asked, err := fields(l.parsed[at], b.view(l, at, nil))
	if err != nil {
		return "", 0, "", err
	}
	bodies, err := b.variants(l, at, asked)
	if err != nil {
		return "", 0, "", err
	}
	lead := sampleSender + ": "
	if discreet {
		lead = sampleDiscreet + ": "
	}
	if again != "" {
		words, err := l.render(slot{audience, "common." + again, discreet}, b.view(l, at, nil))
		if err != nil {
			return "", 0, "", err
		}
		if again == string(Unclear) {
			lead = "" // it follows the party's own text, so no sender
		}
		lead += words + " "
	}
	for _, variant := range bodies {
		n, enc := Segments(lead + variant)
		if n > segments || n == segments && len(lead+variant) > len(body) {
			body, segments, encoding = lead+variant, n, enc
		}
	}
	return body, segments, encoding, nil
}

// fields walks a template and proves that each field is one of the view's
// methods; it returns the names that it asks for with Has.
func fields(t *template.Template, view any) (asked []string, err error) {
	methods := reflect.TypeOf(view)
	var walk func(n parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, child := range n.Nodes {
					walk(child)
				}
			}
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.IfNode:
			walk(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				walk(c)
			}
		case *parse.CommandNode:
			for i, arg := range n.Args {
				if f, ok := arg.(*parse.FieldNode); ok && f.Ident[0] == "Has" && i+1 < len(n.Args) {
					if name, ok := n.Args[i+1].(*parse.StringNode); ok && !slices.Contains(asked, name.Text) {
						asked = append(asked, name.Text)
					}
				}
				walk(arg)
			}
		case *parse.FieldNode:
			if _, ok := methods.MethodByName(n.Ident[0]); (!ok || len(n.Ident) > 1) && err == nil {
				err = fmt.Errorf("{{%s}} is nothing that its reader may know", n)
			}
		case *parse.TextNode, *parse.StringNode, *parse.IdentifierNode, *parse.NumberNode, *parse.CommentNode:
		default:
			if err == nil {
				err = fmt.Errorf("%s: a text may use {{.Field}} and {{if .Has \"Field\"}} only", n)
			}
		}
	}
	walk(t.Root)
	if err == nil && len(asked) > 4 {
		err = fmt.Errorf("it asks for too many values: make it two texts")
	}
	return asked, err
}
