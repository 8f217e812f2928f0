// Package templates holds every word that leaves the system.
//
// A text has a key and is rendered from a value typed for its audience, in a
// language, in plain or in discreet words:
//
//	book, err := templates.Load()
//	body, err := book.Victim("payment-confirm.arrived", "es", false, true, templates.VictimText{
//		Sender: "Riverside RJ", Amount: templates.Money{Cents: 5000, Currency: "USD"},
//		Date: templates.Date{Year: 2026, Month: 3, Day: 6},
//	})
//
// The types are the wall between the sides: VictimText and OffenderText have
// no field for the other side's name, number, place, free text or answer, and
// StaffText has none for a party's name or words. A discreet text is rendered
// from a smaller value still, made from those: no program name, no sum, no
// name, nothing of the agreement. Load parses every text and executes each with
// the longest values it may meet, so a text that uses what its audience may not
// know, or misspells a field, stops the program at start.
//
// A value that a text uses and that is not given is an error when it is
// rendered, never an empty place: a text asks with {{if .Has "NextDate"}}.
//
// # A language file
//
// sms/en.yaml and sms/es.yaml are embedded. `format` says how dates and sums
// are written, `kinds` and `reasons` name things, `party` and `staff` are the
// texts. A text for parties is one wording for all, or one each for plain and
// discreet, or these for each side:
//
//	common.unclear: "Sorry, I did not get that."
//	payment-report.nothing:
//	  plain: "You have no payment open. Thank you!"
//	  discreet: "Nothing is open. Thank you!"
//	statement.money:
//	  victim: {plain: …, discreet: …}
//	  offender: {plain: …, discreet: …}
//
// # To add a language
//
// Copy sms/en.yaml to sms/CODE.yaml and write every text anew; keep the
// {{fields}}. Words of the carrier (STOP, HELP) stay as they are. Then run
// `amends flows check`: it names what is missing and counts the segments. A
// letter outside GSM-7 (á, í, ó, ú among them) makes a segment 70 characters
// long instead of 160, so keep such texts short rather than misspelt.
//
// A program's own folder may bring files of the same names that hold only
// what differs, for example the WHO-5 items under who5.item1 to who5.item5.
package templates
