package store

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrateLock is the advisory lock under which one instance at a time migrates a PostgreSQL.
const migrateLock = 0x616d656e6473 // "amends"

// migrateTries bounds how often a migration that another process got ahead with on SQLite is looked
// at again, migratePause apart.
const (
	migrateTries = 20
	migratePause = 50 * time.Millisecond
)

// Version is the schema's version in the database, 0 for an empty one, and the one this program needs.
func (s *Store) Version(ctx context.Context) (have, want int64, err error) {
	if want, err = lastMigration(); err != nil {
		return 0, 0, err
	}
	there, err := s.hasTable(ctx, s.reader.db, goose.DefaultTablename)
	if err == nil && there {
		err = s.reader.db.GetContext(ctx, &have, "SELECT COALESCE(MAX(version_id), 0) FROM "+goose.DefaultTablename)
	}
	if err != nil {
		return 0, 0, told(fmt.Errorf("schema version: %w", err))
	}
	return have, want, nil
}

// Migrate brings the schema up to what this program needs. Several instances may do so at once; each
// migration is one transaction. A schema that a newer program has written is refused.
func (s *Store) Migrate(ctx context.Context) error {
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return told(fmt.Errorf("lock migrations: %w", err))
	}
	defer unlock()
	var failure error
	for try := 1; ; try++ {
		have, want, err := s.Version(ctx)
		switch {
		case err != nil:
			return err
		case have > want:
			return newer(have, want)
		case have == want:
			return s.checkKeys(ctx)
		case try > migrateTries, ctx.Err() != nil:
			return NewError(Internal, fmt.Sprintf("The database could not be brought from schema %d to %d.", have, want), failure)
		}
		if failure = s.up(ctx); failure != nil {
			// On SQLite another process may have applied the same one first: the unique index on
			// goose's own table undoes ours then, and we look again. A fault of our own is there
			// again, too.
			time.Sleep(migratePause)
		}
	}
}

// up applies all migrations that the database lacks.
func (s *Store) up(ctx context.Context) error {
	provider, err := goose.NewProvider(s.dialect.goose, s.writer.db.DB, translated{s.dialect},
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// lockMigrations keeps other instances on PostgreSQL from migrating until unlock. SQLite needs none.
func (s *Store) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if s.dialect.name != "postgres" {
		return func() {}, nil
	}
	conn, err := s.writer.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrateLock))
		_ = conn.Close()
	}, nil
}

func newer(have, want int64) error {
	return NewError(Conflict, fmt.Sprintf(
		"The database has schema %d, written by a newer Amends; this one knows schemas up to %d: start the newer one.", have, want), nil)
}

// lastMigration is the highest number that a migration's file name begins with.
func lastMigration() (last int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, file := range files {
		n, err := goose.NumericComponent(file)
		if err != nil {
			return 0, err
		}
		last = max(last, n)
	}
	return last, err
}

// translated is the folder of migrations in the words of one dialect.
type translated struct{ dialect dialect }

// Open opens a file or the folder, ".".
func (t translated) Open(name string) (fs.File, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	file, err := folder.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	return translatedFile{bytes.NewReader([]byte(t.dialect.translate(string(text)))), info}, nil
}

type translatedFile struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat tells of the file as it was before the translation.
func (f translatedFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing.
func (f translatedFile) Close() error { return nil }

// translate puts the dialect's words for KEY and BYTES, as column types, and leaves out the lines
// that are "only:" for the other.
func (d dialect) translate(text string) string {
	keyType := regexp.MustCompile(`(?m)^(\s+[a-z_]+\s+)KEY\b`)
	bytesType := regexp.MustCompile(`(?m)^(\s+[a-z_]+\s+)BYTES\b`)
	text = keyType.ReplaceAllString(text, "${1}"+d.key)
	text = bytesType.ReplaceAllString(text, "${1}"+d.bytes)
	var kept strings.Builder
	only := "end"
	for line := range strings.Lines(text) {
		if which, ok := strings.CutPrefix(strings.TrimSpace(line), "-- only: "); ok {
			only = which
		} else if only == "end" || only == d.name {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
