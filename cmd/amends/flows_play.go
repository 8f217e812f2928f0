package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends/bot"
	"amends/bot/understand"
	"amends/flows"
	"amends/templates"
)

type flowsPlayCommand struct {
	Name     string `arg:"" help:"The conversation."`
	Lang     string `default:"en" placeholder:"LANGUAGE" help:"The party's language. Default: en"`
	Side     string `default:"" enum:",victim,offender" placeholder:"SIDE" help:"victim or offender; else the one it is for."`
	Discreet bool   `help:"In discreet words."`
	Entry    string `placeholder:"STEP" help:"Begin at one of its other entries."`
	Folder   string `placeholder:"DIR" help:"A program's own folder, as for flows check."`
}

// Run runs the command.
func (c *flowsPlayCommand) Run(m *Main) error {
	catalogue, book, err := bot.Words(c.Folder)
	if err != nil {
		return err
	}
	if err := speaks(book, c.Lang); err != nil {
		return err
	}
	flow, err := findFlow(catalogue, c.Name)
	if err != nil {
		return err
	}
	switch {
	case c.Side == "" && len(flow.For) > 0:
		c.Side = flow.For[0]
	case !slices.Contains(flow.For, c.Side):
		return fmt.Errorf("the flow %s is for the %s", c.Name, strings.Join(flow.For, " and the "))
	}
	if c.Entry != "" && !slices.Contains(flow.Entries, c.Entry) {
		return fmt.Errorf("the flow %s has no entry %q; it has %s", c.Name, c.Entry, strings.Join(flow.Entries, ", "))
	}
	reader := understand.New()
	player := flows.Player{Catalogue: catalogue, In: m.Stdin, Out: m.Stdout,
		Render: func(e flows.Effect, _ flows.State) (string, error) {
			return book.Example(c.Side, e.Text, c.Lang, c.Discreet, e.First, templates.Again(e.Again))
		},
		Parse: func(x flows.Expect, text string) (string, map[string]string, bool) {
			return c.parse(reader, book, x, text, m.Now())
		},
	}
	return player.Play(c.Name, c.Entry)
}

// parse reads a reply as the service would.
func (c *flowsPlayCommand) parse(reader *understand.Reader, book *templates.Book, x flows.Expect, text string, now time.Time) (answer string, vars map[string]string, ok bool) {
	expect := understand.Expect{Kind: understand.Kind(x.Kind), Min: x.Min, Max: x.Max}
	for _, option := range x.Options {
		expect.Options = append(expect.Options, book.Word(option, c.Lang))
	}
	read := reader.Read(understand.Input{Text: text, Lang: c.Lang, Role: c.Side, Expect: expect, Now: now})
	vars = map[string]string{}
	if read.AmountCents != nil {
		vars["amount"] = strconv.FormatInt(*read.AmountCents, 10)
	}
	if read.Date != nil {
		vars["date"] = read.Date.String()
	}
	switch {
	case read.Intent != understand.Answer:
		return "", nil, false
	case x.Kind == flows.Text:
		return text, vars, true
	case read.Yes != nil && x.Kind == flows.YesNo:
		answer = map[bool]string{true: "yes", false: "no"}[*read.Yes]
	case read.Choice != nil && x.Kind == flows.Choice:
		answer = x.Option(*read.Choice)
	case read.Number != nil && (x.Kind == flows.Scale || x.Kind == flows.Hours):
		answer = strconv.FormatFloat(*read.Number, 'f', -1, 64)
	case x.Kind == flows.Amount:
		answer = vars["amount"]
	case x.Kind == flows.Date:
		answer = vars["date"]
	}
	return answer, vars, answer != ""
}
