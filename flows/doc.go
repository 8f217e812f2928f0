// Package flows says what is asked of a party, and what follows from the answer.
//
// A flow is one short conversation (a check-in, a payment report) written as
// a YAML file that a coordinator can read. The engine takes a State and an
// Event and gives back the State that follows and the Effects that the caller
// is to carry out:
//
//	c, err := flows.Load()
//	s := flows.State{Flow: "victim-checkin"}
//	s, effects, err := c.Step(s, flows.Event{Kind: flows.Start, Facts: facts})
//	// Ask victim-checkin.safe; keep s as JSON until the party answers
//	s, effects, err = c.Step(s, flows.Event{Kind: flows.Reply, Answer: "yes", Facts: facts})
//	// Record safe=yes, Ask victim-checkin.wellbeing
//
// A conversation waits at a question, or at an action (Do): the caller
// carries the action out, in the same transaction, and steps again with Done
// and what it came to. So facts are always fresh, and a text that follows an
// action is rendered after it. Everything else runs on until the next wait or
// the End.
//
// The package is pure: no database, no clock, no text of its own. It names
// texts by key and never sees their words; how long a wait lasts is said in
// the Ask, and that it is over comes in as an event.
//
// # A file
//
//	flow: offender-checkin
//	for: [offender]                 # whose conversation it is: victim, offender
//	purpose: How it is going.       # for the reader and the drawing
//	entries: [later]                # steps it may also start at; else the first
//	unclear: {again: 1, escalate: not_understood, say: common.person, end: handed_over}
//	silence: {after: 24h, again: 1, then_after: 24h, end: no_reply}
//	steps:
//	  - id: barrier
//	    only_if: money              # a fact; the step is passed over otherwise
//	    unless: has_amount          # the contrary; both may stand
//	    ask: offender-checkin.barrier
//	    expect: {choice: [yes, no]} # or yes_no, {scale: [1, 5]}, amount, date, hours, text
//	    save: barrier               # recorded as the answer to this question
//	    then:                       # the first line that applies; none: the next step
//	      - {when: "yes", if: money, escalate: call, say: offender-checkin.thanks, end: done}
//	      - {go: thanks}
//	  - id: report
//	    do: payment.report          # each of its results must have a line
//	    then: [{when: recorded, go: thanks}, …]
//	  - id: thanks
//	    say: offender-checkin.thanks
//	    end: done
//
// Instead of save, keep remembers the answer for an action without recording
// it. A text answer is recorded and never kept in the State, which is plain.
// unclear and silence may also stand at a step, for that question alone.
//
// # To add a flow
//
// Write NAME.yaml beside the others, or in a program's own folder, whose
// files take the place of ours of the same flow. Use the facts, actions and
// escalation reasons of vocabulary.go; a new one is a line there and its
// doing in package bot. Add its texts in every language (package templates).
// Run `amends flows check`, look at `amends flows draw NAME`, live through it
// with `amends flows play NAME`, and add a dialogue to the golden transcripts.
package flows
