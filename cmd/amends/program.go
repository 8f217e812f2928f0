package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"amends/bot"
	"amends/store/intake"
)

type programCommand struct {
	Apply programApplyCommand `cmd:"" help:"Take a program file: a new program, or changes to one."`
}

type programApplyCommand struct {
	File   string `arg:"" help:"The program file, YAML or JSON; - reads standard input."`
	Update bool   `help:"Take what differs from what is on record."`
}

// Help is the page's further text.
func (programApplyCommand) Help() string {
	return `The same file twice changes nothing. A changed one is refused, and its differences are listed, unless --update is given. An unknown field is refused.`
}

// Run runs the command.
func (c *programApplyCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	name, content, err := m.readInput(c.File)
	if err != nil {
		return err
	}
	program, err := intake.ParseProgram(name, content)
	if err != nil {
		return err
	}
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	change, err := in.bot.ApplyProgram(ctx, program, c.Update)
	if err != nil {
		return err
	}
	tellChange(m.Stdout, "Program", change)
	return nil
}

// tellChange says what became of a file.
func tellChange(w io.Writer, noun string, change bot.Change) {
	fmt.Fprintf(w, "%s %s: %s.\n", noun, change.Key, change.Did)
	for _, difference := range change.Differences {
		fmt.Fprintf(w, "  %s\n", difference)
	}
}
