package main

type flowsCommand struct {
	Check flowsCheckCommand `cmd:"" help:"Prove every conversation and every text, in every language."`
	Draw  flowsDrawCommand  `cmd:"" help:"Draw a conversation as SVG, to standard output."`
	Play  flowsPlayCommand  `cmd:"" help:"Live through a conversation here in the terminal."`
}
