package console

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// bodyLimit bounds a form; an upload has a bound of its own.
const bodyLimit = 256 << 10

// visit is one request.
type visit struct {
	*console
	w    http.ResponseWriter
	r    *http.Request
	page *pageSet // the pages in the visitor's language
	me   *person  // nil: has not signed in
}

// person is who has signed in, in the place that was chosen.
type person struct {
	Account int64 // 0 in a demo
	Staff   store.Staff
	Name    string
	Role    roles
	Program store.Program
	File    intake.Program
	Zone    *time.Location
	Places  []place // where else
}

// place is a program that a person works for.
type place struct {
	Staff   int64
	Program string
	Role    string
	Here    bool
}

// wallFor is the staff member whose cases alone may be seen, or 0.
func (p *person) wallFor() int64 {
	if p.Role == mediator {
		return p.Staff.ID
	}
	return 0
}

// Reads says whether a person sees numbers, texts' words, notes and answers.
func (p *person) Reads() bool { return p.Role != auditor }

// Decides says whether a person acts on cases.
func (p *person) Decides() bool { return deciders.may(p.Role) }

// Keeps says whether a person sees to all of a program's cases.
func (p *person) Keeps() bool { return keepers.may(p.Role) }

// actor is how the log names the person.
func (p *person) actor() string { return "staff:" + p.Staff.Key }

// serve answers a route: it finds who asks, holds the table, and tells what went wrong.
func (k *console) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		v := &visit{console: k, w: w, r: req}
		v.page = k.pages[v.language()]
		if !isSafe(req) {
			req.Body = http.MaxBytesReader(w, req.Body, bodyLimitOf(r))
		}
		if err := v.pass(r); err != nil {
			v.fail(err)
		}
	})
}

func (v *visit) pass(r route) error {
	me, err := v.whoAsks()
	if err != nil {
		return err
	}
	v.me = me
	if r.who != public {
		if me == nil {
			return v.sendToSignIn()
		}
		if !r.who.may(me.Role) {
			return store.NewError(store.Forbidden, "This is not for your role.", nil)
		}
	}
	if !isSafe(v.r) && !strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		if err := v.r.ParseForm(); err != nil {
			return store.NewError(store.Invalid, "The form could not be read, or is too long.", err)
		}
	}
	return r.do(v)
}

// bodyLimitOf is how long a request's body may be.
func bodyLimitOf(r route) int64 {
	if r.pattern == "POST /import" {
		return uploadLimit + bodyLimit
	}
	return bodyLimit
}

// sendToSignIn remembers where somebody wanted to go, and has them sign in.
func (v *visit) sendToSignIn() error {
	to := "/signin"
	if isSafe(v.r) && v.r.URL.Path != "/" {
		to += "?to=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	v.goTo(to)
	return nil
}

// whoAsks is who has signed in: somebody whose place, role and password are still those they signed in with.
func (v *visit) whoAsks() (*person, error) {
	ctx := v.r.Context()
	id := v.sessions.GetInt64(ctx, keyStaff)
	if id == 0 {
		return nil, nil
	}
	var me *person
	err := v.Store.View(ctx, func(tx *store.Tx) (err error) {
		me, err = v.personIn(tx, id, v.sessions.GetInt64(ctx, keyAccount))
		return err
	})
	if err != nil && store.CodeOf(err) != store.NotFound {
		return nil, err
	}
	if me == nil || me.Staff.Role != v.sessions.GetString(ctx, keyRole) {
		return nil, v.sessions.Destroy(ctx)
	}
	return me, nil
}

// personIn is the person in a place; nil if the place, or the password that opened it, is no longer theirs.
func (v *visit) personIn(tx *store.Tx, staffID, accountID int64) (*person, error) {
	staff, err := tx.GetStaff(staffID)
	if err != nil || !staff.Active {
		return nil, err
	}
	me := &person{Account: accountID, Staff: staff, Name: tx.Reveal(staff.Name), Role: roleOf(staff.Role)}
	places := []store.Staff{staff}
	if accountID != 0 {
		account, err := tx.GetAccount(accountID)
		if err != nil || account.Version != v.sessions.GetInt64(v.r.Context(), keyVersion) {
			return nil, err
		}
		if places, err = tx.PlacesOf(account); err != nil {
			return nil, err
		}
	} else if !v.Demo {
		return nil, nil
	}
	found := false
	for _, p := range places {
		program, err := tx.GetProgram(p.ProgramID)
		if err != nil {
			return nil, err
		}
		file, err := programFile(tx, program)
		if err != nil {
			return nil, err
		}
		here := p.ID == staff.ID
		if here {
			found, me.Program, me.File, me.Zone = true, program, file, file.Zone()
		}
		me.Places = append(me.Places, place{p.ID, file.Name, p.Role, here})
	}
	if !found {
		return nil, nil
	}
	return me, nil
}

func programFile(tx *store.Tx, p store.Program) (intake.Program, error) {
	return intake.ParseProgram("the file of program "+p.Key, bytes.NewReader([]byte(tx.Reveal(p.File))))
}

// now is the cases' clock.
func (v *visit) now() time.Time { return v.Now().UTC() }

// todayIs is the day where the program is.
func (v *visit) todayIs() calendar.Date { return calendar.On(v.now(), v.me.Zone) }

// view reads the database.
func (v *visit) view(do func(tx *store.Tx) error) error { return v.Store.View(v.r.Context(), do) }

// form is a field of the form, without the space around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }

// goTo leads on to another page.
func (v *visit) goTo(to string) { http.Redirect(v.w, v.r, to, http.StatusSeeOther) }

// done leads back with a word of what was done, once.
func (v *visit) done(to, word string) error {
	v.sessions.Put(v.r.Context(), keyNotice, word)
	v.goTo(to)
	return nil
}

// back is the page that a form stands on, else another of ours: never one elsewhere.
func (v *visit) back(otherwise string) string { return ownPath(v.r.PostForm.Get("back"), otherwise) }

// ownPath is a path of this site.
func ownPath(path, otherwise string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return otherwise
	}
	return path
}

// layout is what every page has around what is its own.
type layout struct {
	Title  string
	Nav    string // the part of the console that the page belongs to
	Me     *person
	Urgent int // what waits for somebody, beside Today
	Path   string
	Notice string
	Alert  string
	Wide   bool
	Data   any
}

// show renders a page.
func (v *visit) show(name string, l layout) error { return v.showAs(http.StatusOK, name, l) }

func (v *visit) showAs(status int, name string, l layout) error {
	l.Me = v.me
	l.Path = v.r.URL.RequestURI()
	if !isSafe(v.r) {
		l.Path = "/"
	}
	l.Notice = cmp.Or(l.Notice, v.sessions.PopString(v.r.Context(), keyNotice))
	return v.render(status, name, l)
}

// render writes a page; it needs no session.
func (v *visit) render(status int, name string, l layout) error {
	var body bytes.Buffer
	if err := v.page.execute(&body, name, l); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body.Bytes())
	return nil
}

// statusOf is what an error's code is in HTTP.
func statusOf(err error) int {
	switch store.CodeOf(err) {
	case store.Invalid:
		return http.StatusUnprocessableEntity
	case store.NotFound:
		return http.StatusNotFound
	case store.Conflict:
		return http.StatusConflict
	case store.Forbidden:
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}

// fail tells what went wrong: on the page that the form stood on, if it was a form that a person can mend, else on its own.
func (v *visit) fail(err error) {
	if errors.Is(err, v.r.Context().Err()) && v.r.Context().Err() != nil {
		return // nobody is there to be told
	}
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		v.Log.Error("a page failed", "route", v.r.Pattern, "error", err)
	}
	v.refuse(status, store.Sentence(err), v.showAs)
}

// failure is what the page of a failure tells.
type failure struct{ Sentence, Back string }

// refuse tells of a failure on a page of its own.
func (v *visit) refuse(status int, english string, show func(int, string, layout) error) {
	sentence := v.page.t(english)
	if failed := show(status, "failed", layout{Title: v.page.t("That did not work"), Data: failure{sentence, ownPath(v.r.PostForm.Get("back"), "/")}}); failed != nil {
		v.Log.Error("a page of a failure failed", "error", failed)
		http.Error(v.w, sentence, status)
	}
}

// turnAway tells whoever has no session of a failure.
func (k *console) turnAway(w http.ResponseWriter, r *http.Request, status int, english string) {
	v := &visit{console: k, w: w, r: r, page: k.pages[languageOf("", r)]}
	v.refuse(status, english, v.render)
}
