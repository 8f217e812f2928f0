package console

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is an XLSX file in the making. Its rows go to disk as they come: it takes as much memory for a million of them
// as for few. Where a sheet is full another begins.
type workbook struct {
	file    *excelize.File
	columns []any
	sheet   *excelize.StreamWriter
	sheets  int
	rows    int // of the sheet
}

func newWorkbook(columns []string) (*workbook, error) {
	b := &workbook{file: excelize.NewFile()}
	for _, name := range columns {
		b.columns = append(b.columns, name)
	}
	return b, b.turn()
}

// turn begins a sheet with the columns' names.
func (b *workbook) turn() (err error) {
	if err := b.end(); err != nil {
		return err
	}
	b.sheets, b.rows = b.sheets+1, 0
	name := "Sheet" + strconv.Itoa(b.sheets)
	if _, err = b.file.NewSheet(name); err == nil { // the first one is there
		b.sheet, err = b.file.NewStreamWriter(name)
	}
	if err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return b.add(b.columns)
}

func (b *workbook) add(cells []any) error {
	if b.rows == sheetRows {
		if err := b.turn(); err != nil {
			return err
		}
	}
	b.rows++
	if err := b.sheet.SetRow("A"+strconv.Itoa(b.rows), cells); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// end finishes the sheet.
func (b *workbook) end() error {
	if b.sheet == nil {
		return nil
	}
	if err := b.sheet.Flush(); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// close takes what was kept on disk away.
func (b *workbook) close() { _ = b.file.Close() }

// attachBook sends a workbook.
func (v *visit) attachBook(name string, b *workbook) error {
	if err := b.end(); err != nil {
		return err
	}
	v.attach(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err := b.file.Write(v.w); err != nil {
		v.Log.Error("an export broke off", "error", err)
	}
	return nil
}

// attach has the browser keep what follows as a file.
func (v *visit) attach(name, kind string) {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename*=UTF-8''`+url.PathEscape(name))
}

// inert keeps a spreadsheet from taking a text of a CSV for a formula; a workbook says itself which cells are texts.
func inert(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
