package ledger

import (
	"slices"

	"amends/store/calendar"
)

// Report records the payer's word that amountCents were paid on m.On. More
// than what is to go is allowed here; whoever asks the payer asks first.
func Report(entries []Entry, amountCents int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	d.must(Reported, 0, amountCents)
	return d.done()
}

// Confirm records the payee's "yes": all that is left of the reports named has
// arrived, what the payee disputed before included. Naming none confirms what
// is open of every report, and leaves disputes alone. A report settled already,
// by a coordinator's receipt say, gives no entry: nothing is counted twice.
func Confirm(entries []Entry, reports []int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	for _, r := range d.reports(reports) {
		if len(reports) == 0 {
			d.put(Received, r.ID, r.open())
		} else {
			d.put(Received, r.ID, r.unsettled())
		}
	}
	return d.done()
}

// ConfirmPart records the payee's "in part": receivedCents of what is open of
// the reports named (of every report, if none is) arrived, oldest first, and the
// rest is disputed. What arrived beyond them is received without report.
func ConfirmPart(entries []Entry, reports []int64, receivedCents int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	if receivedCents < 0 {
		return nil, refuse(Invalid, "an amount must be more than nothing")
	}
	open := int64(0)
	for _, r := range d.reports(reports) {
		open += r.open()
	}
	if open == 0 && len(reports) > 0 {
		return d.done() // answered already
	}
	left := receivedCents
	for _, r := range d.reports(reports) {
		part := min(left, r.open())
		rest := r.open() - part
		d.put(Received, r.ID, part)
		d.put(Disputed, r.ID, rest)
		left -= part
	}
	d.put(Received, 0, left)
	return d.done()
}

// Dispute records the payee's "no": what is open of the reports named (of
// every report, if none is) did not arrive.
func Dispute(entries []Entry, reports []int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	for _, r := range d.reports(reports) {
		d.put(Disputed, r.ID, r.open())
	}
	return d.done()
}

// Receipt records money seen: a coordinator's receipt, or the payee's word that
// amountCents arrived without having been asked. It settles what is open or
// disputed of the reports, by the day paid, and outweighs the dispute; what is
// over is received without report. With reports named it settles these alone,
// and is refused if it is more than what is left of them, so that money
// confirmed already is not counted again.
func Receipt(entries []Entry, reports []int64, amountCents int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	if amountCents <= 0 {
		d.must(Received, 0, amountCents)
		return d.done()
	}
	left := amountCents
	for _, r := range d.reports(reports) {
		part := min(left, r.unsettled())
		d.put(Received, r.ID, part)
		left -= part
	}
	if left > 0 && len(reports) > 0 && d.err == nil {
		return nil, refuse(Conflict, "the receipt is more than what is left of the report; record what is over as a receipt of its own")
	}
	d.put(Received, 0, left)
	return d.done()
}

// Waive records that amountCents of an instalment need not be paid, or, with
// of 0, of the restitution from its latest instalment back. An amount of 0
// waives all that is still owed of it.
func Waive(entries []Entry, of, amountCents int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	if amountCents == 0 {
		for _, s := range d.book.slices {
			if of == 0 || s.line.ID == of {
				amountCents += s.owed()
			}
		}
		if of != 0 && d.book.byID[of] == nil {
			return nil, refuse(NotFound, "the entry answered is not in the ledger")
		}
		if amountCents == 0 {
			return nil, refuse(Conflict, "nothing is owed any more")
		}
	}
	d.must(Waived, of, amountCents)
	return d.done()
}

// Reschedule moves what is left of the instalment named to another date, or,
// with due 0, of the next one due. What was paid of it stays at the old date;
// so does what was reported, unless nothing else is left.
func Reschedule(entries []Entry, due int64, to calendar.Date, m Mark) ([]Entry, error) {
	m.On = to
	d := newDraft(entries, m)
	if due == 0 {
		for _, s := range d.book.slices {
			if s.left() > 0 {
				due = s.line.ID
				break
			}
		}
	}
	of := d.book.byID[due]
	if of == nil || of.Kind != Due {
		return nil, refuse(NotFound, "there is no such instalment, or none is left to move")
	}
	owed, left := d.book.owed(of)
	if left == 0 {
		left = owed
	}
	if left == 0 {
		return nil, refuse(Conflict, "nothing of the instalment is left to move")
	}
	d.must(Rescheduled, due, left)
	return d.done()
}

// Reverse takes back what is left of an entry: a report (not paid after all,
// or a dispute rested as not received), a receipt, a dispute or a waiver. It is
// how FIX undoes the last record, and how corrections are made.
func Reverse(entries []Entry, of int64, m Mark) ([]Entry, error) {
	d := newDraft(entries, m)
	l := d.book.byID[of]
	if l == nil {
		return nil, refuse(NotFound, "the entry answered is not in the ledger")
	}
	if l.left() == 0 {
		switch l.Kind {
		case Due, Rescheduled, Reversed:
			return nil, refuse(Invalid, "an entry of this kind cannot be reversed")
		}
		return nil, refuse(Conflict, "nothing is left of the entry to reverse")
	}
	d.must(Reversed, of, l.left())
	return d.done()
}

// draft gathers the entries of one decision, each checked against the ledger
// with those before it.
type draft struct {
	book *book
	mark Mark
	out  []Entry
	err  error
}

func newDraft(entries []Entry, m Mark) *draft { return &draft{book: newBook(entries), mark: m} }

// put drafts an entry unless it is of nothing.
func (d *draft) put(k Kind, of, cents int64) {
	if cents != 0 {
		d.must(k, of, cents)
	}
}

// must drafts an entry, which Check has to allow.
func (d *draft) must(k Kind, of, cents int64) {
	e := Entry{Of: of, Kind: k, AmountCents: cents, Currency: d.book.currency,
		EffectiveOn: d.mark.On, RecordedAt: d.mark.At, By: d.mark.By}
	if d.err != nil {
		return
	}
	if d.err = d.book.check(e); d.err == nil {
		d.book.add(e)
		d.out = append(d.out, e)
	}
}

func (d *draft) done() ([]Entry, error) {
	if d.err != nil {
		return nil, d.err
	}
	return d.out, nil
}

// reports are the reports named, in the order of the day paid, or all of them
// if none is. One that is not in the ledger is an error.
func (d *draft) reports(named []int64) []*line {
	for _, id := range named {
		if l := d.book.byID[id]; d.err == nil && (l == nil || l.Kind != Reported) {
			d.err = refuse(NotFound, "there is no such report in the ledger")
		}
	}
	var out []*line
	for _, r := range d.book.reports {
		if len(named) == 0 || slices.Contains(named, r.ID) {
			out = append(out, r)
		}
	}
	return out
}
