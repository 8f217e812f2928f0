//go:build !race

package console_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/console"
	"amends/store"
	"amends/store/intake"
	"amends/store/storetest"
	"amends/templates/pagetest"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"
)

// busy is a stage on which much has happened.
func busy(t *testing.T, db *store.Store) *stage {
	t.Helper()
	s := open(t, db, nil)
	for i := range 14 {
		who := []string{"Maria Ortega", "Sean Dunn", "Grace Bell", "Omar Aziz", "Lena Fox", "Tom Reyes", "Ines Robles"}
		s.addCase("riverside", fmt.Sprintf("RJ-2026-01%02d", 40+i), []string{"dana", "sam"}[i%2], []string{"sam", "dana"}[i%2], who[i%7], fmt.Sprintf("+1312555%04d", 2000+2*i), "Lee "+who[(i+3)%7][5:], fmt.Sprintf("+1312555%04d", 2001+2*i))
	}
	kim := s.as(t, "Kim Park")
	receive := func(ref, on string) {
		kim.post("/cases/"+ref+"/receipt", url.Values{"commitment": {"money"}, "amount": {"100"}, "on": {on}, "why": {"money order seen"}}).want(200)
	}
	receive("RJ-1", "2026-02-12")
	for i := range 14 {
		if i%4 != 3 {
			receive(fmt.Sprintf("RJ-2026-01%02d", 40+i), fmt.Sprintf("2026-02-%02d", 14+i%3))
		}
	}
	s.moves(26 * time.Hour)
	s.writes(alex, "1")
	s.writes(alex, "4")
	s.writes(casey, "LATER 3/20")
	s.writes(casey, "1")
	s.moves(48 * time.Hour)
	s.writes("+13125552000", "he is outside my house with a knife")
	s.writes("+13125552002", "qwerty zxcv asdf")
	s.writes("+13125552002", "zzzz blah foo")
	s.writes("+13125550177", "who is this?")
	receive("RJ-1", "2026-03-03")
	s.writes(jordan, "pagué 100")
	s.writes(alex, "1")
	s.hold("riverside", "RJ-1", "Riverside RJ: How are you, from 1, bad, to 5, good?")
	return s
}

// looker is somebody who looks at pages as others may see them.
type looker struct {
	*pagetest.Tab
	routes map[string]bool // looked at
	shots  string          // a folder for pictures of the pages, or ""
}

func newLooker(t *testing.T, url string) *looker {
	t.Helper()
	return &looker{pagetest.Open(t, url), map[string]bool{}, os.Getenv("AMENDS_SHOTS")}
}

// form is how a page is seen.
type form struct {
	language, scheme string
	width, height    int64
}

// forms are how pages are seen: on a desk, on a phone and, 320 wide, on a desk's screen at four times its size.
func forms() []form {
	return []form{{"en", "light", 1280, 860}, {"en", "dark", 390, 844}, {"es", "light", 320, 640}, {"es", "dark", 1280, 860}}
}

// look has axe try what a route shows.
func (l *looker) look(route, name string, status int64, show func() int64, forms ...form) {
	l.Helper()
	l.routes[route] = true
	language := ""
	for _, f := range forms {
		if f.language != language || l.shots != "" {
			language = f.language
			l.Speak(language)
			if got := show(); got != status {
				l.Errorf("%s (%s) answers %d, not %d:\n%s", route, name, got, status, l.Text())
			}
			if got := pagetest.Ask[string](l.Tab, "document.documentElement.lang"); got != language {
				l.Errorf("%s (%s) is in %q, not %q", route, name, got, language)
			}
		}
		l.See(f.width, f.height, f.scheme)
		l.shoot(name, f)
		if pagetest.Ask[bool](l.Tab, openAll) {
			l.shoot(name+"-open", f)
		}
		l.Accessible()
	}
	l.Speak("en")
}

// openAll opens what opens on a page: of the forms one, for the others close then.
const openAll = `(() => {
	const boxes = [...document.querySelectorAll('main details:not(.open), .drawer, main details.open')];
	const form = boxes.findIndex(d => d.classList.contains('open'));
	const shut = boxes.filter((d, i) => (i <= form || form < 0 || !d.classList.contains('open')) && !d.open);
	shut.forEach(d => d.open = true);
	return shut.length > 0;
})()`

// shoot takes a picture, if any are wanted.
func (l *looker) shoot(name string, f form) {
	l.Helper()
	if l.shots == "" {
		return
	}
	picture, err := chromedp.Run(l.Window, chromedp.FullScreenshot(100))
	must(l, err)
	must(l, os.WriteFile(filepath.Join(l.shots, fmt.Sprintf("%s-%d-%s-%s.png", name, f.width, f.scheme, f.language)), picture, 0o600))
}

// briefly looks at what differs little from other pages, in the two forms that differ most.
func (l *looker) briefly(route, name string, status int64, show func() int64) {
	l.Helper()
	l.look(route, name, status, show, forms()[0], form{"es", "dark", 320, 640})
}

// page looks at a path.
func (l *looker) page(route, path, name string) {
	l.Helper()
	l.look(route, name, 200, func() int64 { return l.Go(path) }, forms()...)
}

// post looks at what a form on a page leads to.
func (l *looker) post(route, from, to, name string, status int64, form map[string]string) {
	l.Helper()
	l.briefly(route, name, status, func() int64 {
		l.Go(from)
		return l.Post(to, form)
	})
}

// signIn presses somebody's name on the demo's first page.
func signIn(p *pagetest.Tab, name string) {
	p.Helper()
	p.Go("/signin")
	if p.Path() != "/signin" { // is somebody else still
		p.Post("/signout", nil)
	}
	p.Press(fmt.Sprintf(`button[value="%s"]`, pagetest.Ask[string](p, `[...document.querySelectorAll('.people button')].find(b => b.textContent.includes(%q)).value`, name)))
}

// downloads are the routes that show no page.
func downloads() []string {
	return []string{"GET /cases/{ref}/report.pdf", "GET /program.csv", "GET /program.xlsx", "GET /log.csv", "GET /log.xlsx"}
}

// TestAccessible runs axe-core on every page of the table of routes, on what is refused and on what is empty.
func TestAccessible(t *testing.T) {
	t.Parallel()
	seen := make(chan map[string]bool, 2)
	t.Run("pages", func(t *testing.T) { // two windows at a time
		for name, look := range map[string]func(*testing.T) map[string]bool{"inside": lookInside, "gate": lookAtTheGate} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				seen <- look(t)
			})
		}
	})
	close(seen)
	looked := map[string]bool{}
	for routes := range seen {
		maps.Copy(looked, routes)
	}
	for _, r := range console.Routes() {
		if strings.HasPrefix(r.Pattern, "GET ") && !looked[r.Pattern] && !slices.Contains(downloads(), r.Pattern) {
			t.Errorf("nobody has looked at %s: have axe look at it", r.Pattern)
		}
	}
}

// lookInside looks at the pages of those who have signed in.
func lookInside(t *testing.T) map[string]bool {
	db := storetest.New(t, "sqlite")
	s := busy(t, db.Open(t))
	hillside, err := intake.ParseProgram("program", strings.NewReader(strings.NewReplacer("lakeside", "hillside", "+13125559", "+13125558", "kim@", "lou@", "Lou Finch", "Lou Hill", "Eve Hart", "Eva Hill").Replace(lakeside)))
	must(t, err)
	_, err = s.bot.ApplyProgram(t.Context(), hillside, false)
	must(t, err)
	l := newLooker(t, s.url)
	l.page("GET /signin", "/signin", "signin")
	signIn(l.Tab, "Ned Roth")
	escalation := pagetest.Ask[string](l.Tab, `document.querySelector('main a[href^="/e/"]').getAttribute('href')`)
	l.page("GET /{$}", "/", "today")
	l.page("GET /{$}", "/", "today-open")
	l.page("GET /e/{id}", escalation, "escalation")
	l.page("GET /cases", "/cases", "cases")
	l.page("GET /cases/{ref}", "/cases/RJ-1", "case")
	l.page("GET /cases/{ref}/write", "/cases/RJ-1/write?party=v", "write")
	letter := map[string]string{"party": "o", "text": "Can you talk on Tuesday?", "why": "to settle the day"}
	l.post("POST /cases/{ref}/write", "/cases/RJ-1/write", "/cases/RJ-1/write", "write-draft", 200, letter)
	letter["text"] = "Alex is glad that you wrote"
	l.post("POST /cases/{ref}/write", "/cases/RJ-1/write", "/cases/RJ-1/write", "write-422", 422, letter)
	l.page("GET /outbox", "/outbox", "outbox")
	l.page("GET /program", "/program", "program")
	l.page("GET /people", "/people", "people")
	l.page("GET /log", "/log", "log")
	l.page("GET /account", "/account", "account")
	l.page("GET /import", "/import", "import")
	l.page("GET /cases/{ref}/edit", "/cases/RJ-1/edit", "edit")
	lookAtTheForm(l)
	l.post("POST /cases/{ref}/{act}", "/cases/RJ-1", "/cases/RJ-1/receipt", "422", 422, map[string]string{"commitment": "money", "amount": "lots", "why": "x"})
	l.post("POST /cases", "/cases", "/cases", "405", 405, nil)
	l.glance("/nothing", "404", 404)
	l.glance("/cases?q=nobody", "cases-none", 200)
	l.glance("/log?to=2020-01-01", "log-none", 200)

	signIn(l.Tab, "Eva Hill") // of a program without a case
	for name, path := range map[string]string{"today": "/", "cases": "/cases", "outbox": "/outbox", "program": "/program", "log": "/log"} {
		l.glance(path, "empty-"+name, 200)
	}
	signIn(l.Tab, "Ada Moss")
	l.glance("/cases/RJ-1", "case-auditor", 200)
	signIn(l.Tab, "Dana Ortiz")
	l.glance("/", "today-mediator", 200)
	l.glance("/people", "403", 403)
	renames(t, db, "escalations", "away")
	l.glance("/", "500", 500)
	renames(t, db, "logins", "away_too")
	l.glance("/", "500-session", 500)
	return l.routes
}

// lookAtTheForm looks at the form of a new case, at its faults and at the plan.
func lookAtTheForm(l *looker) {
	l.page("GET /new", "/new", "new")
	form := map[string]string{"parties": "2", "agreement": "2", "reference": "RJ-900", "mediated_on": "2026-03-02", "mediator": "dana",
		"p0-key": "v", "p0-role": "victim", "p0-name": "Ann Lee", "p0-phone": "312 555 3001", "p0-language": "en", "p0-discreet": "yes",
		"p1-key": "o", "p1-role": "offender", "p1-name": "Bo Reyes", "p1-phone": "12", "p1-language": "es",
		"c0-kind": "restitution", "c0-by": "o", "c0-to": "v", "c0-total": "1000", "c0-how": "every", "c0-count": "3", "c0-every": "month", "c0-first": "2026-03-31",
		"c1-kind": "community_service", "c1-by": "o", "c1-hours": "20", "c1-due": "2026-06-30"}
	l.post("POST /new", "/new", "/new", "new-422", 422, form)
	form["p1-phone"] = "312 555 3002"
	l.post("POST /new", "/new", "/new", "new-plan", 200, form)
}

// glance looks briefly at a path.
func (l *looker) glance(path, name string, status int64) {
	l.Helper()
	l.briefly(path, name, status, func() int64 { return l.Go(path) })
}

// renames takes a table away, as nothing should.
func renames(t *testing.T, db storetest.Database, from, to string) {
	t.Helper()
	file, err := sql.Open("sqlite", strings.TrimPrefix(db.URL, "sqlite:"))
	must(t, err)
	defer file.Close()
	_, err = file.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
	must(t, err)
}

// lookAtTheGate looks at the pages of those who have not signed in, of whom some never will.
func lookAtTheGate(t *testing.T) map[string]bool {
	s, _ := withMail(t, storetest.Open(t, "sqlite"))
	l := newLooker(t, s.url)
	l.page("GET /signin", "/signin", "signin-password")
	l.page("GET /forgot", "/forgot", "forgot")
	l.post("POST /forgot", "/forgot", "/forgot", "forgot-sent", 200, map[string]string{"email": "nobody@example.org"})
	l.briefly("POST /signout", "403-site", 403, func() int64 {
		// A page of nobody's: what it sends is another site's.
		l.Do(chromedp.Navigate("about:blank"))
		return l.Post(s.url+"/signout", nil)
	})
	kim := map[string]string{"email": "kim@example.org", "password": "wrong wrong wrong"}
	l.post("POST /signin", "/signin", "/signin", "signin-wrong", 403, kim)
	for l.Go("/signin"); l.Post("/signin", kim) == 403; {
	}
	l.post("POST /signin", "/signin", "/signin", "signin-locked", 429, kim)

	link, err := console.Invite(context.Background(), s.store, zeros{}, "", "riverside", "ned", s.realTime())
	must(t, err)
	l.page("GET /welcome/{token}", link, "welcome")
	l.post("POST /welcome/{token}", link, link, "welcome-faulty", 422, map[string]string{"password": "short"})
	l.Go(link)
	l.Post(link, map[string]string{"password": password})
	l.glance(link, "welcome-used", 404)
	l.page("GET /signin/factor", "/signin/factor", "factor")
	l.post("POST /signin/factor", "/signin/factor", "/signin/factor", "factor-faulty", 422, map[string]string{"code": "000000"})
	l.Go("/signin/factor")
	secret := strings.ReplaceAll(pagetest.Ask[string](l.Tab, "document.querySelector('.key').textContent"), " ", "")
	l.Post("/signin/factor", map[string]string{"code": codeOf(t, s, secret)})
	l.look("GET /signin/factor", "codes", 200, func() int64 { // shown once: each time others
		l.Go("/account")
		return l.Post("/account/codes", map[string]string{"current": password})
	}, forms()...)
	l.Go("/account")
	l.Post("/signout", nil)
	ned := map[string]string{"email": "ned@example.org", "password": password}
	l.look("GET /signin/code", "code", 200, func() int64 { l.Go("/signin"); return l.Post("/signin", ned) }, forms()...)
	l.post("POST /signin/code", "/signin/code", "/signin/code", "code-wrong", 403, map[string]string{"code": "000000"})
	for l.Go("/signin/code"); l.Post("/signin/code", map[string]string{"code": "000000"}) == 403; {
	}
	l.post("POST /signin/code", "/signin/code", "/signin/code", "code-locked", 429, map[string]string{"code": "000000"})
	return l.routes
}

// TestExportsOpened downloads what a page offers and opens it: there stands what stands on the page.
func TestExportsOpened(t *testing.T) {
	s := lite(t)
	s.addCase("riverside", "=1+1", "dana", "", "Ann Lee", "+13125550191", "Bo Lee", "+13125550192")
	s.moves(26 * time.Hour)
	s.writes(alex, "these are my own words")
	p := pagetest.Open(t, s.url)
	p.See(1280, 860, "light")
	signIn(p, "Kim Park")
	p.Go("/cases/RJ-1")
	p.Post("/cases/RJ-1/receipt", map[string]string{"commitment": "money", "amount": "133.37", "on": "2026-02-27", "why": "money order seen"})

	// The log, as it is filtered on the page: the same entries, the other way round.
	p.Go("/log?case=RJ-1&kind=ledger.")
	type entry struct{ At, Case string }
	shown := pagetest.Ask[[]entry](p, `[...document.querySelectorAll('tbody tr')].reverse().map(r => ({At: r.querySelector('time').dateTime, Case: r.cells[1].textContent}))`)
	name, content := p.Download(`a[href^="/log.csv"]`)
	if !strings.HasSuffix(name, ".csv") {
		t.Errorf("the log is kept as %s", name)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff")))).ReadAll()
	must(t, err)
	column := func(name string) int { return slices.Index(rows[0], name) }
	var kept []entry
	for _, r := range rows[1:] {
		kept = append(kept, entry{r[column("at")], r[column("case")]})
	}
	if len(shown) == 0 || !slices.Equal(kept, shown) {
		t.Errorf("the page shows %v, and the file has %v", shown, kept)
	}
	name, content = p.Download(`a[href^="/log.xlsx"]`)
	book, err := excelize.OpenReader(bytes.NewReader(content))
	must(t, err)
	sheet, err := book.GetRows(book.GetSheetName(0))
	must(t, err)
	for i, r := range sheet {
		for len(r) < len(rows[i]) {
			r = append(r, "") // cells at the end that are empty are none
		}
		if !slices.Equal(r, rows[i]) {
			t.Errorf("%s has the row %q, and the CSV %q", name, r, rows[i])
		}
	}
	if len(sheet) != len(rows) {
		t.Errorf("%s has %d rows, and the CSV %d", name, len(sheet), len(rows))
	}

	// What a spreadsheet would take for a formula is a text there.
	p.Go("/log?case=%3D1%2B1")
	if _, content = p.Download(`a[href^="/log.csv"]`); !strings.Contains(string(content), ",'=1+1,") || strings.Contains(string(content), ",=1+1,") {
		t.Errorf("a spreadsheet would reckon with\n%s", content)
	}
	_, content = p.Download(`a[href^="/log.xlsx"]`)
	book, err = excelize.OpenReader(bytes.NewReader(content))
	must(t, err)
	formula, err := book.GetCellFormula(book.GetSheetName(0), "C2")
	must(t, err)
	if value, err := book.GetCellValue(book.GetSheetName(0), "C2"); err != nil || value != "=1+1" || formula != "" {
		t.Errorf("the cell of the reference has %q, formula %q: %v", value, formula, err)
	}

	// The report of a case: its tables are those of the page, and no text is in it.
	p.Go("/cases/RJ-1")
	tables := pagetest.Ask[[]string](p, `[...document.querySelectorAll('section table')].slice(0, 2).flatMap(t => [...t.tBodies[0].rows].map(r => [...r.cells].slice(0, 4).map(c => c.textContent.trim()).join(' ')))`)
	name, content = p.Download(`a[href$="/report.pdf"]`)
	report := readReport(t, content)
	if len(tables) < 7 {
		t.Errorf("the page has the rows %q alone", tables)
	}
	for _, row := range append(tables, "RJ-1", "Kim Park") {
		if !strings.Contains(report.one(), row) {
			t.Errorf("%s does not say %q:\n%s", name, row, report.text)
		}
	}
	if strings.Contains(report.one(), "own words") {
		t.Errorf("%s has a text in it", name)
	}

	// The figures.
	p.Go("/program")
	p.Says("Agreed $1,800.00", "Received $133.37", "Outstanding $1,666.63", "Open cases 3")
	name, content = p.Download(`a[href^="/program.csv"]`)
	for _, figure := range []string{"180000", "13337", "166663"} {
		if !strings.Contains(string(content), ","+figure) {
			t.Errorf("%s lacks %s:\n%s", name, figure, content)
		}
	}
}
