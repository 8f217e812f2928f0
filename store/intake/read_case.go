package intake

import (
	"io"

	"amends/store/calendar"

	"go.yaml.in/yaml/v3"
)

// Bounds of a case file.
const (
	maxParties     = 50
	maxCommitments = 100
	maxSafeTimes   = 20
)

// ParseCase reads a case file, YAML or JSON, and checks it in itself; Check
// with its program checks the rest. The name stands in the faults. The error is
// [Faults], all of them.
func ParseCase(name string, from io.Reader) (Case, error) {
	n, faults := document(name, from)
	if faults != nil {
		return Case{}, faults
	}
	if n.Kind != yaml.MappingNode {
		return Case{}, Faults{{File: name, Line: n.Line, Message: "the file must be a group of fields, beginning with program:"}}
	}
	r := newReader(name)
	c := r.file(n)
	c.Origin = r.origin
	if err := r.finish(c.Check(nil)); err != nil {
		return Case{}, err
	}
	return c, nil
}

func (r *reader) file(n *yaml.Node) (c Case) {
	r.object(n, "", fields{
		"program":     r.text(&c.Program),
		"reference":   r.text(&c.Reference),
		"mediated_on": r.date(&c.MediatedOn),
		"mediator":    r.text(&c.Mediator),
		"backup":      r.text(&c.Backup),
		"parties": r.each(maxParties, func(n *yaml.Node, path string) {
			c.Parties = append(c.Parties, r.party(n, path))
		}),
		"agreement": r.each(maxCommitments, func(n *yaml.Node, path string) {
			c.Agreement = append(c.Agreement, r.commitment(n, path))
		}),
		"policy": r.policy(&c.Policy, false),
	})
	return c
}

func (r *reader) party(n *yaml.Node, path string) (p Party) {
	r.object(n, path, fields{
		"key":       r.text(&p.Key),
		"role":      r.text((*string)(&p.Role)),
		"for":       r.text(&p.For),
		"name":      r.text(&p.Name),
		"phone":     r.phone(&p.Phone),
		"language":  r.text(&p.Language),
		"time_zone": r.text(&p.TimeZone),
		"discreet":  r.flag(&p.Discreet),
		"quiet_hours": func(n *yaml.Node, path string) {
			p.QuietHours = new(calendar.Window)
			r.window(p.QuietHours)(n, path)
		},
		"safe_times": r.each(maxSafeTimes, func(n *yaml.Node, path string) {
			var w calendar.Window
			r.window(&w)(n, path)
			p.SafeTimes = append(p.SafeTimes, w)
		}),
		"statements": r.truth(&p.Statements),
		"consent": func(n *yaml.Node, path string) {
			p.Consent = new(Consent)
			r.object(n, path, fields{"on": r.date(&p.Consent.On), "how": r.text(&p.Consent.How)})
		},
	})
	return p
}

func (r *reader) commitment(n *yaml.Node, path string) (m Commitment) {
	r.object(n, path, fields{
		"key":         r.text(&m.Key),
		"kind":        r.text((*string)(&m.Kind)),
		"by":          r.text(&m.By),
		"to":          r.text(&m.To),
		"title":       r.text(&m.Title),
		"payee":       r.text(&m.Payee),
		"total":       r.money(&m.TotalCents),
		"currency":    r.text(&m.Currency),
		"due":         r.date(&m.Due),
		"hours":       r.hours(&m.Minutes),
		"instalments": r.plan(&m.Instalments),
	})
	if m.Kind == Restitution && m.Currency == "" {
		m.Currency = defaultCurrency
	}
	return m
}

const defaultCurrency = "USD"

// plan reads instalments: a count, a rule or a list.
func (r *reader) plan(to **calendar.Plan) field {
	return func(n *yaml.Node, path string) {
		p := new(calendar.Plan)
		*to = p
		if n.Kind == yaml.SequenceNode {
			r.each(calendar.MaxInstalments, func(n *yaml.Node, path string) {
				var in calendar.Instalment
				r.object(n, path, fields{"due": r.date(&in.Due), "amount": r.money(&in.AmountCents)})
				p.Listed = append(p.Listed, in)
			})(n, path)
			for p := range r.bad { // a fault within says enough
				if len(p) > len(path) && p[:len(path)+1] == path+"[" {
					r.bad[path] = true
				}
			}
			return
		}
		r.object(n, path, fields{
			"count": r.number(&p.Count),
			"every": r.text((*string)(&p.Every)),
			"first": r.date(&p.First),
			"rule":  r.text(&p.Rule),
		})
		for _, name := range []string{"count", "every", "first", "rule"} {
			if r.bad[join(path, name)] {
				r.bad[path] = true
			}
		}
	}
}
