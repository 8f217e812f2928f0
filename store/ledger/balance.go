package ledger

import (
	"cmp"
	"slices"

	"amends/store/calendar"
)

// Balance is where a restitution stands on a day. All amounts are cents of
// Currency and none is negative. Whatever the entries,
//
//	TotalCents + OverCents = ReceivedCents + WaivedCents + OutstandingCents
type Balance struct {
	Currency         string
	TotalCents       int64 // all instalments
	ReportedCents    int64 // reported and not yet received, disputed or reversed
	ReceivedCents    int64 // received, less what was reversed
	DisputedCents    int64 // reported, and still disputed
	WaivedCents      int64 // waived, less what was reversed
	OutstandingCents int64 // neither received nor waived
	ToGoCents        int64 // outstanding, less what was reported and is not disputed: what a party is told
	OverCents        int64 // received beyond what was owed

	Instalments []Instalment // by current due date, then id
	NextDue     *Owed        // the oldest not covered, overdue or to come; nil if all are covered
	Overdue     []Owed       // what fell due before today and is not covered, oldest first
	DaysLate    int          // days since the oldest overdue fell due; 0 if none is
	OpenReports []Claim      // reports that wait for an answer, by the day paid
	Disputes    []Claim      // reports still disputed, by the day paid
}

// Instalment is one due entry with what covers it.
// AmountCents = ReceivedCents + ReportedCents + WaivedCents + LeftCents.
type Instalment struct {
	Entry         int64         // the due entry's id
	Due           calendar.Date // the current date of what is left (of the whole, if nothing is)
	OriginalDue   calendar.Date // as agreed first
	AmountCents   int64
	ReceivedCents int64
	ReportedCents int64
	WaivedCents   int64
	LeftCents     int64
}

// Owed is what is left to pay of an instalment and when: not received, not
// waived, and not reported unless disputed.
type Owed struct {
	Entry       int64 // the due entry's id
	Date        calendar.Date
	AmountCents int64
}

// Claim is a report with what of it is open, or disputed.
type Claim struct {
	ID    int64         // the reported entry's id
	Cents int64         // what is left of it
	On    calendar.Date // the day paid, as reported
}

// Of adds up the entries as of today, a civil date where the payer lives.
// Payments settle the oldest instalment first, by current due date and then
// id: first what was received, then what was reported and is not disputed.
// Entries that Check would refuse are not guarded against.
func Of(entries []Entry, today calendar.Date) Balance {
	return newBook(entries).balance(today)
}

func (b *book) balance(today calendar.Date) Balance {
	out := Balance{
		Currency:      b.currency,
		ReportedCents: b.reported(),
		ReceivedCents: b.received,
		WaivedCents:   b.waived,
	}
	for _, l := range b.due {
		out.TotalCents += l.AmountCents
	}
	unpaid := out.TotalCents - b.waived - b.received
	out.OutstandingCents, out.OverCents = max(0, unpaid), max(0, -unpaid)
	out.ToGoCents = max(0, out.OutstandingCents-out.ReportedCents)
	for _, r := range b.reports {
		if cents := r.open(); cents > 0 {
			out.OpenReports = append(out.OpenReports, Claim{r.ID, cents, r.EffectiveOn})
		}
		if cents := r.inDispute(); cents > 0 {
			out.DisputedCents += cents
			out.Disputes = append(out.Disputes, Claim{r.ID, cents, r.EffectiveOn})
		}
	}
	out.Instalments = b.instalments()
	for _, s := range b.slices {
		if s.left() <= 0 {
			continue
		}
		owed := Owed{s.line.ID, s.on, s.left()}
		if next := out.NextDue; next == nil {
			out.NextDue = &owed
		} else if next.Entry == owed.Entry && next.Date == owed.Date {
			next.AmountCents += owed.AmountCents
		}
		if !s.on.Before(today) {
			continue
		}
		if n := len(out.Overdue); n > 0 && out.Overdue[n-1].Entry == owed.Entry && out.Overdue[n-1].Date == owed.Date {
			out.Overdue[n-1].AmountCents += owed.AmountCents
			continue
		}
		out.Overdue = append(out.Overdue, owed)
	}
	if len(out.Overdue) > 0 {
		out.DaysLate = today.Sub(out.Overdue[0].Date)
	}
	return out
}

func (b *book) instalments() []Instalment {
	out := make([]Instalment, len(b.due))
	at := make(map[*line]int, len(b.due))
	for i, l := range b.due {
		at[l] = i
		out[i] = Instalment{Entry: l.ID, OriginalDue: l.EffectiveOn, AmountCents: l.AmountCents}
		if len(l.parts) > 0 {
			out[i].Due = l.parts[len(l.parts)-1].on
		}
	}
	for _, s := range b.slices { // oldest first, so the first with something left gives the date
		in := &out[at[s.line]]
		if s.left() > 0 && in.LeftCents == 0 {
			in.Due = s.on
		}
		in.ReceivedCents += s.received
		in.ReportedCents += s.reported
		in.WaivedCents += s.waived
		in.LeftCents += s.left()
	}
	slices.SortStableFunc(out, func(x, y Instalment) int {
		return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.Entry, y.Entry))
	})
	return out
}

// Settled says whether nothing is outstanding: all was received or waived.
func (b Balance) Settled() bool { return b.OutstandingCents == 0 }

// Covered says whether nothing is left to pay, reports not yet confirmed included.
func (b Balance) Covered() bool { return b.ToGoCents == 0 }

// Instalment returns the instalment of a due entry.
func (b Balance) Instalment(entry int64) (Instalment, bool) {
	for _, in := range b.Instalments {
		if in.Entry == entry {
			return in, true
		}
	}
	return Instalment{}, false
}

// OpenReport returns what is open of a report; false if nothing is.
func (b Balance) OpenReport(id int64) (Claim, bool) {
	for _, c := range b.OpenReports {
		if c.ID == id {
			return c, true
		}
	}
	return Claim{}, false
}

// OverdueCents is what fell due before today and is not covered.
func (b Balance) OverdueCents() int64 {
	sum := int64(0)
	for _, o := range b.Overdue {
		sum += o.AmountCents
	}
	return sum
}
