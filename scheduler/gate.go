package scheduler

import "sync"

// gate lets work pass until it is shut, and whoever shuts it wait until nothing is within.
type gate struct {
	mu      sync.Mutex
	changed sync.Cond
	within  int
	shut    bool
}

func newGate() *gate {
	g := &gate{}
	g.changed.L = &g.mu
	return g
}

// enter waits until the gate is open, and counts one more within.
func (g *gate) enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.shut {
		g.changed.Wait()
	}
	g.within++
}

// stay counts n more within, for one who is.
func (g *gate) stay(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.within += n
}

// leave counts n fewer within.
func (g *gate) leave(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.within -= n
	g.changed.Broadcast()
}

// close shuts the gate, one at a time, and waits until nothing is within.
func (g *gate) close() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.shut {
		g.changed.Wait()
	}
	g.shut = true
	for g.within > 0 {
		g.changed.Wait()
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.shut = false
		g.changed.Broadcast()
	}
}
