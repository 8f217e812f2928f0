package console_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
	"amends/store/storetest"
)

// The cases that the benchmarks fill a database with are copies of so many that differ.
const benchTemplates = 20

// benchStage is a stage whose program has so many cases, each with eight texts and some thirty entries of the log. Of
// twenty, twelve are active, two not begun, two completed and four closed; two are behind, and every other copy of one of
// them has an escalation open.
func benchStage(b *testing.B, dialect string, cases int) *stage {
	b.Helper()
	db := storetest.New(b, dialect)
	s := open(b, db.Open(b), nil)
	program := s.benchTemplates()
	if _, err := s.store.FoldFigures(b.Context()); err != nil {
		b.Fatal(err)
	}
	c := openCopier(b, db.URL)
	c.copyCases(program, cases/benchTemplates-1, max(1, cases/300))
	return s
}

// benchTemplates puts the cases on record that are copied, all in one program, and says which that is.
func (s *stage) benchTemplates() int64 {
	s.t.Helper()
	for i := 3; i <= benchTemplates; i++ {
		s.addCase("riverside", fmt.Sprintf("RJ-%d", i), "dana", "sam", fmt.Sprintf("Alex %d", i), fmt.Sprintf("+1312555%04d", 1000+i), fmt.Sprintf("Jordan %d", i), fmt.Sprintf("+1312555%04d", 2000+i))
	}
	var program int64
	for i := 1; i <= benchTemplates; i++ {
		must(s.t, s.store.Update(context.Background(), func(tx *store.Tx) error {
			p, _, err := tx.FindProgramByKey("riverside")
			if err != nil {
				return err
			}
			program = p.ID
			c, _, err := tx.FindCase(p.ID, fmt.Sprintf("RJ-%d", i))
			if err != nil {
				return err
			}
			return s.live(tx, c, i)
		}))
	}
	return program
}

// live has a case be what the i-th of twenty is.
func (s *stage) live(tx *store.Tx, c store.Case, i int) error {
	parties, err := tx.PartiesOf(c.ID)
	if err != nil {
		return err
	}
	commitments, err := tx.CommitmentsOf(c.ID)
	if err != nil {
		return err
	}
	now := s.clock()
	if i > 2 { // two are behind: nothing came
		entry := ledger.Entry{Kind: ledger.Received, AmountCents: int64(10000 + 500*i), Currency: "USD", EffectiveOn: calendar.On(now, time.UTC).AddDays(-i), RecordedAt: now, By: "staff:kim"}
		if _, err := tx.Append(c.ID, commitments[0].ID, entry); err != nil {
			return err
		}
	}
	switch {
	case i > 16:
		c.Status, c.CloseReason, c.ClosedAt = store.CaseClosed, "completed", store.At(now)
	case i > 14:
		c.Status, c.CompletedAt = store.CaseCompleted, store.At(now)
	case i > 12:
		c.Status = store.CaseEnrolling
	default:
		c.Status = store.CaseActive
	}
	c.MediatedOn = c.MediatedOn.AddDays(-i)
	if err := tx.SaveCase(c); err != nil {
		return err
	}
	for j := range 4 {
		at := now.Add(-time.Duration(480*j+i) * time.Hour)
		p := parties[j%len(parties)]
		ses := store.Session{ProgramID: c.ProgramID, CaseID: c.ID, PartyID: p.ID, LineID: p.LineID, Flow: p.Side + "-checkin", Status: store.SessionEnded, State: tx.Seal("{}"),
			WantedAt: store.At(at), StaleAt: store.At(at), AskedAt: store.At(at), EndedAt: store.At(at.Add(time.Hour))}
		if err := tx.AddSession(&ses); err != nil {
			return err
		}
		answered := at.Add(time.Duration(7*i+j) * time.Minute)
		if err := tx.AddAnswer(&store.Answer{CaseID: c.ID, PartyID: p.ID, SessionID: store.ID(ses.ID), Flow: ses.Flow, Question: "wellbeing", Value: tx.Seal(fmt.Sprint(1 + (i+j)%5)),
			At: store.At(answered)}); err != nil {
			return err
		}
		out := store.Message{ID: fmt.Sprintf("out-%d-%d", i, j), ProgramID: c.ProgramID, CaseID: store.ID(c.ID), PartyID: store.ID(p.ID), LineID: store.ID(p.LineID), Class: store.ClassPrompt,
			Status: store.MessageDelivered, Body: tx.Seal("How are you today, from 1, bad, to 5, good?"), Segments: 1, QueuedAt: store.At(at), SentAt: store.At(at)}
		if j == 3 && i%2 == 0 {
			out.Status, out.SentAt, out.QueuedAt, out.NextAt = store.MessageHeld, 0, store.At(now), store.At(now.Add(20*time.Hour))
		}
		if j == 2 && i == 5 {
			out.Status, out.QueuedAt, out.ErrorCode = store.MessageUndelivered, store.At(now.Add(-time.Hour)), 30005
		}
		if err := tx.AddMessage(&out); err != nil {
			return err
		}
		in := store.Message{ID: fmt.Sprintf("in-%d-%d", i, j), ProgramID: c.ProgramID, CaseID: store.ID(c.ID), PartyID: store.ID(p.ID), LineID: store.ID(p.LineID), Body: tx.Seal("4, thanks"),
			Segments: 1, QueuedAt: store.At(answered), SID: store.Word(fmt.Sprintf("SM-%d-%d", i, j))}
		if _, err := tx.AddInbound(&in); err != nil {
			return err
		}
		for _, action := range []string{"text.queued", "text.sent", "text.received", "answer.recorded"} {
			if err := tx.Log(store.Entry{At: store.At(at), ProgramID: store.ID(c.ProgramID), CaseID: store.ID(c.ID), PartyID: store.ID(p.ID), Actor: "party:" + p.Key, Action: action,
				Subject: "message:" + out.ID, Event: "e"}); err != nil {
				return err
			}
		}
	}
	if i > 1 {
		return nil
	}
	code, err := tx.TakeCode(c.ProgramID, now)
	if err != nil {
		return err
	}
	return tx.AddEscalation(&store.Escalation{ProgramID: c.ProgramID, CaseID: c.ID, CommitmentID: store.ID(commitments[0].ID), PartyID: store.ID(parties[1].ID), Code: code, Reason: "missed_payment",
		Severity: "normal", Subject: "money", Status: store.EscalationOpen, Level: 1, OpenedAt: store.At(now.Add(-time.Hour)), Policy: "{}"})
}

// copier copies rows within the database: that is quick, and what pages read of a copy is what they read of the row.
type copier struct {
	b        *testing.B
	db       *sql.DB
	postgres bool
}

func openCopier(b *testing.B, address string) *copier {
	b.Helper()
	c := &copier{b: b, postgres: true}
	driver := "postgres"
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		c.postgres, driver, address = false, "sqlite", path
	}
	var err error
	c.db, err = sql.Open(driver, address)
	must(b, err)
	c.db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = c.db.Close() })
	// The copies' figures are many times those of what is copied: the triggers need not count them.
	if c.postgres {
		c.do("SET session_replication_role = replica")
		c.do("SET maintenance_work_mem = '256MB'")
		return c
	}
	var triggers []string
	rows, err := c.db.QueryContext(b.Context(), "SELECT name FROM sqlite_master WHERE type = 'trigger' AND (name LIKE '%count')")
	must(b, err)
	for rows.Next() {
		var name string
		must(b, rows.Scan(&name))
		triggers = append(triggers, name)
	}
	must(b, rows.Close())
	for _, name := range triggers {
		c.do("DROP TRIGGER " + name)
	}
	c.do("PRAGMA synchronous = OFF")
	return c
}

func (c *copier) do(statement string) {
	c.b.Helper()
	if _, err := c.db.ExecContext(c.b.Context(), statement); err != nil {
		c.b.Fatalf("%s: %v", statement, err)
	}
}

// bare takes the indexes of PostgreSQL's tables away, but for those of keys, and gives what makes them again: to make one
// of a million rows is quicker than to keep it up with each of them.
func (c *copier) bare() (again func()) {
	c.b.Helper()
	if !c.postgres {
		return func() {}
	}
	rows, err := c.db.QueryContext(c.b.Context(), `SELECT indexname, indexdef FROM pg_indexes
		WHERE tablename IN ('audit', 'messages', 'answers', 'sessions', 'escalations', 'ledger', 'commitments', 'parties', 'lines', 'cases')
		  AND indexname NOT IN (SELECT conname FROM pg_constraint)`)
	must(c.b, err)
	indexes := map[string]string{}
	for rows.Next() {
		var name, definition string
		must(c.b, rows.Scan(&name, &definition))
		indexes[name] = definition
	}
	must(c.b, rows.Close())
	for name := range indexes {
		c.do("DROP INDEX " + name)
	}
	return func() {
		for _, definition := range indexes {
			c.do(definition)
		}
	}
}

// stride is how far the keys of a copy lie from those of the copy before.
const stride = 10_000

// copyTable copies the rows that where picks. Keys and what refers to them are moved on, what must be unique is told apart.
func (c *copier) copyTable(table, key, where string, copies int, refers, unique []string, set map[string]string) {
	c.b.Helper()
	rows, err := c.db.QueryContext(c.b.Context(), "SELECT * FROM "+table+" LIMIT 0")
	must(c.b, err)
	columns, err := rows.Columns()
	must(c.b, err)
	must(c.b, rows.Close())
	columns = slices.DeleteFunc(columns, func(name string) bool { return table == "audit" && name == "kind" })
	values := make([]string, len(columns))
	for i, name := range columns {
		switch {
		case set[name] != "":
			values[i] = set[name]
		case name == key || slices.Contains(refers, name):
			values[i] = fmt.Sprintf("t.%s + s.n * %d", name, stride)
		case slices.Contains(unique, name):
			values[i] = c.apart("t."+name, strings.HasSuffix(name, "_hash"))
		default:
			values[i] = "t." + name
		}
	}
	series := fmt.Sprintf("SELECT generate_series(1, %d) AS n", copies)
	override := " OVERRIDING SYSTEM VALUE"
	if !c.postgres {
		series = fmt.Sprintf("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c", copies)
		override = ""
	}
	if copies > 0 {
		c.do(fmt.Sprintf("INSERT INTO %s (%s)%s SELECT %s FROM (%s) s, (SELECT * FROM %s WHERE %s) t", table, strings.Join(columns, ", "), override,
			strings.Join(values, ", "), series, table, where))
	}
}

// apart tells a copy's value from that of the others.
func (c *copier) apart(value string, bytes bool) string {
	switch {
	case !bytes:
		return value + " || '-' || CAST(s.n AS TEXT)"
	case c.postgres:
		return value + " || CONVERT_TO(CAST(s.n AS TEXT), 'UTF8')"
	}
	return "CAST(" + value + " || CAST(s.n AS TEXT) AS BLOB)"
}

// copyCases copies all cases of a program, with what belongs to them, and has them looked after by so many mediators.
func (c *copier) copyCases(program int64, copies, mediators int) {
	c.b.Helper()
	of := fmt.Sprintf("program_id = %d", program)
	ofCase := fmt.Sprintf("case_id IN (SELECT id FROM cases WHERE %s AND id < %d)", of, stride)
	again := c.bare()
	c.copyTable("staff", "id", of+" AND key = 'dana'", mediators-1, nil, []string{"key", "phone_hash", "email_hash"}, nil)
	c.copyTable("audit", "id", of+" AND case_id IS NOT NULL", copies, []string{"case_id", "party_id"}, nil, nil)
	c.copyTable("messages", "seq", of+" AND case_id IS NOT NULL", copies, []string{"case_id", "party_id", "line_id", "session_id"}, []string{"id", "sid"}, nil)
	c.copyTable("answers", "id", ofCase, copies, []string{"case_id", "party_id", "session_id"}, nil, nil)
	c.copyTable("sessions", "id", of, copies, []string{"case_id", "party_id", "line_id"}, nil, nil)
	c.copyTable("escalations", "id", of, copies, []string{"case_id", "party_id", "commitment_id"}, nil, map[string]string{"code": "t.code + s.n"})
	c.do(fmt.Sprintf("DELETE FROM escalations WHERE %s AND id > %d AND (id / %d) %% 2 = 1", of, stride, stride)) // every other one
	c.copyTable("ledger", "id", ofCase, copies, []string{"case_id", "commitment_id"}, nil, nil)
	c.copyTable("commitments", "id", ofCase, copies, []string{"case_id", "by_id", "to_id"}, nil, nil)
	c.copyTable("parties", "id", of, copies, []string{"case_id", "line_id"}, []string{"name_hash"}, nil)
	c.copyTable("lines", "id", of, copies, nil, []string{"phone_hash"}, nil)
	c.copyTable("cases", "id", of, copies, nil, []string{"reference"}, map[string]string{
		"mediator_id": fmt.Sprintf("CASE WHEN s.n %% %d = 0 THEN t.mediator_id ELSE (SELECT MIN(id) FROM staff WHERE %s AND key = 'dana') + (s.n %% %d) * %d END", mediators, of, mediators, stride)})
	c.do(fmt.Sprintf("UPDATE figure_totals SET n = n * %d, total = total * %d WHERE %s", copies+1, copies+1, of))
	again()
	if c.postgres {
		c.do("VACUUM ANALYZE") // as autovacuum would have
	} else {
		c.do("ANALYZE")
	}
}

// benchSizes are how many cases a program has.
func benchSizes(dialect string) []int {
	if dialect == "sqlite" {
		return []int{300, 10_000}
	}
	return []int{300, 10_000, 100_000}
}

// BenchmarkPages is each page, from its request to the end of its answer, with so many cases: a page must not cost more
// because of what it does not show.
func BenchmarkPages(b *testing.B) {
	for _, dialect := range []string{"postgres", "sqlite"} {
		for _, cases := range benchSizes(dialect) {
			b.Run(fmt.Sprintf("%s/cases=%d", dialect, cases), func(b *testing.B) {
				s := benchStage(b, dialect, cases)
				kim, dana := s.as(b, "Kim Park"), s.as(b, "Dana Ortiz")
				last := fmt.Sprintf("RJ-7-%d", cases/benchTemplates-1)
				for _, page := range []struct {
					name, path string
					who        *browser
				}{
					{"today", "/", kim}, {"today-mediator", "/", dana},
					{"cases", "/cases", kim}, {"cases-mediator", "/cases", dana}, {"cases-by-mediation", "/cases?order=mediated", kim}, {"cases-by-reference", "/cases?order=reference", kim},
					{"cases-behind", "/cases?behind=1", kim}, {"cases-closed", "/cases?status=closed", kim}, {"cases-enrolling", "/cases?status=enrolling&order=mediated", kim},
					{"cases-all", "/cases?status=all", kim}, {"cases-of-a-mediator", "/cases?mediator=dana", kim}, {"cases-in-spanish", "/cases?language=es", kim},
					{"search-reference", "/cases?q=" + last, kim}, {"search-name", "/cases?q=Alex+7", kim}, {"search-number", "/cases?q=%2B13125551007", kim}, {"search-none", "/cases?q=nobody", kim},
					{"case", "/cases/" + last, kim}, {"outbox", "/outbox", kim}, {"outbox-mediator", "/outbox", dana}, {"people", "/people", kim}, {"program", "/program", kim},
					{"log", "/log", kim}, {"log-of-a-case", "/log?case=" + last, kim}, {"log-of-a-person", "/log?who=party:v", kim}, {"log-of-staff", "/log?who=staff:kim", kim},
					{"log-of-a-kind", "/log?kind=escalation", kim}, {"log-of-a-person-and-kind", "/log?who=party:v&kind=escalation", kim},
					{"log-of-a-day", "/log?from=2026-01-10&to=2026-01-10", kim}, {"log-of-all", "/log?case=" + last + "&who=party:v&kind=text&from=2026-01-10&to=2026-02-10", kim},
				} {
					b.Run(page.name, func(b *testing.B) {
						page.who.t = b
						page.who.get(page.path).want(200) // the statements are prepared
						page.who.get(page.path)
						var took []time.Duration
						for b.Loop() {
							begun := time.Now()
							page.who.get(page.path)
							took = append(took, time.Since(begun))
						}
						page.who.want(200)
						slices.Sort(took)
						b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
						b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-95th")
					})
				}
			})
		}
	}
}

// BenchmarkLogExport is the export of a log of so many entries. What it keeps in memory at a time must not grow with them.
func BenchmarkLogExport(b *testing.B) {
	for _, entries := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) {
			db := storetest.New(b, "postgres")
			s := open(b, db.Open(b), nil)
			kim := s.as(b, "Kim Park")
			must(b, s.store.Update(b.Context(), func(tx *store.Tx) error {
				p, _, err := tx.FindProgramByKey("riverside")
				for i := range 100 {
					_ = tx.Log(store.Entry{At: store.At(s.clock().Add(-time.Duration(i) * time.Hour)), ProgramID: store.ID(p.ID), Actor: "party:v", Action: "text.sent", Subject: "message:copied",
						Why: "copied", Event: "e"})
				}
				return err
			}))
			openCopier(b, db.URL).copyTable("audit", "id", "why = 'copied'", entries/100-1, nil, nil, nil)
			for _, format := range []string{"csv", "xlsx"} {
				b.Run(format, func(b *testing.B) {
					b.ReportAllocs()
					var peak uint64
					for b.Loop() {
						peak = max(peak, peakOf(func() { kim.drain(b, "/log."+format+"?"+url.Values{"who": {"party:v"}}.Encode()) }))
					}
					b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
					b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
				})
			}
		})
	}
}

// drain gets a page and keeps nothing of it.
func (v *browser) drain(b *testing.B, path string) {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, v.url+path, nil)
	must(b, err)
	response, err := v.client.Do(r)
	must(b, err)
	defer func() { _ = response.Body.Close() }()
	if n, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != 200 || n < 1000 {
		b.Fatalf("%s: %d, %d bytes, %v", path, response.StatusCode, n, err)
	}
}

// peakOf is the most of the heap that was in use while something was done, beyond what was before.
func peakOf(do func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		most := before.HeapInuse
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
			}
		}
	}()
	do()
	close(done)
	return <-peak - before.HeapInuse
}
