package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	alex   = "+13125550101" // to whom is owed, case RJ-1
	jordan = "+13125550102" // who owes
	riley  = "+13125550103" // to whom is owed, case RJ-2
	casey  = "+13125550104" // who owes
	dana   = "+13125550100"
)

// TestEscalation has somebody say that she is not safe, and the mediator act on the page while her phone rings.
func TestEscalation(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		s.moves(7 * 24 * time.Hour) // check-ins, a missed instalment
		s.writes(alex, "he is outside my house with a knife")
		if !strings.Contains(s.thread(dana), "RJ-1") {
			t.Fatalf("the mediator is not alerted:\n%s", s.thread(dana))
		}
		b := s.as(t, "Dana Ortiz")
		b.get("/").want(200, "Urgent Not safe", "Alex Kim", "Dana Ortiz to act", "Fell due and not met", "All of them are among those above.", "RJ-1")
		b.lacks("RJ-2", "knife")
		path := regexp.MustCompile(`href="(/e/\d+)"><b>Not safe`).FindStringSubmatch(b.body)[1]
		if !strings.Contains(s.thread(dana), "http://amends.test"+path) {
			t.Errorf("the alert does not link to %s:\n%s", path, s.thread(dana))
		}
		b.get(path).want(200, "he is outside my house with a knife", "Escalation opened")
		b.post(path+"/ok", url.Values{"back": {path}}).want(200, "In your hands now.", "In the hands of Dana Ortiz")
		b.get("/").want(200, "in the hands of Dana Ortiz")
		b.post(path+"/done", url.Values{}).want(422, "how it was resolved")
		b.post(path+"/done", url.Values{"note": {"spoke to her, police came"}}).want(200, "Resolved.")
		b.get("/").lacks("Not safe")
		b.get(path).want(200, "spoke to her, police came", "Resolved")
		b.post(path+"/ok", nil).want(409, "resolved already")
		b.post(path+"/sing", nil).want(404)

		auditor := s.as(t, "Ada Moss")
		auditor.get(path).want(200, "Not safe").lacks("knife", "police came", "Pass on")
		auditor.post(path+"/ok", nil).want(403, "not for your role")
		for _, other := range []string{"Sam Lee", "Eve Hart"} {
			b := s.as(t, other)
			if other == "Eve Hart" { // of the other program
				b.get(path).want(404)
				b.post(path+"/ok", nil).want(404)
			} else { // the backup
				b.get(path).want(200)
			}
		}
	})
}

func TestExtension(t *testing.T) {
	s := lite(t)
	s.writes(casey, "LATER 3/20")
	s.writes(casey, "1")
	b := s.as(t, "Sam Lee")
	b.get("/").want(200, "Asks for more time", "until Mar 20, 2026", "Grant", "Decline")
	path := regexp.MustCompile(`action="(/e/\d+/grant)"`).FindStringSubmatch(b.body)[1]
	b.post(path, nil).want(200, "Granted").lacks("Asks for more time")
	b.get("/cases/RJ-2").want(200, "Mar 20, 2026 was Feb 15, 2026")
	s.moves(time.Minute)
	if !strings.Contains(s.thread(casey), "20") {
		t.Errorf("the party does not hear of it:\n%s", s.thread(casey))
	}
}

func TestMoney(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Kim Park")
		b.get("/cases/RJ-1").want(200, "Agreed $600.00", "Received $0.00", "Outstanding $600.00", "Next · Feb 15, 2026 $100.00", "15 days late")
		before := picture(b.body)
		b.post("/cases/RJ-1/receipt", url.Values{"commitment": {"money"}, "amount": {"$150"}}).want(422, "Say why")
		b.post("/cases/RJ-1/receipt", url.Values{"commitment": {"money"}, "amount": {"lots"}, "why": {"x"}}).want(422, "That amount cannot be read")
		b.post("/cases/RJ-1/receipt", url.Values{"commitment": {"money"}, "amount": {"$150"}, "on": {"2026-02-27"}, "why": {"money order seen"}}).
			want(200, "The receipt is recorded.", "Received $150.00", "Outstanding $450.00", "Feb 15, 2026 $100.00 $100.00 $0.00 Received", "Mar 15, 2026 $100.00 $50.00 $50.00 In part",
				"Feb 27, 2026 Received $150.00 Kim Park", "money order seen")
		if picture(b.body) == before {
			t.Error("the picture is as before")
		}
		if !strings.Contains(picture(b.body), "$150.00 of $600.00 received") {
			t.Error("the picture does not say what it shows")
		}
		b.post("/cases/RJ-1/waiver", url.Values{"commitment": {"money"}, "amount": {"100.00"}, "why": {"agreed by both"}}).want(200, "Waived $100.00", "Outstanding $350.00")
		b.post("/cases/RJ-1/new-date", url.Values{"commitment": {"letter"}, "to": {"2026-04-01"}, "why": {"ill"}}).want(200, "due Apr 1, 2026", "was Mar 20, 2026")
		b.post("/cases/RJ-1/new-date", url.Values{"commitment": {"letter"}, "to": {"2020-04-01"}, "why": {"ill"}}).want(422, "lies ahead")
		b.post("/cases/RJ-1/met", url.Values{"commitment": {"letter"}, "why": {"read it"}}).want(200, "Met")
		b.post("/cases/RJ-1/report", url.Values{"commitment": {"money"}, "amount": {"50"}, "why": {"he phoned"}}).want(200, "Reported, not confirmed $50.00")
		b.post("/cases/RJ-1/sing", url.Values{"why": {"x"}}).want(404)
		b.get("/cases").want(200, "$150.00 of $500.00")
		// What the page says is what the ledger says.
		report, err := s.bot.ShowCase(t.Context(), "riverside", "RJ-1")
		must(t, err)
		m := report.Restitution[0]
		if fmt.Sprint(m.TotalCents, m.ReceivedCents, m.WaivedCents, m.OutstandingCents, m.ReportedCents) != "60000 15000 10000 35000 5000" {
			t.Errorf("the ledger says %+v", m)
		}
	})
}

// picture is the first picture of a page.
func picture(body string) string {
	return regexp.MustCompile(`(?s)<svg class="plot".*?</svg>`).FindString(body)
}

func TestPartiesOnTheCase(t *testing.T) {
	s := lite(t)
	s.writes(alex, "hello <script>alert(1)</script>")
	b := s.as(t, "Dana Ortiz")
	b.get("/cases/RJ-1").want(200, "Alex Kim", "(312) 555-0101", "May be texted", "hello <script>", "Consent given", "discreet", "1 segment")
	if strings.Contains(b.body, "<script>alert") {
		t.Error("markup in a text is markup on the page")
	}
	b.post("/cases/RJ-1/opt-out", url.Values{"party": {"v"}, "why": {"asked me to"}}).want(200, "the number has opted out")
	b.post("/cases/RJ-1/consent", url.Values{"party": {"v"}, "how": {""}, "why": {"x"}}).want(422, "Say how consent was given")
	b.post("/cases/RJ-1/consent", url.Values{"party": {"v"}, "how": {"by phone"}, "why": {"called back"}}).want(200, "The consent is on record.")
	b.post("/cases/RJ-1/assign", url.Values{"mediator": {"sam"}, "backup": {"sam"}, "why": {"x"}}).want(422, "another than the mediator")
	b.post("/cases/RJ-1/assign", url.Values{"mediator": {"sam"}, "backup": {"dana"}, "why": {"on leave"}}).want(200, "Sam Lee")
	b.post("/cases/RJ-1/close", url.Values{"reason": {"withdrawn"}, "why": {"both wish so"}}).want(200, "Closed", "Withdrawn").lacks("Record a receipt")

	ada := s.as(t, "Ada Moss")
	ada.get("/cases/RJ-1").want(200, "Alex Kim", "A text of the party").lacks("555-0101", "hello", "asked me to", "Close the case")
}

func TestCases(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		for i := range 55 {
			s.addCase("riverside", fmt.Sprintf("RX-%03d", i), "sam", "", fmt.Sprintf("Robin No%d", i), fmt.Sprintf("+1312555%04d", 2000+2*i), "Lee Gray", fmt.Sprintf("+1312555%04d", 2001+2*i))
		}
		b := s.as(t, "Kim Park")
		b.get("/cases").want(200, "RJ-1", "15 days late", "More cases").lacks("LM-1")
		seen := map[string]bool{}
		for _, order := range []string{"", "mediated", "reference"} {
			clear(seen)
			for path := "/cases?order=" + order; path != ""; {
				b.get(path).want(200)
				for _, found := range regexp.MustCompile(`<a href="/cases/([^"]+)">`).FindAllStringSubmatch(b.body, -1) {
					if seen[found[1]] {
						t.Errorf("%q shows %s twice", order, found[1])
					}
					seen[found[1]] = true
				}
				path = ""
				if more := regexp.MustCompile(`href="(/cases\?[^"]+)">More`).FindStringSubmatch(b.body); more != nil {
					path = strings.ReplaceAll(more[1], "&amp;", "&")
				}
			}
			if len(seen) != 57 {
				t.Errorf("%q shows %d cases", order, len(seen))
			}
		}
		b.get("/cases?q=robin+no7").want(200, "RX-007").lacks("RX-008")
		b.get("/cases?q=%28312%29+555-2019").want(200, "RX-009").lacks("RX-008")
		b.get("/cases?q=RX-011").want(200, "RX-011", "What happened") // leads to it
		b.get("/cases?q=Robin").want(200, "No case fits.")
		b.get("/cases?mediator=dana").want(200, "RJ-1").lacks("RX-")
		b.get("/cases?behind=1&language=es").want(200, "RJ-1")
		b.get("/cases?status=closed").want(200, "No case fits.")
		b.get("/cases?after=nonsense").want(200, "RJ-1")

		d := s.as(t, "Dana Ortiz") // her own and those she backs alone
		d.get("/cases?status=all").want(200, "RJ-1").lacks("RX-", "RJ-2")
		d.get("/cases?q=robin+no7").want(200, "No case fits.")
		ada := s.as(t, "Ada Moss")
		ada.get("/cases?q=%28312%29+555-2019").want(200, "No case fits.") // no number is to be guessed by trying
	})
}

func TestLog(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Kim Park")
		b.get("/cases/RJ-1").want(200)
		b.get("/cases/RJ-1").want(200)
		b.get("/log").want(200, "Looked at the case", "Signed in", "Case opened", "Kim Park").lacks("LM-1")
		if n := strings.Count(b.body, "Looked at the case"); n != 1 {
			t.Errorf("%d looks are kept, not 1", n)
		}
		b.get("/log?who=staff:kim&kind=case.").want(200, "Looked at the case").lacks("Case opened")
		b.get("/log?case=RJ-2&from=2026-03-02&to=2026-03-02").want(200, "Case opened").lacks("RJ-1")
		if !strings.Contains(b.body, `href="/log.csv?case=RJ-2&amp;from=2026-03-02&amp;to=2026-03-02"`) {
			t.Error("the export does not keep the filter")
		}
		b.get("/log?to=2026-03-01").want(200, "Nothing in the log fits.")
		b.get("/log?case=LM-1").want(404)
		b.get("/log.csv?case=RJ-1").want(200, "id,at,case,party,actor,action,subject,why,event", "RJ-1").lacks("Alex")
		b.get("/log.xlsx?kind=staff.").want(200)
		if !strings.HasPrefix(b.body, "PK") {
			t.Error("the workbook is none")
		}
		b.get("/log").want(200, "Exported the log")
		d := s.as(t, "Dana Ortiz")
		d.get("/log").want(403)
		d.get("/log?case=RJ-1").want(200, "Looked at the case")
		d.get("/log?case=RJ-2").want(404)
		d.get("/log.csv").want(403)
	})
}

// TestGlance has more that waits than Today shows: the head tells how many there are, and one's own come first.
func TestGlance(t *testing.T) {
	s := lite(t)
	for i := range 101 {
		s.addCase("riverside", fmt.Sprintf("RX-%03d", i), "sam", "", "Robin Vale", fmt.Sprintf("+1312555%04d", 2000+2*i), "Lee Gray", fmt.Sprintf("+1312555%04d", 2001+2*i))
	}
	s.moves(time.Minute)
	s.addCase("riverside", "RZ-1", "dana", "", "Ann Lee", "+13125553001", "Bo Lee", "+13125553002")
	s.moves(time.Minute)
	s.writes(riley, "he is outside my house with a knife")
	b := s.as(t, "Kim Park")
	b.get("/").want(200, "1 urgent 105 waiting 104 cases behind", "Waiting for somebody 105", "The first 100 are shown.")
	b.post(regexp.MustCompile(`action="(/e/\d+/ok)"`).FindStringSubmatch(b.body)[1], url.Values{"back": {"/"}}).
		want(200, "104 waiting 1 in hand", "In hand 1")
	dana := s.as(t, "Dana Ortiz")
	dana.get("/").want(200, "2 waiting")
	if first := regexp.MustCompile(`(?s)<li class="mine">.*?</li>`).FindString(dana.body); !strings.Contains(first, "Dana Ortiz to act") {
		t.Errorf("what is Dana's does not stand out: %s", first)
	}
}
