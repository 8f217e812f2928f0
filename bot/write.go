package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"amends/bot/understand"
	"amends/store"
	"amends/templates"
)

// Write is a text that a person writes to a party by hand. It goes the way of every other text and through the same gates.
//
// The question that was open gives way to it, and what the party writes next is for the person, not for us to guess at: it
// opens an escalation, unless it is plainly about something else ("paid 50", "call me").
type Write struct {
	Party string // its key
	Text  string // without the sender, which is put before it
	// Answers is the code of the open escalation about what the party wrote: the text is an answer then, which is none of the
	// day's two, and resolves it. 0 for none.
	Answers int64
}

func (d Write) party() string { return d.Party }

// Draft is what would become of a text.
type Draft struct {
	Body     string // with the sender before it
	Segments int
	Encoding string
	Goes     time.Time // when, at the soonest
	Hold     string    // why not now: hours, two_a_day, paused; "" if it goes now
}

const (
	byHand = "by_hand" // the template of a text that has none
	// handKeeps is how long a text by hand still makes sense, handFor how long what a party writes is taken for the answer.
	handKeeps = 7 * 24 * time.Hour
	handFor   = 3 * 24 * time.Hour
	// handSegments is what a text may have, whoever wrote it.
	handSegments = 3
)

// hand is a text by hand, as the line's talk remembers it.
type hand struct {
	Message string        `json:"message"`
	At      store.Instant `json:"at"`
	Case    int64         `json:"case"`
	Party   int64         `json:"party"`
	By      string        `json:"by"` // as the log names who wrote
}

// Draft says what would become of a text, and stores nothing.
func (b *Bot) Draft(ctx context.Context, programKey, reference string, by By, d Write) (Draft, error) {
	var draft Draft
	err := b.handle(ctx, by.actor(), func(t *turn) error {
		id, err := findCase(t.tx, programKey, reference)
		if err != nil {
			return err
		}
		if err := t.holdPartyLine(id, d.Party); err != nil {
			return err
		}
		m, err := t.matter(id)
		if err != nil {
			return err
		}
		l, err := t.draft(m, d)
		draft = l.Draft
		return err
	})
	return draft, err
}

// letter is a text by hand on its way.
type letter struct {
	Draft
	text    store.Message
	to      addressee
	seat    seat
	answers *store.Escalation
}

func (t *turn) draft(m *matter, d Write) (letter, error) {
	p, err := t.lineOf(m, d.Party)
	if err != nil {
		return letter{}, err
	}
	if !m.texts(p) {
		return letter{}, store.NewError(store.Invalid, fmt.Sprintf("Party %s gets no texts of its own: write to party %s.", p.Key, m.texter(m.stands(p)).Key), nil)
	}
	l := letter{seat: seat{p, m}, to: addressee{line: t.line, status: m.Status, program: t.program, pause: m.Case.Pause}}
	if l.answers, err = t.answeredBy(m, p, d.Answers); err != nil {
		return l, err
	}
	if l.Body, err = t.handBody(l.seat, d.Text); err != nil {
		return l, err
	}
	if l.Segments, l.Encoding = templates.Segments(l.Body); l.Segments > handSegments {
		return l, store.NewError(store.Invalid, "That makes more than three messages: shorten it.", nil)
	}
	l.text = store.Message{CaseID: store.ID(m.ID), PartyID: store.ID(p.ID), LineID: store.ID(p.LineID), Class: store.ClassPrompt,
		Template: byHand, StaleAt: store.At(t.now.Add(handKeeps))}
	if l.answers != nil {
		l.text.Class = store.ClassAnswer
	}
	if err := t.b.inHours(t.tx, &l.to, p, &l.text, t.now); err != nil {
		return l, err
	}
	v := judge(&l.text, l.to, t.now)
	if v.Drop != "" {
		return l, store.NewError(store.Conflict, mayNot(v.Drop), nil)
	}
	l.Goes, l.Hold = t.now, v.Hold
	if !v.Go {
		l.Goes = v.Until
	}
	return l, nil
}

// mayNot says why no text may go.
func mayNot(why string) string {
	switch why {
	case "opted_out":
		return "No text may go: the number has opted out."
	case "case_closed":
		return "No text may go: the case is closed."
	case "no_consent":
		return "No text may go: no consent is on record."
	case "unreachable":
		return "No text may go: the number cannot be reached."
	}
	return "No text may go."
}

// answeredBy is the open escalation that a text answers.
func (t *turn) answeredBy(m *matter, p *store.Party, code int64) (*store.Escalation, error) {
	if code == 0 {
		return nil, nil
	}
	e, ok, err := t.tx.FindEscalationByCode(t.program.ID, code)
	switch {
	case err != nil:
		return nil, err
	case !ok || e.CaseID != m.ID || int64(e.PartyID) != p.ID:
		return nil, store.NewError(store.NotFound, fmt.Sprintf("There is no escalation %d about party %s.", code, p.Key), nil)
	case e.Status == store.EscalationResolved:
		return nil, store.NewError(store.Conflict, fmt.Sprintf("Escalation %d is resolved already.", code), nil)
	case e.Reason != "not_understood" && e.Reason != "call":
		return nil, store.NewError(store.Invalid, fmt.Sprintf("Escalation %d is not about a text that waits for an answer.", code), nil)
	}
	return &e, nil
}

// A sum as people write one, and a number of so many digits as to be a phone's.
var (
	sumForm   = regexp.MustCompile(`\d[.,]\d\d(?:\D|$)`)
	digitForm = regexp.MustCompile(`\d[\d ().-]{5,}\d`)
)

// handBody is what a person wrote with the sender before it, if it says nothing that its reader may not be told (law 2).
func (t *turn) handBody(s seat, text string) (string, error) {
	text = strings.TrimSpace(text)
	refuse := func(sentence string) (string, error) { return "", store.NewError(store.Invalid, sentence, nil) }
	if text == "" {
		return refuse("Write a text.")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		return refuse("The text has a sign that cannot be sent.")
	}
	low := strings.ToLower(text)
	for i := range s.m.Parties {
		p := &s.m.Parties[i]
		if p.Side == s.Side && !s.Discreet {
			continue
		}
		if names(text, t.tx.Reveal(p.Name)) {
			if p.Side == s.Side {
				return refuse("This party is discreet: leave the name out.")
			}
			return refuse("The text names somebody of the other side: leave the name out.")
		}
		line, err := t.tx.GetLine(p.LineID)
		if err != nil {
			return "", err
		}
		if p.LineID != s.LineID && bears(text, t.tx.Reveal(line.Phone)) {
			return refuse("The text has somebody else's number: leave it out.")
		}
	}
	if word := t.program.book.Forbidden(text, false); word != "" {
		return refuse(fmt.Sprintf("No text says %q: leave it out.", word))
	}
	f := t.program.File
	if !s.Discreet {
		return f.Sender + ": " + text, nil
	}
	switch {
	case strings.Contains(low, strings.ToLower(f.Name)), strings.Contains(low, strings.ToLower(f.Sender)):
		return refuse("This party is discreet: leave the program's name out.")
	case sumForm.MatchString(text):
		return refuse("This party is discreet: leave the sum of money out.")
	}
	if word := t.program.book.Forbidden(text, true); word != "" {
		return refuse(fmt.Sprintf("This party is discreet: leave %q out.", word))
	}
	return f.DiscreetSender + ": " + text, nil
}

// names says whether a text bears somebody's name or a part of it, as names are written.
func names(text, name string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	}
	parts := words(name)
	return slices.ContainsFunc(words(text), func(w string) bool {
		first := []rune(w)[0]
		return len(w) > 2 && unicode.IsUpper(first) && slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, w) })
	})
}

// bears says whether a text has a phone number, however it is written.
func bears(text, phone string) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	own := digits(phone)
	for _, found := range digitForm.FindAllString(text, -1) {
		if d := digits(found); len(d) >= 7 && strings.HasSuffix(own, d) || len(d) >= 10 && strings.HasSuffix(d, own) {
			return true
		}
	}
	return false
}

func (d Write) decide(t *turn, m *matter) error {
	l, err := t.draft(m, d)
	if err != nil {
		return err
	}
	if open, busy, err := t.tx.FindOpenSession(t.line.ID); err != nil {
		return err
	} else if busy {
		if err := t.rest(&open); err != nil {
			return err
		}
	}
	if err := t.queue(&l.text, l.Body, l.to); err != nil {
		return err
	}
	t.talk.Hand, t.dirty = &hand{Message: l.text.ID, At: store.At(t.now), Case: m.ID, Party: l.seat.ID, By: t.actor}, true
	if err := t.log(store.Entry{CaseID: store.ID(m.ID), PartyID: store.ID(l.seat.ID), Action: "decision.write", Subject: "message:" + l.text.ID, Words: t.words}); err != nil {
		return err
	}
	if l.answers == nil {
		return nil
	}
	who, err := t.staffOfTurn(m)
	if err != nil {
		return err
	}
	return t.resolve(m, l.answers, &who, t.tx.Reveal(t.words))
}

// toWriter takes what a party writes after a text by hand to a person: it answers that one, and nobody guesses how. What is
// plainly something else is dealt with as ever.
func (h *hearing) toWriter() (bool, error) {
	t := h.t
	wrote := t.talk.Hand
	if wrote == nil || h.q.session != nil || h.reading.Intent != understand.Answer && h.reading.Intent != understand.Unclear {
		return false, nil
	}
	x, err := t.tx.GetMessage(wrote.Message)
	if err != nil {
		return false, err
	}
	switch x.Status {
	case store.MessageHeld, store.MessageQueued, store.MessageFailed, store.MessageUndelivered, store.MessageDropped:
		return false, nil
	}
	if !within(t.now, x.TriedAt, handFor) {
		return false, nil
	}
	to := h.q.seat
	for _, s := range h.seats {
		if s.ID == wrote.Party {
			to = s
		}
	}
	t.heard()
	_, had, err := t.tx.FindOpenEscalation(to.m.ID, "not_understood", to.Key)
	if err != nil {
		return false, err
	}
	if err := t.escalate(to.m, trouble{reason: "not_understood", party: to.Party, subject: to.Key, wants: &wanted{Party: to.ID, Hand: wrote.By}}); err != nil || had {
		return true, err
	}
	return true, t.answerTo(to, "common.person", text{})
}
