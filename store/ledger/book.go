package ledger

import (
	"cmp"
	"slices"

	"amends/store/calendar"
)

// book is a ledger added up: what is left of each entry that can be answered,
// and the instalments with what covers them.
type book struct {
	currency string
	byID     map[int64]*line
	due      []*line // in the order of appending
	reports  []*line // by the day paid, then id
	received int64   // net of reversals
	waived   int64
	general  int64   // the part of waived that names no instalment
	slices   []slice // by date, then instalment: the order in which payments settle
}

// line is an entry with what answered it.
type line struct {
	Entry
	reversed int64  // taken back of it
	received int64  // of a report: receipts, net of their reversals
	disputed int64  // of a report: disputes, net of their reversals
	of       *line  // of a receipt or dispute: its report; of a waiver: its instalment
	parts    []part // of an instalment
}

// part is a stretch of an instalment with one due date. An instalment begins
// as one part; moving what is left of it splits that off, so that what was
// paid or waived stays where it was and the old date is not lost.
type part struct {
	on            calendar.Date
	cents, waived int64 // waived by waivers that name the instalment
}

// slice is a part with what covers it.
type slice struct {
	line                               *line
	on                                 calendar.Date
	amount, waived, received, reported int64
}

func (s slice) owed() int64 { return s.amount - s.waived - s.received }
func (s slice) left() int64 { return s.owed() - s.reported }

// net is what an entry still counts for.
func (l *line) net() int64 { return l.AmountCents - l.reversed }

// unsettled is what of a report is neither received nor reversed.
func (l *line) unsettled() int64 { return max(0, l.net()-l.received) }

// inDispute is what of a report is still disputed. A receipt takes up what is
// open first and then what is disputed: the coordinator's word outweighs.
func (l *line) inDispute() int64 { return min(l.disputed, l.unsettled()) }

// open is what of a report still waits for an answer.
func (l *line) open() int64 { return l.unsettled() - l.inDispute() }

// left is what of an entry a reversal may still take back.
func (l *line) left() int64 {
	switch l.Kind {
	case Reported:
		return l.unsettled()
	case Received, Waived:
		return l.net()
	case Disputed:
		return min(l.net(), l.of.inDispute())
	}
	return 0
}

func newBook(entries []Entry) *book {
	b := &book{byID: make(map[int64]*line, len(entries))}
	for _, e := range inOrder(entries) {
		b.add(e)
	}
	slices.SortStableFunc(b.reports, func(x, y *line) int {
		return cmp.Or(x.EffectiveOn.Compare(y.EffectiveOn), cmp.Compare(x.ID, y.ID))
	})
	b.settle()
	return b
}

// add counts one entry. What answers an entry that is not there counts for
// nothing: Check never lets it in.
func (b *book) add(e Entry) {
	if b.currency == "" {
		b.currency = e.Currency
	}
	l := &line{Entry: e}
	of := b.byID[e.Of]
	switch e.Kind {
	case Due:
		l.parts = []part{{on: e.EffectiveOn, cents: e.AmountCents}}
		b.due = append(b.due, l)
	case Reported:
		b.reports = append(b.reports, l)
	case Received:
		b.received += e.AmountCents
		if of != nil && of.Kind == Reported {
			of.received += e.AmountCents
			l.of = of
		}
	case Disputed:
		if of == nil || of.Kind != Reported {
			return
		}
		of.disputed += e.AmountCents
		l.of = of
	case Waived:
		b.waived += e.AmountCents
		if of != nil && of.Kind == Due {
			of.waive(e.AmountCents)
			l.of = of
		} else {
			b.general += e.AmountCents
		}
	case Rescheduled:
		if of != nil && of.Kind == Due {
			of.move(e.AmountCents, e.EffectiveOn)
		}
	case Reversed:
		if of != nil {
			b.reverse(of, e.AmountCents)
		}
	}
	if e.ID != 0 {
		b.byID[e.ID] = l
	}
}

func (b *book) reverse(of *line, cents int64) {
	of.reversed += cents
	switch of.Kind {
	case Received:
		b.received -= cents
		if of.of != nil {
			of.of.received -= cents
		}
	case Disputed:
		of.of.disputed -= cents
	case Waived:
		b.waived -= cents
		if of.of != nil {
			of.of.unwaive(cents)
		} else {
			b.general -= cents
		}
	}
}

// waive takes cents of an instalment from its last part back.
func (l *line) waive(cents int64) {
	for i := len(l.parts) - 1; i >= 0; i-- {
		p := &l.parts[i]
		cents -= fill(&p.waived, p.cents-p.waived, cents)
	}
}

// unwaive gives cents of an instalment back where they were waived, the last waived first.
func (l *line) unwaive(cents int64) {
	for i := len(l.parts) - 1; i >= 0; i-- {
		p := &l.parts[i]
		back := min(cents, p.waived)
		p.waived -= back
		cents -= back
	}
}

// move gives the last cents of an instalment that are not waived another date: what was moved
// before is moved again first, for it is what was left then too.
func (l *line) move(cents int64, to calendar.Date) {
	moved := int64(0)
	kept := len(l.parts)
	for i := len(l.parts) - 1; i >= 0 && cents > 0; i-- {
		p := &l.parts[i]
		take := min(cents, p.cents-p.waived)
		cents, moved, p.cents = cents-take, moved+take, p.cents-take
		if p.cents == 0 && i == kept-1 {
			kept = i
		}
	}
	l.parts = l.parts[:kept]
	if n := len(l.parts); n > 0 && l.parts[n-1].on == to {
		l.parts[n-1].cents += moved
		return
	}
	l.parts = append(l.parts, part{on: to, cents: moved})
}

// settle lays waivers, receipts and open reports over the instalments. Waivers
// that name an instalment took from its last part back when they were made, the
// others take from the latest part of all back; then receipts, then open
// reports, cover the oldest first.
func (b *book) settle() {
	n := 0
	for _, l := range b.due {
		n += len(l.parts)
	}
	b.slices = make([]slice, 0, n)
	for _, l := range b.due {
		for _, p := range l.parts {
			b.slices = append(b.slices, slice{line: l, on: p.on, amount: p.cents, waived: p.waived})
		}
	}
	slices.SortStableFunc(b.slices, func(x, y slice) int { return x.on.Compare(y.on) })

	general := b.general
	for i := len(b.slices) - 1; i >= 0; i-- {
		s := &b.slices[i]
		general -= fill(&s.waived, s.amount-s.waived, general)
	}
	received, reported := b.received, b.reported()
	for i := range b.slices {
		s := &b.slices[i]
		received -= fill(&s.received, s.owed(), received)
		reported -= fill(&s.reported, s.left(), reported)
	}
}

// fill puts into cup what fits of cents and returns it.
func fill(cup *int64, room, cents int64) int64 {
	put := max(0, min(room, cents))
	*cup += put
	return put
}

// reported is what all reports leave open, undisputed.
func (b *book) reported() int64 {
	sum := int64(0)
	for _, r := range b.reports {
		sum += r.open()
	}
	return sum
}

// owed is what of an instalment is not received or waived, and left what of
// that is not reported either.
func (b *book) owed(of *line) (owed, left int64) {
	for _, s := range b.slices {
		if s.line == of {
			owed += s.owed()
			left += s.left()
		}
	}
	return owed, left
}
