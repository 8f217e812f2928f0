package store

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"amends/store/seal"
)

// The log is sealed as it grows: a Merkle tree over its entries in the order of their ids, with signed checkpoints. The
// entries themselves are not touched and know nothing of it, so an event pays nothing for its seal; sealing costs what
// is new, and some tiles of the tree's right edge.
//
// An entry is sealed once nothing can appear before it any more (see settled), so the tree's order is that of the ids.
// Between its commit and its seal, a minute or so, it can be changed unseen; and what somebody adds to the table behind
// our back is sealed like what we add, and stands there for good.
//
// # The key
//
// Checkpoints are signed with a key that is derived from the keyset's look-up key. So there is nothing more to keep or to
// lose; who has the database, or a backup of it, but not the keyset's file, can forge no checkpoint; and as the look-up
// key is never rotated, neither is this one. Who has both can write another history. Against that, and against an older
// copy put in the database's place, helps what is out of their reach alone: a checkpoint that was handed to somebody else
// (`amends audit verify` prints the last one, each is in the program's log, each proof bears one), which
// `amends audit verify --against` compares with the log as it stands.

const (
	// sealHeight is that of a tile: 2⁸ hashes, 8 KiB, written again until it is full.
	sealHeight = 8
	sealWidth  = 1 << sealHeight
	// sealBatch bounds the entries of one transaction, and so of one checkpoint.
	sealBatch = 8 * sealWidth
	// beforeAll is below every id: none of ours is below 1, but somebody else's may be.
	beforeAll = math.MinInt64
)

// Sealing is what one SealAudit did.
type Sealing struct {
	Entries int    // newly sealed
	Note    string // the last checkpoint that was made, "" for none
	// Waits says that a transaction that writes the log has been open for seconds: what it may yet add goes first.
	Waits bool
}

// SealAudit seals what the log has grown by. Several instances may do so at once: one does. Salt makes what nobody can
// guess, 128 bits or more.
func (s *Store) SealAudit(ctx context.Context, now time.Time, salt func() string) (Sealing, error) {
	var total Sealing
	upTo, ok, err := s.settled(ctx)
	if err != nil {
		return total, err
	}
	if !ok {
		total.Waits = true
		return total, nil
	}
	for {
		var did Sealing
		if err := s.Update(ctx, func(tx *Tx) (err error) {
			did, err = tx.sealAudit(upTo, now, salt)
			return err
		}); err != nil {
			return total, err
		}
		total.Entries += did.Entries
		if did.Note != "" {
			total.Note = did.Note
		}
		if did.Entries < sealBatch {
			return total, nil
		}
	}
}

// SealStanding is how far the seal is behind the log.
type SealStanding struct {
	SealedAt Instant // the last checkpoint, 0 for none
	Unsealed int64   // entries since
	Oldest   Instant // the time of the first of them, 0 for none
}

// SealStanding looks how far the seal is behind the log, and checks nothing.
func (tx *Tx) SealStanding() (s SealStanding, err error) {
	if s.SealedAt, _, err = find[Instant](tx, "last checkpoint", `
		SELECT at
		FROM seal_checkpoints
		ORDER BY size DESC
		LIMIT 1`); err != nil {
		return s, err
	}
	last := int64(beforeAll)
	if tile, ok, err := tx.lastTile(); err != nil {
		return s, err
	} else if ok && len(tile.ids) > 0 {
		last = tile.ids[len(tile.ids)-1]
	}
	if s.Unsealed, _, err = find[int64](tx, "count unsealed", `
		SELECT COUNT(*)
		FROM audit
		WHERE id > ?`, last); err != nil {
		return s, err
	}
	s.Oldest, _, err = find[Instant](tx, "first unsealed", `
		SELECT at
		FROM audit
		WHERE id > ?
		ORDER BY id
		LIMIT 1`, last)
	return s, err
}

// sealAudit seals one batch, if nobody else does so just now.
func (tx *Tx) sealAudit(upTo int64, now time.Time, salt func() string) (did Sealing, err error) {
	if mine, err := tx.takeSealTurn(); err != nil || !mine {
		return did, err
	}
	key, err := tx.s.keys.auditKey()
	if err != nil {
		return did, err
	}
	tree, after, err := tx.sealedTree(key)
	if err != nil || after >= upTo {
		return did, err
	}
	entries, err := tx.entriesToSeal(after, upTo, salt)
	if err != nil || len(entries) == 0 {
		return did, err
	}
	grown, err := tx.grow(tree, entries)
	if err != nil {
		return did, err
	}
	if did.Note, err = key.Sign(seal.Checkpoint{Size: grown.N, Root: grown.Hash, At: At(now).Time()}); err != nil {
		return did, err
	}
	did.Entries = len(entries)
	_, err = tx.exec("add checkpoint", `
		INSERT INTO seal_checkpoints (size, at, note)
		VALUES (?, ?, ?)`, grown.N, At(now), did.Note)
	return did, err
}

// takeSealTurn takes the row that one at a time seals with.
func (tx *Tx) takeSealTurn() (bool, error) {
	const query = `
		SELECT name
		FROM seal_turn
		WHERE name = 'seal'`
	_, mine, err := find[string](tx, "take turn to seal", query+tx.s.dialect.claim)
	if err != nil || mine {
		return mine, err
	}
	_, there, err := find[string](tx, "look who seals", query)
	if err == nil && !there {
		err = NewError(Internal, "The log is sealed no more: the row of table seal_turn is gone. Nothing of ours removes it.", nil)
	}
	return false, err
}

// sealedTree is the tree of the last checkpoint and the id of its last entry; an empty one before the first.
func (tx *Tx) sealedTree(key seal.Key) (tree tlog.Tree, last int64, err error) {
	row, ok, err := find[checkpointRow](tx, "last checkpoint", `
		SELECT size, at, note
		FROM seal_checkpoints
		ORDER BY size DESC
		LIMIT 1`)
	if err != nil {
		return tree, 0, err
	}
	tile, tiled, err := tx.lastTile()
	if err != nil {
		return tree, 0, err
	}
	if !ok && !tiled {
		return tree, beforeAll, nil
	}
	c, err := seal.Open(row.Note, key.Public())
	if err != nil || c.Size != row.Size || !tiled || tile.leaves() != c.Size {
		return tree, 0, notWhole(err)
	}
	return tlog.Tree{N: c.Size, Hash: c.Root}, tile.ids[len(tile.ids)-1], nil
}

// notWhole stops whatever would build on a seal that does not hold.
func notWhole(cause error) error {
	return NewError(Internal, "The seal on the log does not hold, and nothing more is sealed: run amends audit verify.", cause)
}

// entriesToSeal are the next ones, with what they bind of their words.
func (tx *Tx) entriesToSeal(after, upTo int64, salt func() string) ([]seal.Entry, error) {
	fresh, err := list[Entry](tx, "entries to seal", `
		SELECT id, at, program_id, case_id, party_id, actor, action, subject, why, event
		FROM audit
		WHERE id > ?
		  AND id <= ?
		ORDER BY id
		LIMIT ?`, after, upTo, sealBatch)
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	bound, err := tx.bindWords(after, fresh[len(fresh)-1].ID, salt)
	if err != nil {
		return nil, err
	}
	entries := make([]seal.Entry, len(fresh))
	for i, e := range fresh {
		entries[i] = e.leaf(bound[e.ID])
	}
	return entries, nil
}

// bindWords makes what entries bind of their words, and keeps it with its salt.
func (tx *Tx) bindWords(after, upTo int64, salt func() string) (map[int64][]byte, error) {
	type worded struct {
		ID    int64  `db:"audit_id"`
		Words Sealed `db:"words"`
	}
	// Who erases words waits until we are done, or they would leave their salt behind.
	words, err := list[worded](tx, "words to seal", `
		SELECT audit_id, words
		FROM audit_words
		WHERE audit_id > ?
		  AND audit_id <= ?`+tx.s.dialect.lock, after, upTo)
	if err != nil {
		return nil, err
	}
	bound := map[int64][]byte{}
	for some := range slices.Chunk(words, auditBatch) {
		var args []any
		for _, w := range some {
			said, err := tx.s.keys.Open(w.Words)
			if err != nil {
				said = "" // somebody's bytes: they are bound as what does not read, and verifying says so
			}
			grain := salt()
			bound[w.ID] = seal.Words(grain, said)
			args = append(args, w.ID, bound[w.ID], tx.Seal(grain))
		}
		if _, err := tx.exec("seal words", `
			INSERT INTO seal_words (audit_id, words_hash, salt)
			VALUES `+rows(3, len(some)), args...); err != nil {
			return nil, err
		}
	}
	return bound, nil
}

// leaf is what is sealed of an entry.
func (e Entry) leaf(words []byte) seal.Entry {
	return seal.Entry{ID: e.ID, At: int64(e.At), ProgramID: int64(e.ProgramID), CaseID: int64(e.CaseID), PartyID: int64(e.PartyID),
		Actor: e.Actor, Action: e.Action, Subject: e.Subject, Why: e.Why, Event: e.Event, Words: words}
}

// auditKey is the key that checkpoints are signed with.
func (k *Keys) auditKey() (seal.Key, error) {
	seed, err := k.current().hasher.ComputePrimaryPRF([]byte("audit signing key\x00"), 32)
	if err != nil {
		return seal.Key{}, fmt.Errorf("derive the log's key: %w", err)
	}
	return seal.NewKey(bytes.NewReader(seed))
}

// AuditKey is the public key that the log's checkpoints are checked with.
func (k *Keys) AuditKey() (string, error) {
	key, err := k.auditKey()
	return key.Public(), err
}

const (
	settlePause = 5 * time.Millisecond // doubled each time, up to updatePause
	settleTries = 12                   // some two seconds
)

// settled is an id up to which no entry can appear any more. On PostgreSQL ids are given out before they are committed;
// who is about to add an entry holds a lock on the table from before its id is drawn until its commit. So what is
// waited for are those that hold one at this moment, milliseconds as a rule; nobody waits for us. SQLite has one writer.
func (s *Store) settled(ctx context.Context) (id int64, ok bool, err error) {
	var writers []string
	pause := settlePause
	for try := 1; ; try++ {
		err := s.View(ctx, func(tx *Tx) (err error) {
			if try == 1 { // before we look who writes
				if id, _, err = find[int64](tx, "last entry", `SELECT COALESCE(MAX(id), 0) FROM audit`); err != nil {
					return err
				}
			}
			now, err := tx.logWriters()
			if try == 1 {
				writers = now
			}
			writers = slices.DeleteFunc(writers, func(w string) bool { return !slices.Contains(now, w) })
			return err
		})
		if err != nil || len(writers) == 0 {
			return id, err == nil, err
		}
		if try == settleTries {
			return 0, false, nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return 0, false, ctx.Err()
		case <-timer.C:
		}
		pause = min(2*pause, updatePause)
	}
}

// logWriters are the transactions that have added to the log, or are about to.
func (tx *Tx) logWriters() ([]string, error) {
	if tx.s.dialect.name != "postgres" {
		return nil, nil
	}
	return list[string](tx, "writers of the log", `
		SELECT DISTINCT virtualtransaction
		FROM pg_locks
		WHERE locktype = 'relation'
		  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		  AND relation = 'audit'::regclass
		  AND mode = 'RowExclusiveLock'
		  AND granted`)
}
