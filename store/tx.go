package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// A transaction that the database refuses for another's sake is run up to updateTries times, after
// pauses of 5 ms, 10, 20 … up to updatePause: some two and a half seconds in all. That is well past any
// deadlock, and long enough for a quick restart of PostgreSQL, yet far below Twilio's 15 seconds.
const (
	updateTries = 12
	updatePause = 320 * time.Millisecond
	// What is stale once more after staleTries was stale when the caller came with it.
	staleTries = 3
)

// errStale is a row that another transaction changed between our reading and writing it.
var errStale = errors.New("changed meanwhile")

// Tx is one transaction. It is used by one goroutine, and not after its function has returned.
type Tx struct {
	ctx     context.Context
	s       *Store
	pool    *pool
	tx      transaction
	lane    *lane           // where it runs, on SQLite
	run     context.Context // what statements run with: ctx, or on SQLite one that does not end
	reads   bool            // it only reads, on SQLite
	err     error           // the first failure: it fails the transaction, whoever overlooked it
	cold    []*statement    // run unprepared, to be prepared once the transaction is over
	log     []Entry         // audit entries not written yet
	wakes   bool            // texts or due rows were added
	touched map[int64]bool  // cases whose commitments, ledger or well-being were changed

	pending  []pending            // texts not written yet
	unseen   Word                 // the SID of a text that has not come in, as far as LockDoor saw
	programs map[int64]Program    // as they were read
	live     map[int64][]*Session // of a line, see liveSessions
	ready    map[int64][2]bool    // of a program, whether it has texts of each rank that may go
}

// transaction is what a database's transaction can do.
type transaction interface {
	GetContext(ctx context.Context, row any, query string, args ...any) error
	SelectContext(ctx context.Context, rows any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error)
	Rebind(query string) string
	Commit() error
	Rollback() error
}

// Update runs do in one transaction and commits it, if do returns nil and nothing failed. It runs do
// again, from its beginning, if the database gave up the transaction for another's sake. One Update within
// another waits for it, on SQLite, for ever.
func (s *Store) Update(ctx context.Context, do func(*Tx) error) error {
	pause := 5 * time.Millisecond
	for try := 1; ; try++ {
		inDoubt, err := s.update(ctx, do)
		// What may have been committed is not done again: the caller knows how to find out.
		if err == nil || inDoubt || try == updateTries || !again(err) || ctx.Err() != nil ||
			try == staleTries && errors.Is(err, errStale) {
			return s.counted(told(err))
		}
		s.log.DebugContext(ctx, "transaction is run again", "try", try, "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return told(err)
		case <-timer.C:
		}
		pause = min(2*pause, updatePause)
	}
}

// update runs do once. In doubt is a transaction whose commit was asked for and not answered.
func (s *Store) update(ctx context.Context, do func(*Tx) error) (inDoubt bool, err error) {
	tx, err := s.begin(ctx, s.writer, nil)
	if err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.tx.Rollback() }() // does nothing after the commit
	if err = do(tx); err == nil {
		err = tx.flushMessages()
	}
	if err == nil {
		err = tx.settleStanding()
	}
	if err == nil {
		err = tx.flushLog()
	}
	if tx.err != nil && (err == nil || again(tx.err)) {
		err = tx.err
	}
	if err != nil {
		return false, err
	}
	if err = s.meddle(Commits); err != nil {
		return false, fmt.Errorf("commit: %w", err)
	}
	if err = tx.tx.Commit(); err != nil {
		return unanswered(err), fmt.Errorf("commit: %w", err)
	}
	if err = s.meddle(Committed); err != nil {
		return true, fmt.Errorf("commit: %w", err)
	}
	if tx.wakes {
		s.wake.send()
	}
	tx.pool.warm(ctx, tx.cold)
	return false, nil
}

// View runs do in one transaction that only reads, and sees the database as it is at its beginning.
func (s *Store) View(ctx context.Context, do func(*Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.dialect.name == "postgres" {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.begin(ctx, s.reader, options)
	if err != nil {
		return s.counted(told(fmt.Errorf("begin: %w", err)))
	}
	defer func() { _ = tx.tx.Rollback() }()
	err = do(tx)
	if err == nil {
		err = errors.Join(tx.flushMessages(), tx.flushLog()) // which fail: nothing is written here
	}
	if err == nil {
		err = tx.err
	}
	if err == nil {
		_ = tx.tx.Rollback() // before warm, which needs a connection
		tx.pool.warm(ctx, tx.cold)
	}
	return s.counted(told(err))
}

func (s *Store) begin(ctx context.Context, p *pool, options *sql.TxOptions) (*Tx, error) {
	if err := s.meddle(Begins); err != nil {
		return nil, err
	}
	if p.lanes != nil {
		return s.beginLane(ctx, p, options != nil && options.ReadOnly)
	}
	tx, err := p.db.BeginTxx(ctx, options)
	if err != nil {
		return nil, err
	}
	return &Tx{ctx: ctx, s: s, pool: p, tx: tx, run: ctx}, nil
}

// counted counts a failure that is the database's or ours.
func (s *Store) counted(err error) error {
	if err != nil && CodeOf(err) == Internal && !errors.Is(err, context.Canceled) {
		s.failures.Add(1)
	}
	return err
}

// Failures is how many transactions have failed since the Store was opened, each after all its tries, for no fault of
// whoever asked for them.
func (s *Store) Failures() int64 { return s.failures.Load() }

// told gives an error of the database its code and sentence; one that has them keeps them.
func told(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	switch {
	case taken(err):
		return NewError(Conflict, "It is there already.", err)
	case errors.Is(err, errStale):
		return NewError(Conflict, "Somebody else changed it meanwhile: look again.", err)
	case full(err):
		return NewError(Internal, "The database's disk is full.", err)
	case again(err):
		return NewError(Internal, "The database is busy or not there: try again in a moment.", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return NewError(Internal, "Something went wrong on our side; it is in the log.", err)
}

// Context is the transaction's.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Seal encrypts text; "" seals to nil.
func (tx *Tx) Seal(text string) Sealed { return tx.s.keys.Seal(text) }

// Reveal opens a sealed text; nil opens to "". One that does not open reads as "" and fails the
// transaction.
func (tx *Tx) Reveal(s Sealed) string {
	text, err := tx.s.keys.Open(s)
	tx.fail(err)
	return text
}

// SealJSON seals v as JSON. A v that JSON cannot write fails the transaction.
func (tx *Tx) SealJSON(v any) Sealed {
	text, err := json.Marshal(v)
	if err != nil {
		tx.fail(fmt.Errorf("seal %T: %w", v, err))
		return nil
	}
	return tx.Seal(string(text))
}

// RevealJSON opens what SealJSON sealed into the value that v points to; nil leaves it as it is.
func (tx *Tx) RevealJSON(s Sealed, v any) error {
	text := tx.Reveal(s)
	if text == "" {
		return tx.err
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		// The cause is not passed on: it may quote the text.
		err = fmt.Errorf("reveal %T: not its JSON", v)
		tx.fail(err)
		return err
	}
	return nil
}

// LineHash is the hash that a phone (E.164) is found by.
func (tx *Tx) LineHash(phone string) []byte { return tx.s.keys.Hash("phone", phone) }

// Notify wakes the sender and the scheduler, here and in other instances, once this transaction is
// committed. AddMessage and Arm do so by themselves.
func (tx *Tx) Notify() { tx.wakes = true }

// fail keeps the first failure.
func (tx *Tx) fail(err error) {
	if err != nil && tx.err == nil {
		tx.err = err
	}
}
