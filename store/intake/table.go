package intake

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"amends/store/calendar"
)

// Bounds of an import table.
const (
	maxTable = 64 << 20 // bytes
	maxRows  = 100_000
)

// record is a row of a table as it was read: its cells as text and its number,
// from 1, as a spreadsheet shows it.
type record struct {
	row   int
	cells []string
}

// sheet is a table as it was read, with how its cells write dates and numbers.
type sheet struct {
	records []record
	date    func(cell string) (calendar.Date, error)
	number  func(cell string) string
}

// ReadTable reads an import table, a case a row: XLSX if that is what it is,
// and else CSV. The name stands in the faults. It gives all cases and no fault,
// or no case and all faults. Each case is checked in itself and may lack its
// program's key; Check with its program says the rest, by row and column too.
// Progress, if not nil, is told after every row how many of how many are done.
func ReadTable(name string, r io.Reader, progress func(done, total int)) ([]Case, Faults) {
	data, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	switch {
	case err != nil:
		return nil, Faults{{File: name, Message: "the table cannot be read to its end"}}
	case len(data) > maxTable:
		return nil, Faults{{File: name, Message: "the table is larger than 64 MiB; split it"}}
	}
	read := readCSV
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		read = readXLSX
	}
	in, faults := read(name, data)
	if len(faults) > 0 {
		return nil, faults
	}
	if len(in.records) == 0 {
		return nil, Faults{{File: name, Message: "the table is empty; its first row names the columns"}}
	}
	t := &table{name: name, sheet: in, seen: map[string]int{}}
	t.header(in.records[0])
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	rows := in.records[1:]
	if len(rows) == 0 {
		return nil, Faults{{File: name, Message: "the table has no row below the names of the columns"}}
	}
	cases := make([]Case, 0, len(rows))
	for i, rec := range rows {
		cases = append(cases, t.row(rec))
		if progress != nil {
			progress(i+1, len(rows))
		}
	}
	if len(t.faults) > 0 {
		return nil, t.faults.sorted()
	}
	return cases, nil
}

// table reads rows into cases.
type table struct {
	name   string
	sheet  sheet
	order  []string       // the columns, as the table has them
	seen   map[string]int // references, by program, and the row each came in
	faults Faults

	// Of the row being read:
	at    int
	cells map[string]string
	bad   map[string]bool
}

func (t *table) fault(col, message string, args ...any) {
	if t.bad != nil {
		t.bad[col] = true
	}
	t.faults = append(t.faults, Fault{File: t.name, Row: t.at, Column: col, Message: fmt.Sprintf(message, args...)})
}

// header reads the names of the columns.
func (t *table) header(rec record) {
	t.at = rec.row
	known, has := map[string]bool{}, map[string]bool{}
	for _, c := range columns() {
		known[c.name] = true
	}
	cells := rec.cells
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if !slices.ContainsFunc(cells, func(cell string) bool { return known[columnName(cell)] }) {
		t.fault("", "has no known column; the first row must name the columns, such as reference and mediated_on")
		return
	}
	for i, cell := range cells {
		name := columnName(cell)
		switch {
		case name == "":
			t.fault("", "has no name in column %d; name it or take it out", i+1)
		case !known[name] && fieldForm.MatchString(name):
			t.fault("", "has a column %s, which is not known; take it out, or see the list of columns", name)
		case !known[name]:
			t.fault("", "has something that is no column's name in column %d; the first row must name the columns", i+1)
		case has[name]:
			t.fault("", "has the column %s twice; take one out", name)
		}
		has[name] = true
		t.order = append(t.order, name)
	}
	for _, c := range columns() {
		if c.needed && !has[c.name] {
			t.fault("", "lacks the column %s; add it", c.name)
		}
	}
}

func columnName(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }

// row reads one case.
func (t *table) row(rec record) Case {
	t.at, t.cells, t.bad = rec.row, map[string]string{}, map[string]bool{}
	for i, cell := range rec.cells {
		cell = strings.TrimSpace(cell)
		if i < len(t.order) {
			t.cells[t.order[i]] = cell
		} else if cell != "" {
			t.fault("", "has more cells than there are columns; look for a separator too many")
			break
		}
	}
	c := Case{
		Program:    t.cells["program"],
		Reference:  t.cells["reference"],
		MediatedOn: t.date("mediated_on"),
		Mediator:   t.cells["mediator"],
		Backup:     t.cells["backup"],
		Parties:    []Party{t.party("v", Victim, "victim_"), t.party("o", Offender, "offender_")},
		Agreement:  t.agreement(),
		Origin:     Origin{File: t.name, Row: rec.row},
	}
	for _, f := range c.Check(nil) {
		if !t.bad[f.Column] {
			t.faults = append(t.faults, f)
		}
	}
	if c.Reference != "" {
		id := c.Program + "\x00" + c.Reference
		if first := t.seen[id]; first > 0 {
			t.fault("reference", "is that of row %d too; each case has a reference of its own", first)
		} else {
			t.seen[id] = rec.row
		}
	}
	return c
}

func (t *table) party(key string, role Role, prefix string) Party {
	p := Party{
		Key:      key,
		Role:     role,
		Name:     t.cells[prefix+"name"],
		Language: t.cells[prefix+"language"],
		TimeZone: t.cells[prefix+"time_zone"],
		Discreet: t.truth(prefix + "discreet"),
	}
	parse(t, prefix+"phone", &p.Phone, number(t, Phone))
	on, how := t.date(prefix+"consent_on"), t.cells[prefix+"consent_how"]
	if t.cells[prefix+"consent_on"] != "" || how != "" {
		p.Consent = &Consent{On: on, How: how}
	}
	return p
}

// agreement reads the three commitments that a row can hold.
func (t *table) agreement() []Commitment {
	var out []Commitment
	if t.any("restitution_total", "instalment_count", "instalment_every", "instalment_first") {
		m := Commitment{Key: "money", Kind: Restitution, By: "o", To: "v", Currency: defaultCurrency}
		parse(t, "restitution_total", &m.TotalCents, number(t, Cents))
		plan := calendar.Plan{Every: calendar.Every(t.cells["instalment_every"]), First: t.date("instalment_first")}
		parse(t, "instalment_count", &plan.Count, number(t, countText))
		t.wanted(plan)
		m.Instalments = &plan
		out = append(out, m)
	}
	if t.any("letter_due") {
		out = append(out, Commitment{Key: "letter", Kind: ApologyLetter, By: "o", Due: t.date("letter_due")})
	}
	if t.any("service_hours", "service_due") {
		m := Commitment{Key: "hours", Kind: CommunityService, By: "o", Due: t.date("service_due")}
		parse(t, "service_hours", &m.Minutes, number(t, hoursText))
		out = append(out, m)
	}
	return out
}

// wanted says column by column what a restitution's instalments lack.
func (t *table) wanted(p calendar.Plan) {
	for _, col := range []string{"instalment_count", "instalment_every", "instalment_first"} {
		if t.cells[col] == "" {
			t.fault(col, "is empty; a restitution needs it")
		}
	}
	switch p.Every {
	case "", calendar.Week, calendar.Fortnight, calendar.HalfMonth, calendar.Month:
	default:
		t.fault("instalment_every", "must be week, fortnight, half_month or month")
	}
	if t.bad["instalment_every"] || t.bad["instalment_first"] {
		t.bad["instalment_count"] = true // where the plan as a whole is faulted
	}
}

func (t *table) any(cols ...string) bool {
	for _, c := range cols {
		if t.cells[c] != "" {
			return true
		}
	}
	return false
}

// parse reads a cell, if there is anything in it.
func parse[T any](t *table, col string, to *T, read func(string) (T, error)) {
	cell := t.cells[col]
	if cell == "" {
		return
	}
	v, err := read(cell)
	if err != nil {
		t.fault(col, "%s", err)
		return
	}
	*to = v
}

// number reads a cell that may be stored as a number.
func number[T any](t *table, read func(string) (T, error)) func(string) (T, error) {
	return func(cell string) (T, error) { return read(t.sheet.number(cell)) }
}

func (t *table) date(col string) (d calendar.Date) {
	if !t.bad[col] {
		parse(t, col, &d, t.sheet.date)
	}
	return d
}

func (t *table) truth(col string) (b bool) {
	parse(t, col, &b, func(s string) (bool, error) {
		switch strings.ToLower(s) {
		case "true", "yes", "1":
			return true, nil
		case "false", "no", "0":
			return false, nil
		}
		return false, fmt.Errorf("must be yes or no")
	})
	return b
}

func countText(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > calendar.MaxInstalments {
		return 0, fmt.Errorf("must be a whole number from 1 to %d", calendar.MaxInstalments)
	}
	return n, nil
}
