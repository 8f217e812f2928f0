package simulation

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

func env(name string, or int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return or
}

func TestLook(t *testing.T) {
	o := Options{Cases: env("CASES", 10), Days: env("DAYS", 90), Seed: uint64(env("SEED", 1)), Faults: os.Getenv("FAULTS") != ""}
	k, err := newKit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	e, err := k.live(t.Context(), o, o.Seed, o.Cases, nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("lived in", time.Since(begun))
	begun = time.Now()
	s := e.check()
	fmt.Println("checked in", time.Since(begun), e.count())
	for c := range checks {
		if s.broke[c] > 0 {
			fmt.Println(lines[c].law, lines[c].says, s.tried[c], s.broke[c])
		}
	}
	for _, b := range s.breaches {
		fmt.Println("law", lines[b.check].law, b.at, b.what)
		for _, c := range e.tables.commitments {
			if os.Getenv("DUMP") != "" && lines[b.check].law != "1" && contains(b.what, c.reference+" "+c.key+",") {
				fmt.Printf("%+v\n", c)
				for _, r := range e.tables.ledger {
					if r.commitmentID == c.id {
						fmt.Println("    ", at(r.recordedAt).Format("06-01-02 15:04"), r)
					}
				}
				for _, a := range e.tables.audit {
					if a.caseID == c.caseID && (a.subject == "commitment:"+c.key || contains(a.action, "escalation") || contains(a.action, "case")) {
						fmt.Println("    ", at(a.at).Format("06-01-02 15:04"), a.actor, a.action, a.subject, a.why)
					}
				}
			}
		}
		for _, c := range e.town.cases {
			for _, seat := range c.seats {
				if os.Getenv("DUMP") == "" || !contains(b.what, c.ref+" "+seat.key) {
					continue
				}
				for _, x := range e.threads[seat.person.phone] {
					if d := x.At.Sub(b.at); d < -time.Duration(env("HOURS", 72))*time.Hour || d > time.Hour {
						continue
					}
					why := ""
					if w := e.wrote[x.SID]; w != nil {
						why = string(w.meant)
					}
					if m := e.bySID[x.SID]; m != nil {
						why += fmt.Sprint(" ", m.class, " ", m.template, " ", m.reference, " ", m.party, " ev ", m.event[:4])
						for _, a := range e.byEvent[m.event].audit {
							why += " [" + a.action + " " + a.why + "]"
						}
					}
					fmt.Println("    ", x.At.Format("01-02 15:04:05"), x.Direction, x.Status, x.Carrier, strconv.Quote(x.Body), why)
				}
			}
		}
	}
	for _, c := range e.consents {
		fmt.Println("CONSENT", c.at, c.seat.m.ref, c.seat.key)
	}
	for _, d := range e.downs {
		if os.Getenv("DOWNS") != "" {
			fmt.Println("DOWN", d.from, d.to)
		}
	}
	for _, l := range e.log.found {
		fmt.Println("LOG", l)
	}
}

func contains(s, sub string) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			return true
		}
	}
	return false
}
