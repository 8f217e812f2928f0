package bot

import (
	"context"
	"fmt"

	"amends/console"
	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

var _ console.Desk = Desk{}

// Desk gives the console's decisions to the bot: each has the fields of the bot's own. It is the console.Desk.
type Desk struct{ Bot *Bot }

// Decide carries out a decision about a case.
func (d Desk) Decide(ctx context.Context, program, reference string, by console.By, decision console.Decision) error {
	var what Decision
	switch v := decision.(type) {
	case console.Receipt:
		what = Receipt(v)
	case console.Report:
		what = Report(v)
	case console.NotReceived:
		what = NotReceived(v)
	case console.Waiver:
		what = Waiver(v)
	case console.Met:
		what = Met(v)
	case console.NewDate:
		what = NewDate(v)
	case console.ConsentGiven:
		what = ConsentGiven(v)
	case console.OptOut:
		what = OptOut(v)
	case console.Assign:
		what = Assign(v)
	case console.Handle:
		what = Handle(v)
	case console.Close:
		what = Close(v)
	case console.Write:
		what = Write(v)
	case console.Tell:
		what = Tell(v)
	case console.Dealt:
		what = Dealt(v)
	case console.TryNumber:
		what = TryNumber(v)
	case console.Pause:
		what = Pause(v)
	case console.Resume:
		what = Resume(v)
	case console.Drop:
		what = Drop(v)
	case console.Resend:
		what = Resend(v)
	default:
		return store.NewError(store.Internal, "That cannot be done here.", fmt.Errorf("no decision of the bot's for %T", decision))
	}
	return d.Bot.Decide(ctx, program, reference, By(by), what)
}

// Draft says what would become of a text by hand, and stores nothing.
func (d Desk) Draft(ctx context.Context, program, reference string, by console.By, text console.Write) (console.Draft, error) {
	draft, err := d.Bot.Draft(ctx, program, reference, By(by), Write(text))
	return console.Draft(draft), err
}

// AddCases puts cases on record, all or none.
func (d Desk) AddCases(ctx context.Context, by console.By, cases []intake.Case, update bool) error {
	_, err := d.Bot.AddCasesBy(ctx, By(by), cases, update)
	return err
}

// SettleText marks a text that came from a number nobody knows as dealt with.
func (d Desk) SettleText(ctx context.Context, program string, by console.By, id string) error {
	return d.Bot.SettleText(ctx, program, By(by), id)
}

// ExamineCases says what AddCases would make of cases, and stores nothing.
func (d Desk) ExamineCases(ctx context.Context, by console.By, cases []intake.Case, update bool) ([]console.Change, error) {
	found, err := d.Bot.ExamineCases(ctx, By(by), cases, update)
	changes := make([]console.Change, len(found))
	for i, c := range found {
		changes[i] = console.Change(c)
	}
	return changes, err
}

// SetAbsent says until which day somebody is away.
func (d Desk) SetAbsent(ctx context.Context, program, key string, by console.By, until calendar.Date) error {
	return d.Bot.SetAbsentBy(ctx, By(by), program, key, until)
}
