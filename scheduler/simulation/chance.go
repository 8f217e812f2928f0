package simulation

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// chance is one stream of random numbers. Each kind of thing has its own, so that a fault more does
// not make all people behave otherwise.
type chance struct{ *rand.Rand }

// The streams of a world.
const (
	ofTown uint64 = iota + 1
	ofPeople
	ofFaults
	ofPhones
	ofIDs
	ofJitter
)

func newChance(seed, stream uint64) chance { return chance{rand.New(rand.NewPCG(seed, stream))} }

// hit is true with probability p.
func (c chance) hit(p float64) bool { return c.Float64() < p }

// between is a time from a up to b.
func (c chance) between(a, b time.Duration) time.Duration {
	return a + time.Duration(c.Float64()*float64(b-a))
}

// from is a whole number from a to b, both included.
func (c chance) from(a, b int) int { return a + c.IntN(b-a+1) }

// pick is one of a list.
func pick[T any](c chance, list []T) T { return list[c.IntN(len(list))] }

// ids gives identifiers. The bot's and the sender's turns may ask from a goroutine of their own.
type ids struct {
	mu sync.Mutex
	c  chance
}

func (i *ids) next() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return fmt.Sprintf("%016x%016x", i.c.Uint64(), i.c.Uint64())
}
