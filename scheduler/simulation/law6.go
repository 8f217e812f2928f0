package simulation

import (
	"strings"
	"time"
)

// law6: something follows from each text of a party, and nonsense twice over comes to a person.
func (e *evidence) law6(s *sheet) {
	type before struct {
		event string
		at    time.Time
	}
	unclear := map[int64]*before{} // by line: the text before was nonsense, and was asked about
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.direction == "out" {
			if b := unclear[m.lineID]; b != nil && m.event != b.event && e.answered(m) == nil {
				delete(unclear, m.lineID) // something else was asked meanwhile
			}
			continue
		}
		if m.lineID == 0 || m.party == "" {
			continue
		}
		h, w := e.byEvent[m.event], e.wrote[m.sid]
		told, person, other := e.followed(h, m.lineID)
		// Before its consent a party gets no answer to what was understood and changes nothing: BALANCE, say.
		understood := w != nil && w.meant != sayNonsense && w.meant != sayAside && w.meant != sayDanger && w.meant != sayRude
		if told || person || other || !understood || e.consentAt(m) {
			s.that(told || person || other, neverDropped, at(m.queuedAt), "nothing follows from a text of %s %s (%s)", m.reference, m.party, meantBy(w))
		}
		if w == nil || w.meant != sayNonsense {
			delete(unclear, m.lineID)
			continue
		}
		b := unclear[m.lineID]
		delete(unclear, m.lineID)
		switch {
		case b != nil && at(m.queuedAt).Sub(b.at) < 24*time.Hour:
			s.that(person, askedThenPerson, at(m.queuedAt), "%s %s was not understood twice and no person was told", m.reference, m.party)
		case asksAgain(h, m.lineID):
			s.try(askedThenPerson)
			unclear[m.lineID] = &before{m.event, at(m.queuedAt)}
		}
	}
}

// consentAt is whether the party of a text that came in had consented by then, as the log has it.
func (e *evidence) consentAt(m *messageRow) bool {
	given := false
	for _, p := range e.tables.parties {
		if p.reference != m.reference || p.key != m.party {
			continue
		}
		for _, a := range e.consentLog[p.id] {
			if a.at <= m.queuedAt {
				given = a.action == "consent.given"
			}
		}
	}
	return given
}

func meantBy(w *written) string {
	if w == nil {
		return "of nobody"
	}
	return "it was meant as " + string(w.meant)
}

// followed is what followed from an event: a text to the line, a person told, or anything else on
// record.
func (e *evidence) followed(h *happening, line int64) (told, person, other bool) {
	for _, m := range h.out {
		told = told || m.lineID == line
	}
	for _, a := range h.audit {
		switch {
		case strings.HasPrefix(a.action, "escalation."):
			person = true
		case !strings.HasPrefix(a.action, "text."):
			other = true
		}
	}
	return told, person, other
}

// asksAgain is whether a text of an event says that it was not understood, and asks.
func asksAgain(h *happening, line int64) bool {
	if len(h.out) != 1 || h.out[0].lineID != line {
		return false
	}
	for _, a := range h.audit {
		if !strings.HasPrefix(a.action, "text.") {
			return false // it was understood as something
		}
	}
	return h.out[0].template == "common.lost" || h.out[0].sessionID != 0
}
