package main

import (
	"context"
	"errors"
	"fmt"

	"amends/bot"
)

type eraseCommand struct {
	Text  eraseTextCommand  `cmd:"" help:"Erase one text: what it said, and what the log keeps of it."`
	Party erasePartyCommand `cmd:"" help:"Erase one person: name, number, texts, own words. No text goes to them any more."`
}

// Help is the page's further text.
func (eraseCommand) Help() string {
	return `Figures stay: the ledger, statuses, times, answers that are numbers or choices; and entries in the log that say what was erased, by whom, when and why. A case as a whole is erased by the service, as many days after it was closed as its program's policy says (retention_days; 0 keeps it).

What is erased here is gone from the database (of PostgreSQL, from its files with the next VACUUM). Backups made before have it still, and the provider has a copy of each text: delete it there too.`
}

type eraseTextCommand struct {
	ID  string `arg:"" help:"The text's ID as the log has it (message:ID), or the provider's SID."`
	Why string `required:"" placeholder:"WORDS" help:"Why. Kept encrypted beside the log's entry, until the case is erased."`
}

// Run runs the command.
func (c *eraseTextCommand) Run(ctx context.Context, m *Main, set settings) error {
	return m.erase(ctx, set, fmt.Sprintf("Text %s is erased.", c.ID), func(in *installation) error {
		return in.bot.EraseText(ctx, c.ID, bot.By{Why: c.Why})
	})
}

type erasePartyCommand struct {
	Reference string `arg:"" name:"ref" help:"The case's reference."`
	Party     string `arg:"" name:"key" help:"The party's key in the case."`
	Why       string `required:"" placeholder:"WORDS" help:"Why. Kept encrypted beside the log's entry, until the case is erased."`
	Program   string `placeholder:"KEY" help:"The program, where the reference is in more than one."`
}

// Help is the page's further text.
func (erasePartyCommand) Help() string {
	return `It is an opt-out as well: the case goes on by other means, and its mediator hears of that. The same person's other cases in the program, on the same number and by the same name, are erased likewise. Somebody else on that number is left alone, and then the number stays.

Of the number a keyed hash is kept, so that the opt-out holds for good. The case's file must not bring the person back: take them out of it before you use "amends case add --update".`
}

// Run runs the command.
func (c *erasePartyCommand) Run(ctx context.Context, m *Main, set settings) error {
	return m.erase(ctx, set, fmt.Sprintf("Party %s of case %s is erased.", c.Party, c.Reference), func(in *installation) error {
		return in.bot.Decide(ctx, c.Program, c.Reference, bot.By{Why: c.Why}, bot.ErasePerson{Party: c.Party})
	})
}

// erase erases, takes it out of the database's file, and says so.
func (m *Main) erase(ctx context.Context, set settings, done string, do func(*installation) error) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	if err := do(in); err != nil {
		return err
	}
	fmt.Fprintln(m.Stdout, done)
	scrubbed, err := in.store.ScrubFile(ctx)
	if err == nil && !scrubbed {
		fmt.Fprintln(m.Stderr, "amends: somebody reads the database just now: until its write-ahead log is next cut, the bytes stand in it still")
	}
	return err
}
