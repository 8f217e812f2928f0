package intake

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amends/store/ledger"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
)

// Each reader of a text below gives an error that goes on from the field's
// name and never repeats the text.

var (
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)
	fieldForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	moneyForm   = regexp.MustCompile(`^([0-9]{1,9})(?:\.([0-9]{1,2}))?$`)
	hoursForm   = regexp.MustCompile(`^([0-9]{1,4})(?:\.(0|00|25|5|50|75))?$`)
	serviceForm = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	phoneForm   = regexp.MustCompile(`^\+?[0-9 ().\-/\x{2010}-\x{2015}\x{00a0}]{3,30}$`)
)

// Phone reads a phone number, one without country code as of the United
// States, and returns it in E.164.
func Phone(s string) (string, error) {
	bad := errors.New("is not a phone number that can exist; write it with its country code, such as +13125550100")
	s = strings.TrimSpace(s)
	if !phoneForm.MatchString(s) {
		return "", bad
	}
	n, err := phonenumbers.Parse(s, "US")
	if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
		return "", bad
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// Cents reads an amount of money such as "600", "600.5" or "600.00", exactly.
func Cents(s string) (int64, error) {
	m := moneyForm.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New("is not an amount exact to the cent; write it without sign or comma, such as 600.00")
	}
	n, err := strconv.ParseInt(m[1]+(m[2] + "00")[:2], 10, 64)
	if err != nil || n > ledger.MaxCents {
		return 0, errors.New("is more than 1,000,000.00")
	}
	if n == 0 {
		return 0, errors.New("is nothing; an amount is at least 0.01")
	}
	return n, nil
}

// Money writes cents as "600.00".
func Money(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

// hoursText reads hours, in quarters, as minutes.
func hoursText(s string) (int, error) {
	m := hoursForm.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New("is not a number of hours, in quarters at the finest, such as 20 or 7.5")
	}
	whole, _ := strconv.Atoi(m[1])
	quarters, _ := strconv.Atoi((m[2] + "00")[:2])
	if n := whole*60 + quarters*60/100; n > 0 {
		return n, nil
	}
	return 0, errors.New("is nothing; at least a quarter of an hour can be owed")
}

// hoursOf writes minutes as hours.
func hoursOf(minutes int) string {
	return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64)
}

// zoneText refuses what is no IANA zone.
func zoneText(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
		return errors.New("is not a time zone; write an IANA name, such as America/Chicago")
	}
	return nil
}

// languageText refuses what is no language tag. Which languages there are texts
// in is not known here.
func languageText(s string) error {
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und || tag.String() != s {
		return errors.New("is not a language; write its code, such as en or es")
	}
	return nil
}

// keyText refuses what is no key.
func keyText(s string) error {
	if !keyForm.MatchString(s) {
		return errors.New("is not a key; a key has letters, digits, - and _, and at most 32 of them")
	}
	return nil
}

// plainText refuses text that is empty, too long for its place or not printable on one line.
func plainText(s string, most int) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("is empty; give it a value")
	}
	if utf8.RuneCountInString(s) > most {
		return fmt.Errorf("is longer than %d characters", most)
	}
	if strings.TrimSpace(s) != s {
		return errors.New("begins or ends with a space; leave it out")
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return errors.New("has a character that cannot be printed; write it on one line, without tabs")
		}
	}
	return nil
}
