package emulator

import (
	"strings"
	"testing"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body string
		want int
	}{
		{"", 1},
		{"hello", 1},
		{strings.Repeat("a", 160), 1},
		{strings.Repeat("a", 161), 2},
		{strings.Repeat("a", 306), 2},
		{strings.Repeat("a", 307), 3},
		{strings.Repeat("€", 80), 1},
		{strings.Repeat("€", 81), 2},
		{strings.Repeat("€", 152), 2}, // 76 to a part: an extended character is not split
		{strings.Repeat("€", 153), 3},
		{"ñÑ¿¡àèéùìò", 1},
		{strings.Repeat("ñ", 160), 1}, // Spanish that GSM-7 has
		{strings.Repeat("í", 70), 1},  // and that it hasn't
		{strings.Repeat("í", 71), 2},
		{strings.Repeat("a", 70) + "í", 2},
		{strings.Repeat("í", 134), 2},
		{strings.Repeat("í", 135), 3},
		{strings.Repeat("🙂", 35), 1},
		{strings.Repeat("🙂", 36), 2},
		{strings.Repeat("🙂", 66), 2}, // 33 to a part: a surrogate pair is not split
		{strings.Repeat("🙂", 67), 3},
		{"`", 1},
		{"it’s " + strings.Repeat("a", 66), 2},
	} {
		if got := segments(test.body); got != test.want {
			t.Errorf("%.10q × %d: %d segments, want %d", test.body, len(test.body), got, test.want)
		}
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"+13125550101": "+13125550101", "(312) 555-0101": "+13125550101", "1 312 555 0101": "+13125550101", "+44 7700 900123": "+447700900123",
		"": "", "+": "", "+1312555": "", "+11125550101": "", "abc": "", "+0123456789": "", "+1234567890123456": "", "+1312555010x": "", "12345": "",
	} {
		if got, ok := e164(s); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v", s, got, ok)
		}
	}
}
