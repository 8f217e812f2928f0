package store

import (
	"io/fs"

	"github.com/jmoiron/sqlx"
)

// DB is the database itself, for tests that go behind the Store's back.
func DB(s *Store) *sqlx.DB { return s.writer.db }

// SealedColumns are the columns that Reseal knows, as table.column.
func SealedColumns() (columns []string) {
	for _, t := range sealedTables() {
		for _, c := range t.columns {
			columns = append(columns, t.name+"."+c)
		}
	}
	return columns
}

// Migrations is the schema as it is written, for both databases.
func Migrations() string {
	var all []byte
	files, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, file := range files {
		text, _ := fs.ReadFile(migrations, file)
		all = append(all, text...)
	}
	return string(all)
}

// ErrStale is what makes Update run again.
var ErrStale = errStale
