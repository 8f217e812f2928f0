package console_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends/store/intake"
)

// fields are what the form on a page would send.
func (b *browser) fields() url.Values {
	b.t.Helper()
	form := url.Values{}
	body := regexp.MustCompile(`(?s)<form[^>]*class="stack edit".*?</form>`).FindString(b.body)
	if body == "" {
		b.t.Fatalf("%s has no form:\n%s", b.path, plain(b.body))
	}
	attr := func(tag, name string) string {
		if found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag); found != nil {
			return html.UnescapeString(found[1])
		}
		return ""
	}
	for _, tag := range regexp.MustCompile(`<input [^>]*>`).FindAllString(body, -1) {
		if attr(tag, "type") != "checkbox" || strings.Contains(tag, " checked") {
			form.Set(attr(tag, "name"), attr(tag, "value"))
		}
	}
	for _, found := range regexp.MustCompile(`(?s)<select name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(body, -1) {
		chosen := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(found[2])
		if chosen == nil {
			chosen = regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(found[2])
		}
		form.Set(found[1], html.UnescapeString(chosen[1]))
	}
	for _, found := range regexp.MustCompile(`(?s)<textarea name="([^"]+)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(body, -1) {
		form.Set(found[1], html.UnescapeString(found[2]))
	}
	return form
}

// fill changes fields of the form on the page and sends it by a button.
func (b *browser) fill(button, value string, pairs ...string) *browser {
	b.t.Helper()
	form := b.fields()
	for i := 0; i+1 < len(pairs); i += 2 {
		if !form.Has(pairs[i]) && !strings.HasSuffix(pairs[i], "consented") && !strings.HasSuffix(pairs[i], "discreet") {
			b.t.Fatalf("%s has no field %s", b.path, pairs[i])
		}
		if form.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			form.Del(pairs[i])
		}
	}
	if button != "" {
		form.Set(button, value)
	}
	return b.post(strings.Split(b.path, "?")[0], form)
}

// TestCreateCase fills in the form of a case: what is wrong is said by field, nothing typed is lost, the plan is seen, and
// what is stored is what a case file would have stored.
func TestCreateCase(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Kim Park")
		b.get("/cases").want(200, "New case", "Upload cases")
		b.get("/new").want(200, "Day of the agreement", "Restitution", "Nothing is stored yet.")
		b.fill("", "").want(422, "fields need another look. Nothing is stored.", "Pick a date.", "Fill this in.", "Write an amount like 600")
		b.fill("", "", "reference", "RJ 77", "mediated_on", "2026-02-27", "mediator", "dana", "backup", "dana",
			"p0-name", "Ann <b> Lee", "p0-phone", "12", "p0-discreet", "yes", "p0-consented", "yes", "p0-consent-on", "2026-02-27", "p0-consent-how", "signed form",
			"p1-name", "Bo Reyes", "p1-phone", "(312) 555-0100", "p1-language", "es", "p1-quiet-from", "09:00", "p1-quiet-to", "09:00",
			"c0-total", "$1,000", "c0-count", "three", "c0-first", "2026-01-31").
			want(422, "This is no phone number that can exist", "The backup is another than the mediator", "begin and end alike", "Write a whole number from 1 to 600.", "Ann <b> Lee")
		if got := b.fields(); got.Get("p0-name") != "Ann <b> Lee" || got.Get("c0-total") != "$1,000" || got.Get("c0-count") != "three" || got.Get("p0-discreet") != "yes" || got.Get("p1-language") != "es" {
			t.Errorf("what was typed is lost: %v", got)
		}
		b.fill("", "", "p0-name", "Ann Lee", "p0-phone", "312 555 3001", "backup", "sam", "p1-quiet-from", "18:00", "p1-quiet-to", "10:00", "c0-count", "3").
			want(422, "This is before the day of the mediation.", "1 field")
		b.fill("", "", "c0-first", "2026-03-31").want(422, "This is a staff member's number too")
		b.fill("", "", "p1-phone", "312-555-3002").
			want(200, "As it will fall", "Tue, Mar 31, 2026 $333.33", "Thu, Apr 30, 2026 $333.33", "Sun, May 31, 2026 $333.34", "Asked for consent by text, in their hours: Bo Reyes", "Store the case")
		b.fill("add", "party").want(200, "Party 3")
		b.fill("", "", "p2-role", "guardian", "p2-name", "Cy Reyes", "p2-phone", "+13125553003").want(422, "Choose for whom.")
		b.fill("add", "commitment", "p2-for", "o").want(200)
		b.fill("", "", "c1-kind", "community_service", "c1-by", "o", "c1-hours", "7.5", "c1-due", "2026-05-01").want(200, "Asked for consent by text, in their hours: Cy Reyes", "Community service: due May 1, 2026")
		b.fill("add", "commitment").want(200)
		b.fill("remove", "c2").want(200).lacks("c2-kind")
		b.fill("store", "yes", "c0-count", "2").want(200, "$500.00", "Store the case") // not what was looked at
		b.get("/cases?q=RJ+77").want(200, "No case fits.")
		b.get("/new")
		b.fill("", "", "reference", "RJ-1", "mediated_on", "2026-02-27", "mediator", "dana", "p0-name", "A B", "p0-phone", "3125553001", "p1-name", "C D", "p1-phone", "3125553002",
			"c0-total", "90", "c0-count", "3", "c0-first", "2026-04-01").want(422, "A case of that reference is on record already.")

		// The same case by the form and by a file are one case.
		b.fill("", "", "reference", "RJ-77", "p0-discreet", "yes", "p0-consented", "yes", "p0-consent-on", "2026-02-27", "p0-consent-how", "signed form", "p1-safe0-from", "10:00", "p1-safe0-to", "18:00", "why", "from the session").want(200, "Wed, Apr 1, 2026 $30.00")
		b.fill("store", "yes").want(200, "The case is on record.", "RJ-77", "A B", "C D", "Agreed $90.00", "Case opened from the session Kim Park")
		if b.path != "/cases/RJ-77" {
			t.Errorf("it leads to %s", b.path)
		}
		file, err := intake.ParseCase("file", strings.NewReader(`
program: riverside
reference: RJ-77
mediated_on: 2026-02-27
mediator: dana
parties:
  - {key: v, role: victim, name: A B, phone: "+13125553001", language: en, discreet: true, consent: {on: 2026-02-27, how: signed form}}
  - {key: o, role: offender, name: C D, phone: "+13125553002", language: en, safe_times: [{from: "10:00", to: "18:00"}]}
agreement:
  - {key: money, kind: restitution, by: o, to: v, total: "90.00", instalments: {count: 3, every: month, first: 2026-04-01}}
`))
		must(t, err)
		changes, err := s.bot.AddCases(t.Context(), []intake.Case{file}, false)
		must(t, err)
		if changes[0].Did != "unchanged" {
			t.Errorf("the form and the file differ: %+v", changes)
		}
		s.moves(24 * time.Hour)
		if !strings.Contains(s.thread("+13125553002"), "1 yes") {
			t.Errorf("consent is not asked:\n%s", s.thread("+13125553002"))
		}
		s.as(t, "Dana Ortiz").get("/new").want(403)
	})
}

// TestPlansOfTheForm has the form lay out a restitution in each way that there is.
func TestPlansOfTheForm(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	for _, way := range []struct {
		fields []string
		status int
		says   string
	}{
		{[]string{"c0-how", "once", "c0-due", "2026-04-04"}, 200, "Sat, Apr 4, 2026 $90.00"},
		{[]string{"c0-how", "rule", "c0-rule", "FREQ=WEEKLY;BYDAY=FR;COUNT=2", "c0-first", "2026-03-02"}, 200, "Fri, Mar 6, 2026 $45.00"},
		{[]string{"c0-how", "rule", "c0-rule", "weekly"}, 422, "first instalment"},
		{[]string{"c0-how", "rule", "c0-rule", "weekly", "c0-first", "2026-03-02"}, 422, "The rule cannot be read"},
		{[]string{"c0-how", "list", "c0-listed", "2026-03-06 40\n2026-03-20 $50.00"}, 200, "Fri, Mar 20, 2026 $50.00"},
		{[]string{"c0-how", "list", "c0-listed", "2026-03-06 40\n2026-03-20 40"}, 422, "come to less than the total"},
		{[]string{"c0-how", "list", "c0-listed", "next week 40"}, 422, "need"},
		{[]string{"c0-how", "list", "c0-listed", ""}, 422, "Say how it is paid."},
		{[]string{"c0-how", "every", "c0-every", "half_month", "c0-count", "2", "c0-first", "2026-03-15"}, 200, "Tue, Mar 31, 2026 $45.00"},
		{[]string{"c0-how", "every", "c0-count", "900", "c0-first", "2026-03-15"}, 422, "from 1 to 600"},
		{[]string{"c0-to", "=other", "c0-payee", "The shop", "c0-how", "once", "c0-due", "2026-04-04"}, 200, "$90.00"},
		{[]string{"c0-to", "=court", "c0-how", "once", "c0-due", "2026-04-04"}, 200, "$90.00"},
		{[]string{"c0-to", "", "c0-how", "once", "c0-due", "2026-04-04"}, 422, "Say who is paid."},
		{[]string{"c0-kind", "other", "c0-due", "2026-04-04"}, 422, "Say what it is."},
		{[]string{"c0-kind", "other", "c0-title", "Paint the fence", "c0-due", "2026-04-04"}, 200, "Other: due Apr 4, 2026"},
	} {
		b.get("/new")
		b.fill("", "", append([]string{"reference", "RJ-8", "mediated_on", "2026-02-27", "mediator", "dana", "p0-name", "A B", "p0-phone", "3125553001", "p1-name", "C D", "p1-phone", "3125553002", "c0-total", "90"}, way.fields...)...).
			want(way.status, way.says)
	}
}

// TestEditCase changes a case that is on record: it is shown as it stands, and changed by the door of --update, with a reason.
func TestEditCase(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Dana Ortiz")
		b.post("/cases/RJ-1/new-date", url.Values{"commitment": {"letter"}, "to": {"2026-04-02"}, "why": {"ill"}}).want(200)
		b.post("/cases/RJ-1/assign", url.Values{"mediator": {"dana"}, "why": {"x"}}).want(200) // no backup any more
		b.get("/cases/RJ-1/edit").want(200, "Change the case", "RJ-1", "on record", "Jul 15, 2026 $100.00")
		was := b.fields()
		if was.Get("p0-name") != "Alex Kim" || was.Get("p0-phone") != "(312) 555-0101" || was.Get("c1-due") != "2026-04-02" || was.Get("backup") != "" || was.Has("reference") || was.Has("c0-total") {
			t.Errorf("it is shown as %v", was)
		}
		b.fill("", "").want(422, "Fill this in.")
		b.fill("", "", "why", "nothing").want(409, "Nothing is changed.")
		b.fill("", "", "why", "a new phone", "p1-phone", "312 555 0199", "p1-language", "en", "c1-due", "2026-04-09").want(200, "What would change", "parties[o].phone: changed", "Store the changes")
		b.fill("add", "party").want(200)
		b.fill("", "", "p2-role", "support", "p2-for", "v", "p2-name", "Max Kim", "p2-phone", "312 555 0177").want(200, "parties[p3]: added", "Asked for consent by text, in their hours: Max Kim")
		b.get("/cases/RJ-1").want(200, "(312) 555-0102").lacks("Max Kim")
		b.get("/cases/RJ-1/edit")
		b.fill("", "", "why", "a new phone", "p1-phone", "312 555 0199", "c1-due", "2026-04-09").want(200)
		b.fill("store", "yes").want(200, "The case is changed.", "(312) 555-0199", "due Apr 9, 2026", "Case changed a new phone Dana Ortiz", "parties[o].phone")
		report, err := s.bot.ShowCase(t.Context(), "riverside", "RJ-1")
		must(t, err)
		if m := report.Restitution[0]; m.TotalCents != 60000 {
			t.Errorf("%+v", m)
		}
		// What may not be is refused as it is of a file.
		b.get("/cases/RJ-1/edit")
		form := b.fields()
		form.Set("why", "x")
		form.Set("parties", "1")
		b.post("/cases/RJ-1/edit", form).want(422)
		form.Set("parties", "2")
		form.Set("p1-key", "x")
		b.post("/cases/RJ-1/edit", form).want(422)
		if s.as(t, "Eve Hart").get("/cases/RJ-1/edit").status != 404 || s.as(t, "Ada Moss").get("/cases/RJ-1/edit").status != 403 {
			t.Error("it is shown to others")
		}
		b.post("/cases/RJ-1/close", url.Values{"reason": {"other"}, "why": {"x"}}).want(200).lacks("Change the case")
		b.get("/cases/RJ-1/edit").want(409, "closed")
	})
}
