package main

import "runtime/debug"

// A service stands on small machines beside its database, so it keeps its memory small; what it has is told by the
// benchmark of cmd/amends. GOMEMLIMIT and GOGC, where set, are gone by instead.
const (
	// memoryGoal is what the Go runtime keeps to, if what is in use lets it: a third of it is in use when nothing happens,
	// and the whole process takes twice as much, with its code and what SQLite has.
	memoryGoal = 28 << 20
	// beginGrowth is by how many per cent the heap may grow between two collections while the service begins, when
	// nearly all that it makes is soon of no use, and restGrowth thereafter.
	beginGrowth = 25
	restGrowth  = 75
)

// beginSmall comes before all that a service makes at its start.
func (m *Main) beginSmall() {
	if !m.Alone {
		return
	}
	if _, set := m.Env("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryGoal)
	}
	if _, set := m.Env("GOGC"); !set {
		debug.SetGCPercent(beginGrowth)
	}
}

// staySmall comes when it has begun: what only the start needed goes back to the system.
func (m *Main) staySmall() {
	if !m.Alone {
		return
	}
	if _, set := m.Env("GOGC"); !set {
		debug.SetGCPercent(restGrowth)
	}
	debug.FreeOSMemory()
	dropCode()
}
