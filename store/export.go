package store

import (
	"fmt"
	"strings"
	"time"

	"amends/store/calendar"
)

// ExportFilter picks the rows of an export; what is zero picks all.
type ExportFilter struct {
	ProgramID int64
	Reference string         // of a case
	From      calendar.Date  // the first day
	To        calendar.Date  // the last day
	Zone      *time.Location // whose days those are, where an instant is asked; nil for UTC
	Texts     bool           // bodies, answers' values and notes too: not for everybody
}

// Export is a table that can be exported: its columns, and how it is read.
type Export struct {
	Name    string
	Columns []string

	query string
	cells func() []any // what a row is scanned into, one for each column
	day   string       // the column of the local date that the filter goes by, or
	at    string       // that of the instant
	order string
}

// Exports are the tables that can be exported. Columns are only ever added, at the end.
func Exports() []Export {
	const ofCase = `
		JOIN cases c ON c.id = x.case_id
		JOIN programs g ON g.id = c.program_id`
	return []Export{
		{
			Name: "ledger",
			Columns: []string{"case", "commitment", "id", "entry", "of", "amount_cents", "currency", "effective_on",
				"recorded_at", "by", "program"},
			query: `
		SELECT c.reference, k.key, x.id, x.entry, x.of_id, x.amount_cents, x.currency, x.effective_on,
			x.recorded_at, x.by_whom, g.key
		FROM ledger x
		JOIN commitments k ON k.id = x.commitment_id` + ofCase,
			cells: func() []any {
				return []any{new(string), new(string), new(int64), new(string), new(ID), new(int64), new(string), new(calendar.Date),
					new(Instant), new(string), new(string)}
			},
			day: "x.effective_on", order: "x.id",
		},
		{
			Name:    "answers",
			Columns: []string{"case", "party", "flow", "question", "value", "at", "program"},
			query: `
		SELECT c.reference, p.key, x.flow, x.question, x.value, x.at, g.key
		FROM answers x
		JOIN parties p ON p.id = x.party_id` + ofCase,
			cells: func() []any {
				return []any{new(string), new(string), new(string), new(string), new(Sealed), new(Instant), new(string)}
			},
			at: "x.at", order: "x.id",
		},
		{
			Name: "messages",
			Columns: []string{"case", "party", "direction", "status", "segments", "queued_at", "sent_at", "delivered_at",
				"error_code", "body", "class", "template", "why", "program"},
			query: `
		SELECT c.reference, p.key, x.direction, x.status, x.segments, x.queued_at, x.sent_at, x.delivered_at,
			x.error_code, x.body, x.class, x.template, x.why, g.key
		FROM messages x
		JOIN programs g ON g.id = x.program_id
		LEFT JOIN cases c ON c.id = x.case_id
		LEFT JOIN parties p ON p.id = x.party_id`,
			cells: func() []any {
				return []any{new(Word), new(Word), new(string), new(string), new(int64), new(Instant), new(Instant), new(Instant),
					new(ID), new(Sealed), new(string), new(string), new(string), new(string)}
			},
			at: "x.queued_at", order: "x.seq",
		},
		{
			Name: "escalations",
			Columns: []string{"case", "code", "reason", "severity", "status", "opened_at", "acknowledged_at", "resolved_at",
				"note", "level", "returns", "program"},
			query: `
		SELECT c.reference, x.code, x.reason, x.severity, x.status, x.opened_at, x.acknowledged_at, x.resolved_at,
			x.note, x.level, x.returns, g.key
		FROM escalations x` + ofCase,
			cells: func() []any {
				return []any{new(string), new(int64), new(string), new(string), new(string), new(Instant), new(Instant), new(Instant),
					new(Sealed), new(int64), new(int64), new(string)}
			},
			at: "x.opened_at", order: "x.id",
		},
		{
			Name: "commitments",
			Columns: []string{"case", "commitment", "kind", "by", "to", "due", "status", "due_first", "settled_on", "currency",
				"hours", "hours_done", "title", "payee", "program"},
			query: `
		SELECT c.reference, x.key, x.kind, b.key, t.key, x.due, x.status, x.due_first, x.settled_on, x.currency,
			x.hours, x.hours_done, x.title, x.payee, g.key
		FROM commitments x
		JOIN parties b ON b.id = x.by_id
		LEFT JOIN parties t ON t.id = x.to_id` + ofCase,
			cells: func() []any {
				return []any{new(string), new(string), new(string), new(string), new(Word), new(calendar.Date), new(string),
					new(calendar.Date), new(calendar.Date), new(string), new(hundredths), new(hundredths), new(Sealed), new(Sealed),
					new(string)}
			},
			day: "x.due", order: "x.id",
		},
		{
			Name:    "audit",
			Columns: []string{"at", "case", "party", "actor", "action", "subject", "why", "event", "words", "program"},
			query: `
		SELECT x.at, c.reference, p.key, x.actor, x.action, x.subject, x.why, x.event, w.words, g.key
		FROM audit x
		LEFT JOIN programs g ON g.id = x.program_id
		LEFT JOIN cases c ON c.id = x.case_id
		LEFT JOIN parties p ON p.id = x.party_id
		LEFT JOIN audit_words w ON w.audit_id = x.id`,
			cells: func() []any {
				return []any{new(Instant), new(Word), new(Word), new(string), new(string), new(string), new(string), new(string),
					new(Sealed), new(Word)}
			},
			at: "x.at", order: "x.id",
		},
	}
}

// hundredths are hours in hundredths, 7.5 as 750.
type hundredths int64

// FindExport is the export of that name.
func FindExport(name string) (Export, error) {
	var names []string
	for _, e := range Exports() {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Export{}, NewError(Invalid, fmt.Sprintf("There is no export %q; there are %s.", name, strings.Join(names, ", ")), nil)
}

// Export reads the rows of a table in the order they were written, and gives each to yield as it comes:
// a cell a column, nil for none, else a string, an int64, a float64 (hours), a calendar.Date or a time
// in UTC. An error of yield ends it. Within yield, nothing else can be read in this transaction.
func (tx *Tx) Export(e Export, f ExportFilter, yield func(row []any) error) error {
	if err := tx.flushLog(); err != nil {
		return err
	}
	where, args := e.where(f)
	query := e.query
	if len(where) > 0 {
		query += `
		WHERE ` + strings.Join(where, `
		  AND `)
	}
	rows, err := tx.tx.QueryxContext(tx.ctx, tx.tx.Rebind(query+`
		ORDER BY `+e.order), args...)
	if err != nil {
		return tx.failed("export "+e.Name, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		cells := e.cells()
		if err := rows.Scan(cells...); err != nil {
			return tx.failed("export "+e.Name, err)
		}
		for i, cell := range cells {
			cells[i] = tx.cell(cell, f.Texts)
		}
		if tx.err != nil {
			return tx.err
		}
		if err := yield(cells); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.failed("export "+e.Name, err)
	}
	return nil
}

// where are the filter's terms and their arguments.
func (e Export) where(f ExportFilter) (terms []string, args []any) {
	add := func(term string, arg any) { terms, args = append(terms, term), append(args, arg) }
	if f.ProgramID != 0 {
		add("g.id = ?", f.ProgramID)
	}
	if f.Reference != "" {
		add("c.reference = ?", f.Reference)
	}
	if e.day != "" {
		if !f.From.IsZero() {
			add(e.day+" >= ?", f.From)
		}
		if !f.To.IsZero() {
			add(e.day+" <= ?", f.To)
		}
		return terms, args
	}
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	begin := func(d calendar.Date) Instant {
		year, month, day := d.Date()
		return At(time.Date(year, month, day, 0, 0, 0, 0, zone))
	}
	if !f.From.IsZero() {
		add(e.at+" >= ?", begin(f.From))
	}
	if !f.To.IsZero() {
		add(e.at+" < ?", begin(f.To.AddDays(1)))
	}
	return terms, args
}

// cell is what a scanned cell is given out as.
func (tx *Tx) cell(cell any, texts bool) any {
	switch v := cell.(type) {
	case *string:
		return *v
	case *Word:
		if *v != "" {
			return string(*v)
		}
	case *int64:
		return *v
	case *ID:
		if *v != 0 {
			return int64(*v)
		}
	case *hundredths:
		return float64(*v) / 100
	case *Instant:
		if *v != 0 {
			return v.Time()
		}
	case *calendar.Date:
		if !v.IsZero() {
			return *v
		}
	case *Sealed:
		if texts && *v != nil {
			return tx.Reveal(*v)
		}
	}
	return nil
}
