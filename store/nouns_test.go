package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amends/store"
	"amends/store/ledger"
)

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestProgram(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			for what, find := range map[string]func() (store.Program, bool, error){
				"key":     func() (store.Program, bool, error) { return tx.FindProgramByKey("riverside") },
				"number":  func() (store.Program, bool, error) { return tx.FindProgramByNumber("+13125550000") },
				"service": func() (store.Program, bool, error) { return tx.FindProgramByService("MG0123") },
			} {
				p, ok, err := find()
				if err != nil || !ok {
					t.Fatalf("by %s: %v, %v", what, ok, err)
				}
				equal(t, "by "+what, p, w.program)
			}
			if _, ok, err := tx.FindProgramByNumber("+13125559999"); ok || err != nil {
				t.Errorf("a strange number: %v, %v", ok, err)
			}
			if _, ok, err := tx.FindProgramByNumber(""); ok || err != nil {
				t.Errorf("no number: %v, %v", ok, err)
			}
			w.program.File = tx.Seal("other")
			if err := tx.SaveProgram(&w.program, "+13125550001", ""); err != nil {
				return err
			}
			p, err := tx.GetProgram(w.program.ID)
			same(t, "saved", tx.Reveal(p.File), "other")
			if _, ok, _ := tx.FindProgramByNumber("+13125550000"); ok {
				t.Error("the old number still finds it")
			}
			all, err2 := tx.Programs()
			same(t, "programs", len(all), 1)
			_, missing := tx.GetProgram(99)
			want(t, store.NotFound, missing)
			return errors.Join(err, err2)
		})
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.SaveProgram(&store.Program{Key: "riverside", File: tx.Seal("{}"), ChangedAt: 1}, "+1", "")
		})
		want(t, store.Conflict, err)
	})
}

func TestPace(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			var got []int64
			// slots asks for up to most and takes what it gets, or says when to ask again.
			slots := func(after time.Duration, most int, perSecond float64, burst int) {
				pace := store.Pace{PerSecond: perSecond, Burst: burst}
				p, err := tx.GetProgram(w.program.ID)
				n, next := p.Slots(noon().Add(after), pace, most)
				err2 := tx.TakeSlots(w.program.ID, noon().Add(after), pace, n)
				if err := errors.Join(err, err2); err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					got = append(got, -next.Sub(noon()).Milliseconds())
				} else {
					got = append(got, int64(n))
				}
			}
			slots(0, 9, 1, 1) // one a second
			slots(0, 9, 1, 1) // not yet, and nothing is taken
			slots(0, 9, 1, 1)
			slots(time.Second, 9, 1, 1)
			slots(time.Second, 9, 1, 1)
			slots(20*time.Second, 2, 10, 3)
			slots(20*time.Second, 9, 10, 3)
			slots(20*time.Second, 9, 10, 3) // the burst is over
			slots(20*time.Second+50*time.Millisecond, 9, 10, 3)
			slots(20*time.Second+200*time.Millisecond, 9, 10, 3)
			slots(time.Hour, 9, 10, 3)     // no more than a burst after a rest
			slots(20*time.Second, 9, 0, 0) // no rate
			equal(t, "slots", got, []int64{1, -1000, -1000, 1, -2000, 2, 1, -20100, -20100, 2, 3, 9})
			return nil
		})
	})
}

func TestStaff(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			all, err := tx.StaffOf(w.program.ID)
			if err != nil {
				return err
			}
			equal(t, "staff", all, []store.Staff{w.dana, w.kim, w.sam})
			got, ok, err := tx.FindStaffByPhone(w.program.ID, "+13125550100")
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			same(t, "by phone", []any{got.Key, tx.Reveal(got.Name), tx.Reveal(got.Phone), tx.Reveal(got.Email)},
				[]any{"dana", "Dana Ortiz", "+13125550100", "dana@example.org"})
			if err := tx.SetAbsent(got.ID, date("2026-03-09")); err != nil {
				return err
			}
			if got, err = tx.GetStaff(got.ID); err != nil {
				return err
			}
			same(t, "absent until", got.AbsentUntil, "2026-03-09")
			if err := tx.DeactivateStaff(w.dana.ID); err != nil {
				return err
			}
			if _, ok, _ := tx.FindStaffByPhone(w.program.ID, "+13125550100"); ok {
				t.Error("somebody who left is found by phone")
			}
			if got, ok, _ = tx.FindStaffByKey(w.program.ID, "dana"); !ok || got.Active {
				t.Error("somebody who left is not found by key, or is active")
			}
			// The phone goes to another; the one who left comes back with a new one.
			w.sam.AbsentUntil = date("2026-04-01")
			if err := tx.SaveStaff(&w.sam, "Sam Lee", "+13125550100", ""); err != nil {
				return err
			}
			if err := tx.SaveStaff(&got, "Dana Ortiz", "", ""); err != nil {
				return err
			}
			got, err = tx.GetStaff(got.ID)
			same(t, "back", []any{got.Active, got.Phone == nil}, []any{true, true})
			return err
		})
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.SaveStaff(&store.Staff{ProgramID: w.program.ID, Key: "eve", Role: "mediator"}, "Eve", "+13125550110", "")
		})
		want(t, store.Conflict, err)
	})
}

func TestLine(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			line, err := tx.LockLine(w.program.ID, "+13125550101")
			if err != nil {
				return err
			}
			equal(t, "found again", line, w.hers)
			line.OptedOutAt, line.OptedOutHow = store.At(noon()), "words"
			line.UnreachableAt, line.UnreachableWhy = store.At(noon()), "30005"
			line.GreetedOn, line.Talk = date("2026-03-03"), tx.SealJSON(3)
			if err := tx.SaveLine(line); err != nil {
				return err
			}
			got, ok, err := tx.FindLine(w.program.ID, "+13125550101")
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			equal(t, "saved", got, line)
			byID, err := tx.LockLineByID(line.ID)
			equal(t, "by ID", byID, line)
			if _, ok, _ := tx.FindLine(w.program.ID, "+13125559999"); ok {
				t.Error("a line out of nothing")
			}
			parties, err2 := tx.PartiesOnLine(w.hers.ID)
			equal(t, "parties", parties, []store.Party{w.victim})
			members, err3 := tx.MembersOfLine(w.hers.ID)
			equal(t, "members", members, []store.Member{{Party: w.victim, Case: w.kase}})
			_, missing := tx.LockLine(w.program.ID, "")
			want(t, store.Invalid, missing)
			return errors.Join(err, err2, err3)
		})
	})
}

func TestCaseAndParties(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.LockCase(w.kase.ID)
			equal(t, "case", got, w.kase)
			got.Status, got.CompletedAt, got.ClosedAt, got.CloseReason = store.CaseClosed, 5, 6, "other"
			got.BackupID = 0
			if err := errors.Join(err, tx.SaveCase(got)); err != nil {
				return err
			}
			again, ok, err := tx.FindCase(w.program.ID, "RJ-2026-0142")
			equal(t, "saved", again, got)
			same(t, "found", ok, true)
			byReference, err2 := tx.CasesByReference("RJ-2026-0142")
			equal(t, "by reference", byReference, []store.Case{got})
			parties, err3 := tx.PartiesOf(w.kase.ID)
			equal(t, "parties", parties, []store.Party{w.victim, w.offender})
			p := parties[1]
			p.Language, p.Consent, p.ConsentOn, p.Unanswered, p.Hours = "en", store.ConsentGiven, date("2026-03-04"), 1, `{"x":1}`
			if err := tx.SaveParty(p); err != nil {
				return err
			}
			saved, err4 := tx.GetParty(p.ID)
			equal(t, "party", saved, p)
			_, missing := tx.GetCase(99)
			want(t, store.NotFound, missing)
			return errors.Join(err, err2, err3, err4)
		})
	})
}

func TestCasesInPages(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			for _, reference := range []string{"B-1", "B-2", "B-3", "B%", "b-4"} {
				if err := w.addCase(tx, reference); err != nil {
					return err
				}
			}
			w.kase.Status, w.kase.ClosedAt, w.kase.CloseReason = store.CaseClosed, 5, "other"
			return tx.SaveCase(w.kase)
		})
		view(t, s, func(tx *store.Tx) error {
			for _, c := range []struct {
				filter store.CaseFilter
				want   []string
			}{
				{store.CaseFilter{}, []string{"RJ-2026-0142", "B-1", "B-2", "B-3", "B%", "b-4"}},
				{store.CaseFilter{Prefix: "B-"}, []string{"B-1", "B-2", "B-3"}},
				{store.CaseFilter{Prefix: "B%"}, []string{"B%"}},
				{store.CaseFilter{Status: store.CaseClosed}, []string{"b-4"}},
				{store.CaseFilter{Open: true, StaffID: w.sam.ID}, []string{"RJ-2026-0142", "B-1", "B-2", "B-3", "B%"}},
				{store.CaseFilter{StaffID: w.kim.ID}, nil},
			} {
				var got []string
				for after := int64(0); ; {
					page, err := tx.CasesOf(w.program.ID, c.filter, after, 2)
					if err != nil {
						return err
					}
					for _, k := range page {
						got, after = append(got, k.Reference), k.ID
					}
					if len(page) < 2 {
						break
					}
				}
				equal(t, "cases", got, c.want)
			}
			return nil
		})
	})
}

func TestCommitment(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			all, err := tx.CommitmentsOf(w.kase.ID)
			equal(t, "commitments", all, []store.Commitment{w.money, w.letter})
			c, err2 := tx.GetCommitment(w.letter.ID)
			c.Status, c.SettledOn, c.Due = store.CommitmentMet, date("2026-03-19"), date("2026-03-21")
			if err := errors.Join(err, err2, tx.SaveCommitment(&c)); err != nil {
				return err
			}
			same(t, "version", c.Version, 2)
			saved, err := tx.GetCommitment(c.ID)
			equal(t, "saved", saved, c)
			open, err2 := tx.OpenCommitmentsBy(w.offender.ID, w.victim.ID)
			equal(t, "open", open, []store.Commitment{w.money})
			none, err3 := tx.OpenCommitmentsBy()
			same(t, "of nobody", len(none), 0)
			return errors.Join(err, err2, err3)
		})
		// One that is stale is not saved, however often it is tried.
		tries := 0
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			tries++
			return tx.SaveCommitment(&w.letter)
		})
		want(t, store.Conflict, err)
		if tries < 2 {
			t.Error("a stale row was not tried again")
		}
	})
}

func TestLedger(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		update(t, s, func(tx *store.Tx) error {
			due := ledger.Entry{Kind: ledger.Due, AmountCents: 10000, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"}
			entries, err := tx.Append(w.kase.ID, w.money.ID, due, due)
			if err != nil {
				return err
			}
			report := ledger.Entry{Kind: ledger.Reported, AmountCents: 5000, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "party:o"}
			reported, err := tx.Append(w.kase.ID, w.money.ID, report)
			if err != nil {
				return err
			}
			received := report
			received.Kind, received.Of, received.By = ledger.Received, reported[0].ID, "party:v"
			got, err := tx.Append(w.kase.ID, w.money.ID, received)
			if err != nil {
				return err
			}
			all := append(append(entries, reported...), got...)
			for i, e := range all {
				if e.ID == 0 || i > 0 && e.ID <= all[i-1].ID {
					t.Errorf("entry %d has ID %d", i, e.ID)
				}
			}
			stored, err := tx.LedgerOf(w.money.ID)
			equal(t, "ledger", stored, all)
			byCase, err2 := tx.LedgerOfCase(w.kase.ID)
			equal(t, "ledger of the case", byCase, map[int64][]ledger.Entry{w.money.ID: all})
			return errors.Join(err, err2)
		})
		for what, entry := range map[string]ledger.Entry{
			"no amount":        {Kind: ledger.Due, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"},
			"negative":         {Kind: ledger.Due, AmountCents: -1, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"},
			"dispute of none":  {Kind: ledger.Disputed, AmountCents: 1, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"},
			"no date":          {Kind: ledger.Due, AmountCents: 1, Currency: "USD", RecordedAt: noon(), By: "system"},
			"of no such entry": {Kind: ledger.Disputed, Of: 99, AmountCents: 1, Currency: "USD", EffectiveOn: date("2026-04-01"), RecordedAt: noon(), By: "system"},
		} {
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Append(w.kase.ID, w.money.ID, entry)
				return err
			})
			if err == nil {
				t.Errorf("%s: was stored", what)
			}
		}
	})
}
