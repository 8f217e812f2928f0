package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jmoiron/sqlx"
)

// lane is a connection to SQLite's file with the statements that are prepared on it. database/sql has a
// goroutine watch each transaction, each query and each statement for the end of its context; SQLite runs in
// our own process, most statements take less than that costs, and so ours run without.
type lane struct {
	conn       *sqlx.Conn
	statements map[string]*sqlx.Stmt
}

// noEnd is what statements on a lane run with.
var noEnd = context.Background()

// openLanes prepares for n transactions at a time. Each makes its connection when it is first used.
func (p *pool) openLanes(n int) {
	p.lanes = make(chan *lane, n)
	for range n {
		p.lanes <- &lane{}
	}
}

// take waits for a free lane.
func (p *pool) take(ctx context.Context) (*lane, error) {
	var l *lane
	select {
	case l = <-p.lanes:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		p.lanes <- l
		return nil, err
	}
	if l.conn != nil {
		return l, nil
	}
	conn, err := p.db.Connx(ctx)
	if err != nil {
		p.lanes <- l
		return nil, err
	}
	l.conn, l.statements = conn, map[string]*sqlx.Stmt{}
	return l, nil
}

// close ends a lane's connection.
func (l *lane) close() error {
	if l.conn == nil {
		return nil
	}
	var err error
	for _, stmt := range l.statements {
		err = errors.Join(err, stmt.Close())
	}
	err = errors.Join(err, l.conn.Close())
	return err
}

// closeLanes waits until no transaction is under way and ends the connections.
func (p *pool) closeLanes() (err error) {
	for range cap(p.lanes) {
		err = errors.Join(err, (<-p.lanes).close())
	}
	return err
}

// statement is a query prepared.
func (l *lane) statement(query string) (*sqlx.Stmt, error) {
	if stmt := l.statements[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := l.conn.PreparexContext(noEnd, query)
	if err == nil {
		l.statements[query] = stmt
	}
	return stmt, err
}

// do runs a statement that says where a transaction begins or ends.
func (l *lane) do(query string) error {
	stmt, err := l.statement(query)
	if err == nil {
		_, err = stmt.ExecContext(noEnd)
	}
	return err
}

// beginLane begins a transaction on SQLite, one that writes on the writer's lane.
func (s *Store) beginLane(ctx context.Context, p *pool, reads bool) (*Tx, error) {
	l, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	begin := "BEGIN"
	if !reads {
		begin = "BEGIN IMMEDIATE"
	}
	if err := l.do(begin); err != nil {
		p.lanes <- l
		return nil, err
	}
	return &Tx{ctx: ctx, s: s, pool: p, tx: &laneTx{Conn: l.conn, ctx: ctx, l: l, p: p}, lane: l, run: noEnd, reads: reads}, nil
}

// laneTx is a transaction on a lane.
type laneTx struct {
	*sqlx.Conn
	ctx context.Context
	l   *lane
	p   *pool
}

// Commit ends the transaction, whose context must not have ended before.
func (t *laneTx) Commit() error {
	if t.l == nil {
		return sql.ErrTxDone
	}
	if err := t.ctx.Err(); err != nil {
		return errors.Join(err, t.Rollback())
	}
	if err := t.l.do("COMMIT"); err != nil {
		return errors.Join(err, t.Rollback())
	}
	t.leave()
	return nil
}

// Rollback undoes the transaction, unless it is over.
func (t *laneTx) Rollback() error {
	if t.l == nil {
		return sql.ErrTxDone
	}
	if t.l.do("ROLLBACK") != nil {
		// SQLite has undone it by itself, or the connection is no good: nobody uses it again.
		_ = t.l.conn.Raw(func(any) error { return driver.ErrBadConn })
		t.l.conn, t.l.statements = nil, nil
	}
	t.leave()
	return nil
}

func (t *laneTx) leave() {
	t.p.lanes <- t.l
	t.l = nil
}

// onWriter uses the connection that writes, on SQLite between its transactions.
func (s *Store) onWriter(ctx context.Context, use func(*sqlx.Conn) error) error {
	if s.writer.lanes == nil {
		conn, err := s.writer.db.Connx(ctx)
		if err != nil {
			return err
		}
		return errors.Join(use(conn), conn.Close())
	}
	l, err := s.writer.take(ctx)
	if err != nil {
		return err
	}
	defer func() { s.writer.lanes <- l }()
	return use(l.conn)
}
