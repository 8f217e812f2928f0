package main

import (
	"fmt"
	"text/tabwriter"

	"amends/bot"
	"amends/flows"
)

type flowsCheckCommand struct {
	Folder string `placeholder:"DIR" help:"A program's own folder, whose flows take the place of ours, and the texts in its sms folder."`
}

// Help is the page's further text.
func (flowsCheckCommand) Help() string {
	return `Proves of every flow, in every language, plain and discreet: each step can be reached, each question has a way for a reply that is not understood and for none, there is no loop without a wait, every text is there, and nothing in it is told to those who may not know. Then lists every text with its segments at the longest values; none may take more than three.`
}

// Run runs the command.
func (c *flowsCheckCommand) Run(m *Main) error {
	catalogue, book, err := bot.Words(c.Folder)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SEGMENTS\tENCODING\tTEXT\tLANGUAGE\tTO\tWORDING")
	lines := flows.List(book)
	for _, line := range lines {
		wording := "plain"
		if line.Discreet {
			wording = "discreet"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", line.Segments, line.Encoding, line.Key, line.Lang, line.Audience, wording)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	findings := flows.Check(catalogue, book)
	for _, finding := range findings {
		fmt.Fprintf(m.Stderr, "amends: %s\n", finding)
	}
	if len(findings) > 0 {
		fmt.Fprintf(m.Stderr, "amends: %s found\n", count(len(findings), "fault"))
		return silentError{}
	}
	fmt.Fprintf(m.Stdout, "\n%s and %s: no faults.\n", count(len(catalogue.Names()), "flow"), count(len(lines), "wording"))
	return nil
}
