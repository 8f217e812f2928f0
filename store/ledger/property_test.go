package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"amends/store/calendar"
	"amends/store/ledger"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// agree says of a balance that its views are of one mind.
func agree(t interface {
	Helper()
	Errorf(string, ...any)
}, b ledger.Balance) {
	t.Helper()
	hold := func(what string, ok bool) {
		t.Helper()
		if !ok {
			t.Errorf("%s: %+v", what, b)
		}
	}
	hold("no cent is lost or made", b.TotalCents+b.OverCents == b.ReceivedCents+b.WaivedCents+b.OutstandingCents)
	hold("over and outstanding exclude each other", b.OverCents == 0 || b.OutstandingCents == 0)
	hold("to go leaves out what was reported", b.ToGoCents == max(0, b.OutstandingCents-b.ReportedCents))
	for _, cents := range []int64{b.TotalCents, b.ReportedCents, b.ReceivedCents, b.DisputedCents, b.WaivedCents, b.OutstandingCents, b.ToGoCents, b.OverCents} {
		hold("nothing is negative", cents >= 0)
	}
	var sum ledger.Instalment
	for i, in := range b.Instalments {
		hold("an instalment is covered or left", in.AmountCents == in.ReceivedCents+in.ReportedCents+in.WaivedCents+in.LeftCents)
		hold("no part of an instalment is negative", min(in.ReceivedCents, in.ReportedCents, in.WaivedCents, in.LeftCents) >= 0)
		hold("instalments are in order", i == 0 || !in.Due.Before(b.Instalments[i-1].Due))
		sum.AmountCents += in.AmountCents
		sum.ReceivedCents += in.ReceivedCents
		sum.ReportedCents += in.ReportedCents
		sum.WaivedCents += in.WaivedCents
		sum.LeftCents += in.LeftCents
	}
	hold("instalments make the total", sum.AmountCents == b.TotalCents)
	hold("instalments hold what was received, but for what is over", sum.ReceivedCents == b.ReceivedCents-b.OverCents)
	hold("instalments hold what was waived", sum.WaivedCents == b.WaivedCents)
	hold("instalments leave what is to go", sum.LeftCents == b.ToGoCents)

	open, disputed := int64(0), int64(0)
	for _, c := range b.OpenReports {
		hold("an open report has something open", c.Cents > 0)
		open += c.Cents
	}
	for _, c := range b.Disputes {
		hold("a dispute has something disputed", c.Cents > 0)
		disputed += c.Cents
	}
	hold("open reports make what is reported", open == b.ReportedCents)
	hold("disputes make what is disputed", disputed == b.DisputedCents)

	hold("next due while something is to go", (b.NextDue != nil) == (b.ToGoCents > 0))
	if b.NextDue != nil {
		in, ok := b.Instalment(b.NextDue.Entry)
		hold("the next due is an instalment's", ok && in.Due == b.NextDue.Date && in.LeftCents >= b.NextDue.AmountCents)
		for _, in := range b.Instalments {
			hold("the next due is the oldest", in.LeftCents == 0 || !in.Due.Before(b.NextDue.Date))
		}
	}
	hold("days late while something is overdue", (b.DaysLate > 0) == (len(b.Overdue) > 0))
	hold("the next due is the oldest overdue", len(b.Overdue) == 0 || b.Overdue[0] == *b.NextDue)
	hold("overdue is no more than to go", b.OverdueCents() <= b.ToGoCents)
}

// machine makes decisions at random, keeping what a second book, added up by
// hand, says of the sums.
type machine struct {
	entries                 []ledger.Entry
	total, received, waived int64
}

func (m *machine) decide(t *rapid.T) {
	amount := rapid.Int64Range(1, 30000).Draw(t, "amount")
	on := day("2026-03-01").AddDays(rapid.IntRange(0, 300).Draw(t, "day"))
	mark := ledger.Mark{On: on, At: at, By: "system"}
	id := rapid.Int64Range(0, int64(len(m.entries))).Draw(t, "of")
	var named []int64
	for _, e := range m.entries {
		if e.Kind == ledger.Reported && rapid.Bool().Draw(t, "named") {
			named = append(named, e.ID)
		}
	}
	before := ledger.Of(m.entries, on)
	var more []ledger.Entry
	var err error
	what := rapid.SampledFrom([]string{"report", "confirm", "part", "dispute", "receipt", "waive", "move", "reverse", "raw"}).Draw(t, "what")
	switch what {
	case "report":
		more, err = ledger.Report(m.entries, amount, mark)
	case "confirm":
		more, err = ledger.Confirm(m.entries, named, mark)
	case "part":
		more, err = ledger.ConfirmPart(m.entries, named, amount, mark)
	case "dispute":
		more, err = ledger.Dispute(m.entries, named, mark)
	case "receipt":
		more, err = ledger.Receipt(m.entries, named, amount, mark)
	case "waive":
		more, err = ledger.Waive(m.entries, id, amount%2*amount, mark)
	case "move":
		more, err = ledger.Reschedule(m.entries, id, on, mark)
	case "reverse":
		more, err = ledger.Reverse(m.entries, id, mark)
	case "raw": // whatever Check lets through
		kind := rapid.SampledFrom(ledger.Kinds()).Draw(t, "kind")
		more = []ledger.Entry{{Of: id, Kind: kind, AmountCents: amount, Currency: "USD", EffectiveOn: on, RecordedAt: at, By: "system"}}
		if ledger.Check(m.entries, more[0]) != nil {
			return
		}
	}
	if err != nil {
		return
	}
	for _, e := range more {
		if err := ledger.Check(m.entries, e); err != nil {
			t.Fatalf("%s gave an entry that Check refuses: %+v: %v", what, e, err)
		}
		e.ID = int64(len(m.entries) + 1)
		m.entries = append(m.entries, e)
		m.sum(e)
	}
	if after := ledger.Of(m.entries, on); what == "receipt" && len(more) > 0 {
		settled := before.ReportedCents + before.DisputedCents - after.ReportedCents - after.DisputedCents
		if after.ReceivedCents-before.ReceivedCents != amount || settled > amount {
			t.Fatalf("a receipt of %d: %+v then %+v", amount, before, after)
		}
	}
}

func (m *machine) sum(e ledger.Entry) {
	of := func(id int64) ledger.Kind { return m.entries[id-1].Kind }
	switch {
	case e.Kind == ledger.Due:
		m.total += e.AmountCents
	case e.Kind == ledger.Received:
		m.received += e.AmountCents
	case e.Kind == ledger.Waived:
		m.waived += e.AmountCents
	case e.Kind == ledger.Reversed && of(e.Of) == ledger.Received:
		m.received -= e.AmountCents
	case e.Kind == ledger.Reversed && of(e.Of) == ledger.Waived:
		m.waived -= e.AmountCents
	}
}

func opened(t *rapid.T) *machine {
	m := &machine{}
	total := rapid.Int64Range(100, 100000).Draw(t, "total")
	in, err := calendar.Spread(total, calendar.Plan{
		Count: rapid.IntRange(1, 8).Draw(t, "count"),
		Every: rapid.SampledFrom([]calendar.Every{calendar.Week, calendar.HalfMonth, calendar.Month}).Draw(t, "every"),
		First: day("2026-03-31"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range ledger.Dues(in, "USD", at, "system") {
		e.ID = int64(len(m.entries) + 1)
		m.entries = append(m.entries, e)
		m.sum(e)
	}
	return m
}

func TestNoSequenceLosesOrMakesACent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := opened(t)
		for range rapid.IntRange(1, 25).Draw(t, "decisions") {
			m.decide(t)
			today := day("2026-03-01").AddDays(rapid.IntRange(0, 300).Draw(t, "today"))
			b := ledger.Of(m.entries, today)
			agree(t, b)
			if b.TotalCents != m.total || b.ReceivedCents != m.received || b.WaivedCents != m.waived {
				t.Fatalf("added up by hand: %+v; %+v", *m, b)
			}
		}
	})
}

func TestPaymentsSettleTheOldestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := opened(t)
		for range rapid.IntRange(1, 12).Draw(t, "payments") {
			mark := ledger.Mark{On: day("2026-04-01"), At: at, By: "system"}
			more, err := ledger.Receipt(m.entries, nil, rapid.Int64Range(1, 20000).Draw(t, "amount"), mark)
			if rapid.Bool().Draw(t, "reported") {
				more, err = ledger.Report(m.entries, more[0].AmountCents, mark)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range more {
				e.ID = int64(len(m.entries) + 1)
				m.entries = append(m.entries, e)
			}
		}
		b := ledger.Of(m.entries, day("2026-04-01"))
		for i, in := range b.Instalments {
			if i == 0 {
				continue
			}
			before := b.Instalments[i-1]
			if in.ReceivedCents > 0 && before.ReceivedCents != before.AmountCents {
				t.Fatalf("%d was paid before %d", in.Entry, before.Entry)
			}
			if in.ReportedCents > 0 && before.LeftCents > 0 {
				t.Fatalf("%d was reported before %d", in.Entry, before.Entry)
			}
		}
	})
}

// Entries that do not answer each other may be appended in any order, and
// entries may be handed over in any: only their numbers say which came first.
func TestOrderMattersOnlyWhereItShould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := opened(t)
		for range rapid.IntRange(1, 15).Draw(t, "decisions") {
			m.decide(t)
		}
		today := day("2026-06-01")
		want := ledger.Of(m.entries, today)
		shuffled := rapid.Permutation(m.entries).Draw(t, "handed over")
		kept := slices.Clone(shuffled)
		if diff := cmp.Diff(want, ledger.Of(shuffled, today)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(kept, shuffled); diff != "" {
			t.Fatal("the caller's entries were moved")
		}

		reports := m.entries[:0:0]
		for i := range rapid.IntRange(2, 6).Draw(t, "reports") {
			reports = append(reports, ledger.Entry{Kind: ledger.Reported, AmountCents: int64(i+1) * 700, Currency: "USD",
				EffectiveOn: today.AddDays(i), RecordedAt: at, By: "system"})
		}
		sums := func(order []ledger.Entry) string {
			entries := slices.Clone(m.entries)
			for _, e := range order {
				e.ID = int64(len(entries) + 1)
				entries = append(entries, e)
			}
			b := ledger.Of(entries, today)
			for i := range b.OpenReports {
				b.OpenReports[i].ID = 0
			}
			if b.NextDue == nil {
				return fmt.Sprintf("%+v", b)
			}
			next := *b.NextDue
			b.NextDue = nil
			return fmt.Sprintf("%+v %+v", b, next)
		}
		if a, b := sums(reports), sums(rapid.Permutation(reports).Draw(t, "order")); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	for _, n := range []int{12, 500} {
		b.Run(fmt.Sprintf("%d entries", n), func(b *testing.B) {
			book := open(b, 600000, n/2, "2026-04-01")
			for i := len(book.entries); i < n; i++ {
				book.entries = append(book.entries, ledger.Entry{ID: int64(i + 1), Kind: ledger.Received, AmountCents: 100, Currency: "USD",
					EffectiveOn: day("2026-04-01"), RecordedAt: at, By: "system"})
			}
			today := day("2027-04-01")
			b.ReportAllocs()
			for b.Loop() {
				ledger.Of(book.entries, today)
			}
		})
	}
}
