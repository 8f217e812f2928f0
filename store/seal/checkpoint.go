package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Origin is the name that checkpoints begin with and keys bear.
const Origin = "amends-audit"

// Checkpoint is what is vouched for: that at that time the log's first Size entries hashed to Root.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	At   time.Time
}

// Key signs checkpoints.
type Key struct {
	signer note.Signer
	public string
}

// NewKey makes the key that the reader's first 32 bytes come to: the same bytes, the same key.
func NewKey(random io.Reader) (Key, error) {
	private, public, err := note.GenerateKey(random, Origin)
	if err != nil {
		return Key{}, fmt.Errorf("make the log's key: %w", err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return Key{}, errors.New("make the log's key: not a signer's") // the cause could quote it
	}
	return Key{signer, public}, nil
}

// Public is the key that checkpoints are checked with, in note's form: amends-audit+HASH+KEY.
func (k Key) Public() string { return k.public }

// Sign makes the note of a checkpoint.
func (k Key) Sign(c Checkpoint) (string, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", Origin, c.Size, c.Root, c.At.UTC().Format(time.RFC3339Nano))
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(signed), err
}

// ErrNotSigned is a checkpoint without a good signature of the key.
var ErrNotSigned = errors.New("not signed by this key")

// Open reads a checkpoint's note and checks its signature with a public key.
func Open(signed, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return Checkpoint{}, errors.New("this is no public key of a log: it begins with " + Origin + "+")
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, ErrNotSigned
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 5 || lines[0] != Origin {
		return Checkpoint{}, errors.New("a note of another kind")
	}
	var c Checkpoint
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err == nil {
		if c.Root, err = tlog.ParseHash(lines[2]); err == nil {
			c.At, err = time.Parse(time.RFC3339Nano, lines[3])
		}
	}
	if err != nil || c.Size < 0 {
		return Checkpoint{}, errors.New("a checkpoint that is malformed")
	}
	return c, nil
}

// Fingerprint is a public key's in short, to be compared by eye or read out.
func Fingerprint(public string) string {
	sum := sha256.Sum256([]byte(public))
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
