package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"amends/bot"
	"amends/store/intake"
)

type caseShowCommand struct {
	Reference string `arg:"" name:"ref" help:"The case's reference."`
	Format    string `default:"text" enum:"text,json" help:"text or json. Default: text"`
	Program   string `placeholder:"KEY" help:"The program, where the reference is in more than one."`
}

// Run runs the command.
func (c *caseShowCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	report, err := in.bot.ShowCase(ctx, c.Program, c.Reference)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		encoder := json.NewEncoder(m.Stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return showCase(m.Stdout, report)
}

// showCase tells where a case stands, what needs a person first. It bears no name and no number.
func showCase(w io.Writer, r bot.CaseReport) error {
	status := string(r.Status)
	if r.CloseReason != "" {
		status += ": " + inWords(r.CloseReason)
	}
	if r.ErasedAt != nil {
		status += ", erased " + minute(*r.ErasedAt)
	}
	fmt.Fprintf(w, "%s  %s\n", r.Reference, status)
	fmt.Fprintf(w, "mediated on %s by %s", r.MediatedOn, r.Mediator)
	if r.Backup != "" {
		fmt.Fprintf(w, ", backup %s", r.Backup)
	}
	fmt.Fprintln(w)

	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var open, settled []bot.EscalationReport
	for _, e := range r.Escalations {
		if e.Status == "resolved" {
			settled = append(settled, e)
		} else {
			open = append(open, e)
		}
	}
	section(table, "Needs a person", len(open))
	for _, e := range open {
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\tsince %s\n", e.Code, inWords(e.Reason), e.Severity, e.Status, minute(e.OpenedAt))
	}
	section(table, "Parties", len(r.Parties))
	for _, p := range r.Parties {
		fmt.Fprintf(table, "  %s\t%s\t%s\tconsent %s\t%s\n", p.Key, p.Role, p.Language, p.Consent, partyNotes(p))
	}
	section(table, "Restitution", len(r.Restitution))
	for _, k := range r.Restitution {
		fmt.Fprintf(table, "  %s\t%s to %s\t%s of %s received\t%s\n", k.Key, k.By, orElse(k.To, "others"),
			money(k.ReceivedCents, k.Currency), money(k.TotalCents, k.Currency), strings.Join(moneyNotes(k), ", "))
	}
	section(table, "Commitments", len(r.Commitments))
	for _, k := range r.Commitments {
		fmt.Fprintf(table, "  %s\t%s by %s\tdue %s\t%s\n", k.Key, inWords(k.Kind), k.By, k.Due, strings.Join(commitmentNotes(k), ", "))
	}
	section(table, "Last answers", len(r.Answers))
	for _, a := range last(r.Answers, answersShown) {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", minute(a.At), a.Party, a.Flow, a.Question, firstLine(a.Value))
	}
	section(table, "Settled", len(settled))
	for _, e := range settled {
		resolved := ""
		if e.ResolvedAt != nil {
			resolved = minute(*e.ResolvedAt)
		}
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\n", e.Code, inWords(e.Reason), resolved, firstLine(e.Note))
	}
	return table.Flush()
}

const (
	answersShown = 10
	lineShown    = 60 // characters of a text or a note
)

// section begins a part of the page, if there is anything in it.
func section(w *tabwriter.Writer, title string, n int) {
	if n > 0 {
		_ = w.Flush() // each part has columns of its own
		fmt.Fprintf(w, "\n%s\n", title)
	}
}

func partyNotes(p bot.PartyReport) string {
	var notes []string
	if p.Discreet {
		notes = append(notes, "discreet")
	}
	if p.OptedOut {
		notes = append(notes, "opted out")
	}
	if !p.Reachable {
		notes = append(notes, "not reachable")
	}
	return strings.Join(notes, ", ")
}

func moneyNotes(k bot.MoneyReport) []string {
	var notes []string
	for _, part := range []struct {
		cents int64
		what  string
	}{{k.ReportedCents, "reported"}, {k.DisputedCents, "disputed"}, {k.WaivedCents, "waived"}} {
		if part.cents > 0 {
			notes = append(notes, money(part.cents, k.Currency)+" "+part.what)
		}
	}
	if k.OutstandingCents > 0 {
		notes = append(notes, money(k.OutstandingCents, k.Currency)+" outstanding")
	}
	if k.NextDue != nil {
		notes = append(notes, "next "+money(k.NextDue.AmountCents, k.Currency)+" on "+k.NextDue.Date.String())
	}
	if k.DaysLate > 0 {
		notes = append(notes, count(k.DaysLate, "day")+" late")
	}
	if k.Status != "open" {
		notes = append(notes, string(k.Status))
	}
	return notes
}

func commitmentNotes(k bot.CommitmentReport) []string {
	notes := []string{string(k.Status)}
	if k.DueFirst != nil {
		notes = append(notes, "at first due "+k.DueFirst.String())
	}
	if k.Hours > 0 {
		notes = append(notes, fmt.Sprintf("%s of %s hours", hours(k.HoursDone), hours(k.Hours)))
	}
	return notes
}

func hours(h float64) string { return strconv.FormatFloat(h, 'f', -1, 64) }

// money is an amount with its currency: $50.00, 50.00 EUR.
func money(cents int64, currency string) string {
	if currency == "USD" {
		return "$" + intake.Money(cents)
	}
	return intake.Money(cents) + " " + currency
}

// inWords is a spelling of ours as a person reads it: missed_payment is missed payment.
func inWords(spelling string) string { return strings.ReplaceAll(spelling, "_", " ") }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

func last[T any](all []T, n int) []T { return all[max(len(all)-n, 0):] }

// firstLine is a text's beginning, on one line and without what a terminal would obey.
func firstLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > lineShown {
		return string(runes[:lineShown]) + "…"
	}
	return string(runes)
}
