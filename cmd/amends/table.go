package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// tableWriter writes a table's rows. A cell is nil, a string, an int64, a float64, a time or a date.
type tableWriter interface {
	header(columns []string) error
	row(cells []any) error
	close() error
}

func newTableWriter(format string, w io.Writer, name string) tableWriter {
	switch format {
	case "json":
		return &jsonTable{w: bufio.NewWriter(w)}
	case "xlsx":
		return &xlsxTable{w: w, name: name}
	}
	return &csvTable{w: csv.NewWriter(w)}
}

// cellText is a cell in words: an instant as RFC 3339 in UTC, a date as YYYY-MM-DD.
func cellText(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(cell)
}

type csvTable struct{ w *csv.Writer }

func (t *csvTable) header(columns []string) error { return t.w.Write(columns) }

func (t *csvTable) row(cells []any) error {
	record := make([]string, len(cells))
	for i, cell := range cells {
		record[i] = cellText(cell)
		if text, ok := cell.(string); ok {
			record[i] = noFormula(text)
		}
	}
	return t.w.Write(record)
}

func (t *csvTable) close() error {
	t.w.Flush()
	return t.w.Error()
}

// noFormula puts a ' before a text that a spreadsheet would reckon out. What is a number, a sign before it included, stays.
func noFormula(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "+-.0123456789") == "" {
		return text
	}
	return "'" + text
}

type jsonTable struct {
	w       *bufio.Writer
	columns [][]byte
	rows    int
}

func (t *jsonTable) header(columns []string) error {
	for _, column := range columns {
		name, err := json.Marshal(column)
		if err != nil {
			return err
		}
		t.columns = append(t.columns, name)
	}
	_, err := t.w.WriteString("[")
	return err
}

// row writes an object with the columns in their order.
func (t *jsonTable) row(cells []any) error {
	var line bytes.Buffer
	if t.rows > 0 {
		line.WriteByte(',')
	}
	line.WriteString("\n{")
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	for i, cell := range cells {
		if i > 0 {
			line.WriteByte(',')
		}
		line.Write(t.columns[i])
		line.WriteByte(':')
		switch cell.(type) {
		case nil, string, int64, float64:
		default:
			cell = cellText(cell)
		}
		if err := encoder.Encode(cell); err != nil {
			return err
		}
		line.Truncate(line.Len() - 1) // the encoder's new line
	}
	line.WriteByte('}')
	t.rows++
	_, err := t.w.Write(line.Bytes())
	return err
}

func (t *jsonTable) close() error {
	if t.rows > 0 {
		_ = t.w.WriteByte('\n') // its error stays for Flush
	}
	_, _ = t.w.WriteString("]\n")
	return t.w.Flush()
}

type xlsxTable struct {
	w      io.Writer
	name   string
	file   *excelize.File
	stream *excelize.StreamWriter
	rows   int
}

func (t *xlsxTable) header(columns []string) (err error) {
	t.file = excelize.NewFile()
	if err := t.file.SetSheetName("Sheet1", t.name); err != nil {
		return err
	}
	if t.stream, err = t.file.NewStreamWriter(t.name); err != nil {
		return err
	}
	if err := t.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	bold, err := t.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, column := range columns {
		cells[i] = excelize.Cell{StyleID: bold, Value: column}
	}
	return t.write(cells)
}

func (t *xlsxTable) row(cells []any) error {
	row := make([]any, len(cells))
	for i, cell := range cells {
		switch cell.(type) {
		case nil, int64, float64:
			row[i] = cell
		default:
			row[i] = cellText(cell)
		}
	}
	return t.write(row)
}

func (t *xlsxTable) write(cells []any) error {
	t.rows++
	at, err := excelize.CoordinatesToCellName(1, t.rows)
	if err != nil {
		return err
	}
	return t.stream.SetRow(at, cells)
}

func (t *xlsxTable) close() error {
	if err := t.stream.Flush(); err != nil {
		return err
	}
	if err := t.file.Write(t.w); err != nil {
		return err
	}
	return t.file.Close()
}
