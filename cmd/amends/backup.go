package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

type backupCommand struct {
	File string `arg:"" help:"The file to write; it must not be there yet."`
}

// Help is the page's further text.
func (backupCommand) Help() string {
	return `Copies the embedded database as it is at one moment, while a service goes on using it. The keyset is not in the copy, and the copy can't be read without it: keep both, and not in one place. To restore, stop the service and put the copy in the place of amends.db. A PostgreSQL is backed up with pg_dump.`
}

// Run runs the command.
func (c *backupCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	if file, embedded := set.databaseFile(); embedded {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no database at %s to copy; name its folder with --data", file)
		}
	}
	s, err := m.openStoreAsIs(ctx, set, m.quietLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Backup(ctx, c.File); err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "The database was copied to %s. Keep the keyset %s too, somewhere else.\n", c.File, set.keysetFile())
	return nil
}
