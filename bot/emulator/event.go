package emulator

import (
	"container/heap"
	"context"
	"time"
)

// event is something that will happen. Its run is called under the lock with the event's own time, which may lie before
// the clock's; what it returns, a webhook to be posted, is called without the lock.
type event struct {
	at  time.Time
	seq uint64 // keeps the order of events of one time
	run func(at time.Time) (then func(context.Context))
}

// eventQueue is a heap by time.
type eventQueue []*event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(*event)) }
func (q *eventQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}

func (q *eventQueue) popDue(now time.Time) *event {
	if len(*q) == 0 || (*q)[0].at.After(now) {
		return nil
	}
	return heap.Pop(q).(*event)
}

// schedule adds an event; the lock is held.
func (e *Emulator) schedule(at time.Time, run func(at time.Time) func(context.Context)) {
	e.eventSeq++
	heap.Push(&e.events, &event{at: at, seq: e.eventSeq, run: run})
}
