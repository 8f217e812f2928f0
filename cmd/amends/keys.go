package main

import (
	"context"
	"errors"
	"fmt"
)

type keysCommand struct {
	Rotate keysRotateCommand `cmd:"" help:"Begin a new key, and encrypt what is stored with it. Safe beside a running service."`
}

type keysRotateCommand struct{}

// Help is the page's further text.
func (keysRotateCommand) Help() string {
	return `Adds a key to the keyset, which seals from now on, and then seals anew what earlier keys sealed. The earlier keys stay in the keyset, for backups made before. Services that share the database read the keyset again by themselves, where they share its file; else copy it to them first. Copy the keyset to where you keep it afterwards.`
}

// Run runs the command.
func (c *keysRotateCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	s, err := m.openStore(ctx, set, m.quietLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Keys().Rotate(); err != nil {
		return err
	}
	bar, finish := m.progressBar("Sealing anew")
	var rows int64
	err = s.Reseal(ctx, func(done, total int64) {
		rows = done
		if bar != nil {
			bar(int(done), int(total))
		}
	})
	finish()
	if err != nil {
		return fmt.Errorf("the new key is in the keyset, but not everything is sealed with it yet; run amends keys rotate once more: %s", plain(err))
	}
	fmt.Fprintf(m.Stdout, "A new key seals from now on, and %s were gone through. Keep a copy of %s.\n", count(int(rows), "row"), set.keysetFile())
	return nil
}
