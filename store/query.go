package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

var errReads = errors.New("a transaction that only reads would write")

// pool is a set of connections and the statements that are prepared on them.
type pool struct {
	db         *sqlx.DB
	statements sync.Map   // query → *statement
	lanes      chan *lane // SQLite's, see lane.go; nil on PostgreSQL
}

// statement is a query in the dialect's words. Its first run is unprepared, for to prepare it takes
// a connection of its own, and there may be but the one that runs it.
type statement struct {
	text     string
	prepared atomic.Pointer[sqlx.Stmt]
}

func (p *pool) statement(query string) *statement {
	if st, ok := p.statements.Load(query); ok {
		return st.(*statement)
	}
	st, _ := p.statements.LoadOrStore(query, &statement{text: p.db.Rebind(query)})
	return st.(*statement)
}

// writes says whether a query of ours is one that writes.
func writes(query string) bool {
	query = strings.TrimSpace(query)
	return strings.HasPrefix(query, "INSERT") || strings.HasPrefix(query, "UPDATE") || strings.HasPrefix(query, "DELETE")
}

// warm prepares what was run for the first time.
func (p *pool) warm(ctx context.Context, cold []*statement) {
	for _, st := range cold {
		if st.prepared.Load() != nil {
			continue
		}
		prepared, err := p.db.PreparexContext(ctx, st.text)
		if err != nil {
			return // it is run unprepared once more
		}
		if !st.prepared.CompareAndSwap(nil, prepared) {
			_ = prepared.Close()
		}
	}
}

// prepared is the query ready to run in this transaction, or nil and its text.
func (tx *Tx) prepared(query string) (*sqlx.Stmt, string, error) {
	if tx.s.heard != nil {
		tx.s.heard(query)
	}
	if tx.lane != nil {
		// A statement takes a moment, and is not worth a goroutine that watches for the end of its context.
		if err := tx.ctx.Err(); err != nil {
			return nil, "", err
		}
		// Elsewhere the connection itself writes nothing.
		if tx.reads && tx.s.reader == tx.s.writer && writes(query) {
			return nil, "", errReads
		}
		stmt, err := tx.lane.statement(query)
		return stmt, "", err
	}
	st := tx.pool.statement(query)
	if p := st.prepared.Load(); p != nil {
		return tx.tx.(*sqlx.Tx).StmtxContext(tx.ctx, p), "", nil
	}
	tx.cold = append(tx.cold, st)
	return nil, st.text, nil
}

// before writes the texts that wait to be written, if a query might read them.
func (tx *Tx) before(query string) error {
	if len(tx.pending) == 0 || !strings.Contains(query, "messages") {
		return nil
	}
	return tx.flushMessages()
}

// find loads one row, if there is one.
func find[T any](tx *Tx, what, query string, args ...any) (row T, found bool, err error) {
	if err := tx.before(query); err != nil {
		return row, false, err
	}
	err = tx.fetch(&row, (*sqlx.Stmt).GetContext, transaction.GetContext, query, args)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	if err != nil {
		return row, false, tx.failed(what, err)
	}
	return row, true, nil
}

// get loads one row that must be there. Noun is what a person is told is missing.
func get[T any](tx *Tx, noun, query string, args ...any) (T, error) {
	row, ok, err := find[T](tx, "get "+noun, query, args...)
	if err == nil && !ok {
		err = NewError(NotFound, "There is no such "+noun+".", nil)
	}
	return row, err
}

// list loads rows.
func list[T any](tx *Tx, what, query string, args ...any) (rows []T, err error) {
	if err := tx.before(query); err != nil {
		return nil, err
	}
	if err := tx.fetch(&rows, (*sqlx.Stmt).SelectContext, transaction.SelectContext, query, args); err != nil {
		return nil, tx.failed(what, err)
	}
	return rows, nil
}

// fetch reads into what into points at: by the prepared statement where there is one, else by the query's text.
func (tx *Tx) fetch(into any, byStmt func(*sqlx.Stmt, context.Context, any, ...any) error,
	byText func(transaction, context.Context, any, string, ...any) error, query string, args []any) error {
	stmt, text, err := tx.prepared(query)
	switch {
	case err != nil:
		return err
	case stmt != nil:
		return byStmt(stmt, tx.run, into, args...)
	}
	return byText(tx.tx, tx.run, into, text, args...)
}

// exec runs a statement and says how many rows it touched.
func (tx *Tx) exec(what, query string, args ...any) (int64, error) {
	result, err := tx.execute(what, query, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execute runs a statement that gives no rows.
func (tx *Tx) execute(what, query string, args []any) (result sql.Result, err error) {
	if err := tx.before(query); err != nil {
		return nil, err
	}
	stmt, text, err := tx.prepared(query)
	switch {
	case err != nil:
	case stmt != nil:
		result, err = stmt.ExecContext(tx.run, args...)
	default:
		result, err = tx.tx.ExecContext(tx.run, text, args...)
	}
	if err != nil {
		return nil, tx.failed(what, err)
	}
	return result, nil
}

// insert adds one row and reads the key that it got, its id.
func (tx *Tx) insert(what string, key *int64, query string, args ...any) error {
	keys, err := tx.insertRows(what, "id", 1, query, args)
	if err == nil {
		*key = keys[0]
	}
	return err
}

// insertRows adds n rows and reads the keys that they got, in the rows' order. SQLite gives keys that follow on one
// another and tells the last; to return them it would make a table of them first.
func (tx *Tx) insertRows(what, key string, n int, query string, args []any) ([]int64, error) {
	if tx.lane == nil {
		keys, err := list[int64](tx, what, query+" RETURNING "+key, args...)
		slices.Sort(keys)
		return keys, err
	}
	result, err := tx.execute(what, query, args)
	if err != nil {
		return nil, err
	}
	last, err := result.LastInsertId()
	keys := make([]int64, n)
	for i := range keys {
		keys[i] = last - int64(n-1-i)
	}
	return keys, err
}

// save writes one row that must be there. Noun is what a person is told is missing.
func (tx *Tx) save(noun, query string, args ...any) error {
	n, err := tx.exec("save "+noun, query, args...)
	if err == nil && n == 0 {
		err = NewError(NotFound, "There is no such "+noun+".", nil)
		tx.fail(err)
	}
	return err
}

// saveVersion writes one row whose query says that it must be as it was read. If it isn't, the
// transaction is run again.
func (tx *Tx) saveVersion(noun, query string, args ...any) error {
	n, err := tx.exec("save "+noun, query, args...)
	if err == nil && n == 0 {
		err = tx.failed("save "+noun, errStale)
	}
	return err
}

// failed is a failure of the database with what was being done. It fails the transaction on both
// databases, as it does on PostgreSQL anyway.
func (tx *Tx) failed(what string, err error) error {
	err = told(fmt.Errorf("%s: %w", what, err))
	tx.fail(err)
	return err
}

// nested are columns of the table called alias, named so that they are read into the struct field
// whose tag is field.
func nested(alias, field, columns string) string {
	var b strings.Builder
	for i, column := range strings.Split(columns, ",") {
		if i > 0 {
			b.WriteString(", ")
		}
		column = strings.TrimSpace(column)
		fmt.Fprintf(&b, `%s.%s AS "%s.%s"`, alias, column, field, column)
	}
	return b.String()
}

// nestedOuter is nested for a table of an outer join: where there is no row, a number of those columns
// reads as 0 and a text as "". Columns that may be NULL anyway need no mention.
func nestedOuter(alias, field, columns, numbers, texts string) string {
	selected := nested(alias, field, columns)
	zero := func(names, value string) {
		for _, column := range strings.Split(names, ",") {
			whole := alias + "." + strings.TrimSpace(column) + " AS"
			selected = strings.Replace(selected, whole, "COALESCE("+strings.TrimSuffix(whole, " AS")+", "+value+") AS", 1)
		}
	}
	zero(numbers, "0")
	zero(texts, "''")
	return selected
}

// of are columns of the table called alias.
func of(alias, columns string) string {
	var b strings.Builder
	for i, column := range strings.Split(columns, ",") {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(alias + "." + strings.TrimSpace(column))
	}
	return b.String()
}

// padded are values for an IN, the last said again up to a power of two: statements are kept by their
// text, and so there are few lengths of it.
func padded[T any](values []T) []T {
	for n := len(values); n&(n-1) != 0; n++ {
		values = append(values[:n:n], values[n-1])
	}
	return values
}

// anys are values as arguments.
func anys[T any](values []T) []any {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return args
}
