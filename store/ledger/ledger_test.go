package ledger_test

import (
	"errors"
	"testing"
	"time"

	"amends/store/calendar"
	"amends/store/ledger"

	"github.com/google/go-cmp/cmp"
)

var at = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func mark(on, by string) ledger.Mark { return ledger.Mark{On: day(on), At: at, By: by} }

// book is a ledger that numbers its entries as the store does.
type book struct {
	t       testing.TB
	entries []ledger.Entry
}

func open(t testing.TB, cents int64, count int, first string) *book {
	t.Helper()
	in, err := calendar.Spread(cents, calendar.Plan{Count: count, Every: calendar.Month, First: day(first)})
	if err != nil {
		t.Fatal(err)
	}
	b := &book{t: t}
	b.add(ledger.Dues(in, "USD", at, "system"), nil)
	return b
}

// add appends what a decision gave and returns the last number.
func (b *book) add(more []ledger.Entry, err error) int64 {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range more {
		if err := ledger.Check(b.entries, e); err != nil {
			b.t.Fatalf("%+v: %v", e, err)
		}
		e.ID = int64(len(b.entries) + 1)
		b.entries = append(b.entries, e)
	}
	return int64(len(b.entries))
}

// want compares the sums: total, reported, received, disputed, waived, outstanding, to go, over.
func (b *book) want(today string, sums ...int64) ledger.Balance {
	b.t.Helper()
	got := ledger.Of(b.entries, day(today))
	if diff := cmp.Diff(sums, []int64{got.TotalCents, got.ReportedCents, got.ReceivedCents, got.DisputedCents,
		got.WaivedCents, got.OutstandingCents, got.ToGoCents, got.OverCents}); diff != "" {
		b.t.Errorf("total, reported, received, disputed, waived, outstanding, to go, over: %s", diff)
	}
	agree(b.t, got)
	return got
}

func next(t testing.TB, b ledger.Balance, date string, cents int64) {
	t.Helper()
	if b.NextDue == nil || b.NextDue.Date != day(date) || b.NextDue.AmountCents != cents {
		t.Errorf("next due %+v, want %s %d", b.NextDue, date, cents)
	}
}

func TestReportedIsNotReceived(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	r := b.add(ledger.Report(b.entries, 10000, mark("2026-04-01", "party:o")))
	got := b.want("2026-04-02", 60000, 10000, 0, 0, 0, 60000, 50000, 0)
	next(t, got, "2026-05-01", 10000)
	if got.DaysLate != 0 {
		t.Error("what was reported is not late")
	}
	if diff := cmp.Diff([]ledger.Claim{{ID: r, Cents: 10000, On: day("2026-04-01")}}, got.OpenReports); diff != "" {
		t.Error(diff)
	}
	b.add(ledger.Confirm(b.entries, []int64{r}, mark("2026-04-02", "party:v")))
	b.want("2026-04-02", 60000, 0, 10000, 0, 0, 50000, 50000, 0)
	b.add(ledger.Confirm(b.entries, []int64{r}, mark("2026-04-03", "party:v")))
	b.add(ledger.Dispute(b.entries, []int64{r}, mark("2026-04-03", "party:v")))
	b.want("2026-04-03", 60000, 0, 10000, 0, 0, 50000, 50000, 0)
}

func TestThePartOfAPaymentThatArrived(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	r := b.add(ledger.Report(b.entries, 10000, mark("2026-04-01", "party:o")))
	b.add(ledger.ConfirmPart(b.entries, []int64{r}, 3000, mark("2026-04-02", "party:v")))
	got := b.want("2026-04-03", 60000, 0, 3000, 7000, 0, 57000, 57000, 0)
	next(t, got, "2026-04-01", 7000)
	if got.DaysLate != 2 || got.OverdueCents() != 7000 {
		t.Errorf("%d days late, %d overdue", got.DaysLate, got.OverdueCents())
	}

	t.Run("the coordinator's receipt outweighs the dispute", func(t *testing.T) {
		b := &book{t, append([]ledger.Entry(nil), b.entries...)}
		b.add(ledger.Receipt(b.entries, nil, 9000, mark("2026-04-05", "staff:kim")))
		b.want("2026-04-05", 60000, 0, 12000, 0, 0, 48000, 48000, 0)
		b.add(ledger.Confirm(b.entries, []int64{r}, mark("2026-04-06", "party:v")))
		b.add(ledger.ConfirmPart(b.entries, []int64{r}, 3000, mark("2026-04-06", "party:v")))
		b.want("2026-04-06", 60000, 0, 12000, 0, 0, 48000, 48000, 0)
		_, err := ledger.Receipt(b.entries, []int64{r}, 100, mark("2026-04-07", "staff:kim"))
		refused(t, err, ledger.Conflict)
	})
	t.Run("the coordinator rests it as not received", func(t *testing.T) {
		b := &book{t, append([]ledger.Entry(nil), b.entries...)}
		b.add(ledger.Reverse(b.entries, r, mark("2026-04-05", "staff:kim")))
		got := b.want("2026-04-05", 60000, 0, 3000, 0, 0, 57000, 57000, 0)
		next(t, got, "2026-04-01", 7000)
		_, err := ledger.Reverse(b.entries, r, mark("2026-04-05", "staff:kim"))
		refused(t, err, ledger.Conflict)
	})
	t.Run("the payee finds it after all", func(t *testing.T) {
		b := &book{t, append([]ledger.Entry(nil), b.entries...)}
		b.add(ledger.Confirm(b.entries, nil, mark("2026-04-05", "party:v"))) // asked of open reports: there is none
		b.want("2026-04-05", 60000, 0, 3000, 7000, 0, 57000, 57000, 0)
		b.add(ledger.Confirm(b.entries, []int64{r}, mark("2026-04-05", "party:v")))
		b.want("2026-04-05", 60000, 0, 10000, 0, 0, 50000, 50000, 0)
	})
}

func TestFixUndoesTheLastRecord(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	r := b.add(ledger.Report(b.entries, 10000, mark("2026-04-01", "party:o")))
	yes := b.add(ledger.Confirm(b.entries, []int64{r}, mark("2026-04-02", "party:v")))
	b.add(ledger.Reverse(b.entries, yes, mark("2026-04-02", "party:v")))
	b.want("2026-04-02", 60000, 10000, 0, 0, 0, 60000, 50000, 0)
	no := b.add(ledger.Dispute(b.entries, []int64{r}, mark("2026-04-02", "party:v")))
	b.want("2026-04-02", 60000, 0, 0, 10000, 0, 60000, 60000, 0)
	b.add(ledger.Reverse(b.entries, no, mark("2026-04-02", "party:v")))
	b.want("2026-04-02", 60000, 10000, 0, 0, 0, 60000, 50000, 0)
	b.add(ledger.Reverse(b.entries, r, mark("2026-04-02", "party:o")))
	b.want("2026-04-02", 60000, 0, 0, 0, 0, 60000, 60000, 0)
}

func TestOverpayment(t *testing.T) {
	t.Parallel()
	b := open(t, 20000, 2, "2026-04-01")
	r := b.add(ledger.Report(b.entries, 25000, mark("2026-04-01", "party:o")))
	got := b.want("2026-06-01", 20000, 25000, 0, 0, 0, 20000, 0, 0)
	if got.NextDue != nil || got.DaysLate != 0 || !got.Covered() || got.Settled() {
		t.Errorf("%+v", got)
	}
	b.add(ledger.ConfirmPart(b.entries, []int64{r}, 26000, mark("2026-04-02", "party:v")))
	got = b.want("2026-06-01", 20000, 0, 26000, 0, 0, 0, 0, 6000)
	if !got.Settled() {
		t.Error("not settled")
	}
	_, err := ledger.Waive(b.entries, 0, 0, mark("2026-04-02", "staff:kim"))
	refused(t, err, ledger.Conflict)
	_, err = ledger.Reschedule(b.entries, 2, day("2026-07-01"), mark("2026-04-02", "staff:kim"))
	refused(t, err, ledger.Conflict)
}

func TestReceiptsSettleReportsByTheDayPaid(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	late := b.add(ledger.Report(b.entries, 5000, mark("2026-04-09", "party:o")))
	early := b.add(ledger.Report(b.entries, 5000, mark("2026-04-02", "party:o")))
	b.add(ledger.Dispute(b.entries, []int64{early}, mark("2026-04-09", "party:v")))
	b.add(ledger.Receipt(b.entries, nil, 7000, mark("2026-04-10", "staff:kim")))
	got := b.want("2026-04-10", 60000, 3000, 7000, 0, 0, 53000, 50000, 0)
	if diff := cmp.Diff([]ledger.Claim{{ID: late, Cents: 3000, On: day("2026-04-09")}}, got.OpenReports); diff != "" {
		t.Error(diff)
	}
	b.add(ledger.Receipt(b.entries, nil, 4000, mark("2026-04-11", "staff:kim")))
	b.want("2026-04-11", 60000, 0, 11000, 0, 0, 49000, 49000, 0)
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	b.add(ledger.Receipt(b.entries, nil, 4000, mark("2026-04-01", "staff:kim")))
	first := b.add(ledger.Waive(b.entries, 1, 0, mark("2026-04-02", "staff:kim")))
	got := b.want("2026-04-10", 60000, 0, 4000, 0, 6000, 50000, 50000, 0)
	next(t, got, "2026-05-01", 10000)
	b.add(ledger.Waive(b.entries, 0, 15000, mark("2026-04-02", "staff:kim")))
	got = b.want("2026-04-10", 60000, 0, 4000, 0, 21000, 35000, 35000, 0)
	next(t, got, "2026-05-01", 10000) // the latest are let off first
	if in, _ := got.Instalment(5); in.WaivedCents != 5000 || in.LeftCents != 5000 {
		t.Errorf("%+v", in)
	}
	b.add(ledger.Reverse(b.entries, first, mark("2026-04-03", "staff:kim")))
	got = b.want("2026-04-10", 60000, 0, 4000, 0, 15000, 41000, 41000, 0)
	next(t, got, "2026-04-01", 6000)
	b.add(ledger.Waive(b.entries, 0, 0, mark("2026-04-03", "staff:kim")))
	if got := b.want("2026-04-10", 60000, 0, 4000, 0, 56000, 0, 0, 0); !got.Settled() {
		t.Error("not settled")
	}
}

// What is waived of an instalment stays at its date when the rest is moved, and comes back there.
func TestTheRestOfWhatWasWaivedInPartIsMoved(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	waiver := b.add(ledger.Waive(b.entries, 1, 4000, mark("2026-04-01", "staff:kim")))
	b.add(ledger.Reschedule(b.entries, 1, day("2026-04-20"), mark("2026-04-02", "staff:kim")))
	got := b.want("2026-04-10", 60000, 0, 0, 0, 4000, 56000, 56000, 0)
	next(t, got, "2026-04-20", 6000)
	if got.DaysLate != 0 || got.OverdueCents() != 0 {
		t.Errorf("what was waived is late: %+v", got.Overdue)
	}
	b.add(ledger.Reverse(b.entries, waiver, mark("2026-04-10", "staff:kim")))
	next(t, b.want("2026-04-10", 60000, 0, 0, 0, 0, 60000, 60000, 0), "2026-04-01", 4000)
}

func TestWhatIsMovedIsWhatIsLeft(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01")
	paid := b.add(ledger.Receipt(b.entries, nil, 4000, mark("2026-04-01", "staff:kim")))
	b.add(ledger.Reschedule(b.entries, 0, day("2026-10-01"), mark("2026-04-01", "staff:kim")))
	got := b.want("2026-04-10", 60000, 0, 4000, 0, 0, 56000, 56000, 0)
	next(t, got, "2026-05-01", 10000)
	in, _ := got.Instalment(1)
	if diff := cmp.Diff(ledger.Instalment{Entry: 1, Due: day("2026-10-01"), OriginalDue: day("2026-04-01"),
		AmountCents: 10000, ReceivedCents: 4000, LeftCents: 6000}, in); diff != "" {
		t.Error(diff)
	}
	if got.DaysLate != 0 || got.Instalments[5].Entry != 1 {
		t.Errorf("%+v", got)
	}
	_, err := ledger.Reschedule(b.entries, 1, day("2026-10-01"), mark("2026-04-01", "staff:kim"))
	refused(t, err, ledger.Conflict)
	b.add(ledger.Reschedule(b.entries, 1, day("2026-04-20"), mark("2026-04-11", "staff:kim")))
	next(t, b.want("2026-04-21", 60000, 0, 4000, 0, 0, 56000, 56000, 0), "2026-04-20", 6000)
	b.add(ledger.Reverse(b.entries, paid, mark("2026-04-21", "staff:kim"))) // what had been paid is due since April again
	got = b.want("2026-04-21", 60000, 0, 0, 0, 0, 60000, 60000, 0)
	next(t, got, "2026-04-01", 4000)
	if got.DaysLate != 20 || got.OverdueCents() != 10000 {
		t.Errorf("%+v", got.Overdue)
	}
}

func TestAnEmptyLedger(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(ledger.Balance{Instalments: []ledger.Instalment{}}, ledger.Of(nil, day("2026-04-01"))); diff != "" {
		t.Error(diff)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	b := open(t, 60000, 6, "2026-04-01") // 1 to 6
	r := b.add(ledger.Report(b.entries, 5000, mark("2026-04-01", "party:o")))
	d := b.add(ledger.Dispute(b.entries, []int64{r}, mark("2026-04-01", "party:v")))
	free := b.add(ledger.Receipt(b.entries, []int64{}, 5000, mark("2026-04-02", "staff:kim")))
	if free != 9 {
		t.Fatal(free)
	}
	good := ledger.Entry{Kind: ledger.Reported, AmountCents: 100, Currency: "USD", EffectiveOn: day("2026-04-01"), RecordedAt: at, By: "party:o"}
	with := func(change func(e *ledger.Entry)) ledger.Entry {
		e := good
		change(&e)
		return e
	}
	if err := ledger.Check(b.entries, good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		e        ledger.Entry
		code     ledger.Code
		sentence string
	}{
		{with(func(e *ledger.Entry) { e.AmountCents = 0 }), ledger.Invalid, "an amount must be more than nothing"},
		{with(func(e *ledger.Entry) { e.AmountCents = -1 }), ledger.Invalid, "an amount must be more than nothing"},
		{with(func(e *ledger.Entry) { e.AmountCents = ledger.MaxCents + 1 }), ledger.Invalid, "an amount may be 1,000,000.00 at most"},
		{with(func(e *ledger.Entry) { e.Currency = "usd" }), ledger.Invalid, "a currency is three capital letters, such as USD"},
		{with(func(e *ledger.Entry) { e.Currency = "EUR" }), ledger.Conflict, "the ledger is kept in another currency"},
		{with(func(e *ledger.Entry) { e.EffectiveOn = calendar.Date{} }), ledger.Invalid, "the entry needs the date on which it counts"},
		{with(func(e *ledger.Entry) { e.RecordedAt = time.Time{} }), ledger.Invalid, "the entry needs the time of its recording"},
		{with(func(e *ledger.Entry) { e.By = "" }), ledger.Invalid, "the entry needs who recorded it"},
		{with(func(e *ledger.Entry) { e.ID = 3 }), ledger.Conflict, "the ledger has an entry of this number already"},
		{with(func(e *ledger.Entry) { e.Kind = "gift" }), ledger.Invalid, "there is no such kind of entry"},
		{with(func(e *ledger.Entry) { e.Of = 1 }), ledger.Invalid, "a due or reported amount answers no other entry"},
		{with(func(e *ledger.Entry) { e.Kind, e.AmountCents = ledger.Due, ledger.MaxCents }), ledger.Invalid, "the instalments come to more than 1,000,000.00"},
		{with(func(e *ledger.Entry) { e.Kind = ledger.Disputed }), ledger.NotFound, "the entry answered is not in the ledger"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Received, 77 }), ledger.NotFound, "the entry answered is not in the ledger"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Received, 1 }), ledger.Invalid, "the entry answered is of another kind"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Received, r }), ledger.Conflict, "no more can be received of a report than is left of it"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Disputed, r }), ledger.Conflict, "no more of a report can be disputed than is open"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Reversed, 1 }), ledger.Invalid, "the entry answered is of another kind"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Reversed, d }), ledger.Conflict, "no more of an entry can be reversed than is left of it"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Waived, r }), ledger.Invalid, "the entry answered is of another kind"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of, e.AmountCents = ledger.Waived, 1, 5001 }), ledger.Conflict, "no more of an instalment can be waived than is still owed"},
		{with(func(e *ledger.Entry) { e.Kind, e.AmountCents = ledger.Waived, 55001 }), ledger.Conflict, "no more can be waived than is still owed"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of, e.AmountCents = ledger.Rescheduled, 1, 5001 }), ledger.Conflict, "no more of an instalment can be moved than is still owed"},
		{with(func(e *ledger.Entry) { e.Kind, e.Of = ledger.Rescheduled, 1 }), ledger.Conflict, "the instalment is due on that day already"},
	} {
		err := ledger.Check(b.entries, c.e)
		refused(t, err, c.code)
		if err != nil && err.Error() != c.sentence {
			t.Errorf("%+v: %v, want %s", c.e, err, c.sentence)
		}
	}
	_, err := ledger.Confirm(b.entries, []int64{1}, mark("2026-04-01", "party:v"))
	refused(t, err, ledger.NotFound)
	_, err = ledger.Waive(b.entries, 99, 0, mark("2026-04-01", "staff:kim"))
	refused(t, err, ledger.NotFound)
	_, err = ledger.Reverse(b.entries, 1, mark("2026-04-01", "staff:kim"))
	refused(t, err, ledger.Invalid)
}

func refused(t testing.TB, err error, code ledger.Code) {
	t.Helper()
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("got %v, want it refused as %s", err, code)
	}
}
