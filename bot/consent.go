package bot

import (
	"amends/store"
	"amends/store/calendar"
)

// consent records what a party decided, and what follows from it: a yes starts its plan and, being
// the case's first, the case; a no or a withdrawal ends what is under way with it.
func (t *turn) consent(s seat, to store.Consent, on calendar.Date, how string) error {
	was := s.Consent
	if to == store.ConsentGiven && was != store.ConsentGiven {
		s.ConsentOn = on
	}
	s.Consent = to
	if err := t.tx.SaveParty(*s.Party); err != nil {
		return err
	}
	e := store.Entry{CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Action: "consent." + string(to), Subject: "party:" + s.Key, Why: how, Words: t.words}
	if err := t.log(e); err != nil {
		return err
	}
	if to != store.ConsentGiven {
		return nil
	}
	if t.line.OptedOutAt != 0 {
		t.line.OptedOutAt, t.line.OptedOutHow = 0, ""
		t.dirty = true
	}
	if s.m.Status == store.CaseEnrolling {
		s.m.Status = store.CaseActive
		if err := t.tx.SaveCase(s.m.Case); err != nil {
			return err
		}
		if err := t.logCase(s.m, nil, "case.active", "case", "the first consent is on record"); err != nil {
			return err
		}
	}
	if was == store.ConsentGiven {
		return nil
	}
	return t.startPlan(s)
}
