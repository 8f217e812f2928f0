package console

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"amends/store"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// report is the PDF of a case, for a court or a file: what was agreed, what was done and when, what is outstanding, with the
// log as evidence. It bears no words of a text.
func (v *visit) report() error {
	var page caseView
	var log []logRow
	err := v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		b, err := v.readCase(tx)
		if err != nil {
			return err
		}
		page = caseView{Case: b.Case, Today: v.todayIs(), Zone: v.me.Zone}
		v.caseStaff(tx, b, &page)
		for _, p := range b.parties {
			page.Parties = append(page.Parties, partyView{CaseParty: p, Name: b.names[p.ID], For: b.names[int64(p.ForID)]})
		}
		for _, c := range b.commitments {
			if c.Kind == "restitution" {
				page.Money = append(page.Money, v.moneyView(tx, b, c))
			} else {
				page.Commitments = append(page.Commitments, v.commitmentView(tx, b, c))
			}
		}
		if log, err = v.evidence(tx, b); err != nil {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(b.ProgramID), CaseID: store.ID(b.ID), Actor: v.me.actor(), Action: "case.reported", Subject: "case"})
	})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := v.writeReport(&out, page, log); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	v.attach(page.Case.Reference+".pdf", "application/pdf")
	_, _ = v.w.Write(out.Bytes())
	return nil
}

// evidence is the log of a case, less who looked at it. Of the words in it a report has why a person decided what about the
// agreement, and no others: what parties and staff say of each other is not for whoever reads it.
func (v *visit) evidence(tx *store.Tx, b *caseBook) (log []logRow, err error) {
	known, err := v.nameActors(tx)
	for after, more := int64(0), true; more && err == nil; {
		var entries []store.Entry
		entries, err = tx.AuditOf(store.AuditFilter{ProgramID: b.ProgramID, CaseID: b.ID}, after, exportPiece)
		for _, e := range entries {
			after = e.ID
			if e.Action != "case.viewed" && e.Action != "escalation.viewed" {
				row := v.logRow(tx, e, known, nil)
				if strings.HasPrefix(e.Action, "decision.") && row.Words != "" {
					row.Detail = strings.TrimSpace(row.Detail + " “" + row.Words + "”")
				}
				log = append(log, row)
			}
		}
		more = len(entries) == exportPiece
	}
	return log, err
}

// sheet is a PDF in the making.
type sheet struct {
	*fpdf.Fpdf
	faces  []*sfnt.Font // the regular one and the bold one
	buffer sfnt.Buffer
	lacks  bool // a letter that the faces do not have was written as the box
}

// face is the name of the reports' typeface: Liberation Sans, under the SIL Open Font License. A PDF's own fonts have
// Western European letters alone, and names have others.
const face = "liberation"

// box stands for a letter that the typeface does not have.
const box = '□'

func newSheet() (*sheet, error) {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "Letter", "")}
	for _, f := range []struct {
		style string
		file  []byte
	}{{"", liberationsansregular.TTF}, {"B", liberationsansbold.TTF}} {
		s.AddUTF8FontFromBytes(face, f.style, f.file)
		f, err := sfnt.Parse(f.file)
		if err != nil {
			return nil, err
		}
		s.faces = append(s.faces, f)
	}
	return s, s.Error()
}

// written is a text in the letters that the typeface has. Those of other scripts are left out even where it has them:
// they would run the wrong way.
func (s *sheet) written(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited) {
			there := true
			for _, f := range s.faces {
				glyph, err := f.GlyphIndex(&s.buffer, r)
				there = there && err == nil && glyph != 0
			}
			if there {
				return r
			}
		}
		s.lacks = true
		return box
	}, norm.NFC.String(text))
}

func (v *visit) writeReport(out io.Writer, page caseView, log []logRow) error {
	t, p := v.page.t, v.page
	s, err := newSheet()
	if err != nil {
		return err
	}
	pdf := s.Fpdf
	pdf.SetCreationDate(v.now())
	pdf.SetModificationDate(v.now())
	pdf.SetTitle(t("Report of case %s", page.Case.Reference), true)
	pdf.SetAuthor(v.me.File.Name, true)
	pdf.SetLang(p.code)
	pdf.SetMargins(18, 18, 18)
	pdf.SetAutoPageBreak(true, 18)
	pdf.AliasNbPages("")
	pdf.SetFooterFunc(func() {
		pdf.SetY(-13)
		pdf.SetFont(face, "", 8)
		pdf.CellFormat(0, 5, s.written(t("Case %s", page.Case.Reference)+" · "+p.dated(v.now(), v.me.Zone)+" · ")+strconv.Itoa(pdf.PageNo())+"/{nb}", "", 0, "C", false, 0, "")
	})
	pdf.AddPage()
	s.line("B", 16, v.me.File.Name)
	s.line("B", 13, t("Report of case %s", page.Case.Reference))
	s.line("", 10, t("As of %s, by %s", p.dated(v.now(), v.me.Zone), v.me.Name))
	s.line("", 10, t("Status: %s", p.word("status", page.Case.Status))+closing(p, page.Case))
	s.line("", 10, t("Mediated on %s; mediator %s", p.date(page.Case.MediatedOn), page.Mediator))
	s.head(t("Parties"))
	for _, party := range page.Parties {
		consent := p.word("consent", party.Consent)
		if !party.ConsentOn.IsZero() {
			consent += ", " + p.date(party.ConsentOn)
		}
		s.line("", 10, party.Key+"  "+party.Name+", "+p.word("party", party.Role)+". "+consent)
	}
	for _, m := range page.Money {
		s.head(p.kind(m.Kind) + ": " + m.By + " → " + m.To)
		b := m.Balance
		s.line("", 10, t("Agreed %s, received %s, waived %s, outstanding %s.", p.money(b.TotalCents, m.Currency), p.money(b.ReceivedCents, m.Currency),
			p.money(b.WaivedCents, m.Currency), p.money(b.OutstandingCents, m.Currency)))
		if b.ReportedCents+b.DisputedCents > 0 {
			s.line("", 10, t("Reported and not confirmed %s, disputed %s.", p.money(b.ReportedCents, m.Currency), p.money(b.DisputedCents, m.Currency)))
		}
		rows := [][]string{{t("Due"), t("Agreed"), t("Received"), t("Left"), t("Stands")}}
		for _, in := range m.Instalments {
			due := p.date(in.Due)
			if in.Moved {
				due += " (" + t("was %s", p.date(in.OriginalDue)) + ")"
			}
			rows = append(rows, []string{due, p.money(in.AmountCents, m.Currency), p.money(in.ReceivedCents, m.Currency), p.money(in.LeftCents, m.Currency), in.Text})
		}
		s.table([]float64{62, 28, 28, 28, 34}, rows)
		if len(m.Entries) > 0 {
			rows = [][]string{{t("On"), t("What"), t("Amount"), t("By"), ""}}
			for _, e := range m.Entries {
				rows = append(rows, []string{p.date(e.EffectiveOn), p.word("entry", e.Kind), p.money(e.AmountCents, m.Currency), e.Who, ""})
			}
			s.table([]float64{40, 40, 28, 60, 12}, rows)
		}
	}
	if len(page.Commitments) > 0 {
		s.head(t("Commitments"))
		rows := [][]string{{t("What"), t("Due"), t("Stands"), t("On")}}
		for _, c := range page.Commitments {
			due, settled := p.date(c.Due), ""
			if c.Moved {
				due += " (" + t("was %s", p.date(c.DueFirst)) + ")"
			}
			if c.Done {
				settled = p.date(c.SettledOn)
			}
			rows = append(rows, []string{c.Title, due, p.word("commitment", c.Status), settled})
		}
		s.table([]float64{60, 62, 28, 30}, rows)
	}
	s.head(t("Evidence: the log"))
	rows := [][]string{{t("When"), t("What"), t("Who"), t("About")}}
	for _, e := range log {
		rows = append(rows, []string{p.dated(e.Time, e.Zone), e.What, e.Who, strings.TrimSpace(e.Subject + " " + e.Detail)})
	}
	s.table([]float64{44, 42, 34, 60}, rows)
	if s.lacks {
		s.line("", 8.5, t("%s stands for a letter that this report cannot print; the page of the case shows it.", string(box)))
	}
	return pdf.Output(out)
}

func closing(p *pageSet, c store.Case) string {
	if c.CloseReason == "" {
		return ""
	}
	return " (" + p.word("close", c.CloseReason) + ")"
}

// The measures of a table, in mm: the size of its letters in points, its lines and what is free around a cell's text.
const (
	tableSize = 8.5
	tableLine = 4.2
	cellSpace = 2.0
)

func (s *sheet) line(style string, size float64, text string) {
	s.SetFont(face, style, size)
	s.MultiCell(0, size*.5, s.written(text), "", "L", false)
}

func (s *sheet) head(text string) {
	s.Ln(4)
	s.line("B", 11.5, text)
	s.Ln(1)
}

// table writes rows, the first of which names the columns, on every page anew. Nothing is cut: a cell is as high as its
// text needs.
func (s *sheet) table(widths []float64, rows [][]string) {
	s.SetDrawColor(210, 215, 210)
	_, bottom := s.GetPageSize()
	_, _, _, margin := s.GetMargins()
	s.row("B", widths, rows[0])
	for _, row := range rows[1:] {
		s.SetFont(face, "", tableSize)
		lines := 1
		for i, cell := range row {
			lines = max(lines, len(s.wrap(s.written(cell), widths[i]-cellSpace)))
		}
		if s.GetY()+float64(lines)*tableLine+1 > bottom-margin {
			s.AddPage()
			s.row("B", widths, rows[0])
		}
		s.row("", widths, row)
	}
	s.Ln(1.5)
}

func (s *sheet) row(style string, widths []float64, row []string) {
	s.SetFont(face, style, tableSize)
	left, top := s.GetXY()
	x, high := left, 1
	for i, cell := range row {
		lines := s.wrap(s.written(cell), widths[i]-cellSpace)
		for j, l := range lines {
			s.SetXY(x, top+.5+float64(j)*tableLine)
			s.CellFormat(widths[i], tableLine, l, "", 0, "L", false, 0, "")
		}
		x, high = x+widths[i], max(high, len(lines))
	}
	y := top + 1 + float64(high)*tableLine
	s.Line(left, y, x, y)
	s.SetXY(left, y)
}

// wrap breaks a text into lines of a width, between words where it can.
func (s *sheet) wrap(text string, width float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if whole := strings.TrimSpace(line + " " + word); s.GetStringWidth(whole) <= width {
			line = whole
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
		for _, r := range word { // one that is wider than its column is broken within
			if line != "" && s.GetStringWidth(line+string(r)) > width {
				lines, line = append(lines, line), ""
			}
			line += string(r)
		}
	}
	return append(lines, line)
}
