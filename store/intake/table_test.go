package intake_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"amends/store/intake"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const tableHeader = "reference,mediated_on,mediator,backup,victim_name,victim_phone,victim_language,victim_discreet,victim_consent_on,victim_consent_how,offender_name,offender_phone,restitution_total,instalment_count,instalment_every,instalment_first,letter_due,service_hours,service_due\n"

const tableRow = "RJ-1,2026-03-02,dana,sam,Alex Kim,(312) 555-0101,en,yes,2026-03-02,signed form,Jordan Fox,+13125550102,600.00,6,month,2026-04-01,2026-03-20,20,2026-06-30\n"

func readTable(t testing.TB, text string) ([]intake.Case, intake.Faults) {
	t.Helper()
	return intake.ReadTable("cases.csv", strings.NewReader(text), nil)
}

func TestTableReadsCSV(t *testing.T) {
	t.Parallel()
	program := sampleProgram(t)
	plain := tableHeader + tableRow + "\n" + strings.Replace(tableRow, "RJ-1", `"RJ ""2"""`, 1)
	var want []intake.Case
	for name, text := range map[string]string{
		"commas":               plain,
		"byte order mark":      "\ufeff" + plain,
		"CRLF":                 strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolons":           strings.ReplaceAll(plain, ",", ";"),
		"no newline at end":    strings.TrimSuffix(plain, "\n"),
		"capitals and spaces":  strings.ToUpper(tableHeader[:9]) + " " + tableHeader[9:] + plain[len(tableHeader):],
		"empty cells at end":   strings.ReplaceAll(plain, "\n", ",,\n"),
		"a quoted header":      `"reference"` + plain[9:],
		"a blank row of cells": plain + strings.Repeat(",", 18) + "\n",
	} {
		got, faults := readTable(t, text)
		if len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
			continue
		}
		if want == nil {
			want = got
		}
		if len(got) != 2 || !got[0].Equal(want[0]) || !got[1].Equal(want[1]) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	c := want[0]
	c.Program = program.Key
	if faults := c.Check(&program); len(faults) > 0 {
		t.Error(faults)
	}
	if diff := intake.DiffCase(sampleCase(t), c); len(diff) != 4 {
		t.Error("but for the reference, languages and zones it is the sample case:", diff)
	}
	if want[1].Reference != `RJ "2"` || want[1].Origin.Row != 4 {
		t.Errorf("%+v", want[1])
	}
}

func TestTableFaults(t *testing.T) {
	t.Parallel()
	swap := func(old, new string) string { return tableHeader + strings.Replace(tableRow, old, new, 1) }
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "cases.csv: the table is empty; its first row names the columns"},
		{"header alone", tableHeader, "cases.csv: the table has no row below the names of the columns"},
		{"unknown column", strings.Replace(tableHeader, "backup", "backups", 1) + tableRow, "cases.csv row 1: has a column backups, which is not known; take it out, or see the list of columns"},
		{"no header", tableRow, "cases.csv row 1: has no known column; the first row must name the columns, such as reference and mediated_on"},
		{"a heading that is none", strings.Replace(tableHeader, "backup", "The backup", 1) + tableRow, "cases.csv row 1: has something that is no column's name in column 4; the first row must name the columns"},
		{"column twice", strings.Replace(tableHeader, "backup", "mediator", 1) + tableRow, "cases.csv row 1: has the column mediator twice; take one out"},
		{"column lacking", strings.Replace(tableHeader, "mediated_on,", "", 1) + tableRow, "cases.csv row 1: lacks the column mediated_on; add it"},
		{"nameless column", strings.Replace(tableHeader, "backup", "", 1) + tableRow, "cases.csv row 1: has no name in column 4; name it or take it out"},
		{"too many cells", tableHeader + strings.TrimSpace(tableRow) + ",more\n", "cases.csv row 2: has more cells than there are columns; look for a separator too many"},
		{"open quote", tableHeader + `"` + tableRow, "cases.csv row 2: the row cannot be told into cells; look for a quote that is not closed, or not doubled within a cell"},
		{"Latin-1", tableHeader + strings.Replace(tableRow, "Alex", "Zo\xeb", 1), `cases.csv: the table is not UTF-8 text; save it as "CSV UTF-8" or as XLSX`},
		{"not a workbook", "PK\x03\x04nothing", "cases.csv: the workbook cannot be read; save it again as XLSX, without a password"},
		{"no reference", swap("RJ-1", ""), "cases.csv row 2: reference is missing; give it a value"},
		{"American date", swap("2026-03-02,dana", "3/2/2026,dana"), "cases.csv row 2: mediated_on is not a date of the calendar; write it as 2026-03-02"},
		{"no date", swap("2026-03-02,dana", ",dana"), "cases.csv row 2: mediated_on is missing; write the day of the mediation as 2026-03-02"},
		{"a name for a key", swap("dana", "Dana Ortiz"), "cases.csv row 2: mediator is not a key; a key has letters, digits, - and _, and at most 32 of them"},
		{"no name", swap("Alex Kim", ""), "cases.csv row 2: victim_name is missing; give it a value"},
		{"no phone", swap("(312) 555-0101", ""), "cases.csv row 2: victim_phone is missing; write it with its country code, such as +13125550100"},
		{"short phone", swap("+13125550102", "555-0102"), "cases.csv row 2: offender_phone is not a phone number that can exist; write it with its country code, such as +13125550100"},
		{"language", swap(",en,", ",english,"), "cases.csv row 2: victim_language is not a language; write its code, such as en or es"},
		{"discreet", swap(",yes,", ",maybe,"), "cases.csv row 2: victim_discreet must be yes or no"},
		{"consent without day", swap("yes,2026-03-02", "yes,"), "cases.csv row 2: victim_consent_on is missing; write the day of the consent as 2026-03-02"},
		{"consent without how", swap("signed form", ""), "cases.csv row 2: victim_consent_how is missing; give it a value"},
		{"money with a sign", swap("600.00", "$600"), "cases.csv row 2: restitution_total is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"no total", swap("600.00", ""), `cases.csv row 2: restitution_total is missing; write the whole sum, such as "600.00"`},
		{"too much", swap("600.00", "1000000.01"), "cases.csv row 2: restitution_total is more than 1,000,000.00"},
		{"count", swap(",6,", ",0,"), "cases.csv row 2: instalment_count must be a whole number from 1 to 600"},
		{"no count", swap(",6,", ",,"), "cases.csv row 2: instalment_count is empty; a restitution needs it"},
		{"every", swap("month,", "year,"), "cases.csv row 2: instalment_every must be week, fortnight, half_month or month"},
		{"no first", swap("month,2026-04-01", "month,"), "cases.csv row 2: instalment_first is empty; a restitution needs it"},
		{"first before the mediation", swap("month,2026-04-01", "month,2026-03-01"), "cases.csv row 2: instalment_first is before the day of the mediation"},
		{"a cent among many", swap("600.00", "0.05"), "cases.csv row 2: instalment_count cannot be laid out: the total is less than one cent an instalment"},
		{"letter before the mediation", swap("2026-03-20", "2026-03-01"), "cases.csv row 2: letter_due is before the day of the mediation"},
		{"hours", swap(",20,", ",20.1,"), "cases.csv row 2: service_hours is not a number of hours, in quarters at the finest, such as 20 or 7.5"},
		{"hours without day", swap("2026-06-30", ""), "cases.csv row 2: service_due is missing; write the day by which it is to be done as 2026-03-20"},
		{"nothing agreed", swap("600.00,6,month,2026-04-01,2026-03-20,20,2026-06-30", ",,,,,,"), "cases.csv row 2: restitution_total is missing; list at least one commitment"},
		{"one reference twice", tableHeader + tableRow + tableRow, "cases.csv row 3: reference is that of row 2 too; each case has a reference of its own"},
		{"all faults at once", tableHeader + strings.Replace(tableRow, "dana", "", 1) + strings.NewReplacer("RJ-1", "RJ-2", "600.00", "x", ",20,", ",x,").Replace(tableRow),
			"cases.csv row 2: mediator is missing; give it a short key of letters, digits, - and _\n" +
				"cases.csv row 3: restitution_total is not an amount exact to the cent; write it without sign or comma, such as 600.00\n" +
				"cases.csv row 3: service_hours is not a number of hours, in quarters at the finest, such as 20 or 7.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cases, faults := readTable(t, c.text)
			if len(faults) == 0 || cases != nil {
				t.Fatal("read")
			}
			if diff := cmp.Diff(c.want, faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTableFaultsAgainstTheProgram(t *testing.T) {
	t.Parallel()
	program := sampleProgram(t)
	cases, faults := readTable(t, tableHeader+strings.NewReplacer("dana", "kim", "+13125550102", "+13125550110", ",en,", ",fr,").Replace(tableRow))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := "cases.csv row 2: mediator is not the key of a mediator of the program\n" +
		"cases.csv row 2: victim_language is not one of the program's languages; add it to the program file\n" +
		"cases.csv row 2: offender_phone is a staff member's too; a phone cannot be both, for its texts could be either's"
	if diff := cmp.Diff(want, cases[0].Check(&program).Error()); diff != "" {
		t.Error(diff)
	}
}

func TestTableReadsXLSX(t *testing.T) {
	t.Parallel()
	want, faults := readTable(t, tableHeader+tableRow)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, from1904 := range []bool{false, true} {
		f := excelize.NewFile()
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
			t.Fatal(err)
		}
		header := strings.Split(strings.TrimSpace(tableHeader), ",")
		day := func(s string) time.Time {
			d, _ := time.Parse(time.DateOnly, s)
			return d
		}
		typed := map[string]any{
			"mediated_on": day("2026-03-02"), "victim_consent_on": "2026-03-02", "instalment_first": day("2026-04-01"), "letter_due": day("2026-03-20"), "service_due": day("2026-06-30"),
			"victim_phone": int64(3125550101), "offender_phone": 13125550102.0, "restitution_total": 600.0, "instalment_count": 6, "service_hours": 20.0, "victim_discreet": true,
		}
		for i, cell := range strings.Split(strings.TrimSpace(tableRow), ",") {
			at, _ := excelize.CoordinatesToCellName(i+1, 1)
			_ = f.SetCellValue("Sheet1", at, header[i])
			at, _ = excelize.CoordinatesToCellName(i+1, 3)
			if v, ok := typed[header[i]]; ok {
				_ = f.SetCellValue("Sheet1", at, v)
			} else {
				_ = f.SetCellValue("Sheet1", at, cell)
			}
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		var steps [][2]int
		got, faults := intake.ReadTable("cases.xlsx", &b, func(done, total int) { steps = append(steps, [2]int{done, total}) })
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if len(got) != 1 || !got[0].Equal(want[0]) || got[0].Origin.Row != 3 {
			t.Errorf("1904 %t: %v %+v", from1904, intake.DiffCase(want[0], got[0]), got[0].Origin)
		}
		if diff := cmp.Diff([][2]int{{1, 1}}, steps); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTableReadsNumbersAsTheyWereTyped(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	header := append(strings.Split(strings.TrimSpace(tableHeader), ","), "program")
	for i, cell := range append(strings.Split(strings.TrimSpace(tableRow), ","), "riverside") {
		at, _ := excelize.CoordinatesToCellName(i+1, 1)
		_ = f.SetCellValue("Sheet1", at, header[i])
		at, _ = excelize.CoordinatesToCellName(i+1, 2)
		switch header[i] {
		case "restitution_total":
			_ = f.SetCellDefault("Sheet1", at, "133.33000000000001") // as spreadsheets store 133.33
		case "offender_phone":
			_ = f.SetCellDefault("Sheet1", at, "1.3125550102E10")
		case "reference":
			_ = f.SetCellValue("Sheet1", at, "12E4")
		default:
			_ = f.SetCellValue("Sheet1", at, cell)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, faults := intake.ReadTable("cases.xlsx", &b, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c := got[0]
	if c.Agreement[0].TotalCents != 13333 || c.Parties[1].Phone != "+13125550102" || c.Reference != "12E4" || c.Program != "riverside" {
		t.Errorf("%+v", c)
	}
}
