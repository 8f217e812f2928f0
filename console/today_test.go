package console_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends/store"
)

// loses makes a number one that texts do not reach.
func (s *stage) loses(program, phone string) {
	s.t.Helper()
	must(s.t, s.store.Update(s.t.Context(), func(tx *store.Tx) error {
		p, _, err := tx.FindProgramByKey(program)
		if err != nil {
			return err
		}
		line, err := tx.LockLine(p.ID, phone)
		if err != nil {
			return err
		}
		line.UnreachableAt, line.UnreachableWhy = store.At(s.clock()), "30005"
		return tx.SaveLine(line)
	}))
}

// TestTodayActsInPlace does on Today all that its rows let one do, and comes back to it.
func TestTodayActsInPlace(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Kim Park")
		b.get("/").want(200, "RJ-1 15 days late $100.00", "Act RJ-1 $100.00", "It was received", "Tell the mediator")
		act := func(ref string, form url.Values) *browser {
			entry := regexp.MustCompile(`action="/cases/` + ref + `/owed"[^/]*/"><input type="hidden" name="commitment" value="money"><input type="hidden" name="entry" value="(\d+)"`).FindStringSubmatch(b.get("/").body)
			if entry != nil {
				form.Set("entry", entry[1])
			}
			form.Set("commitment", "money")
			form.Set("back", "/")
			form.Set("why", "she told me")
			return b.post("/cases/"+ref+"/owed", form)
		}
		act("RJ-1", url.Values{"do": {"receipt"}, "amount": {"lots"}}).want(422, "cannot be read")
		act("RJ-1", url.Values{"do": {"sing"}}).want(404)
		act("RJ-1", url.Values{"do": {"receipt"}, "amount": {"40"}, "on": {"2026-03-01"}}).want(200, "The receipt is recorded.", "RJ-1 15 days late $60.00")
		act("RJ-1", url.Values{"do": {"report"}, "amount": {"10"}}).want(200, "The report is recorded.", "RJ-1 15 days late $50.00")
		act("RJ-1", url.Values{"do": {"waiver"}, "amount": {"20"}}).want(200, "The waiver is recorded.", "RJ-1 15 days late $30.00")
		act("RJ-1", url.Values{"do": {"waiver"}}).want(200, "The waiver is recorded.").lacks("RJ-1 15 days late")
		act("RJ-1", url.Values{"do": {"tell"}}).want(409, "Nothing of it is overdue.")
		act("RJ-2", url.Values{"do": {"tell"}}).want(200, "The mediator is told.", "Payment missed", "All of them are among those above.")
		act("RJ-2", url.Values{"do": {"tell"}}).want(409, "told already")
		act("RJ-2", url.Values{"do": {"new-date"}, "to": {"2026-03-09"}}).want(200, "The new date is set.").lacks("case behind")
		if b.get("/").want(200); b.path != "/" {
			t.Errorf("it leads to %s", b.path)
		}

		s.loses("riverside", alex)
		b.get("/").want(200, "Cannot be reached", "Alex Kim", "Try the number again")
		d := s.as(t, "Dana Ortiz")
		d.post("/cases/RJ-1/dealt", url.Values{"party": {"v"}, "back": {"/"}}).want(422, "Say why")
		d.post("/cases/RJ-1/dealt", url.Values{"party": {"v"}, "back": {"/"}, "why": {"wrote her a letter"}}).want(200, "That is dealt with.").lacks("Cannot be reached")
		d.get("/cases/RJ-1").want(200, "the number cannot be reached", "Number dealt with wrote her a letter")
		d.post("/cases/RJ-1/try-number", url.Values{"party": {"v"}, "why": {"a new phone"}}).want(200, "Texts go to that number again.", "May be texted")
		d.post("/cases/RJ-1/dealt", url.Values{"party": {"v"}, "why": {"x"}}).want(409, "can be reached")

		s.writes("+13125557001", "who is this?")
		b.get("/").want(200, "From numbers nobody knows", "who is this?", "Dealt with")
		path := regexp.MustCompile(`action="(/strangers/[^"]+/settled)"`).FindStringSubmatch(b.body)[1]
		b.post(path, nil).want(422, "Say why")
		d.post(path, url.Values{"why": {"x"}}).want(403)
		s.as(t, "Eve Hart").post(path, url.Values{"why": {"x"}}).want(404)
		b.post(path, url.Values{"why": {"a wrong number"}}).want(200, "That is dealt with.").lacks("From numbers nobody knows")
		b.post(path, url.Values{"why": {"x"}}).want(409, "dealt with already")

		s.hold("riverside", "RJ-2", "did it arrive?")
		b.get("/").want(200, "Texts that have not gone", "waits for allowed hours", "Drop")
		drop := regexp.MustCompile(`action="(/outbox/[^"]+/drop)"`).FindStringSubmatch(b.body)[1]
		b.post(drop, url.Values{"why": {"told her"}, "back": {"/"}}).want(200, "It is dropped.").lacks("Texts that have not gone")
		b.get("/log").want(200, "Mediator told", "Stranger's text dealt with", "a wrong number", "Number tried again")
		s.as(t, "Ada Moss").get("/").want(200).lacks("Dealt with", "Act<", "Drop<")
		s.moves(time.Minute)
		if !strings.Contains(s.thread("+13125550109"), "RJ-2: payment missed") {
			t.Errorf("the mediator is not told:\n%s", s.thread("+13125550109"))
		}
	})
}
