package console_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends/console"
	"amends/store"
	"amends/store/storetest"
)

func TestOutbox(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.hold("riverside", "RJ-1", "did it arrive?")
		b := s.as(t, "Kim Park")
		b.get("/").want(200, "Texts that have not gone", "waits for allowed hours")
		b.get("/outbox").want(200, "Held", "RJ-1", "waits for allowed hours", "Mar 3, 2026, 12:30 AM", "did it arrive?")
		path := regexp.MustCompile(`action="(/outbox/[^"]+/drop)"`).FindStringSubmatch(b.body)[1]
		b.post(path, nil).want(422, "Say why")
		ada := s.as(t, "Ada Moss")
		ada.get("/outbox").want(200, "Held").lacks("555-01", "Drop<", "did it arrive")
		ada.post(path, url.Values{"why": {"x"}}).want(403)
		s.as(t, "Eve Hart").post(path, url.Values{"why": {"x"}}).want(404)
		b.post(path, url.Values{"why": {"told her by phone"}}).want(200, "It is dropped.")
		b.post(path, url.Values{"why": {"again"}}).want(409)
		b.post(strings.Replace(path, "/drop", "/again", 1), url.Values{"why": {"again"}}).want(409, "has not failed")
		b.get("/log?case=RJ-1").want(200, "told her by phone")
	})
}

// TestOutboxFailing has a number refuse its texts. One that did not arrive is tried again once, with a reason, and goes; or
// is left at that.
func TestOutboxFailing(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.put("riverside", "RJ-1", "lost-1", store.MessageUndelivered)
		s.put("riverside", "RJ-1", "lost-2", store.MessageFailed)
		s.put("riverside", "RJ-2", "doubt-1", store.MessageInDoubt)
		b := s.as(t, "Kim Park")
		b.get("/outbox").want(200, "Failed in four weeks 2", "In doubt 1", "the carrier is asked whether it went", "words of lost-1", "error 30005", "Try again", "Leave it").lacks("next try")
		b.post("/outbox/doubt-1/drop", url.Values{"why": {"x"}}).want(409, "cannot be taken back")
		b.post("/outbox/doubt-1/again", url.Values{"why": {"x"}}).want(409, "has not failed")
		b.post("/outbox/lost-1/again", url.Values{"why": {" "}}).want(422, "Say why")
		b.post("/outbox/lost-1/again", url.Values{"why": {"she has her phone back"}}).want(200, "It is tried again.", "Failed in four weeks 1", "Held 1", "is tried again")
		b.post("/outbox/lost-1/again", url.Values{"why": {"once more"}}).want(409, "has not failed")
		b.post("/outbox/lost-2/drop", url.Values{"why": {"told him by phone"}}).want(200, "It is dropped.", "Failed in four weeks 0")
		b.post("/outbox/lost-2/again", url.Values{"why": {"x"}}).want(409, "has not failed")
		b.get("/log?case=RJ-1").want(200, "she has her phone back", "told him by phone", "left at that")
		s.moves(time.Minute)
		if thread := s.thread(alex); strings.Count(thread, "words of lost-1") != 1 || strings.Contains(thread, "lost-2") {
			t.Errorf("the phone shows\n%s", thread)
		}
		b.get("/outbox").want(200, "Held 0").lacks("words of lost")
	})
}

// put puts a text to a case's victim on record that stands so.
func (s *stage) put(program, ref, id string, status store.MessageStatus) {
	s.t.Helper()
	now := store.At(s.clock())
	m := store.Message{ID: id, Status: status, NextAt: store.At(s.clock().Add(time.Hour)), TriedAt: now, SentAt: now, SID: store.Word("SM" + id)}
	if status == store.MessageUndelivered {
		m.ErrorCode = 30005
	}
	s.record(program, ref, "words of "+id, m)
}

func TestPeople(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Ned Roth")
	b.get("/people").want(200, "Dana Ortiz", "(312) 555-0100", "dana@example.org", "Not invited yet", "No e-mail address", "1 open case")
	b.post("/people/dana/absence", url.Values{"until": {"2026-03-09"}}).want(200, "away until Mar 9, 2026")
	b.post("/people/dana/absence", url.Values{"until": {"2026-02-09"}}).want(422)
	b.post("/people/dana/absence", url.Values{}).want(200, "The absence is recorded.").lacks("away until")
	b.post("/people/sam/invite", nil).want(409, "no e-mail address")
	b.post("/people/dana/factor", nil).want(409, "no second factor yet")
	b.post("/people/nobody/invite", nil).want(404)
	b.post("/people/dana/invite", nil).want(200, "/welcome/")
	s.as(t, "Kim Park").post("/people/dana/invite", nil).want(403)
	s.as(t, "Dana Ortiz").get("/people").want(403)
	s.as(t, "Ada Moss").get("/people").want(200).lacks("555-0100", "dana@example.org")
}

func TestInvitationByMail(t *testing.T) {
	t.Parallel()
	port, letters := postOffice(t)
	s := open(t, storetest.Open(t, "sqlite"), func(c *console.Config) {
		c.Mail = &console.Mail{Host: "127.0.0.1", Port: port, From: "amends@example.org", Plain: true}
	})
	b := s.as(t, "Ned Roth")
	b.post("/people/dana/invite", nil).want(200, "The invitation is on its way.")
	path, letter := linkIn(t, letters)
	if !strings.Contains(letter, "You are invited to the pages of Riverside Restorative Justice") {
		t.Errorf("the letter is\n%s", letter)
	}
	v := s.visitor(t)
	v.post(path, url.Values{"password": {password}}).want(200, "Set up your second factor")
}

func TestFactorReset(t *testing.T) {
	t.Parallel()
	port, letters := postOffice(t)
	s := open(t, storetest.Open(t, "sqlite"), func(c *console.Config) {
		c.Mail = &console.Mail{Host: "127.0.0.1", Port: port, From: "amends@example.org", Plain: true}
	})
	dana, _, _ := enrol(t, s, letters, "dana@example.org")
	dana.get("/").want(200, "Dana Ortiz")
	s.as(t, "Ned Roth").post("/people/dana/factor", nil).want(200, "The second factor is taken off.")
	dana.get("/").want(200, "Sign in")
	dana.post("/signin", url.Values{"email": {"dana@example.org"}, "password": {password}}).want(200, "Set up your second factor")
}

// send uploads a file, and has it stored if it is right.
func (b *browser) send(name, content string, keep bool, fields ...string) *browser {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", name)
	must(b.t, err)
	_, err = file.Write([]byte(content))
	must(b.t, err)
	if keep {
		must(b.t, form.WriteField("store", "yes"))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		must(b.t, form.WriteField(fields[i], fields[i+1]))
	}
	must(b.t, form.Close())
	r, err := http.NewRequest(http.MethodPost, b.url+"/import", &body)
	must(b.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func TestUpload(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	const head = "reference,mediated_on,mediator,victim_name,victim_phone,offender_name,offender_phone,restitution_total,instalment_count,instalment_every,instalment_first\n"
	const good = "RJ-9,2026-02-02,dana,Ann Lee,+13125553001,Bo Lee,+13125553002,90.00,3,month,2026-04-01\n"
	b.send("cases.csv", head+good+"RJ-10,2026-02-30,dana,Ann Lee,+13125553001,Bo Lee,+13125553002,90.00,3,month,2026-04-01\n", true).
		want(422, "1 fault: nothing is stored.", "Row 3, column mediated_on")
	b.get("/cases?q=RJ-9").want(200, "No case fits.")
	b.send("cases.csv", head+good, false).want(200, "What would be stored", "Ann Lee, Bo Lee", "Apr 1, 2026 $30.00", "Jun 1, 2026 $30.00")
	b.get("/cases?q=RJ-9").want(200, "No case fits.")
	b.send("cases.csv", head+good, true).want(200, "1 case is on record.")
	b.get("/cases/RJ-9").want(200, "Agreed $90.00")
	b.send("case.yaml", fmt.Sprintf(caseFile, "lakeside", "RJ-11", "lou", "eve", "A B", "+13125553003", "C D", "+13125553004"), true).want(403, "another program")
	b.send("case.yaml", "nonsense: true", true).want(422, "nothing is stored")
	b.send("case.pdf", "x", true).want(422, "ends in .csv")
	b.send("cases.csv", strings.Repeat("x", 9<<20), true).want(422)
	s.as(t, "Dana Ortiz").send("cases.csv", head+good, true).want(403)

	moved := strings.Replace(good, "+13125553002", "+13125553009", 1)
	b.send("cases.csv", head+"RJ-20,2026-02-02,dana,Cy Lee,+13125553011,Di Lee,+13125553012,,,,\n"+moved, false).
		want(422, "is missing; list at least one commitment", "nothing is stored")
	b.send("cases.csv", head+moved, false).want(422, "Row 2", "is on record already, and differs")
	b.send("cases.csv", head+moved, true).want(422, "is on record already, and differs")
	b.send("cases.csv", head+strings.Replace(good, "90.00", "95.00", 1), false, "update", "yes").want(422, "Row 2", "change by entries of the ledger")
	b.send("cases.csv", head+strings.Replace(good, "2026-02-02", "2026-12-02", 1), false, "update", "yes").want(422, "Row 2")
	b.send("cases.csv", head+good, false, "update", "yes").want(200, "As it is")
	b.send("cases.csv", head+moved, false, "update", "yes").want(200, "Changed", "parties[o].phone: changed")
	b.get("/cases/RJ-9").want(200, "(312) 555-3002")
	b.send("cases.csv", head+moved, true, "update", "yes").want(422, "Say why")
	b.send("cases.csv", head+moved, true, "update", "yes", "why", "a new phone").want(200, "1 case is on record.")
	b.get("/cases/RJ-9").want(200, "(312) 555-3009", "Case changed a new phone Kim Park · parties[o].phone")
}
