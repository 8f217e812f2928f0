package simulation_test

import (
	"strings"
	"testing"

	"amends/scheduler/simulation"
)

// TestFixed lives through worlds that were lived before.
func TestFixed(t *testing.T) {
	t.Parallel()
	for _, faults := range []bool{false, true} {
		holds(t, simulation.Options{Cases: 6, Days: 75, Seed: 20, Faults: faults})
	}
}

func holds(t *testing.T, o simulation.Options) {
	t.Helper()
	t.Logf("amends simulate --cases %d --days %d --seed %d --faults=%t", o.Cases, o.Days, o.Seed, o.Faults)
	r, err := simulation.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := r.Write(&table); err != nil {
		t.Fatal(err)
	}
	if r.Broke() > 0 {
		t.Errorf("a law broke\n%s", table.String())
	} else if testing.Verbose() {
		t.Log(table.String())
	}
}
