package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Entry is all that is sealed of one line of the log. An id that is 0 is none.
type Entry struct {
	ID        int64  `json:"id"`
	At        int64  `json:"at_ms"` // UTC, milliseconds since 1970
	ProgramID int64  `json:"program_id,omitempty"`
	CaseID    int64  `json:"case_id,omitempty"`
	PartyID   int64  `json:"party_id,omitempty"`
	Actor     string `json:"actor"`
	Action    string `json:"action"`
	Subject   string `json:"subject"`
	Why       string `json:"why"`
	Event     string `json:"event"`
	// Words vouches for the words that belong to the entry, where it has any, and tells nothing of them: see [Words]. It
	// stays as it is when they are encrypted anew, and when they are erased.
	Words []byte `json:"words_hash,omitempty"`
}

// Leaf is the entry as it is hashed. Each column stands on a line of its own, with its name and its length in bytes, so
// that no two entries read alike; "-" is none:
//
//	amends audit entry 1
//	id 2 17
//	case_id -
//	actor 6 system
func (e Entry) Leaf() []byte {
	leaf := []byte("amends audit entry 1\n")
	text := func(name, value string) {
		leaf = append(leaf, name...)
		leaf = append(leaf, ' ')
		leaf = strconv.AppendInt(leaf, int64(len(value)), 10)
		leaf = append(leaf, ' ')
		leaf = append(leaf, value...)
		leaf = append(leaf, '\n')
	}
	number := func(name string, value int64) {
		if value == 0 {
			leaf = append(append(leaf, name...), " -\n"...)
			return
		}
		text(name, strconv.FormatInt(value, 10))
	}
	number("id", e.ID)
	number("at", e.At)
	number("program_id", e.ProgramID)
	number("case_id", e.CaseID)
	number("party_id", e.PartyID)
	text("actor", e.Actor)
	text("action", e.Action)
	text("subject", e.Subject)
	text("why", e.Why)
	text("event", e.Event)
	if len(e.Words) == 0 {
		return append(leaf, "words -\n"...)
	}
	text("words", string(e.Words))
	return leaf
}

// Hash is the leaf's hash in the tree.
func (e Entry) Hash() tlog.Hash { return tlog.RecordHash(e.Leaf()) }

// Words is what an entry binds of its words: HMAC-SHA256 of them under a salt of their own. The salt is as secret as the
// words and is erased with them: without it nobody can find out by guessing what was said.
func Words(salt, words string) []byte {
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(words))
	return mac.Sum(nil)
}
