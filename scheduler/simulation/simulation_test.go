//go:build !race

package simulation_test

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"testing"

	"amends/scheduler/simulation"
)

// lived are worlds in which a law broke once. What was mended is told by a test of its own, too: a world is
// no longer quite the same once the service does the same in fewer steps.
var lived = []simulation.Options{
	{Cases: 6, Days: 45, Seed: 910001, Faults: true}, // what a wrong number wrote went to nobody
	{Cases: 6, Days: 45, Seed: 910026, Faults: true}, // "ya pagué 50" was taken for a yes to our texts
}

// TestLived lives through them again.
func TestLived(t *testing.T) {
	t.Parallel()
	for _, o := range lived {
		holds(t, o)
	}
}

// TestFixed lives through a world without faults.
func TestFixed(t *testing.T) {
	t.Parallel()
	holds(t, simulation.Options{Cases: 6, Days: 75, Seed: 20})
}

// TestFresh lives through a world that nobody has seen before.
func TestFresh(t *testing.T) {
	t.Parallel()
	var seed [4]byte
	if _, err := rand.Read(seed[:]); err != nil {
		t.Fatal(err)
	}
	holds(t, simulation.Options{Cases: 6, Days: 75, Seed: uint64(binary.BigEndian.Uint32(seed[:])), Faults: true})
}

func holds(t *testing.T, o simulation.Options) {
	t.Helper()
	t.Log(o.Command())
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
