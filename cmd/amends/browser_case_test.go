//go:build !race

package main_test

import (
	"testing"

	"amends/templates/pagetest"

	"github.com/chromedp/chromedp/kb"
)

// set gives a field of a form a value, as one who picks it from a list or a calendar does.
func set(p *pagetest.Tab, name, value string) {
	p.Helper()
	if got := pagetest.Ask[string](p, `(() => { const f = document.querySelector('[name="' + %q + '"]'); f.value = %q; f.dispatchEvent(new Event('change', {bubbles: true})); return f.value })()`, name, value); got != value {
		p.Fatalf("%s is %q, not %q", name, got, value)
	}
}

// shown says whether a field is to be seen.
func shown(p *pagetest.Tab, name string) bool {
	p.Helper()
	return pagetest.Ask[bool](p, `document.querySelector('[name="' + %q + '"]').checkVisibility()`, name)
}

// TestCreatingACase has a coordinator fill in the form of a case, look at its plan and store it; the party's phone is asked.
func TestCreatingACase(t *testing.T) {
	t.Parallel()
	s := site(t, "sqlite")
	page := s.as("Kim Park")
	page.Go("/cases")
	page.Press(`a[href="/new"]`)

	page.Type(`[name=reference]`, "RJ-2026-0200")
	if status := page.Key(kb.Enter); status != 422 { // looks, and takes nothing out
		t.Errorf("Enter: %d", status)
	}
	page.Says("Nothing is stored.", "Pick a date.", "Fill this in.")
	set(page, "mediated_on", "2026-03-02")
	set(page, "mediator", "dana")
	page.Type(`[name=p0-name]`, "Ann Lee")
	page.Type(`[name=p0-phone]`, "312 555 0171")
	page.Type(`[name=p1-name]`, "Bo Reyes")
	page.Type(`[name=p1-phone]`, "312 555 0172")
	set(page, "p1-language", "es")

	// What does not belong to the kind that is chosen is not to be seen.
	if !shown(page, "c0-count") || shown(page, "c0-rule") || shown(page, "c0-hours") || shown(page, "c0-due") || shown(page, "p0-consent-on") {
		t.Error("the form of a restitution in instalments shows other fields than its own")
	}
	set(page, "c0-how", "once")
	if shown(page, "c0-count") || !shown(page, "c0-due") {
		t.Error("the form of a restitution paid at once shows other fields than its own")
	}
	set(page, "c0-how", "every")
	page.Type(`[name=c0-total]`, "600")
	page.Type(`[name=c0-count]`, "3")
	set(page, "c0-first", "2026-03-31")
	page.Press(`button[name=add][value=commitment]`)
	if focus := pagetest.Ask[string](page, "document.activeElement.name"); focus != "c1-kind" {
		t.Errorf("the new commitment is not at hand, but %q", focus)
	}
	set(page, "c1-by", "o")
	set(page, "c1-due", "2026-04-20")

	page.Press(`form.edit > .row:last-child button`)
	page.Says("What would be stored", "Tue, Mar 31, 2026 $200.00", "Thu, Apr 30, 2026 $200.00", "Sun, May 31, 2026 $200.00", "Letter of apology: due Apr 20, 2026",
		"Asked for consent by text, in their hours: Ann Lee, Bo Reyes")
	page.Press(`button[name=store]`)
	page.Says("The case is on record.", "RJ-2026-0200", "Enrolling", "Agreed $600.00", "Next · Mar 31, 2026 $200.00", "Ann Lee", "Consent asked")
	page.Go("/cases")
	page.Says("RJ-2026-0200", "Ann Lee, Bo Reyes")
	s.move("1m")
	phone := page.Beside(s.address)
	phone.Show("/phones/+13125550172", 1280, 860, "light")
	shows(phone, "sobre su acuerdo")
}
