package simulation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"amends/bot"
	"amends/bot/emulator"
	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/flows"
	"amends/scheduler"
	"amends/store"
	"amends/store/intake"
	"amends/templates"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	authToken  = "tokenofthesimulation00000000001"
	publicURL  = "http://amends.test"
)

// kit is what all worlds share: it is read and never changed.
type kit struct {
	book   *templates.Book
	flows  *flows.Catalogue
	reader *understand.Reader
	keys   *store.Keys
	empty  []byte // a database with its schema and nothing in it
}

// world is one installation with its town and its phones, in virtual time. It is lived by one
// goroutine.
type world struct {
	kit    *kit
	seed   uint64
	faults bool
	folder string

	now, begin, end time.Time
	agenda          agenda
	people          chance
	fate            chance
	ids             *ids
	jitter          chance

	town   *town
	phones *emulator.Emulator
	client *twilio.Client
	store  *store.Store
	bot    *bot.Bot
	sched  *scheduler.Scheduler
	hooks  http.RoundTripper
	log    *slog.Logger

	words map[string]ownWords // by a program's folder

	up        bool
	crashed   bool      // the service has died in the middle of something
	gone      bool      // the database
	cut       bool      // the way to the provider
	calm      bool      // nothing breaks any more: the end is near
	dirty     bool      // something was done that may have brought something about
	due       time.Time // when the scheduler has something to do next
	downSince time.Time
	unsure    time.Time // until when a status may bring something about

	record *record
	told   func(done time.Duration) // of progress
}

// ownWords are the words of a program's own folder.
type ownWords struct {
	flows *flows.Catalogue
	book  *templates.Book
}

// newWorld makes a world in a folder of its own.
func newWorld(k *kit, o Options, seed uint64, cases int, folder string) (*world, error) {
	w := &world{kit: k, seed: seed, faults: o.Faults, folder: folder, begin: beginning(seed),
		people: newChance(seed, ofPeople), fate: newChance(seed, ofFaults), jitter: newChance(seed, ofJitter),
		ids: &ids{c: newChance(seed, ofIDs)}, record: newRecord(), words: map[string]ownWords{}}
	w.now, w.end = w.begin, w.begin.AddDate(0, 0, o.Days)
	own := filepath.Join(folder, "words")
	err := writeItems(own)
	if err != nil {
		return nil, err
	}
	if w.town, err = newTown(newChance(seed, ofTown), cases, w.begin, w.end, own); err != nil {
		return nil, err
	}
	w.record.town, w.record.begin, w.record.end = w.town, w.begin, w.end
	w.log = slog.New(slog.NewTextHandler(w.record.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.phones = emulator.New(emulator.Options{
		AccountSID: accountSID, AuthToken: authToken, Now: w.clock, Rand: newChance(seed, ofPhones), Numbers: w.town.numbers(),
		InboundURL: publicURL + twilio.InboundPath, WebhookClient: &http.Client{Transport: inward{w}}, Log: w.log,
		Pace:  emulator.Pace{Sending: time.Second, Sent: time.Second, Delivered: pace},
		After: w.after,
	})
	w.client, err = twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, HTTP: &http.Client{Transport: outward{w, w.phones.Transport()}}})
	return w, err
}

// writeItems writes a program's own folder with stand-ins for the WHO-5's items, whose words are the WHO's.
func writeItems(folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, "sms"), 0o700); err != nil {
		return err
	}
	for lang, scale := range map[string]string{"en": "0 to 5?", "es": "¿de 0 a 5?"} {
		file := "language: " + lang + "\nparty:\n"
		for i := 1; i <= 5; i++ {
			file += fmt.Sprintf("  who5.item%d: \"%d of 5. %s\"\n", i, i, scale)
		}
		if err := os.WriteFile(filepath.Join(folder, "sms", lang+".yaml"), []byte(file), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pace is how long a text is on its way to its phone.
const pace = 2 * time.Second

// beginning is when a world begins: some day of two years, so that clocks change at any point of a run.
func beginning(seed uint64) time.Time {
	return time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC).AddDate(0, 0, newChance(seed, ofTown).IntN(600))
}

// clock is the world's one clock.
func (w *world) clock() time.Time { return w.now }

// after lets time pass while somebody waits for a slow answer.
func (w *world) after(d time.Duration) <-chan time.Time {
	w.now = w.now.Add(d)
	over := make(chan time.Time, 1)
	over <- w.now
	return over
}

// live lives through the world.
func (w *world) live(ctx context.Context) error {
	if err := os.WriteFile(w.file(), w.kit.empty, 0o600); err != nil {
		return err
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	for _, a := range w.town.agencies {
		if _, err := w.bot.ApplyProgram(ctx, a.program, false); err != nil {
			return err
		}
	}
	for _, m := range w.town.cases {
		w.agenda.add(m.opens, func() { w.open(ctx, m) })
	}
	w.settleIn(ctx)
	w.misfortunes(ctx)
	w.keepHouse(ctx)
	w.look(ctx)
	day := w.begin
	for {
		at, ok := w.next()
		if !ok || at.After(w.end) {
			break
		}
		if at.After(w.now) {
			w.now = at
		}
		for w.agenda.run(w.now) {
		}
		if _, err := w.phones.Do(ctx, w.now); err != nil {
			return err
		}
		w.serve(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.told != nil && w.now.Sub(day) > 24*time.Hour {
			w.told(w.now.Sub(day))
			day = w.now
		}
	}
	if w.told != nil {
		w.told(w.end.Sub(day))
	}
	if w.now.Before(w.end) {
		w.now = w.end
	}
	w.calm, w.gone, w.cut = true, false, false
	w.comeUp(ctx) // unless it runs
	w.interrogate(ctx)
	if err := w.verify(ctx); err != nil {
		return err
	}
	return w.stop()
}

// file is the database's.
func (w *world) file() string { return filepath.Join(w.folder, "amends.db") }

// next is when anybody has something to do.
func (w *world) next() (time.Time, bool) {
	at, ok := w.agenda.next()
	sooner := func(t time.Time, there bool) {
		if there && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	sooner(w.phones.Next())
	sooner(w.now, w.up && w.dirty)
	sooner(w.due, w.up && !w.due.IsZero())
	return at, ok
}

// start starts the service: at the beginning, and after a crash or an outage.
func (w *world) start(ctx context.Context) error {
	w.crashed, w.up = false, false
	s, err := store.Open(ctx, store.Options{URL: "sqlite:" + w.file(), Keys: w.kit.keys, Log: w.log, NoSync: true, Alone: true, Meddle: w.meddle})
	if err != nil {
		return err
	}
	w.store, w.up, w.dirty = s, true, true
	w.bot = bot.New(bot.Config{Store: s, Book: w.kit.book, Flows: w.kit.flows, Reader: w.kit.reader, Now: w.clock, NewID: w.ids.next, PublicURL: publicURL, Log: w.log,
		Words: w.readWords})
	w.sched = scheduler.New(scheduler.Config{Store: s, Bot: w.bot, Client: w.client, Now: w.clock, Rand: w.jitter.Float64, NewID: w.ids.next,
		PublicURL: publicURL, Log: w.log, Workers: 1})
	hooks := twilio.NewWebhooks(twilio.WebhookConfig{AuthTokens: []string{authToken}, AccountSID: accountSID, PublicURL: publicURL, Receiver: w.bot, Log: w.log})
	w.hooks = emulator.InProcess(hooks)
	return nil
}

// readWords reads a program's own words once a world, however often the service is started again.
func (w *world) readWords(folder string) (*flows.Catalogue, *templates.Book, error) {
	if own, ok := w.words[folder]; ok {
		return own.flows, own.book, nil
	}
	catalogue, book, err := bot.Words(folder)
	if err == nil {
		w.words[folder] = ownWords{catalogue, book}
	}
	return catalogue, book, err
}

// stop ends the service in good order.
func (w *world) stop() error {
	w.up = false
	return w.store.Close()
}

// serve does what the scheduler would, if there is something.
func (w *world) serve(ctx context.Context) {
	if !w.up || !w.dirty && (w.due.IsZero() || w.due.After(w.now)) {
		return
	}
	w.dirty = false
	r, err := w.sched.Do(ctx, w.now)
	w.note(err)
	switch {
	case w.fallen(ctx):
	case err != nil:
		w.due = w.now.Add(retryAfter)
	case !r.Next.IsZero() && !r.Next.After(w.now):
		w.due = w.now.Add(time.Second)
	default:
		w.due = r.Next
	}
}

// retryAfter is how long the service waits when what is due could not be done. In life it is a second.
const retryAfter = 20 * time.Second

// note keeps what an error says, for it may say too much.
func (w *world) note(err error) {
	if err != nil {
		w.record.log.line([]byte(err.Error()))
	}
}

// open puts a case on record, as somebody at a desk does; if that fails they try again.
func (w *world) open(ctx context.Context, m *matter) {
	w.ask(ctx, func() error {
		changes, err := w.bot.AddCases(ctx, []intake.Case{m.file}, false)
		if err == nil && len(changes) == 1 && changes[0].Did == "added" {
			m.opens = w.now
		}
		m.entered = m.entered || err == nil
		return err
	})
}

// ask has somebody do something at a desk, now or as soon as the service is there. What the service
// refuses with a reason is left.
func (w *world) ask(ctx context.Context, do func() error) {
	again := func() { w.agenda.add(w.now.Add(10*time.Minute), func() { w.ask(ctx, do) }) }
	if !w.up {
		again()
		return
	}
	err := do()
	w.note(err)
	w.dirty = true
	if w.fallen(ctx) {
		again()
		return
	}
	var refused *store.Error
	if errors.As(err, &refused) && refused.Code == store.Internal {
		again()
	} else if err != nil && refused == nil {
		w.record.broken = append(w.record.broken, fmt.Sprintf("at a desk: %v", err))
	}
}

// look compares the provider's texts with ours: at the start of the service and each quarter of an
// hour while one may be missing. In life it is each quarter of an hour; where none is missing that
// changes nothing.
func (w *world) look(ctx context.Context) {
	if !w.up {
		return
	}
	_, err := w.sched.Reconcile(ctx, w.now)
	w.note(err)
	w.dirty = true
	if !w.fallen(ctx) && err != nil {
		w.lookLater(ctx)
	}
}

func (w *world) lookLater(ctx context.Context) {
	w.agenda.add(w.now.Add(15*time.Minute), func() { w.look(ctx) })
}
