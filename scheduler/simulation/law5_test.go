package simulation

import (
	"testing"
	"time"
)

// TestAlertedBy: an alert whose office hours ended while the provider was away waits for the next, and the
// service may be away then (seed 31676).
func TestAlertedBy(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Phoenix")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2027, 3, day, hour, minute, 0, 0, zone) }
	cut, down := span{at(3, 13, 8), at(3, 16, 56)}, span{at(4, 8, 28), at(4, 10, 6)}
	for _, c := range []struct {
		says     string
		r        record
		severity string
		opened   time.Time
		want     time.Time
	}{
		{"in office hours", record{}, "normal", at(3, 15, 37), at(3, 15, 42)},
		{"at their end", record{}, "normal", at(3, 16, 57), at(4, 9, 5)},
		{"on a Friday night", record{}, "normal", at(5, 22, 0), at(8, 9, 5)},
		{"cut off until their end", record{cuts: []span{cut}}, "normal", at(3, 15, 37), at(4, 9, 5)},
		{"and away when they begin again", record{cuts: []span{cut}, downs: []span{down}}, "normal", at(3, 15, 37), at(4, 11, 6)},
		{"away before it was opened", record{downs: []span{down}}, "normal", at(4, 12, 0), at(4, 12, 5)},
		{"urgent, and the service comes back", record{downs: []span{{at(3, 1, 0), at(3, 2, 0)}}}, "urgent", at(3, 1, 30), at(3, 3, 0)},
	} {
		e := evidence{record: &c.r}
		if got := e.alertedBy(zone, c.severity, c.opened); !got.Equal(c.want) {
			t.Errorf("%s: by %s, should be %s", c.says, got.In(zone), c.want)
		}
	}
}
