package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends/console"
)

// TestWalls walks every route as every role, with what is one's own, another mediator's and another program's.
func TestWalls(t *testing.T) {
	s := lite(t)
	root := s.as(t, "Kim Park")
	id := func(b *browser, page, pattern string) string {
		b.get(page).want(200)
		found := regexp.MustCompile(pattern).FindStringSubmatch(b.body)
		if found == nil {
			t.Fatalf("%s has no %s", page, pattern)
		}
		return found[1]
	}
	s.moves(time.Minute) // what was missed is escalated
	eve := s.as(t, "Eve Hart")
	for ref, program := range map[string]string{"RJ-1": "riverside", "RJ-2": "riverside", "LM-1": "lakeside"} {
		s.hold(program, ref, "held")
	}

	_, err := s.phone.Write(t.Context(), "+13125557001", "+13125550000", "who is this?")
	must(t, err)
	_, err = s.phone.Write(t.Context(), "+13125557002", "+13125559000", "who is this?")
	must(t, err)
	_, err = s.mover.Settle(t.Context())
	must(t, err)
	stranger := func(b *browser) string { return id(b, "/", `action="/strangers/([^"]+)/settled"`) }
	type thing struct{ own, anothers, elsewhere string }
	escalation := func(b *browser, ref string) string { return id(b, "/cases/"+ref, `action="/e/(\d+)/ok"`) }
	things := map[string]thing{
		"case":       {"RJ-1", "RJ-2", "LM-1"},
		"escalation": {escalation(root, "RJ-1"), escalation(root, "RJ-2"), escalation(eve, "LM-1")},
		"message":    {"held-RJ-1", "held-RJ-2", "held-LM-1"},
		"stranger":   {stranger(root), stranger(root), stranger(eve)},
		"staff":      {"dana", "sam", "lou"},
	}
	names := map[string]string{"mediator": "Dana Ortiz", "coordinator": "Kim Park", "auditor": "Ada Moss", "administrator": "Ned Roth"}
	nobody := s.visitor(t)
	nobody.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, r := range console.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{act}", "nothing", "{verb}", "nothing", "{token}", "none").Replace(path)
		ask := func(b *browser, what string) int {
			to := regexp.MustCompile(`\{(ref|id|key)\}`).ReplaceAllString(path, what)
			if method == http.MethodGet {
				return b.get(to).status
			}
			return b.post(to, url.Values{}).status
		}
		if r.Public {
			continue
		}
		if status := ask(nobody, things[r.Wall].own); status != http.StatusSeeOther {
			t.Errorf("%s answers nobody with %d", r.Pattern, status)
		}
		for role, name := range names {
			b := s.as(t, name)
			own, another, elsewhere := ask(b, things[r.Wall].own), 0, 0
			if r.Wall != "" {
				another, elsewhere = ask(b, things[r.Wall].anothers), ask(b, things[r.Wall].elsewhere)
			}
			if !r.May(role) {
				if own != 403 || r.Wall != "" && (another != 403 || elsewhere != 403) {
					t.Errorf("%s answers a %s with %d, %d, %d", r.Pattern, role, own, another, elsewhere)
				}
				continue
			}
			if own == 403 && !(role == "mediator" && strings.HasPrefix(path, "/log")) {
				t.Errorf("%s refuses a %s", r.Pattern, role)
			}
			if r.Wall != "" && elsewhere != 404 {
				t.Errorf("%s shows a %s another program's: %d", r.Pattern, role, elsewhere)
			}
			walled := r.Wall == "case" || r.Wall == "escalation" || r.Wall == "message"
			if walled && role == "mediator" && another != 404 {
				t.Errorf("%s shows a mediator another's: %d", r.Pattern, another)
			}
			if walled && method == http.MethodGet && own != 200 {
				t.Errorf("%s answers a %s with %d", r.Pattern, role, own)
			}
		}
	}
}
