package console_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/image/font/sfnt"
)

// sheetOf is what a reader of a report sees: the letters of its text, and which of them its embedded faces draw.
type sheetOf struct {
	text  string
	drawn map[rune]bool
}

// readReport takes a PDF apart: its streams, the text in them and the faces that it is set in.
func readReport(t *testing.T, file []byte) sheetOf {
	t.Helper()
	sheet := sheetOf{drawn: map[rune]bool{}}
	var faces []*sfnt.Font
	var maps [][]byte // from letters to glyphs, in the order of the faces
	for _, found := range regexp.MustCompile(`/Length (\d+)[^>]*>>\s*stream\r?\n`).FindAllSubmatchIndex(file, -1) {
		length, err := strconv.Atoi(string(file[found[2]:found[3]]))
		must(t, err)
		raw := file[found[1] : found[1]+length]
		if inflate, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			raw, err = io.ReadAll(inflate)
			must(t, err)
		}
		switch {
		case bytes.HasPrefix(raw, []byte{0, 1, 0, 0}):
			f, err := sfnt.Parse(raw)
			must(t, err)
			faces = append(faces, f)
		case len(raw) == 2*0x10000:
			maps = append(maps, raw)
		default:
			sheet.text += shownIn(raw)
		}
	}
	if len(faces) != 2 || len(maps) != 2 {
		t.Fatalf("the report has %d faces and %d maps of them", len(faces), len(maps))
	}
	var buffer sfnt.Buffer
	for r := range rune(0x10000) {
		for i, f := range faces {
			if glyph := binary.BigEndian.Uint16(maps[i][2*r:]); glyph != 0 {
				outline, err := f.LoadGlyph(&buffer, sfnt.GlyphIndex(glyph), 1000, nil)
				must(t, err)
				sheet.drawn[r] = sheet.drawn[r] || len(outline) > 0
			}
		}
	}
	return sheet
}

// shownIn is the text of a page's stream, a line each time that some is shown.
func shownIn(stream []byte) string {
	var all strings.Builder
	for _, found := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`).FindAllSubmatch(stream, -1) {
		raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(found[1], func(b []byte) []byte {
			return []byte(strings.NewReplacer("n", "\n", "r", "\r", "t", "\t").Replace(string(b[1:])))
		})
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(raw[2*i:])
		}
		all.WriteString(string(utf16.Decode(units)) + "\n")
	}
	return all.String()
}

// one is a text without its line ends: cells break where they are full.
func (s sheetOf) one() string { return strings.Join(strings.Fields(s.text), " ") }

func (b *browser) report(ref string) sheetOf {
	b.t.Helper()
	b.get("/cases/" + ref + "/report.pdf").want(200)
	return readReport(b.t.(*testing.T), []byte(b.body))
}

func TestReport(t *testing.T) {
	s := lite(t)
	s.addCase("riverside", "RJ-9", "dana", "sam", "Łukasz Žižek", "+13125550191", "Nguyễn Thị Hồng", "+13125550192")
	s.addCase("riverside", "RJ-10", "dana", "sam", "王小明", "+13125550193", "Sam Fox 🙂", "+13125550194")
	s.moves(time.Minute)
	s.writes("+13125550191", "these are my own words")
	b := s.as(t, "Dana Ortiz")
	because := "the clerk of the court showed the receipt of the payment, of which a copy is in the file"
	b.post("/cases/RJ-9/receipt", url.Values{"commitment": {"money"}, "amount": {"150"}, "on": {"2026-02-27"}, "why": {because}}).want(200)

	sheet := b.report("RJ-9")
	for _, said := range []string{"Report of case RJ-9", "Łukasz Žižek", "Nguyễn Thị Hồng", "Agreed $600.00, received $150.00, waived $0.00, outstanding $450.00.",
		"Feb 15, 2026 $100.00 $100.00 $0.00 Received", "Mar 15, 2026 $100.00 $50.00 $50.00 In part", "Feb 27, 2026 Received $150.00 Dana Ortiz",
		"Letter of apology Mar 20, 2026 Open", "Evidence: the log", "Payment received", "Consent given"} {
		if !strings.Contains(sheet.one(), said) {
			t.Errorf("the report does not say %q:\n%s", said, sheet.text)
		}
	}
	for _, word := range strings.Fields(because) {
		if !strings.Contains(sheet.one(), word) {
			t.Errorf("the report cut the reason at %q", word)
		}
	}
	for _, kept := range []string{"own words", "555", "□"} {
		if strings.Contains(sheet.one(), kept) {
			t.Errorf("the report has %q", kept)
		}
	}
	for _, r := range "ŁukaszŽižekNguyễnThịHồng→·" {
		if !sheet.drawn[r] {
			t.Errorf("the report has no shape for %q", r)
		}
	}

	sheet = b.report("RJ-10")
	for _, said := range []string{"□□□, Is owed", "Sam Fox □, Owes", "□ stands for a letter that this report cannot print"} {
		if !strings.Contains(sheet.one(), said) {
			t.Errorf("the report does not say %q:\n%s", said, sheet.text)
		}
	}

	b.post("/language", url.Values{"language": {"es"}})
	if sheet = b.report("RJ-9"); !strings.Contains(sheet.one(), "Carta de disculpa") {
		t.Errorf("the report is not in Spanish:\n%s", sheet.text)
	}
	b.get("/cases/RJ-2/report.pdf").want(404)
	b.post("/language", url.Values{"language": {"en"}})
	b.get("/log?case=RJ-9").want(200, "Made a report of the case")
}

// TestReportOfMuch has a log of many pages: none of it is left out, and no row runs off its page.
func TestReportOfMuch(t *testing.T) {
	s := lite(t)
	b := s.as(t, "Dana Ortiz")
	var whys []string
	for i := range 120 {
		why := "reason number " + strconv.Itoa(i) + " " + strings.Repeat("and so on ", 12)
		whys = append(whys, strings.TrimSpace(why))
		b.post("/cases/RJ-1/receipt", url.Values{"commitment": {"money"}, "amount": {"1"}, "on": {"2026-02-27"}, "why": {why}}).want(200)
	}
	sheet := b.report("RJ-1")
	missing := slices.DeleteFunc(whys, func(why string) bool {
		return strings.Contains(sheet.one(), strings.Join(strings.Fields(why)[:3], " "))
	})
	if len(missing) > 0 {
		t.Errorf("%d of 120 reasons are missing, the first %q", len(missing), missing[0])
	}
	if heads := strings.Count(sheet.text, "When\nWhat\nWho\nAbout\n"); heads < 5 {
		t.Errorf("the columns are named on %d pages alone", heads)
	}
}
