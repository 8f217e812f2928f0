package simulation

import (
	"container/heap"
	"time"
)

// agenda is what people and misfortune will do, by time.
type agenda struct {
	items items
	seq   int
}

type item struct {
	at  time.Time
	seq int // keeps the order of what is due at one time
	do  func()
}

// add puts something on the agenda.
func (a *agenda) add(at time.Time, do func()) {
	a.seq++
	heap.Push(&a.items, item{at, a.seq, do})
}

// next is when the earliest of it is due.
func (a *agenda) next() (time.Time, bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

// run does the earliest if it is due by now.
func (a *agenda) run(now time.Time) bool {
	if len(a.items) == 0 || a.items[0].at.After(now) {
		return false
	}
	heap.Pop(&a.items).(item).do()
	return true
}

type items []item

func (q items) Len() int { return len(q) }
func (q items) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q items) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *items) Push(x any)   { *q = append(*q, x.(item)) }
func (q *items) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = item{}
	*q = old[:len(old)-1]
	return last
}
