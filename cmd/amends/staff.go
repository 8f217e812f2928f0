package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"amends/console"
	"amends/store"
	"amends/store/calendar"
)

type staffCommand struct {
	List   staffListCommand   `cmd:"" help:"List who there is, and who is away."`
	Invite staffInviteCommand `cmd:"" help:"Make a link by which somebody sets a password for the console."`
	Absent staffAbsentCommand `cmd:"" help:"Say that somebody is away: what would go to them goes to the backup."`
}

type staffInviteCommand struct {
	Key     string `arg:"" help:"The staff member's key."`
	Program string `placeholder:"KEY" help:"Their program, where more than one has that key."`
}

// Help is the page's further text.
func (staffInviteCommand) Help() string {
	return `Prints a link that is good for three days, and once: give it to that person and nobody else. It is how the first administrator comes in; after that the console invites by e-mail, where AMENDS_SMTP_URL names a mail server. AMENDS_PUBLIC_URL is the address in the link.`
}

// Run runs the command.
func (c *staffInviteCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	program, err := in.bot.ProgramOfStaff(ctx, c.Program, c.Key)
	if err != nil {
		return err
	}
	base := set.PublicURL
	if base == "" {
		base = "http://" + set.Listen
	}
	link, err := console.Invite(ctx, in.store, m.chance, base, program, c.Key, m.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, link)
	return err
}

type staffListCommand struct {
	Program string `placeholder:"KEY" help:"Of this program alone."`
}

// Run runs the command.
func (c *staffListCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	table := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	found := false
	err = in.store.View(ctx, func(tx *store.Tx) error {
		programs, err := tx.Programs()
		if err != nil {
			return err
		}
		fmt.Fprintln(table, "PROGRAM\tKEY\tROLE\tNAME\tAWAY UNTIL")
		for _, program := range programs {
			if c.Program != "" && program.Key != c.Program {
				continue
			}
			found = true
			staff, err := tx.StaffOf(program.ID)
			if err != nil {
				return err
			}
			for _, member := range staff {
				if member.Active {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", program.Key, member.Key, member.Role, tx.Reveal(member.Name), member.AbsentUntil)
				}
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !found && c.Program != "":
		return fmt.Errorf("there is no program %q; see amends staff list", c.Program)
	}
	return table.Flush()
}

type staffAbsentCommand struct {
	Key     string   `arg:"" help:"The staff member's key, as the program file has it."`
	Until   dateFlag `required:"" xor:"until" placeholder:"D" help:"The last day away, YYYY-MM-DD."`
	Back    bool     `required:"" xor:"until" help:"No longer away."`
	Program string   `placeholder:"KEY" help:"The program, where the key is in more than one."`
}

// Run runs the command.
func (c *staffAbsentCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	if err := in.bot.SetAbsent(ctx, c.Program, c.Key, c.Until.Date); err != nil {
		return err
	}
	if c.Back {
		fmt.Fprintf(m.Stdout, "%s is back.\n", c.Key)
	} else {
		fmt.Fprintf(m.Stdout, "%s is away until %s, that day included.\n", c.Key, c.Until)
	}
	return nil
}

// dateFlag is a date on the command line.
type dateFlag struct{ calendar.Date }

// UnmarshalText reads YYYY-MM-DD.
func (d *dateFlag) UnmarshalText(text []byte) error {
	date, err := calendar.Parse(string(text))
	if err != nil {
		return fmt.Errorf("%q is no date; write YYYY-MM-DD, as in 2026-03-02", text)
	}
	d.Date = date
	return nil
}
