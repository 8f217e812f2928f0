package console_test

import (
	"bufio"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends/console"
	"amends/store"
	"amends/store/storetest"

	"github.com/pquerna/otp/totp"
)

const password = "seven quiet herons"

// post office is a local SMTP server that keeps what it takes.
func postOffice(t *testing.T) (port int, letters <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	taken := make(chan string, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go takeLetter(conn, taken)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, taken
}

func takeLetter(conn net.Conn, taken chan<- string) {
	defer conn.Close()
	fmt.Fprint(conn, "220 local ESMTP\r\n")
	lines := bufio.NewScanner(conn)
	var letter strings.Builder
	in := false
	for lines.Scan() {
		line := lines.Text()
		switch {
		case in && line == ".":
			in = false
			taken <- letter.String()
			fmt.Fprint(conn, "250 taken\r\n")
		case in:
			letter.WriteString(line + "\r\n")
		case strings.HasPrefix(line, "DATA"):
			in = true
			fmt.Fprint(conn, "354 go on\r\n")
		case strings.HasPrefix(line, "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 fine\r\n")
		}
	}
}

// linkIn is the link that an e-mail bears.
func linkIn(t *testing.T, letters <-chan string) (path, letter string) {
	t.Helper()
	select {
	case letter = <-letters:
	case <-time.After(20 * time.Second):
		t.Fatal("no e-mail came")
	}
	head, body, _ := strings.Cut(letter, "\r\n\r\n")
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	must(t, err)
	found := regexp.MustCompile(`http://[^/]+(/welcome/[a-z0-9]+)`).FindStringSubmatch(string(decoded))
	if found == nil {
		t.Fatalf("no link in\n%s\n%s", head, decoded)
	}
	return found[1], head + "\n" + string(decoded)
}

// enrol makes a browser of somebody who has set a password and a second factor, and tells the factor's secret.
func enrol(t *testing.T, s *stage, letters <-chan string, email string) (b *browser, secret string, codes []string) {
	t.Helper()
	b = s.visitor(t)
	b.post("/forgot", url.Values{"email": {email}}).want(200, "If that address works for a program here, a link is on its way to it.")
	link, _ := linkIn(t, letters)
	b.get(link).want(200, "Choose a password")
	b.post(link, url.Values{"password": {"too short"}}).want(422, "at least 12 characters")
	b.post(link, url.Values{"password": {password}}).want(200, "Set up your second factor")
	secret = strings.ReplaceAll(regexp.MustCompile(`class="key">([A-Z2-7 ]+)<`).FindStringSubmatch(b.body)[1], " ", "")
	b.post("/signin/factor", url.Values{"code": {"000000"}}).want(422, "That is not the code")
	b.post("/signin/factor", url.Values{"code": {codeOf(t, s, secret)}}).want(200, "Recovery codes")
	for _, found := range regexp.MustCompile(`<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>`).FindAllStringSubmatch(b.body, -1) {
		codes = append(codes, found[1])
	}
	if len(codes) != 10 {
		t.Fatalf("recovery codes %v", codes)
	}
	b.get(link).want(404, "used already")
	return b, secret, codes
}

func codeOf(t *testing.T, s *stage, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.realTime())
	must(t, err)
	return code
}

func withMail(t *testing.T, db *store.Store) (*stage, <-chan string) {
	t.Helper()
	port, letters := postOffice(t)
	return open(t, db, func(c *console.Config) {
		c.Demo, c.Mail = false, &console.Mail{Host: "127.0.0.1", Port: port, From: "Amends <amends@example.org>", Plain: true}
	}), letters
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, letters := withMail(t, db)
		b, secret, codes := enrol(t, s, letters, "Dana@example.org")
		b.get("/").want(200, "Today", "Dana Ortiz", "Mediator", "Riverside Restorative Justice")
		b.post("/signout", nil).want(200, "Sign in")
		b.get("/").want(200, "Sign in")

		// The password alone is not enough, a code is good once, and where one wanted to go is kept.
		b.get("/account").want(200, "Sign in")
		signIn := url.Values{"email": {"dana@example.org"}, "password": {password}}
		b.post("/signin", signIn).want(200, "Your second factor")
		b.get("/account").want(200, "Sign in")
		b.post("/signin", signIn)
		b.post("/signin/code", url.Values{"code": {codeOf(t, s, secret)}}).want(403, "used already")
		s.pass(time.Minute)
		code := codeOf(t, s, secret)
		b.post("/signin/code", url.Values{"code": {code}}).want(200, "Your account", "10 are left.")

		other := s.visitor(t)
		other.post("/signin", signIn).want(200, "Your second factor")
		other.post("/signin/code", url.Values{"code": {code}}).want(403)
		other.post("/signin/code", url.Values{"code": {strings.ToLower(codes[3])}}).want(200, "Today")
		other.post("/account/codes", url.Values{"current": {"wrong"}}).want(403, "not your password")
		other.get("/account").want(200, "9 are left.")

		// A new password ends what the other opened.
		b.post("/account/password", url.Values{"current": {password}, "password": {"dana dana dana dana"}}).want(422, "your own address")
		b.post("/account/password", url.Values{"current": {password}, "password": {"five loud herons more"}}).want(200, "Your password is changed.")
		other.get("/account").want(200, "Sign in")
		other.post("/signin", signIn).want(403, "do not fit together")

		// A change of role ends the session, and so does leaving.
		must(t, s.store.Update(t.Context(), func(tx *store.Tx) error {
			p, _, _ := tx.FindProgramByKey("riverside")
			dana, _, err := tx.FindStaffByKey(p.ID, "dana")
			if err != nil {
				return err
			}
			dana.Role = "auditor"
			return tx.SaveStaff(&dana, "Dana Ortiz", "+13125550100", "dana@example.org")
		}))
		b.get("/account").want(200, "Sign in")
	})
}

func TestSessionEnds(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	b.get("/").want(200, "Today")
	s.pass(50 * time.Minute)
	b.get("/").want(200, "Today")
	// The session library reckons by the machine's clock from the last visit, so that ours may only run ahead of it.
	s.pass(13 * time.Hour)
	b.get("/").want(200, "Sign in")
}

func TestTwoPrograms(t *testing.T) {
	t.Parallel()
	s, letters := withMail(t, storetest.Open(t, "sqlite"))
	b, _, _ := enrol(t, s, letters, "kim@example.org")
	b.get("/").want(200, "Coordinator", "Lakeside Mediation")
	id := regexp.MustCompile(`<option value="(\d+)">Lakeside`).FindStringSubmatch(b.body)[1]
	b.post("/place", url.Values{"staff": {id}}).want(200, "Lou Finch", "Mediator")
	b.post("/place", url.Values{"staff": {"1"}}).want(404)
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	s, letters := withMail(t, storetest.Open(t, "sqlite"))
	enrol(t, s, letters, "kim@example.org")
	for _, email := range []string{"kim@example.org", "nobody@example.org"} { // neither word nor status tells them apart
		b := s.visitor(t)
		guess := url.Values{"email": {email}, "password": {"wrong wrong wrong"}}
		for range 5 {
			b.post("/signin", guess).want(403, "That address and password do not fit together.")
		}
		b.post("/signin", guess).want(http.StatusTooManyRequests, "Too many tries.")
		s.pass(3 * time.Second)
		b.post("/signin", guess).want(403)
		s.pass(3 * time.Second)
		b.post("/signin", guess).want(http.StatusTooManyRequests)
		if email == "kim@example.org" {
			guess.Set("password", password)
			b.post("/signin", guess).want(http.StatusTooManyRequests)
			s.pass(16 * time.Minute)
			b.post("/signin", guess).want(200, "Your second factor")
			for range 5 {
				b.post("/signin/code", url.Values{"code": {"123456"}}).want(403)
			}
			b.post("/signin/code", url.Values{"code": {"123456"}}).want(http.StatusTooManyRequests)
		}
	}
	b := s.visitor(t)
	for range 3 {
		b.post("/forgot", url.Values{"email": {"who@example.org"}}).want(200, "If that address works")
	}
	b.post("/forgot", url.Values{"email": {"who@example.org"}}).want(403, "Too many tries.")
	select {
	case letter := <-letters:
		t.Errorf("a stranger gets an e-mail: %s", letter)
	case <-time.After(50 * time.Millisecond):
	}
}

// TestGuessesAtOnce tries many passwords at the same time: no more are looked at than one after another.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, _ := withMail(t, db)
		var wrong, refused atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				switch status := s.signsIn(t, "kim@example.org", ""); status {
				case http.StatusForbidden:
					wrong.Add(1)
				case http.StatusTooManyRequests:
					refused.Add(1)
				default:
					t.Errorf("a guess is answered %d", status)
				}
			})
		}
		all.Wait()
		if wrong.Load() != 5 || refused.Load() != 15 {
			t.Errorf("of 20 guesses at once %d are looked at and %d refused", wrong.Load(), refused.Load())
		}
	})
}

// TestWhoseGuesses has somebody try many addresses through a proxy: the others who come through it are not kept out.
func TestWhoseGuesses(t *testing.T) {
	t.Parallel()
	s, _ := withMail(t, storetest.Open(t, "sqlite"))
	for i := range 41 {
		if status := s.signsIn(t, fmt.Sprintf("n%d@example.org", i), fmt.Sprintf("198.51.100.%d, 203.0.113.9", i)); status != http.StatusForbidden {
			t.Fatalf("guess %d is answered %d", i, status)
		}
	}
	for from, want := range map[string]int{"203.0.113.9": 429, "198.51.100.7, 203.0.113.9": 429, "203.0.113.9, 198.51.100.7": 403, "nobody": 403, "": 403} {
		if status := s.signsIn(t, "other"+fmt.Sprint(len(from))+"@example.org", from); status != want {
			t.Errorf("from %q a guess is answered %d, not %d", from, status, want)
		}
	}
}

// signsIn tries a wrong password, through a proxy that names where from, and tells the status.
func (s *stage) signsIn(t *testing.T, email, from string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+"/signin", strings.NewReader(url.Values{"email": {email}, "password": {"wrong wrong wrong"}}.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if from != "" {
		r.Header.Set("X-Forwarded-For", from)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	s := open(t, storetest.Open(t, "sqlite"), func(c *console.Config) { c.PublicURL = "https://amends.example.org" })
	response, err := s.visitor(t).client.Get(s.url + "/signin?to=/cases")
	must(t, err)
	response.Body.Close()
	cookie := response.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-amends=", "Path=/;", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) || strings.Contains(cookie, "Domain") {
			t.Errorf("the cookie is %q", cookie)
		}
	}
	if got := response.Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("browsers may come by http")
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	s, _ := withMail(t, storetest.Open(t, "sqlite"))
	link, err := console.Invite(t.Context(), s.store, zeros{}, s.url, "riverside", "ned", s.realTime())
	must(t, err)
	b := s.visitor(t)
	path := strings.TrimPrefix(link, s.url)
	b.get(path).want(200, "Choose a password")
	s.pass(73 * time.Hour)
	b.get(path).want(404, "too old")
	for _, key := range []string{"sam", "nobody"} {
		if _, err := console.Invite(t.Context(), s.store, zeros{}, s.url, "riverside", key, s.realTime()); err == nil {
			t.Errorf("%s is invited", key)
		}
	}
}

// zeros is a source that anybody can guess.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestLetterInSpanish(t *testing.T) {
	t.Parallel()
	s, letters := withMail(t, storetest.Open(t, "sqlite"))
	b := s.visitor(t)
	b.get("/forgot")
	b.post("/language", url.Values{"language": {"es"}, "back": {"/forgot"}})
	b.post("/forgot", url.Values{"email": {"ned@example.org"}}).want(200)
	if _, letter := linkIn(t, letters); !strings.Contains(letter, "Elíjala aquí") {
		t.Errorf("the letter is\n%s", letter)
	}
}

func TestSafeByDefault(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	for _, site := range []string{"cross-site", "same-site"} {
		r, err := http.NewRequest(http.MethodPost, s.url+"/signout", nil)
		must(t, err)
		r.Header.Set("Sec-Fetch-Site", site)
		b.do(r).want(403)
	}
	r, err := http.NewRequest(http.MethodPost, s.url+"/signout", nil)
	must(t, err)
	r.Header.Set("Origin", "https://elsewhere.example")
	b.do(r).want(403)
	b.get("/").want(200, "Today")

	response, err := b.client.Get(s.url + "/")
	must(t, err)
	response.Body.Close()
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	policy := response.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("policy %q", policy)
		}
	}
	cookie := s.visitor(t)
	cookie.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err = cookie.client.Get(s.url + "/signin?to=/cases")
	must(t, err)
	response.Body.Close()
	if c := response.Header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("cookie %q", c)
	}
	for _, to := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"} {
		v := s.visitor(t)
		v.post("/language", url.Values{"language": {"en"}, "back": {to}}).want(200)
		if !strings.HasPrefix(v.path, "/signin") {
			t.Errorf("%s leads to %s", to, v.path)
		}
	}
	b.post("/language", url.Values{"language": {strings.Repeat("z", 300<<10)}}).want(422, "too long")
	b.get("/nothing/here").want(404, "There is no such page.")
}

func TestOtherMethods(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	b.post("/cases", nil).want(405, "This address does not take that kind of request.")
	b.get("/signout").want(405)
	response, err := b.client.Post(s.url+"/cases/RJ-1", "text/plain", nil)
	must(t, err)
	response.Body.Close()
	if got := response.Header.Get("Allow"); response.StatusCode != 405 || got != "GET" {
		t.Errorf("%d, allowed %q", response.StatusCode, got)
	}
	b.post("/nothing", nil).want(404)
	s.visitor(t).post("/cases", nil).want(405)
}
