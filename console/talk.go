package console

import (
	"strings"
	"time"

	"amends/store"
)

// talkText is one text of a conversation.
type talkText struct {
	store.Message
	Words string
	Time  time.Time
	Zone  *time.Location
	Out   bool
	Note  string // why it is held or was dropped
}

// talkText is a text as the conversation shows it: without its words for whoever may not read them.
func (v *visit) talkText(tx *store.Tx, m store.Message) talkText {
	t := talkText{Message: m, Time: m.QueuedAt.Time(), Zone: v.me.Zone, Out: m.Direction == "out"}
	if m.SentAt != 0 {
		t.Time = m.SentAt.Time()
	}
	if m.Why != "" {
		t.Note = v.page.word("why", m.Why)
	}
	if m.Template == "by_hand" {
		t.Note = strings.TrimPrefix(t.Note+" · "+v.page.word("why", m.Template), " · ")
	}
	if v.me.Reads() {
		t.Words = tx.Reveal(m.Body)
	}
	return t
}
