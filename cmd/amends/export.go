package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"amends/store"
)

type exportCommand struct {
	Table   string   `arg:"" enum:"ledger,answers,messages,escalations,commitments,audit" help:"ledger, answers, messages, escalations, commitments or audit."`
	Case    string   `placeholder:"REF" help:"Of one case alone."`
	Program string   `placeholder:"KEY" help:"Of one program alone."`
	From    dateFlag `placeholder:"D" help:"From this day on, YYYY-MM-DD."`
	To      dateFlag `placeholder:"D" help:"Up to this day, which is included."`
	Format  string   `default:"csv" enum:"csv,json,xlsx" help:"csv, json or xlsx."`
}

// Help is the page's further text.
func (exportCommand) Help() string {
	return `Days are those of the program's own zone. Instants are UTC, RFC 3339; amounts are whole cents. JSON is an array of objects with the columns' names.

In CSV, a text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return, and is no number) has a ' before it. Numbers, dates and all other texts stand as they are; JSON and XLSX change nothing.

What is exported is in clear: answers, texts and notes too.`
}

// Run runs the command.
func (c *exportCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	if !c.From.IsZero() && !c.To.IsZero() && c.To.Before(c.From.Date) {
		return usagef("--to is before --from: there is no day between them")
	}
	table, err := store.FindExport(c.Table)
	if err != nil {
		return err
	}
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	filters, err := c.filters(ctx, in)
	if err != nil {
		return err
	}
	to := newTableWriter(c.Format, m.Stdout, c.Table)
	if err := to.header(table.Columns); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	err = in.store.View(ctx, func(tx *store.Tx) error {
		for _, filter := range filters {
			if err := tx.Export(table, filter, to.row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := to.close(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// filters are what is asked for: one pass, or one a program, where days are asked for and are not the same in all.
func (c *exportCommand) filters(ctx context.Context, in *installation) ([]store.ExportFilter, error) {
	whole := store.ExportFilter{Reference: c.Case, From: c.From.Date, To: c.To.Date, Texts: true}
	var each []store.ExportFilter
	zones := map[string]*time.Location{}
	err := in.store.View(ctx, func(tx *store.Tx) error {
		each = nil
		if c.Case != "" {
			cases, err := tx.CasesByReference(c.Case)
			if err != nil {
				return err
			}
			if len(cases) == 0 {
				return store.NewError(store.NotFound, fmt.Sprintf("There is no case %q.", c.Case), nil)
			}
		}
		rows, err := tx.Programs()
		if err != nil {
			return err
		}
		for _, row := range rows {
			if c.Program != "" && row.Key != c.Program {
				continue
			}
			program, err := programOf(tx, row)
			if err != nil {
				return err
			}
			filter := whole
			filter.ProgramID, filter.Zone = row.ID, program.Zone()
			zones[program.TimeZone] = filter.Zone
			each = append(each, filter)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case c.Program != "" && len(each) == 0:
		return nil, fmt.Errorf("there is no program %q; see amends staff list", c.Program)
	case c.Program != "":
		return each, nil
	case c.From.IsZero() && c.To.IsZero() || len(zones) < 2:
		for _, zone := range zones {
			whole.Zone = zone
		}
		return []store.ExportFilter{whole}, nil
	}
	return each, nil
}
