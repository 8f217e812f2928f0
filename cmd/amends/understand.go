package main

import (
	"errors"
	"fmt"

	"amends/bot/understand"
)

type understandCommand struct {
	Explain bool `help:"Say also which words decided."`
}

// Help is the page's further text.
func (understandCommand) Help() string {
	return `Reads one JSON object a line on standard input and writes one a line, in the same order:

    {"id":1,"text":"yeah I sent it friday","lang":"en","role":"offender","expect":"yes_no","now":"2026-03-09T10:00:00-05:00"}

A line that is no valid input is answered with its error and the run goes on; the exit status is then 1.`
}

// Run runs the command.
func (c *understandCommand) Run(m *Main) error {
	faults, err := understand.New().Run(m.Stdin, m.Stdout, c.Explain)
	switch {
	case err != nil:
		return fmt.Errorf("understand: %w", err)
	case faults == 1:
		return errors.New("understand: 1 line was no valid input; its answer says why")
	case faults > 0:
		return fmt.Errorf("understand: %d lines were no valid input; their answers say why", faults)
	}
	return nil
}
