package intake

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"amends/store/calendar"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped bounds what an XLSX file may grow to, in bytes. All of it stays in
// memory: the library would put a large sheet into a temporary file, and names
// would lie there in clear.
const maxUnzipped = 256 << 20

// readXLSX reads the rows of a workbook's first sheet. Cells are taken as they
// are stored, not as they are shown: a date is a number of days then, whatever
// its format, and a phone number does not come as 1.31256E+10.
func readXLSX(name string, data []byte) (read sheet, faults Faults) {
	broken := Faults{{File: name, Message: "the workbook cannot be read; save it again as XLSX, without a password"}}
	defer func() { // the library panics at some broken workbooks
		if recover() != nil {
			read, faults = sheet{}, broken
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return sheet{}, broken
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return sheet{}, broken
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		return sheet{}, broken
	}
	defer rows.Close()
	var out []record
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return sheet{}, broken
		}
		if blank(cells) {
			continue
		}
		if out = append(out, record{n, cells}); len(out) > maxRows+1 {
			return sheet{}, tooManyRows(name)
		}
	}
	if rows.Error() != nil {
		return sheet{}, broken
	}
	props, err := f.GetWorkbookProps()
	from1904 := err == nil && props.Date1904 != nil && *props.Date1904
	return sheet{out, func(cell string) (calendar.Date, error) { return serialDate(cell, from1904) }, numberText}, nil
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

var doubleForm = regexp.MustCompile(`^[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$`)

// numberText gives the shortest decimal of a number stored as a double, which
// is what was typed: 1.1 is stored as 1.1000000000000001, and 13125550101 may
// be as 1.3125550101E10.
func numberText(cell string) string {
	if !doubleForm.MatchString(cell) || !strings.ContainsAny(cell, ".eE") {
		return cell
	}
	f, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return cell
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// The day counts that a date may be stored as: years 1954 to 2119. A number
// outside is a slip, not a date.
const (
	firstSerial = 20_000
	lastSerial  = 80_000
)

// serialDate reads a date cell: days since the last day of 1899, counted with a
// 29 February 1900 that never was (so from 1 March 1900 on since 1899-12-30),
// or since 1904-01-01; or a date that was written as text.
func serialDate(cell string, from1904 bool) (calendar.Date, error) {
	whole, fraction, _ := strings.Cut(cell, ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return dateText(cell)
	}
	if strings.Trim(fraction, "0") != "" {
		return calendar.Date{}, errors.New("has a time of day; leave a date alone in the cell")
	}
	if n < firstSerial || n > lastSerial {
		return dateText(cell)
	}
	if from1904 {
		return calendar.MustParse("1904-01-01").AddDays(n), nil
	}
	return calendar.MustParse("1899-12-30").AddDays(n), nil
}
