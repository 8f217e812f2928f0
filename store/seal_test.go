package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/store"
	"amends/store/seal"
	"amends/store/storetest"
)

// salts makes salts that differ.
func salts() func() string {
	var n atomic.Int64
	return func() string { return fmt.Sprintf("salt %032d", n.Add(1)) }
}

// write appends entries to the log, each third with words.
func write(t testing.TB, s *store.Store, w *world, n int) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		for i := range n {
			e := store.Entry{At: store.At(noon()), ProgramID: store.ID(w.program.ID), CaseID: store.ID(w.kase.ID), PartyID: store.ID(w.victim.ID),
				Actor: "party:v", Action: "consent.given", Subject: "party:v", Why: fmt.Sprint(i), Event: "e1"}
			if i%3 == 1 {
				e.Words = tx.Seal("yes I will")
			}
			if err := tx.Log(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// openCase appends the entry that opens a case.
func openCase(t testing.TB, s *store.Store, w *world, as string) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		return tx.Log(store.Entry{At: store.At(noon()), ProgramID: store.ID(w.program.ID), CaseID: store.ID(w.kase.ID),
			Actor: "command", Action: seal.Opened, Subject: "case", Why: as})
	})
}

func sealed(t testing.TB, s *store.Store, entries int) string {
	t.Helper()
	did, err := s.SealAudit(t.Context(), noon().Add(time.Minute), salts())
	if err != nil || did.Entries != entries || did.Waits {
		t.Fatalf("sealed %+v, %v; want %d entries", did, err, entries)
	}
	return did.Note
}

// whole fails the test unless the log is whole and so many entries are sealed.
func whole(t testing.TB, s *store.Store, entries int, against ...string) store.AuditReport {
	t.Helper()
	r, err := s.VerifyAudit(t.Context(), against, nil)
	if err != nil || len(r.Faults) > 0 || r.Sealed != int64(entries) {
		t.Fatalf("%+v, %v; want %d entries", r, err, entries)
	}
	return r
}

func TestSeal(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		whole(t, s, 0)
		sealed(t, s, 0)
		total := 0
		var notes []string
		for _, n := range []int{1, 2, 252, 1, 1, 255, 2100} {
			write(t, s, w, n)
			total += n
			notes = append(notes, sealed(t, s, n))
			if n < 100 {
				whole(t, s, total, notes...)
			}
		}
		sealed(t, s, 0)
		write(t, s, w, 4)
		r := whole(t, s, total, notes...)
		same(t, "unsealed", r.Unsealed, int64(4))
		same(t, "checkpoints", r.Checkpoints, int64(len(notes)+1)) // a large batch takes two
		same(t, "longest", r.Longest, time.Minute)
		c, err := seal.Open(r.Last, r.Key)
		same(t, "the last", fmt.Sprint(c.Size, c.At, err), fmt.Sprint(total, noon().Add(time.Minute), nil))

		// Keys are rotated and words sealed anew: nothing changes.
		if err := errors.Join(s.Keys().Rotate(), s.Reseal(t.Context(), nil)); err != nil {
			t.Fatal(err)
		}
		whole(t, s, total, notes...)
		same(t, "with the same key", r.Key, whole(t, s, total).Key)
		sealed(t, s, 4)
		whole(t, s, total+4, notes...)
	})
}

// TestSealAmongWriters: many write and some fail while two instances seal. Every entry is sealed once, in the order of
// the ids.
func TestSealAmongWriters(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s, other := db.Open(t), db.Open(t)
		w := begin(t, s)
		gone := errors.New("gone")
		var writers, sealers sync.WaitGroup
		done := make(chan struct{})
		for i := range 8 {
			writers.Go(func() {
				for j := range 12 {
					err := s.Update(t.Context(), func(tx *store.Tx) error {
						for range 3 {
							if err := tx.Log(store.Entry{At: store.At(noon()), ProgramID: store.ID(w.program.ID), Actor: "system", Action: "x", Why: fmt.Sprint(i, j)}); err != nil {
								return err
							}
						}
						if _, err := tx.AuditOf(store.AuditFilter{}, 1<<40, 1); err != nil { // the ids are drawn here
							return err
						}
						if j%4 == 3 {
							return gone
						}
						return nil
					})
					if err != nil && !errors.Is(err, gone) {
						t.Error(err)
					}
				}
			})
		}
		for _, instance := range []*store.Store{s, other} {
			sealers.Go(func() {
				for {
					if _, err := instance.SealAudit(t.Context(), noon(), salts()); err != nil {
						t.Error(err)
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		writers.Wait()
		close(done)
		sealers.Wait()
		if _, err := s.SealAudit(t.Context(), noon(), salts()); err != nil {
			t.Fatal(err)
		}
		r := whole(t, s, 8*9*3)
		same(t, "unsealed", r.Unsealed, int64(0))
	})
}

// TestSealWaits: an entry whose id is drawn and which is not committed goes before those with higher ids.
func TestSealWaits(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, "postgres")
	w := begin(t, s)
	slow, err := store.DB(s).BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Rollback() }()
	if _, err := slow.ExecContext(t.Context(), "INSERT INTO audit (at, actor, action) VALUES (1, 'system', 'slow')"); err != nil {
		t.Fatal(err)
	}
	write(t, s, w, 1)
	hurried, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if did, err := s.SealAudit(hurried, noon(), salts()); err == nil || did.Entries > 0 {
		t.Errorf("it was not waited for: %+v, %v", did, err)
	}
	whole(t, s, 0)
	time.AfterFunc(20*time.Millisecond, func() {
		if err := slow.Commit(); err != nil {
			t.Error(err)
		}
	})
	sealed(t, s, 2) // which waits a while
	whole(t, s, 2)
}

func TestProveAudit(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		if _, _, err := s.ProveAudit(t.Context(), w.kase.ID, false); store.CodeOf(err) != store.Conflict {
			t.Errorf("before the first checkpoint: %v", err)
		}
		openCase(t, s, w, "riverside: RJ-2026-0142")
		write(t, s, w, 2)
		mine := *w
		update(t, s, func(tx *store.Tx) error { return mine.addCase(tx, "RJ-2") })
		openCase(t, s, &mine, "riverside: RJ-2")
		write(t, s, &mine, 699)
		write(t, s, w, 2)
		sealed(t, s, 705)
		write(t, s, w, 1)
		for _, words := range []bool{false, true} {
			proof, unsealed, err := s.ProveAudit(t.Context(), w.kase.ID, words)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "proven", fmt.Sprintln(len(proof.Entries), unsealed, proof.Program, proof.Case), "5 1 riverside RJ-2026-0142\n")
			var file bytes.Buffer
			if err := proof.Write(&file); err != nil {
				t.Fatal(err)
			}
			same(t, "words are disclosed", strings.Contains(file.String(), "yes I will"), words)
			read, err := seal.Read(file.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			public, _ := s.Keys().AuditKey()
			if _, faults := read.Check(public); len(faults) > 0 {
				t.Error(faults)
			}
			same(t, "against it", len(whole(t, s, 705, proof.Checkpoint).Faults), 0)
		}
		unlocked(t, s)
		raw(t, s, "UPDATE cases SET reference = 'RJ-3' WHERE reference = 'RJ-2026-0142'")
		if _, _, err := s.ProveAudit(t.Context(), w.kase.ID, false); store.CodeOf(err) != store.Internal ||
			!strings.Contains(err.Error(), "opened it as") {
			t.Errorf("a case is proven under another's name: %v", err)
		}
		raw(t, s, "UPDATE cases SET reference = 'RJ-2026-0142' WHERE reference = 'RJ-3'", "UPDATE audit SET why = 'other' WHERE id = 2")
		if _, _, err := s.ProveAudit(t.Context(), w.kase.ID, false); store.CodeOf(err) != store.Internal {
			t.Errorf("what was changed is proven: %v", err)
		}
	})
}

// raw goes behind the Store's back.
func raw(t testing.TB, s *store.Store, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := store.DB(s).ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// unlocked takes away what keeps the tables from being tampered with.
func unlocked(t testing.TB, s *store.Store) {
	t.Helper()
	if s.Dialect() == "postgres" {
		raw(t, s, "DROP TRIGGER audit_append_only ON audit", "DROP TRIGGER seal_checkpoints_append_only ON seal_checkpoints",
			"ALTER TABLE audit_words DROP CONSTRAINT audit_words_audit_id_fkey")
		return
	}
	raw(t, s, "DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", "DROP TRIGGER seal_checkpoints_no_update",
		"DROP TRIGGER seal_checkpoints_no_delete", "PRAGMA foreign_keys = 0")
}

// TestTampering: whatever is done to a sealed log behind its back is found, and it is said where.
func TestTampering(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		openCase(t, s, w, "riverside: RJ-2026-0142")
		for n := range 3 { // 300 are more than a tile holds
			write(t, s, w, 100-max(0, 1-n))
			sealed(t, s, 100)
		}
		unlocked(t, s)
		override := ""
		if s.Dialect() == "postgres" {
			override = " OVERRIDING SYSTEM VALUE"
		}
		raw(t, s, "INSERT INTO audit (id, at, actor, action)"+override+" VALUES (500, 1, 'system', 'x')") // ids have gaps
		kept := sealed(t, s, 1)
		whole(t, s, 301, kept)
		tables := []string{"audit", "audit_words", "seal_words", "seal_tiles", "seal_checkpoints"}
		for _, table := range tables {
			raw(t, s, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		}
		restore := func() {
			for _, table := range tables {
				columns := "*"
				if table == "audit" { // its kind is the database's to fill in
					columns = "id, at, program_id, case_id, party_id, actor, action, subject, why, event"
				}
				raw(t, s, "DELETE FROM "+table, strings.Replace("INSERT INTO "+table+" ("+columns+")", " (*)", "", 1)+override+" SELECT "+columns+" FROM kept_"+table)
			}
		}
		foreign := store.NewKeys().Seal("other words")
		for _, c := range []struct {
			name, want string
			do         []string
			args       []any
		}{
			{"at", "Entry 17 is not what was sealed", []string{"UPDATE audit SET at = at + 1 WHERE id = 17"}, nil},
			{"program", "Entry 17 is not", []string{"UPDATE audit SET program_id = NULL WHERE id = 17"}, nil},
			{"case", "Entry 17 is not", []string{"UPDATE audit SET case_id = NULL WHERE id = 17"}, nil},
			{"party", "Entry 17 is not", []string{fmt.Sprintf("UPDATE audit SET party_id = %d WHERE id = 17", w.offender.ID)}, nil},
			{"actor", "Entry 17 is not", []string{"UPDATE audit SET actor = 'staff:dana' WHERE id = 17"}, nil},
			{"action", "Entry 17 is not", []string{"UPDATE audit SET action = 'consent.declined' WHERE id = 17"}, nil},
			{"subject", "Entry 17 is not", []string{"UPDATE audit SET subject = subject || ' ' WHERE id = 17"}, nil},
			{"why", "Entry 1 is not", []string{"UPDATE audit SET why = '' WHERE id = 1"}, nil},
			{"event", "Entry 300 is not", []string{"UPDATE audit SET event = 'e2' WHERE id = 300"}, nil},
			{"deleted", "Entry 150 is missing", []string{"DELETE FROM audit WHERE id = 150"}, nil},
			{"the first deleted", "Entry 1 is missing", []string{"DELETE FROM audit WHERE id = 1"}, nil},
			{"truncated", "Entry 300 is missing", []string{"DELETE FROM audit WHERE id > 290"}, nil},
			{"replaced", "Entry 7 is not", []string{"DELETE FROM audit WHERE id = 7",
				"INSERT INTO audit (id, at, actor, action)" + override + " VALUES (7, 1, 'system', 'x')"}, nil},
			{"reordered", "Entry 7 is not", []string{"UPDATE audit SET why = CASE id WHEN 7 THEN '7' ELSE '6' END WHERE id IN (7, 8)"}, nil},
			{"inserted before", "Entry -1 was inserted", []string{"INSERT INTO audit (id, at, actor, action)" + override + " VALUES (-1, 1, 'system', 'x')"}, nil},
			{"inserted between", "Entry 401 was inserted", []string{"INSERT INTO audit (id, at, actor, action)" + override + " VALUES (401, 1, 'system', 'x')"}, nil},
			{"words changed", "The words of entry 3 were changed", []string{"UPDATE audit_words SET words = ? WHERE audit_id = 3"}, []any{s.Keys().Seal("no I won't")}},
			{"words of another's keys", "The words of entry 3 were changed", []string{"UPDATE audit_words SET words = ? WHERE audit_id = 3"}, []any{foreign}},
			{"words added", "Entry 1 was given words", []string{"INSERT INTO audit_words (audit_id, words) VALUES (1, ?)"}, []any{s.Keys().Seal("x")}},
			{"words deleted", "The words of entry 3 are missing", []string{"DELETE FROM audit_words WHERE audit_id = 3"}, nil},
			{"words never were", "Entry 3 is not", []string{"DELETE FROM audit_words WHERE audit_id = 3", "DELETE FROM seal_words WHERE audit_id = 3"}, nil},
			{"a salt deleted", "The words of entry 3 were changed", []string{"UPDATE seal_words SET salt = NULL WHERE audit_id = 3"}, nil},
			{"a hash changed", "Entry 1 is not", []string{"UPDATE seal_tiles SET tile_hash = ? WHERE level = 0 AND number = 0"}, []any{bytes.Repeat([]byte{7}, 32*256)}},
			{"all hashes deleted", "The log was cut: at", []string{"DELETE FROM seal_tiles"}, nil},
			{"a tile deleted", "The log was cut: at", []string{"DELETE FROM seal_tiles WHERE number = 1"}, nil},
			{"a tile damaged", "missing or damaged", []string{"UPDATE seal_tiles SET entries = '1 2' WHERE number = 1"}, nil},
			{"an upper tile", "Tile 0 of level 1", []string{"UPDATE seal_tiles SET tile_hash = ? WHERE level = 1"}, []any{bytes.Repeat([]byte{7}, 32)}},
			{"a checkpoint forged", "The checkpoint of 200 entries is forged", []string{"UPDATE seal_checkpoints SET note = REPLACE(note, 'amends-audit', 'amends') WHERE size = 200"}, nil},
			{"a checkpoint replaced", "put in another's place", []string{"UPDATE seal_checkpoints SET note = (SELECT note FROM kept_seal_checkpoints WHERE size = 200) WHERE size = 300"}, nil},
			{"a checkpoint's time", "put in another's place", []string{"UPDATE seal_checkpoints SET at = at + 1 WHERE size = 100"}, nil},
			{"a checkpoint taken away", "a checkpoint was taken away", []string{"DELETE FROM seal_checkpoints WHERE size = 301"}, nil},
			{"a case renamed", `Case 1 is called "riverside: RJ-3", and was opened as "riverside: RJ-2026-0142"`, []string{"UPDATE cases SET reference = 'RJ-3' WHERE id = 1"}, nil},
			{"a program renamed", `is called "lakeside: `, []string{"UPDATE programs SET key = 'lakeside' WHERE id = 1"}, nil},
			{"renamed with its entry", "Entry 1 is not", []string{"UPDATE cases SET reference = 'RJ-3' WHERE id = 1", "UPDATE audit SET why = 'riverside: RJ-3' WHERE id = 1"}, nil},
			{"all checkpoints", "a checkpoint was taken away", []string{"DELETE FROM seal_checkpoints"}, nil},
		} {
			restore()
			raw(t, s, "UPDATE cases SET reference = 'RJ-2026-0142'", "UPDATE programs SET key = 'riverside'")
			for i, statement := range c.do {
				args := c.args
				if i > 0 {
					args = nil
				}
				if _, err := store.DB(s).ExecContext(t.Context(), store.DB(s).Rebind(statement), args...); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			r, err := s.VerifyAudit(t.Context(), nil, nil)
			if err != nil || !strings.Contains(strings.Join(r.Faults, "\n"), c.want) {
				t.Errorf("%s: %q, %v", c.name, r.Faults, err)
			}
		}
		restore()
		whole(t, s, 301, kept)

		// Who has the database begins the log anew, as if it had always been so: what was kept elsewhere tells.
		raw(t, s, "DELETE FROM audit WHERE id > 250", "DELETE FROM seal_tiles", "DELETE FROM seal_checkpoints", "DELETE FROM seal_words",
			"UPDATE audit SET actor = 'staff:dana' WHERE id = 17")
		sealed(t, s, 250)
		whole(t, s, 250)
		r, err := s.VerifyAudit(t.Context(), []string{kept}, nil)
		if err != nil || !strings.Contains(strings.Join(r.Faults, "\n"), "kept elsewhere vouches for 301") {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := s.VerifyAudit(t.Context(), []string{"forged"}, nil); store.CodeOf(err) != store.Invalid {
			t.Errorf("a forged one to compare with: %v", err)
		}
	})
}

// TestTamperedHashes: who changes an entry with its hash, and all hashes above, has no checkpoint for it; and nothing
// is sealed on top.
func TestTamperedHashes(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		for range 3 {
			write(t, s, w, 10)
			sealed(t, s, 10)
		}
		unlocked(t, s)
		raw(t, s, "UPDATE audit SET actor = 'staff:dana' WHERE id = 16") // without words
		var hash []byte
		view(t, s, func(tx *store.Tx) error {
			entries, err := tx.AuditOf(store.AuditFilter{}, 15, 1)
			e := entries[0]
			h := seal.Entry{ID: e.ID, At: int64(e.At), ProgramID: int64(e.ProgramID), CaseID: int64(e.CaseID), PartyID: int64(e.PartyID),
				Actor: e.Actor, Action: e.Action, Subject: e.Subject, Why: e.Why, Event: e.Event}.Hash()
			hash = h[:]
			return err
		})
		var tile []byte
		db := store.DB(s)
		if err := db.GetContext(t.Context(), &tile, "SELECT tile_hash FROM seal_tiles"); err != nil {
			t.Fatal(err)
		}
		copy(tile[15*32:], hash)
		if _, err := db.ExecContext(t.Context(), db.Rebind("UPDATE seal_tiles SET tile_hash = ?"), tile); err != nil {
			t.Fatal(err)
		}
		r, err := s.VerifyAudit(t.Context(), nil, nil)
		if err != nil || len(r.Faults) != 1 || !strings.Contains(r.Faults[0], "from 10 to 19 one was changed together with its hash") {
			t.Errorf("%q, %v", r.Faults, err)
		}
		write(t, s, w, 1)
		if _, err := s.SealAudit(t.Context(), noon(), salts()); store.CodeOf(err) != store.Internal || !strings.Contains(store.Sentence(err), "audit verify") {
			t.Errorf("it is sealed on top: %v", err)
		}
	})
}
