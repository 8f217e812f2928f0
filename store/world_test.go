package store_test

import (
	"fmt"
	"testing"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/storetest"
)

// noon is when the tests begin.
func noon() time.Time { return time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC) }

func date(s string) calendar.Date { return calendar.MustParse(s) }

// world is a program with a case that the tests begin with. The private words in it are those that
// must stand nowhere in clear.
type world struct {
	program          store.Program
	dana, sam, kim   store.Staff
	kase             store.Case
	victim, offender store.Party
	hers, his        store.Line
	money, letter    store.Commitment
}

// private are the words of the world that no table may bear in clear.
func private() []string {
	return []string{"Dana Ortiz", "Sam Lee", "Kim Park", "dana@example.org", "5550100", "5550109", "5550110", "Alex Kim", "Jordan Fox",
		"5550101", "5550102", "5550000", "MG0123", "a letter of regret", "Clerk of Court", "Riverside Restorative", "case file words"}
}

// update fails the test if the transaction does.
func update(t testing.TB, s *store.Store, do func(tx *store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// view likewise.
func view(t testing.TB, s *store.Store, do func(tx *store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// begin fills a database with the world.
func begin(t testing.TB, s *store.Store) *world {
	t.Helper()
	w := &world{}
	update(t, s, func(tx *store.Tx) error {
		*w = world{}
		return w.add(tx)
	})
	return w
}

func (w *world) add(tx *store.Tx) error {
	now := store.At(noon())
	w.program = store.Program{Key: "riverside", File: tx.SealJSON(map[string]string{"name": "Riverside Restorative"}), ChangedAt: now}
	if err := tx.SaveProgram(&w.program, "+13125550000", "MG0123"); err != nil {
		return err
	}
	for _, m := range []struct {
		at                     *store.Staff
		key, role, name, phone string
		email                  string
	}{
		{&w.dana, "dana", "mediator", "Dana Ortiz", "+13125550100", "dana@example.org"},
		{&w.sam, "sam", "mediator", "Sam Lee", "+13125550109", ""},
		{&w.kim, "kim", "coordinator", "Kim Park", "+13125550110", ""},
	} {
		*m.at = store.Staff{ProgramID: w.program.ID, Key: m.key, Role: m.role}
		if err := tx.SaveStaff(m.at, m.name, m.phone, m.email); err != nil {
			return err
		}
	}
	if err := w.addCase(tx, "RJ-2026-0142"); err != nil {
		return err
	}
	w.money = store.Commitment{CaseID: w.kase.ID, Key: "money", Kind: "restitution", ByID: w.offender.ID, ToID: store.ID(w.victim.ID),
		Payee: tx.Seal("Clerk of Court"), Currency: "USD", Status: store.CommitmentOpen, StageAt: now}
	if err := tx.AddCommitment(&w.money); err != nil {
		return err
	}
	w.letter = store.Commitment{CaseID: w.kase.ID, Key: "letter", Kind: "apology_letter", Title: tx.Seal("a letter of regret"),
		ByID: w.offender.ID, Due: date("2026-03-20"), DueFirst: date("2026-03-20"), Status: store.CommitmentOpen}
	return tx.AddCommitment(&w.letter)
}

// addCase adds a case of the two and its parties on their lines.
func (w *world) addCase(tx *store.Tx, reference string) (err error) {
	w.kase = store.Case{ProgramID: w.program.ID, Reference: reference, Status: store.CaseActive, MediatedOn: date("2026-03-02"),
		MediatorID: w.dana.ID, BackupID: store.ID(w.sam.ID), OpenedAt: store.At(noon()), File: tx.Seal("case file words")}
	if err := tx.AddCase(&w.kase); err != nil {
		return err
	}
	if w.hers, err = tx.LockLine(w.program.ID, "+13125550101"); err != nil {
		return err
	}
	if w.his, err = tx.LockLine(w.program.ID, "+13125550102"); err != nil {
		return err
	}
	w.victim = store.Party{ProgramID: w.program.ID, CaseID: w.kase.ID, LineID: w.hers.ID, Key: "v", Role: "victim", Side: "victim",
		Name: tx.Seal("Alex Kim"), Language: "en", Zone: "America/Chicago", Discreet: true, Consent: store.ConsentGiven, ConsentOn: date("2026-03-02")}
	w.offender = store.Party{ProgramID: w.program.ID, CaseID: w.kase.ID, LineID: w.his.ID, Key: "o", Role: "offender", Side: "offender",
		Name: tx.Seal("Jordan Fox"), Language: "es", Zone: "America/Chicago", Statements: true, Consent: store.ConsentNone}
	if err := tx.AddParty(&w.victim); err != nil {
		return err
	}
	return tx.AddParty(&w.offender)
}

// text is a text to his line, queued.
func (w *world) text(tx *store.Tx, id string, class store.Class, next time.Time) store.Message {
	return store.Message{ID: id, ProgramID: w.program.ID, CaseID: store.ID(w.kase.ID), PartyID: store.ID(w.offender.ID),
		LineID: store.ID(w.his.ID), Class: class, Status: store.MessageQueued, Body: tx.Seal("words to Jordan Fox"), Segments: 1,
		QueuedAt: store.At(noon()), NextAt: store.At(next), Template: "statement", Event: "e1"}
}

// session is one of her line.
func (w *world) session(tx *store.Tx, flow string, status store.SessionStatus, wanted, asked time.Time) store.Session {
	return store.Session{ProgramID: w.program.ID, CaseID: w.kase.ID, PartyID: w.victim.ID, LineID: w.hers.ID, Flow: flow, Status: status,
		State: tx.SealJSON(map[string]string{"at": "safe"}), WantedAt: store.At(wanted), StaleAt: store.At(wanted.Add(48 * time.Hour)),
		AskedAt: store.At(asked)}
}

// escalation is an open one of the case, with a code of its own.
func (w *world) escalation(tx *store.Tx, reason, subject string, now time.Time) (store.Escalation, error) {
	code, err := tx.TakeCode(w.program.ID, now)
	return store.Escalation{ProgramID: w.program.ID, CaseID: w.kase.ID, Code: code, Reason: reason, Severity: "normal", Subject: subject,
		Status: store.EscalationOpen, Level: 1, OpenedAt: store.At(now), Policy: `{}`}, err
}

// each runs do on both databases, each with the world in it.
func each(t *testing.T, do func(t *testing.T, s *store.Store, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) { do(t, s, begin(t, s)) })
}

// want fails the test unless the error has that code.
func want(t testing.TB, code store.Code, err error) {
	t.Helper()
	if store.CodeOf(err) != code {
		t.Errorf("error %v has code %q, not %q", err, store.CodeOf(err), code)
	}
}

// same fails the test unless both print alike.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}
