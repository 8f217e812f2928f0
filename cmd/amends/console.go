package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"amends/bot"
	"amends/console"
	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// console makes the pages. Wall time is what sign-ins go by, though the cases' clock may be a demo's.
func (m *Main) console(in *installation, set settings, base string, demo bool, log *slog.Logger) (http.Handler, error) {
	c := console.Config{Store: in.store, Desk: decider{in.bot}, Now: in.now, Wall: m.Now, Rand: m.chance, PublicURL: base, Demo: demo, Log: log}
	if set.SMTPURL != "" {
		mail, err := mailOf(set)
		if err != nil {
			return nil, err
		}
		c.Mail = mail
	}
	return console.New(c)
}

// mailOf is the mail server that the settings name; they were checked.
func mailOf(set settings) (*console.Mail, error) {
	u, err := url.Parse(set.SMTPURL)
	if err != nil {
		return nil, errors.New("AMENDS_SMTP_URL is not understood")
	}
	mail := &console.Mail{Host: u.Hostname(), Username: u.User.Username(), From: set.MailFrom, Plain: u.Scheme == "smtp+plain"}
	mail.Password, _ = u.User.Password()
	if port := u.Port(); port != "" {
		if mail.Port, err = strconv.Atoi(port); err != nil {
			return nil, errors.New("AMENDS_SMTP_URL has a port that is no number")
		}
	}
	return mail, nil
}

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
