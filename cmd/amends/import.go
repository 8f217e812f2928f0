package main

import (
	"context"
	"errors"
	"fmt"

	"amends/bot"
	"amends/store"
	"amends/store/intake"

	"github.com/schollz/progressbar/v3"
)

type importCommand struct {
	File   string `arg:"" help:"The table: .csv or .xlsx, a case a row; - reads standard input."`
	DryRun bool   `help:"Look for faults, and change nothing."`
}

// Help is the page's further text.
func (importCommand) Help() string {
	return `The first row names the columns, in any order; an empty cell means absent and an unknown column is refused. Every fault is told with its row and column, and the table is taken whole or not at all.

Columns: reference, mediated_on, mediator, backup; victim_ and offender_ each with name, phone, language, time_zone, discreet, consent_on, consent_how; restitution_total, instalment_count, instalment_every, instalment_first, letter_due, service_hours, service_due; program where the installation has more than one.`
}

// Run runs the command.
func (c *importCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	name, content, err := m.readInput(c.File)
	if err != nil {
		return err
	}
	progress, finish := m.progressBar("Reading rows")
	cases, faults := intake.ReadTable(name, content, progress)
	finish()
	if len(faults) > 0 {
		return faults
	}
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	known, err := in.programs(ctx)
	if err != nil {
		return err
	}
	if faults := placed(cases, known); len(faults) > 0 {
		return faults
	}
	if c.DryRun {
		fmt.Fprintf(m.Stdout, "No faults: %s could be taken. Nothing was changed.\n", count(len(cases), "case"))
		return nil
	}
	changes, err := in.bot.AddCases(ctx, cases, false)
	if err != nil {
		return err
	}
	tellImport(m, changes)
	return nil
}

// placed gives each case its program, where there is but one, and checks it in it.
func placed(cases []intake.Case, known map[string]intake.Program) intake.Faults {
	var faults intake.Faults
	only := ""
	if len(known) == 1 {
		for key := range known {
			only = key
		}
	}
	for i := range cases {
		c := &cases[i]
		fault := func(message string) {
			faults = append(faults, intake.Fault{File: c.Origin.File, Row: c.Origin.Row, Column: "program", Message: message})
		}
		if c.Program == "" {
			c.Program = only
		}
		program, ok := known[c.Program]
		switch {
		case len(known) == 0:
			fault("has nowhere to go: there is no program yet; run amends program apply first")
			return faults
		case c.Program == "":
			fault("is missing; there is more than one program, so give each row its own")
		case !ok:
			fault("is not one there is; see amends staff list")
		default:
			faults = append(faults, c.Check(&program)...)
		}
	}
	return faults
}

// programs are all programs as their files have them, by key.
func (in *installation) programs(ctx context.Context) (map[string]intake.Program, error) {
	known := map[string]intake.Program{}
	err := in.store.View(ctx, func(tx *store.Tx) error {
		clear(known)
		rows, err := tx.Programs()
		if err != nil {
			return err
		}
		for _, row := range rows {
			program, err := programOf(tx, row)
			if err != nil {
				return err
			}
			known[row.Key] = program
		}
		return nil
	})
	return known, err
}

func tellImport(m *Main, changes []bot.Change) {
	did := map[string]int{}
	for _, change := range changes {
		did[change.Did]++
	}
	fmt.Fprintf(m.Stdout, "%s: %d added, %d there already.\n", count(len(changes), "case"), did["added"], did["unchanged"])
}

// count is a number and its noun: 1 case, 2 cases.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// progressBar shows how far a work is, at a terminal alone.
func (m *Main) progressBar(title string) (progress func(done, total int), finish func()) {
	if !isTerminal(m.Stderr) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(m.Stderr), progressbar.OptionSetDescription(title),
		progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
	return func(done, total int) {
		if bar.GetMax() != total {
			bar.ChangeMax(total)
		}
		_ = bar.Set(done)
	}, func() { _ = bar.Finish() }
}
