package console

// actionWords are the English for what the log's actions are called.
func actionWords() map[string]string {
	return map[string]string{
		"case.opened": "Case opened", "case.closed": "Case closed", "case.completed": "Case completed", "case.active": "Case became active",
		"case.assigned": "Mediator changed", "case.viewed": "Looked at the case", "case.updated": "Case changed", "case.reported": "Made a report of the case",
		"case.erased": "Case erased", "party.erased": "Party erased", "text.erased": "Text erased", "decision.close": "Closing decided",
		"commitment.progress": "Hours recorded", "consent.resumed": "Texts resumed", "reminder.dropped": "Reminder left out", "question.unanswered": "Question not answered",
		"fix.done": "Put right", "text.understood": "Reply understood", "text.unanswered": "Text not answered", "text.put_off": "Text put off", "text.in_doubt": "Text in doubt",
		"escalation.viewed": "Looked at the escalation", "escalation.opened": "Escalation opened", "escalation.added": "Added to the escalation",
		"escalation.alerted": "Alert sent", "escalation.acknowledged": "Acknowledged", "escalation.resolved": "Resolved", "escalation.passed": "Passed on",
		"escalation.returned": "Came back", "commitment.agreed": "Agreed", "commitment.met": "Commitment met", "commitment.missed": "Commitment missed",
		"commitment.waived": "Commitment waived", "commitment.rescheduled": "New date set", "date.moved": "New date decided",
		"consent.asked": "Consent asked", "consent.given": "Consent given", "consent.declined": "Consent declined", "consent.withdrawn": "Consent withdrawn",
		"decision.receipt": "Receipt recorded", "decision.report": "Report recorded", "decision.tell": "Mediator told", "number.dealt": "Number dealt with", "number.tried": "Number tried again", "stranger.settled": "Stranger's text dealt with",
		"decision.write": "Text written by hand", "decision.waiver": "Waiver recorded", "decision.not received": "Dispute rested",
		"optout": "Opted out", "optin": "Opted in again", "language.changed": "Language changed", "log.exported": "Exported the log",
		"staff.signed_in": "Signed in", "staff.password_changed": "Password changed", "staff.invited": "Invited", "staff.absent": "Absence recorded",
		"staff.factor_reset": "Second factor reset",
		"text.queued":        "Text queued", "text.sent": "Text sent", "text.held": "Text held", "text.dropped": "Text dropped", "text.failed": "Text failed",
		"text.delivered": "Text delivered", "text.undelivered": "Text not delivered", "text.received": "Text received",
		"pause.begun": "Texts paused", "pause.ended": "Texts resumed",
		"program.added": "Program set up", "program.updated": "Program changed",
		"ledger.due": "Due", "ledger.reported": "Payment reported", "ledger.received": "Payment received", "ledger.disputed": "Payment disputed",
		"ledger.reversed": "Entry reversed", "ledger.waived": "Payment waived", "ledger.rescheduled": "Instalment moved",
	}
}
