package main

import (
	"bytes"
	"testing"
	"time"

	"amends/store/calendar"
)

func TestNoFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":             "",
		"hello":        "hello",
		"=1+2":         "'=1+2",
		"+1 312":       "'+1 312",
		"-50":          "-50",
		"-50.25":       "-50.25",
		"+50":          "+50",
		"-":            "'-",
		"-1+cmd|x":     "'-1+cmd|x",
		"+Inf":         "'+Inf",
		"@SUM(A1)":     "'@SUM(A1)",
		"\t=1":         "'\t=1",
		"\r=1":         "'\r=1",
		"1=1":          "1=1",
		"'quoted":      "'quoted",
		"Ünïcödé = ok": "Ünïcödé = ok",
	} {
		if got := noFormula(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	row := []any{nil, "a \"b\",\n<c>", int64(-5), 7.5, time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("", -6*3600)), calendar.MustParse("2026-03-02")}
	for format, want := range map[string]string{
		"csv":  "n,s,i,f,t,d\n,\"a \"\"b\"\",\n<c>\",-5,7.5,2026-03-02T15:30:00Z,2026-03-02\n",
		"json": "[\n{\"n\":null,\"s\":\"a \\\"b\\\",\\n<c>\",\"i\":-5,\"f\":7.5,\"t\":\"2026-03-02T15:30:00Z\",\"d\":\"2026-03-02\"}\n]\n",
	} {
		var out bytes.Buffer
		w := newTableWriter(format, &out, "x")
		for _, err := range []error{w.header([]string{"n", "s", "i", "f", "t", "d"}), w.row(row), w.close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != want {
			t.Errorf("%s is\n%s\nwant\n%s", format, out.String(), want)
		}
	}
}
