package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// The names of the environment. Each is a flag too.
const (
	envData        = "AMENDS_DATA"
	envDatabaseURL = "AMENDS_DATABASE_URL"
	envKeyset      = "AMENDS_KEYSET"
	envListen      = "AMENDS_LISTEN"
	envPublicURL   = "AMENDS_PUBLIC_URL"
	envAccountSID  = "TWILIO_ACCOUNT_SID"
	envAuthToken   = "TWILIO_AUTH_TOKEN"
	envAPIKey      = "TWILIO_API_KEY"
	envAPISecret   = "TWILIO_API_SECRET"
	envBaseURL     = "TWILIO_BASE_URL"
	envSMTPURL     = "AMENDS_SMTP_URL"
	envMailFrom    = "AMENDS_MAIL_FROM"
)

// settingsFlags are the environment as flags. A flag goes before its variable, and a variable before its default.
type settingsFlags struct {
	Data             string `group:"settings" placeholder:"FOLDER" envname:"AMENDS_DATA" help:"Folder for the embedded database and the keyset. Default: ./amends-data"`
	DatabaseURL      string `group:"settings" placeholder:"URL" envname:"AMENDS_DATABASE_URL" help:"postgres://… or sqlite:PATH. Default: SQLite in the data folder"`
	Keyset           string `group:"settings" placeholder:"FILE" envname:"AMENDS_KEYSET" help:"The encryption keyset, made if absent. Default: in the data folder"`
	Listen           string `group:"settings" placeholder:"ADDRESS" envname:"AMENDS_LISTEN" help:"Address to listen on. Default: 127.0.0.1:8080"`
	PublicURL        string `group:"settings" placeholder:"URL" envname:"AMENDS_PUBLIC_URL" help:"Address that Twilio and people reach it by; signatures are checked against it. Default: http:// and the address listened on"`
	TwilioAccountSID string `group:"settings" name:"twilio-account-sid" placeholder:"SID" envname:"TWILIO_ACCOUNT_SID" help:"The Twilio account: AC…"`
	TwilioAuthToken  string `group:"settings" placeholder:"TOKEN" envname:"TWILIO_AUTH_TOKEN" help:"Its auth token. A flag can be seen by others on the machine: the variable, or a file named in TWILIO_AUTH_TOKEN_FILE, is better"`
	TwilioAPIKey     string `group:"settings" name:"twilio-api-key" placeholder:"SID" envname:"TWILIO_API_KEY" help:"An API key to send with, where preferred"`
	TwilioAPISecret  string `group:"settings" name:"twilio-api-secret" placeholder:"SECRET" envname:"TWILIO_API_SECRET" help:"The API key's secret; TWILIO_API_SECRET_FILE may name a file"`
	TwilioBaseURL    string `group:"settings" name:"twilio-base-url" placeholder:"URL" envname:"TWILIO_BASE_URL" help:"Another address than Twilio's own: a proxy, a test double"`
	SMTPURL          string `group:"settings" name:"smtp-url" placeholder:"URL" envname:"AMENDS_SMTP_URL" help:"The mail server for invitations and new passwords: smtp://USER:PASSWORD@HOST:587, or smtp+plain:// for one on this machine without TLS. AMENDS_SMTP_URL_FILE may name a file"`
	MailFrom         string `group:"settings" placeholder:"ADDRESS" envname:"AMENDS_MAIL_FROM" help:"Whom those e-mails are from: Amends <amends@example.org>"`
}

// helpWithEnv puts the variable's name behind a flag's help.
func helpWithEnv(value *kong.Value) string {
	if name := value.Tag.Get("envname"); name != "" {
		return value.Help + " ($" + name + ")"
	}
	return kong.DefaultHelpValueFormatter(value)
}

// settings are what the flags and the environment come to, checked.
type settings struct {
	Data        string
	DataNamed   bool // by a flag or a variable, not by default
	DatabaseURL string
	Keyset      string
	Listen      string
	PublicURL   string // "" for the address listened on
	AccountSID  string
	AuthToken   string
	APIKey      string
	APISecret   string
	BaseURL     string // "" for Twilio's own
	SMTPURL     string // "" for none
	MailFrom    string
}

// settings reads flags and environment. An error names the flag or variable, says how to mend it, and bears no secret.
func (m *Main) settings(f settingsFlags) (settings, error) {
	var s settings
	var err error
	read := func(to *string, flagValue, env string, secret bool, check func(string) error) {
		if err != nil {
			return
		}
		name, value := flagName(env), flagValue
		if value == "" {
			if name, value, err = m.lookup(env, secret); err != nil || value == "" {
				return
			}
		}
		if check != nil {
			if bad := check(value); bad != nil {
				err = fmt.Errorf("%s: %w", name, bad)
				if flagValue != "" {
					err = usageError{err}
				}
				return
			}
		}
		*to = value
	}
	read(&s.Data, f.Data, envData, false, checkFolder)
	s.DataNamed = s.Data != ""
	if s.Data == "" {
		s.Data = "amends-data"
	}
	read(&s.DatabaseURL, f.DatabaseURL, envDatabaseURL, true, checkDatabaseURL)
	read(&s.Keyset, f.Keyset, envKeyset, false, checkKeyset)
	read(&s.Listen, f.Listen, envListen, false, checkListen)
	read(&s.PublicURL, f.PublicURL, envPublicURL, false, checkURL)
	read(&s.AccountSID, f.TwilioAccountSID, envAccountSID, false, nil)
	read(&s.AuthToken, f.TwilioAuthToken, envAuthToken, true, nil)
	read(&s.APIKey, f.TwilioAPIKey, envAPIKey, false, nil)
	read(&s.APISecret, f.TwilioAPISecret, envAPISecret, true, nil)
	read(&s.BaseURL, f.TwilioBaseURL, envBaseURL, false, checkURL)
	read(&s.SMTPURL, f.SMTPURL, envSMTPURL, true, checkSMTP)
	read(&s.MailFrom, f.MailFrom, envMailFrom, false, checkAddress)
	if err == nil && s.SMTPURL != "" && s.MailFrom == "" {
		err = errors.New("AMENDS_MAIL_FROM is missing beside AMENDS_SMTP_URL: say whom the e-mails are from")
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if s.Listen == "" {
		s.Listen = "127.0.0.1:8080"
	}
	return s, err
}

// lookup gives a variable and the name it came by: its own, or that of NAME_FILE, which names a file with the secret.
func (m *Main) lookup(env string, secret bool) (name, value string, err error) {
	value, _ = m.Env(env)
	if !secret {
		return env, value, nil
	}
	file, _ := m.Env(env + "_FILE")
	switch {
	case file == "":
		return env, value, nil
	case value != "":
		return "", "", fmt.Errorf("%s and %s_FILE are both set: keep one of them", env, env)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("%s_FILE: the file %s can't be read: %s", env, file, cause(err))
	}
	value = strings.TrimSpace(string(data))
	if value == "" {
		return "", "", fmt.Errorf("%s_FILE: the file %s is empty", env, file)
	}
	return env + "_FILE", value, nil
}

// databaseURL is the database, SQLite in the data folder by default.
func (s settings) databaseURL() string {
	if s.DatabaseURL != "" {
		return s.DatabaseURL
	}
	return "sqlite:" + filepath.Join(s.Data, "amends.db")
}

// databaseFile is SQLite's file; embedded is false for PostgreSQL.
func (s settings) databaseFile() (path string, embedded bool) {
	path, embedded = strings.CutPrefix(s.databaseURL(), "sqlite:")
	return strings.TrimPrefix(path, "//"), embedded
}

// keysetFile is the keyset's file.
func (s settings) keysetFile() string {
	if s.Keyset != "" {
		return s.Keyset
	}
	return filepath.Join(s.Data, "keyset.json")
}

// clockFile is where a demo keeps its clock.
func (s settings) clockFile() string { return filepath.Join(s.Data, "clock.json") }

func flagName(env string) string {
	return "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(env, "AMENDS_"), "_", "-"))
}

func checkFolder(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is a file, and a folder is needed", path)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the folder %s can't be used: %s", path, cause(err))
	}
	return nil
}

func checkKeyset(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder, and the keyset's file is needed", path)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the keyset %s can't be read: %s", path, cause(err))
	}
	return nil
}

// checkDatabaseURL never gives the address back: it may hold a password.
func checkDatabaseURL(value string) error {
	scheme, rest, found := strings.Cut(value, ":")
	switch {
	case !found:
		return errors.New("the database's address has no scheme: write postgres://USER@HOST/NAME or sqlite:PATH")
	case scheme == "sqlite":
		if strings.Trim(rest, "/") == "" {
			return errors.New("the path is missing: write sqlite:PATH")
		}
		return nil
	case scheme == "postgres" || scheme == "postgresql":
		if address, err := url.Parse(value); err != nil || (address.Host == "" && address.Query().Get("host") == "") {
			return errors.New("this is not a PostgreSQL address: write postgres://USER:PASSWORD@HOST:PORT/NAME, with marks like @ : / # in the password percent-encoded")
		}
		return nil
	case strings.ContainsAny(scheme, "/@") || len(scheme) > 20:
		return errors.New("the database's address has no scheme: write postgres://USER@HOST/NAME or sqlite:PATH")
	default:
		return fmt.Errorf("there is no database of the kind %q: write postgres://… or sqlite:PATH", scheme)
	}
}

func checkListen(value string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%q is no address to listen on: write HOST:PORT, as in 127.0.0.1:8080", value)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return fmt.Errorf("%q has no port from 0 to 65535: write HOST:PORT, as in 127.0.0.1:8080", value)
	}
	return nil
}

func checkURL(value string) error {
	address, err := url.Parse(value)
	switch {
	case err != nil:
		return errors.New("this is no web address: write https://HOST, as in https://amends.example.org")
	case address.User != nil:
		return errors.New("a web address with a user or password in it is not taken: write https://HOST")
	case (address.Scheme != "http" && address.Scheme != "https") || address.Host == "":
		return fmt.Errorf("%q is no whole web address: it begins with http:// or https:// and names a host", value)
	case address.RawQuery != "" || address.Fragment != "":
		return fmt.Errorf("%q ends in a query or a fragment: write the address without it", value)
	}
	if port := address.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return fmt.Errorf("%q has no port from 0 to 65535", value)
		}
	}
	return nil
}

// cause is what the system said, without the path before it.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// checkSMTP never gives the address back: it may hold a password.
func checkSMTP(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtp+plain" {
		return errors.New("the mail server's address is not understood: write smtp://USER:PASSWORD@HOST:587")
	}
	return nil
}

func checkAddress(value string) error {
	if _, err := mail.ParseAddress(value); err != nil {
		return fmt.Errorf("%q is no e-mail address: write Amends <amends@example.org>", value)
	}
	return nil
}
