package simulation

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"amends/bot/emulator"
)

// Result is what a run came to.
type Result struct {
	Options Options
	sheet   *sheet
	counts  counts
}

// Broke is how often any law broke.
func (r *Result) Broke() int {
	n := 0
	for _, b := range r.sheet.broke {
		n += b
	}
	return n
}

// Write writes the table of the laws, and what broke with the seed and the event that show it. It
// bears no time but the simulation's own.
func (r *Result) Write(out io.Writer) error {
	o := r.Options
	with := "without faults"
	if o.Faults {
		with = "with faults"
	}
	fmt.Fprintf(out, "%d cases through %d days, seed %d, %s.\n%s\n\n", o.Cases, o.Days, o.Seed, with, r.counts)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "law\t\ttried\tbroke")
	for c := range checks {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", lines[c].law, lines[c].says, r.sheet.tried[c], r.sheet.broke[c])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.Broke() == 0 {
		_, err := fmt.Fprintln(out, "\nNo law broke.")
		return err
	}
	fmt.Fprintf(out, "\nWhat broke, up to %d of a kind and world:\n", mostShown)
	for _, b := range r.sheet.breaches {
		fmt.Fprintf(out, "law %s: seed %d, %s: %s\n", lines[b.check].law, b.seed, b.at.Format(time.RFC3339), b.what)
	}
	alone := map[string]bool{}
	fmt.Fprintln(out, "\nThe same again, of each world alone:")
	for _, b := range r.sheet.breaches {
		if c := o.alone(b.seed).Command(); !alone[c] {
			alone[c] = true
			fmt.Fprintln(out, c)
		}
	}
	return nil
}

// alone are the options that live through one world of a run and nothing else.
func (o Options) alone(seed uint64) Options {
	o.Cases = min(casesAWorld, o.Cases-int(seed-o.Seed)*casesAWorld)
	o.Seed = seed
	return o
}

// Command is the command that does the same again.
func (o Options) Command() string {
	command := fmt.Sprintf("amends simulate --cases %d --days %d --seed %d", o.Cases, o.Days, o.Seed)
	if o.Faults {
		command += " --faults"
	}
	return command
}

// counts are how much was lived through.
type counts struct{ sent, received, escalations, entries, crashes, downs int }

func (c *counts) add(o counts) {
	c.sent += o.sent
	c.received += o.received
	c.escalations += o.escalations
	c.entries += o.entries
	c.crashes += o.crashes
	c.downs += o.downs
}

func (c counts) String() string {
	return fmt.Sprintf("%d texts on phones, %d written on them, %d escalations, %d entries in the ledgers; %d crashes in transactions, %d times the service was away.",
		c.sent, c.received, c.escalations, c.entries, c.crashes, c.downs)
}

func (e *evidence) count() counts {
	c := counts{received: len(e.written), escalations: len(e.tables.escalations), entries: len(e.tables.ledger), downs: len(e.downs)}
	for _, thread := range e.threads {
		for _, x := range thread {
			if x.Direction == emulator.ToPhone && reached(x) {
				c.sent++
			}
		}
	}
	for _, n := range e.crashes {
		c.crashes += n
	}
	return c
}
