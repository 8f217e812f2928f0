package desk

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where a number without a country's code is dialled: what is built here is built for it.
const homeRegion = "US"

// e164 reads a phone number as people and addresses write it: with a plus, one that a form made a space, or none.
func e164(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, unicode.IsLetter) { // 1-800-FLOWERS is a number to the library
		return "", false
	}
	for _, way := range []string{s, "+" + strings.TrimPrefix(s, "+")} {
		n, err := phonenumbers.Parse(way, homeRegion)
		if err == nil && phonenumbers.IsPossibleNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164), true
		}
	}
	return "", false
}

// readable is a number as a person reads it.
func readable(number string) string {
	n, err := phonenumbers.Parse(number, homeRegion)
	if err != nil {
		return number
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
