package store

import (
	"slices"
	"strings"
)

// Entry is one line of the compliance log: who did what, when and why. It bears no name, number or
// text; Words, where a person's words belong to it (a consent, a note), are kept sealed beside it.
type Entry struct {
	ID        int64   `db:"id"`
	At        Instant `db:"at"`
	ProgramID ID      `db:"program_id"`
	CaseID    ID      `db:"case_id"`
	PartyID   ID      `db:"party_id"`
	Actor     string  `db:"actor"`   // system, carrier, party:KEY, staff:KEY, command
	Action    string  `db:"action"`  // consent.given, escalation.opened, text.dropped, …
	Subject   string  `db:"subject"` // what it was done to: commitment:money, escalation:7, message:ID
	Why       string  `db:"why"`
	Event     string  `db:"event"` // the event that did it
	Words     Sealed  `db:"words"`
}

// auditBatch bounds the entries of one INSERT.
const auditBatch = 50

// Log appends an entry. It is written with the rest of the transaction's at its end, in one
// statement for all, and so gets no ID here.
func (tx *Tx) Log(e Entry) error {
	tx.log = append(tx.log, e)
	return nil
}

// flushLog writes what was logged, in its order.
func (tx *Tx) flushLog() error {
	log := tx.log
	tx.log = nil
	for some := range slices.Chunk(log, auditBatch) {
		if err := tx.addEntries(some); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) addEntries(entries []Entry) error {
	query := `
		INSERT INTO audit (at, program_id, case_id, party_id, actor, action, subject, why, event)
		VALUES ` + rows(9, len(entries))
	var args []any
	worded := 0
	for _, e := range entries {
		args = append(args, e.At, e.ProgramID, e.CaseID, e.PartyID, e.Actor, e.Action, e.Subject, e.Why, e.Event)
		if e.Words != nil {
			worded++
		}
	}
	if worded == 0 {
		_, err := tx.exec("log", query, args...)
		return err
	}
	ids, err := tx.insertRows("log", "id", len(entries), query, args)
	if err != nil {
		return err
	}
	args = nil
	for i, e := range entries {
		if e.Words != nil {
			args = append(args, ids[i], e.Words)
		}
	}
	_, err = tx.exec("log words", `
		INSERT INTO audit_words (audit_id, words)
		VALUES `+rows(2, worded), args...)
	return err
}

// AuditFilter picks entries of the log; what is zero picks all.
type AuditFilter struct {
	ProgramID int64
	CaseID    int64
	Actor     string
	Action    string  // or its beginning, with a dot at the end: "consent."
	From      Instant // not before
	To        Instant // before
}

// AuditOf are up to limit entries in the order they were written, those after the entry with the ID after.
func (tx *Tx) AuditOf(f AuditFilter, after int64, limit int) ([]Entry, error) {
	if err := tx.flushLog(); err != nil {
		return nil, err
	}
	where, args := f.terms()
	return tx.auditRows(append(where, "a.id > ?"), append(args, after), "a.id", limit)
}

// AuditKey is where a page of the log begins: beside the entry of that time and ID.
type AuditKey struct {
	At Instant
	ID int64
}

// Key is where the page beside this entry begins.
func (e Entry) Key() AuditKey { return AuditKey{e.At, e.ID} }

// AuditBefore are up to limit entries by their time, the last first, those before a key; zero for the end of the log. Like
// AuditAfter it costs what it gives.
func (tx *Tx) AuditBefore(f AuditFilter, key AuditKey, limit int) ([]Entry, error) {
	where, args := f.terms()
	if key != (AuditKey{}) {
		where, args = append(where, "(a.at, a.id) < (?, ?)"), append(args, key.At, key.ID)
	}
	return tx.auditRows(where, args, "a.at DESC, a.id DESC", limit)
}

// AuditAfter are up to limit entries by their time, the first first, those after a key.
func (tx *Tx) AuditAfter(f AuditFilter, key AuditKey, limit int) ([]Entry, error) {
	where, args := f.terms()
	return tx.auditRows(append(where, "(a.at, a.id) > (?, ?)"), append(args, int64(key.At), key.ID), "a.at, a.id", limit)
}

// terms are the filter's.
func (f AuditFilter) terms() (where []string, args []any) {
	add := func(term string, arg any) { where, args = append(where, term), append(args, arg) }
	switch { // a case is of one program, and has an index of its own
	case f.CaseID != 0:
		add("a.case_id = ?", f.CaseID)
	case f.ProgramID != 0:
		add("a.program_id = ?", f.ProgramID)
	}
	if f.Actor != "" {
		add("a.actor = ?", f.Actor)
	}
	if f.Action != "" {
		kind, exactly, _ := strings.Cut(f.Action, ".")
		add("a.kind = ?", kind)
		if exactly != "" || kind == f.Action {
			add("a.action = ?", f.Action)
		}
	}
	if f.From != 0 {
		add("a.at >= ?", f.From)
	}
	if f.To != 0 {
		add("a.at < ?", f.To)
	}
	return where, args
}

// auditRows are entries with their words.
func (tx *Tx) auditRows(where []string, args []any, order string, limit int) ([]Entry, error) {
	return list[Entry](tx, "audit", `
		SELECT a.id, a.at, a.program_id, a.case_id, a.party_id, a.actor, a.action, a.subject, a.why, a.event, w.words
		FROM audit a
		LEFT JOIN audit_words w ON w.audit_id = a.id
		WHERE `+strings.Join(append(where, "TRUE"), `
		  AND `)+`
		ORDER BY `+order+`
		LIMIT ?`, append(args, limit)...)
}
