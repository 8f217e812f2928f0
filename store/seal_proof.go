package store

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"amends/store/seal"
)

// ProveAudit proves a case's entries against the last checkpoint; unsealed is how many of them came after it. With words,
// those that belong to the entries are disclosed, where they were not erased.
func (s *Store) ProveAudit(ctx context.Context, caseID int64, words bool) (proof seal.Proof, unsealed int, err error) {
	key, err := s.keys.auditKey()
	if err != nil {
		return proof, 0, err
	}
	err = s.View(ctx, func(tx *Tx) error {
		proof, unsealed, err = tx.proveAudit(key, caseID, words)
		return err
	})
	if err != nil {
		return proof, unsealed, err
	}
	if _, faults := proof.Check(key.Public()); len(faults) > 0 {
		return proof, unsealed, NewError(Internal, "The log can't be proven as it stands: run amends audit verify. "+faults[0], nil)
	}
	return proof, unsealed, nil
}

func (tx *Tx) proveAudit(key seal.Key, caseID int64, words bool) (proof seal.Proof, unsealed int, err error) {
	c, err := tx.GetCase(caseID)
	if err != nil {
		return proof, 0, err
	}
	program, err := tx.GetProgram(c.ProgramID)
	if err != nil {
		return proof, 0, err
	}
	tree, last, err := tx.sealedTree(key)
	if err != nil {
		return proof, 0, err
	}
	if tree.N == 0 {
		return proof, 0, NewError(Conflict, "Nothing of the log is sealed yet: the service does so each minute.", nil)
	}
	note, err := get[string](tx, "checkpoint", `
		SELECT note
		FROM seal_checkpoints
		WHERE size = ?`, tree.N)
	if err != nil {
		return proof, 0, err
	}
	proof = seal.Proof{Format: seal.Format, Program: program.Key, Case: c.Reference, Key: key.Public(), Checkpoint: note, Entries: []seal.Proven{}}
	rows, err := list[verifyRow](tx, "entries to prove", `
		SELECT a.id, a.at, a.program_id, a.case_id, a.party_id, a.actor, a.action, a.subject, a.why, a.event,
			w.words, s.words_hash, s.salt
		FROM audit a
		LEFT JOIN audit_words w ON w.audit_id = a.id
		LEFT JOIN seal_words s ON s.audit_id = a.id
		WHERE a.case_id = ?
		ORDER BY a.id`, caseID)
	if err != nil {
		return proof, 0, err
	}
	hashes := tlog.TileHashReader(tree, tx.tiles())
	var tile tileRow
	for _, row := range rows {
		if row.ID > last {
			unsealed++
			continue
		}
		if !slices.Contains(tile.ids, row.ID) {
			if tile, _, err = tx.tileOf(row.ID); err != nil {
				return proof, 0, err
			}
		}
		at, ok := slices.BinarySearch(tile.ids, row.ID)
		if !ok {
			return proof, 0, notWhole(fmt.Errorf("entry %d has no leaf", row.ID))
		}
		proven := seal.Proven{Leaf: tile.Number*sealWidth + int64(at), Entry: row.leaf(row.Bound)}
		if proven.Path, err = tlog.ProveRecord(tree.N, proven.Leaf, hashes); err != nil {
			return proof, 0, notWhole(err)
		}
		if words && row.Words != nil && row.Salt != nil {
			proven.Said = &seal.Said{Text: tx.Reveal(row.Words), Salt: tx.Reveal(row.Salt)}
		}
		proof.Entries = append(proof.Entries, proven)
	}
	return proof, unsealed, nil
}
