package main

type caseCommand struct {
	Add   caseAddCommand   `cmd:"" help:"Take case files: new cases, or changes to them."`
	Show  caseShowCommand  `cmd:"" help:"Show where a case stands."`
	Close caseCloseCommand `cmd:"" help:"End a case; nobody in it is texted any more."`
}
