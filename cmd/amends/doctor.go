package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amends/bot/twilio"
	"amends/scheduler"
	"amends/store"
)

type doctorCommand struct{}

// Help is the page's further text.
func (doctorCommand) Help() string {
	return `Looks at configuration, database, schema, keys, clock, Twilio account and public address, changes nothing, and ends with status 1 if something is wrong. A note is worth reading and is no fault.`
}

const (
	// doctorPatience is how long one look over the network may take.
	doctorPatience = 10 * time.Second
	// clockTolerance is how far the machine's clock may be from Twilio's. Texts are timed to the minute.
	clockTolerance = 30 * time.Second
	// sealPatience is how long an entry may wait for its seal: a minute as a rule.
	sealPatience = 15 * time.Minute
	// codeWrongCredentials is Twilio's error for a SID and token that don't belong together.
	codeWrongCredentials = 20003
)

// doctor gathers what it finds and says it as it goes.
type doctor struct {
	m     *Main
	set   settings
	demo  bool // the data folder is a demo's
	wrong int
}

// Run runs the command.
func (c *doctorCommand) Run(ctx context.Context, m *Main, flags settingsFlags) error {
	d := &doctor{m: m}
	set, err := m.settings(flags)
	if err != nil {
		d.bad("Configuration", plain(err))
		return d.verdict()
	}
	d.set = set
	_, noClock := os.Stat(set.clockFile())
	d.demo = noClock == nil
	d.ok("Configuration", "is readable")
	d.folder()
	if s := d.database(ctx); s != nil {
		d.records(ctx, s)
		if err := s.Close(); err != nil {
			d.bad("Database", plain(err))
		}
	}
	d.clock(ctx)
	d.account(ctx)
	d.address(ctx)
	return d.verdict()
}

func (d *doctor) verdict() error {
	if d.wrong == 0 {
		fmt.Fprintln(d.m.Stdout, "\nNothing is wrong.")
		return nil
	}
	fmt.Fprintf(d.m.Stdout, "\n%s.\n", count(d.wrong, "thing")+" to mend")
	return silentError{}
}

func (d *doctor) ok(what, how string)   { d.say("ok", what, how) }
func (d *doctor) note(what, how string) { d.say("note", what, how) }
func (d *doctor) bad(what, how string) {
	d.wrong++
	d.say("WRONG", what, how)
}

func (d *doctor) say(mark, what, how string) {
	fmt.Fprintf(d.m.Stdout, "%-6s %-15s %s\n", mark, what, strings.TrimSuffix(how, "."))
}

// folder looks whether the data folder can be written to.
func (d *doctor) folder() {
	path, err := filepath.Abs(d.set.Data)
	if err != nil {
		path = d.set.Data
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		d.note("Data folder", path+" is not there yet; the first start makes it")
		return
	}
	probe, err := os.CreateTemp(path, ".doctor-*")
	if err != nil {
		d.bad("Data folder", fmt.Sprintf("%s can't be written to: %s; give it to the user that runs amends", path, cause(err)))
		return
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	d.ok("Data folder", path)
}

// database opens the database, if there is one, and looks at keys and schema.
func (d *doctor) database(ctx context.Context) *store.Store {
	file, embedded := d.set.databaseFile()
	_, missing := os.Stat(file)
	begun := !embedded || !errors.Is(missing, fs.ErrNotExist)

	keyset := d.set.keysetFile()
	keys := store.NewKeys()
	_, noKeys := os.Stat(keyset)
	switch {
	case !errors.Is(noKeys, fs.ErrNotExist):
		var err error
		if keys, err = store.LoadKeys(keyset); err != nil {
			d.bad("Keys", plain(err))
			return nil
		}
		d.ok("Keys", "the keyset "+keyset+" can be read; keep a copy of it, and not beside the database's")
	case embedded && begun:
		d.bad("Keys", "there is a database but no keyset at "+keyset+"; bring back the one it was begun with, or nothing in it can be read")
		return nil
	default:
		d.note("Keys", "there is no keyset at "+keyset+" yet; the first start makes it")
	}
	if !begun {
		d.note("Database", "there is none at "+file+" yet; the first start makes it")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	s, err := store.Open(ctx, store.Options{URL: d.set.databaseURL(), Keys: keys})
	if err != nil {
		d.bad("Database", plain(err))
		return nil
	}
	if err := s.Ping(ctx); err != nil {
		d.bad("Database", plain(err))
		return s
	}
	d.ok("Database", map[string]string{"sqlite": "SQLite, answers", "postgres": "PostgreSQL, answers"}[s.Dialect()])
	have, want, err := s.Version(ctx)
	switch {
	case err != nil:
		d.bad("Schema", plain(err))
	case have == want:
		d.ok("Schema", fmt.Sprintf("%d, as this program needs it", have))
	default:
		d.note("Schema", fmt.Sprintf("%d, and this program needs %d; amends serve brings it up, or amends migrate now", have, want))
	}
	if have == want {
		return s
	}
	if err := s.Close(); err != nil {
		d.bad("Database", plain(err))
	}
	return nil
}

// records looks at programs and at the alarms that stand.
func (d *doctor) records(ctx context.Context, s *store.Store) {
	var programs []store.Program
	var alarms []store.Alarm
	var seal store.SealStanding
	err := s.View(ctx, func(tx *store.Tx) (err error) {
		if programs, err = tx.Programs(); err != nil {
			return err
		}
		if seal, err = tx.SealStanding(); err != nil {
			return err
		}
		alarms, err = tx.Alarms()
		return err
	})
	if err != nil {
		d.bad("Database", plain(err))
		return
	}
	if len(programs) == 0 {
		d.note("Programs", "there is none yet; amends program apply FILE adds one")
	} else {
		d.ok("Programs", count(len(programs), "program"))
	}
	d.seal(seal)
	for _, alarm := range alarms {
		d.bad("Alarm", fmt.Sprintf("%s, since %s, %s", alarm.Kind, alarm.RaisedAt.Time().Format(time.RFC3339), count(int(alarm.Times), "time")))
	}
}

// seal looks how far the seal is behind the log. A service seals each minute.
func (d *doctor) seal(seal store.SealStanding) {
	now, _, err := d.m.clockOf(d.set)
	if err != nil {
		return // told by clock
	}
	waits := age(seal.Oldest, now()).Round(time.Second)
	switch {
	case waits > sealPatience:
		d.bad("Log", fmt.Sprintf("entries not sealed: %d, the oldest for %s; amends serve seals each minute: see that it runs, and what its log says", seal.Unsealed, waits))
	case seal.Unsealed > 0:
		d.ok("Log", fmt.Sprintf("entries not sealed yet: %d; amends serve seals each minute", seal.Unsealed))
	case seal.SealedAt == 0:
		d.ok("Log", "is empty")
	default:
		d.ok("Log", "all of it is sealed, the last at "+seal.SealedAt.Time().Format(time.RFC3339)+"; amends audit verify checks it")
	}
}

// clock compares the machine's clock with that of the provider.
func (d *doctor) clock(ctx context.Context) {
	if d.demo {
		kept, err := scheduler.NewClock(d.m.Now, d.set.clockFile())
		if err != nil {
			d.bad("Clock", plain(err))
			return
		}
		d.note("Clock", "this data folder is a demo's; its clock says "+kept.Now().Format(time.RFC3339))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	base := d.set.BaseURL
	if base == "" {
		base = twilio.DefaultBaseURL
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, base, nil)
	if err != nil {
		d.bad("Clock", "Twilio's address is none")
		return
	}
	begun := d.m.Now()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		d.note("Clock", "could not be compared with Twilio's, which did not answer; make sure that time is kept by NTP")
		return
	}
	_ = answer.Body.Close()
	theirs, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		d.note("Clock", "could not be compared with Twilio's; make sure that time is kept by NTP")
		return
	}
	ours := begun.Add(d.m.Now().Sub(begun) / 2)
	if apart := ours.Sub(theirs).Abs(); apart > clockTolerance {
		d.bad("Clock", fmt.Sprintf("is %s from Twilio's; keep the machine's time by NTP", apart.Round(time.Second)))
		return
	}
	d.ok("Clock", "agrees with Twilio's")
}

// account asks Twilio whether the credentials are good.
func (d *doctor) account(ctx context.Context) {
	err := d.set.needTwilio()
	if err != nil && d.demo {
		d.note("Twilio account", "none is set, and a demo needs none: it has its own")
		return
	}
	if err != nil {
		sentence, _, _ := strings.Cut(err.Error(), ", or try")
		d.bad("Twilio account", sentence)
		return
	}
	client, err := twilio.New(twilio.Config{AccountSID: d.set.AccountSID, AuthToken: d.set.AuthToken, APIKey: d.set.APIKey,
		APISecret: d.set.APISecret, BaseURL: d.set.BaseURL, Timeout: doctorPatience})
	if err != nil {
		d.bad("Twilio account", err.Error())
		return
	}
	err = client.Account(ctx)
	failed, _ := errors.AsType[*twilio.SendError](err)
	switch {
	case err == nil:
		d.ok("Twilio account", "the credentials are good")
	case failed != nil && (failed.Code == codeWrongCredentials || failed.HTTPStatus == http.StatusUnauthorized):
		d.bad("Twilio account", "Twilio refuses the credentials; compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or the API key) with the console's")
	case failed != nil && failed.HTTPStatus == 0:
		d.bad("Twilio account", "Twilio does not answer; look at the way out to the internet, and at TWILIO_BASE_URL where it is set")
	default:
		d.bad("Twilio account", err.Error())
	}
}

// address looks at the address that Twilio reaches us by.
func (d *doctor) address(ctx context.Context) {
	const what = "Public address"
	public := d.set.PublicURL
	switch {
	case public == "" && d.demo:
		d.note(what, "none is set, and a demo needs none")
		return
	case public == "":
		d.reach(what, "AMENDS_PUBLIC_URL is not set: Twilio can't post what comes in; set it to the https address of this service")
		return
	}
	address, err := url.Parse(public)
	if err != nil {
		d.bad(what, "is no web address")
		return
	}
	if host := address.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
		d.reach(what, public+" is this machine's own: Twilio can't reach it; set AMENDS_PUBLIC_URL to the https address of this service")
	} else if address.Scheme != "https" {
		d.note(what, public+" is not https: whoever is on the way reads the texts")
	}
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, public+twilio.StatusPath, strings.NewReader("MessageSid=doctor"))
	if err != nil {
		d.bad(what, "is no web address")
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
			d.bad(what, "the host of "+public+" is not known to the domain name system")
			return
		}
		d.note(what, "nobody answers at "+public+" from here; is amends serve running, and the proxy before it?")
		return
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden { // what an unsigned request gets
		d.bad(what, fmt.Sprintf("%s answers %d to an unsigned request, where amends answers 403; the proxy before it must hand on /twilio/ with body and path as they are",
			public, answer.StatusCode))
		return
	}
	d.ok(what, public+" is answered, and unsigned requests are refused")
}

// reach is a fault where Twilio itself is to reach us, and a note where a test double does.
func (d *doctor) reach(what, how string) {
	if d.set.BaseURL == "" {
		d.bad(what, how)
	} else {
		d.note(what, how)
	}
}
