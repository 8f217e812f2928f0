package store

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"amends/store/calendar"
	"amends/store/ledger"
)

// counted is what of a case is in the figures and only we can reckon: it is written beside the case, sealed, so that what a
// change adds to the figures is the difference.
type counted struct {
	Kept      map[string]keptSum `json:"kept,omitempty"`      // by kind and day due: "restitution:20544"
	Wellbeing map[string]WellSum `json:"wellbeing,omitempty"` // by side
}

// keptSum is how many instalments or commitments are due on a day, and how many of them were met by its end.
type keptSum struct {
	Due    int64 `json:"due"`
	OnTime int64 `json:"on_time"`
}

// WellSum adds up the first and the last answers of those who said more than once how they are, from 1 to 5.
type WellSum struct {
	N     int64 `json:"n"` // people
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

func (s WellSum) plus(o WellSum, sign int64) WellSum {
	return WellSum{s.N + sign*o.N, s.First + sign*o.First, s.Last + sign*o.Last}
}

// wellbeingQuestion is the question of the check-ins that well-being is taken from.
const wellbeingQuestion = "wellbeing"

// keptOf counts what of a case was due and what was met on time. Waived commitments are left out, and so is what falls due
// after the case was closed and was not met.
func (m *Matter) keptOf(closed calendar.Date) map[string]keptSum {
	kept := map[string]keptSum{}
	add := func(kind string, due calendar.Date, onTime bool) {
		if !onTime && !closed.IsZero() && !due.Before(closed) {
			return
		}
		key := kind + ":" + strconv.FormatInt(dayOf(due), 10)
		sum := kept[key]
		sum.Due++
		if onTime {
			sum.OnTime++
		}
		kept[key] = sum
	}
	for _, c := range m.Commitments {
		switch {
		case c.Kind == "restitution":
			for _, k := range ledger.OnTime(m.Ledger[c.ID]) {
				add(c.Kind, k.Due, k.OnTime)
			}
		case c.Status != CommitmentWaived:
			add(c.Kind, c.Due, c.Status == CommitmentMet && !c.SettledOn.IsZero() && !c.Due.Before(c.SettledOn))
		}
	}
	return kept
}

// dayOf is a date in days from 1970, as the figures count them.
func dayOf(d calendar.Date) int64 { return int64(d.Sub(calendar.DateOf(1970, 1, 1))) }

// wellbeingOf adds up what the parties of some cases said of how they are, by case and side.
func (tx *Tx) wellbeingOf(caseIDs []int64) (map[int64]map[string]WellSum, error) {
	sums := map[int64]map[string]WellSum{}
	caseIDs = padded(caseIDs)
	rows, err := list[struct {
		CaseID  int64  `db:"case_id"`
		PartyID int64  `db:"party_id"`
		Side    string `db:"side"`
		Value   Sealed `db:"value"`
	}](tx, "well-being of cases", `
		SELECT a.case_id, a.party_id, p.side, a.value
		FROM answers a
		JOIN parties p ON p.id = a.party_id
		WHERE a.case_id IN (`+marks(len(caseIDs))+`)
		  AND a.question = '`+wellbeingQuestion+`'
		ORDER BY a.party_id, a.id`, anys(caseIDs)...)
	if err != nil {
		return nil, err
	}
	for at := 0; at < len(rows); {
		of := rows[at]
		var said []int64
		for ; at < len(rows) && rows[at].PartyID == of.PartyID; at++ {
			if n, err := strconv.ParseInt(tx.Reveal(rows[at].Value), 10, 64); err == nil { // one that was erased is no number
				said = append(said, n)
			}
		}
		if len(said) < 2 {
			continue
		}
		if sums[of.CaseID] == nil {
			sums[of.CaseID] = map[string]WellSum{}
		}
		sums[of.CaseID][of.Side] = sums[of.CaseID][of.Side].plus(WellSum{1, said[0], said[len(said)-1]}, 1)
	}
	return sums, nil
}

// figureKey names a sum of the figures.
type figureKey struct {
	ProgramID int64  `db:"program_id"`
	Figure    string `db:"figure"`
	Word      string `db:"word"`
	Day       int64  `db:"day"`
	Step      int64  `db:"step"`
}

// figureRow is a sum, or what is added to one. Sum is a [WellSum], sealed: few people's answers may make it up.
type figureRow struct {
	figureKey
	N     int64  `db:"n"`
	Total int64  `db:"total"`
	Sum   Sealed `db:"sum"`
}

const figureColumns = `program_id, figure, word, day, step, n, total, sum`

func (r figureRow) values() []any {
	return []any{r.ProgramID, r.Figure, r.Word, r.Day, r.Step, r.N, r.Total, r.Sum}
}

// minus are the changes that lead from what was counted to what is.
func (tx *Tx) minus(programID int64, is, was counted) (changes []figureRow) {
	for key := range keys(is.Kept, was.Kept) {
		a, b := is.Kept[key], was.Kept[key]
		if a == b {
			continue
		}
		kind, day := cutKept(key)
		changes = append(changes, figureRow{figureKey: figureKey{ProgramID: programID, Figure: "kept", Word: kind, Day: day}, N: a.Due - b.Due, Total: a.OnTime - b.OnTime})
	}
	for side := range keys(is.Wellbeing, was.Wellbeing) {
		if d := is.Wellbeing[side].plus(was.Wellbeing[side], -1); d != (WellSum{}) {
			changes = append(changes, figureRow{figureKey: figureKey{ProgramID: programID, Figure: "wellbeing", Word: side}, Sum: tx.SealJSON(d)})
		}
	}
	return changes
}

func cutKept(key string) (kind string, day int64) {
	for i := len(key) - 1; i >= 0; i-- {
		if key[i] == ':' {
			day, _ = strconv.ParseInt(key[i+1:], 10, 64)
			return key[:i], day
		}
	}
	return key, 0
}

// keys are those of two maps.
func keys[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range maps.Keys(a) {
		all[k] = true
	}
	for k := range maps.Keys(b) {
		all[k] = true
	}
	return all
}

// addChanges writes what is added to the figures.
func (tx *Tx) addChanges(changes []figureRow) error {
	for some := range slices.Chunk(changes, auditBatch) {
		var args []any
		for _, c := range some {
			args = append(args, c.values()...)
		}
		if _, err := tx.exec("add to figures", `
			INSERT INTO figure_changes (`+figureColumns+`)
			VALUES `+rows(8, len(some)), args...); err != nil {
			return err
		}
	}
	return nil
}

// parse reads what was counted; nothing where nothing was.
func (tx *Tx) parseCounted(sealed Sealed) (c counted, err error) {
	return c, tx.RevealJSON(sealed, &c)
}

// same says whether both are the same.
func (c counted) same(o counted) bool {
	a, err := json.Marshal(c)
	b, err2 := json.Marshal(o)
	return err == nil && err2 == nil && string(a) == string(b)
}
