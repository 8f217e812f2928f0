package main

import (
	"context"
	"errors"

	"amends/store/intake"
)

type caseAddCommand struct {
	Files  []string `arg:"" name:"file" help:"Case files, YAML or JSON; - reads standard input."`
	Update bool     `help:"Take what differs from what is on record."`
}

// Help is the page's further text.
func (caseAddCommand) Help() string {
	return `Several files are taken all or none. The same file twice changes nothing; a changed one is refused, and its differences are listed, unless --update is given. An unknown field is refused.`
}

// Run runs the command.
func (c *caseAddCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	cases, err := m.readCases(c.Files)
	if err != nil {
		return err
	}
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	changes, err := in.bot.AddCases(ctx, cases, c.Update)
	if err != nil {
		return err
	}
	for _, change := range changes {
		tellChange(m.Stdout, "Case", change)
	}
	return nil
}

// readCases reads case files and tells the faults of all of them at once.
func (m *Main) readCases(files []string) ([]intake.Case, error) {
	if err := onceStdin(files); err != nil {
		return nil, err
	}
	var cases []intake.Case
	var faults error
	for _, file := range files {
		name, content, err := m.readInput(file)
		if err == nil {
			var read intake.Case
			if read, err = intake.ParseCase(name, content); err == nil {
				cases = append(cases, read)
			}
		}
		faults = errors.Join(faults, err)
	}
	return cases, faults
}
