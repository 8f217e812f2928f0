package main

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"amends/bot"
	"amends/console"
)

// console makes the pages. Wall time is what sign-ins go by, though the cases' clock may be a demo's.
func (m *Main) console(in *installation, set settings, base string, demo bool, log *slog.Logger) (http.Handler, error) {
	c := console.Config{Store: in.store, Desk: bot.Desk{Bot: in.bot}, Now: in.now, Wall: m.Now, Rand: m.chance, PublicURL: base, Demo: demo, Log: log}
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
