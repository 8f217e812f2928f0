package simulation

import "time"

// sum is where a restitution stands, added up from its entries.
type sum struct{ total, reported, received, disputed, waived int64 }

// covered is what is paid, said to be paid, or need not be.
func (x sum) covered() int64 { return x.received + x.waived + x.reported }

// addUp adds up the entries of one ledger recorded by a time; the zero time is the end.
func addUp(list []ledgerRow, by time.Time) (x sum) {
	counts := func(r *ledgerRow) bool { return by.IsZero() || !at(r.recordedAt).After(by) }
	reversed := map[int64]int64{}
	for i := range list {
		if r := &list[i]; counts(r) && r.entry == "reversed" {
			reversed[r.ofID] += r.cents
		}
	}
	received, disputed := map[int64]int64{}, map[int64]int64{} // by report
	for i := range list {
		r := &list[i]
		if !counts(r) {
			continue
		}
		left := r.cents - reversed[r.id]
		switch r.entry {
		case "due":
			x.total += r.cents
		case "received":
			x.received += left
			received[r.ofID] += left
		case "waived":
			x.waived += left
		case "disputed":
			disputed[r.ofID] += left
		}
	}
	for i := range list {
		r := &list[i]
		if !counts(r) || r.entry != "reported" {
			continue
		}
		left := r.cents - reversed[r.id] - received[r.id]
		inDispute := max(0, min(disputed[r.id], left))
		x.disputed += inDispute
		x.reported += max(0, left-inDispute)
	}
	return x
}

// ledgers are the entries by commitment.
func (e *evidence) ledgers() map[int64][]ledgerRow {
	by := map[int64][]ledgerRow{}
	for _, r := range e.tables.ledger {
		by[r.commitmentID] = append(by[r.commitmentID], r)
	}
	return by
}

// law4 adds up each restitution anew and compares it with the case file and with what the program says;
// and sees whether the ledger has only grown.
func (e *evidence) law4(s *sheet) {
	by := e.ledgers()
	for i := range e.tables.commitments {
		c := &e.tables.commitments[i]
		if c.kind != "restitution" {
			continue
		}
		list := by[c.id]
		d := e.debt(c)
		x := addUp(list, time.Time{})
		s.that(d != nil && x.total == d.cents, ledgerSums, e.end, "%s %s: the instalments come to %d cents", c.reference, c.key, x.total)
		if d != nil {
			n, first := 0, ""
			for _, r := range list {
				if r.entry == "due" {
					n++
					if first == "" || r.on < first {
						first = r.on
					}
				}
			}
			s.that(n == d.count && first == d.first, ledgerSums, e.end, "%s %s: %d instalments from %s, agreed were %d from %s", c.reference, c.key, n, first, d.count, d.first)
		}
		says, there := e.shown[c.reference+" "+c.key]
		s.that(there && says == shown{x.total, x.reported, x.received, x.disputed, x.waived, max(0, x.total-x.received-x.waived)}, ledgerSums, e.end,
			"%s %s: the program says %v, the entries come to %v", c.reference, c.key, says, x)
		e.answers(s, c, list)
	}
	e.grows(s)
}

// answers: no entry takes more of another than there is of it.
func (e *evidence) answers(s *sheet, c *commitmentRow, list []ledgerRow) {
	byID, takenOf := map[int64]*ledgerRow{}, map[int64]int64{}
	for i := range list {
		r := &list[i]
		byID[r.id] = r
		s.that(r.cents > 0 && r.currency == "USD", ledgerSums, at(r.recordedAt), "%s %s: entry %d has a bad amount or currency", c.reference, c.key, r.id)
		if r.ofID == 0 {
			continue
		}
		of := byID[r.ofID]
		s.that(of != nil, ledgerSums, at(r.recordedAt), "%s %s: entry %d answers one that does not come before it", c.reference, c.key, r.id)
		if of != nil && r.entry == "reversed" {
			takenOf[r.ofID] += r.cents
			s.that(takenOf[r.ofID] <= of.cents, ledgerSums, at(r.recordedAt), "%s %s: more of entry %d is reversed than there is", c.reference, c.key, of.id)
		}
	}
}

// debt is the restitution as the case file has it.
func (e *evidence) debt(c *commitmentRow) *debt {
	for _, m := range e.town.cases {
		for _, d := range m.debts {
			if m.ref == c.reference && d.key == c.key {
				return d
			}
		}
	}
	return nil
}

// grows: each shot that was taken on the way is the beginning of what stands now; and what should not
// be changed could not be.
func (e *evidence) grows(s *sheet) {
	for _, x := range e.shots {
		now, c := shot{}, ledgerGrows
		if x.table == "ledger" {
			n := 0
			for n < len(e.tables.ledger) && e.tables.ledger[n].id <= x.last {
				n++
			}
			now = shotOfLedger(e.tables.ledger[:n])
		} else {
			c = auditGrows
			n := 0
			for n < len(e.tables.audit) && e.tables.audit[n].id <= x.last {
				n++
			}
			now = shotOfAudit(e.tables.audit[:n])
		}
		s.that(now == x, c, e.end, "the %s up to entry %d is not what it was", x.table, x.last)
	}
	for _, c := range []check{ledgerGrows, auditGrows} {
		s.try(c)
		s.try(c)
	}
	for _, done := range e.torn {
		s.breach(ledgerGrows, e.end, "this was let through: %s", done)
	}
}
