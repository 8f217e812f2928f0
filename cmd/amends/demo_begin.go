package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"amends/store/intake"
)

// begin puts programs and cases on record, and lives through the samples' past, if they are wanted.
func (d *demo) begin(ctx context.Context, programs []intake.Program, cases []intake.Case, wanted bool) error {
	known, err := d.in.programs(ctx)
	if err != nil {
		return err
	}
	if len(programs) == 0 && len(known) == 0 {
		sample, err := d.samples.program()
		if err != nil {
			return err
		}
		programs = append(programs, sample)
	}
	for _, program := range programs {
		if _, err := d.in.bot.ApplyProgram(ctx, program, false); err != nil {
			return err
		}
		known[program.Key] = program
	}
	for _, c := range cases {
		if _, ok := known[c.Program]; !ok && c.Program != "" {
			return fmt.Errorf("%s names the program %q, which the demo doesn't have: give its file with --program", c.Origin.File, c.Program)
		}
	}
	if len(cases) > 0 {
		if _, err := d.in.bot.AddCases(ctx, cases, false); err != nil {
			return err
		}
	}
	switch {
	case !wanted:
		return nil
	case d.inside:
		return d.live(ctx, known[sampleProgram].Zone())
	}
	for _, name := range d.samples.names() { // nobody here writes from the phones of another's account
		if err := d.play(ctx, scriptLine{Case: name}); err != nil {
			return err
		}
	}
	return nil
}

// live goes through the samples' script: cases come in, the clock moves, phones write.
func (d *demo) live(ctx context.Context, zone *time.Location) error {
	script, err := d.samples.script()
	if err != nil {
		return err
	}
	for i, line := range script {
		at := d.samples.when(line, zone)
		if at.After(d.starts) {
			break
		}
		if _, err := d.mover.MoveTo(ctx, at); err != nil {
			return fmt.Errorf("the samples' script, line %d: %w", i+1, err)
		}
		if err := d.play(ctx, line); err != nil {
			return fmt.Errorf("the samples' script, line %d: %w", i+1, err)
		}
	}
	_, err = d.mover.MoveTo(ctx, d.starts)
	return err
}

// play does what a line of the script says.
func (d *demo) play(ctx context.Context, line scriptLine) error {
	if line.Case != "" {
		sample, err := d.samples.caseFile(line.Case)
		if err != nil {
			return err
		}
		_, err = d.in.bot.AddCases(ctx, []intake.Case{sample}, false)
		return err
	}
	if _, err := d.emulator.Write(ctx, line.From, "", line.Text); err != nil {
		return err
	}
	_, err := d.mover.Settle(ctx)
	return err
}

// greet says in a few lines where to go and what to try.
func (d *demo) greet(w io.Writer, sampled, kept bool) {
	clock := d.in.now().In(chicago()).Format("Mon Jan 2 2006, 15:04 MST")
	fmt.Fprintf(w, "Amends, to try. The clock says %s and runs on.\n\n", clock)
	fmt.Fprintf(w, "  Console %s/\n          where staff see every case; sign in as anybody with one click\n\n", d.base)
	fmt.Fprintf(w, "  Phones  %s/phones\n", d.base)
	fmt.Fprintf(w, "          write as anybody, see the answers come, move the clock\n")
	if sampled && d.inside {
		fmt.Fprintf(w, "\n  Try     as Terry Blake, who owes: PAID 50. Move on to tomorrow, and as Noor Haddad: 1.\n")
		fmt.Fprintf(w, "          as Devin Marsh: 1 to be texted, or STOP to be left alone\n")
		fmt.Fprintf(w, "          as Sam Lee, mediator: LIST, then OK and the number of what is open\n")
		fmt.Fprintf(w, "          as Mateo Salinas, in Spanish: hice 4 horas\n")
	} else {
		fmt.Fprintf(w, "\n  Try     a move to tomorrow morning: whoever is to be asked is asked then.\n")
	}
	data := "in a temporary folder, gone when this ends; --data FOLDER keeps it"
	if kept {
		data = "in " + d.set.Data + "; amends --data " + d.set.Data + " case show REF works beside this"
	}
	fmt.Fprintf(w, "\n  Data    %s\n", data)
	fmt.Fprintf(w, "  End     Ctrl-C\n\n")
}

// demoLog keeps a newcomer's terminal to what is out of order.
func (m *Main) demoLog() *slog.Logger {
	if !isTerminal(m.Stderr) {
		return m.serviceLog()
	}
	return m.quietLog()
}
