package console

import "strings"

// faultWords are what a field of a form is told for what the reader of case files says: the first that the message begins with.
func faultWords() [][2]string {
	const sum, hours, clock, day, plan = "Write an amount like 600 or 600.00, up to 1,000,000.00.", "Write hours like 20 or 7.5.", "Write times like 09:00, from and to.", "Pick a date.", "Say how it is paid."
	return [][2]string{
		{"is missing; write the day", day},
		{"is missing; write how many hours", hours},
		{"is missing; write the whole sum", sum},
		{"is missing; write the key of the party that is paid", "Say who is paid."},
		{"is missing; write the key of the party that owes", "Choose one of the parties."},
		{"is missing; write the key of the party that this one", "Choose for whom."},
		{"is missing; write instalments", plan},
		{"is missing; write it as 09:00", clock},
		{"is missing; a commitment of the kind other", "Say what it is."},
		{"is missing; list at least one commitment", "Add at least one commitment."},
		{"is missing; list at least a victim", "Add who is owed and who owes."},
		{"must have at least one victim", "Add who is owed."},
		{"must have at least one offender", "Add who owes."},
		{"is missing", "Fill this in."},
		{"is empty", "Fill this in."},
		{"is not a phone number", "This is no phone number that can exist: write it with its area code, like 312-555-0100."},
		{"is a staff member's too", "This is a staff member's number too: a phone cannot be both."},
		{"is the program's own number", "This is the program's own number."},
		{"is not an amount", sum},
		{"is nothing; an amount", sum},
		{"is more than 1,000,000", sum},
		{"is not a number of hours", hours},
		{"is nothing; at least a quarter", hours},
		{"is not a date", day},
		{"is not a time of day", clock},
		{"is not a time zone", "This is no time zone: write one like America/Chicago."},
		{"is before the day of the mediation", "This is before the day of the mediation."},
		{"must be a whole number", "Write a whole number from 1 to 600."},
		{"cannot be laid out: count must", "Write a whole number from 1 to 600."},
		{"cannot be laid out: every must", plan},
		{"cannot be laid out: instalments need exactly", plan},
		{"cannot be laid out: instalments need the date", "Pick the date of the first instalment."},
		{"cannot be laid out: two instalments", "Two instalments are on one day: list each day once."},
		{"cannot be laid out: the instalments listed come to more", "The instalments come to more than the total."},
		{"cannot be laid out: the instalments listed come to less", "The instalments come to less than the total."},
		{"cannot be laid out: each instalment", "Give each instalment a day and an amount, like 2026-04-01 100.00."},
		{"cannot be laid out: the total is less", "The total is less than one cent an instalment."},
		{"cannot be laid out: at most", "That is more instalments than can be."},
		{"cannot be laid out: the last instalment", "That is more instalments than can be."},
		{"cannot be laid out", "The rule cannot be read: write it like FREQ=WEEKLY;BYDAY=FR;COUNT=12."},
		{"is the mediator; name another", "The backup is another than the mediator, or nobody."},
		{"is not the key of a", "Choose one of the list."},
		{"is not a key", "Choose one of the list."},
		{"is not a role", "Choose one of the list."},
		{"is not a kind", "Choose one of the list."},
		{"is not one of the program's languages", "Choose one of the list."},
		{"is not a currency", "Write a currency as three capital letters, such as USD."},
		{"must be the key of a victim or offender", "Choose for whom."},
		{"must be the key of a party", "Choose one of the parties."},
		{"is longer than", "This is too long."},
		{"has more than", "That is more than can be."},
		{"has a character", "This has a sign that cannot be printed."},
		{"leave less than", "That leaves less than 4 hours a day to text in."},
		{"leaves less than", "That leaves less than 4 hours a day to text in."},
		{"begin and end", "The times begin and end alike: give them a length."},
		{"begins and ends", "The times begin and end alike: give them a length."},
		{"needs discreet_sender", "The program file has no discreet sender word yet."},
		{"is on record already", "A case of that reference is on record already."},
	}
}

// fault is what is said of a field.
func (p *pageSet) fault(message string) string {
	for _, w := range faultWords() {
		if strings.HasPrefix(message, w[0]) {
			return p.t(w[1])
		}
	}
	return p.sentence(message)
}
