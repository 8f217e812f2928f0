package templates

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body     string
		n        int
		encoding string
	}{
		{"", 1, GSM7},
		{strings.Repeat("a", 160), 1, GSM7},
		{strings.Repeat("a", 161), 2, GSM7},
		{strings.Repeat("a", 306), 2, GSM7},
		{strings.Repeat("a", 307), 3, GSM7},
		{strings.Repeat("€", 80), 1, GSM7},
		{strings.Repeat("€", 81), 2, GSM7},
		{strings.Repeat("a", 152) + strings.Repeat("€", 77), 3, GSM7}, // an escape is not split: 152, then 76 of them, then one
		{"¿Qué? ¡Ñandú!", 1, UCS2},
		{"¿Qué? ¡Mañana, PAGUÉ!", 1, GSM7},
		{strings.Repeat("á", 70), 1, UCS2},
		{strings.Repeat("á", 71), 2, UCS2},
		{strings.Repeat("á", 134), 2, UCS2},
		{strings.Repeat("á", 135), 3, UCS2},
		{strings.Repeat("😀", 35), 1, UCS2},
		{strings.Repeat("😀", 36), 2, UCS2},
		{strings.Repeat("😀", 67), 3, UCS2}, // 33 in each: a pair is not split
		{"`", 1, UCS2},
		{"Ça", 1, GSM7},
		{"ça", 1, UCS2},
	} {
		if n, enc := Segments(c.body); n != c.n || enc != c.encoding {
			t.Errorf("%.20q… (%d): %d %s, want %d %s", c.body, len([]rune(c.body)), n, enc, c.n, c.encoding)
		}
	}
}

// A body is never longer than its segments hold, nor needs one fewer by more
// than what splitting leaves unused.
func TestSegmentsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringN(0, 400, -1).Draw(t, "body")
		n, enc := Segments(body)
		alone, joined, size := 70, 67, len(utf16.Encode([]rune(body)))
		if enc == GSM7 {
			alone, joined = 160, 153
			size = len([]rune(body))
			for _, r := range body {
				if strings.ContainsRune(gsmExtension, r) {
					size++
				}
			}
		}
		if n == 1 && size > alone || n > 1 && (size <= alone || size > n*joined || size <= (n-1)*(joined-1)) {
			t.Fatalf("%d in %d segments of %s", size, n, enc)
		}
	})
}
