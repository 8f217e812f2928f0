package store

import (
	"context"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// wakeChannel is what instances on one PostgreSQL tell each other on.
const wakeChannel = "amends_wake"

const (
	// listenPing finds a listening connection that a firewall has let die, within a few texts' patience.
	listenPing = time.Minute
	// A lost listening connection is asked for again after listenAgain, then ever later up to
	// listenLast. Texts don't wait for it: every instance also looks by itself at what is due.
	listenAgain = 100 * time.Millisecond
	listenLast  = 30 * time.Second
)

// watchEvery is how often a process that waits looks whether another has written to its SQLite file: as
// long as `amends case add` beside a `serve` may take to be heard of.
const watchEvery = 250 * time.Millisecond

// waker tells of texts and due rows that were committed: the sender of this process through local,
// those of other instances through the database, on PostgreSQL by NOTIFY. That is sent after the commit and not with it:
// PostgreSQL commits notifying transactions one after the other, and so never in groups. One that is
// lost with the process costs a wait, never a text.
type waker struct {
	local  chan struct{}
	others chan struct{} // nil on SQLite
	self   string        // what tells our own notifications from others'
	once   sync.Once     // starts to listen
	closed chan struct{}
	done   sync.WaitGroup
}

func newWaker() *waker {
	return &waker{local: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Wake is told when texts or due rows were committed, here or in another instance. One signal may
// stand for many, and some come for nothing; whoever takes them looks at all there is. There is one
// channel a Store, for one taker.
func (s *Store) Wake() <-chan struct{} {
	listen := s.watch
	if s.dialect.name == "postgres" {
		listen = s.listen
	}
	s.wake.once.Do(func() { s.wake.done.Go(listen) })
	return s.wake.local
}

// send wakes the sender of this process and lets the others know.
func (w *waker) send() {
	signal(w.local)
	signal(w.others)
}

// signal leaves one in c unless one waits there already; nil takes none.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// notifyOthers passes signals on to other instances until the Store is closed, the last one included.
func (s *Store) notifyOthers() {
	for {
		select {
		case <-s.wake.others:
			s.notify()
		case <-s.wake.closed:
			select {
			case <-s.wake.others:
				s.notify()
			default:
			}
			return
		}
	}
}

func (s *Store) notify() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := s.writer.db.ExecContext(ctx, "SELECT pg_notify($1, $2)", wakeChannel, s.wake.self); err != nil {
		s.log.Warn("other instances were not woken; they will look by themselves", "error", err)
	}
}

// listen wakes the sender when another instance says so, and after each reconnection, for what was
// said meanwhile is lost.
func (s *Store) listen() {
	listener := pq.NewListener(s.address, listenAgain, listenLast, nil)
	defer func() { _ = listener.Close() }()
	listening := make(chan error, 1)
	go func() { listening <- listener.Listen(wakeChannel) }() // returns once connected, or closed
	ping := time.NewTicker(listenPing)
	defer ping.Stop()
	for {
		select {
		case <-s.wake.closed:
			return
		case err := <-listening:
			if err != nil {
				s.log.Warn("not listening for other instances", "error", err)
			}
			signal(s.wake.local)
		case n := <-listener.Notify:
			if n == nil || n.Extra != s.wake.self {
				signal(s.wake.local)
			}
		case <-ping.C:
			go func() { _ = listener.Ping() }() // a dead connection is replaced
		}
	}
}

// watch wakes the sender when another process has written to SQLite's file. The version that the
// writing connection is told changes with others' commits and not with its own.
func (s *Store) watch() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var seen int64
	for {
		var version int64
		if err := s.onWriter(ctx, func(conn *sqlx.Conn) error { return conn.GetContext(ctx, &version, "PRAGMA data_version") }); err == nil && version != seen {
			seen = version
			signal(s.wake.local) // the first time for nothing
		}
		select {
		case <-s.wake.closed:
			return
		case <-tick.C:
		}
	}
}
