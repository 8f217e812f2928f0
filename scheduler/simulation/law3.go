package simulation

import (
	"fmt"
	"strings"
	"time"

	"amends/bot/emulator"
)

// unfinished is how long before the end of a world what is under way may still be so.
const unfinished = 2 * time.Hour

// law3 counts: each text that came in is on record once, each that went out is on a phone once.
func (e *evidence) law3(s *sheet) {
	in := map[string]int{}
	sids := map[string]int{}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.sid != "" {
			sids[m.sid]++
		}
		if m.direction == "in" {
			in[m.sid]++
			s.that(e.wrote[m.sid] != nil, inboundOnce, at(m.queuedAt), "a text is on record that nobody wrote")
		}
	}
	for i := range e.written {
		w := &e.written[i]
		if w.sid == "" || e.later(w.at, w.at.Add(20*time.Minute)).After(e.end) {
			continue
		}
		s.that(in[w.sid] == 1, inboundOnce, w.at, "the text that phone %s wrote is on record %d times", w.phone[8:], in[w.sid])
	}
	threads := map[string]int{}
	for phone, thread := range e.threads {
		for _, x := range thread {
			if x.SID == "" || x.Direction != emulator.ToPhone {
				continue
			}
			threads[x.SID]++
			s.that(sids[x.SID] == 1, outboundOnce, x.At, "a text that phone %s got is on record %d times", phone[8:], sids[x.SID])
		}
	}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.direction != "out" {
			continue
		}
		old := at(m.queuedAt).Before(e.end.Add(-unfinished))
		switch m.status {
		case "sent", "delivered", "undelivered":
			s.that(threads[m.sid] == 1, outboundOnce, at(m.queuedAt), "message %s is %s and %d times on a phone", m.id, m.status, threads[m.sid])
		case "sending", "in_doubt":
			s.that(!old || e.later(at(m.triedAt), at(m.triedAt).Add(unfinished)).After(e.end), outboundOnce, at(m.queuedAt), "message %s is %s at the end", m.id, m.status)
		case "queued":
			s.that(!old || e.later(at(m.queuedAt), at(m.queuedAt).Add(unfinished)).After(e.end), outboundOnce, at(m.queuedAt), "message %s (%s) is still queued at the end", m.id, m.template)
		}
	}
	e.said(s)
}

// sameWindow is within what time the same text again would be the same text twice.
const sameWindow = 10 * time.Minute

// said: for one reason a party is told a thing once. Texts of one conversation and key follow one
// another only where the party wrote in between.
func (e *evidence) said(s *sheet) {
	last := map[string]*messageRow{}
	heard := map[int64][]int64{} // by line, when its texts were taken in
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.direction == "in" {
			heard[m.lineID] = append(heard[m.lineID], m.queuedAt)
			continue
		}
		if m.lineID == 0 || m.status == "dropped" || m.attempts > 0 {
			continue
		}
		key := fmt.Sprint(m.lineID, " ", m.sessionID, " ", m.template, " ", m.reference, " ", m.party)
		before := last[key]
		last[key] = m
		s.try(sameWords)
		if before == nil || at(m.queuedAt).Sub(at(before.queuedAt)) > sameWindow || before.event == m.event && strings.HasPrefix(m.template, "statement") {
			continue
		}
		between := 0
		for j := len(heard[m.lineID]) - 1; j >= 0 && heard[m.lineID][j] >= before.queuedAt; j-- {
			between++
		}
		// one of these is what the first answered; there must be another, unless the first was unasked
		need := 1
		if e.answered(before) != nil {
			need = 2
		}
		if between < need && e.answered(m) == nil || before.event == m.event {
			s.breach(sameWords, at(m.queuedAt), "%s %s is told %s twice within minutes", m.reference, m.party, m.template)
		}
	}
}
