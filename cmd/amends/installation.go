package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"amends/bot"
	"amends/bot/understand"
	"amends/flows"
	"amends/scheduler"
	"amends/store"
	"amends/templates"
)

// installation is a database with all that works on it.
type installation struct {
	now   func() time.Time
	clock *scheduler.Clock // of a demo, nil elsewhere
	// unpaced: texts go to phones in memory, which have no pace to be kept.
	unpaced bool
	store   *store.Store
	book    *templates.Book
	flows   *flows.Catalogue
	bot     *bot.Bot
}

// openStore opens the database and brings its schema up to date.
func (m *Main) openStore(ctx context.Context, set settings, log *slog.Logger) (*store.Store, error) {
	s, err := m.openStoreAsIs(ctx, set, log)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openStoreAsIs opens the database with whatever schema it has.
func (m *Main) openStoreAsIs(ctx context.Context, set settings, log *slog.Logger) (*store.Store, error) {
	keys, err := store.LoadKeys(set.keysetFile())
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{URL: set.databaseURL(), Keys: keys, Log: log})
}

// open opens an installation as it stands, for a command beside a service. The public address matters to links alone.
func (m *Main) open(ctx context.Context, set settings) (*installation, error) {
	log := m.quietLog()
	now, clock, err := m.clockOf(set)
	if err != nil {
		return nil, err
	}
	s, err := m.openStore(ctx, set, log)
	if err != nil {
		return nil, err
	}
	in, err := m.join(s, now, set.PublicURL, log)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	in.clock = clock
	return in, nil
}

// join builds what stands on an open database.
func (m *Main) join(s *store.Store, now func() time.Time, publicURL string, log *slog.Logger) (*installation, error) {
	book, err := templates.Load()
	if err != nil {
		return nil, err
	}
	catalogue, err := flows.Load()
	if err != nil {
		return nil, err
	}
	return &installation{
		now: now, store: s, book: book, flows: catalogue,
		bot: bot.New(bot.Config{
			Store: s, Book: book, Flows: catalogue, Reader: understand.New(),
			Now: now, NewID: m.chance.NewID, PublicURL: publicURL, Log: log,
		}),
	}, nil
}

// close closes the database.
func (in *installation) close() error { return in.store.Close() }

// clockOf is the real time, or the clock that a demo keeps in the data folder: whatever works on the same data goes by it.
func (m *Main) clockOf(set settings) (now func() time.Time, clock *scheduler.Clock, err error) {
	file := set.clockFile()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return m.Now, nil, nil
	}
	clock, err = scheduler.NewClock(m.Now, file)
	if err != nil {
		return nil, nil, err
	}
	return clock.Now, clock, nil
}
