package scheduler_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"amends/bot"
	"amends/store"
	"amends/store/storetest"
)

const kept30 = riverside + "policy: {retention_days: 30}\n"

// privateIn are the bytes of the database that were sealed of what is private: in SQLite's file they must be gone.
type privateIn [][]byte

// sealedWords reads all that is sealed of the cases, as it stands in the database.
func (s *stage) sealedWords(reference string) (all privateIn) {
	s.t.Helper()
	must(s.t, s.store.View(s.t.Context(), func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(reference)
		must(s.t, err)
		keep := func(sealed store.Sealed) {
			if text := tx.Reveal(sealed); text != "" && text != store.Erased && text != "{}" {
				all = append(all, sealed)
			}
		}
		for _, c := range cases {
			parties, err := tx.PartiesOf(c.ID)
			must(s.t, err)
			for _, p := range parties {
				keep(p.Name)
				line, err := tx.GetLine(p.LineID)
				must(s.t, err)
				keep(line.Phone)
				keep(line.Talk)
			}
			texts, err := tx.MessagesOf(c.ID)
			must(s.t, err)
			for _, m := range texts {
				keep(m.Body)
			}
			escalations, err := tx.EscalationsOf(c.ID)
			must(s.t, err)
			for _, e := range escalations {
				keep(e.Note)
			}
			entries, err := tx.AuditOf(store.AuditFilter{CaseID: c.ID}, 0, 10_000)
			must(s.t, err)
			for _, e := range entries {
				keep(e.Words)
			}
			sessions, err := tx.SessionsOf(c.ID)
			must(s.t, err)
			for _, x := range sessions {
				keep(x.State)
			}
			keep(c.File)
		}
		return nil
	}))
	return all
}

// goneFrom fails the story where a sealed word stands in SQLite's files still.
func (p privateIn) goneFrom(s *stage, url string) {
	s.t.Helper()
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return
	}
	for _, file := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(file)
		must(s.t, err)
		for _, sealed := range p {
			if bytes.Contains(raw, sealed) {
				s.t.Errorf("%s bears what was erased still: %s", file, base64.StdEncoding.EncodeToString(sealed[:12]))
			}
		}
	}
}

// words are all that the exports give out, with texts.
func (s *stage) words() string {
	s.t.Helper()
	var all strings.Builder
	must(s.t, s.store.View(s.t.Context(), func(tx *store.Tx) error {
		for _, e := range store.Exports() {
			must(s.t, tx.Export(e, store.ExportFilter{Texts: true}, func(row []any) error {
				fmt.Fprintln(&all, e.Name, row)
				return nil
			}))
		}
		return nil
	}))
	return all.String()
}

func (s *stage) house() {
	s.t.Helper()
	_, err := s.sched.Retain(s.t.Context(), s.clock.Now())
	must(s.t, errors.Join(err, s.sched.Seal(s.t.Context(), s.clock.Now())))
	r, err := s.store.VerifyAudit(s.t.Context(), nil, nil)
	if err != nil || len(r.Faults) > 0 || r.Unsealed > 0 {
		s.t.Fatalf("the log is not whole: %+v, %v", r, err)
	}
}

// TestRetention follows a case through its end and thirty days more.
func TestRetention(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := newStage(t, db.Open(t), "2026-03-02 10:00", kept30)
		s.add(instalments + "policy: {statements: false}\n")
		other := strings.NewReplacer("reference: RJ-1", "reference: RJ-2", "Alex", "Robin", cast["alex"], cast["robin"]).Replace(instalments)
		s.add(other + "policy: {statements: false}\n") // jordan owes there too
		s.skip("alex", "jordan", "robin")
		s.at("2026-03-04 12:00")
		s.writes("alex", "2") // not safe
		s.writes("alex", "my sister Gertrude knows about it")
		s.writes("dana", "DONE 1 met her at Mapleton")
		s.writes("alex", "please don't text me anymore")
		s.writes("dana", "DONE 2 it is her right")
		s.house()
		must(t, s.bot.CloseCase(t.Context(), "", "RJ-1", "withdrawn"))
		for code := range 6 { // nobody is left waiting
			_ = s.bot.Decide(t.Context(), "", "RJ-1", bot.By{}, bot.Handle{Code: int64(code), Verb: "done", Note: "closed"})
		}
		s.writes("alex", "Gertrude says thanks") // of no case
		must(t, s.store.Update(t.Context(), func(tx *store.Tx) error {
			cases, err := tx.CasesByReference("RJ-1")
			must(t, err)
			parties, err := tx.PartiesOf(cases[0].ID)
			for _, a := range []struct{ flow, question, value string }{
				{"victim-checkin", "comment", "3125557777"}, {"who5", "score", "48"}, {"no-such-flow", "x", "12"}, {"closing", "fair", "5"}} {
				err = errors.Join(err, tx.AddAnswer(&store.Answer{CaseID: cases[0].ID, PartyID: parties[0].ID, Flow: a.flow, Question: a.question,
					Value: tx.Seal(a.value), At: store.At(s.clock.Now())}))
			}
			return err
		}))
		words := s.words()
		for _, private := range []string{"Gertrude", "Mapleton"} {
			if !strings.Contains(words, private) {
				t.Fatalf("%q is not on record", private)
			}
		}
		had := s.sealedWords("RJ-1")
		before := s.report("RJ-1")
		s.at("2026-04-03 11:00")
		s.house()
		alike(t, "after 30 days it is there", strings.Contains(s.words(), "Gertrude"), true)
		s.at("2026-04-03 12:30")
		s.house()
		words = s.words()
		for _, private := range []string{"Gertrude", "Mapleton"} {
			if strings.Contains(words, private) {
				t.Errorf("%q is on record", private)
			}
		}
		for _, there := range []string{"case.erased", "30 days after it was closed", store.Erased, "text.erased"} {
			if !strings.Contains(words, there) {
				t.Errorf("%q is nowhere", there)
			}
		}
		after := s.report("RJ-1")
		alike(t, "figures are kept", fmt.Sprint(after.Restitution[0].OutstandingCents, len(after.Answers), after.Answers[0].Value),
			fmt.Sprint(before.Restitution[0].OutstandingCents, len(before.Answers), "no"))
		var values []string
		for _, a := range after.Answers {
			values = append(values, a.Value)
		}
		if got := strings.Join(values, " "); !strings.HasSuffix(got, store.Erased+" 48 "+store.Erased+" 5") {
			t.Errorf("answers: %s", got)
		}
		alike(t, "it says so", before.ErasedAt == nil && after.ErasedAt != nil && after.ErasedAt.Equal(s.clock.Now()), true)
		alike(t, "her STOP holds", after.Parties[0].OptedOut, true)
		var shared store.Sealed
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			row, _, err := tx.FindProgramByKey("riverside")
			must(t, err)
			hers, ok, err := tx.FindLine(row.ID, cast["alex"])
			alike(t, "her line is found by its hash", fmt.Sprint(ok, tx.Reveal(hers.Phone), hers.OptedOutHow), fmt.Sprint(true, store.Erased, "words"))
			his, ok, err2 := tx.FindLine(row.ID, cast["jordan"])
			alike(t, "his line is in use", fmt.Sprint(ok, tx.Reveal(his.Phone)), fmt.Sprint(true, cast["jordan"]))
			shared = his.Phone
			return errors.Join(err, err2)
		}))
		var gone privateIn
		for _, sealed := range had {
			if !bytes.Equal(sealed, shared) {
				gone = append(gone, sealed)
			}
		}
		gone.goneFrom(s, db.URL)
		if len(gone) < 20 {
			t.Errorf("only %d sealed words were looked for", len(gone))
		}

		// She comes back of her own accord: she is known again, and still stopped.
		s.skip("alex")
		s.writes("alex", "hello?")
		s.silent("alex")
		s.writes("alex", "HELP")
		n, err := s.sched.Retain(t.Context(), s.clock.Now())
		alike(t, "erased once", fmt.Sprint(n, err), fmt.Sprint(0, nil))
	})
}

// TestErasePerson erases a party in the middle of a case.
func TestErasePerson(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := newStage(t, db.Open(t), "2026-03-02 10:00", riverside)
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan")
		s.at("2026-03-04 12:00")
		s.writes("alex", "1")
		s.writes("alex", "4")
		s.writes("alex", "Gertrude is fine")
		had := s.sealedWords("RJ-1")
		s.house()
		must(t, s.bot.Decide(t.Context(), "", "RJ-1", bot.By{Why: "her letter of May"}, bot.ErasePerson{Party: "v"}))
		_, err := s.store.ScrubFile(t.Context())
		must(t, err)
		s.house()
		words := s.words()
		if strings.Contains(words, "Gertrude") || !strings.Contains(words, "party.erased") || !strings.Contains(words, "her letter of May") {
			t.Error(words)
		}
		r := s.report("RJ-1")
		alike(t, "consent", fmt.Sprint(r.Parties[0].Consent, r.Parties[0].OptedOut, r.Parties[1].Consent), fmt.Sprint("withdrawn", true, "given"))
		alike(t, "figures", r.Answers[1].Value, "4")
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			cases, err := tx.CasesByReference("RJ-1")
			must(t, err)
			file := tx.Reveal(cases[0].File)
			if strings.Contains(file, "Alex") || strings.Contains(file, cast["alex"]) || !strings.Contains(file, cast["jordan"]) {
				t.Errorf("the file: %s", file)
			}
			parties, err := tx.PartiesOf(cases[0].ID)
			alike(t, "names", tx.Reveal(parties[0].Name)+tx.Reveal(parties[1].Name), store.Erased+"Jordan Fox")
			return err
		}))
		var hers privateIn
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			for _, sealed := range had {
				if text := tx.Reveal(sealed); strings.Contains(text, "Alex") || strings.Contains(text, "Gertrude") || text == cast["alex"] {
					hers = append(hers, sealed)
				}
			}
			return nil
		}))
		if len(hers) < 3 {
			t.Errorf("only %d words of hers", len(hers))
		}
		hers.goneFrom(s, db.URL)
		s.skip("alex", "dana")
		s.at("2026-03-20 12:00")
		s.silent("alex")
		if err := s.bot.Decide(t.Context(), "", "RJ-1", bot.By{}, bot.ErasePerson{Party: "v"}); store.CodeOf(err) != store.Conflict {
			t.Errorf("erased twice: %v", err)
		}
		s.writes("alex", "HELP") // of her own accord
		s.gets("alex", "")
	})
}

// TestErasedStayErased: an old file that bears a person who was erased since changes the rest of the case alone.
func TestErasedStayErased(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments)
		s.skip("alex", "jordan")
		must(t, s.bot.Decide(t.Context(), "", "RJ-1", bot.By{Why: "a letter"}, bot.ErasePerson{Party: "v"}))
		for _, update := range []bool{false, true} {
			changes, err := s.apply(instalments, update)
			must(t, err)
			alike(t, "the old file", fmt.Sprint(changes), "[{RJ-1 unchanged []}]")
		}
		changes, err := s.apply(strings.Replace(instalments, "Jordan Fox", "Jordan Wolf", 1), true)
		must(t, err)
		alike(t, "what was done", changes[0].Did+" "+strings.Join(changes[0].Differences, "; "), "updated parties[o].name: changed")
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			cases, err := tx.CasesByReference("RJ-1")
			must(t, err)
			if file := tx.Reveal(cases[0].File); strings.Contains(file, "Alex") || strings.Contains(file, cast["alex"]) {
				t.Errorf("the file: %s", file)
			}
			parties, err := tx.PartiesOf(cases[0].ID)
			alike(t, "names", tx.Reveal(parties[0].Name)+tx.Reveal(parties[1].Name), store.Erased+"Jordan Wolf")
			return err
		}))
		s.skip("jordan", "dana")
		s.at("2026-03-20 12:00")
		s.silent("alex")
	})
}

// TestStrangersErased: what a number wrote that belongs to nobody is kept no longer than a closed case is.
func TestStrangersErased(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := newStage(t, db.Open(t), "2026-03-02 10:00", kept30)
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan", "robin", "dana")
		s.writes("robin", "is this Gertrude?")
		s.writes("robin", "Mapleton called")
		s.at("2026-03-20 12:00")
		s.writes("robin", "call me about the roof")
		retained := func(at string, want int) {
			t.Helper()
			s.at(at)
			n, err := s.sched.Retain(t.Context(), s.clock.Now())
			must(t, err)
			alike(t, "erased at "+at, n, want)
			s.house()
		}
		retained("2026-04-01 09:50", 0)
		retained("2026-04-01 10:30", 2)
		if words := s.words(); strings.Contains(words, "Gertrude") || strings.Contains(words, "Mapleton") || !strings.Contains(words, "the roof") || !strings.Contains(words, "text.erased") {
			t.Error(words)
		}
		phone := func() string {
			var phone string
			must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
				row, _, err := tx.FindProgramByKey("riverside")
				must(t, err)
				line, ok, err := tx.FindLine(row.ID, cast["robin"])
				if ok {
					phone = tx.Reveal(line.Phone)
				}
				return err
			}))
			return phone
		}
		alike(t, "the number, with a text left", phone(), cast["robin"])
		retained("2026-04-19 12:30", 1)
		alike(t, "the number, with none", phone(), "")
		if words := s.words(); strings.Contains(words, "the roof") {
			t.Error(words)
		}
		retained("2026-06-01 12:00", 0)
	})
}

// TestEraseText erases one text that came in, with what it said.
func TestEraseText(t *testing.T) {
	story(t, "2026-03-02 10:00", func(t *testing.T, s *stage) {
		s.add(instalments + "policy: {statements: false}\n")
		s.skip("alex", "jordan", "dana")
		s.at("2026-03-04 12:00")
		for _, body := range []string{"1", "4", "Gertrude called my work", "the roof of Mapleton house"} {
			s.writes("alex", body)
		}
		s.house()
		var id, queued string
		must(t, s.store.View(t.Context(), func(tx *store.Tx) error {
			cases, err := tx.CasesByReference("RJ-1")
			must(t, err)
			texts, err := tx.MessagesOf(cases[0].ID)
			for _, m := range texts {
				if strings.Contains(tx.Reveal(m.Body), "Gertrude") {
					id = string(m.SID)
				}
				if m.Status == store.MessageHeld {
					queued = m.ID
				}
			}
			return err
		}))
		must(t, s.bot.EraseText(t.Context(), id, bot.By{Why: "sent by mistake"}))
		if queued != "" {
			must(t, s.bot.EraseText(t.Context(), queued, bot.By{Staff: "kim", Why: "not to go"}))
		}
		s.house()
		if words := s.words(); strings.Contains(words, "Gertrude") || !strings.Contains(words, "Mapleton") || !strings.Contains(words, "sent by mistake") {
			t.Error(words)
		}
		if err := s.bot.EraseText(t.Context(), "nothing", bot.By{}); store.CodeOf(err) != store.NotFound {
			t.Errorf("there is no such text: %v", err)
		}
	})
}

func alike(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
