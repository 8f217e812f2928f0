package emulator

import (
	"strings"
	"unicode/utf16"
)

// The GSM 03.38 basic alphabet, one septet each, and its extension, two septets each.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

const (
	gsmSingle, gsmPart = 160, 153 // septets in a text of one segment, and in each of several
	ucsSingle, ucsPart = 70, 67   // UTF-16 code units likewise
)

// segments counts how many segments a body takes: in GSM-7 if all its characters are in that alphabet, else in UCS-2.
// Neither an extended character nor a surrogate pair is split between two segments. An empty body is one segment.
func segments(body string) int {
	if n, ok := pack(body, gsmWidth, gsmSingle, gsmPart); ok {
		return n
	}
	n, _ := pack(body, ucsWidth, ucsSingle, ucsPart)
	return n
}

func gsmWidth(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtension, r):
		return 2
	}
	return 0
}

func ucsWidth(r rune) int { return max(utf16.RuneLen(r), 1) }

func pack(body string, width func(rune) int, single, part int) (n int, ok bool) {
	total, parts, used := 0, 1, 0
	for _, r := range body {
		w := width(r)
		if w == 0 {
			return 0, false
		}
		total += w
		if used+w > part {
			parts, used = parts+1, 0
		}
		used += w
	}
	if total <= single {
		return 1, true
	}
	return parts, true
}
