package main_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/store/storetest"
)

// bothConsented is the case's file with both parties' consent in it.
var bothConsented = strings.NewReplacer("language: es", "language: en",
	"time_zone: America/Chicago}", "time_zone: America/Chicago, consent: {on: 2026-03-02, how: signed form}}").Replace(caseFile)

// The case's phones.
const (
	hers = "+13125550101"
	his  = "+13125550102"
)

// asks has a phone write BALANCE and waits for the answer, so many times.
func (p *provider) asks(t *testing.T, phone string, times int) {
	t.Helper()
	for range times {
		had := p.got(phone, "")
		if _, err := p.Write(t.Context(), phone, riverside, "balance"); err != nil {
			t.Errorf("a text was not taken: %v", err)
			return
		}
		p.wait(t, "an answer", func() bool { return p.got(phone, "") > had })
	}
}

// TestInUse copies the database and gives it a new key while texts come in and go out, and goes on from the copy.
func TestInUse(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	env := p.env(t, "")
	delete(env, "AMENDS_DATABASE_URL")
	first := p.serve(t, env, 1)[0]
	p.at(t, env, programFile, "program", "apply", "-")
	p.at(t, env, bothConsented, "case", "add", "-")
	p.wait(t, "both are welcomed", func() bool { return p.got(hers, "") == 1 && p.got(his, "") == 1 })

	copied := filepath.Join(t.TempDir(), "amends.db")
	var writing sync.WaitGroup
	for _, phone := range []string{hers, his} {
		writing.Go(func() { p.asks(t, phone, 8) })
	}
	p.wait(t, "texts are under way", func() bool { return p.got(his, "") > 1 })
	p.at(t, env, "", "keys", "rotate")
	p.at(t, env, "", "backup", copied)
	p.at(t, env, "", "keys", "rotate")
	writing.Wait()
	if r := first.stop(); r.status != 0 || strings.Contains(r.errs, `"level":"ERROR"`) {
		t.Errorf("it ended with %d:\n%s", r.status, r.errs)
	}
	if out := must(t, env, "", "export", "messages"); strings.Count(out, "balance") != 16 || strings.Count(out, ",out,delivered,")+strings.Count(out, ",out,sent,") != 18 {
		t.Errorf("on record are\n%s", out)
	}

	// The copy with the keyset as it is now, which has all its keys, in another folder.
	restored := p.env(t, "sqlite:"+copied)
	restored["AMENDS_KEYSET"] = filepath.Join(env["AMENDS_DATA"], "keyset.json")
	if out := must(t, restored, "", "audit", "verify"); !strings.Contains(out, "The log is whole") {
		t.Error(out)
	}
	p.mu.Lock()
	p.serving = nil
	p.mu.Unlock()
	p.serve(t, restored, 1)
	// What was under way when the copy was made waits to be looked up, and the next to the same phone for that.
	const another = "+13125559999"
	for _, phone := range []string{his, another} {
		if _, err := p.Write(t.Context(), phone, riverside, "is anybody there?"); err != nil {
			t.Errorf("a text was not taken: %v", err)
		}
	}
	p.wait(t, "somebody is answered", func() bool { return p.got(another, "") == 1 })
	if out := must(t, restored, "", "export", "messages", "--case", "RJ-2026-0142"); !strings.Contains(out, "balance") || !strings.Contains(out, "anybody there") {
		t.Errorf("on record in the copy are\n%s", out)
	}
}

// TestStopFinishes tells a service to stop while the provider takes its time over texts: they are finished, on record as
// sent, and no phone gets one twice from the next.
func TestStopFinishes(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		p := newProvider(t)
		env := p.env(t, db.URL)
		if strings.HasPrefix(db.URL, "sqlite:") {
			delete(env, "AMENDS_DATABASE_URL")
		}
		begun := make(chan struct{}, 10)
		p.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
			if r.Op != emulator.OpSend {
				return emulator.Fault{}
			}
			begun <- struct{}{}
			return emulator.Fault{Delay: time.Second}
		}})
		s := p.serve(t, env, 1)[0]
		p.at(t, env, programFile, "program", "apply", "-")
		p.at(t, env, bothConsented, "case", "add", "-")
		for range 2 { // a welcome to each
			<-begun
		}
		if r := s.stop(); r.status != 0 || !strings.Contains(r.errs, "what is in hand is finished first") || strings.Count(r.errs, `"msg":"text.sent"`) != 2 {
			t.Errorf("it ended with %d:\n%s", r.status, r.errs)
		}
		if out := must(t, env, "", "export", "messages"); strings.Count(out, ",out,sent,")+strings.Count(out, ",out,delivered,") != 2 {
			t.Errorf("on record are\n%s", out)
		}
		p.SetFaults(emulator.Faults{})
		p.mu.Lock()
		p.serving = nil
		p.mu.Unlock()
		p.serve(t, env, 1)
		for _, phone := range []string{hers, his} {
			p.asks(t, phone, 1)
			if n := p.got(phone, ""); n != 2 {
				t.Errorf("a phone got %d texts, not a welcome and an answer", n)
			}
		}
	})
}
