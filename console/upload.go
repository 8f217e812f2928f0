package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"amends/store"
	"amends/store/intake"
)

// uploadLimit bounds a file that is uploaded: some 20,000 cases.
const uploadLimit = 8 << 20

// uploadView is the page that takes a case or a table of cases.
type uploadView struct {
	Name   string
	Faults []faultRow
	Cases  []uploadRow // what would be stored
	More   int
	Update bool // of cases that are there already
	Why    string
}

// faultRow is a fault by its place in the file.
type faultRow struct{ Where, What string }

// uploadRow is a case that was read.
type uploadRow struct {
	Reference, Mediator, Mediated string
	Parties                       []string
	Plan                          []string // the instalments as they will fall
	Did                           string   // what would become of it: added, unchanged, updated
	Differences                   []string
}

// uploadShown bounds what the page lists of a table.
const uploadShown = 100

func (v *visit) uploadPage() error {
	return v.show("upload", layout{Title: v.page.t("New cases"), Nav: "cases", Data: uploadView{}})
}

// upload reads a file of cases. With faults nothing is stored; without, it is shown first, and stored when the visitor
// sends it once more with a word that it is right.
func (v *visit) upload() error {
	if err := v.r.ParseMultipartForm(uploadLimit); err != nil {
		return store.NewError(store.Invalid, "The file could not be read, or is larger than 8 MB.", err)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	file, head, err := v.r.FormFile("file")
	if err != nil {
		return store.NewError(store.Invalid, "Choose a file.", err)
	}
	defer func() { _ = file.Close() }()
	page := uploadView{Name: path.Base(strings.ReplaceAll(head.Filename, "\\", "/")), Update: v.r.FormValue("update") != "", Why: strings.TrimSpace(v.r.FormValue("why"))}
	by := By{v.me.Staff.Key, page.Why}
	cases, err := v.readCases(page.Name, file)
	var changes []Change
	if err == nil {
		changes, err = v.Desk.ExamineCases(v.r.Context(), by, cases, page.Update)
	}
	if err == nil && v.r.FormValue("store") != "" {
		if page.Update && page.Why == "" {
			return store.NewError(store.Invalid, "Say why, in a few words: it goes into the log.", nil)
		}
		if err = v.Desk.AddCases(v.r.Context(), by, cases, page.Update); err == nil {
			return v.done("/cases", v.page.count(len(cases), "1 case is on record.", "%d cases are on record."))
		}
	}
	var faults intake.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			page.Faults = append(page.Faults, faultRow{v.place(f), f.Message})
		}
		return v.showAs(http.StatusUnprocessableEntity, "upload", layout{Title: v.page.t("New cases"), Nav: "cases", Data: page,
			Alert: v.page.count(len(faults), "1 fault: nothing is stored.", "%d faults: nothing is stored.")})
	}
	if err != nil {
		return err
	}
	for i, c := range cases {
		if i == uploadShown {
			page.More = len(cases) - uploadShown
			break
		}
		row := v.uploadRow(c)
		row.Did, row.Differences = changes[i].Did, changes[i].Differences
		page.Cases = append(page.Cases, row)
	}
	return v.show("upload", layout{Title: v.page.t("New cases"), Nav: "cases", Data: page})
}

// readCases reads a case file or a table by what its name ends in, and holds it against the program.
func (v *visit) readCases(name string, file io.Reader) ([]intake.Case, error) {
	var cases []intake.Case
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".xlsx":
		read, faults := intake.ReadTable(name, file, nil)
		if len(faults) > 0 {
			return nil, faults
		}
		cases = read
	case ".yaml", ".yml", ".json":
		c, err := intake.ParseCase(name, file)
		if err != nil {
			return nil, err
		}
		cases = []intake.Case{c}
	default:
		return nil, store.NewError(store.Invalid, "A file of cases ends in .csv, .xlsx, .yaml or .json.", nil)
	}
	var faults intake.Faults
	for i := range cases {
		if cases[i].Program == "" {
			cases[i].Program = v.me.Program.Key
		}
		if cases[i].Program != v.me.Program.Key {
			return nil, store.NewError(store.Forbidden, "The file names another program than yours.", nil)
		}
		faults = append(faults, cases[i].Check(&v.me.File)...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return cases, nil
}

// place is where in a file a fault stands.
func (v *visit) place(f intake.Fault) string {
	switch {
	case f.Row > 0 && f.Column != "":
		return v.page.t("Row %d, column %s", f.Row, f.Column)
	case f.Row > 0:
		return v.page.t("Row %d", f.Row)
	case f.Line > 0:
		where := v.page.t("Line %d", f.Line)
		if f.Path != "" {
			where += ", " + f.Path
		}
		return where
	}
	return f.File
}

func (v *visit) uploadRow(c intake.Case) uploadRow {
	row := uploadRow{Reference: c.Reference, Mediator: c.Mediator, Mediated: v.page.date(c.MediatedOn)}
	for _, p := range c.Parties {
		row.Parties = append(row.Parties, p.Name)
	}
	for _, m := range c.Agreement {
		if m.Kind != intake.Restitution {
			row.Plan = append(row.Plan, fmt.Sprintf("%s: %s", v.page.kind(string(m.Kind)), v.page.date(m.Due)))
			continue
		}
		plan, err := m.Schedule()
		if err != nil {
			continue
		}
		for _, in := range plan {
			row.Plan = append(row.Plan, v.page.date(in.Due)+" "+v.page.money(in.AmountCents, m.Currency))
		}
	}
	return row
}
