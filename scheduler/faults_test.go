package scheduler_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/store"
)

// remindedOn is when the story's reminder to Jordan goes.
const remindedOn = "2026-03-17 11:00"

// TestSendThatIsNotAnswered: whatever becomes of a request, the phone gets the text once. One whose outcome
// is unknown is looked up before it is tried again, and not before its time limit and a margin.
func TestSendThatIsNotAnswered(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"the answer is lost, the text taken":     {Answer: emulator.Lost, Take: true},
		"the answer is lost, the text not taken": {Answer: emulator.Lost},
		"taken nine seconds after the line went": {Answer: emulator.Lost, Take: true, TakeAfter: 9 * time.Second},
		"nobody listens":                         {Answer: emulator.NoConnection},
		"500, taken":                             {Status: 500, Code: 20500, Take: true},
		"500, not taken":                         {Status: 500, Code: 20500},
		"503":                                    {Status: 503, Code: 20503},
		"too many requests":                      {Status: http.StatusTooManyRequests, Code: 20429, RetryAfter: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
				s.add(instalments + quiet)
				s.at("2026-03-17 10:59")
				s.skip("jordan")
				sends, struck := 0, time.Time{}
				s.phone.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
					if r.Op != emulator.OpSend || r.To != cast["jordan"] {
						return emulator.Fault{}
					}
					if sends++; sends == 1 {
						struck = r.At
						return fault
					}
					if wait := r.At.Sub(struck); fault.Answer == emulator.Lost && wait < 15*time.Second {
						t.Errorf("tried again after %s, while the provider may still be at it", wait)
					}
					return emulator.Fault{}
				}})
				s.at("2026-03-17 12:00")
				s.gets("jordan", "$100.00 is due on")
				s.silent("jordan")
				want := 2
				if fault.Take {
					want = 1
				}
				if sends != want {
					t.Errorf("%d requests, want %d", sends, want)
				}
				if m := s.lastMessage("reminder.money.before"); m.Status != store.MessageDelivered || m.SID == "" {
					t.Errorf("it stands as %s", m.Status)
				}
			})
		})
	}
}

// TestErrorCodes: each of the provider's codes has its consequence.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		behaviour emulator.Behaviour
		code      int // of the answer to the send, in place of a behaviour
		tries     int // requests in four days
		reachable bool
		optedOut  bool
		reason    string
		alarm     bool
	}{
		{name: "21211 no such number", behaviour: emulator.Invalid, tries: 1, reason: "unreachable"},
		{name: "21614 a landline", behaviour: emulator.Landline, tries: 1, reason: "unreachable"},
		{name: "30005 unknown handset", behaviour: emulator.UnknownHandset, tries: 1, reason: "unreachable"},
		{name: "30006 landline handset", behaviour: emulator.LandlineHandset, tries: 1, reason: "unreachable"},
		{name: "30003 handset off", behaviour: emulator.HandsetOff, tries: 3, reachable: true, reason: "unreachable"},
		{name: "30008 unknown error", behaviour: emulator.UnknownError, tries: 3, reachable: true, reason: "unreachable"},
		{name: "30004 blocked", behaviour: emulator.Blocked, tries: 1, reachable: true, reason: "unreachable"},
		{name: "30007 filtered", behaviour: emulator.Filtered, tries: 1, reachable: true, reason: "unreachable"},
		{name: "21610 opted out", code: 21610, tries: 1, reachable: true, optedOut: true, reason: "opted_out"},
		{name: "21408 country switched off", code: 21408, tries: 1, reachable: true, alarm: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
				s.add(instalments + strings.Replace(quiet, "statements", "reminder_days: [-3], statements", 1))
				s.at("2026-03-17 10:00")
				tries := 0
				s.phone.SetFaults(emulator.Faults{
					Numbers: map[string]emulator.Behaviour{cast["jordan"]: c.behaviour},
					Script: func(r emulator.Request) emulator.Fault {
						if r.Op != emulator.OpSend || r.To != cast["jordan"] {
							return emulator.Fault{}
						}
						tries++
						return emulator.Fault{Code: c.code}
					},
				})
				s.at("2026-03-21 10:00")
				if tries != c.tries {
					t.Errorf("%d requests, want %d", tries, c.tries)
				}
				p := s.report("RJ-1").Parties[1]
				if p.Reachable != c.reachable || p.OptedOut != c.optedOut {
					t.Errorf("reachable %v, opted out %v", p.Reachable, p.OptedOut)
				}
				if c.reason != "" && !s.reasonOpen("RJ-1", c.reason) {
					t.Errorf("nobody was told: %+v", s.report("RJ-1").Escalations)
				}
				if alarms := s.alarms(); (len(alarms) > 0) != c.alarm {
					t.Errorf("alarms: %v", alarms)
				}
			})
		})
	}
}

// TestOneAlarm: what only the operator can mend raises one alarm, and nothing is lost meanwhile.
func TestOneAlarm(t *testing.T) {
	for _, code := range []int{30002, 30034} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
				s.add(instalments + quiet)
				s.at("2026-03-17 10:00")
				s.skip("jordan")
				broken := true
				s.phone.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
					if r.Op == emulator.OpSend && broken {
						return emulator.Fault{Code: code}
					}
					return emulator.Fault{}
				}})
				s.at("2026-03-17 13:00")
				s.silent("jordan")
				if alarms := s.alarms(); len(alarms) != 1 || alarms[0].Times < 2 {
					t.Errorf("alarms: %+v", alarms)
				}
				broken = false
				s.at("2026-03-17 14:00")
				s.gets("jordan", "$100.00 is due on")
			})
		})
	}
}

// TestCallbacksInAnyOrder: callbacks repeated, late, out of order and lost leave the right status, and an
// inbound text repeated is taken once.
func TestCallbacksInAnyOrder(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.phone.SetFaults(emulator.Faults{CallbackRepeated: 0.7, CallbackDelayed: 0.7, InboundRepeated: 1, Latest: time.Minute})
		s.add(instalments + quiet)
		s.at(remindedOn)
		s.skip("jordan")
		s.writes("jordan", "paid 40")
		s.at("2026-03-17 11:30")
		s.writes("jordan", "paid 40")
		s.at("2026-03-17 19:00")
		if r := s.report("RJ-1").Restitution[0]; r.ReportedCents != 8000 {
			t.Errorf("two reports of 40.00 were sent, and %d cents stand", r.ReportedCents)
		}
		for _, m := range s.messages("RJ-1") {
			if m.Direction == "out" && m.Status != store.MessageDelivered && m.Status != store.MessageHeld {
				t.Errorf("%s stands as %s", m.Template, m.Status)
			}
		}
	})
}

// TestValidity: a text that lies at the carrier until the day's hours are over never arrives at night.
func TestValidity(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + quiet)
		s.phone.SetFaults(emulator.Faults{Numbers: map[string]emulator.Behaviour{cast["jordan"]: emulator.Stalled}})
		s.at("2026-03-17 20:30")
		if m := s.lastMessage("reminder.money.before"); m.Status != store.MessageFailed || m.ErrorCode != 30036 {
			t.Errorf("it stands as %s, error %d", m.Status, m.ErrorCode)
		}
	})
}

// TestOddReplies: whatever a phone sends gets a sensible answer, and is kept.
func TestOddReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		media  int
		answer string
	}{
		"empty":                    {body: "", answer: "did not get that"},
		"blanks":                   {body: "  \n\t ", answer: "did not get that"},
		"10,000 characters":        {body: strings.Repeat("blah ", 2000), answer: "did not get that"},
		"emoji alone":              {body: "🤷‍♀️🤷‍♀️", answer: "did not get that"},
		"control characters":       {body: "\x00\x01\x1b[31m\x7f", answer: "did not get that"},
		"right to left":            {body: "مرحبا كيف حالك", answer: "did not get that"},
		"no UTF-8":                 {body: "\xff\xfe\xfd", answer: "did not get that"},
		"a picture without text":   {body: "", media: 1, answer: "can't open pictures"},
		"a picture with an answer": {body: "paid 50", media: 1, answer: "$50.00 paid"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
				s.add(instalments + quiet)
				s.skip("jordan")
				_, err := s.phone.Write(t.Context(), cast["jordan"], ourNumber, c.body, emulator.Media(c.media))
				must(t, err)
				s.settle()
				s.gets("jordan", c.answer)
				kept := 0
				for _, m := range s.messages("RJ-1") {
					if m.Direction == "in" {
						kept++
					}
				}
				if kept != 1 {
					t.Errorf("%d texts came in, by the books", kept)
				}
			})
		})
	}
}

// TestStranger: a number that is nobody's is recorded, answered neutrally once a day, and can stop.
func TestStranger(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.writes("nobody", "hello who is this")
		s.gets("nobody", "not on our list")
		s.writes("nobody", "hello??")
		s.silent("nobody")
		s.at("2026-03-03 10:01")
		s.writes("nobody", "he is going to kill me")
		s.gets("nobody", "911")
		s.at("2026-03-04 10:02")
		s.writes("nobody", "take me off your list")
		s.gets("nobody", "no more texts")
		s.at("2026-03-05 10:03")
		s.writes("nobody", "ok")
		s.silent("nobody")
	})
}

func (s *stage) messages(reference string) []store.Message {
	s.t.Helper()
	var list []store.Message
	must(s.t, s.store.View(s.t.Context(), func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(reference)
		if err != nil {
			return err
		}
		list, err = tx.MessagesOf(cases[0].ID)
		return err
	}))
	return list
}

func (s *stage) lastMessage(template string) store.Message {
	s.t.Helper()
	var last store.Message
	for _, m := range s.messages("RJ-1") {
		if m.Template == template {
			last = m
		}
	}
	if last.ID == "" {
		s.t.Fatalf("no text %s", template)
	}
	return last
}

func (s *stage) alarms() []store.Alarm {
	s.t.Helper()
	var list []store.Alarm
	must(s.t, s.store.View(s.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Alarms()
		return err
	}))
	return list
}
