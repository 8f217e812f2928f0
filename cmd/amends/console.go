package main

import (
	"context"
	"fmt"

	"amends/bot"
	"amends/console"
	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// decider gives the console's decisions to the bot: each has the fields of the bot's own.
type decider struct{ bot *bot.Bot }

// Decide carries out a decision about a case.
func (d decider) Decide(ctx context.Context, program, reference string, by console.By, decision console.Decision) error {
	var what bot.Decision
	switch v := decision.(type) {
	case console.Receipt:
		what = bot.Receipt(v)
	case console.Report:
		what = bot.Report(v)
	case console.NotReceived:
		what = bot.NotReceived(v)
	case console.Waiver:
		what = bot.Waiver(v)
	case console.Met:
		what = bot.Met(v)
	case console.NewDate:
		what = bot.NewDate(v)
	case console.ConsentGiven:
		what = bot.ConsentGiven(v)
	case console.OptOut:
		what = bot.OptOut(v)
	case console.Assign:
		what = bot.Assign(v)
	case console.Handle:
		what = bot.Handle(v)
	case console.Close:
		what = bot.Close(v)
	case console.Drop:
		what = bot.Drop(v)
	case console.Resend:
		what = bot.Resend(v)
	default:
		return store.NewError(store.Internal, "That cannot be done here.", fmt.Errorf("no decision of the bot's for %T", decision))
	}
	return d.bot.Decide(ctx, program, reference, bot.By(by), what)
}

// AddCases puts cases on record, all or none.
func (d decider) AddCases(ctx context.Context, by console.By, cases []intake.Case, update bool) error {
	_, err := d.bot.AddCasesBy(ctx, bot.By(by), cases, update)
	return err
}

// SetAbsent says until which day somebody is away.
func (d decider) SetAbsent(ctx context.Context, program, key string, by console.By, until calendar.Date) error {
	return d.bot.SetAbsentBy(ctx, bot.By(by), program, key, until)
}
