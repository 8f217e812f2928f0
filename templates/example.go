package templates

import (
	"strings"
	"time"
)

// Example renders a text with everyday values, for a drawing, the terminal
// player and the golden transcripts: $50.00 of $300.00, Friday, March 6, 2026.
// It is a text of audience victim, offender or staff.
func (b *Book) Example(audience, key, lang string, discreet, first bool, again Again) (string, error) {
	usd := func(cents int64) Money { return Money{Cents: cents, Currency: "USD"} }
	day, next := Date{2026, time.March, 6}, Date{2026, time.April, 3}
	lines := []Resource{{"988 Lifeline", "call or text 988"}}
	if lang == "es" {
		lines = []Resource{{"Línea 988", "llame al 988, oprima 2"}}
	}
	which := []Option{{Amount: usd(50_00), Date: day, Reference: "RJ-2026-0142"}, {Commitment: "apology_letter", Date: next, Reference: "RJ-2026-0142"}}
	paid := usd(50_00)
	if key == "payment-report.over" {
		paid = usd(350_00)
	}
	const program, sender, discreetSender = "Riverside Restorative Justice", "Riverside RJ", "RRJ"
	switch audience {
	case victim:
		return b.Victim(key, lang, discreet, first, VictimText{
			Program: program, Sender: sender, DiscreetSender: discreetSender, Again: again,
			Amount: usd(50_00), Date: day, Paid: usd(50_00), ToGo: usd(250_00), NextAmount: usd(50_00), NextDate: next,
			Which: which, Resources: lines,
		})
	case offender:
		return b.Offender(key, lang, discreet, first, OffenderText{
			Program: program, Sender: sender, DiscreetSender: discreetSender, Again: again,
			Amount: paid, Date: day, Paid: usd(50_00), ToGo: usd(250_00), NextAmount: usd(50_00), NextDate: next,
			Commitment: "apology_letter", Hours: "5", HoursToGo: "15", Which: which, Resources: lines,
		})
	}
	reason := strings.TrimPrefix(key, "alert.")
	if l := b.languages[lang]; l == nil || l.Reasons[reason] == "" {
		reason = "missed_payment"
	}
	item := StaffItem{Code: 7, Case: "RJ-2026-0142", Reason: "missed_payment"}
	return b.Staff(key, lang, StaffText{
		Sender: sender, Case: item.Case, Reason: reason, Since: time.Date(2026, time.March, 6, 14, 5, 0, 0, time.UTC),
		Code: item.Code, Link: "https://amends.example.org/e/7", Date: next,
		Open: []StaffItem{item, {Code: 9, Case: "RJ-2026-0150", Reason: "call"}},
	})
}
