//go:build !race

package simulation

import (
	"strings"
	"testing"
	"time"
)

// TestAlone: what a run says of a world that broke leads to that world and no other.
func TestAlone(t *testing.T) {
	t.Parallel()
	both := Options{Cases: casesAWorld + 3, Days: 3, Seed: 7, Faults: true}
	first, second := both.alone(7), both.alone(8)
	if got := first.Command() + "\n" + second.Command(); got != "amends simulate --cases 50 --days 3 --seed 7 --faults\namends simulate --cases 3 --days 3 --seed 8 --faults" {
		t.Fatal(got)
	}
	var sum counts
	for _, o := range []Options{first, second} {
		r, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		sum.add(r.counts)
	}
	r, err := Run(t.Context(), both)
	if err != nil {
		t.Fatal(err)
	}
	if r.counts != sum {
		t.Errorf("%+v, each alone %+v", r.counts, sum)
	}
	r.sheet.breach(quietHours, time.Unix(0, 0), "once")
	r.sheet.breaches[0].seed = 8
	var out strings.Builder
	if err := r.Write(&out); err != nil || !strings.HasSuffix(out.String(), "alone:\n"+second.Command()+"\n") {
		t.Errorf("%v, %s", err, out.String())
	}
}
