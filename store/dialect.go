package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// dialect is all that the two databases don't say alike, but for opening them (open.go).
type dialect struct {
	name  string
	goose goose.Dialect
	key   string // the column type of an identity primary key
	bytes string // the column type of bytes

	// lock keeps a row from other writers. Not FOR UPDATE: rows elsewhere that merely refer to this
	// one may still be added, so that a message for a locked line or case waits for nobody.
	lock string
	// claim takes a row that no other transaction has, and waits for none. SQLite has one writer,
	// which is lock and claim enough.
	claim string
	// claimOf is claim where m is joined with others, lockDoor lock of the line l and the case c.
	claimOf  string
	lockDoor string

	// still keeps everybody from writing what figures are reckoned from, until the transaction is over.
	still string

	// hasTable counts the tables of that name.
	hasTable string
}

func postgres() dialect {
	return dialect{
		name:     "postgres",
		goose:    goose.DialectPostgres,
		key:      "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		bytes:    "BYTEA",
		lock:     " FOR NO KEY UPDATE",
		claim:    " FOR UPDATE SKIP LOCKED",
		claimOf:  " FOR UPDATE OF m SKIP LOCKED",
		lockDoor: " FOR NO KEY UPDATE OF l, c",
		still:    "LOCK TABLE cases, lines, ledger, escalations, messages, sessions, answers IN SHARE ROW EXCLUSIVE MODE",
		hasTable: `SELECT COUNT(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = ?`,
	}
}

func sqlite3() dialect {
	return dialect{
		name:     "sqlite",
		goose:    goose.DialectSQLite3,
		key:      "INTEGER PRIMARY KEY",
		bytes:    "BLOB",
		hasTable: `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?`,
	}
}

// SQLite's primary result codes, in the low byte of an extended one.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteIOError    = 10
	sqliteFull       = 13
	sqliteConstraint = 19
)

// The extended codes of a row that is there already.
const (
	sqliteConstraintPrimaryKey = 1555
	sqliteConstraintUnique     = 2067
)

// again says whether a transaction that failed so before its commit may be run again: another took
// its lock or row, or the connection is gone and with it all that was done.
func again(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code {
		case "40001", // serialization failure
			"40P01",                   // deadlock
			"55P03",                   // a lock not to be had in time
			"57P01", "57P02", "57P03": // the server is stopping, crashed, or starting
			return true
		}
		return e.Code.Class() == "08" // connection lost
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqliteBusy || e.Code()&0xff == sqliteLocked
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, errStale) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// unanswered says whether a commit that failed so may have been done all the same: the connection
// was lost, or the server stopped, before it answered.
func unanswered(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code.Class() == "08" || e.Code.Class() == "57"
	}
	_, ok := errors.AsType[*sqlite.Error](err)
	return !ok
}

// taken says whether err is that of a row that is there already.
func taken(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqliteConstraintUnique || e.Code() == sqliteConstraintPrimaryKey
	}
	return false
}

// full says whether err is that of a disk without room.
func full(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "53100"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqliteFull
	}
	return false
}

// rows are n rows of so many question marks each for VALUES.
func rows(columns, n int) string {
	return strings.TrimSuffix(strings.Repeat("("+marks(columns)+"), ", n), ", ")
}

// Outage says whether err is trouble of the database's own, which passes: it is full, busy or gone. What was
// asked of it is asked again as it stands.
func Outage(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqliteIOError {
		return true
	}
	return full(err) || again(err)
}

// given is a whole number in a query that is run often with one number and another. For a bare question mark
// SQLite looks at the number when it plans, and plans anew, at many times the query's own cost, when another
// takes its place: in a LIMIT at any other, in a comparison where 0 or 1 comes or goes.
const given = `CAST(? AS BIGINT)`

// marks is a list of n question marks for an IN.
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}
