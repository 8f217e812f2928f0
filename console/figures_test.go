package console_test

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFigures is a small program that was reckoned by hand: two cases of $600 in six instalments from February 15, one of
// another program beside them. It is May 1; what fell due before are the instalments of February 15, March 15 and April 15
// and the letter of March 20, of each case.
//
//	RJ-1: $150 on Feb 14, $100 on Mar 20, reported and confirmed $50 as paid on Apr 10: February on time, March (until Mar 15
//	      $150 of $200) late, April (until Apr 15 $300 of $300) on time. The letter is met on Mar 20: on time.
//	RJ-2: $300 of $600 waived, from the last back: three instalments are left; $100 on Feb 20: all of them late. No letter.
//
// So that 8 fell due (6 instalments, 2 letters) and 3 were met on time: 38 %.
func TestFigures(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		b := s.as(t, "Kim Park")
		act := func(ref, act string, form url.Values) {
			t.Helper()
			form.Set("why", "seen")
			b.post("/cases/"+ref+"/"+act, form).want(200)
		}
		money := func(amount, on string) url.Values {
			return url.Values{"commitment": {"money"}, "amount": {amount}, "on": {on}}
		}
		act("RJ-1", "receipt", money("150", "2026-02-14"))
		act("RJ-2", "receipt", money("100", "2026-02-20"))
		act("RJ-2", "waiver", money("300", ""))
		b.get("/program").want(200, "Open cases 2", "Agreed $1,200.00", "Received $250.00 28%", "Waived $300.00", "Outstanding $650.00",
			"Feb 2026 $200.00 $250.00", "Numbers opted out 0 of 4", "Share on time 50%")

		s.moves(18*24*time.Hour + time.Hour) // Mar 20
		act("RJ-1", "receipt", money("100", "2026-03-20"))
		act("RJ-1", "met", url.Values{"commitment": {"letter"}, "on": {"2026-03-20"}})
		s.moves(25 * 24 * time.Hour) // Apr 14
		act("RJ-1", "report", money("50", "2026-04-10"))
		act("RJ-1", "receipt", money("50", "2026-04-14"))
		s.moves(17 * 24 * time.Hour) // May 1
		if _, err := s.store.FoldFigures(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.get("/program").want(200, "Agreed $1,200.00", "Received $400.00", "Outstanding $500.00",
			"Share on time 38%", "Met on time 3", "Fell due 8", "Feb 2026 2 1 50%", "Mar 2026 4 1 25%", "Apr 2026 2 1 50%",
			"Restitution 6 2 33%", "Letter of apology 2 1 50%")

		csv := b.get("/program.csv").want(200, "received_cents_USD,40000", "outstanding_cents_USD,50000", "commitments_due_12_months,8", "commitments_on_time_12_months,3",
			"commitments_due_12_months_restitution,6", "commitments_on_time_12_months_restitution,2", "commitments_on_time_2026-04,1", "due_cents_USD_2026-05,20000").body
		b.get("/program.xlsx").want(200)
		var rows []string
		for _, r := range b.sheet() {
			rows = append(rows, strings.Join(r, ","))
		}
		if got := strings.Join(rows, "\n"); got != strings.TrimSpace(csv) {
			t.Errorf("the workbook is\n%s, the CSV\n%s", got, csv)
		}

		s.as(t, "Dana Ortiz").get("/program").want(403)
		s.as(t, "Dana Ortiz").get("/program.xlsx").want(403)
		s.as(t, "Eve Hart").get("/program").want(200, "Open cases 1", "Agreed $600.00")
	})
}

// TestFiguresOfReplies has people answer check-ins. Alex says 2 and, at the next one, 4; Riley says 3 once. The middle of the three waits is the figure; the change is of Alex alone.
func TestFiguresOfReplies(t *testing.T) {
	each(t, func(t *testing.T, s *stage) {
		var waits []time.Duration
		asked := 0
		// next lets time go by until a phone is asked anew, and that many minutes more, and answers.
		next := func(phone string, more time.Duration, wellbeing string) {
			t.Helper()
			questions := func() (all []time.Time) {
				for _, x := range s.phone.Thread(phone) {
					if strings.Contains(x.Body, "Do you feel safe?") && !strings.Contains(x.Body, "once more") {
						all = append(all, x.At)
					}
				}
				return all
			}
			for had := len(questions()); len(questions()) == had; {
				at, _, err := s.mover.Scheduler.Next(t.Context())
				must(t, err)
				_, err = s.mover.MoveTo(t.Context(), at)
				must(t, err)
				if s.clock().Sub(start()) > 80*24*time.Hour {
					t.Fatalf("%s is not asked:\n%s", phone, s.thread(phone))
				}
			}
			s.moves(more)
			all := questions()
			waits = append(waits, s.clock().Sub(all[len(all)-1]).Round(time.Minute)) // the question was a few seconds on its way
			for _, text := range []string{"1", wellbeing, "1", "2", "0"} {           // safe, well-being, arrived, a word with the mediator, anything to add
				if strings.Contains(s.last(phone), "?") {
					s.writes(phone, text)
				}
			}
		}
		next(alex, 10*time.Minute, "2")
		next(riley, 25*time.Minute, "3")
		next(alex, 50*time.Minute, "4")
		slices.Sort(waits)
		for _, phone := range []string{alex, riley} {
			for _, x := range s.phone.Thread(phone) {
				if strings.Contains(x.Body, "Do you feel safe?") && !strings.Contains(x.Body, "once more") {
					asked++
				}
			}
		}
		b := s.as(t, "Kim Park")
		took := int(waits[1].Minutes())
		b.get("/program").want(200, fmt.Sprintf("Is owed %d 3 %d%% %d min", asked, (300+asked/2)/asked, took), "Is owed 1 2.00 4.00 +2.00", "Is owed: from 2.00 to 4.00")
		b.get("/program.csv").want(200, fmt.Sprint("checkins_asked_90_days_victim,", asked), "checkins_answered_90_days_victim,3",
			fmt.Sprint("minutes_to_reply_median_90_days_victim,", took), "wellbeing_people_victim,1", "wellbeing_change_mean_victim,2.0000")
		b.post("/language", url.Values{"language": {"es"}})
		b.get("/program").want(200, "Tasa de respuesta", "Cambio medio")
	})
}

// last is the last text that a phone shows.
func (s *stage) last(phone string) string {
	thread := s.phone.Thread(phone)
	return thread[len(thread)-1].Body
}

// TestFiguresPictures reads the pictures as a screen reader does: each has a name and a description, and is well formed.
func TestFiguresPictures(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Kim Park")
	b.post("/cases/RJ-1/receipt", url.Values{"commitment": {"money"}, "amount": {"150"}, "on": {"2026-02-14"}, "why": {"seen"}}).want(200)
	b.get("/program").want(200)
	var named []string
	for _, svg := range regexp.MustCompile(`(?s)<svg class="plot"[^>]*role="img".*?</svg>`).FindAllString(b.body, -1) {
		var picture struct {
			Labelled string `xml:"aria-labelledby,attr"`
			Title    struct {
				ID   string `xml:"id,attr"`
				Text string `xml:",chardata"`
			} `xml:"title"`
			Desc struct {
				ID   string `xml:"id,attr"`
				Text string `xml:",chardata"`
			} `xml:"desc"`
		}
		must(t, xml.Unmarshal([]byte(svg), &picture))
		if picture.Labelled != picture.Title.ID+" "+picture.Desc.ID || picture.Title.Text == "" || picture.Desc.Text == "" {
			t.Errorf("a picture has no name or description: %.200s", svg)
		}
		named = append(named, picture.Title.Text+": "+picture.Desc.Text)
	}
	slices.Sort(named)
	if got := strings.Join(named, "\n"); got != "What fell due and what was met on time, by month: 1 of 2 were met on time: 50%.\n"+
		"What fell due and what was received, by month: Agreed $1,200.00, received $150.00, waived $0.00, outstanding $1,050.00." {
		t.Errorf("the pictures are\n%s", got)
	}
}
