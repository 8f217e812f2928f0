package console

import "net/http"

// roles is a set of what people may be in a program.
type roles uint8

// The roles, as the program file spells them in roleNames.
const (
	mediator roles = 1 << iota
	coordinator
	auditor
	administrator

	public   roles = 0 // nobody need have signed in
	everyone       = mediator | coordinator | auditor | administrator
	// deciders act on cases; keepers see all of a program's; readers see names' numbers and texts' words.
	deciders = mediator | coordinator | administrator
	keepers  = coordinator | administrator
	watchers = coordinator | auditor | administrator
)

func roleOf(name string) roles {
	switch name {
	case "mediator":
		return mediator
	case "coordinator":
		return coordinator
	case "auditor":
		return auditor
	case "administrator":
		return administrator
	}
	return 0
}

// may says whether a role is in the set.
func (r roles) may(role roles) bool { return r&role != 0 }

// wall is what a route's path names, and so whose it must be: the program's and, for a mediator, her own or one she backs.
// Who asks for what lies behind a wall is told that there is none.
type wall string

// The walls.
const (
	noWall         wall = ""
	caseWall       wall = "case"       // {ref}
	escalationWall wall = "escalation" // {id}
	messageWall    wall = "message"    // {id}
	strangerWall   wall = "stranger"   // {id}: a text from a number nobody knows
	staffWall      wall = "staff"      // {key}
)

// route is a path, who may take it and what is done there. This table is all there is of who may do what: a handler looks
// at no role but to leave out what it does not show.
type route struct {
	pattern string
	who     roles
	wall    wall
	do      func(*visit) error
}

// routes are all pages and all that can be done on them.
func routes() []route {
	return []route{
		{"GET /signin", public, noWall, (*visit).signInPage},
		{"POST /signin", public, noWall, (*visit).signIn},
		{"POST /signin/demo", public, noWall, (*visit).signInDemo},
		{"GET /signin/code", public, noWall, (*visit).codePage},
		{"POST /signin/code", public, noWall, (*visit).enterCode},
		{"GET /signin/factor", public, noWall, (*visit).factorPage},
		{"POST /signin/factor", public, noWall, (*visit).setFactor},
		{"POST /signout", public, noWall, (*visit).signOut},
		{"GET /forgot", public, noWall, (*visit).forgotPage},
		{"POST /forgot", public, noWall, (*visit).forgot},
		{"GET /welcome/{token}", public, noWall, (*visit).welcomePage},
		{"POST /welcome/{token}", public, noWall, (*visit).welcome},
		{"POST /language", public, noWall, (*visit).setLanguage},

		{"GET /{$}", everyone, noWall, (*visit).today},
		{"GET /e/{id}", everyone, escalationWall, (*visit).escalation},
		{"POST /e/{id}/{verb}", deciders, escalationWall, (*visit).handle},
		{"GET /import", keepers, noWall, (*visit).uploadPage},
		{"POST /import", keepers, noWall, (*visit).upload},
		{"GET /new", keepers, noWall, (*visit).newCasePage},
		{"POST /new", keepers, noWall, (*visit).newCase},
		{"GET /cases", everyone, noWall, (*visit).cases},
		{"GET /cases/{ref}", everyone, caseWall, (*visit).casePage},
		{"GET /cases/{ref}/report.pdf", everyone, caseWall, (*visit).report},
		{"GET /cases/{ref}/edit", deciders, caseWall, (*visit).editCasePage},
		{"POST /cases/{ref}/edit", deciders, caseWall, (*visit).editCase},
		{"GET /cases/{ref}/write", deciders, caseWall, (*visit).writePage},
		{"POST /cases/{ref}/write", deciders, caseWall, (*visit).write},
		{"POST /cases/{ref}/{act}", deciders, caseWall, (*visit).decide},
		{"GET /outbox", everyone, noWall, (*visit).outbox},
		{"POST /outbox/{id}/{verb}", deciders, messageWall, (*visit).box},
		{"POST /strangers/{id}/settled", keepers, strangerWall, (*visit).settleStranger},
		{"GET /program", watchers, noWall, (*visit).figures},
		{"GET /program.csv", watchers, noWall, (*visit).figuresCSV},
		{"GET /program.xlsx", watchers, noWall, (*visit).figuresXLSX},
		{"GET /people", watchers, noWall, (*visit).people},
		{"POST /people/{key}/absence", keepers, staffWall, (*visit).setAbsent},
		{"POST /people/{key}/invite", administrator, staffWall, (*visit).invite},
		{"POST /people/{key}/factor", administrator, staffWall, (*visit).resetFactor},
		{"GET /log", everyone, noWall, (*visit).log},
		{"GET /log.csv", watchers, noWall, (*visit).logCSV},
		{"GET /log.xlsx", watchers, noWall, (*visit).logXLSX},

		{"GET /account", everyone, noWall, (*visit).accountPage},
		{"POST /account/password", everyone, noWall, (*visit).changePassword},
		{"POST /account/codes", everyone, noWall, (*visit).newCodes},
		{"POST /place", everyone, noWall, (*visit).changePlace},
	}
}

// isSafe says whether a request changes nothing.
func isSafe(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// part is a part of the console, as the menu names it.
type part struct{ Key, URL, Text string }

// parts are all there are: a role's menu has those that it may see.
func parts() []part {
	return []part{
		{"today", "/", "Today"},
		{"cases", "/cases", "Cases"},
		{"outbox", "/outbox", "Outbox"},
		{"program", "/program", "Program"},
		{"log", "/log", "Log"},
		{"people", "/people", "People"},
	}
}

// Menu is what of the console a person may see.
func (p *person) Menu() []part {
	var menu []part
	for _, part := range parts() {
		if part.Key == "log" && p.Role == mediator {
			continue // hers is that of each case
		}
		for _, r := range routes() {
			if (r.pattern == "GET "+part.URL || r.pattern == "GET "+part.URL+"{$}") && r.who.may(p.Role) {
				menu = append(menu, part)
			}
		}
	}
	return menu
}
