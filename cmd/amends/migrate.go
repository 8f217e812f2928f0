package main

import (
	"context"
	"errors"
	"fmt"
)

type migrateCommand struct{}

// Run runs the command.
func (c *migrateCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	s, err := m.openStoreAsIs(ctx, set, m.quietLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, want, err := s.Version(ctx)
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if have == want {
		fmt.Fprintf(m.Stdout, "The schema is up to date: %d.\n", want)
	} else {
		fmt.Fprintf(m.Stdout, "The schema was brought from %d to %d.\n", have, want)
	}
	return nil
}
