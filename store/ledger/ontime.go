package ledger

import (
	"cmp"
	"slices"

	"amends/store/calendar"
)

// Kept says of an instalment whether it was paid on time.
type Kept struct {
	Entry  int64         // the due entry's id
	Due    calendar.Date // the day that was agreed last
	OnTime bool          // all of it that is owed was paid by the end of that day
}

// OnTime says of every instalment whether it was paid on time, by due date; one of which nothing is owed, for it was waived,
// is left out. Money counts for the day it was paid: as it was reported, where a receipt confirms a report, else the
// receipt's own day. It settles the oldest instalment first: who was behind with one is behind with the next until both are
// paid. What was moved is due on its new day; what was paid before that was due on the old one.
func OnTime(entries []Entry) []Kept {
	b := newBook(entries)
	type payment struct {
		on    calendar.Date
		cents int64
	}
	var paid []payment
	for _, l := range b.byID {
		if l.Kind == Received && l.net() > 0 {
			on := l.EffectiveOn
			if l.of != nil && l.of.EffectiveOn.Before(on) {
				on = l.of.EffectiveOn
			}
			paid = append(paid, payment{on, l.net()})
		}
	}
	slices.SortFunc(paid, func(x, y payment) int { return x.on.Compare(y.on) })
	kept := map[*line]*Kept{}
	var owed, received int64
	at := 0
	for _, s := range b.slices { // oldest first
		if s.amount == s.waived {
			continue
		}
		owed += s.amount - s.waived
		for at < len(paid) && !s.on.Before(paid[at].on) {
			received += paid[at].cents
			at++
		}
		k := kept[s.line]
		if k == nil {
			k = &Kept{Entry: s.line.ID, OnTime: true}
			kept[s.line] = k
		}
		k.Due, k.OnTime = s.on, k.OnTime && received >= owed
	}
	out := make([]Kept, 0, len(kept))
	for _, k := range kept {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(x, y Kept) int { return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.Entry, y.Entry)) })
	return out
}
