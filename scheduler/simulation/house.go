package simulation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"amends/store"
)

// keepHouse has the log sealed, and erased what was kept long enough, each day. In life it is each minute; nothing
// waits for it.
func (w *world) keepHouse(ctx context.Context) {
	w.agenda.add(w.now.Add(24*time.Hour), func() { w.keepHouse(ctx) })
	if !w.up {
		return
	}
	_, err := w.sched.Retain(ctx, w.now)
	w.note(err)
	if w.fallen(ctx) {
		return
	}
	did, err := w.store.SealAudit(ctx, w.now, w.ids.next)
	w.note(err)
	if did.Note != "" && err == nil {
		w.record.notes = append(w.record.notes, did.Note)
	}
	w.fallen(ctx)
}

// verify has the log verified, as it is, against all checkpoints; then copies of it in which something was changed by
// somebody who may change anything.
func (w *world) verify(ctx context.Context) error {
	if _, err := w.store.SealAudit(ctx, w.now, w.ids.next); err != nil {
		return err
	}
	report, err := w.store.VerifyAudit(ctx, w.record.notes, nil)
	if err != nil {
		return err
	}
	w.record.seal.whole = report.Faults
	if report.Unsealed > 0 {
		w.record.seal.whole = append(w.record.seal.whole, fmt.Sprintf("%d entries are not sealed", report.Unsealed))
	}
	copied, err := w.copy(ctx)
	if err != nil {
		return err
	}
	for _, x := range []struct{ what, change string }{
		{"an entry that was changed", `UPDATE audit SET action = action || '.' WHERE id = (SELECT MAX(id) / 2 FROM audit)`},
		{"an entry that was taken out", `DELETE FROM audit WHERE id = (SELECT MAX(id) / 3 FROM audit)`},
		{"that the checkpoints were taken out", `DELETE FROM seal_checkpoints`},
	} {
		w.record.seal.tried++
		found, err := w.falsify(ctx, copied, x.change)
		if err != nil {
			return fmt.Errorf("%s: %w", x.what, err)
		}
		if !found {
			w.record.seal.missed = append(w.record.seal.missed, x.what)
		}
	}
	return nil
}

// copy is the file of a copy of the database.
func (w *world) copy(ctx context.Context) (file []byte, err error) {
	folder, err := os.MkdirTemp("", "amends-simulation-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "copy.db")
	if err := w.store.Backup(ctx, path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// falsify changes a copy of the database and says whether verifying finds it.
func (w *world) falsify(ctx context.Context, copied []byte, change string) (found bool, err error) {
	folder, err := os.MkdirTemp("", "amends-simulation-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "copy.db")
	if err := os.WriteFile(path, copied, 0o600); err != nil {
		return false, err
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return false, err
	}
	var triggers []string
	err = each(ctx, db, `SELECT name FROM sqlite_master WHERE type = 'trigger'`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		triggers = append(triggers, name)
		return err
	})
	for _, name := range triggers {
		if err == nil {
			_, err = db.ExecContext(ctx, "DROP TRIGGER "+name)
		}
	}
	if err == nil {
		_, err = db.ExecContext(ctx, change)
	}
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return false, err
	}
	s, err := store.Open(ctx, store.Options{URL: "sqlite:" + path, Keys: w.kit.keys, NoSync: true, Alone: true})
	if err != nil {
		return false, err
	}
	report, err := s.VerifyAudit(ctx, w.record.notes, nil)
	if closed := s.Close(); err == nil {
		err = closed
	}
	return len(report.Faults) > 0, err
}

// keeping: the log is as it was sealed; what a program keeps for so many days and no longer is gone.
func (e *evidence) keeping(s *sheet) {
	s.try(auditSealed)
	for _, fault := range e.seal.whole {
		s.breach(auditSealed, e.end, "%s", fault)
	}
	for range e.seal.tried {
		s.try(auditSealed)
	}
	for _, what := range e.seal.missed {
		s.breach(auditSealed, e.end, "nobody found %s", what)
	}
	open := map[int64]int64{} // by case, when its last escalation was resolved; -1 for not yet
	for _, x := range e.tables.escalations {
		if x.resolvedAt == 0 {
			open[x.caseID] = -1
		} else if open[x.caseID] >= 0 {
			open[x.caseID] = max(open[x.caseID], x.resolvedAt)
		}
	}
	for _, m := range e.town.cases {
		c := e.caseOf[m.ref]
		if c == nil || m.agency.keeps == 0 || c.closedAt == 0 {
			continue
		}
		over := at(max(c.closedAt, open[c.id])).AddDate(0, 0, m.agency.keeps)
		switch due := e.later(over, over.Add(50*time.Hour)); {
		case c.erasedAt != 0:
			s.that(!at(c.erasedAt).Before(at(c.closedAt).AddDate(0, 0, m.agency.keeps).Add(-2*time.Hour)), erasedOnes, at(c.erasedAt), "%s was erased before its time", m.ref)
			s.that(c.kept == 0, erasedOnes, at(c.erasedAt), "%s was erased, and %d of its texts and names were not", m.ref, c.kept)
		case open[c.id] >= 0 && due.Before(e.end):
			s.breach(erasedOnes, over, "%s was kept for longer than its program does", m.ref)
		}
	}
}
