package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/store/calendar"
	"amends/store/ledger"

	"pgregory.net/rapid"
)

// TestOnTime: each line is an entry, "kind dollars date of"; of is the number of the line that it answers.
func TestOnTime(t *testing.T) {
	t.Parallel()
	plan := "due 100 2026-02-15 0\ndue 100 2026-03-15 0\ndue 100 2026-04-15 0\n"
	for _, c := range []struct{ name, entries, want string }{
		{"nothing paid", plan, "2026-02-15 late, 2026-03-15 late, 2026-04-15 late"},
		{"on the day", plan + "received 100 2026-02-15 0", "2026-02-15 kept, 2026-03-15 late, 2026-04-15 late"},
		{"a day late", plan + "received 100 2026-02-16 0", "2026-02-15 late, 2026-03-15 late, 2026-04-15 late"},
		{"late once, and with the next", plan + "received 100 2026-02-20 0\nreceived 100 2026-03-15 0", "2026-02-15 late, 2026-03-15 kept, 2026-04-15 late"},
		{"what comes settles the oldest", plan + "received 100 2026-03-15 0", "2026-02-15 late, 2026-03-15 late, 2026-04-15 late"},
		{"in parts", plan + "received 60 2026-02-01 0\nreceived 40 2026-02-15 0", "2026-02-15 kept, 2026-03-15 late, 2026-04-15 late"},
		{"all at once", plan + "received 300 2026-02-01 0", "2026-02-15 kept, 2026-03-15 kept, 2026-04-15 kept"},
		{"reported is not received", plan + "reported 100 2026-02-14 0", "2026-02-15 late, 2026-03-15 late, 2026-04-15 late"},
		{"reported in time and confirmed late", plan + "reported 100 2026-02-14 0\nreceived 100 2026-02-20 4", "2026-02-15 kept, 2026-03-15 late, 2026-04-15 late"},
		{"received and taken back", plan + "received 100 2026-02-14 0\nreversed 100 2026-03-01 4", "2026-02-15 late, 2026-03-15 late, 2026-04-15 late"},
		{"waived", plan + "waived 100 2026-02-14 1", "2026-03-15 late, 2026-04-15 late"},
		{"waived in part", plan + "waived 50 2026-02-14 1\nreceived 50 2026-02-15 0", "2026-02-15 kept, 2026-03-15 late, 2026-04-15 late"},
		{"a new date", plan + "rescheduled 100 2026-03-01 1\nreceived 100 2026-02-28 0", "2026-03-01 kept, 2026-03-15 late, 2026-04-15 late"},
		{"the rest of it has a new date", plan + "received 40 2026-02-15 0\nrescheduled 60 2026-03-01 1\nreceived 60 2026-03-01 0", "2026-03-01 kept, 2026-03-15 late, 2026-04-15 late"},
		{"nothing agreed", "", ""},
	} {
		var entries []ledger.Entry
		for i, line := range strings.Split(strings.TrimSpace(c.entries), "\n") {
			var kind, on string
			var dollars, of int64
			if n, _ := fmt.Sscan(line, &kind, &dollars, &on, &of); n == 4 {
				entries = append(entries, ledger.Entry{ID: int64(i + 1), Kind: ledger.Kind(kind), AmountCents: dollars * 100, Currency: "USD",
					EffectiveOn: calendar.MustParse(on), Of: of})
			}
		}
		if got := told(ledger.OnTime(entries)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func told(kept []ledger.Kept) string {
	var all []string
	for _, k := range kept {
		all = append(all, k.Due.String()+map[bool]string{true: " kept", false: " late"}[k.OnTime])
	}
	return strings.Join(all, ", ")
}

// TestOnTimeByTheCent lays payments cent upon cent over the instalments, in another way than OnTime does.
func TestOnTimeByTheCent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := calendar.MustParse("2026-01-01")
		var entries []ledger.Entry
		add := func(kind ledger.Kind, day int, cents int64) {
			entries = append(entries, ledger.Entry{ID: int64(len(entries) + 1), Kind: kind, AmountCents: cents, Currency: "USD", EffectiveOn: first.AddDays(day), RecordedAt: time.Time{}})
		}
		for range rapid.IntRange(1, 5).Draw(t, "instalments") {
			add(ledger.Due, rapid.IntRange(0, 20).Draw(t, "due"), rapid.Int64Range(1, 9).Draw(t, "cents"))
		}
		dues := slices.Clone(entries)
		for range rapid.IntRange(0, 8).Draw(t, "payments") {
			add(ledger.Received, rapid.IntRange(0, 20).Draw(t, "paid"), rapid.Int64Range(1, 9).Draw(t, "cents"))
		}
		slices.SortStableFunc(dues, func(a, b ledger.Entry) int { return a.EffectiveOn.Compare(b.EffectiveOn) })
		var paid []calendar.Date // a day for each cent
		for _, e := range entries {
			for range map[bool]int64{true: e.AmountCents}[e.Kind == ledger.Received] {
				paid = append(paid, e.EffectiveOn)
			}
		}
		slices.SortFunc(paid, calendar.Date.Compare)
		var want []ledger.Kept
		for _, due := range dues {
			k := ledger.Kept{Entry: due.ID, Due: due.EffectiveOn, OnTime: true}
			for range due.AmountCents {
				if len(paid) == 0 || due.EffectiveOn.Before(paid[0]) {
					k.OnTime = false
				}
				if len(paid) > 0 {
					paid = paid[1:]
				}
			}
			want = append(want, k)
		}
		if got := ledger.OnTime(entries); !slices.Equal(got, want) {
			t.Fatalf("%s, want %s", told(got), told(want))
		}
	})
}
