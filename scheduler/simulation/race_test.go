//go:build race

package simulation_test

import (
	"testing"

	"amends/scheduler/simulation"
)

// TestRaces lives through a small world under the race detector, under which one of the size of the other tests takes a
// quarter of an hour. Those are run without it.
func TestRaces(t *testing.T) {
	t.Parallel()
	r, err := simulation.Run(t.Context(), simulation.Options{Cases: 2, Days: 14, Seed: 20, Faults: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Broke() > 0 {
		t.Errorf("a law broke in 14 days of 2 cases, seed 20, with faults")
	}
}
