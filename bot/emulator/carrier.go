package emulator

import "strings"

// optOut is a phone that has stopped a number, or the messaging service that the number is in.
type optOut struct{ sender, phone string }

// service is a messaging service.
type service struct {
	sid     string
	numbers []string
}

// The keywords and answers are Twilio's default ones for long codes; a keyword counts only as the whole text, in any
// case: https://help.twilio.com/articles/223134027
const (
	stopAnswer  = "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."
	startAnswer = "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
	helpAnswer  = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)

// keyword gives the type of an opt-out keyword: STOP, START, HELP or nothing.
func keyword(body string) string {
	switch strings.ToUpper(strings.TrimSpace(body)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT":
		return "STOP"
	case "START", "YES", "UNSTOP":
		return "START"
	case "HELP", "INFO":
		return "HELP"
	}
	return ""
}

func (e *Emulator) optOutKey(number, phone string) optOut {
	if s := e.serviceOf[number]; s != nil {
		return optOut{s.sid, phone}
	}
	return optOut{number, phone}
}

// heedKeyword does what the carrier does with a keyword: keeps the opt-out and answers by itself. The text goes on to
// the webhook in any case. A word of START from a phone that is not opted out means nothing to the carrier: YES is then
// an answer like any other. Nor is a second STOP answered: nothing goes to a phone that has stopped. The lock is held.
func (e *Emulator) heedKeyword(m *message) {
	key := e.optOutKey(m.to, m.from)
	kind := keyword(m.body)
	var answer string
	switch {
	case kind == "STOP" && !e.optedOut[key]:
		e.optedOut[key] = true
		answer = stopAnswer
	case kind == "START" && e.optedOut[key]:
		delete(e.optedOut, key)
		answer = startAnswer
	case kind == "START":
		kind = ""
	case kind == "HELP":
		answer = helpAnswer
	}
	if m.service != nil && !e.options.PlainOptOut {
		m.optOutType = kind
	}
	if answer == "" {
		return
	}
	e.threads[m.from] = append(e.threads[m.from], &entry{text: Text{
		Direction: ToPhone, Peer: m.to, Body: answer, At: m.created, Status: statusDelivered, Carrier: true,
	}})
	e.changed()
}
