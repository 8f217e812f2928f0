package store

import (
	"context"
	"fmt"
	"strings"
)

// resealBatch bounds the rows of one transaction, so that others come in between.
const resealBatch = 200

// sealedTable is a table with sealed columns.
type sealedTable struct {
	name    string
	key     string
	columns []string
}

// sealedTables are all there are; a test compares them with the schema.
func sealedTables() []sealedTable {
	return []sealedTable{
		{"programs", "id", []string{"file"}},
		{"staff", "id", []string{"name", "phone", "email"}},
		{"lines", "id", []string{"phone", "talk"}},
		{"cases", "id", []string{"file", "counted"}},
		{"parties", "id", []string{"name"}},
		{"commitments", "id", []string{"title", "payee"}},
		{"sessions", "id", []string{"state"}},
		{"answers", "id", []string{"value"}},
		{"escalations", "id", []string{"note"}},
		{"messages", "seq", []string{"body"}},
		{"audit_words", "audit_id", []string{"words"}},
		{"accounts", "id", []string{"email", "password", "totp", "recovery"}},
		{"logins", "id", []string{"data"}},
		{"seal_words", "audit_id", []string{"salt"}},
		{"figure_totals", "id", []string{"sum"}},
		{"figure_changes", "id", []string{"sum"}},
	}
}

// Reseal seals anew, with the primary key, all that an earlier key sealed. It runs beside a store in
// use, a batch a transaction, and may be broken off and begun again. progress, which may be nil, hears
// how many rows of how many were looked at; rows that are added meanwhile may come on top.
func (s *Store) Reseal(ctx context.Context, progress func(done, total int64)) error {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	var done, total int64
	err := s.View(ctx, func(tx *Tx) error {
		total = 0
		for _, t := range sealedTables() {
			n, _, err := find[int64](tx, "count "+t.name, `SELECT COUNT(*) FROM `+t.name)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range sealedTables() {
		for after, more := int64(0), true; more; {
			var last int64
			var rows int
			err := s.Update(ctx, func(tx *Tx) (err error) {
				last, rows, err = tx.reseal(t, after)
				return err
			})
			if err != nil {
				return fmt.Errorf("reseal %s: %w", t.name, err)
			}
			after, more = last, rows == resealBatch
			done += int64(rows)
			progress(done, max(done, total))
		}
	}
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec("reseal canary", `
			UPDATE installation
			SET value = ?
			WHERE name = 'canary'`, tx.Seal(canary))
		return err
	})
}

// reseal does one batch of a table, the rows after that key, and returns the last key and how many
// there were.
func (tx *Tx) reseal(t sealedTable, after int64) (last int64, n int, err error) {
	query := fmt.Sprintf(`
		SELECT %s, %s
		FROM %s
		WHERE %s > ?
		ORDER BY %s
		LIMIT ?`, t.key, strings.Join(t.columns, ", "), t.name, t.key, t.key)
	rows, err := tx.tx.QueryxContext(tx.ctx, tx.tx.Rebind(query+tx.s.dialect.lock), after, resealBatch)
	if err != nil {
		return 0, 0, tx.failed("read", err)
	}
	type row struct {
		key    int64
		sealed []Sealed
	}
	var old []row
	for rows.Next() {
		r := row{sealed: make([]Sealed, len(t.columns))}
		into := []any{&r.key}
		for i := range r.sealed {
			into = append(into, &r.sealed[i])
		}
		if err = rows.Scan(into...); err != nil {
			break
		}
		n, last = n+1, r.key
		for _, s := range r.sealed {
			if s != nil && !tx.s.keys.isCurrent(s) {
				old = append(old, r)
				break
			}
		}
	}
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return 0, 0, tx.failed("read", err)
	}
	update := fmt.Sprintf(`
		UPDATE %s
		SET %s = ?
		WHERE %s = ?`, t.name, strings.Join(t.columns, " = ?, "), t.key)
	for _, r := range old {
		var args []any
		for _, s := range r.sealed {
			args = append(args, tx.Seal(tx.Reveal(s)))
		}
		if tx.err != nil { // what doesn't open is left as it is
			return 0, 0, tx.err
		}
		if _, err := tx.exec("write", update, append(args, r.key)...); err != nil {
			return 0, 0, err
		}
	}
	return last, n, nil
}
