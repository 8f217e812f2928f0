//go:build !race

package main_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/store/storetest"
	"amends/templates/pagetest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// Who else works there, and who elsewhere.
const (
	auditorAndAdministrator = `
  - {key: ada,  name: Ada Moss,   role: auditor}
  - {key: ned,  name: Ned Roth,   role: administrator, email: ned@example.org}
`
	lakesideFile = `
program: lakeside
name: Lakeside Mediation
sender: Lakeside
discreet_sender: LM
from: "+13125559000"
time_zone: America/Chicago
languages: [en]
staff:
  - {key: lou, name: Lou Finch, role: mediator, phone: "+13125559100"}
  - {key: eve, name: Eve Hart, role: coordinator, phone: "+13125559101"}
`
	password = "seven quiet herons"

	danaPhone  = "+13125550100"
	samPhone   = "+13125550109"
	kimPhone   = "+13125550110"
	alexPhone  = "+13125550101" // is owed, case RJ-2026-0142
	rileyPhone = "+13125550103" // is owed, case RJ-2026-0143
)

// site is a demo of two programs, in a database of a kind, with two cases of Dana's whose backup is Sam and one of Sam's alone.
func site(t *testing.T, dialect string) *stage {
	t.Helper()
	env := map[string]string{}
	if dialect == "postgres" {
		env["AMENDS_DATABASE_URL"] = storetest.Empty(t, dialect)
	}
	both := strings.Replace(caseFile, `time_zone: America/Chicago}
agreement`, `time_zone: America/Chicago, consent: {on: 2026-03-02, how: signed form}}
agreement`, 1)
	second := strings.NewReplacer("0142", "0143", "0101", "0103", "0102", "0104", "Alex Kim", "Riley Stone", "Jordan Fox", "Casey Lane").Replace(both)
	third := strings.NewReplacer("0142", "0144", "0101", "0105", "0102", "0106", "Alex Kim", "Noor Haddad", "Jordan Fox", "Terry Blake",
		"mediator: dana", "mediator: sam", "backup: sam\n", "").Replace(both)
	return demoOn(t, env, "--at", "2026-03-02T16:00:00Z",
		"--program", write(t, "riverside.yaml", strings.TrimRight(programFile, "\n")+auditorAndAdministrator), "--program", write(t, "lakeside.yaml", lakesideFile),
		"--case", write(t, "first.yaml", both), "--case", write(t, "second.yaml", second), "--case", write(t, "third.yaml", third))
}

// as opens a window of somebody who signs in with one click.
func (s *stage) as(name string) *pagetest.Tab {
	s.t.Helper()
	p := pagetest.Open(s.t, s.address)
	p.See(1280, 860, "light")
	p.Go("/signin")
	p.Press(buttonOf(p, ".people button", name))
	return p
}

// buttonOf is the button of a list that bears a name.
func buttonOf(p *pagetest.Tab, list, name string) string {
	p.Helper()
	n := pagetest.Ask[int](p, `[...document.querySelectorAll(%q)].findIndex(b => { if (!b.textContent.includes(%q)) return false; b.id = 'found'; return true })`, list, name)
	if n < 0 {
		p.Fatalf("no %s has %q:\n%s", list, name, p.Text())
	}
	return "#found"
}

// shows waits until a phone's page shows a text of the service with that in it.
func shows(phone *pagetest.Tab, words string) {
	phone.Helper()
	phone.Until(`[...document.querySelectorAll('.got .words')].some(p => p.textContent.includes(%q))`, words)
}

// TestAcknowledgedOnThePage has two people write that they are in danger. The mediator's phone shows the alerts; on her page she
// takes one of them in hand. The next step of the ladder goes for the other alone.
func TestAcknowledgedOnThePage(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := site(t, dialect)
			s.move("1m")
			page := s.as("Dana Ortiz")
			phone := page.Beside(s.address)
			phone.Show("/phones/"+danaPhone, 1280, 860, "light")
			for _, from := range []string{alexPhone, rileyPhone} {
				s.call("POST", "/demo/phones/"+from, map[string]string{"text": "he is outside my house with a knife"}, nil)
			}
			shows(phone, "0142")
			shows(phone, "0143")

			page.Go("/")
			page.Says("Urgent Not safe", "RJ-2026-0142", "Alex Kim", "Dana Ortiz to act", "2 urgent 2 waiting")
			path := pagetest.Ask[string](page, `[...document.querySelectorAll('.rows > li')].find(l => l.textContent.includes('0142')).querySelector('form[action$="/ok"]').getAttribute('action')`)
			if code := page.Press(fmt.Sprintf(`form[action=%q] button`, path)); code != 200 {
				t.Errorf("acknowledging answers %d", code)
			}
			page.Says("In your hands now.", "1 urgent 1 waiting 1 in hand", "in the hands of Dana Ortiz")
			page.Go(strings.TrimSuffix(path, "/ok"))
			page.Says("In the hands of Dana Ortiz", "Acknowledged")
			if told := page.Text(); !regexp.MustCompile(`Mar 2, 2026, 10:0\d AM\s+Acknowledged Dana Ortiz`).MatchString(told) {
				t.Errorf("the page does not say who acknowledged and when:\n%s", told)
			}

			// An hour is four steps: to the backup, to the coordinator, and round again.
			phone.Press(`[data-number="` + samPhone + `"]`)
			phone.Do(chromedp.Click(`button[value=hour]`, chromedp.NodeVisible))
			phone.Until(`/11:\d\d AM/.test(document.getElementById('now').textContent)`)
			for _, number := range []string{samPhone, kimPhone} {
				phone.Press(`[data-number="` + number + `"]`)
				shows(phone, "0143")
				if got := pagetest.Ask[string](phone, `[...document.querySelectorAll('.got .words')].map(p => p.textContent).join('\n')`); strings.Contains(got, "0142") {
					t.Errorf("%s is alerted of what is in hand:\n%s", number, got)
				}
			}
			page.Go("/")
			page.Says("RJ-2026-0143", "Sam Lee to act", "in the hands of Dana Ortiz")
		})
	}
}

// TestReceiptOnThePage records a receipt: the picture, the table and the ledger say the same, to the cent.
func TestReceiptOnThePage(t *testing.T) {
	t.Parallel()
	s := site(t, "sqlite")
	p := s.as("Kim Park")
	p.Go("/cases/RJ-2026-0142")
	received := func() (drawn string, height float64, cells []string) {
		drawn = pagetest.Ask[string](p, `document.querySelector('svg.plot[role=img]').getAttribute('aria-label')`)
		// How high the line of what came stands at its end, of the whole height.
		height = pagetest.Ask[float64](p, `(() => { const came = document.querySelector('svg.plot[role=img] .came');
			const axes = [...document.querySelectorAll('svg.plot[role=img] .axis')].map(a => a.getBBox().y);
			return came ? came.getBBox().height / (Math.max(...axes) - Math.min(...axes)) : 0 })()`)
		cells = pagetest.Ask[[]string](p, `[...document.querySelector('#commitments table, section[id] table').querySelectorAll('tbody tr')].map(r => r.children[2].textContent)`)
		return drawn, height, cells
	}
	drawn, height, cells := received()
	if !strings.Contains(drawn, "$0.00 of $600.00") || height != 0 || !slices.Equal(cells, slices.Repeat([]string{"$0.00"}, 6)) {
		t.Fatalf("before, it shows %q, %v, %q", drawn, height, cells)
	}
	p.Do(chromedp.Click(buttonOf(p, "summary", "Record a receipt")))
	p.Until(`document.activeElement.name === 'amount'`)
	p.Do(chromedp.KeyEvent("133.37"))
	p.Type(`details[open] input[name=why]`, "money order seen")
	if code := p.Press(`details[open] button.main`); code != 200 {
		t.Errorf("recording answers %d", code)
	}
	p.Says("The receipt is recorded.", "Outstanding $466.63", "Received $133.37", "money order seen")
	drawn, height, cells = received()
	if !strings.Contains(drawn, "$133.37 of $600.00") {
		t.Errorf("the picture says %q", drawn)
	}
	if want := 133.37 / 600; height < want-.01 || height > want+.01 {
		t.Errorf("the picture shows %.3f of the whole, and %.3f came", height, want)
	}
	if want := []string{"$100.00", "$33.37", "$0.00", "$0.00", "$0.00", "$0.00"}; !slices.Equal(cells, want) {
		t.Errorf("the table says %q, want %q", cells, want)
	}
	var report struct {
		Restitution []struct {
			Received    int64 `json:"received_cents"`
			Outstanding int64 `json:"outstanding_cents"`
		}
	}
	if err := json.Unmarshal([]byte(must(t, map[string]string{"AMENDS_DATA": s.data}, "", "case", "show", "RJ-2026-0142", "--format", "json")), &report); err != nil {
		t.Fatal(err)
	}
	if r := report.Restitution[0]; r.Received != 13337 || r.Outstanding != 46663 {
		t.Errorf("the ledger says %+v", r)
	}
}

// TestRefusedOnThePage has everybody try what is not for them: they are told so in a sentence, and the page bears nothing of
// what they may not see.
func TestRefusedOnThePage(t *testing.T) {
	t.Parallel()
	s := site(t, "sqlite")
	s.move("1m")
	s.call("POST", "/demo/phones/"+alexPhone, map[string]string{"text": "he is outside my house with a knife"}, nil)
	s.call("POST", "/demo/phones/+13125550105", map[string]string{"text": "he is outside my house with a knife"}, nil)
	urgent := func(ref string) string {
		p := s.as("Kim Park")
		p.Go("/cases/" + ref)
		return pagetest.Ask[string](p, `document.querySelector('form[action$="/ok"]').getAttribute('action').slice(0, -3)`)
	}
	first, third := urgent("RJ-2026-0142"), urgent("RJ-2026-0144")

	const noCase, noEscalation, notYours = "There is no such case.", "There is no such escalation.", "This is not for your role."
	ofFirst := []string{"Alex", "Jordan", "555-0101", "5550101", "knife", "$600"}
	ofThird := []string{"Noor", "Terry", "555-0105", "5550105", "knife", "$600"}
	receipt := map[string]string{"commitment": "money", "amount": "10", "why": "x"}
	for _, try := range []struct {
		who    string
		path   string
		form   map[string]string // nil: only looks
		status int64
		says   string
		lacks  []string
	}{
		// A mediator: another's case, and what is the program's.
		{"Dana Ortiz", "/cases/RJ-2026-0144", nil, 404, noCase, ofThird},
		{"Dana Ortiz", "/cases/RJ-2026-0144/report.pdf", nil, 404, noCase, ofThird},
		{"Dana Ortiz", "/cases/RJ-2026-0144/receipt", receipt, 404, noCase, ofThird},
		{"Dana Ortiz", third, nil, 404, noEscalation, ofThird},
		{"Dana Ortiz", third + "/ok", map[string]string{}, 404, noEscalation, ofThird},
		{"Dana Ortiz", "/log", nil, 403, "Choose one of your cases", ofThird},
		{"Dana Ortiz", "/log?case=RJ-2026-0144", nil, 404, noCase, ofThird},
		{"Dana Ortiz", "/program", nil, 403, notYours, nil},
		{"Dana Ortiz", "/people", nil, 403, notYours, []string{"Kim Park", "555-0110"}},
		{"Dana Ortiz", "/import", nil, 403, notYours, nil},
		// A coordinator: what an administrator does.
		{"Kim Park", "/people/dana/invite", map[string]string{}, 403, notYours, []string{"/welcome/"}},
		{"Kim Park", "/people/dana/factor", map[string]string{}, 403, notYours, nil},
		// An auditor: acting.
		{"Ada Moss", "/cases/RJ-2026-0142/receipt", receipt, 403, notYours, ofFirst},
		{"Ada Moss", first + "/ok", map[string]string{}, 403, notYours, ofFirst},
		{"Ada Moss", "/people/dana/absence", map[string]string{"until": "2026-04-01"}, 403, notYours, nil},
		{"Ada Moss", "/import", nil, 403, notYours, nil},
		// An administrator, and a person of another program: what is behind its wall.
		{"Ned Roth", "/people/lou/invite", map[string]string{}, 404, "There is no such person.", []string{"Lou Finch", "/welcome/"}},
		{"Eve Hart", "/cases/RJ-2026-0142", nil, 404, noCase, ofFirst},
		{"Eve Hart", "/cases/RJ-2026-0142/receipt", receipt, 404, noCase, ofFirst},
		{"Eve Hart", first, nil, 404, noEscalation, ofFirst},
		{"Eve Hart", first + "/done", map[string]string{"note": "x"}, 404, noEscalation, ofFirst},
		{"Eve Hart", "/log?case=RJ-2026-0142", nil, 404, noCase, ofFirst},
		{"Eve Hart", "/people/dana/absence", map[string]string{"until": "2026-04-01"}, 404, "There is no such person.", []string{"Dana"}},
	} {
		p := s.window(try.who)
		var got int64
		if try.form == nil {
			got = p.Go(try.path)
		} else {
			p.Go("/")
			got = p.Post(try.path, try.form)
		}
		if got != try.status {
			t.Errorf("%s at %s is answered %d, want %d", try.who, try.path, got, try.status)
		}
		p.Says(try.says)
		p.Lacks(try.lacks...)
	}

	// What they see has nothing in it of what they may not: an auditor no words and no numbers, the others not the case.
	for _, look := range []struct {
		who   string
		paths []string
		lacks []string
	}{
		{"Ada Moss", []string{"/", "/cases", "/cases/RJ-2026-0142", first, "/outbox", "/people", "/log"}, []string{"knife", "555-01", "55501", "dana@example.org"}},
		{"Dana Ortiz", []string{"/", "/cases?status=all", "/cases?q=Noor+Haddad", "/cases?q=RJ-2026-0144", "/cases?q=%2B13125550105", "/outbox"}, []string{"Terry", "0144<", "555-0105"}},
		{"Eve Hart", []string{"/", "/cases?status=all", "/cases?q=Alex+Kim", "/outbox", "/people", "/log", "/program"}, []string{"RJ-2026", "Jordan", "Dana", "555-01", "Riverside"}},
	} {
		p := s.window(look.who)
		for _, path := range look.paths {
			if got := p.Go(path); got != 200 {
				t.Errorf("%s at %s is answered %d", look.who, path, got)
			}
			p.Lacks(look.lacks...)
		}
	}
}

// window is somebody's, the same each time.
func (s *stage) window(name string) *pagetest.Tab {
	s.t.Helper()
	if s.windows[name] == nil {
		if s.windows == nil {
			s.windows = map[string]*pagetest.Tab{}
		}
		s.windows[name] = s.as(name)
	}
	return s.windows[name]
}

// TestEachRole signs in with one click as each role and sees its menu; a click on the way out ends it.
func TestEachRole(t *testing.T) {
	t.Parallel()
	s := site(t, "sqlite")
	p := pagetest.Open(t, s.address)
	for _, who := range []struct{ name, role, menu string }{
		{"Dana Ortiz", "Mediator", "Today Cases Outbox"},
		{"Kim Park", "Coordinator", "Today Cases Outbox Program Log People"},
		{"Ada Moss", "Auditor", "Today Cases Outbox Program Log People"},
		{"Ned Roth", "Administrator", "Today Cases Outbox Program Log People"},
		{"Eve Hart", "Coordinator", "Today Cases Outbox Program Log People"},
	} {
		p.Show("/", 1280, 860, "light")
		p.Press(buttonOf(p, ".people button", who.name))
		p.Says(who.name, who.role)
		if p.Path() != "/" {
			t.Errorf("%s comes to %s", who.name, p.Path())
		}
		if menu := pagetest.Ask[string](p, `[...document.querySelectorAll('nav li a')].map(a => a.firstChild.nodeValue.trim()).join(' ')`); menu != who.menu {
			t.Errorf("%s sees %s", who.name, menu)
		}
		p.Press(`form[action="/signout"] button`)
		if p.Path() != "/signin" {
			t.Errorf("out leads to %s", p.Path())
		}
	}
}

// TestWithoutScripts signs in, acknowledges, and resolves with a note, where the browser runs none.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := site(t, "sqlite")
	s.move("1m")
	s.call("POST", "/demo/phones/"+alexPhone, map[string]string{"text": "he is outside my house with a knife"}, nil)
	p := pagetest.Open(t, s.address)
	p.Script(false)
	p.Show("/cases", 390, 844, "light")
	p.Press(buttonOf(p, ".people button", "Dana Ortiz"))
	if p.Path() != "/cases" {
		t.Errorf("one comes to %s", p.Path())
	}
	p.Go("/")
	p.Press(`form[action$="/ok"] button`)
	p.Says("In your hands now.")
	p.Do(chromedp.Click(`.acts details.open > summary`, chromedp.NodeVisible))
	p.Type(`details[open] textarea`, "spoke to her, police came")
	p.Press(`details[open] button.main`)
	p.Says("Resolved.", "Nothing needs you now.")
	p.Do(chromedp.Click(`.drawer summary`, chromedp.NodeVisible))
	p.Press(`nav a[href="/cases"]`)
	p.Says("RJ-2026-0142")
}

// TestSecondFactor is of the service itself, as serve runs it: an invitation, a password, a second factor set up in the
// browser, the codes that are taken and those that are not; and then the whole way by keyboard.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	provider := newProvider(t)
	env := provider.env(t, "")
	provider.serve(t, env, 1)
	provider.at(t, env, programFile, "program", "apply", "-")
	provider.at(t, env, caseFile, "case", "add", "-")
	var invitation strings.Builder
	m := newMain(env, nil, &invitation, nil)
	m.Now = provider.now
	if status := m.Run(t.Context(), []string{"staff", "invite", "dana"}); status != 0 {
		t.Fatalf("the invitation ended with %d", status)
	}

	p := pagetest.Open(t, provider.public.URL)
	p.Show(strings.TrimPrefix(strings.TrimSpace(invitation.String()), provider.public.URL), 1280, 860, "light")
	p.Type(`input[type=password]`, password)
	p.Press(`button.main`)
	p.Says("Set up your second factor")
	secret := strings.ReplaceAll(pagetest.Ask[string](p, `document.querySelector('.key').textContent`), " ", "")
	code := func(steps int) string {
		t.Helper()
		code, err := totp.GenerateCode(secret, provider.now().Add(time.Duration(steps)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	enter := func(code string) int64 {
		t.Helper()
		p.Type(`input[name=code]`, code)
		return p.Press(`form[action^="/signin/"] button.main`)
	}
	wrong := func() string { return fmt.Sprintf("%06d", (mustInt(t, code(0))+1)%1_000_000) }
	if status := enter(wrong()); status != 422 {
		t.Errorf("a wrong first code is answered %d", status)
	}
	p.Says("That is not the code that the app shows now.")
	enter(code(0))
	p.Says("Recovery codes")
	recovery := pagetest.Ask[[]string](p, `[...document.querySelectorAll('.codes code')].map(c => c.textContent)`)
	p.Press(`a.button.main`)
	p.Says("Today", "Dana Ortiz", "Mediator")

	withPassword := func() {
		t.Helper()
		p.Press(`form[action="/signout"] button`)
		p.Type(`input[name=email]`, "dana@example.org")
		p.Type(`input[name=password]`, password)
		p.Press(`button.main`)
		p.Says("Your second factor")
	}
	withPassword()
	if p.Go("/cases"); !strings.HasPrefix(p.Path(), "/signin") {
		t.Errorf("a password alone leads to %s", p.Path())
	}
	p.Go("/signin/code")
	if status := enter(wrong()); status != 403 {
		t.Errorf("a wrong code is answered %d", status)
	}
	p.Says("That code is not right, or was used already.")
	enter(code(1)) // that of now was used when the factor was set up; the service takes the next one too
	p.Says("Cases", "RJ-2026-0142")

	withPassword()
	enter(recovery[0])
	p.Go("/account")
	p.Says("9 are left.")
	withPassword()
	if status := enter(recovery[0]); status != 403 {
		t.Errorf("a recovery code is good twice: %d", status)
	}

	// By keyboard, from the first page to the escalation in hand.
	if _, err := provider.Write(t.Context(), alexPhone, riverside, "he is outside my house with a knife"); err != nil {
		t.Fatal(err)
	}
	provider.wait(t, "the mediator is alerted", func() bool { return provider.got(danaPhone, "") > 0 })
	keys := pagetest.Open(t, provider.public.URL)
	keys.Show("/", 1280, 860, "light")
	tabTo(keys, `[name=email]`)
	keys.Do(chromedp.KeyEvent("dana@example.org" + kb.Tab + password))
	keys.Key(kb.Enter)
	keys.Says("Your second factor")
	tabTo(keys, `[name=code]`)
	keys.Do(chromedp.KeyEvent(recovery[1]))
	keys.Key(kb.Enter)
	keys.Says("Today", "Not safe")
	tabTo(keys, `form[action$="/ok"] button`)
	keys.Key(kb.Enter)
	keys.Says("In your hands now.")
	tabTo(keys, `.acts details.open > summary`)
	keys.Do(chromedp.KeyEvent(kb.Enter))
	keys.Until(`document.activeElement.name === 'note'`)
	keys.Do(chromedp.KeyEvent(kb.Escape))
	keys.Until(`document.activeElement.matches('summary') && !document.querySelector('details.open[open]')`)
	keys.Do(chromedp.KeyEvent(kb.Enter))
	keys.Until(`document.activeElement.name === 'note'`)
	keys.Do(chromedp.KeyEvent("spoke to her" + kb.Tab))
	keys.Key(kb.Enter)
	keys.Says("Resolved.", "Nothing needs you now.")
}

// tabTo presses Tab until the focus is on what is wanted, and sees it on its way.
func tabTo(p *pagetest.Tab, selector string) {
	p.Helper()
	for range 60 {
		if pagetest.Ask[bool](p, `document.activeElement.matches(%q)`, selector) {
			return
		}
		p.Do(chromedp.KeyEvent(kb.Tab))
		if lost := pagetest.Ask[string](p, `(() => { const e = document.activeElement; return e === document.body || getComputedStyle(e).outlineStyle !== 'none' ? '' : e.outerHTML })()`); lost != "" {
			p.Errorf("nothing shows the focus of %s", lost)
		}
	}
	p.Fatalf("the keyboard does not come to %s on\n%s", selector, p.Text())
}

// mustInt is a code as a number.
func mustInt(t *testing.T, code string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscanf(code, "%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
