package simulation

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"
)

// shot is what the ledger and the log were at one time, in brief: whatever comes after may only add to
// them.
type shot struct {
	table string
	last  int64 // the last entry
	sum   [32]byte
}

// shown is what the program says of a restitution.
type shown struct{ total, reported, received, disputed, waived, outstanding int64 }

// notebook takes shots now and then.
func (w *world) notebook(ctx context.Context) {
	every := w.end.Sub(w.begin) / 6
	for n := time.Duration(1); n < 6; n++ {
		w.agenda.add(w.begin.Add(n*every), func() { w.shoot(ctx) })
	}
}

func (w *world) shoot(ctx context.Context) {
	db, err := sql.Open("sqlite", "file:"+w.file()+"?mode=ro")
	if err != nil {
		w.record.broken = append(w.record.broken, err.Error())
		return
	}
	defer func() { _ = db.Close() }()
	ledger, err := readLedger(ctx, db, 0)
	if err == nil {
		w.record.shots = append(w.record.shots, shotOfLedger(ledger))
		var audit []auditRow
		audit, err = readAudit(ctx, db, 0)
		w.record.shots = append(w.record.shots, shotOfAudit(audit))
	}
	if err != nil {
		w.record.broken = append(w.record.broken, err.Error())
	}
}

func shotOfLedger(list []ledgerRow) shot {
	h := sha256.New()
	s := shot{table: "ledger"}
	for _, r := range list {
		s.last = r.id
		fmt.Fprintln(h, r)
	}
	h.Sum(s.sum[:0])
	return s
}

func shotOfAudit(list []auditRow) shot {
	h := sha256.New()
	s := shot{table: "audit"}
	for _, r := range list {
		s.last = r.id
		fmt.Fprintln(h, r)
	}
	h.Sum(s.sum[:0])
	return s
}

// interrogate asks the program where each case stands, at the end of the world.
func (w *world) interrogate(ctx context.Context) {
	for _, m := range w.town.cases {
		r, err := w.bot.ShowCase(ctx, m.agency.program.Key, m.ref)
		if err != nil {
			continue // not opened before the end
		}
		for _, x := range r.Restitution {
			w.record.shown[m.ref+" "+x.Key] = shown{x.TotalCents, x.ReportedCents, x.ReceivedCents, x.DisputedCents, x.WaivedCents, x.OutstandingCents}
		}
	}
}

// tamper tries to change what only grows; what is let through is noted.
func (w *world) tamper(ctx context.Context) error {
	db, err := sql.Open("sqlite", "file:"+w.file())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, attempt := range []string{
		`UPDATE ledger SET amount_cents = amount_cents + 1 WHERE id = (SELECT MIN(id) FROM ledger)`,
		`DELETE FROM ledger WHERE id = (SELECT MAX(id) FROM ledger)`,
		`UPDATE audit SET action = 'none' WHERE id = (SELECT MIN(id) FROM audit)`,
		`DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)`,
	} {
		if result, err := db.ExecContext(ctx, attempt); err == nil {
			if n, _ := result.RowsAffected(); n > 0 {
				w.record.torn = append(w.record.torn, attempt)
			}
		}
	}
	return nil
}
