package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// hashSize is the length of a look-up hash in bytes: 128 bits, far beyond any chance meeting of
// two phones.
const hashSize = 16

// sealedFor is bound to every sealed text, so that a text sealed by another program with the same
// key does not open here.
const sealedFor = "amends"

// Keys seals and opens what is private and makes the hashes that it is looked up by. It is safe for
// use by several goroutines.
//
// The keyset file is JSON with two keysets as tink writes them: "seal" (AES-256-GCM) and "lookup"
// (HMAC-SHA256). Its keys stand in clear: the file is the secret, and is kept apart from backups.
type Keys struct {
	path string // "" in tests

	mu  sync.RWMutex
	set *keySet
}

// keySet is a keyset file, read.
type keySet struct {
	file    []byte // as it stands on disk
	seal    *keyset.Handle
	lookup  *keyset.Handle
	aead    tink.AEAD
	hasher  *prf.Set
	primary uint32 // the id of the key that seals
}

type keyFile struct {
	Seal   json.RawMessage `json:"seal"`
	Lookup json.RawMessage `json:"lookup"`
}

// NewKeys makes keys that live as long as the process, for tests.
func NewKeys() *Keys {
	set, err := makeKeySet()
	if err != nil {
		panic(err) // the machine has no chance to give
	}
	return &Keys{set: set}
}

// LoadKeys reads the keyset file at path, and makes it, readable by its owner alone, if there is
// none. Several processes may do so at once: one makes it, all read the same.
func LoadKeys(path string) (*Keys, error) {
	for range 2 {
		set, err := readKeySet(path)
		if err == nil {
			return &Keys{path: path, set: set}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if set, err = makeKeySet(); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, NewError(Invalid, fmt.Sprintf("The folder of the keyset %s cannot be made.", path), err)
		}
		// A link, unlike a rename, leaves a file that another process made meanwhile as it is.
		err = writeBeside(path, set.file, os.Link)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, NewError(Invalid, fmt.Sprintf("The keyset %s cannot be made.", path), err)
		}
	}
	return nil, NewError(Internal, fmt.Sprintf("The keyset %s was made and is gone again.", path), nil)
}

// Seal encrypts text with the primary key; "" is nothing and seals to nil.
func (k *Keys) Seal(text string) Sealed {
	if text == "" {
		return nil
	}
	sealed, err := k.current().aead.Encrypt([]byte(text), []byte(sealedFor))
	if err != nil {
		panic(err) // only for a text of many gigabytes
	}
	return sealed
}

// Open decrypts what any key of the keyset sealed; nil opens to "". If no key fits, the keyset file
// is read again first: another process may have rotated it.
func (k *Keys) Open(s Sealed) (string, error) {
	if len(s) == 0 {
		return "", nil
	}
	set := k.current()
	text, err := set.aead.Decrypt(s, []byte(sealedFor))
	if err != nil && k.reread(set) {
		text, err = k.current().aead.Decrypt(s, []byte(sealedFor))
	}
	if err != nil {
		return "", NewError(Internal, "A sealed text does not open with this keyset.", err)
	}
	return string(text), nil
}

// Hash is the keyed hash that text is looked up by; nil for "". Kind keeps a phone's hash from
// being a name's: "phone", "service" (a messaging service), "email", "name". Emails and names are
// hashed without regard to case and surrounding space.
func (k *Keys) Hash(kind, text string) []byte {
	switch kind {
	case "email", "name":
		text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	}
	if text == "" {
		return nil
	}
	sum, err := k.current().hasher.ComputePrimaryPRF([]byte(kind+"\x00"+text), hashSize)
	if err != nil {
		return nil // not with HMAC-SHA256 and 16 bytes: tried when the keyset was read
	}
	return sum
}

// Rotate adds a key, which seals from now on, and writes the file. The earlier keys are kept, to
// read what they sealed; [Store.Reseal] writes that anew. The look-up key stays: a new one would
// find nobody.
func (k *Keys) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	set := k.set
	if k.path != "" { // what another process added is kept
		var err error
		if set, err = readKeySet(k.path); err != nil {
			return err
		}
	}
	manager := keyset.NewManagerFromHandle(set.seal)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	seal, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	file, err := encodeKeys(seal, set.lookup)
	if err != nil {
		return err
	}
	next, err := decodeKeys(file)
	if err != nil {
		return err
	}
	if k.path != "" {
		if err := writeBeside(k.path, file, os.Rename); err != nil {
			return NewError(Invalid, fmt.Sprintf("The keyset %s cannot be written.", k.path), err)
		}
	}
	k.set = next
	return nil
}

// isCurrent says whether s was sealed with the primary key. A sealed text begins with a byte that
// tells the format and the key's id in four (tink's output prefix).
func (k *Keys) isCurrent(s Sealed) bool {
	return len(s) >= 5 && s[0] == 1 && binary.BigEndian.Uint32(s[1:5]) == k.current().primary
}

func (k *Keys) current() *keySet {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.set
}

// reread takes the file anew and says whether it differs from what was in use.
func (k *Keys) reread(used *keySet) bool {
	if k.path == "" {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.set != used {
		return true // another goroutine has just done so
	}
	set, err := readKeySet(k.path)
	if err != nil || bytes.Equal(set.file, used.file) {
		return false
	}
	k.set = set
	return true
}

// readKeySet reads a keyset file; fs.ErrNotExist is in the chain if there is none.
func readKeySet(path string) (*keySet, error) {
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, NewError(Invalid, fmt.Sprintf(
			"The keyset %s is open to others than its owner (mode %04o): run chmod 600 on it, and rotate the keys if others had access.",
			path, info.Mode().Perm()), nil)
	}
	var file []byte
	if err == nil {
		file, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, NewError(Invalid, fmt.Sprintf("The keyset %s cannot be read.", path), err)
	}
	set, err := decodeKeys(file)
	if err != nil {
		return nil, NewError(Invalid, fmt.Sprintf("The file %s is not a keyset of Amends, or is damaged.", path), err)
	}
	return set, nil
}

func makeKeySet() (*keySet, error) {
	seal, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	lookup, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	file, err := encodeKeys(seal, lookup)
	if err != nil {
		return nil, err
	}
	return decodeKeys(file)
}

func encodeKeys(seal, lookup *keyset.Handle) ([]byte, error) {
	var s, l bytes.Buffer
	if err := insecurecleartextkeyset.Write(seal, keyset.NewJSONWriter(&s)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	if err := insecurecleartextkeyset.Write(lookup, keyset.NewJSONWriter(&l)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	file, err := json.MarshalIndent(keyFile{Seal: s.Bytes(), Lookup: l.Bytes()}, "", "  ")
	return append(file, '\n'), err
}

func decodeKeys(file []byte) (*keySet, error) {
	var f keyFile
	if err := json.Unmarshal(file, &f); err != nil {
		// The cause is not passed on: it could quote a key.
		return nil, errors.New("not JSON with a seal and a lookup keyset")
	}
	set := &keySet{file: file}
	var err error
	if set.seal, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Seal))); err != nil {
		return nil, errors.New("no keyset under seal")
	}
	if set.lookup, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Lookup))); err != nil {
		return nil, errors.New("no keyset under lookup")
	}
	if set.aead, err = aead.New(set.seal); err != nil {
		return nil, errors.New("the keyset under seal is of another kind")
	}
	if set.hasher, err = prf.NewPRFSet(set.lookup); err != nil {
		return nil, errors.New("the keyset under lookup is of another kind")
	}
	if _, err = set.hasher.ComputePrimaryPRF([]byte("try"), hashSize); err != nil {
		return nil, errors.New("the keyset under lookup is of another kind")
	}
	primary, err := set.seal.Primary()
	if err != nil {
		return nil, errors.New("the keyset under seal has no primary key")
	}
	set.primary = primary.KeyID()
	return set, nil
}

// writeBeside writes a file beside path, readable by its owner alone, and puts it in path's place
// by link or rename, so that nobody ever reads half of it.
func writeBeside(path string, content []byte, place func(from, to string) error) error {
	beside, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(beside.Name()) }()
	if _, err = beside.Write(content); err == nil {
		err = beside.Sync()
	}
	if closing := beside.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := place(beside.Name(), path); err != nil {
		return err
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil { // the name too must outlast a crash
		_ = folder.Sync()
		_ = folder.Close()
	}
	return nil
}
