package bot

import (
	"context"
	"strconv"
	"time"

	"amends/bot/twilio"
	"amends/store"
	"amends/store/calendar"
)

// tries is how often a text goes that the handset or the carrier did not take for no clear reason
// (30003, 30008): twice more, an hour and then four hours later.
var tries = []time.Duration{time.Hour, 4 * time.Hour}

// Accepted records that the provider took texts. A later word about one, a callback that came first,
// stands.
func (b *Bot) Accepted(ctx context.Context, texts ...store.Taken) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		sent, err := t.tx.MarkSent(texts)
		if err != nil {
			return err
		}
		for i := range sent {
			if err := t.logText(&sent[i], "text.sent", ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// taken marks a text as sent.
func (t *turn) taken(m *store.Message, sid string, segments int, at time.Time) error {
	m.Status, m.SID, m.SentAt, m.Claim, m.Why = store.MessageSent, store.Word(sid), store.At(at), "", ""
	if segments > 0 {
		m.Segments = segments
	}
	if err := t.tx.SaveMessage(*m); err != nil {
		return err
	}
	return t.logText(m, "text.sent", "")
}

func (t *turn) logText(m *store.Message, action, why string) error {
	t.step(action, m.Event, m.ID, why)
	return t.log(store.Entry{ProgramID: store.ID(m.ProgramID), CaseID: m.CaseID, PartyID: m.PartyID, Action: action, Subject: "message:" + m.ID, Why: why})
}

// Refused records that the provider will not take a text, with what follows from its code.
func (b *Bot) Refused(ctx context.Context, id string, code int, c twilio.Consequence) error {
	return b.handle(ctx, actorCarrier, func(t *turn) error {
		m, ok, err := t.tx.LockMessage(id)
		if err != nil || !ok {
			return err
		}
		if m.Status != store.MessageSending && m.Status != store.MessageInDoubt {
			return nil
		}
		return t.fail(&m, store.MessageFailed, code, c)
	})
}

// Status takes a status callback. Statuses only move forward, whatever order they come in. One about
// a text of which nothing is known is logged and let be.
func (b *Bot) Status(ctx context.Context, u twilio.StatusUpdate) error {
	if known, err := b.known(ctx, u); known || err != nil {
		return err
	}
	return b.handle(ctx, actorCarrier, func(t *turn) error {
		if u.Status == twilio.StateDelivered && u.MessageID != "" { // as most do
			m, done, err := t.tx.MarkDelivered(u.MessageID, u.SID, t.now)
			if err != nil {
				return err
			}
			if done {
				return t.logText(&m, "text.delivered", "")
			}
		}
		m, ok, err := t.callbackOf(u)
		if err != nil {
			return err
		}
		if !ok {
			t.b.Log.WarnContext(ctx, "a status came for a text that is not ours", "sid", u.SID, "status", u.Status)
			return nil
		}
		return t.status(&m, u)
	})
}

// known is whether a callback tells nothing new, as most do: that a text is on its way of which that stands on
// record. It locks nothing and writes nothing.
func (b *Bot) known(ctx context.Context, u twilio.StatusUpdate) (known bool, err error) {
	if u.Status.Final() || u.MessageID == "" {
		return false, nil
	}
	err = b.Store.View(ctx, func(tx *store.Tx) error {
		status, sid, err := tx.MessageStatus(u.MessageID)
		known = sid == u.SID && (status == store.MessageSent || status == store.MessageDelivered || status == store.MessageUndelivered)
		return err
	})
	return known, err
}

// callbackOf finds and locks the text that a callback is about: by our own id, which the callback's
// address bears, else by the provider's.
func (t *turn) callbackOf(u twilio.StatusUpdate) (store.Message, bool, error) {
	id := u.MessageID
	if id == "" {
		m, ok, err := t.tx.FindMessageBySID(u.SID)
		if err != nil || !ok {
			return m, ok, err
		}
		id = m.ID
	}
	m, ok, err := t.tx.LockMessage(id)
	return m, ok && (m.SID == "" || string(m.SID) == u.SID), err
}

// status moves a text on.
func (t *turn) status(m *store.Message, u twilio.StatusUpdate) error {
	switch m.Status {
	case store.MessageSending, store.MessageInDoubt: // the answer to the send is late or lost: here it is
		if err := t.taken(m, u.SID, 0, t.now); err != nil {
			return err
		}
	case store.MessageSent:
	default:
		return nil // final, or not on its way: nothing follows
	}
	switch u.Status {
	case twilio.StateDelivered:
		m.Status, m.DeliveredAt = store.MessageDelivered, store.At(t.now)
		if err := t.tx.SaveMessage(*m); err != nil {
			return err
		}
		return t.logText(m, "text.delivered", "")
	case twilio.StateUndelivered:
		return t.fail(m, store.MessageUndelivered, u.ErrorCode, twilio.ConsequenceOf(u.ErrorCode))
	case twilio.StateFailed, twilio.StateCanceled:
		return t.fail(m, store.MessageFailed, u.ErrorCode, twilio.ConsequenceOf(u.ErrorCode))
	}
	return nil
}

// fail records that a text did not get through, and does what its error code asks for.
func (t *turn) fail(m *store.Message, to store.MessageStatus, code int, c twilio.Consequence) error {
	if err := t.enter(m.ProgramID); err != nil {
		return err
	}
	m.Status, m.ErrorCode, m.Claim = to, code, ""
	if err := t.logText(m, "text."+string(to), "error "+strconv.Itoa(code)+", "+c.String()); err != nil {
		return err
	}
	if err := t.tx.SaveMessage(*m); err != nil {
		return err
	}
	switch c {
	case twilio.OperatorAlarm:
		_, err := t.tx.RaiseAlarm(m.ProgramID, "provider", strconv.Itoa(code), t.now)
		return err
	case twilio.RetryLittle:
		if m.Attempts < len(tries) {
			return t.tryAgain(m)
		}
		c = twilio.Person
	}
	if m.StaffID != 0 {
		return t.alertFailed(m)
	}
	return t.partyFailed(m, strconv.Itoa(code), c)
}

// tryAgain puts a text that did not get through into the outbox once more, as a text of its own: the
// callbacks of the first one go on being about that.
func (t *turn) tryAgain(m *store.Message) error {
	again := *m
	again.Seq, again.ID, again.SID, again.ErrorCode = 0, t.b.NewID(), "", 0
	again.TriedAt, again.SentAt, again.AnswerUntil = 0, 0, 0
	again.Attempts++
	again.Status, again.Why, again.QueuedAt = store.MessageHeld, "tried again", store.At(t.now)
	again.NextAt = store.At(t.now.Add(tries[m.Attempts]))
	if again.StaleAt == 0 {
		again.StaleAt = store.At(again.NextAt.Time().Add(giveWay))
	}
	if err := t.tx.AddMessage(&again); err != nil {
		return err
	}
	return t.logText(&again, "text.held", "tried again")
}

// alertFailed takes an escalation up at once whose alert did not reach its reader.
func (t *turn) alertFailed(m *store.Message) error {
	if m.EscalationID == 0 || m.Class != store.ClassAlert {
		return nil
	}
	matter, err := t.matter(int64(m.CaseID))
	if err != nil {
		return err
	}
	e, err := t.tx.GetEscalation(int64(m.EscalationID))
	if err != nil || e.Status != store.EscalationOpen || e.Level >= alertLevels {
		return err
	}
	return t.stepUp(matter, &e, "its alert did not get through")
}

// alertLevels bounds the going up for alerts that do not get through: past the coordinators the
// timer takes over, or a number that fails at once would send the escalation round in circles.
const alertLevels = 3

// partyFailed does what an error code asks for about the party's line.
func (t *turn) partyFailed(m *store.Message, code string, c twilio.Consequence) error {
	if m.LineID == 0 || c != twilio.OptOut && c != twilio.Unreachable && c != twilio.Person {
		return nil
	}
	if err := t.holdLine(int64(m.LineID)); err != nil {
		return err
	}
	seats, err := t.seats()
	if err != nil {
		return err
	}
	if c == twilio.OptOut {
		if t.line.OptedOutAt != 0 {
			return nil
		}
		return t.stopLine(seats, "carrier")
	}
	if c == twilio.Unreachable && t.line.UnreachableAt <= t.line.DealtAt { // for the first time, or since a person dealt with it
		t.line.UnreachableAt, t.line.UnreachableWhy = store.At(t.now), store.Word(code)
		t.dirty = true
	}
	for _, s := range seats {
		if err := t.escalate(s.m, trouble{reason: "unreachable", party: s.Party, subject: s.Key}); err != nil {
			return err
		}
	}
	return nil
}

// Withhold records that a text may not go, or not yet. The caller's transaction holds its row.
func (b *Bot) Withhold(tx *store.Tx, m *store.Message, v Verdict, now time.Time) error {
	t := &turn{b: b, tx: tx, ctx: tx.Context(), now: now, event: m.Event, actor: actorSystem}
	m.Claim = ""
	action := "text.held"
	if v.Drop != "" {
		m.Status, m.Why, action = store.MessageDropped, v.Drop, "text.dropped"
	} else {
		m.Status, m.Why, m.NextAt = store.MessageHeld, v.Hold, store.At(v.Until)
		if m.Class == store.ClassPrompt || m.Class == store.ClassConsent {
			p, err := tx.GetParty(int64(m.PartyID))
			if err != nil {
				return err
			}
			m.Day = calendar.On(v.Until, zoneOf(p.Zone))
		}
	}
	if err := tx.SaveMessage(*m); err != nil {
		return err
	}
	return t.logText(m, action, m.Why)
}

// Later puts a text back that the provider certainly did not take and may take later.
func (b *Bot) Later(ctx context.Context, id string, at time.Time, cause *twilio.SendError) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		m, ok, err := t.tx.LockMessage(id)
		if err != nil || !ok || m.Status != store.MessageSending {
			return err
		}
		m.Status, m.Why, m.NextAt, m.Claim, m.ErrorCode = store.MessageQueued, "tried again", store.At(at), "", cause.Code
		m.Attempts++
		if err := t.tx.SaveMessage(m); err != nil {
			return err
		}
		if err := t.logText(&m, "text.put_off", "error "+strconv.Itoa(cause.Code)+", HTTP "+strconv.Itoa(cause.HTTPStatus)); err != nil {
			return err
		}
		if cause.Consequence() != twilio.OperatorAlarm {
			return nil
		}
		_, err = t.tx.RaiseAlarm(m.ProgramID, "provider", strconv.Itoa(cause.Code), t.now)
		return err
	})
}

// Doubt records that nobody knows whether the provider took a text. It is looked up at that time, and
// not tried again before.
func (b *Bot) Doubt(ctx context.Context, id string, lookUpAt time.Time) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		m, ok, err := t.tx.LockMessage(id)
		if err != nil || !ok || m.Status != store.MessageSending && m.Status != store.MessageInDoubt {
			return err
		}
		fresh := m.Status == store.MessageSending
		m.Status, m.NextAt = store.MessageInDoubt, store.At(lookUpAt)
		if err := t.tx.SaveMessage(m); err != nil || !fresh {
			return err
		}
		return t.logText(&m, "text.in_doubt", "no answer from the provider")
	})
}

// Lost records that a text in doubt was not found at the provider: it may go again.
func (b *Bot) Lost(ctx context.Context, id string, now time.Time) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		m, ok, err := t.tx.LockMessage(id)
		if err != nil || !ok || m.Status != store.MessageInDoubt {
			return err
		}
		m.Status, m.Why, m.NextAt, m.Claim = store.MessageQueued, "not at the provider", store.At(now), ""
		m.Attempts++
		if err := t.tx.SaveMessage(m); err != nil {
			return err
		}
		return t.logText(&m, "text.queued", "looked up, and not at the provider")
	})
}

// Sender is what a program's texts go out from, and how many a second.
type Sender struct {
	Number, Service string
	PerSecond       float64
}

// Sender says what a program's texts go out from.
func (b *Bot) Sender(tx *store.Tx, programID int64) (Sender, error) {
	p, err := b.program(tx, programID)
	if err != nil {
		return Sender{}, err
	}
	return Sender{Number: p.File.From, Service: p.File.MessagingService, PerSecond: p.policy.TextsPerSecond}, nil
}
