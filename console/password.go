package console

import (
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"amends/store"

	"golang.org/x/crypto/argon2"
)

// Cost is what hashing a password takes, in argon2id's terms.
type Cost struct {
	KiB    uint32
	Passes uint32
}

// DefaultCost is OWASP's first choice of 2023 for argon2id: 19 MiB and two passes.
func DefaultCost() Cost { return Cost{KiB: 19 << 10, Passes: 2} }

const (
	saltBytes = 16
	hashBytes = 32
	// A password has at least so many characters (NIST SP 800-63B-4: 15 where it stands alone, 8 beside a second factor; we
	// ask for 12), and at most so many, for longer ones are only made to keep a server busy.
	shortestPassword = 12
	longestPassword  = 256
)

// hashPassword is the argon2id hash of a password in its PHC form.
func (k *console) hashPassword(password string) (string, error) {
	var salt [saltBytes]byte
	if _, err := io.ReadFull(k.Rand, salt[:]); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	return k.hashWith(password, k.Passwords, salt[:]), nil
}

func (k *console) hashWith(password string, cost Cost, salt []byte) string {
	k.hashing <- struct{}{}
	defer func() { <-k.hashing }()
	return phc(cost, salt, argon2.IDKey([]byte(password), salt, cost.Passes, cost.KiB, 1, hashBytes))
}

// phc writes a hash down.
func phc(cost Cost, salt, sum []byte) string {
	code := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, cost.KiB, cost.Passes, code.EncodeToString(salt), code.EncodeToString(sum))
}

// samePassword says whether a password has that hash. It takes as long either way.
func (k *console) samePassword(hash, password string) bool {
	var cost Cost
	var version int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &cost.KiB, &cost.Passes); err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(k.hashWith(password, cost, salt)), []byte(hash)) == 1
}

// checkPassword refuses a password that is too easily guessed, or is the person's own address.
func checkPassword(password, email string) error {
	name, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch n := utf8.RuneCountInString(password); {
	case n < shortestPassword:
		return store.NewError(store.Invalid, "A password has at least 12 characters: a few words are easier to keep than odd signs.", nil)
	case n > longestPassword:
		return store.NewError(store.Invalid, "A password has at most 256 characters.", nil)
	case name != "" && strings.Contains(strings.ToLower(password), name):
		return store.NewError(store.Invalid, "Leave your own address out of the password.", nil)
	case len(distinct(password)) < 5:
		return store.NewError(store.Invalid, "That password repeats itself: it would be guessed.", nil)
	}
	return nil
}

func distinct(text string) map[rune]bool {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return seen
}

// token is what nobody can guess: 160 bits, as letters and digits.
func (k *console) token() (string, error) {
	var random [20]byte
	if _, err := io.ReadFull(k.Rand, random[:]); err != nil {
		return "", fmt.Errorf("draw a token: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(random[:])), nil
}
