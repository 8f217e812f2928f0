package scheduler_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"amends/bot/emulator"
	"amends/store"
	"amends/store/storetest"
)

// slowDisk keeps a commit waiting until it is told to go on.
type slowDisk struct {
	next    atomic.Bool // the next commit waits
	entered chan struct{}
	goOn    chan struct{}
}

func (d *slowDisk) meddle(at store.Moment) error {
	if at == store.Commits && d.next.CompareAndSwap(true, false) {
		close(d.entered)
		<-d.goOn
	}
	return nil
}

// answers are how many texts a phone of a bench got to what it wrote.
func (s *bench) answers(phone int) (n int) {
	for _, text := range s.phones.Thread(phoneOf(phone)) {
		if text.Direction == emulator.ToPhone && strings.Contains(text.Body, "$") {
			n++
		}
	}
	return n
}

// TestSlowDisk has the disk take its time over one text's commit. On PostgreSQL those of other numbers are taken,
// answered and sent meanwhile. SQLite has one writer: they wait, and whoever only reads does not. Nobody is refused, and
// all is there once in the end.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		disk := &slowDisk{entered: make(chan struct{}), goOn: make(chan struct{})}
		s := newBench(t, db.OpenWith(t, store.Options{Meddle: disk.meddle}), 3)
		s.settle()
		welcomed := s.answers(0) + s.answers(1) + s.answers(2)
		var held sync.WaitGroup
		disk.next.Store(true)
		held.Go(func() { s.inbound(0) })
		<-disk.entered
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error { // a page, a look at what is due
			_, err := tx.CasesByReference("RJ-0")
			return err
		}))
		_, _, err := s.sched.Next(t.Context())
		must(t, err)
		for _, phone := range []int{1, 2} {
			if s.store.Dialect() == "sqlite" {
				held.Go(func() { s.inbound(phone) })
				continue
			}
			s.inbound(phone)
			s.settle()
			if s.answers(phone) != 1 {
				t.Errorf("phone %d has no answer while the disk is at another's", phone)
			}
		}
		if n := s.answers(0); n > 0 {
			t.Errorf("a text is answered that is not on record: %d times", n)
		}
		close(disk.goOn)
		held.Wait()
		s.settle()
		for phone := range 3 {
			if n := s.answers(phone); n != 1 {
				t.Errorf("phone %d has %d answers", phone, n)
			}
		}
		if welcomed != 0 {
			t.Errorf("%d of the texts before were taken for answers", welcomed)
		}
	})
}

// mostStatements is how many one event may take, beside the begin and the end of its transaction: each is a way to the
// database and back.
const mostStatements = 9

// TestStatementsOfAnEvent counts what an event asks of the database, on both: a text that came in with its answer, and a
// callback.
func TestStatementsOfAnEvent(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		var heard []string // nothing else runs
		listening := false
		s := newBench(t, db.OpenWith(t, store.Options{Heard: func(query string) {
			if listening {
				heard = append(heard, strings.Join(strings.Fields(query), " "))
			}
		}}), 3)
		s.settle()
		during := func(what string, do func()) {
			t.Helper()
			heard, listening = nil, true
			do()
			listening = false
			if n := len(heard); n == 0 || n > mostStatements {
				t.Errorf("%s takes %d statements, and %d are allowed:\n%s", what, n, mostStatements, strings.Join(heard, "\n"))
			}
			t.Logf("%s takes %d statements", what, len(heard))
		}
		during("a text", func() { s.inbound(1) })
		during("the same text once more", func() {
			s.posted.Add(-1)
			s.inbound(1)
		})
		s.settle()
		thread := s.phones.Thread(phoneOf(1))
		sid := thread[len(thread)-1].SID
		during("a status", func() { s.status(1, sid, "delivered") })
	})
}
