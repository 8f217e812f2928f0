package simulation

import (
	"fmt"
	"strings"
)

// law9: each change has its entry in the log.
func (e *evidence) law9(s *sheet) {
	byMessage := map[string]map[string]int{}
	count := map[string]int{}
	for i := range e.tables.audit {
		a := &e.tables.audit[i]
		s.that(a.actor != "" && a.action != "" && a.at != 0 && a.event != "", auditEntries, at(a.at), "entry %d says not who, what, when or of what event", a.id)
		if id, is := strings.CutPrefix(a.subject, "message:"); is {
			if byMessage[id] == nil {
				byMessage[id] = map[string]int{}
			}
			byMessage[id][a.action]++
		}
		if id, _, is := strings.Cut(strings.TrimPrefix(a.why, "entry "), ":"); is && strings.HasPrefix(a.action, "ledger.") {
			count[a.action+" "+id]++
		}
		count[fmt.Sprint(a.action, " ", a.caseID, " ", a.subject)]++
		count[fmt.Sprint(a.action, " ", a.partyID)]++
	}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		has := byMessage[m.id]
		want := ""
		switch {
		case m.direction == "in":
			s.that(has["text.received"] == 1, auditEntries, at(m.queuedAt), "message %s came in and has %d entries that say so", m.id, has["text.received"])
			continue
		case m.sid != "":
			want = "text.sent"
		case m.status == "dropped", m.status == "failed":
			want = "text." + m.status
		}
		s.that(has["text.queued"]+has["text.held"]+has["text.dropped"] > 0, auditEntries, at(m.queuedAt), "message %s has no entry of its queueing", m.id)
		s.that(want == "" || has[want] > 0, auditEntries, at(m.queuedAt), "message %s, %s, has no entry %s", m.id, m.status, want)
	}
	for _, r := range e.tables.ledger {
		if r.entry != "due" {
			s.that(count[fmt.Sprint("ledger.", r.entry, " ", r.id)] == 1, auditEntries, at(r.recordedAt), "entry %d of the ledger, %s, has none in the log", r.id, r.entry)
		}
	}
	for _, x := range e.tables.escalations {
		subject := fmt.Sprint(" ", x.caseID, " escalation:", x.code)
		s.that(count["escalation.opened"+subject] > 0, auditEntries, at(x.openedAt), "%s: escalation %d has no entry of its opening", x.reference, x.code)
		s.that(x.resolvedAt == 0 || count["escalation.resolved"+subject] > 0, auditEntries, at(x.resolvedAt), "%s: escalation %d has no entry of its end", x.reference, x.code)
	}
	for _, p := range e.tables.parties {
		if p.consent != "none" {
			s.that(count[fmt.Sprint("consent.", p.consent, " ", p.id)] > 0, auditEntries, e.end, "%s %s: no entry says that consent is %s", p.reference, p.key, p.consent)
		}
	}
	for _, c := range e.tables.commitments {
		subject := fmt.Sprint(" ", c.caseID, " commitment:", c.key)
		s.that(count["commitment.agreed"+subject] == 1, auditEntries, e.end, "%s %s: no entry of its agreement", c.reference, c.key)
		if c.kind != "restitution" && c.status == "met" || c.status == "missed" {
			s.that(count["commitment."+c.status+subject] > 0, auditEntries, e.end, "%s %s is %s and no entry says so", c.reference, c.key, c.status)
		}
	}
	for _, c := range e.tables.cases {
		s.that(count[fmt.Sprint("case.opened ", c.id, " case")] == 1, auditEntries, at(c.openedAt), "%s: no entry of its opening", c.reference)
		s.that(count[fmt.Sprint("case.updated ", c.id, " case")] == e.changed[c.reference], auditEntries, at(c.openedAt), "%s: its file was changed %d times, and the log says %d",
			c.reference, e.changed[c.reference], count[fmt.Sprint("case.updated ", c.id, " case")])
		if c.closedAt != 0 {
			s.that(count[fmt.Sprint("case.closed ", c.id, " case")] == 1, auditEntries, at(c.closedAt), "%s: no entry of its end", c.reference)
		}
	}
}

// law10: nothing private in what was logged nor in the file, and the simulation itself in order.
func (e *evidence) law10(s *sheet) {
	s.tried[quietLogs] += e.log.lines
	for _, line := range e.log.found {
		s.breach(quietLogs, e.end, "a line of the log or an error bears something private; it begins with %q", beginningOf(line))
	}
	s.try(sealedFile)
	for _, what := range e.private {
		s.breach(sealedFile, e.end, "%s", what)
	}
	s.try(soundWorld)
	for _, what := range e.broken {
		s.breach(soundWorld, e.end, "%s", what)
	}
}

// beginningOf is so much of a line as says what it is about, and no more.
func beginningOf(line string) string {
	if i := strings.Index(line, "msg="); i >= 0 {
		line = line[i:]
	}
	if len(line) > 60 {
		line = line[:60]
	}
	if bears([]byte(line)) {
		return "…"
	}
	return line
}
