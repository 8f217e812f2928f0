package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Format is what a proof's file says that it is.
const Format = "amends audit proof 1"

// Proof proves a case's entries against a checkpoint.
type Proof struct {
	Format     string   `json:"format"`
	Program    string   `json:"program"`
	Case       string   `json:"case"` // its reference; the entry that opened it says so too, the others bear its number
	Key        string   `json:"key"`  // that the checkpoint is signed by
	Checkpoint string   `json:"checkpoint"`
	Entries    []Proven `json:"entries"`
}

// Proven is an entry with its place in the tree and the hashes that lead from it to the root (RFC 6962's audit path).
type Proven struct {
	Leaf int64 `json:"leaf"`
	Entry
	Said *Said       `json:"words,omitempty"` // where they are disclosed
	Path []tlog.Hash `json:"proof"`
}

// Said are an entry's words, and the salt that shows that they are those which were sealed.
type Said struct {
	Text string `json:"text"`
	Salt string `json:"salt"`
}

// Opened is the action of the entry that opens a case, and Named what that entry says: the case's reference and its
// program's key, by which a proof shows whose entries it bears. A key has no colon.
const Opened = "case.opened"

// Named is what is sealed of a case's name.
func Named(program, reference string) string { return program + ": " + reference }

// Write writes the file.
func (p Proof) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(p)
}

// Read reads a proof's file. One that says more than is checked, or says something twice, is refused: a reader could
// take it for proven.
func Read(file []byte) (Proof, error) {
	var p Proof
	if err := json.Unmarshal(file, &p); err != nil {
		return p, errors.New("the file is not a proof's JSON")
	}
	if p.Format != Format {
		return p, fmt.Errorf("the file does not say that it is an %q", Format)
	}
	var ours, theirs, plain bytes.Buffer
	if err := p.Write(&ours); err != nil {
		return p, err
	}
	err := errors.Join(json.Compact(&plain, ours.Bytes()), json.Compact(&theirs, file))
	if err != nil || !bytes.Equal(plain.Bytes(), theirs.Bytes()) {
		return p, errors.New("the file bears more, or other, than a proof has: it was edited")
	}
	return p, nil
}

// Check checks the checkpoint's signature with a public key, every entry against the checkpoint, and the case's name
// against the entry that opened it. Faults are what does not hold, one sentence each.
func (p Proof) Check(public string) (c Checkpoint, faults []string) {
	c, err := Open(p.Checkpoint, public)
	if err != nil {
		return c, []string{fmt.Sprintf("The checkpoint is %s.", err)}
	}
	seen := map[int64]bool{}
	opened := false
	for _, e := range p.Entries {
		if seen[e.Leaf] {
			faults = append(faults, fmt.Sprintf("Entry %d stands in the file twice.", e.ID))
		}
		seen[e.Leaf] = true
		opened = opened || e.Action == Opened
		if e.CaseID == 0 || e.CaseID != p.Entries[0].CaseID {
			faults = append(faults, fmt.Sprintf("Entry %d is not of the same case.", e.ID))
		}
		if tlog.CheckRecord(e.Path, c.Size, c.Root, e.Leaf, e.Hash()) != nil {
			faults = append(faults, fmt.Sprintf("Entry %d is not what was sealed.", e.ID))
		} else if e.Action == Opened && e.Why != Named(p.Program, p.Case) {
			faults = append(faults, fmt.Sprintf("The entries are another case's than the file says: entry %d opened it as %q, and the file calls it %q.",
				e.ID, e.Why, Named(p.Program, p.Case)))
		} else if e.Said != nil && !bytes.Equal(e.Words, Words(e.Said.Salt, e.Said.Text)) {
			faults = append(faults, fmt.Sprintf("The words of entry %d are not those that were sealed.", e.ID))
		}
	}
	if !opened {
		faults = append(faults, fmt.Sprintf("No entry says which case they are of: the one that opened it as %q is missing.", Named(p.Program, p.Case)))
	}
	return c, faults
}
