package main

import (
	"fmt"
	"slices"

	"amends/bot"
	"amends/flows"
	"amends/templates"
)

type flowsDrawCommand struct {
	Name   string `arg:"" optional:"" help:"The conversation; without one, their names are listed."`
	Lang   string `default:"en" placeholder:"LANGUAGE" help:"The language of its texts. Default: en"`
	Folder string `placeholder:"DIR" help:"A program's own folder, as for flows check."`
}

// Run runs the command.
func (c *flowsDrawCommand) Run(m *Main) error {
	catalogue, book, err := bot.Words(c.Folder)
	if err != nil {
		return err
	}
	if err := speaks(book, c.Lang); err != nil {
		return err
	}
	if c.Name == "" {
		for _, name := range catalogue.Names() {
			flow, err := catalogue.Flow(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(m.Stdout, "%-18s %s\n", name, flow.Purpose)
		}
		return nil
	}
	flow, err := findFlow(catalogue, c.Name)
	if err != nil {
		return err
	}
	svg, err := catalogue.Draw(c.Name, func(key string) string {
		for _, side := range flow.For {
			if text, err := book.Example(side, key, c.Lang, false, false, templates.Once); err == nil {
				return text
			}
		}
		return "(" + key + ")" // a text that the program itself is to bring
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, svg)
	return err
}

// findFlow is a flow by name, or an error that says where the names are.
func findFlow(catalogue *flows.Catalogue, name string) (*flows.Flow, error) {
	flow, err := catalogue.Flow(name)
	if err != nil {
		return nil, fmt.Errorf("%w; amends flows draw lists them", err)
	}
	return flow, nil
}

func speaks(book *templates.Book, language string) error {
	if !slices.Contains(book.Languages(), language) {
		return fmt.Errorf("there are no texts in %q; there are %v", language, book.Languages())
	}
	return nil
}
