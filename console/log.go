package console

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amends/store"
	"amends/store/calendar"

	"github.com/xuri/excelize/v2"
)

const (
	logPage = 100
	// An export is read in pieces, and has no more rows than a spreadsheet takes.
	exportPiece = 1000
	exportRows  = 1_000_000
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
	known := names{"system": v.page.t("The service"), "carrier": v.page.t("The carrier"), "command": v.page.t("The command line")}
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
		had, err := tx.AuditPage(store.AuditFilter{CaseID: c.ID, Action: action, From: since}, v.me.actor(), 0, 1)
		if err != nil || len(had) > 0 {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(c.ProgramID), CaseID: store.ID(c.ID), Actor: v.me.actor(), Action: action, Subject: "case"})
	})
}

// logFilter is what the log is asked for.
type logFilter struct {
	Case, Actor, Kind string
	From, To          calendar.Date
	store.AuditFilter
}

// kinds of entries that the log can be asked for.
func logKinds() []string {
	return []string{"case.", "commitment.", "consent.", "decision.", "escalation.", "ledger.", "optout", "pause.", "staff.", "text."}
}

// logView is a page of the log.
type logView struct {
	Filter logFilter
	Rows   []logRow
	Staff  []choice
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
	f := logFilter{Case: strings.TrimSpace(q.Get("case")), Actor: q.Get("who"), Kind: q.Get("kind"), AuditFilter: store.AuditFilter{ProgramID: v.me.Program.ID}}
	f.Action = f.Kind
	if f.Case != "" {
		c, err := v.caseByReference(tx, f.Case)
		if err != nil {
			return f, err
		}
		f.CaseID = c.ID
	} else if v.me.Role == mediator {
		return f, store.NewError(store.Forbidden, "Choose one of your cases: its page leads to its log.", nil)
	}
	f.From, _ = calendar.Parse(q.Get("from"))
	f.To, _ = calendar.Parse(q.Get("to"))
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
		before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64)
		entries, err := tx.AuditPage(f.AuditFilter, f.Actor, before, logPage+1)
		if err != nil {
			return err
		}
		if len(entries) > logPage {
			entries = entries[:logPage]
			page.Next = strconv.FormatInt(entries[logPage-1].ID, 10)
		}
		page.Rows, err = v.logRows(tx, entries)
		if err != nil {
			return err
		}
		staff, err := tx.AllStaffOf(v.me.Program.ID)
		for _, s := range staff {
			page.Staff = append(page.Staff, choice{"staff:" + s.Key, tx.Reveal(s.Name), f.Actor == "staff:"+s.Key})
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, kind := range logKinds() {
		page.Kinds = append(page.Kinds, choice{kind, v.page.word("log", strings.TrimSuffix(kind, ".")), page.Filter.Kind == kind})
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

// logRows are entries in words, with the references of their cases.
func (v *visit) logRows(tx *store.Tx, entries []store.Entry) ([]logRow, error) {
	known, err := v.nameActors(tx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, e := range entries {
		if e.CaseID != 0 {
			ids = append(ids, int64(e.CaseID))
		}
	}
	references, err := tx.References(ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]logRow, len(entries))
	for i, e := range entries {
		rows[i] = v.logRow(tx, e, known, references)
	}
	return rows, nil
}

// logColumns are those of the log's exports. They bear no words of a person.
func logColumns() []string {
	return []string{"id", "at", "case", "party", "actor", "action", "subject", "why", "event"}
}

// eachEntry gives the entries that the address asks for, oldest first, as rows of an export.
func (v *visit) eachEntry(yield func(row []string) error) error {
	return v.view(func(tx *store.Tx) error {
		f, err := v.readLogFilter(tx)
		if err != nil {
			return err
		}
		for after, n := int64(0), 0; n < exportRows; {
			entries, err := tx.AuditOf(f.AuditFilter, after, exportPiece)
			if err != nil {
				return err
			}
			rows, err := v.logRows(tx, entries)
			if err != nil {
				return err
			}
			for _, r := range rows {
				after = r.ID
				if f.Actor != "" && r.Actor != f.Actor {
					continue
				}
				n++
				if err := yield([]string{strconv.FormatInt(r.ID, 10), r.Time.Format(time.RFC3339), r.Case, idText(r.PartyID), r.Actor, r.Action, r.Subject, inert(r.Why), r.Event}); err != nil {
					return err
				}
			}
			if len(entries) < exportPiece {
				return nil
			}
		}
		return nil
	})
}

func idText(id store.ID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
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
	if err := v.eachEntry(out.Write); err != nil {
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
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	n := 0
	put := func(row []string) error {
		n++
		cells := make([]any, len(row))
		for i, cell := range row {
			cells[i] = cell
		}
		return sheet.SetRow("A"+strconv.Itoa(n), cells)
	}
	if err := put(logColumns()); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	if err := v.eachEntry(put); err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	v.attach("log.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err := book.Write(v.w); err != nil {
		v.Log.Error("an export broke off", "error", err)
	}
	return nil
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

// attach has the browser keep what follows as a file.
func (v *visit) attach(name, kind string) {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename*=UTF-8''`+url.PathEscape(name))
}

// caseByReference is the program's case of that reference, if it is the visitor's to see.
func (v *visit) caseByReference(tx *store.Tx, reference string) (store.Case, error) {
	c, ok, err := tx.FindCase(v.me.Program.ID, reference)
	if err == nil && (!ok || !v.me.sees(c)) {
		err = store.NewError(store.NotFound, "There is no such case.", nil)
	}
	return c, err
}
