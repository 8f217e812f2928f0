package simulation

import (
	"fmt"
	"time"
)

// check is one thing that is looked at, under the law that it belongs to.
type check int

// The checks, in the order of the table.
const (
	consentFirst check = iota
	afterStop
	afterClose
	quietHours
	twoADay
	whilePaused
	otherSide
	discreetPhone
	otherSums
	twoHouses
	inboundOnce
	outboundOnce
	sameWords
	ledgerSums
	ledgerGrows
	missedOnes
	reachesAPerson
	upTheLadder
	neverDropped
	askedThenPerson
	staleTimers
	sameAgain
	auditEntries
	auditGrows
	auditSealed
	quietLogs
	sealedFile
	erasedOnes
	soundWorld
	checks // their number
)

// lines are the checks as the table says them.
var lines = [checks]struct {
	law  string
	says string
}{
	consentFirst:    {"1", "no text without consent but the request for it and answers"},
	afterStop:       {"1", "after an opt-out its one confirmation, and answers to START and HELP"},
	afterClose:      {"1", "nothing about a closed case"},
	quietHours:      {"1", "nothing in quiet hours but prompt answers"},
	twoADay:         {"1", "two unprompted texts a day to a number"},
	whilePaused:     {"1", "nothing unprompted while a person holds the texts"},
	otherSide:       {"2", "no name, number or word of anybody else"},
	discreetPhone:   {"2", "nothing that tells on a discreet phone"},
	otherSums:       {"2", "no sum of somebody else's"},
	twoHouses:       {"2", "two programs see nothing of each other"},
	inboundOnce:     {"3", "a text that came in is on record once"},
	outboundOnce:    {"3", "a text on a phone is one on record, and the other way round"},
	sameWords:       {"3", "nothing said twice for one reason"},
	ledgerSums:      {"4", "sums as added up anew from the entries and the files"},
	ledgerGrows:     {"4", "the ledger only grows"},
	missedOnes:      {"5", "what is missed is met, moved, waived or with a person"},
	reachesAPerson:  {"5", "an escalation is on a staff member's phone in its time"},
	upTheLadder:     {"5", "one that nobody takes comes to a coordinator"},
	neverDropped:    {"6", "something follows from each text of a party"},
	askedThenPerson: {"6", "nonsense is asked about once, then a person has it"},
	staleTimers:     {"7", "nothing of what has moved on"},
	sameAgain:       {"8", "the same seed, the same world"},
	auditEntries:    {"9", "each change has its entry"},
	auditGrows:      {"9", "the log only grows"},
	auditSealed:     {"9", "the log is as it was sealed, and a change in it is found"},
	quietLogs:       {"10", "no name, number or text in a log line or an error"},
	sealedFile:      {"10", "none in the database's file"},
	erasedOnes:      {"10", "what was kept long enough is erased"},
	soundWorld:      {"-", "the simulation itself was in order"},
}

// breach is one time that a law broke.
type breach struct {
	check check
	seed  uint64
	at    time.Time
	what  string
}

// sheet is what the checks found.
type sheet struct {
	seed     uint64
	tried    [checks]int
	broke    [checks]int
	breaches []breach // some of each
}

// mostShown bounds the breaches of one check that a sheet keeps.
const mostShown = 3

// try counts one thing looked at.
func (s *sheet) try(c check) { s.tried[c]++ }

// breach notes that a law broke. What it says bears nothing private: it is printed.
func (s *sheet) breach(c check, at time.Time, format string, args ...any) {
	if s.broke[c]++; s.broke[c] <= mostShown {
		s.breaches = append(s.breaches, breach{c, s.seed, at.UTC(), fmt.Sprintf(format, args...)})
	}
}

// that counts one thing looked at, and a breach unless it holds.
func (s *sheet) that(holds bool, c check, at time.Time, format string, args ...any) {
	s.try(c)
	if !holds {
		s.breach(c, at, format, args...)
	}
}

// add adds another sheet.
func (s *sheet) add(o *sheet) {
	for c := range checks {
		s.tried[c] += o.tried[c]
		s.broke[c] += o.broke[c]
	}
	s.breaches = append(s.breaches, o.breaches...)
}
