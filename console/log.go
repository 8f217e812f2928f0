package console

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"amends/store"
	"amends/store/calendar"
)

const (
	logPage = 100
	// An export is read in pieces. A sheet of a workbook takes no more rows than that, the columns' names among them.
	exportPiece = 1000
	sheetRows   = 1 << 20
	// Who looks at a case again within a quarter of an hour looks at it once.
	lookLasts = 15 * time.Minute
)

// logRow is an entry of the log as a page shows it.
type logRow struct {
	store.Entry
	Time   time.Time
	Zone   *time.Location
	Who    string
	Case   string // its reference
	What   string
	About  string // its subject, in words
	Detail string
	Words  string
}

// names are what the log's keys stand for.
type names map[string]string

// nameActors are the names of the staff, by how the log calls them.
func (v *visit) nameActors(tx *store.Tx) (names, error) {
	staff, err := tx.AllStaffOf(v.me.Program.ID)
	known := names{}
	for actor, name := range serviceNames() {
		known[actor] = v.page.t(name)
	}
	for _, s := range staff {
		known["staff:"+s.Key] = tx.Reveal(s.Name)
	}
	return known, err
}

// logRow is an entry in words. A party goes by its key: the log bears no name.
func (v *visit) logRow(tx *store.Tx, e store.Entry, known names, references map[int64]string) logRow {
	row := logRow{Entry: e, Time: e.At.Time(), Zone: v.me.Zone, Who: known[e.Actor], Case: references[int64(e.CaseID)], Detail: e.Why}
	if row.Who == "" {
		if key, ok := strings.CutPrefix(e.Actor, "party:"); ok {
			row.Who = v.page.t("Party %s", key)
		} else {
			row.Who = e.Actor
		}
	}
	row.What, row.About = v.page.action(e.Action), v.page.about(e.Subject, known)
	if row.About == row.Who {
		row.About = ""
	}
	if v.me.Reads() {
		row.Words = tx.Reveal(e.Words)
	}
	return row
}

// about names what an entry was done to, where its other columns do not say so already.
func (p *pageSet) about(subject string, known names) string {
	const shown = 6 // of a text's identifier: enough to tell it from others nearby
	what, key, _ := strings.Cut(subject, ":")
	switch what {
	case "case", "log", "program":
		return ""
	case "staff":
		return cmp.Or(known[subject], key)
	case "party":
		return p.t("Party %s", key)
	case "escalation":
		return "#" + key
	case "question":
		return p.word("question", key[strings.LastIndex(key, ".")+1:])
	case "message":
		return p.t("Text …%s", key[max(0, len(key)-shown):])
	case "commitment":
		return key
	}
	return subject
}

// action names what was done: "escalation.opened" is "Escalation opened", where nothing better is known.
func (p *pageSet) action(action string) string {
	if said, ok := actionWords()[action]; ok {
		return p.t(said)
	}
	word := strings.NewReplacer(".", " ", "_", " ").Replace(action)
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// logLook keeps in the log who looked at a case.
func (v *visit) logLook(c store.Case, action string) error {
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		since := store.At(v.now().Add(-lookLasts))
		had, err := tx.AuditBefore(store.AuditFilter{CaseID: c.ID, Actor: v.me.actor(), Action: action, From: since}, store.AuditKey{}, 1)
		if err != nil || len(had) > 0 {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(c.ProgramID), CaseID: store.ID(c.ID), Actor: v.me.actor(), Action: action, Subject: "case"})
	})
}

// logFilter is what the log is asked for.
type logFilter struct {
	Case, Kind string
	From, To   calendar.Date
	store.AuditFilter
}

// logKinds are the kinds of entries that the log can be asked for: what stands before the dot of their actions.
func logKinds() []string {
	return []string{"answer", "case", "commitment", "consent", "decision", "escalation", "flow", "ledger", "log", "optout", "party", "pause", "program",
		"question", "staff", "text"}
}

// logView is a page of the log.
type logView struct {
	Filter logFilter
	Rows   []logRow
	Actors []choice
	Kinds  []choice
	Next   string       // where the page after begins
	Query  template.URL // the filter, for the exports: encoded as it is
}

// choice is one option of a list.
type choice struct {
	Value, Text string
	Chosen      bool
}

// readLogFilter reads the filter of the address. A case behind a wall is none.
func (v *visit) readLogFilter(tx *store.Tx) (logFilter, error) {
	q := v.r.URL.Query()
	f := logFilter{Case: strings.TrimSpace(q.Get("case")), Kind: strings.TrimSuffix(q.Get("kind"), "."), AuditFilter: store.AuditFilter{ProgramID: v.me.Program.ID, Actor: q.Get("who")}}
	if f.Kind != "" {
		f.Action = f.Kind + "."
	}
	if f.Case != "" {
		c, err := v.caseByReference(tx, f.Case)
		if err != nil {
			return f, err
		}
		f.CaseID = c.ID
	} else if v.me.Role == mediator {
		return f, store.NewError(store.Forbidden, "Choose one of your cases: its page leads to its log.", nil)
	}
	for name, day := range map[string]*calendar.Date{"from": &f.From, "to": &f.To} {
		var err error
		if text := q.Get(name); text != "" {
			if *day, err = calendar.Parse(text); err != nil {
				return f, store.NewError(store.Invalid, "A day is written year-month-day, like 2026-03-02.", nil)
			}
		}
	}
	begin := func(d calendar.Date) store.Instant {
		year, month, day := d.Date()
		return store.At(time.Date(year, month, day, 0, 0, 0, 0, v.me.Zone))
	}
	if !f.From.IsZero() {
		f.AuditFilter.From = begin(f.From)
	}
	if !f.To.IsZero() {
		f.AuditFilter.To = begin(f.To.AddDays(1))
	}
	return f, nil
}

// log is the compliance log.
func (v *visit) log() error {
	var page logView
	err := v.view(func(tx *store.Tx) error {
		f, err := v.readLogFilter(tx)
		if err != nil {
			return err
		}
		page = logView{Filter: f}
		entries, err := tx.AuditBefore(f.AuditFilter, auditKey(v.r.URL.Query().Get("before")), logPage+1)
		if err != nil {
			return err
		}
		if len(entries) > logPage {
			entries = entries[:logPage]
			key := entries[logPage-1].Key()
			page.Next = fmt.Sprintf("%d.%d", key.At, key.ID)
		}
		page.Rows, err = v.logRows(tx, entries)
		if err != nil {
			return err
		}
		page.Actors, err = v.logActors(tx, f)
		return err
	})
	if err != nil {
		return err
	}
	for _, kind := range logKinds() {
		page.Kinds = append(page.Kinds, choice{kind, v.page.word("log", kind), page.Filter.Kind == kind})
	}
	q := v.r.URL.Query()
	q.Del("before")
	page.Query = template.URL(q.Encode())
	if page.Next != "" {
		q.Set("before", page.Next)
		page.Next = "/log?" + q.Encode()
	}
	return v.show("log", layout{Title: v.page.t("Log"), Nav: "log", Wide: true, Data: page})
}

// auditKey reads where a page of the log begins: a time, a dot and an ID.
func auditKey(text string) store.AuditKey {
	at, id, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	m, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || n == 0 {
		return store.AuditKey{}
	}
	return store.AuditKey{At: store.Instant(n), ID: m}
}

// logActors are those whose entries can be asked for: the staff, the parties of the case where one is asked for, and what is
// nobody.
func (v *visit) logActors(tx *store.Tx, f logFilter) ([]choice, error) {
	var actors []choice
	add := func(actor, name string) { actors = append(actors, choice{actor, name, f.Actor == actor}) }
	staff, err := tx.AllStaffOf(v.me.Program.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range staff {
		add("staff:"+s.Key, tx.Reveal(s.Name))
	}
	if f.CaseID != 0 {
		parties, err := tx.PartiesOf(f.CaseID)
		if err != nil {
			return nil, err
		}
		for _, p := range parties {
			add("party:"+p.Key, v.page.t("Party %s", p.Key))
		}
	}
	for _, actor := range []string{"system", "carrier", "command"} {
		add(actor, v.page.t(serviceNames()[actor]))
	}
	return actors, nil
}

// serviceNames are the English for what writes the log and is nobody.
func serviceNames() map[string]string {
	return map[string]string{"system": "The service", "carrier": "The carrier", "command": "The command line"}
}

// logRows are entries in words, with the references of their cases.
func (v *visit) logRows(tx *store.Tx, entries []store.Entry) ([]logRow, error) {
	known, err := v.nameActors(tx)
	if err != nil {
		return nil, err
	}
	references, err := references(tx, entries)
	if err != nil {
		return nil, err
	}
	rows := make([]logRow, len(entries))
	for i, e := range entries {
		rows[i] = v.logRow(tx, e, known, references)
	}
	return rows, nil
}

// references are those of the cases of some entries.
func references(tx *store.Tx, entries []store.Entry) (map[int64]string, error) {
	var ids []int64
	for _, e := range entries {
		if e.CaseID != 0 {
			ids = append(ids, int64(e.CaseID))
		}
	}
	return tx.References(ids...)
}

// logColumns are those of the log's exports. They bear no words of a person.
func logColumns() []string {
	return []string{"id", "at", "case", "party", "actor", "action", "subject", "why", "event"}
}

// eachEntry gives the entries that the address asks for, oldest first, as rows of an export. Few are in memory at a time.
func (v *visit) eachEntry(yield func(row []string) error) error {
	return v.view(func(tx *store.Tx) error {
		f, err := v.readLogFilter(tx)
		if err != nil {
			return err
		}
		for key := (store.AuditKey{}); ; {
			entries, err := tx.AuditAfter(f.AuditFilter, key, exportPiece)
			if err != nil {
				return err
			}
			references, err := references(tx, entries)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if err := yield([]string{strconv.FormatInt(e.ID, 10), e.At.Time().Format(time.RFC3339), references[int64(e.CaseID)], idText(e.PartyID), e.Actor, e.Action,
					e.Subject, e.Why, e.Event}); err != nil {
					return err
				}
			}
			if len(entries) < exportPiece {
				return nil
			}
			key = entries[exportPiece-1].Key()
		}
	})
}

func idText(id store.ID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// logCSV exports the log as CSV.
func (v *visit) logCSV() error {
	if err := v.logExport("csv"); err != nil {
		return err
	}
	v.attach("log.csv", "text/csv; charset=utf-8")
	out := csv.NewWriter(v.w)
	if err := out.Write(logColumns()); err != nil {
		return nil // nobody is there any more
	}
	if err := v.eachEntry(func(row []string) error {
		for i := range row {
			row[i] = inert(row[i])
		}
		return out.Write(row)
	}); err != nil {
		v.Log.Error("an export broke off", "error", err)
	}
	out.Flush()
	return nil
}

// logXLSX exports the log as a workbook.
func (v *visit) logXLSX() error {
	if err := v.logExport("xlsx"); err != nil {
		return err
	}
	b, err := newWorkbook(logColumns())
	if err != nil {
		return err
	}
	defer b.close()
	if err := v.eachEntry(func(row []string) error {
		cells := make([]any, len(row))
		for i, cell := range row {
			cells[i] = cell
		}
		return b.add(cells)
	}); err != nil {
		return err
	}
	return v.attachBook("log.xlsx", b)
}

// logExport keeps in the log that it was exported, and refuses what the visitor may not see before anything is sent.
func (v *visit) logExport(how string) error {
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		f, err := v.readLogFilter(tx)
		if err != nil {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(v.me.Program.ID), CaseID: store.ID(f.CaseID), Actor: v.me.actor(),
			Action: "log.exported", Subject: "log", Why: how})
	})
}

// caseByReference is the program's case of that reference, if it is the visitor's to see.
func (v *visit) caseByReference(tx *store.Tx, reference string) (store.Case, error) {
	c, ok, err := tx.FindCase(v.me.Program.ID, reference)
	if err == nil && (!ok || !v.me.sees(c)) {
		err = store.NewError(store.NotFound, "There is no such case.", nil)
	}
	return c, err
}
