package console

// wordings are the English for what the database calls by a word.
func wordings() map[string]string {
	return map[string]string{
		"role.mediator": "Mediator", "role.coordinator": "Coordinator", "role.auditor": "Auditor", "role.administrator": "Administrator",

		"status.enrolling": "Enrolling", "status.active": "Active", "status.completed": "Completed", "status.closed": "Closed",

		"severity.urgent": "Urgent", "severity.high": "High", "severity.normal": "Normal",

		"reason.safety": "Not safe", "reason.distress": "Distress", "reason.dispute": "Payment disputed", "reason.wrong_number": "Wrong number",
		"reason.missed_payment": "Payment missed", "reason.missed_commitment": "Commitment missed", "reason.extension": "Asks for more time",
		"reason.call": "Wants a call", "reason.not_understood": "Reply not understood", "reason.no_reply": "No reply to two check-ins",
		"reason.unreachable": "Cannot be reached", "reason.opted_out": "Opted out", "reason.consent_unanswered": "Consent not answered",
		"reason.consent_declined": "Consent declined",

		"kind.restitution": "Restitution", "kind.apology_letter": "Letter of apology", "kind.community_service": "Community service",
		"kind.counselling": "Counselling", "kind.class": "Class", "kind.other": "Other",

		"commitment.open": "Open", "commitment.met": "Met", "commitment.missed": "Missed", "commitment.rescheduled": "New date", "commitment.waived": "Waived",

		"party.victim": "Is owed", "party.offender": "Owes", "party.guardian": "Guardian", "party.support": "Support person",

		"consent.none": "No consent", "consent.asked": "Consent asked", "consent.given": "Consent given", "consent.declined": "Consent declined",
		"consent.withdrawn": "Consent withdrawn",

		"message.held": "Held", "message.queued": "Queued", "message.sending": "Sending", "message.in_doubt": "In doubt", "message.sent": "Sent",
		"message.delivered": "Delivered", "message.undelivered": "Not delivered", "message.failed": "Failed", "message.dropped": "Dropped",
		"message.received": "Received",

		"why.hours": "waits for allowed hours", "why.two_a_day": "two texts went out that day already", "why.tried again": "is tried again",
		"why.opted_out": "the number has opted out", "why.case_closed": "the case is closed", "why.no_consent": "no consent",
		"why.unreachable": "the number cannot be reached", "why.stale": "too late to make sense", "why.moot": "no longer needed",
		"why.dropped by a person": "dropped by a person", "why.sent anew": "was tried again", "why.left at that": "is not tried again", "why.by_hand": "by hand", "why.paused": "the texts are paused",

		"entry.due": "Due", "entry.reported": "Reported", "entry.received": "Received", "entry.disputed": "Disputed", "entry.reversed": "Reversed",
		"entry.waived": "Waived", "entry.rescheduled": "New date",

		"plan.every": "In equal instalments", "plan.once": "At once", "plan.list": "On listed days", "plan.rule": "By a rule",
		"every.week": "week", "every.fortnight": "fortnight", "every.half_month": "half month", "every.month": "month",
		"did.added": "New", "did.unchanged": "As it is", "did.updated": "Changed",

		"close.completed": "Completed", "close.returned_to_court": "Returned to court", "close.withdrawn": "Withdrawn", "close.no_contact": "No contact",
		"close.rearrest": "Re-arrest", "close.other": "Other",

		"escalation.open": "Open", "escalation.acknowledged": "In hand", "escalation.resolved": "Resolved",

		"log.answer": "Answers", "log.case": "Cases", "log.commitment": "Commitments", "log.consent": "Consent", "log.decision": "Decisions",
		"log.escalation": "Escalations", "log.flow": "Conversations", "log.ledger": "Money", "log.log": "Exports",
		"log.optout": "Opt-outs", "log.party": "Parties", "log.pause": "Pauses", "log.program": "Program", "log.question": "Questions", "log.staff": "People", "log.text": "Texts",

		"question.safe": "Safe?", "question.wellbeing": "How are you, 1 to 5?", "question.arrived": "Did it arrive?", "question.contact": "Wants a word?",
		"question.comment": "Anything to add?", "question.barrier": "Anything in the way?", "question.amount": "How much?", "question.hours": "How many hours?",
		"question.fair": "Was it fair?", "question.satisfied": "Satisfied?", "question.recommend": "Would recommend?", "question.score": "WHO-5 score",

		"language.en": "English", "language.es": "Spanish",
	}
}
