package desk_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/emulator/desk"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "secret"

	program = "+13125550000"
	second  = "+16025550000"
	alex    = "+13125550101"
	jordan  = "+13125550102"
	noa     = "+13125550103"
	dana    = "+13125550100"
	kim     = "+13125550110"
)

// world is a small service on the real emulator: it echoes what a phone writes, and sends what was planned.
type world struct {
	emulator *emulator.Emulator

	mu      sync.Mutex
	now     time.Time
	planned []plan
	sent    int
	silent  atomic.Bool // the webhook is answered with an error
	broken  error
}

// plan is a text that falls due.
type plan struct {
	at             time.Time
	to, from, body string
}

func newWorld(at time.Time) *world {
	w := &world{now: at}
	w.emulator = emulator.New(emulator.Options{
		AccountSID: account, AuthToken: token, Now: w.Now, Rand: rand.New(rand.NewPCG(1, 2)),
		Numbers: []string{program, second}, Pace: emulator.Pace{Sending: 1, Sent: 2, Delivered: 3},
		InboundURL:    "http://service.test/twilio/inbound",
		WebhookClient: &http.Client{Transport: emulator.InProcess(http.HandlerFunc(w.inbound))},
	})
	return w
}

func (w *world) inbound(rw http.ResponseWriter, r *http.Request) {
	if w.silent.Load() {
		http.Error(rw, "no", http.StatusInternalServerError)
		return
	}
	from, to, body := r.PostFormValue("From"), r.PostFormValue("To"), r.PostFormValue("Body")
	switch {
	case strings.HasPrefix(body, "PAID"):
		w.text(from, to, "Got it: $50.00 paid on Tue Mar 3. $250.00 to go, once it is confirmed. Wrong? Reply FIX.")
		w.text(alex, to, "RRJ: Did it arrive? 1 yes 2 no 3 in part")
	case body == "twice":
		w.text(from, to, "one")
		w.text(from, to, "two")
	case body != "quiet" && !strings.EqualFold(body, "stop"):
		w.text(from, to, "You wrote: "+body)
	}
}

// text sends one through Twilio's API.
func (w *world) text(to, from, body string) {
	form := url.Values{"To": {to}, "From": {from}, "Body": {body}}
	r, _ := http.NewRequest(http.MethodPost, "http://twilio.test/2010-04-01/Accounts/"+account+"/Messages.json", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(account, token)
	response, err := w.emulator.Transport().RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusCreated {
		w.mu.Lock()
		w.sent++
		w.mu.Unlock()
	}
}

// plan lets a text fall due later.
func (w *world) plan(at time.Time, to, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.planned = append(w.planned, plan{at, to, program, body})
	slices.SortStableFunc(w.planned, func(a, b plan) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) Next(context.Context) (time.Time, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.planned) == 0 {
		return time.Time{}, false, w.broken
	}
	return w.planned[0].at, true, w.broken
}

func (w *world) MoveTo(ctx context.Context, t time.Time) (int, error) {
	w.mu.Lock()
	before := w.sent
	w.mu.Unlock()
	for {
		at, due, err := w.Next(ctx)
		if err != nil {
			return 0, err
		}
		if !due || at.After(t) {
			at, due = t, false
		}
		w.mu.Lock()
		w.now = at
		var now plan
		if due {
			now, w.planned = w.planned[0], w.planned[1:]
		}
		w.mu.Unlock()
		if due {
			w.text(now.to, now.from, now.body)
		}
		if _, err := w.emulator.Do(ctx, at.Add(time.Millisecond)); err != nil {
			return 0, err
		}
		if !due {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.sent - before, nil
		}
	}
}

func (w *world) Settle(ctx context.Context) (int, error) { return w.MoveTo(ctx, w.Now()) }

// people are two cases, one of them with a phone in another zone, and two of the staff.
func people(context.Context) ([]desk.Person, error) {
	base := desk.Person{Program: "Riverside Restorative Justice", ProgramNumber: program, Zone: "America/Chicago", Language: "en"}
	with := func(number, name, role, reference, language string) desk.Person {
		p := base
		p.Number, p.Name, p.Role, p.Case, p.Language = number, name, role, reference, language
		return p
	}
	abroad := with(noa, "נועה לוי", "is owed", "RJ-2026-0150", "he")
	abroad.Zone = "Pacific/Honolulu"
	return []desk.Person{
		with(dana, "Dana Ortiz", "mediator", "", "en"),
		with(alex, "Alex Kim", "is owed", "RJ-2026-0142", "en"),
		with(jordan, "Jordan Fox", "owes", "RJ-2026-0142", "es"),
		abroad,
		with(jordan, "Jordan Fox", "owes", "RJ-2026-0150", "es"),
		with(kim, "Kim Park", "coordinator", "", "en"),
	}, nil
}

var _ desk.World = (*world)(nil)

// start is a Monday morning in Chicago.
func start() time.Time { return time.Date(2026, 3, 2, 15, 31, 0, 0, time.UTC) }

func chicago(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// open serves the demo over HTTP.
func open(t testing.TB, w *world) *httptest.Server {
	t.Helper()
	done := make(chan struct{})
	server := httptest.NewServer(desk.New(desk.Config{World: w, Emulator: w.emulator, People: people, Zone: chicago(t), Done: done}))
	t.Cleanup(func() {
		close(done)
		server.Close()
	})
	return server
}

// lived is a world in which some days have gone by.
func lived(t testing.TB) *world {
	t.Helper()
	w := newWorld(start().AddDate(0, 0, -3))
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 2, 27+day, hour, minute, 0, 0, chicago(t))
	}
	ctx := context.Background()
	must := func(_ int, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	say := func(from, body string) {
		t.Helper()
		if _, err := w.emulator.Write(ctx, from, program, body); err != nil {
			t.Fatal(err)
		}
		must(w.Settle(ctx))
	}
	w.plan(at(0, 10, 0), jordan, "Riverside RJ: Queremos escribirle sobre lo que usted acordó, unos 4 mensajes al mes. Pueden aplicar tarifas. HELP para ayuda, STOP para no recibir más. Responda 1 para aceptar, 2 para no.")
	w.plan(at(0, 10, 2), alex, "RRJ: A few questions, whenever you have a minute. Are you safe? 1 yes 2 no 3 not sure")
	must(w.MoveTo(ctx, at(0, 11, 15)))
	say(jordan, "1")
	say(alex, "quiet")
	w.plan(at(2, 9, 40), jordan, "Riverside RJ: El viernes 6 de marzo vence un pago de $50.00. Responda PAID 50, LATER viernes, o 0 para ayuda.")
	w.plan(at(2, 17, 5), alex, "How are you, 1 to 5?")
	w.plan(at(3, 9, 12), dana, "Riverside RJ: RJ-2026-0142, extension asked for, since Mon 9:10 AM. Code 7. Reply 1 to grant, 2 to decline, or PASS 7.")
	must(w.MoveTo(ctx, start()))
	say(alex, "4 🙂")
	w.plan(start().Add(26*time.Hour), alex, "Has what was due arrived? 1 yes 2 no")
	w.plan(start().Add(31*time.Hour), kim, "Riverside RJ: RJ-2026-0142, not acknowledged by the mediator. Code 7.")
	return w
}
