package store

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// Store is an open database with the keys to it. It is safe for use by several goroutines, and
// several processes may have one open on the same database.
type Store struct {
	dialect dialect
	keys    *Keys
	log     *slog.Logger
	writer  *pool
	reader  *pool  // the writer itself on PostgreSQL
	address string // the URL, or SQLite's file
	wake    *waker
	meddle  func(Moment) error
	heard   func(query string)

	failures atomic.Int64
}

// Options are what a Store needs.
type Options struct {
	URL         string       // postgres://… or sqlite:PATH
	Keys        *Keys        // what seals and opens
	Log         *slog.Logger // nil for none
	Connections int          // at most so many to PostgreSQL; 0 for 16

	// NoSync leaves it to the system when SQLite's file reaches the disk: what was committed outlasts a
	// crash of the process and no power cut. For tests and simulations.
	NoSync bool
	// Alone: nobody else writes SQLite's file, and nobody begins a transaction while another is open. One connection
	// reads and writes; it takes no locks, trusts what it has read, and its journal goes with the process. The file
	// is one that was made so. For simulations.
	Alone bool
	// Meddle, where given, is asked at each moment of a transaction; its error stands for a database that
	// is gone just then. For tests and simulations.
	Meddle func(Moment) error
	// Heard, where given, is told of each statement of a transaction. For tests.
	Heard func(query string)
}

// Moment is one of a transaction at which something may break.
type Moment int

// The moments of a transaction, in their order. At Committed it has been done, and nobody is told.
const (
	Begins Moment = iota
	Commits
	Committed
)

// Open opens the database, without changing it but for making SQLite's file. It refuses one that a
// newer Amends has written or that other keys belong to. [Store.Migrate] comes next.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Keys == nil {
		return nil, NewError(Invalid, "The database needs a keyset.", nil)
	}
	s := &Store{keys: o.Keys, log: o.Log, wake: newWaker(), meddle: o.Meddle, heard: o.Heard}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.meddle == nil {
		s.meddle = func(Moment) error { return nil }
	}
	if err := s.open(ctx, o); err != nil {
		return nil, err
	}
	have, want, err := s.Version(ctx)
	if err == nil && have > want {
		err = newer(have, want)
	}
	if err == nil && have > 0 {
		err = s.checkKeys(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends all connections, once what was committed is told to other instances. It is called once.
func (s *Store) Close() error {
	close(s.wake.closed)
	s.wake.done.Wait()
	err := errors.Join(s.writer.closeLanes(), s.writer.db.Close())
	if s.reader != s.writer {
		err = errors.Join(err, s.reader.closeLanes(), s.reader.db.Close())
	}
	return err
}

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.onWriter(ctx, func(conn *sqlx.Conn) error { return conn.PingContext(ctx) }); err != nil {
		return NewError(Internal, "The database does not answer.", err)
	}
	return nil
}

// Dialect is "postgres" or "sqlite".
func (s *Store) Dialect() string { return s.dialect.name }

// Keys are the keys that it was opened with.
func (s *Store) Keys() *Keys { return s.keys }
