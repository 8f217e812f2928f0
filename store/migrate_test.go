package store_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amends/store"
	"amends/store/storetest"
)

// TestMigrateAtOnce has several instances start on an empty database, with the same new keyset.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			address := storetest.Empty(t, dialect)
			keyset := filepath.Join(t.TempDir(), "keyset.json")
			var group sync.WaitGroup
			for range 5 {
				group.Go(func() {
					keys, err := store.LoadKeys(keyset)
					if err != nil {
						t.Error(err)
						return
					}
					s, err := store.Open(t.Context(), store.Options{URL: address, Keys: keys})
					if err != nil {
						t.Error(err)
						return
					}
					defer func() { _ = s.Close() }()
					if err := s.Migrate(t.Context()); err != nil {
						t.Error(err)
						return
					}
					have, wanted, err := s.Version(t.Context())
					if err != nil || have != wanted || have == 0 {
						t.Errorf("version %d of %d, %v", have, wanted, err)
					}
					var rows int
					if err := store.DB(s).GetContext(t.Context(), &rows, "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0"); err != nil || int64(rows) != have {
						t.Errorf("%d migrations were applied, %v", rows, err)
					}
				})
			}
			group.Wait()
		})
	}
}

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := db.Open(t)
		_, wanted, err := s.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		insert := fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, true)", wanted+1)
		if _, err := store.DB(s).ExecContext(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"migrate": s.Migrate(t.Context()),
			"open":    func() error { _, err := store.Open(t.Context(), store.Options{URL: db.URL, Keys: db.Keys}); return err }(),
		} {
			want(t, store.Conflict, err)
			if !strings.Contains(store.Sentence(err), "newer Amends") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := store.DB(s).ExecContext(t.Context(), insert); err == nil {
			t.Error("a migration can be applied twice")
		}
	})
}

func TestOpenBad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	garbage := filepath.Join(folder, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		url  string
		code store.Code
		says string
	}{
		{"", store.Invalid, "postgres://… or sqlite:PATH"},
		{"mysql://root:hush@localhost/x", store.Invalid, "postgres://… or sqlite:PATH"},
		{"sqlite:", store.Invalid, "names no file"},
		{"sqlite::memory:", store.Invalid, "names no file"},
		{"sqlite:" + folder, store.Invalid, "cannot be made or written"},
		{"sqlite:" + garbage, store.Invalid, "is not an SQLite database"},
		{"sqlite:" + garbage + "/below", store.Invalid, "cannot be made or written"},
		{"postgres://me:hush@127.0.0.1:1/amends", store.Internal, "127.0.0.1:1 is not to be reached"},
		{"postgres://me:hush%zz@127.0.0.1:1/amends", store.Invalid, "not a valid postgres:// URL"},
		{"postgres://me:hush@127.0.0.1:nix/amends", store.Invalid, "not a valid postgres:// URL"},
		{"postgres://me:hush@127.0.0.1:1/amends?sslmode=hush", store.Invalid, "not a valid postgres:// URL"},
	} {
		_, err := store.Open(t.Context(), store.Options{URL: c.url, Keys: store.NewKeys()})
		want(t, c.code, err)
		if err == nil || !strings.Contains(store.Sentence(err), c.says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", c.url, err)
		}
	}
}

func TestOpenPostgresBad(t *testing.T) {
	t.Parallel()
	there, err := url.Parse(storetest.Empty(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	there.Path = "/nothere"
	there.User = url.UserPassword(there.User.Username(), "hush")
	_, err = store.Open(t.Context(), store.Options{URL: there.String(), Keys: store.NewKeys()})
	want(t, store.Invalid, err)
	if err == nil || !strings.Contains(store.Sentence(err), `no database "nothere"`) || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
}

func TestSQLiteFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "some where", "a?b#c%20.db")
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path, Keys: store.NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(file.Name(), "a?b#c%20.db") {
			t.Errorf("%s has mode %04o, %v", file.Name(), info.Mode().Perm(), err)
		}
	}
	for pragma, value := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := store.DB(s).GetContext(t.Context(), &got, "PRAGMA "+pragma); err != nil || got != value {
			t.Errorf("%s is %s, %v", pragma, got, err)
		}
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := db.Open(t)
		w := begin(t, s)
		path := filepath.Join(t.TempDir(), "backup.db")
		if s.Dialect() == "postgres" {
			err := s.Backup(t.Context(), path)
			want(t, store.Invalid, err)
			if !strings.Contains(store.Sentence(err), "pg_dump") {
				t.Error(err)
			}
			return
		}
		// A transaction that is open neither holds the backup up nor is in it.
		update(t, s, func(tx *store.Tx) error {
			if err := tx.SetAbsent(w.dana.ID, date("2026-03-09")); err != nil {
				return err
			}
			return s.Backup(t.Context(), path)
		})
		want(t, store.Conflict, s.Backup(t.Context(), path))
		want(t, store.Invalid, s.Backup(t.Context(), filepath.Join(path, "below")))
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatal(info, err)
		}
		restored := storetest.Database{URL: "sqlite:" + path, Keys: db.Keys}.Open(t)
		view(t, restored, func(tx *store.Tx) error {
			got, ok, err := tx.FindStaffByPhone(w.program.ID, "+13125550100")
			same(t, "restored", []any{ok, tx.Reveal(got.Name), got.AbsentUntil.IsZero()}, []any{true, "Dana Ortiz", true})
			return err
		})
	})
}
