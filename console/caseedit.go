package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// caseEdit is the page on which a case is put on record or changed.
type caseEdit struct {
	caseInput
	Case      string // the reference of the case that is changed; empty for a new one
	Action    string
	Faults    map[string]string // by field, in words
	Seen      string            // of which case the visitor has seen what would become of it
	Changes   []string          // what would change of one that is there
	Preview   bool
	Asked     []string // who would be asked for consent by text
	Focus     string   // the row that was just added
	Today     calendar.Date
	Zone      string
	Mediators []choice
	Backups   []choice
	Languages []choice
	Owing     []choice // the parties that may owe, and those that may be owed
	Owed      []choice
	Standing  []choice // those that somebody may stand beside
	Kinds     []choice
}

// newCasePage is the form of a new case.
func (v *visit) newCasePage() error {
	return v.showEdit(http.StatusOK, &caseEdit{caseInput: newCaseInput(v.me.File)}, "")
}

// editCasePage is the form of a case that is on record, as it stands now.
func (v *visit) editCasePage() error {
	page, _, err := v.readEdit(nil)
	if err != nil {
		return err
	}
	if err := v.logLookAt(page.Case); err != nil {
		return err
	}
	return v.showEdit(http.StatusOK, page, "")
}

// readEdit is the form of the case that the path names, with what was typed into it, if anything was; and the case as it
// stands now.
func (v *visit) readEdit(typed *caseInput) (*caseEdit, *intake.Case, error) {
	page := &caseEdit{}
	var present intake.Case
	err := v.view(func(tx *store.Tx) error {
		b, err := v.readCase(tx)
		if err != nil {
			return err
		}
		if b.Status == store.CaseClosed {
			return store.NewError(store.Conflict, "The case is closed and cannot be changed.", nil)
		}
		if present, err = v.present(tx, b); err != nil {
			return err
		}
		page.Case, page.caseInput = b.Reference, inputOf(present)
		if typed != nil {
			page.caseInput = *typed
			page.Reference = b.Reference
		}
		for i := range page.Parties {
			p := &page.Parties[i]
			was, there := present.Party(p.Key)
			if !there {
				continue
			}
			p.There, p.Role, p.For = true, string(was.Role), was.For
			p.Given = slices.ContainsFunc(b.parties, func(row store.CaseParty) bool { return row.Key == p.Key && row.Consent == store.ConsentGiven })
		}
		for i := range page.Agreement {
			m := &page.Agreement[i]
			was := hadCommitment(&present, m.Key)
			if was == nil {
				continue
			}
			m.There, m.Kind, m.By, m.To, m.Title = true, string(was.Kind), was.By, was.To, was.Title
			if was.Kind == intake.Restitution {
				m.Plan = planOf(*was)
			}
		}
		return nil
	})
	return page, &present, err
}

// logLookAt keeps in the log who looked at a case.
func (v *visit) logLookAt(reference string) error {
	var c store.Case
	err := v.view(func(tx *store.Tx) (err error) {
		c, err = v.caseByReference(tx, reference)
		return err
	})
	if err != nil {
		return err
	}
	return v.logLook(c, "case.viewed")
}

// newCase and editCase take the form: a row more or less, a look at what would become of it, or the storing of what the
// visitor has looked at.
func (v *visit) newCase() error {
	return v.takeEdit(&caseEdit{caseInput: readCaseInput(v.r.PostForm)}, nil)
}

func (v *visit) editCase() error {
	typed := readCaseInput(v.r.PostForm)
	page, present, err := v.readEdit(&typed)
	if err != nil {
		return err
	}
	return v.takeEdit(page, present)
}

func (v *visit) takeEdit(page *caseEdit, present *intake.Case) error {
	if what := v.form("add"); what != "" {
		page.add(what, v.me.File)
		page.Focus = what
		return v.showEdit(http.StatusOK, page, "")
	}
	if what := v.form("remove"); what != "" {
		page.remove(what)
		return v.showEdit(http.StatusOK, page, "")
	}
	c, faults, err := page.parse(v.me.File, present)
	if err != nil {
		return err
	}
	if present != nil && page.Why == "" {
		if faults == nil {
			faults = map[string]string{}
		}
		faults["why"] = "is missing"
	}
	if len(faults) > 0 {
		return v.showFaults(page, faults)
	}
	by := By{v.me.Staff.Key, page.Why}
	changes, err := v.Desk.ExamineCases(v.r.Context(), by, []intake.Case{c}, present != nil)
	switch found, is := errors.AsType[intake.Faults](err); {
	case is && present == nil && len(changes) == 1 && len(changes[0].Differences) > 0:
		return v.showFaults(page, map[string]string{"reference": "is on record already"})
	case is:
		return v.showEdit(http.StatusUnprocessableEntity, page, v.page.fault(found[0].Message))
	case err != nil:
		return err
	case present == nil && changes[0].Did != "added":
		return v.showFaults(page, map[string]string{"reference": "is on record already"})
	case present != nil && c.Equal(*present):
		return v.showEdit(http.StatusConflict, page, v.page.t("Nothing is changed."))
	}
	sum := sha256.Sum256(c.Encode())
	page.Seen = hex.EncodeToString(sum[:])
	if v.form("store") != "" && v.form("seen") == page.Seen {
		if err := v.Desk.AddCases(v.r.Context(), by, []intake.Case{c}, present != nil); err != nil {
			return err
		}
		if present != nil {
			return v.done(caseLink(c.Reference), v.page.t("The case is changed."))
		}
		return v.done(caseLink(c.Reference), v.page.t("The case is on record."))
	}
	page.Preview = true
	if present != nil {
		page.Changes = intake.DiffCase(*present, c)
	}
	for i, m := range c.Agreement {
		if page.Agreement[i].Falls = v.page.date(m.Due); m.Kind == intake.Restitution {
			page.Agreement[i].Plan = planOf(m)
		}
	}
	for _, p := range c.Parties {
		if _, there := caseParty(present, p.Key); !there && p.Consent == nil && !slices.ContainsFunc(c.Parties, func(o intake.Party) bool { return o.For == p.Key }) {
			page.Asked = append(page.Asked, p.Name)
		}
	}
	return v.showEdit(http.StatusOK, page, "")
}

func caseParty(c *intake.Case, key string) (intake.Party, bool) {
	if c == nil {
		return intake.Party{}, false
	}
	return c.Party(key)
}

// planOf is a restitution's instalments as they will fall: the ledger's first entries are of the same schedule.
func planOf(m intake.Commitment) []planRow {
	schedule, err := m.Schedule()
	if err != nil {
		return nil
	}
	rows := make([]planRow, len(schedule))
	for i, in := range schedule {
		rows[i] = planRow{in.Due, in.AmountCents, m.Currency}
	}
	return rows
}

// showFaults shows the form with what is wrong, by field.
func (v *visit) showFaults(page *caseEdit, faults map[string]string) error {
	page.Faults = map[string]string{}
	for name, message := range faults {
		page.Faults[name] = v.page.fault(message)
	}
	return v.showEdit(http.StatusUnprocessableEntity, page, v.page.count(len(faults), "1 field needs another look. Nothing is stored.", "%d fields need another look. Nothing is stored."))
}

// showEdit shows the form.
func (v *visit) showEdit(status int, page *caseEdit, alert string) error {
	page.number()
	title := v.page.t("New case")
	page.Action = "/new"
	if page.Case != "" {
		title, page.Action = v.page.t("Change the case")+" · "+page.Case, caseLink(page.Case)+"/edit"
	}
	f := v.me.File
	page.Today, page.Zone = v.todayIs(), f.TimeZone
	page.Mediators = []choice{{"", v.page.t("Choose"), page.Mediator == ""}}
	page.Backups = []choice{{"", v.page.t("Nobody"), page.Backup == ""}}
	for _, s := range f.Staff {
		if s.Role == intake.Mediator {
			page.Mediators = append(page.Mediators, choice{s.Key, s.Name, s.Key == page.Mediator})
		}
		if s.Role == intake.Mediator || s.Role == intake.Coordinator {
			page.Backups = append(page.Backups, choice{s.Key, s.Name, s.Key == page.Backup})
		}
	}
	for _, l := range f.Languages {
		page.Languages = append(page.Languages, choice{l, v.page.word("language", l), false})
	}
	sides := map[string]string{}
	for _, p := range page.Parties {
		sides[p.Key] = p.Role
	}
	for i, p := range page.Parties {
		name := p.Name
		if name == "" {
			name = v.page.t("Party %d", i+1)
		}
		option := choice{p.Key, name, false}
		side := p.Role
		if side == "guardian" || side == "support" {
			side = sides[p.For]
		} else {
			page.Standing = append(page.Standing, option)
		}
		switch side {
		case "offender":
			page.Owing = append(page.Owing, option)
		case "victim":
			page.Owed = append(page.Owed, option)
		}
	}
	for _, k := range []intake.Kind{intake.Restitution, intake.ApologyLetter, intake.CommunityService, intake.Counselling, intake.Class, intake.Other} {
		page.Kinds = append(page.Kinds, choice{string(k), v.page.kind(string(k)), false})
	}
	return v.showAs(status, "edit", layout{Title: title, Nav: "cases", Data: page, Alert: alert})
}
