package bot

import (
	"fmt"
	"slices"

	"amends/store"
)

// Close ends a case by a person's word. Its texts stop with it.
type Close struct {
	Reason string // completed, returned_to_court, withdrawn, no_contact, rearrest, other
}

func (d Close) decide(t *turn, m *matter) error {
	if !slices.Contains([]string{"completed", "returned_to_court", "withdrawn", "no_contact", "rearrest", "other"}, d.Reason) {
		return store.NewError(store.Invalid, "A case is closed as completed, returned to court, withdrawn, no contact, re-arrest or other.", nil)
	}
	if m.Status == store.CaseClosed {
		return store.NewError(store.Conflict, fmt.Sprintf("Case %s is closed already.", m.Reference), nil)
	}
	if err := t.closeCase(m, d.Reason, d.Reason); err != nil {
		return err
	}
	return t.log(store.Entry{CaseID: store.ID(m.ID), Action: "decision.close", Subject: "case", Words: t.words})
}

// Drop takes back a text that has not gone, or leaves one that did not get through at that: it is not tried again.
type Drop struct {
	Message string // its ID
}

// What became, by a person's word, of a text that did not get through.
const (
	whySentAnew   = "sent anew"
	whyLeftAtThat = "left at that"
)

// failed says whether a text did not get through, and nobody has done anything about it.
func failed(x store.Message) bool {
	return (x.Status == store.MessageFailed || x.Status == store.MessageUndelivered) && x.Why != whySentAnew && x.Why != whyLeftAtThat
}

func (d Drop) decide(t *turn, m *matter) error {
	x, err := t.ownText(m, d.Message)
	if err != nil {
		return err
	}
	e := store.Entry{CaseID: store.ID(m.ID), PartyID: x.PartyID, Action: "text.dropped", Subject: "message:" + x.ID, Words: t.words}
	switch {
	case failed(x):
		x.Why, e.Why = whyLeftAtThat, whyLeftAtThat
	case x.Status == store.MessageHeld || x.Status == store.MessageQueued:
		x.Status, x.Why, x.Claim = store.MessageDropped, "dropped by a person", ""
	default:
		return store.NewError(store.Conflict, "That text is under way or has gone: it cannot be taken back.", nil)
	}
	if err := t.tx.SaveMessage(x); err != nil {
		return err
	}
	return t.log(e)
}

// Resend puts a text that did not get through into the outbox once more, as a text of its own. Whether it may go is asked
// again when it does.
type Resend struct {
	Message string // its ID
}

func (d Resend) decide(t *turn, m *matter) error {
	x, err := t.ownText(m, d.Message)
	if err != nil {
		return err
	}
	if !failed(x) {
		return store.NewError(store.Conflict, "That text has not failed.", nil)
	}
	if x.Body == nil {
		return store.NewError(store.Conflict, "The words of that text are erased.", nil)
	}
	again := x
	again.Seq, again.ID, again.SID, again.ErrorCode, again.Attempts = 0, t.b.NewID(), "", 0, 0
	again.TriedAt, again.SentAt, again.DeliveredAt, again.AnswerUntil = 0, 0, 0, 0
	again.Status, again.Why, again.QueuedAt, again.NextAt = store.MessageHeld, "tried again", store.At(t.now), store.At(t.now)
	again.StaleAt = store.At(t.now.Add(giveWay))
	if err := t.tx.AddMessage(&again); err != nil {
		return err
	}
	x.Why = whySentAnew // once is enough
	if err := t.tx.SaveMessage(x); err != nil {
		return err
	}
	return t.log(store.Entry{CaseID: store.ID(m.ID), PartyID: x.PartyID, Action: "text.held", Subject: "message:" + again.ID, Why: "tried again", Words: t.words})
}

// ownText takes a text of a case in hand.
func (t *turn) ownText(m *matter, id string) (store.Message, error) {
	x, ok, err := t.tx.LockMessage(id)
	if err == nil && (!ok || int64(x.CaseID) != m.ID) {
		err = store.NewError(store.NotFound, fmt.Sprintf("There is no such text in case %s.", m.Reference), nil)
	}
	return x, err
}
