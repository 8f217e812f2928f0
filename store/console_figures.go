package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"amends/store/calendar"
)

// Figures are what a program has come to. They name nobody. They are kept up in the transactions of the events (see
// migration 6 and figures_case.go), so that to read them costs what they show, however many cases and texts there are.
type Figures struct {
	Cases  map[CaseStatus]int
	Closed map[string]int // by reason
	Money  []MoneyFigure  // by currency
	Kept   []KeptFigure   // by kind: what fell due in the span
	Months []KeptMonth    // of the span, oldest first

	// Of the span's while:
	Waits       []WaitFigure // to be acknowledged, by severity: urgent, high, normal
	Replies     []ReplyFigure
	Escalations int   // opened
	Texts       int   // that went out to parties
	Segments    int64 // of them
	StaffTexts  int   // that went out to staff
	StaffSegs   int64
	InTexts     int // that came in
	InSegs      int64

	Wellbeing []WellFigure // the victims' side first
	OptedOut  int          // numbers whose people asked for no more texts
	Lines     int          // numbers there are
}

// FigureSpan is what figures are asked of: what is told of a while is of Since and later; commitments, of those that fell
// due on From or later and before Today.
type FigureSpan struct {
	Since       Instant
	From, Today calendar.Date
}

// MoneyFigure is what a program's restitution has come to in a currency, in cents.
type MoneyFigure struct {
	Currency                 string
	Agreed, Received, Waived int64
	Months                   []MonthFigure // oldest first
}

// Outstanding is what was neither received nor waived.
func (m MoneyFigure) Outstanding() int64 { return max(0, m.Agreed-m.Received-m.Waived) }

// MonthFigure is what was agreed for a month and what was received in it, in cents.
type MonthFigure struct {
	Month         string // 2026-03
	Due, Received int64
}

// KeptFigure is how many instalments, or commitments of another kind, fell due and how many were met on time.
type KeptFigure struct {
	Kind        string
	Due, OnTime int64
}

// KeptMonth is the same of all kinds by the month in which they fell due.
type KeptMonth struct {
	Month       string
	Due, OnTime int64
}

// WaitFigure is how long escalations of a severity waited to be acknowledged: the middle one, in minutes.
type WaitFigure struct {
	Severity string
	N        int
	Median   int64
}

// ReplyFigure is how many check-ins of a flow were asked and how many of them answered, and how long the middle one took
// from the question to the reply, in minutes.
type ReplyFigure struct {
	Flow            string
	Asked, Answered int
	Median          int64
}

// WellFigure is how those of a side who said more than once how they are, from 1 to 5, said it first and last.
type WellFigure struct {
	Side string
	WellSum
}

// figureSum is a sum that was read.
type figureSum struct {
	Figure string `db:"figure"`
	Word   string `db:"word"`
	Day    int64  `db:"day"`
	Step   int64  `db:"step"`
	N      int64  `db:"n"`
	Total  int64  `db:"total"`
}

// figureSums adds up the totals of a program and what is not in them yet.
func (tx *Tx) figureSums(by, where string, programID int64, args ...any) ([]figureSum, error) {
	both := append([]any{programID}, args...)
	return list[figureSum](tx, "figures", `
		SELECT `+by+`, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(total) AS BIGINT) AS total
		FROM (
			SELECT figure, word, day, step, n, total FROM figure_totals WHERE program_id = ? AND `+where+`
			UNION ALL
			SELECT figure, word, day, step, n, total FROM figure_changes WHERE program_id = ? AND `+where+`
		) f
		GROUP BY `+by+`
		ORDER BY `+by, append(both, both...)...)
}

// Figures are a program's.
func (tx *Tx) Figures(programID int64, span FigureSpan) (Figures, error) {
	f := Figures{Cases: map[CaseStatus]int{}, Closed: map[string]int{}}
	all, err := tx.figureSums("figure, word", "figure IN ('cases', 'lines', 'money')", programID)
	if err != nil {
		return f, err
	}
	f.total(all)
	while, err := tx.figureSums("figure, word, step", "figure IN ('acknowledged', 'checkins', 'escalations', 'replies', 'texts') AND day >= ?", programID,
		int64(span.Since)/dayMillis)
	if err != nil {
		return f, err
	}
	f.while(while)
	kept, err := tx.figureSums("word, day", "figure = 'kept' AND day >= ? AND day < ?", programID, dayOf(span.From), dayOf(span.Today))
	if err != nil {
		return f, err
	}
	f.kept(kept)
	f.Wellbeing, err = tx.wellFigures(programID)
	return f, err
}

// dayMillis is a day of the figures.
const dayMillis = 24 * 60 * 60 * 1000

// total fills in what is told of all times.
func (f *Figures) total(sums []figureSum) {
	money := map[string]*MoneyFigure{}
	for _, s := range sums {
		switch s.Figure {
		case "cases":
			if reason, ok := strings.CutPrefix(s.Word, "closed:"); ok {
				f.Closed[reason] += int(s.N)
				f.Cases[CaseClosed] += int(s.N)
			} else {
				f.Cases[CaseStatus(s.Word)] += int(s.N)
			}
		case "lines":
			if s.Word == "all" {
				f.Lines = int(s.N)
			} else {
				f.OptedOut = int(s.N)
			}
		case "money": // received:USD:2026-03
			word := strings.SplitN(s.Word, ":", 3)
			m := money[word[1]]
			if m == nil {
				m = &MoneyFigure{Currency: word[1]}
				money[word[1]] = m
			}
			m.add(word[0], word[2], s.Total)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(money)) {
		m := *money[currency]
		slices.SortFunc(m.Months, func(a, b MonthFigure) int { return cmp.Compare(a.Month, b.Month) })
		f.Money = append(f.Money, m)
	}
}

func (m *MoneyFigure) add(kind, month string, cents int64) {
	var of MonthFigure
	switch kind {
	case "due":
		m.Agreed += cents
		of.Due = cents
	case "received":
		m.Received += cents
		of.Received = cents
	case "waived":
		m.Waived += cents
	}
	if of == (MonthFigure{}) {
		return
	}
	x := rowOf(&m.Months, MonthFigure{Month: month}, func(x MonthFigure) bool { return x.Month == month })
	x.Due += of.Due
	x.Received += of.Received
}

// rowOf is the first of the rows that is wanted, or a new one behind them.
func rowOf[T any](rows *[]T, fresh T, wanted func(T) bool) *T {
	i := slices.IndexFunc(*rows, wanted)
	if i < 0 {
		i = len(*rows)
		*rows = append(*rows, fresh)
	}
	return &(*rows)[i]
}

// while fills in what is told of a while.
func (f *Figures) while(sums []figureSum) {
	steps := map[string][]figureSum{} // how often a wait was how long
	asked := map[string]int{}
	for _, s := range sums {
		switch s.Figure {
		case "escalations":
			f.Escalations += int(s.N)
		case "checkins":
			asked[s.Word] += int(s.N)
		case "acknowledged", "replies":
			steps[s.Word] = append(steps[s.Word], s)
		case "texts":
			switch s.Word {
			case "party":
				f.Texts, f.Segments = int(s.N), s.Total
			case "staff":
				f.StaffTexts, f.StaffSegs = int(s.N), s.Total
			case "in":
				f.InTexts, f.InSegs = int(s.N), s.Total
			}
		}
	}
	for _, severity := range []string{"urgent", "high", "normal"} {
		if n, median := middle(steps[severity]); n > 0 {
			f.Waits = append(f.Waits, WaitFigure{severity, int(n), median})
		}
	}
	for _, flow := range []string{"victim-checkin", "offender-checkin"} {
		n, median := middle(steps[flow])
		if asked[flow] > 0 || n > 0 {
			f.Replies = append(f.Replies, ReplyFigure{flow, asked[flow], int(n), median})
		}
	}
}

// middle is how many waits there are and the median of them, in minutes: of two in the middle, half-way. The sums are in
// the order of their steps.
func middle(sums []figureSum) (n, median int64) {
	for _, s := range sums {
		n += s.N
	}
	at := func(i int64) int64 {
		for _, s := range sums {
			if i -= s.N; i < 0 {
				return s.Step
			}
		}
		return 0
	}
	if n == 0 {
		return 0, 0
	}
	return n, (at((n-1)/2) + at(n/2)) / 2
}

// kept fills in what was met on time.
func (f *Figures) kept(sums []figureSum) {
	for _, s := range sums {
		kind := rowOf(&f.Kept, KeptFigure{Kind: s.Word}, func(k KeptFigure) bool { return k.Kind == s.Word })
		kind.Due += s.N
		kind.OnTime += s.Total
		month := calendar.DateOf(1970, 1, 1).AddDays(int(s.Day)).String()[:7]
		of := rowOf(&f.Months, KeptMonth{Month: month}, func(m KeptMonth) bool { return m.Month == month })
		of.Due += s.N
		of.OnTime += s.Total
	}
	f.Kept = slices.DeleteFunc(f.Kept, func(k KeptFigure) bool { return k.Due == 0 })
	f.Months = slices.DeleteFunc(f.Months, func(m KeptMonth) bool { return m.Due == 0 })
	slices.SortFunc(f.Months, func(a, b KeptMonth) int { return cmp.Compare(a.Month, b.Month) })
}

// wellFigures add up what was sealed.
func (tx *Tx) wellFigures(programID int64) (figures []WellFigure, err error) {
	rows, err := list[figureRow](tx, "well-being", `
		SELECT `+figureColumns+` FROM figure_totals WHERE program_id = ? AND figure = 'wellbeing'
		UNION ALL
		SELECT `+figureColumns+` FROM figure_changes WHERE program_id = ? AND figure = 'wellbeing'`, programID, programID)
	if err != nil {
		return nil, err
	}
	sums := map[string]WellSum{}
	for _, r := range rows {
		var s WellSum
		if err := tx.RevealJSON(r.Sum, &s); err != nil {
			return nil, err
		}
		sums[r.Word] = sums[r.Word].plus(s, 1)
	}
	for _, side := range []string{"victim", "offender"} {
		if sums[side].N != 0 {
			figures = append(figures, WellFigure{side, sums[side]})
		}
	}
	return figures, nil
}

// foldBatch bounds the changes that one transaction folds.
const foldBatch = 5000

// FoldFigures puts what events added to the figures into their totals, and says how much that was. Several may do so at
// once: one does.
func (s *Store) FoldFigures(ctx context.Context) (folded int, err error) {
	for n := foldBatch; n == foldBatch && err == nil; folded += n {
		err = s.Update(ctx, func(tx *Tx) (err error) {
			n, err = tx.fold()
			return err
		})
	}
	return folded, err
}

func (tx *Tx) fold() (int, error) {
	_, mine, err := find[string](tx, "take turn at the figures", `
		SELECT name
		FROM figure_turn
		WHERE name = 'figures'`+tx.s.dialect.claim)
	if err != nil || !mine {
		return 0, err
	}
	changes, err := list[figureRow](tx, "take changes of figures", `
		DELETE FROM figure_changes
		WHERE id IN (SELECT id FROM figure_changes ORDER BY id LIMIT ?)
		RETURNING `+figureColumns, foldBatch)
	if err != nil || len(changes) == 0 {
		return 0, err
	}
	sums := map[figureKey]*figureRow{}
	well := map[figureKey]WellSum{}
	for _, c := range changes {
		sum := sums[c.figureKey]
		if sum == nil {
			sum = &figureRow{figureKey: c.figureKey}
			sums[c.figureKey] = sum
			if c.Sum != nil {
				if well[c.figureKey], err = tx.wellTotal(c.figureKey); err != nil {
					return 0, err
				}
			}
		}
		sum.N += c.N
		sum.Total += c.Total
		if c.Sum != nil {
			var d WellSum
			if err := tx.RevealJSON(c.Sum, &d); err != nil {
				return 0, err
			}
			well[c.figureKey] = well[c.figureKey].plus(d, 1)
		}
	}
	for key, sum := range well {
		sums[key].Sum = tx.SealJSON(sum)
	}
	for some := range slices.Chunk(slices.Collect(maps.Values(sums)), auditBatch) {
		var args []any
		for _, sum := range some {
			args = append(args, sum.values()...)
		}
		if _, err := tx.exec("fold figures", `
			INSERT INTO figure_totals (`+figureColumns+`)
			VALUES `+rows(8, len(some))+`
			ON CONFLICT (program_id, figure, day, word, step) DO UPDATE
			SET n = figure_totals.n + excluded.n, total = figure_totals.total + excluded.total, sum = COALESCE(excluded.sum, figure_totals.sum)`, args...); err != nil {
			return 0, err
		}
	}
	return len(changes), nil
}

// wellTotal is the sealed sum of a total, nothing where there is none.
func (tx *Tx) wellTotal(key figureKey) (sum WellSum, err error) {
	sealed, there, err := find[Sealed](tx, "well-being so far", `
		SELECT sum
		FROM figure_totals
		WHERE program_id = ?
		  AND figure = ?
		  AND word = ?
		  AND day = 0
		  AND step = 0`, key.ProgramID, key.Figure, key.Word)
	if err != nil || !there {
		return sum, err
	}
	return sum, tx.RevealJSON(sealed, &sum)
}

// countFigures reckons the figures of all programs from everything there is, once: cases may be older than they are.
func (s *Store) countFigures(ctx context.Context) error {
	if err := s.Update(ctx, func(tx *Tx) error { return tx.countRows() }); err != nil {
		return err
	}
	for after, n := int64(0), prepareBatch; n == prepareBatch; {
		err := s.Update(ctx, func(tx *Tx) error {
			ids, err := list[int64](tx, "cases not counted", `
				SELECT id
				FROM cases
				WHERE counted IS NULL
				  AND id > ?
				ORDER BY id
				LIMIT ?`, after, prepareBatch)
			for _, id := range ids {
				tx.touch(id)
				after = id
			}
			n = len(ids)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// countRows reckons the totals of what the database counts by itself, unless they were.
func (tx *Tx) countRows() error {
	counted := func() (int, error) {
		return get[int](tx, "row of figure_turn", `
			SELECT counted
			FROM figure_turn
			WHERE name = 'figures'`)
	}
	if done, err := counted(); err != nil || done == 1 {
		return err
	}
	if still := tx.s.dialect.still; still != "" {
		if _, err := tx.exec("keep still", still); err != nil {
			return err
		}
	}
	if done, err := counted(); err != nil || done == 1 { // by another meanwhile
		return err
	}
	for _, query := range []string{
		`DELETE FROM figure_totals`,
		`DELETE FROM figure_changes`,
		`INSERT INTO figure_totals (program_id, figure, word, day, step, n, total)
			SELECT program_id, figure, word, day, step, SUM(n), SUM(total)
			FROM (` + figureViews + `) f
			GROUP BY program_id, figure, word, day, step`,
		`UPDATE cases SET counted = NULL WHERE counted IS NOT NULL`,
		`UPDATE figure_turn SET counted = 1`,
	} {
		if _, err := tx.exec("reckon figures", query); err != nil {
			return err
		}
	}
	return nil
}

// figureViews are what all rows count for.
const figureViews = `SELECT * FROM figures_of_cases
			UNION ALL SELECT * FROM figures_of_lines
			UNION ALL SELECT * FROM figures_of_ledger
			UNION ALL SELECT * FROM figures_of_escalations
			UNION ALL SELECT * FROM figures_of_messages
			UNION ALL SELECT * FROM figures_of_sessions`
