package store

import (
	"slices"
	"strconv"
	"strings"

	"amends/store/calendar"
	"amends/store/ledger"
)

// CaseOrder is how a page of cases is sorted.
type CaseOrder string

// The orders of a page of cases.
const (
	ByNextDue   CaseOrder = "due"       // what is longest behind first; then those with nothing to come
	ByMediation CaseOrder = "mediated"  // the last mediated first
	ByReference CaseOrder = "reference" // as letters and digits go
)

// CasePage asks for a page of a program's cases; what is zero picks all.
type CasePage struct {
	ProgramID int64
	StaffID   int64         // whose mediator or backup that is: a mediator's wall
	Mediator  int64         // whose mediator that is: a filter
	Status    CaseStatus    // "" for all that are open
	All       bool          // closed ones too, where no status is asked for
	Language  string        // of one of the parties
	Before    calendar.Date // something fell due before that day
	// Unescalated leaves out what an escalation that is not resolved says already: missed, or asked more time for.
	Unescalated bool
	Search      string // a reference, or the whole name of a party
	Phone       string // or its number, E.164
	Order       CaseOrder
	After       CaseKey
	Limit       int
}

// CaseKey is where a page of cases begins: after that row in the page's order.
type CaseKey struct {
	Value string // of the column that the order goes by
	ID    int64
}

// CaseRow is a case in a page.
type CaseRow struct {
	Case
	NextDue     calendar.Date `db:"next_due"`    // the first date of what is not met, paid or reported
	Escalations int           `db:"escalations"` // that are not resolved
	Worst       Word          `db:"worst"`       // their worst severity
}

// Key is where the page after this row begins.
func (r CaseRow) Key(order CaseOrder) CaseKey {
	switch order {
	case ByMediation:
		return CaseKey{r.MediatedOn.String(), r.ID}
	case ByReference:
		return CaseKey{r.Reference, r.ID}
	}
	if r.NextDue.IsZero() {
		return CaseKey{never, r.ID}
	}
	return CaseKey{r.NextDue.String(), r.ID}
}

// never sorts after every date.
const never = "9999-12-31"

// CasePage is a page of cases in its order. A page costs what it shows: the next one begins at a key.
func (tx *Tx) CasePage(p CasePage) ([]CaseRow, error) {
	where, args := []string{"c.program_id = ?"}, []any{p.ProgramID}
	add := func(term string, arg ...any) { where, args = append(where, term), append(args, arg...) }
	switch {
	case p.Status != "":
		add("c.status = ?", p.Status)
	case !p.All:
		add("c.status <> 'closed'")
	}
	if p.StaffID != 0 {
		add("(c.mediator_id = ? OR c.backup_id = ?)", p.StaffID, p.StaffID)
	}
	if p.Mediator != 0 {
		add("c.mediator_id = ?", p.Mediator)
	}
	if p.Language != "" {
		add("EXISTS (SELECT 1 FROM parties p WHERE p.case_id = c.id AND p.language = ?)", p.Language)
	}
	if !p.Before.IsZero() {
		add("c.next_due < ?", p.Before)
	}
	if p.Unescalated {
		add(`NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id AND e.status <> 'resolved'
				AND e.reason IN ('missed_payment', 'missed_commitment', 'extension'))`)
	}
	if p.Search != "" {
		found, err := tx.searchCases(p)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		found = padded(found)
		add("c.id IN ("+marks(len(found))+")", anys(found)...)
	}
	order := ""
	switch p.Order {
	case ByMediation:
		order = "c.mediated_on DESC, c.id DESC"
		if p.After.ID != 0 {
			add("(c.mediated_on, c.id) < (?, ?)", p.After.Value, p.After.ID)
		}
	case ByReference:
		order = "c.reference, c.id"
		if p.After.ID != 0 {
			add("(c.reference, c.id) > (?, ?)", p.After.Value, p.After.ID)
		}
	default:
		order = "COALESCE(c.next_due, '" + never + "'), c.id"
		if p.After.ID != 0 {
			add("(COALESCE(c.next_due, '"+never+"'), c.id) > (?, ?)", p.After.Value, p.After.ID)
		}
	}
	return list[CaseRow](tx, "page of cases", `
		SELECT `+of("c", caseColumns)+`, c.next_due,
			(SELECT COUNT(*) FROM escalations e WHERE e.case_id = c.id AND e.status <> 'resolved') AS escalations,
			(SELECT e.severity FROM escalations e WHERE e.case_id = c.id AND e.status <> 'resolved'
				ORDER BY `+severityRank+`, e.id LIMIT 1) AS worst
		FROM cases c
		WHERE `+strings.Join(where, `
		  AND `)+`
		ORDER BY `+order+`
		LIMIT ?`, append(args, p.Limit)...)
}

// searchMost bounds the cases that one name or number finds.
const searchMost = 500

// searchCases are the cases of that reference, or in which somebody bears that name or has that number: each is looked up by
// its own index.
func (tx *Tx) searchCases(p CasePage) ([]int64, error) {
	text := strings.TrimSpace(p.Search)
	found, err := list[int64](tx, "cases by reference", `
		SELECT id
		FROM cases
		WHERE program_id = ?
		  AND reference = ?`, p.ProgramID, text)
	if err != nil {
		return nil, err
	}
	named, err := list[int64](tx, "cases by name", `
		SELECT DISTINCT case_id
		FROM parties
		WHERE program_id = ?
		  AND name_hash = ?
		ORDER BY case_id DESC
		LIMIT ?`, p.ProgramID, hash(tx.s.keys.Hash("name", p.Search)), searchMost)
	if err != nil || p.Phone == "" {
		return append(found, named...), err
	}
	called, err := list[int64](tx, "cases by number", `
		SELECT DISTINCT p.case_id
		FROM lines l
		JOIN parties p ON p.line_id = l.id
		WHERE l.program_id = ?
		  AND l.phone_hash = ?
		ORDER BY p.case_id DESC
		LIMIT ?`, p.ProgramID, hash(tx.LineHash(p.Phone)), searchMost)
	return slices.Concat(found, named, called), err
}

// severityRank sorts what is urgent first.
const severityRank = `CASE e.severity WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END`

// CaseParty is a party with its phone.
type CaseParty struct {
	Party
	Line Line `db:"line"`
}

// PartiesOfCases are the parties of some cases with their lines, by case, in the order of their files.
func (tx *Tx) PartiesOfCases(caseIDs ...int64) (map[int64][]CaseParty, error) {
	parties := map[int64][]CaseParty{}
	if len(caseIDs) == 0 {
		return parties, nil
	}
	rows, err := list[CaseParty](tx, "parties of cases", `
		SELECT `+of("p", partyColumns)+`, `+nested("l", "line", lineColumns)+`
		FROM parties p
		JOIN lines l ON l.id = p.line_id
		WHERE p.case_id IN (`+marks(len(caseIDs))+`)
		ORDER BY p.case_id, p.id`, anys(caseIDs)...)
	for _, row := range rows {
		parties[row.CaseID] = append(parties[row.CaseID], row)
	}
	return parties, err
}

// NextDueOf is the first date of what in a case is not met, paid or reported.
func (tx *Tx) NextDueOf(caseID int64) (calendar.Date, error) {
	return get[calendar.Date](tx, "case", `
		SELECT next_due
		FROM cases
		WHERE id = ?`, caseID)
}

// References are the references of some cases, by ID.
func (tx *Tx) References(caseIDs ...int64) (map[int64]string, error) {
	references := map[int64]string{}
	slices.Sort(caseIDs)
	for some := range slices.Chunk(slices.Compact(caseIDs), referenceBatch) {
		rows, err := list[struct {
			ID        int64  `db:"id"`
			Reference string `db:"reference"`
		}](tx, "references", `
			SELECT id, reference
			FROM cases
			WHERE id IN (`+marks(len(some))+`)`, anys(some)...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			references[row.ID] = row.Reference
		}
	}
	return references, nil
}

// referenceBatch bounds the cases of one query.
const referenceBatch = 500

// AllStaffOf are those who work for a program, or have, by key.
func (tx *Tx) AllStaffOf(programID int64) ([]Staff, error) {
	return list[Staff](tx, "all staff of a program", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE program_id = ?
		ORDER BY key`, programID)
}

// LedgersOfCases are the ledgers of some cases: of each case, its commitments' in their order.
func (tx *Tx) LedgersOfCases(caseIDs ...int64) (map[int64][][]ledger.Entry, error) {
	ledgers := map[int64][][]ledger.Entry{}
	if len(caseIDs) == 0 {
		return ledgers, nil
	}
	rows, err := list[struct {
		CaseID int64 `db:"case_id"`
		ledgerRow
	}](tx, "ledgers of cases", `
		SELECT case_id, `+ledgerColumns+`
		FROM ledger
		WHERE case_id IN (`+marks(len(caseIDs))+`)
		ORDER BY case_id, commitment_id, id`, anys(caseIDs)...)
	last := int64(0)
	for _, row := range rows {
		if row.CommitmentID != last {
			ledgers[row.CaseID] = append(ledgers[row.CaseID], nil)
			last = row.CommitmentID
		}
		own := ledgers[row.CaseID]
		own[len(own)-1] = append(own[len(own)-1], row.entry())
	}
	return ledgers, err
}

// OpenCasesByMediator counts a program's open cases by their mediator. The counts are kept, as the figures are.
func (tx *Tx) OpenCasesByMediator(programID int64) (map[int64]int, error) {
	sums, err := tx.figureSums("word", "figure = 'mediators'", programID)
	counts := map[int64]int{}
	for _, s := range sums {
		if id, err := strconv.ParseInt(s.Word, 10, 64); err == nil {
			counts[id] = int(s.N)
		}
	}
	return counts, err
}
