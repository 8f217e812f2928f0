package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"
)

// readCSV reads the rows of a CSV table, separated by commas or semicolons,
// with or without a byte order mark. A row's number is its first line's.
func readCSV(name string, data []byte) (sheet, Faults) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return sheet{}, Faults{{File: name, Message: "the table is not UTF-8 text; save it as \"CSV UTF-8\" or as XLSX"}}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.Comma = separator(data)
	var out []record
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return sheet{out, dateText, asWritten}, nil
		}
		if err != nil {
			row := 0
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				row = bad.StartLine
			}
			return sheet{}, Faults{{File: name, Row: row, Message: "the row cannot be told into cells; look for a quote that is not closed, or not doubled within a cell"}}
		}
		if blank(cells) {
			continue
		}
		line, _ := r.FieldPos(0)
		if out = append(out, record{line, cells}); len(out) > maxRows+1 {
			return sheet{}, tooManyRows(name)
		}
	}
}

func asWritten(cell string) string { return cell }

// separator is the one that the first line has more of.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		return ';'
	}
	return ','
}

func tooManyRows(name string) Faults {
	return Faults{{File: name, Message: "the table has more than 100,000 rows; split it"}}
}
