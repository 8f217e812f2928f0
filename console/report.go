package console

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"amends/store"

	"github.com/go-pdf/fpdf"
)

// reportEntries bounds the log in a report.
const reportEntries = 5000

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
		entries, err := tx.AuditOf(store.AuditFilter{ProgramID: b.ProgramID, CaseID: b.ID}, 0, reportEntries)
		if err != nil {
			return err
		}
		known, err := v.nameActors(tx)
		if err != nil {
			return err
		}
		log = nil
		for _, e := range entries {
			if e.Action != "case.viewed" && e.Action != "escalation.viewed" {
				log = append(log, v.logRow(tx, e, known, nil))
			}
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

// sheet is a PDF in the making.
type sheet struct {
	*fpdf.Fpdf
	latin func(string) string // a PDF's own fonts write no more than Latin letters
}

func (v *visit) writeReport(out *bytes.Buffer, page caseView, log []logRow) error {
	t, p := v.page.t, v.page
	pdf := fpdf.New("P", "mm", "Letter", "")
	s := sheet{pdf, pdf.UnicodeTranslatorFromDescriptor("")}
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
		pdf.SetFont("Helvetica", "", 8)
		pdf.CellFormat(0, 5, s.latin(t("Case %s", page.Case.Reference)+" · "+p.dated(v.now(), v.me.Zone)+" · ")+strconv.Itoa(pdf.PageNo())+"/{nb}", "", 0, "C", false, 0, "")
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
		s.head(p.kind(m.Kind) + ": " + m.By + " > " + m.To)
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
	return pdf.Output(out)
}

func closing(p *pageSet, c store.Case) string {
	if c.CloseReason == "" {
		return ""
	}
	return " (" + p.word("close", c.CloseReason) + ")"
}

func (s sheet) line(style string, size float64, text string) {
	s.SetFont("Helvetica", style, size)
	s.MultiCell(0, size*.5, s.latin(text), "", "L", false)
}

func (s sheet) head(text string) {
	s.Ln(4)
	s.line("B", 11.5, text)
	s.Ln(1)
}

// table writes rows, the first of which names the columns. What is too long for its place is cut.
func (s sheet) table(widths []float64, rows [][]string) {
	for i, row := range rows {
		style, border := "", "B"
		if i == 0 {
			style = "B"
		}
		s.SetFont("Helvetica", style, 8.5)
		s.SetDrawColor(210, 215, 210)
		for j, cell := range row {
			text := s.latin(cell)
			for s.GetStringWidth(text) > widths[j]-2 && len(text) > 1 {
				text = text[:len(text)-1]
			}
			s.CellFormat(widths[j], 5.2, text, border, 0, "L", false, 0, "")
		}
		s.Ln(-1)
	}
	s.Ln(1.5)
}
