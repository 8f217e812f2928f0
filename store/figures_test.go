package store_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
	"amends/store/storetest"

	"pgregory.net/rapid"
)

// agency is a program whose cases a test drives, and what the test knows of it beside.
type agency struct {
	s       *store.Store
	program store.Program
	dana    store.Staff
	sam     store.Staff
	now     time.Time
	cases   []*agencyCase
	texts   int
	optedBy map[int64]string    // by line
	asked   map[int64]time.Time // first, by session
}

type agencyCase struct {
	store.Case
	parties       []store.Party
	money, letter store.Commitment
	sessions      []*store.Session
	escalations   []*store.Escalation
	texts         []store.Message
}

func newAgency(t *rapid.T, s *store.Store, n int) *agency {
	a := &agency{s: s, now: noon(), optedBy: map[int64]string{}, asked: map[int64]time.Time{}}
	a.do(t, func(tx *store.Tx) error {
		a.program = store.Program{Key: fmt.Sprint("agency", n), File: tx.Seal("{}"), ChangedAt: 1}
		if err := tx.SaveProgram(&a.program, "+1312"+fmt.Sprintf("%07d", n), ""); err != nil {
			return err
		}
		a.dana = store.Staff{ProgramID: a.program.ID, Key: "dana", Role: "mediator"}
		a.sam = store.Staff{ProgramID: a.program.ID, Key: "sam", Role: "mediator"}
		return errors.Join(tx.SaveStaff(&a.dana, "Dana Ortiz", "", ""), tx.SaveStaff(&a.sam, "Sam Lee", "", ""))
	})
	return a
}

func (a *agency) do(t *rapid.T, do func(tx *store.Tx) error) {
	if err := a.s.Update(context.Background(), do); err != nil {
		t.Fatalf("%v", err)
	}
}

func (a *agency) open(t *rapid.T) {
	c := &agencyCase{}
	dues := rapid.IntRange(1, 4).Draw(t, "instalments")
	currency := rapid.SampledFrom([]string{"USD", "USD", "MXN"}).Draw(t, "currency")
	a.do(t, func(tx *store.Tx) error {
		*c = agencyCase{Case: store.Case{ProgramID: a.program.ID, Reference: fmt.Sprint("C-", len(a.cases)), Status: store.CaseEnrolling, MediatedOn: date("2026-01-05"),
			MediatorID: a.dana.ID, OpenedAt: store.At(a.now), File: tx.Seal("{}")}}
		if err := tx.AddCase(&c.Case); err != nil {
			return err
		}
		for i, role := range []string{"victim", "offender"} {
			line, err := tx.LockLine(a.program.ID, fmt.Sprintf("+1773%05d%02d", len(a.cases), i))
			if err != nil {
				return err
			}
			p := store.Party{ProgramID: a.program.ID, CaseID: c.ID, LineID: line.ID, Key: role[:1], Role: role, Side: role, Name: tx.Seal("x"), Language: "en",
				Zone: "America/Chicago", Consent: store.ConsentNone}
			if err := tx.AddParty(&p); err != nil {
				return err
			}
			c.parties = append(c.parties, p)
		}
		c.money = store.Commitment{CaseID: c.ID, Key: "money", Kind: "restitution", ByID: c.parties[1].ID, Currency: currency, Status: store.CommitmentOpen}
		c.letter = store.Commitment{CaseID: c.ID, Key: "letter", Kind: "apology_letter", ByID: c.parties[1].ID, Due: date("2026-03-20"), DueFirst: date("2026-03-20"),
			Status: store.CommitmentOpen}
		if err := errors.Join(tx.AddCommitment(&c.money), tx.AddCommitment(&c.letter)); err != nil {
			return err
		}
		var plan []calendar.Instalment
		for i := range dues {
			plan = append(plan, calendar.Instalment{Due: date("2026-02-15").AddMonths(i), AmountCents: 10000})
		}
		_, err := tx.Append(c.ID, c.money.ID, ledger.Dues(plan, currency, a.now, "system")...)
		return err
	})
	a.cases = append(a.cases, c)
}

// pick is one of the cases.
func (a *agency) pick(t *rapid.T) *agencyCase {
	if len(a.cases) == 0 {
		a.open(t)
	}
	return rapid.SampledFrom(a.cases).Draw(t, "case")
}

// pay appends what a decision about money comes to, if it is one that may be taken.
func (a *agency) pay(t *rapid.T) {
	c := a.pick(t)
	cents := rapid.Int64Range(1, 150).Draw(t, "dollars") * 100
	mark := ledger.Mark{On: date("2026-02-01").AddDays(rapid.IntRange(0, 150).Draw(t, "day")), At: a.now, By: "system"}
	which := rapid.SampledFrom([]string{"report", "confirm", "dispute", "receipt", "receipt", "waive", "reschedule", "reverse"}).Draw(t, "what")
	a.do(t, func(tx *store.Tx) error {
		had, err := tx.LedgerOf(c.money.ID)
		if err != nil {
			return err
		}
		var add []ledger.Entry
		switch which {
		case "report":
			add, err = ledger.Report(had, cents, mark)
		case "confirm":
			add, err = ledger.Confirm(had, nil, mark)
		case "dispute":
			add, err = ledger.Dispute(had, nil, mark)
		case "receipt":
			add, err = ledger.Receipt(had, nil, cents, mark)
		case "waive":
			add, err = ledger.Waive(had, 0, cents, mark)
		case "reschedule":
			add, err = ledger.Reschedule(had, 0, mark.On, mark)
		case "reverse":
			add, err = ledger.Reverse(had, had[len(had)-1].ID, mark)
		}
		if err != nil { // not to be done as things stand
			return nil
		}
		_, err = tx.Append(c.ID, c.money.ID, add...)
		return err
	})
}

func (a *agency) letter(t *rapid.T) {
	c := a.pick(t)
	c.letter.Status = rapid.SampledFrom([]store.CommitmentStatus{store.CommitmentOpen, store.CommitmentMet, store.CommitmentMissed, store.CommitmentRescheduled,
		store.CommitmentWaived}).Draw(t, "status")
	c.letter.Due = date("2026-03-01").AddDays(rapid.IntRange(0, 40).Draw(t, "due"))
	c.letter.SettledOn = calendar.Date{}
	if c.letter.Status == store.CommitmentMet {
		c.letter.SettledOn = date("2026-03-01").AddDays(rapid.IntRange(0, 40).Draw(t, "settled"))
	}
	a.do(t, func(tx *store.Tx) error { x := c.letter; return errors.Join(tx.SaveCommitment(&x), keep(&c.letter, x)) })
}

func keep[T any](to *T, v T) error { *to = v; return nil }

func (a *agency) status(t *rapid.T) {
	c := a.pick(t)
	c.Status = rapid.SampledFrom([]store.CaseStatus{store.CaseActive, store.CaseCompleted, store.CaseClosed}).Draw(t, "status")
	c.MediatorID = rapid.SampledFrom([]store.Staff{a.dana, a.sam}).Draw(t, "mediator").ID
	c.CloseReason, c.ClosedAt, c.CompletedAt = "", 0, store.At(a.now)
	if c.Status == store.CaseClosed {
		c.CloseReason, c.ClosedAt = store.Word(rapid.SampledFrom([]string{"completed", "withdrawn", "rearrest"}).Draw(t, "reason")), store.At(a.now)
	}
	a.do(t, func(tx *store.Tx) error { return tx.SaveCase(c.Case) })
}

func (a *agency) escalate(t *rapid.T) {
	c := a.pick(t)
	if len(c.escalations) > 0 && rapid.Bool().Draw(t, "an old one") {
		e := rapid.SampledFrom(c.escalations).Draw(t, "escalation")
		if e.AcknowledgedAt == 0 {
			e.AcknowledgedAt, e.AcknowledgedBy = store.At(a.now), store.ID(a.dana.ID)
		}
		e.Status, e.Severity = store.EscalationAcknowledged, rapid.SampledFrom([]string{"urgent", "normal"}).Draw(t, "severity")
		a.do(t, func(tx *store.Tx) error { x := *e; return errors.Join(tx.SaveEscalation(&x), keep(e, x)) })
		return
	}
	severity := rapid.SampledFrom([]string{"urgent", "high", "normal"}).Draw(t, "severity")
	var e store.Escalation
	a.do(t, func(tx *store.Tx) error {
		code, err := tx.TakeCode(a.program.ID, a.now)
		e = store.Escalation{ProgramID: a.program.ID, CaseID: c.ID, Code: code, Reason: "call", Severity: severity, Subject: fmt.Sprint(len(c.escalations)),
			Status: store.EscalationOpen, Level: 1, OpenedAt: store.At(a.now), Policy: "{}"}
		return errors.Join(err, tx.AddEscalation(&e))
	})
	c.escalations = append(c.escalations, &e)
}

func (a *agency) text(t *rapid.T) {
	c := a.pick(t)
	if len(c.texts) > 0 && rapid.Bool().Draw(t, "an old one") {
		i := rapid.IntRange(0, len(c.texts)-1).Draw(t, "text")
		m := &c.texts[i]
		m.Segments = rapid.IntRange(1, 3).Draw(t, "segments")
		if m.Direction == "out" {
			m.Status, m.SentAt = store.MessageSent, store.At(a.now)
		}
		a.do(t, func(tx *store.Tx) error { return tx.SaveMessage(*m) })
		return
	}
	a.texts++
	m := store.Message{ID: fmt.Sprint(a.program.Key, "-", a.texts), ProgramID: a.program.ID, CaseID: store.ID(c.ID), PartyID: store.ID(c.parties[0].ID),
		LineID: store.ID(c.parties[0].LineID), Class: store.ClassPrompt, Status: store.MessageQueued, Segments: 1, QueuedAt: store.At(a.now)}
	came := rapid.Bool().Draw(t, "came in")
	a.do(t, func(tx *store.Tx) error {
		x := m
		if came {
			x.Class, x.SID = store.ClassIn, store.Word("SM"+x.ID)
			_, err := tx.AddInbound(&x)
			return errors.Join(err, keep(&m, x))
		}
		return errors.Join(tx.AddMessage(&x), keep(&m, x))
	})
	m.Direction = map[bool]string{true: "in", false: "out"}[came]
	c.texts = append(c.texts, m)
}

func (a *agency) ask(t *rapid.T) {
	c := a.pick(t)
	i := rapid.IntRange(0, 1).Draw(t, "party")
	p := c.parties[i]
	ses := &store.Session{ProgramID: a.program.ID, CaseID: c.ID, PartyID: p.ID, LineID: p.LineID, Flow: p.Side + "-checkin", Status: store.SessionWaiting,
		WantedAt: store.At(a.now), StaleAt: store.At(a.now.Add(48 * time.Hour))}
	a.do(t, func(tx *store.Tx) error {
		ses.State = tx.Seal("{}")
		return tx.AddSession(ses)
	})
	c.sessions = append(c.sessions, ses)
}

// reply asks a check-in, once more perhaps, or answers it, late perhaps.
func (a *agency) reply(t *rapid.T) {
	c := a.pick(t)
	if len(c.sessions) == 0 {
		return
	}
	ses := rapid.SampledFrom(c.sessions).Draw(t, "session")
	if ses.AskedAt == 0 || rapid.IntRange(0, 3).Draw(t, "again") == 0 {
		ses.AskedAt, ses.Status = store.At(a.now), store.SessionResting
		if _, ok := a.asked[ses.ID]; !ok {
			a.asked[ses.ID] = a.now
		}
		a.do(t, func(tx *store.Tx) error { x := *ses; return errors.Join(tx.SaveSession(&x), keep(ses, x)) })
		return
	}
	question, value := "safe", "1"
	if rapid.Bool().Draw(t, "well-being") {
		question, value = "wellbeing", fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "value"))
	}
	a.do(t, func(tx *store.Tx) error {
		return tx.AddAnswer(&store.Answer{CaseID: c.ID, PartyID: ses.PartyID, SessionID: store.ID(ses.ID), Flow: ses.Flow, Question: question, Value: tx.Seal(value),
			At: store.At(a.now)})
	})
}

func (a *agency) optOut(t *rapid.T) {
	p := rapid.SampledFrom(a.pick(t).parties).Draw(t, "party")
	how := rapid.SampledFrom([]string{"", "words", "carrier", "wrong_number"}).Draw(t, "how")
	a.do(t, func(tx *store.Tx) error {
		line, err := tx.LockLineByID(p.LineID)
		if err != nil {
			return err
		}
		line.OptedOutHow, line.OptedOutAt = store.Word(how), 0
		if how != "" {
			line.OptedOutAt = store.At(a.now)
		}
		return tx.SaveLine(line)
	})
	a.optedBy[p.LineID] = how
}

// reckoned are the figures from everything there is, by plain adding up.
func (a *agency) reckoned(tx *store.Tx, span store.FigureSpan) (store.Figures, error) {
	f := store.Figures{Cases: map[store.CaseStatus]int{}, Closed: map[string]int{}}
	money, kept, months := map[string]*store.MoneyFigure{}, map[string]*store.KeptFigure{}, map[string]*store.KeptMonth{}
	waits, replies, well := map[string][]int64{}, map[string][]int64{}, map[string]*store.WellFigure{}
	asked := map[string]int{}
	for _, how := range a.optedBy {
		if how == "words" || how == "carrier" {
			f.OptedOut++
		}
	}
	since := func(at store.Instant) bool {
		return !calendar.On(at.Time(), time.UTC).Before(calendar.On(span.Since.Time(), time.UTC))
	}
	fell := func(c *agencyCase, kind string, due calendar.Date, onTime bool) {
		closed := calendar.On(c.ClosedAt.Time(), time.UTC)
		if due.Before(span.From) || !due.Before(span.Today) || !onTime && !closed.IsZero() && !due.Before(closed) {
			return
		}
		k, m := at(kept, kind), at(months, due.String()[:7])
		k.Kind, m.Month = kind, due.String()[:7]
		k.Due, m.Due = k.Due+1, m.Due+1
		if onTime {
			k.OnTime, m.OnTime = k.OnTime+1, m.OnTime+1
		}
	}
	for _, c := range a.cases {
		f.Lines += 2
		f.Cases[c.Status]++
		if c.CloseReason != "" {
			f.Closed[string(c.CloseReason)]++
		}
		entries, err := tx.LedgerOf(c.money.ID)
		if err != nil {
			return f, err
		}
		m := at(money, c.money.Currency)
		m.Currency = c.money.Currency
		byID := map[int64]ledger.Entry{}
		for _, e := range entries {
			byID[e.ID] = e
			kind, cents := e.Kind, e.AmountCents
			if kind == ledger.Reversed {
				kind, cents = byID[e.Of].Kind, -cents
			}
			i := slices.IndexFunc(m.Months, func(x store.MonthFigure) bool { return x.Month == e.EffectiveOn.String()[:7] })
			if i < 0 {
				i, m.Months = len(m.Months), append(m.Months, store.MonthFigure{Month: e.EffectiveOn.String()[:7]})
			}
			switch kind {
			case ledger.Due:
				m.Agreed += cents
				m.Months[i].Due += cents
			case ledger.Received:
				m.Received += cents
				m.Months[i].Received += cents
			case ledger.Waived:
				m.Waived += cents
			}
		}
		for _, k := range ledger.OnTime(entries) {
			fell(c, "restitution", k.Due, k.OnTime)
		}
		if l := c.letter; l.Status != store.CommitmentWaived {
			fell(c, l.Kind, l.Due, l.Status == store.CommitmentMet && !l.Due.Before(l.SettledOn))
		}
		for _, e := range c.escalations {
			if !since(e.OpenedAt) {
				continue
			}
			f.Escalations++
			if e.AcknowledgedAt != 0 {
				waits[e.Severity] = append(waits[e.Severity], int64(e.AcknowledgedAt-e.OpenedAt))
			}
		}
		answers, err := tx.AnswersOf(c.ID)
		if err != nil {
			return f, err
		}
		first, last, said := map[int64]int64{}, map[int64]int64{}, map[int64]int{}
		for _, x := range answers {
			if x.Question != "wellbeing" {
				continue
			}
			v, _ := strconv.ParseInt(tx.Reveal(x.Value), 10, 64)
			if said[x.PartyID]++; said[x.PartyID] == 1 {
				first[x.PartyID] = v
			}
			last[x.PartyID] = v
		}
		for _, p := range c.parties {
			if said[p.ID] > 1 {
				w := at(well, p.Side)
				w.Side, w.N, w.First, w.Last = p.Side, w.N+1, w.First+first[p.ID], w.Last+last[p.ID]
			}
		}
		for _, ses := range c.sessions {
			on, was := a.asked[ses.ID]
			if !was || !since(store.At(on)) {
				continue
			}
			asked[ses.Flow]++
			if i := slices.IndexFunc(answers, func(x store.Answer) bool { return int64(x.SessionID) == ses.ID }); i >= 0 {
				replies[ses.Flow] = append(replies[ses.Flow], int64(answers[i].At-store.At(on)))
			}
		}
		for _, m := range c.texts {
			switch {
			case m.Direction == "in" && since(m.QueuedAt):
				f.InTexts, f.InSegs = f.InTexts+1, f.InSegs+int64(m.Segments)
			case m.SentAt != 0 && since(m.SentAt):
				f.Texts, f.Segments = f.Texts+1, f.Segments+int64(m.Segments)
			}
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(money)) {
		m := money[currency]
		m.Months = slices.DeleteFunc(m.Months, func(x store.MonthFigure) bool { return x.Due == 0 && x.Received == 0 })
		slices.SortFunc(m.Months, func(x, y store.MonthFigure) int { return strings.Compare(x.Month, y.Month) })
		f.Money = append(f.Money, *m)
	}
	for _, kind := range slices.Sorted(maps.Keys(kept)) {
		f.Kept = append(f.Kept, *kept[kind])
	}
	for _, month := range slices.Sorted(maps.Keys(months)) {
		f.Months = append(f.Months, *months[month])
	}
	for _, severity := range []string{"urgent", "high", "normal"} {
		if n := len(waits[severity]); n > 0 {
			f.Waits = append(f.Waits, store.WaitFigure{Severity: severity, N: n, Median: median(waits[severity])})
		}
	}
	for _, flow := range []string{"victim-checkin", "offender-checkin"} {
		if asked[flow] > 0 {
			f.Replies = append(f.Replies, store.ReplyFigure{Flow: flow, Asked: asked[flow], Answered: len(replies[flow]), Median: median(replies[flow])})
		}
	}
	for _, side := range []string{"victim", "offender"} {
		if w := well[side]; w != nil {
			f.Wellbeing = append(f.Wellbeing, *w)
		}
	}
	return f, nil
}

func at[K comparable, V any](m map[K]*V, key K) *V {
	if m[key] == nil {
		m[key] = new(V)
	}
	return m[key]
}

// median is that of waits in milliseconds, in minutes as they are told: to the minute, the ten minutes or the hour.
func median(waits []int64) int64 {
	if len(waits) == 0 {
		return 0
	}
	waits = slices.Clone(waits)
	for i, ms := range waits {
		step := int64(60)
		if ms < 2*3600_000 {
			step = 1
		} else if ms < 48*3600_000 {
			step = 10
		}
		waits[i] = ms / 60_000 / step * step
	}
	slices.SortFunc(waits, func(a, b int64) int { return cmp.Compare(a, b) })
	return (waits[(len(waits)-1)/2] + waits[len(waits)/2]) / 2
}

// TestFiguresKept lets anything happen to the cases of a program: the figures that are kept are those that adding up all
// there is comes to, at every moment, whatever is folded when, and if they are reckoned anew.
func TestFiguresKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			a := newAgency(t, s, n)
			t.Repeat(map[string]func(*rapid.T){
				"open": a.open, "pay": a.pay, "pay again": a.pay, "letter": a.letter, "status": a.status, "escalate": a.escalate, "text": a.text,
				"ask": a.ask, "reply": a.reply, "reply again": a.reply, "opt out": a.optOut,
				"wait": func(t *rapid.T) {
					a.now = a.now.Add(time.Duration(rapid.SampledFrom([]int{1, 7, 45, 600, 2000, 20000}).Draw(t, "minutes")) * time.Minute)
				},
				"fold": func(t *rapid.T) {
					if _, err := s.FoldFigures(context.Background()); err != nil {
						t.Fatalf("%v", err)
					}
				},
				"reckon anew": func(t *rapid.T) {
					if rapid.IntRange(0, 9).Draw(t, "rarely") > 0 {
						return
					}
					if _, err := store.DB(s).ExecContext(context.Background(), "UPDATE figure_turn SET counted = 0"); err != nil {
						t.Fatalf("%v", err)
					}
					if err := s.PrepareConsole(context.Background()); err != nil {
						t.Fatalf("%v", err)
					}
				},
				"": func(t *rapid.T) {
					span := store.FigureSpan{Since: store.At(a.now.Add(-10 * 24 * time.Hour)), From: date("2026-02-10"), Today: calendar.On(a.now, time.UTC)}
					if err := s.View(context.Background(), func(tx *store.Tx) error {
						got, err := tx.Figures(a.program.ID, span)
						if err != nil {
							return err
						}
						counts, err := tx.OpenCasesByMediator(a.program.ID)
						if err != nil {
							return err
						}
						for _, who := range []store.Staff{a.dana, a.sam} {
							open := 0
							for _, c := range a.cases {
								if c.MediatorID == who.ID && c.Status != store.CaseClosed {
									open++
								}
							}
							if counts[who.ID] != open {
								t.Fatalf("%s has %d open cases, not %d", who.Key, counts[who.ID], open)
							}
						}
						want, err := a.reckoned(tx, span)
						if g, w := fmt.Sprintf("%+v", tidy(got)), fmt.Sprintf("%+v", tidy(want)); g != w {
							t.Fatalf("the figures are\n%s, not\n%s", g, w)
						}
						return err
					}); err != nil {
						t.Fatalf("%v", err)
					}
				},
			})
		})
	})
}

// tidy takes out what counts nothing.
func tidy(f store.Figures) store.Figures {
	maps.DeleteFunc(f.Cases, func(_ store.CaseStatus, n int) bool { return n == 0 })
	maps.DeleteFunc(f.Closed, func(_ string, n int) bool { return n == 0 })
	for i := range f.Money {
		f.Money[i].Months = slices.DeleteFunc(slices.Clone(f.Money[i].Months), func(m store.MonthFigure) bool { return m.Due == 0 && m.Received == 0 })
	}
	return f
}
