package console

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"amends/store"
	"amends/store/calendar"
)

// wantedDate is the date that an escalation asks for, where it asks for one.
func wantedDate(args string) calendar.Date {
	var wants struct {
		Date string `json:"date"`
	}
	if args == "" || json.Unmarshal([]byte(args), &wants) != nil {
		return calendar.Date{}
	}
	date, _ := calendar.Parse(wants.Date)
	return date
}

// handOf is who wrote the text by hand that an escalation's reply answers; nobody where it answers none.
func (v *visit) handOf(tx *store.Tx, args string) (string, error) {
	var wants struct {
		Hand string `json:"hand"`
	}
	if args == "" || json.Unmarshal([]byte(args), &wants) != nil || wants.Hand == "" {
		return "", nil
	}
	key, _ := strings.CutPrefix(wants.Hand, "staff:")
	s, ok, err := tx.FindStaffByKey(v.me.Program.ID, key)
	if err != nil || !ok {
		return wants.Hand, err
	}
	return tx.Reveal(s.Name), nil
}

// Answerable says whether a text can answer the escalation.
func (r escalationRow) Answerable() bool {
	return r.Decides && r.PartyKey != "" && r.Status != store.EscalationResolved && (r.Reason == "not_understood" || r.Reason == "call")
}

// list joins names: A, B and C.
func (p *pageSet) list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + p.t("and") + " " + names[len(names)-1]
}

// escalationView is one escalation with what happened to it.
type escalationView struct {
	escalationRow
	Case     store.Case
	Mediator string
	Backup   string
	Note     string
	Reads    bool
	Talk     []talkText
	Steps    []logRow
}

// findEscalation is the escalation that the path names, if it is the visitor's to see.
func (v *visit) findEscalation(tx *store.Tx) (store.Escalation, store.Case, error) {
	id, err := formID(v.r.PathValue("id"))
	if err != nil {
		return store.Escalation{}, store.Case{}, store.NewError(store.NotFound, "There is no such escalation.", nil)
	}
	e, err := tx.GetEscalation(id)
	if err != nil {
		return e, store.Case{}, err
	}
	c, err := tx.GetCase(e.CaseID)
	if err == nil && !v.me.sees(c) {
		err = store.NewError(store.NotFound, "There is no such escalation.", nil)
	}
	return e, c, err
}

// sees says whether a case is on the visitor's side of the walls.
func (p *person) sees(c store.Case) bool {
	wall := p.wallFor()
	return c.ProgramID == p.Program.ID && (wall == 0 || c.MediatorID == wall || int64(c.BackupID) == wall)
}

// escalation is the page that an alert links to.
func (v *visit) escalation() error {
	var page escalationView
	err := v.view(func(tx *store.Tx) error {
		e, c, err := v.findEscalation(tx)
		if err != nil {
			return err
		}
		staff, err := tx.StaffOf(v.me.Program.ID)
		if err != nil {
			return err
		}
		row, err := v.escalationRow(tx, store.OpenEscalation{Escalation: e, Reference: c.Reference, MediatorID: c.MediatorID, BackupID: c.BackupID}, staff)
		if err != nil {
			return err
		}
		row.Back = v.r.URL.Path
		page = escalationView{escalationRow: row, Case: c, Reads: v.me.Reads()}
		if page.Reads {
			page.Note = tx.Reveal(e.Note)
		}
		for _, s := range staff {
			switch s.ID {
			case c.MediatorID:
				page.Mediator = tx.Reveal(s.Name)
			case int64(c.BackupID):
				page.Backup = tx.Reveal(s.Name)
			}
		}
		if page.Steps, err = v.steps(tx, e); err != nil || e.PartyID == 0 || !page.Reads {
			return err
		}
		last, err := tx.LastWords(c.ID, int64(e.PartyID), store.At(v.now()), 5)
		slices.Reverse(last)
		for _, m := range last {
			page.Talk = append(page.Talk, v.talkText(tx, m))
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := v.logLook(page.Case, "escalation.viewed"); err != nil {
		return err
	}
	return v.show("escalation", layout{Title: v.page.reason(page.Reason) + " · " + page.Reference, Nav: "today", Data: page})
}

// steps is what happened to an escalation, as the log has it.
func (v *visit) steps(tx *store.Tx, e store.Escalation) ([]logRow, error) {
	entries, err := tx.AuditOf(store.AuditFilter{CaseID: e.CaseID, Action: "escalation.", From: e.OpenedAt}, 0, 500)
	if err != nil {
		return nil, err
	}
	names, err := v.nameActors(tx)
	if err != nil {
		return nil, err
	}
	parties, err := tx.PartiesOf(e.CaseID)
	for _, p := range parties {
		names["party:"+p.Key] = tx.Reveal(p.Name)
	}
	var rows []logRow
	for _, entry := range entries {
		if entry.Subject != "escalation:"+strconv.FormatInt(e.Code, 10) {
			continue
		}
		row := v.logRow(tx, entry, names, nil)
		switch entry.Action {
		case "escalation.opened": // why is what the page is called
			row.Detail = ""
		case "escalation.alerted":
			_, who, _ := strings.Cut(entry.Why, ", ") // "level 1, staff:dana"
			row.Who, row.Detail = names[who], ""
		}
		rows = append(rows, row)
	}
	return rows, err
}

// verbs are what can be done about an escalation, and what is said once it is.
func verbs() map[string]string {
	return map[string]string{
		"ok": "In your hands now.", "done": "Resolved.", "pass": "Passed on.", "grant": "Granted: the new date is set, and the party hears of it.",
		"decline": "Declined: the party hears of it.",
	}
}

// handle does something about an escalation.
func (v *visit) handle() error {
	verb := v.r.PathValue("verb")
	said, ok := verbs()[verb]
	if !ok {
		return store.NewError(store.NotFound, "There is no such page.", nil)
	}
	note := v.form("note")
	if verb == "done" && note == "" {
		return store.NewError(store.Invalid, "Say in a few words how it was resolved.", nil)
	}
	var e store.Escalation
	var c store.Case
	err := v.view(func(tx *store.Tx) (err error) {
		e, c, err = v.findEscalation(tx)
		return err
	})
	if err != nil {
		return err
	}
	err = v.Desk.Decide(v.r.Context(), v.me.Program.Key, c.Reference, By{v.me.Staff.Key, note}, Handle{Code: e.Code, Verb: verb, Note: note})
	if err != nil {
		return err
	}
	return v.done(v.back("/"), v.page.t(said))
}
