// Package bot is the conversation: what a text, a due date or a staff member's word does to a case.
//
// Everything that happens to a case is an event, and every event takes the same way, in one database
// transaction, here called a turn:
//
//	door → load and lock → understand → flows.Step → effects → facts, log entries, queued texts → commit
//
// Nothing here talks to the provider. A text is queued in the turn that calls for it; package scheduler
// sends it later, and asks MayGo once more whether it still may (the first law, law.go).
//
// What the doors are: Inbound (a text came in), Status (a callback about one that went out), Due (the
// earliest thing that fell due), Decide (a person's decision), AddCases and ApplyProgram (files). Their
// smallest use:
//
//	b := bot.New(bot.Config{Store: s, Book: book, Flows: catalogue, Reader: reader, Now: clock, NewID: ids, Log: log})
//	err := b.Inbound(ctx, twilio.Inbound{SID: sid, From: from, To: to, Body: "PAID 50"})
//
// # The laws that this package keeps
//
// No text goes to a party without consent, after an opt-out, about a closed case or in its quiet hours
// (law.go); what a person has paused waits there too (pause.go). Nothing of one party reaches the other:
// texts are made of values typed for their audience (text.go), and what a person writes by hand is held
// against the case's names and numbers and the words that no text may have (write.go). An inbound text is taken once (its SID is unique). Money is integer cents in a ledger that is
// only appended to (action.go, decision.go). A missed commitment is escalated until a person has dealt
// with it (commitment.go, escalation.go). A reply that is not understood is asked about once more, then
// goes to a person (hear.go). What falls due carries the version of what it was armed for, and does
// nothing if that has moved on (due.go). Each change leaves an entry in the log, in its own turn.
//
// # Locks
//
// A turn locks in one order: a due row or a message, then one line, then cases by ascending id. What
// concerns a second line goes there by a due row of its own (notify.go), so no two turns wait for each
// other.
package bot
