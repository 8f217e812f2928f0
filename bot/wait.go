package bot

import (
	"strconv"
	"time"

	"amends/flows"
	"amends/store"
	"amends/store/calendar"
)

// want puts a session in line.
func (t *turn) want(s seat, w wish) error {
	if w.at.IsZero() {
		w.at = t.now
	}
	ses, err := t.newSession(s, w)
	if err != nil {
		return err
	}
	return t.arm(store.Due{Kind: dueBegin, DueAt: store.At(t.program.hoursOf(s.Party).Next(w.at)), SessionID: store.ID(ses.ID),
		CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Armed: ses.Version})
}

// begin is a waiting session whose time has come.
func (t *turn) begin(d store.Due) error {
	s, ses, err := t.sessionOf(d)
	if err != nil || ses == nil || ses.Status != store.SessionWaiting || ses.Version != d.Armed {
		return err
	}
	if why := t.pointless(s, ses); why != "" {
		return t.abandon(s, ses, why)
	}
	if at, err := t.soonest(s, ses); err != nil || at.After(t.now) {
		if err != nil {
			return err
		}
		return t.arm(store.Due{Kind: dueBegin, DueAt: store.At(at), SessionID: d.SessionID, CaseID: d.CaseID, PartyID: d.PartyID, Armed: ses.Version})
	}
	return t.start(s, ses, manner{})
}

// pointless says why a session that wants to begin had better not: no consent, too late, moot.
func (t *turn) pointless(s seat, ses *store.Session) string {
	switch {
	case s.m.Status == store.CaseClosed:
		return "case_closed"
	case t.line.OptedOutAt != 0:
		return "opted_out"
	case ses.Flow == flowConsent && (s.Consent == store.ConsentDeclined || s.Consent == store.ConsentWithdrawn):
		return "no_consent"
	case ses.Flow != flowConsent && s.Consent != store.ConsentGiven:
		return "no_consent"
	case t.now.After(ses.StaleAt.Time()):
		return "stale"
	case t.line.UnreachableAt != 0:
		return "unreachable"
	}
	c := s.m.commitment(int64(ses.CommitmentID))
	switch ses.Flow {
	case flowPaymentConfirm:
		r := t.run(ses)
		id, _ := strconv.ParseInt(r.Vars["report"], 10, 64)
		if c == nil {
			return "moot"
		}
		if _, open := s.m.balance(c, t.today(s.Party)).OpenReport(id); !open {
			return "moot"
		}
	case flowReminder:
		if c == nil || settled(c) || c.Kind == restitution && s.m.balance(c, t.today(s.Party)).Covered() {
			return "moot"
		}
	case flowVictimCheckin, flowOffenderCheckin:
		if s.m.Status != store.CaseActive {
			return "moot"
		}
	case flowClosing:
		if s.m.Status != store.CaseCompleted {
			return "moot"
		}
	}
	return ""
}

// soonest is when a waiting session may begin: in no pause, in hours, with the line free, within the day's two.
func (t *turn) soonest(s seat, ses *store.Session) (time.Time, error) {
	if at := pausedTill(t.now, t.program.zone, ses.StaleAt, s.m.Case.Pause, s.Party.Pause); !at.IsZero() {
		return at, nil
	}
	hours := t.program.hoursOf(s.Party)
	if at := hours.Next(t.now); at.After(t.now) {
		return at, nil
	}
	if until, err := t.atRest(s, ses); err != nil || until.After(t.now) {
		return hours.Next(until), err
	}
	open, busy, err := t.tx.FindOpenSession(s.LineID)
	if err != nil {
		return time.Time{}, err
	}
	if until := lastWait(ses, open, hours, t.now); busy && open.ID != ses.ID && t.now.Before(until) {
		return hours.Next(until), nil
	}
	m := store.Message{Class: store.ClassPrompt}
	to := addressee{line: t.line, status: s.m.Status, program: t.program}
	if err := t.b.inHours(t.tx, &to, s.Party, &m, t.now); err != nil {
		return time.Time{}, err
	}
	if to.today >= to.perDay {
		return tomorrow(to, t.now), nil
	}
	return t.now, nil
}

// restFor is how long whoever wrote of danger is asked nothing more, unless a person has dealt with it.
const restFor = 24 * time.Hour

// atRest is until when a party is asked nothing, for what it wrote of danger. A reminder asks nothing.
func (t *turn) atRest(s seat, ses *store.Session) (time.Time, error) {
	var until time.Time
	if ses.Flow == flowReminder || ses.Flow == flowConsent || ses.Flow == flowNotice {
		return until, nil
	}
	for _, reason := range []string{"safety", "distress"} {
		e, open, err := t.tx.FindOpenEscalation(s.m.ID, reason, s.Key)
		if err != nil {
			return until, err
		}
		if at := e.OpenedAt.Time().Add(restFor); open && at.After(until) {
			until = at
		}
	}
	return until, nil
}

// lastCall is how long before it makes no sense any more, or before the day's hours are over, what waits
// for an open question begins all the same: a reminder of today is of no use tomorrow.
const lastCall = time.Hour

// lastWait is until when a session waits for an open question: a day, or less if it keeps for less.
func lastWait(ses *store.Session, open store.Session, hours calendar.Hours, now time.Time) time.Time {
	until, stale := max(ses.WantedAt, open.AskedAt).Time().Add(giveWay), ses.StaleAt.Time()
	if until.Before(stale) {
		return until
	}
	if end := hours.End(now); !end.IsZero() && end.Before(stale) {
		stale = end
	}
	return stale.Add(-lastCall)
}

// abandon ends a session that never began, and says so in the log.
func (t *turn) abandon(s seat, ses *store.Session, why string) error {
	t.end(ses, why)
	if err := t.tx.SaveSession(ses); err != nil {
		return err
	}
	return t.logCase(s.m, s.Party, "flow.dropped", "flow:"+ses.Flow, why)
}

// rest lets an open question rest: its late answer still counts, and if the line is free again by
// the time it would have been asked once more, it is.
func (t *turn) rest(ses *store.Session) error {
	ses.Status = store.SessionResting
	if err := t.tx.SaveSession(ses); err != nil {
		return err
	}
	return t.arm(store.Due{Kind: dueSilence, DueAt: store.At(ses.AskedAt.Time().Add(giveWay)), SessionID: store.ID(ses.ID),
		CaseID: store.ID(ses.CaseID), PartyID: store.ID(ses.PartyID), Armed: ses.Version})
}

// armSilence arms what follows if the open question gets no reply.
func (t *turn) armSilence(s seat, ses *store.Session, wait time.Duration) error {
	at := t.program.hoursOf(s.Party).Next(t.now.Add(wait))
	return t.arm(store.Due{Kind: dueSilence, DueAt: store.At(at), SessionID: store.ID(ses.ID),
		CaseID: store.ID(ses.CaseID), PartyID: store.ID(ses.PartyID), Armed: ses.Version})
}

// silence is a question that had no reply in its time.
func (t *turn) silence(d store.Due) error {
	s, ses, err := t.sessionOf(d)
	if err != nil || ses == nil || ses.Version != d.Armed {
		return err
	}
	if ses.Status == store.SessionResting && ses.Outcome != "" || ses.Status != store.SessionResting && ses.Status != store.SessionOpen {
		return nil
	}
	if why := t.pointless(s, ses); why != "" && why != "stale" {
		return t.abandon(s, ses, why)
	}
	if t.isPaused(s.m, s.Party) && ses.Flow != flowConsent && t.now.After(ses.StaleAt.Time()) {
		// Nobody asks again after so long; a late answer still counts.
		ses.Status, ses.Outcome = store.SessionResting, heldPaused
		if err := t.tx.SaveSession(ses); err != nil {
			return err
		}
		if err := t.logCase(s.m, s.Party, "question.unanswered", "flow:"+ses.Flow, heldPaused); err != nil {
			return err
		}
		return t.free(s)
	}
	again := store.Due{Kind: dueSilence, SessionID: d.SessionID, CaseID: d.CaseID, PartyID: d.PartyID, Armed: ses.Version}
	at, err := t.soonest(s, ses)
	if err != nil {
		return err
	}
	if at.After(t.now) {
		again.DueAt = store.At(at)
		return t.arm(again)
	}
	if ses.Status == store.SessionResting {
		if _, busy, err := t.tx.FindOpenSession(s.LineID); err != nil || busy {
			return err
		}
	}
	return t.drive(s, ses, t.run(ses), flows.Event{Kind: flows.Silence}, manner{})
}

// unanswered counts check-ins without any reply; the second in a row goes to the mediator.
func (t *turn) unanswered(s seat, ses *store.Session, r *run) error {
	if err := t.logCase(s.m, s.Party, "question.unanswered", "flow:"+ses.Flow, ses.Outcome); err != nil {
		return err
	}
	if r.Heard > 0 || t.talk.HeardAt >= ses.WantedAt || ses.Flow != flowVictimCheckin && ses.Flow != flowOffenderCheckin {
		return nil
	}
	s.Unanswered++
	if s.Unanswered < noReplyAfter {
		return t.tx.SaveParty(*s.Party)
	}
	s.Unanswered = 0
	if err := t.tx.SaveParty(*s.Party); err != nil {
		return err
	}
	return t.escalate(s.m, trouble{reason: "no_reply", party: s.Party, subject: s.Key})
}

// noReplyAfter is how many check-ins in a row without any reply go to the mediator.
const noReplyAfter = 2

// free lets the session that has waited longest begin, now that the line is free.
func (t *turn) free(s seat) error {
	waiting, err := t.tx.WaitingSessions(s.LineID)
	if err != nil || len(waiting) == 0 {
		return err
	}
	w := waiting[0]
	at := t.program.hoursOf(s.Party).Next(t.now.Add(settleFor))
	return t.arm(store.Due{Kind: dueBegin, DueAt: store.At(at), SessionID: store.ID(w.ID), CaseID: store.ID(w.CaseID),
		PartyID: store.ID(w.PartyID), Armed: w.Version})
}
