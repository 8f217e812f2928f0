package intake

import (
	"slices"
	"strings"
)

// column is one of an import table's, with the path in the case that it fills.
type column struct {
	name, path string
	needed     bool // every row has it
}

// columns are all there are, in the order in which they are documented; a
// table may have them in any.
func columns() []column {
	out := []column{
		{"program", "program", false},
		{"reference", "reference", true},
		{"mediated_on", "mediated_on", true},
		{"mediator", "mediator", true},
		{"backup", "backup", false},
	}
	for _, side := range []struct{ prefix, at string }{{"victim_", "parties[v]."}, {"offender_", "parties[o]."}} {
		for _, f := range []column{
			{"name", "name", true},
			{"phone", "phone", true},
			{"language", "language", false},
			{"time_zone", "time_zone", false},
			{"discreet", "discreet", false},
			{"consent_on", "consent.on", false},
			{"consent_how", "consent.how", false},
		} {
			out = append(out, column{side.prefix + f.name, side.at + f.path, f.needed})
		}
	}
	return append(out,
		column{"restitution_total", "agreement[money].total", false},
		column{"instalment_count", "agreement[money].instalments.count", false},
		column{"instalment_every", "agreement[money].instalments.every", false},
		column{"instalment_first", "agreement[money].instalments.first", false},
		column{"letter_due", "agreement[letter].due", false},
		column{"service_hours", "agreement[hours].hours", false},
		column{"service_due", "agreement[hours].due", false},
	)
}

// columnOf is the column that a path of a row's case comes from, or the first
// of what the path holds; "" is the row as a whole.
func columnOf(path string) string {
	all := columns()
	if i := slices.IndexFunc(all, func(c column) bool { return c.path == path }); i >= 0 {
		return all[i].name
	}
	if path == "agreement" {
		return "restitution_total"
	}
	for _, c := range all {
		if path != "" && (strings.HasPrefix(c.path, path+".") || strings.HasPrefix(c.path, path+"[")) {
			return c.name
		}
	}
	return ""
}
