package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"amends/store"
)

// An event of a phone: one transaction that locks its line, records what came in, once, and queues the
// answer.
func Example() {
	folder, err := os.MkdirTemp("", "amends-example-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, now := context.Background(), store.At(time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC))

	keys, err := store.LoadKeys(filepath.Join(folder, "keyset.json"))
	if err != nil {
		panic(err)
	}
	s, err := store.Open(ctx, store.Options{URL: "sqlite:" + filepath.Join(folder, "amends.db"), Keys: keys})
	if err != nil {
		panic(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(ctx); err != nil {
		panic(err)
	}

	program := store.Program{Key: "riverside", ChangedAt: now}
	err = s.Update(ctx, func(tx *store.Tx) error {
		program.File = tx.Seal("{}")
		return tx.SaveProgram(&program, "+13125550000", "")
	})
	if err != nil {
		panic(err)
	}
	for range 2 { // Twilio delivers it twice
		err = s.Update(ctx, func(tx *store.Tx) error {
			line, err := tx.LockLine(program.ID, "+13125550101")
			if err != nil {
				return err
			}
			first, err := tx.AddInbound(&store.Message{ID: "a", ProgramID: program.ID, LineID: store.ID(line.ID),
				Body: tx.Seal("Who is this?"), Segments: 1, QueuedAt: now, SID: "SM1"})
			if err != nil || !first {
				return err
			}
			return errors.Join(
				tx.AddMessage(&store.Message{ID: "b", ProgramID: program.ID, LineID: store.ID(line.ID), Class: store.ClassStranger,
					Status: store.MessageQueued, Body: tx.Seal("This is an automatic number."), Segments: 1, QueuedAt: now}),
				tx.Log(store.Entry{At: now, ProgramID: store.ID(program.ID), Actor: "system", Action: "stranger.answered"}))
		})
		if err != nil {
			panic(err)
		}
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		outbox, err := tx.Outbox(program.ID)
		for _, m := range outbox {
			fmt.Println(m.Status, m.Body, tx.Reveal(m.Body))
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	// Output: queued [sealed] This is an automatic number.
}
