package templates

import (
	"strings"
	"unicode/utf16"
)

// Encodings of a text message.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// The basic and the extension table of GSM 03.38; a character of the latter
// takes two places.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// Segments counts how many messages the carrier makes of a body and in which
// encoding: 160 places in GSM-7 or 70 in UCS-2; 153 or 67 each where there are
// several, for the header that joins them. A character is never split between
// two messages. An empty body is one message.
func Segments(body string) (n int, encoding string) {
	widths := make([]int, 0, len(body))
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			widths = append(widths, 1)
		case strings.ContainsRune(gsmExtension, r):
			widths = append(widths, 2)
		default:
			return pack(ucs2(body), 70, 67), UCS2
		}
	}
	return pack(widths, 160, 153), GSM7
}

// ucs2 gives each character's UTF-16 units: 2 for an emoji.
func ucs2(body string) []int {
	widths := make([]int, 0, len(body))
	for _, r := range body {
		widths = append(widths, max(1, utf16.RuneLen(r)))
	}
	return widths
}

func pack(widths []int, alone, joined int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	if total <= alone {
		return 1
	}
	n, used := 1, 0
	for _, w := range widths {
		if used+w > joined {
			n, used = n+1, 0
		}
		used += w
	}
	return n
}
