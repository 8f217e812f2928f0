package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes the database, as it is at one moment, to a new file with mode 0600, while it goes on
// being used. A PostgreSQL is backed up with its own tools. The keyset is not in it: keep a copy
// elsewhere.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	if s.dialect.name != "sqlite" {
		return NewError(Invalid, "A PostgreSQL database is backed up with pg_dump, which may run while it is in use.", nil)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return NewError(Invalid, "The backup's file has no path.", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return NewError(Conflict, fmt.Sprintf("The file %s exists already; a backup goes to a new one.", path), nil)
	}
	if err != nil {
		return NewError(Invalid, fmt.Sprintf("The backup's file %s cannot be made.", path), err)
	}
	defer func() {
		_ = file.Close()
		if err != nil {
			_ = os.Remove(path) // half a backup is worse than none
		}
	}()
	// A connection of its own: the writer goes on, and the readers may not.
	db, err := openFile(ctx, s.address, 1)
	if err != nil {
		return sqliteError(s.address, err)
	}
	defer func() { _ = db.Close() }()
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return told(fmt.Errorf("backup: %w", err))
	}
	if err = file.Sync(); err != nil {
		return NewError(Internal, fmt.Sprintf("The backup's file %s could not be written to the end.", path), err)
	}
	return nil
}
