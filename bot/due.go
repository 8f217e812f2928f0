package bot

import (
	"context"
	"fmt"
	"time"

	"amends/store"
)

// The kinds of what falls due.
const (
	dueBegin      = "begin"      // a session wants to begin
	dueSilence    = "silence"    // an open question had no reply in its time
	dueCheckin    = "checkin"    // a day of a party's plan
	dueStatement  = "statement"  // a party's month
	dueWHO5       = "who5"       // a party's day 60
	dueNotify     = "notify"     // a session to be put in line for a party of another line
	dueCommitment = "commitment" // a reminder, or the end of grace
	dueEscalation = "escalation" // not acknowledged, or not resolved, in time
	dueClose      = "close"      // the fortnight after completion
	dueResume     = "resume"     // the day on which a pause ends
)

// How often and how far apart an event is tried that fails.
const (
	retryFirst = time.Minute
	retryMost  = time.Hour
	// alarmAfter is the failed try at which the operator is told: about half an hour in.
	alarmAfter = 6
)

// Due does the earliest thing that is due by now and says whether there was one. The row is
// claimed, done and deleted in one transaction, so that a crash leaves it as it was and no two
// instances do it. One that fails stays, to be tried again later, and holds up nothing else.
func (b *Bot) Due(ctx context.Context, now time.Time) (bool, error) {
	var d store.Due
	var claimed bool
	err := b.handle(ctx, actorSystem, func(t *turn) error {
		var err error
		if d, claimed, err = t.tx.ClaimDue(now); err != nil || !claimed {
			return err
		}
		if err := t.tx.DeleteDue(d.ID); err != nil {
			return err
		}
		return t.due(d)
	})
	if err == nil || !claimed || ctx.Err() != nil {
		return claimed, err
	}
	return true, b.failed(ctx, d, err, now)
}

// failed puts off a due row whose doing failed.
func (b *Bot) failed(ctx context.Context, d store.Due, cause error, now time.Time) error {
	b.Log.ErrorContext(ctx, "what fell due could not be done", "kind", d.Kind, "due", d.ID, "attempts", d.Attempts+1, "error", cause)
	wait := min(retryFirst<<min(d.Attempts, 10), retryMost)
	return b.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.FailDue(d.ID, now.Add(wait)); err != nil {
			return err
		}
		if d.Attempts+1 < alarmAfter {
			return nil
		}
		_, err := tx.RaiseAlarm(d.ProgramID, "due_fails", d.Kind, now)
		return err
	})
}

// due does one thing that fell due.
func (t *turn) due(d store.Due) error {
	switch d.Kind {
	case dueBegin:
		return t.begin(d)
	case dueSilence:
		return t.silence(d)
	case dueCheckin:
		return t.checkin(d)
	case dueStatement:
		return t.statement(d)
	case dueWHO5:
		return t.who5Due(d)
	case dueNotify:
		return t.notify(d)
	case dueCommitment:
		return t.commitmentDue(d)
	case dueEscalation:
		return t.escalationDue(d)
	case dueClose:
		return t.closeDue(d)
	case dueResume:
		return t.resumeDue(d)
	}
	return fmt.Errorf("nobody knows what to do about a due %q", d.Kind)
}

// arm puts something on the list of what falls due.
func (t *turn) arm(d store.Due) error {
	d.ProgramID = t.program.ID
	return t.tx.Arm(&d)
}
