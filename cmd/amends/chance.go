package main

import (
	"encoding/hex"
	"math/rand/v2"
	"sync"
)

// chance is the program's one source of random numbers, safe for concurrent use.
type chance struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newChance(source rand.Source) *chance { return &chance{random: rand.New(source)} }

// Uint64 is any number.
func (c *chance) Uint64() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Uint64()
}

// Float64 is a number from 0 up to 1.
func (c *chance) Float64() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Float64()
}

// Read fills p; it never fails.
func (c *chance) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := 0; i < len(p); {
		number := c.random.Uint64()
		for range 8 {
			if i == len(p) {
				break
			}
			p[i] = byte(number)
			number >>= 8
			i++
		}
	}
	return len(p), nil
}

// NewID is an identifier that nobody else has: 128 random bits in hexadecimal.
func (c *chance) NewID() string {
	var id [16]byte
	_, _ = c.Read(id[:])
	return hex.EncodeToString(id[:])
}
