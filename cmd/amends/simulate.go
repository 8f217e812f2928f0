package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"amends/scheduler/simulation"

	"github.com/schollz/progressbar/v3"
)

type simulateCommand struct {
	Cases  int    `default:"100" help:"How many cases are lived through."`
	Days   int    `default:"365" help:"For how many days."`
	Seed   uint64 `default:"1" help:"The same seed gives the same run."`
	Faults bool   `help:"Let the provider, the network, the database and the service itself fail."`
}

// Help is the page's further text.
func (simulateCommand) Help() string {
	return `The service as it is, with people who read their texts and write back, through virtual time. Nothing is sent anywhere and nothing is kept. At the end stands a table: each law of the house, how often it was tried and how often it broke, with the event and the seed that shows it. The exit status is 1 if one broke.`
}

// gcPercent lets the heap grow to nine times what lives: a world is some 40 MB, and there is one a processor.
const gcPercent = 800

// Run runs the command.
func (c *simulateCommand) Run(ctx context.Context, m *Main) error {
	if c.Cases < 1 || c.Days < 1 {
		return usagef("--cases and --days are one at least")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	progress, finish := m.lived(c.Cases, c.Days)
	begun := m.Now()
	r, err := simulation.Run(ctx, simulation.Options{Cases: c.Cases, Days: c.Days, Seed: c.Seed, Faults: c.Faults, Progress: progress})
	finish()
	if err != nil {
		return err
	}
	took := m.Now().Sub(begun)
	fmt.Fprintf(m.Stderr, "Lived and checked in %s.\n", took.Round(100*time.Millisecond))
	if err := r.Write(m.Stdout); err != nil {
		return err
	}
	if r.Broke() > 0 {
		return silentError{}
	}
	return nil
}

// lived shows how many days of cases have been lived, at a terminal alone.
func (m *Main) lived(cases, days int) (progress func(time.Duration), finish func()) {
	if !isTerminal(m.Stderr) {
		return nil, func() {}
	}
	const day = 24 * time.Hour
	bar := progressbar.NewOptions64(int64(cases)*int64(days), progressbar.OptionSetWriter(m.Stderr), progressbar.OptionSetDescription("Days of cases"),
		progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(200*time.Millisecond))
	var lived time.Duration
	return func(d time.Duration) {
		lived += d
		_ = bar.Set64(int64(lived / day))
	}, func() { _ = bar.Finish() }
}
