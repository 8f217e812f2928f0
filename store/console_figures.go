package store

// Figures are what a program has come to. They name nobody.
type Figures struct {
	Cases       map[CaseStatus]int
	Closed      map[string]int // by reason
	Money       []MoneyFigure  // by currency
	Months      []MonthFigure  // oldest first, of the first currency
	Waits       []WaitFigure   // by severity, since
	OptedOut    int            // phones
	Lines       int            // phones there are
	Segments    int64          // of texts that went out, since
	Texts       int            // that went out, since
	Checkins    int            // asked, since
	Answered    int            // of them, with any answer
	Escalations int            // opened, since
}

// MoneyFigure is what a program's restitution has come to in a currency, in cents.
type MoneyFigure struct {
	Currency                 string
	Agreed, Received, Waived int64
}

// Outstanding is what was neither received nor waived.
func (m MoneyFigure) Outstanding() int64 { return max(0, m.Agreed-m.Received-m.Waived) }

// MonthFigure is what fell due and what was received in a month, in cents.
type MonthFigure struct {
	Month         string `db:"month"` // 2026-03
	Due, Received int64
}

// WaitFigure is how long escalations of a severity waited to be acknowledged, in milliseconds.
type WaitFigure struct {
	Severity string  `db:"severity"`
	N        int     `db:"n"`
	Average  float64 `db:"average"`
}

// moneyRow is a sum of entries of a kind, and of the kind of entry that they answer.
type moneyRow struct {
	Entry    string `db:"entry"`
	Of       string `db:"of_entry"`
	Currency string `db:"currency"`
	Month    string `db:"month"`
	Cents    int64  `db:"cents"`
}

// counted is a word and how often it stands.
type counted struct {
	Word string `db:"word"`
	N    int    `db:"n"`
}

// Figures reckons a program's figures; what is told of a while is of since and later.
func (tx *Tx) Figures(programID int64, since Instant) (Figures, error) {
	f := Figures{Cases: map[CaseStatus]int{}, Closed: map[string]int{}}
	statuses, err := list[counted](tx, "cases by status", `
		SELECT status AS word, COUNT(*) AS n
		FROM cases
		WHERE program_id = ?
		GROUP BY status`, programID)
	if err != nil {
		return f, err
	}
	for _, s := range statuses {
		f.Cases[CaseStatus(s.Word)] = s.N
	}
	reasons, err := list[counted](tx, "cases by reason", `
		SELECT close_reason AS word, COUNT(*) AS n
		FROM cases
		WHERE program_id = ?
		  AND close_reason IS NOT NULL
		GROUP BY close_reason`, programID)
	if err != nil {
		return f, err
	}
	for _, r := range reasons {
		f.Closed[r.Word] = r.N
	}
	if err := tx.moneyFigures(&f, programID); err != nil {
		return f, err
	}
	if f.Waits, err = list[WaitFigure](tx, "waits", `
		SELECT severity, COUNT(*) AS n, AVG(acknowledged_at - opened_at) AS average
		FROM escalations
		WHERE program_id = ?
		  AND acknowledged_at IS NOT NULL
		  AND opened_at >= ?
		GROUP BY severity`, programID, since); err != nil {
		return f, err
	}
	for _, count := range []struct {
		to    any
		query string
		args  []any
	}{
		{&f.OptedOut, `SELECT COUNT(*) FROM lines WHERE program_id = ? AND opted_out_at IS NOT NULL`, []any{programID}},
		{&f.Lines, `SELECT COUNT(*) FROM lines WHERE program_id = ?`, []any{programID}},
		{&f.Escalations, `SELECT COUNT(*) FROM escalations WHERE program_id = ? AND opened_at >= ?`, []any{programID, since}},
		{&f.Texts, `SELECT COUNT(*) FROM messages WHERE program_id = ? AND direction = 'out' AND sent_at >= ?`, []any{programID, since}},
		{&f.Checkins, `SELECT COUNT(*) FROM sessions WHERE program_id = ? AND flow IN ('victim-checkin', 'offender-checkin') AND asked_at >= ?`, []any{programID, since}},
		{&f.Answered, `SELECT COUNT(*) FROM sessions s WHERE s.program_id = ? AND s.flow IN ('victim-checkin', 'offender-checkin') AND s.asked_at >= ?
			AND EXISTS (SELECT 1 FROM answers a WHERE a.party_id = s.party_id AND a.session_id = s.id)`, []any{programID, since}},
		{&f.Segments, `SELECT COALESCE(SUM(segments), 0) FROM messages WHERE program_id = ? AND direction = 'out' AND sent_at >= ?`, []any{programID, since}},
	} {
		n, _, err := find[int64](tx, "count figures", count.query, count.args...)
		if err != nil {
			return f, err
		}
		switch to := count.to.(type) {
		case *int:
			*to = int(n)
		case *int64:
			*to = n
		}
	}
	return f, nil
}

// moneyFigures adds up the ledgers. An entry that reverses another takes from what that is counted as.
func (tx *Tx) moneyFigures(f *Figures, programID int64) error {
	rows, err := list[moneyRow](tx, "money figures", `
		SELECT l.entry, COALESCE(o.entry, '') AS of_entry, l.currency, SUBSTR(l.effective_on, 1, 7) AS month, SUM(l.amount_cents) AS cents
		FROM ledger l
		JOIN cases c ON c.id = l.case_id
		LEFT JOIN ledger o ON o.id = l.of_id
		WHERE c.program_id = ?
		  AND l.entry IN ('due', 'received', 'waived', 'reversed')
		GROUP BY l.entry, COALESCE(o.entry, ''), l.currency, SUBSTR(l.effective_on, 1, 7)
		ORDER BY month, l.currency`, programID)
	if err != nil {
		return err
	}
	money := map[string]int{}
	months := map[string]int{}
	for _, r := range rows {
		i, known := money[r.Currency]
		if !known {
			i = len(f.Money)
			money[r.Currency], f.Money = i, append(f.Money, MoneyFigure{Currency: r.Currency})
		}
		kind, cents := r.Entry, r.Cents
		if kind == "reversed" {
			kind, cents = r.Of, -cents
		}
		m := &f.Money[i]
		var month MonthFigure
		switch kind {
		case "due":
			m.Agreed += cents
			month.Due = cents
		case "received":
			m.Received += cents
			month.Received = cents
		case "waived":
			m.Waived += cents
		}
		if i != 0 || month == (MonthFigure{}) {
			continue
		}
		at, known := months[r.Month]
		if !known {
			at = len(f.Months)
			months[r.Month], f.Months = at, append(f.Months, MonthFigure{Month: r.Month})
		}
		f.Months[at].Due += month.Due
		f.Months[at].Received += month.Received
	}
	return nil
}
