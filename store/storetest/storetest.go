// Package storetest gives tests a database of their own on SQLite and on PostgreSQL.
//
//	func TestThing(t *testing.T) {
//		storetest.Each(t, func(t *testing.T, s *store.Store) {
//			…
//		})
//	}
//
// PostgreSQL is that of AMENDS_TEST_POSTGRES_URL, whose user may create databases, or a private
// cluster of the installed binaries, started at the first need and gone with the process. Where there
// is neither, the test is skipped and says so; AMENDS_TEST_REQUIRE=postgres makes it fail instead.
package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amends/store"
)

// Dialects are the databases that tests run on.
func Dialects() []string { return []string{"sqlite", "postgres"} }

// Each runs do on a migrated database of its own of each dialect, as parallel subtests.
func Each(t *testing.T, do func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachDatabase(t, func(t *testing.T, db Database) { do(t, db.Open(t)) })
}

// EachDatabase is Each for a test that opens its database itself, perhaps more than once.
func EachDatabase(t *testing.T, do func(t *testing.T, db Database)) {
	t.Helper()
	for _, dialect := range Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			do(t, New(t, dialect))
		})
	}
}

// Open opens a migrated database of its own.
func Open(t testing.TB, dialect string) *store.Store {
	t.Helper()
	return New(t, dialect).Open(t)
}

// Database is a migrated database of one test, which is gone after it.
type Database struct {
	URL  string
	Keys *store.Keys
}

// New makes a database, with all migrations and no keys yet.
func New(t testing.TB, dialect string) Database {
	t.Helper()
	url := Empty(t, dialect)
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		template, err := sqliteTemplate()
		if err == nil {
			err = os.WriteFile(path, template, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	} else {
		url = migratedPostgres(t, url)
	}
	return Database{URL: url, Keys: store.NewKeys()}
}

// Empty is the URL of a database of its own with nothing in it.
func Empty(t testing.TB, dialect string) string {
	t.Helper()
	switch dialect {
	case "sqlite":
		return "sqlite:" + filepath.Join(t.TempDir(), "amends.db")
	case "postgres":
		return emptyPostgres(t)
	}
	t.Fatalf("storetest: no dialect %q", dialect)
	return ""
}

// Open opens the database, closed again with the test. Each call is another instance on it.
func (db Database) Open(t testing.TB) *store.Store {
	t.Helper()
	return db.OpenWith(t, store.Options{})
}

// OpenWith opens it with options of the test's own beside its address and keys.
func (db Database) OpenWith(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	_, bench := t.(*testing.B) // a benchmark pays for the disk as the service does
	o.URL, o.Keys, o.NoSync = db.URL, db.Keys, !bench
	s, err := store.Open(t.Context(), o)
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("close the store: %v", err)
			}
		})
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	return s
}

// sqliteTemplate is a migrated file, made once a process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "amends-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "amends.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, fmt.Errorf("make the SQLite template: %w", err)
	}
	return os.ReadFile(path)
})
