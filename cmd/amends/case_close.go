package main

import (
	"context"
	"errors"
	"fmt"
)

type caseCloseCommand struct {
	Reference string `arg:"" name:"ref" help:"The case's reference."`
	Reason    string `required:"" placeholder:"R" enum:"completed,returned_to_court,withdrawn,no_contact,rearrest,other" help:"Why: completed, returned_to_court, withdrawn, no_contact, rearrest or other."`
	Program   string `placeholder:"KEY" help:"The program, where the reference is in more than one."`
}

// Run runs the command.
func (c *caseCloseCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	if err := in.bot.CloseCase(ctx, c.Program, c.Reference, c.Reason); err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "Case %s is closed: %s.\n", c.Reference, c.Reason)
	return nil
}
