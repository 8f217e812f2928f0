package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"amends/store/seal"
)

// faultsTold bounds what is told one by one: who changed the whole log needs no list.
const faultsTold = 100

// AuditReport is what verifying the log came to. It is whole if there are no faults.
type AuditReport struct {
	Key         string // the public key that checkpoints were checked with
	Sealed      int64  // entries
	Unsealed    int64  // entries since
	Erased      int64  // entries whose words were erased by rights
	Checkpoints int64
	Last        string // the last checkpoint's note, "" for none
	LastAt      time.Time
	// Longest is how long an entry waited for its seal, at most: minutes as a rule, and after an outage as long as it
	// took. A log that was begun anew shows here.
	Longest   time.Duration
	LongestID int64
	Faults    []string // sentences
	More      int64    // faults that are not among them
}

func (r *AuditReport) fault(format string, args ...any) {
	if len(r.Faults) == faultsTold {
		r.More++
		return
	}
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// VerifyAudit reads the whole log once, in its order, and compares each entry with what was sealed, and what was sealed
// with every checkpoint. Against are notes of checkpoints that were kept elsewhere: the log must have grown from them.
// It costs time in proportion to the log, and memory for 32 bytes of each 256 entries.
func (s *Store) VerifyAudit(ctx context.Context, against []string, progress func(done, total int64)) (AuditReport, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	key, err := s.keys.AuditKey()
	if err != nil {
		return AuditReport{}, err
	}
	var kept []seal.Checkpoint
	for _, note := range against {
		c, err := seal.Open(note, key)
		if err != nil {
			return AuditReport{}, NewError(Invalid, fmt.Sprintf("The checkpoint to compare with is %s.", err), nil)
		}
		kept = append(kept, c)
	}
	slices.SortFunc(kept, func(a, b seal.Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	v := verifier{key: key, kept: kept, progress: progress}
	err = s.View(ctx, func(tx *Tx) error {
		v.tx, v.AuditReport, v.lastID = tx, AuditReport{Key: key}, beforeAll
		return v.verify()
	})
	return v.AuditReport, err
}

// verifier goes along the log, its tiles and its checkpoints at once.
type verifier struct {
	AuditReport
	tx       *Tx
	key      string
	kept     []seal.Checkpoint
	progress func(done, total int64)

	tree    seal.Frontier
	above   []tlog.Hash // of each tile of level 0 that is full, its hash
	waiting []checkpointRow
	lastRow int64           // the size of the last checkpoint read
	good    seal.Checkpoint // the last that held
	opened  seal.Checkpoint // the last that was signed
	broken  bool            // a checkpoint did not hold: those after it can't either
	lastID  int64           // the last entry that is sealed
	oldest  struct {        // since the last checkpoint
		id int64
		at Instant
	}
}

const (
	verifyTiles       = 16
	verifyCheckpoints = 1000
)

func (v *verifier) verify() error {
	total, _, err := find[int64](v.tx, "count entries", `SELECT COUNT(*) FROM audit`)
	if err != nil {
		return err
	}
	for more := true; more; {
		rows, err := list[tileRow](v.tx, "tiles", `
			SELECT `+tileColumns+`
			FROM seal_tiles
			WHERE level = 0
			  AND number >= ?
			ORDER BY number
			LIMIT ?`, len(v.above), verifyTiles)
		if err != nil {
			return err
		}
		if more, err = v.tiles(rows); err != nil {
			return err
		}
		v.progress(v.tree.Size(), total)
	}
	if err := v.checkpointsLeft(); err != nil {
		return err
	}
	if err := v.upper(); err != nil {
		return err
	}
	if err := v.names(); err != nil {
		return err
	}
	v.Sealed = v.tree.Size()
	v.Unsealed, _, err = find[int64](v.tx, "count unsealed", `
		SELECT COUNT(*)
		FROM audit
		WHERE id > ?`, v.lastID)
	v.progress(total, total)
	return err
}

// tiles goes through some tiles and the entries that belong to them; false if they were the last.
func (v *verifier) tiles(rows []tileRow) (more bool, err error) {
	for i := range rows {
		n := int64(len(v.above))
		if rows[i].Number != n || !rows[i].read() {
			v.fault("The hashes of entries %d to %d of the tree are missing or damaged: what follows them can't be checked.", n*sealWidth, n*sealWidth+sealWidth-1)
			return false, nil
		}
		if err := v.tile(&rows[i]); err != nil {
			return false, err
		}
		if rows[i].width() < sealWidth {
			return false, nil // any other behind it is found by what the checkpoints say
		}
		v.above = append(v.above, subtree(rows[i]))
	}
	return len(rows) == verifyTiles, nil
}

// subtree is the hash of a full tile.
func subtree(t tileRow) tlog.Hash {
	var f seal.Frontier
	for i := range t.width() {
		f.Add(t.hash(i))
	}
	return f.Root()
}

// verifyRow is an entry with what is bound of its words.
type verifyRow struct {
	Entry
	Bound  Sealed `db:"words_hash"`
	Salt   Sealed `db:"salt"`
	Erased bool   `db:"erased"`
}

// entriesIn are the entries of a stretch of the log.
func (v *verifier) entriesIn(after, upTo int64) ([]verifyRow, error) {
	return list[verifyRow](v.tx, "entries to verify", `
		SELECT a.id, a.at, a.program_id, a.case_id, a.party_id, a.actor, a.action, a.subject, a.why, a.event,
			w.words, s.words_hash, s.salt,
			s.audit_id IS NOT NULL AND w.audit_id IS NULL AND (
				EXISTS (SELECT 1 FROM audit x WHERE x.case_id = a.case_id AND x.id > a.id AND x.action IN ('case.erased', 'party.erased')
					AND (x.action = 'case.erased' OR x.party_id = a.party_id))
				OR EXISTS (SELECT 1 FROM audit x WHERE x.action = 'text.erased' AND x.why = 'event ' || a.event AND x.id > a.id
					AND x.program_id = a.program_id)) AS erased
		FROM audit a
		LEFT JOIN audit_words w ON w.audit_id = a.id
		LEFT JOIN seal_words s ON s.audit_id = a.id
		WHERE a.id > ?
		  AND a.id <= ?
		ORDER BY a.id`, after, upTo)
}

// tile compares a tile's entries with the log.
func (v *verifier) tile(t *tileRow) error {
	rows, err := v.entriesIn(v.lastID, t.ids[len(t.ids)-1])
	if err != nil {
		return err
	}
	for i, id := range t.ids {
		for len(rows) > 0 && rows[0].ID < id {
			v.fault("Entry %d was inserted: it stands among those that are sealed and is none of them.", rows[0].ID)
			rows = rows[1:]
		}
		if len(rows) == 0 || rows[0].ID != id {
			v.fault("Entry %d is missing.", id)
		} else {
			v.entry(rows[0], t.hash(i))
			rows = rows[1:]
		}
		v.tree.Add(t.hash(i))
		v.lastID = id
		if err := v.checkpoint(); err != nil {
			return err
		}
	}
	return nil
}

// entry compares an entry with the hash that was sealed.
func (v *verifier) entry(row verifyRow, sealed tlog.Hash) {
	if v.oldest.at == 0 || row.At < v.oldest.at {
		v.oldest.id, v.oldest.at = row.ID, row.At
	}
	if row.leaf(row.Bound).Hash() != sealed {
		v.fault("Entry %d is not what was sealed.", row.ID)
		return
	}
	switch {
	case row.Bound == nil && row.Words == nil:
	case row.Bound == nil:
		v.fault("Entry %d was given words that it had not.", row.ID)
	case row.Words == nil && row.Erased:
		v.Erased++
	case row.Words == nil:
		v.fault("The words of entry %d are missing, and no entry says that they were erased.", row.ID)
	default:
		words, err := v.tx.s.keys.Open(row.Words)
		salt, err2 := v.tx.s.keys.Open(row.Salt)
		if err != nil || err2 != nil || !bytes.Equal(row.Bound, seal.Words(salt, words)) {
			v.fault("The words of entry %d were changed.", row.ID)
		}
	}
}

// checkpoint compares the tree, grown by a leaf, with the checkpoint of that size, if there is one.
func (v *verifier) checkpoint() error {
	size := v.tree.Size()
	for len(v.kept) > 0 && v.kept[0].Size == size {
		if v.kept[0].Root != v.tree.Root() {
			v.fault("The log is not that of the checkpoint kept elsewhere (%d entries, %s): its past was rewritten.", size, v.kept[0].At.Format(time.RFC3339))
		}
		v.kept = v.kept[1:]
	}
	next, ok, err := v.next()
	if err != nil || !ok || next.Size > size {
		return err
	}
	v.waiting = v.waiting[1:]
	v.hold(next)
	return nil
}

// next is the next checkpoint.
func (v *verifier) next() (checkpointRow, bool, error) {
	if len(v.waiting) == 0 && v.lastRow >= 0 {
		rows, err := list[checkpointRow](v.tx, "checkpoints", `
			SELECT size, at, note
			FROM seal_checkpoints
			WHERE size > ?
			ORDER BY size
			LIMIT ?`, v.lastRow, verifyCheckpoints)
		if err != nil {
			return checkpointRow{}, false, err
		}
		v.waiting, v.lastRow = rows, -1
		if len(rows) == verifyCheckpoints {
			v.lastRow = rows[len(rows)-1].Size
		}
	}
	if len(v.waiting) == 0 {
		return checkpointRow{}, false, nil
	}
	return v.waiting[0], true, nil
}

// hold says whether a checkpoint holds for the tree as it is.
func (v *verifier) hold(row checkpointRow) {
	v.Checkpoints++
	c, err := seal.Open(row.Note, v.key)
	switch {
	case err != nil:
		v.fault("The checkpoint of %d entries is forged or damaged: %s.", row.Size, err)
		return
	case c.Size != row.Size || At(c.At) != row.At:
		v.fault("The checkpoint of %d entries was put in another's place: it is that of %d.", row.Size, c.Size)
		return
	}
	v.opened, v.Last, v.LastAt = c, row.Note, c.At
	switch {
	case c.Root == v.tree.Root():
		v.good = c
	case !v.broken:
		v.broken = true
		v.fault("Of the entries of the tree from %d to %d one was changed together with its hash: they are not what was sealed at %s.",
			v.good.Size, c.Size-1, c.At.Format(time.RFC3339))
	}
	if wait := c.At.Sub(v.oldest.at.Time()); v.oldest.at != 0 && wait > v.Longest {
		v.Longest, v.LongestID = wait, v.oldest.id
	}
	v.oldest.id, v.oldest.at = 0, 0
}

// checkpointsLeft says what is wrong where tree and checkpoints don't end together.
func (v *verifier) checkpointsLeft() error {
	size := v.tree.Size()
	if v.opened.Size < size {
		v.fault("The hashes of %d entries stand behind the last checkpoint, or it is forged: a checkpoint was taken away.", size-v.opened.Size)
	}
	for _, c := range v.kept {
		v.fault("The log was cut: a checkpoint kept elsewhere vouches for %d entries (%s), and %d are sealed here.", c.Size, c.At.Format(time.RFC3339), size)
	}
	for {
		row, ok, err := v.next()
		if err != nil || !ok {
			return err
		}
		v.waiting = v.waiting[1:]
		v.Checkpoints++
		if c, err := seal.Open(row.Note, v.key); err != nil {
			v.fault("The checkpoint of %d entries is forged or damaged: %s.", row.Size, err)
		} else {
			v.fault("The log was cut: at %s %d entries were sealed, and there are hashes of %d.", c.At.Format(time.RFC3339), c.Size, size)
		}
	}
}

// upper compares the tiles above the entries' with what they are made of: new seals and proofs are built on them.
func (v *verifier) upper() error {
	hashes := v.above
	for level := int64(1); len(hashes) > 0; level++ {
		var above []tlog.Hash
		for number := int64(0); int(number)*sealWidth < len(hashes); number++ {
			row, _, err := find[tileRow](v.tx, "tile", `
				SELECT `+tileColumns+`
				FROM seal_tiles
				WHERE level = ?
				  AND number = ?`, level, number)
			if err != nil {
				return err
			}
			part := hashes[number*sealWidth : min(int(number+1)*sealWidth, len(hashes))]
			want := tileRow{Level: level}
			for _, h := range part {
				want.Hashes = append(want.Hashes, h[:]...)
			}
			if !bytes.Equal(want.Hashes, row.Hashes) {
				v.fault("Tile %d of level %d of the tree was changed.", number, level)
			}
			if len(part) == sealWidth {
				above = append(above, subtree(want))
			}
		}
		hashes = above
	}
	return nil
}

// names compares what cases are called with what they were opened as: their entries bear their number alone.
func (v *verifier) names() error {
	rows, err := list[struct {
		ID  int64  `db:"id"`
		Is  string `db:"is_named"`
		Was string `db:"was_named"`
	}](v.tx, "names of cases", `
		SELECT c.id, p.key || ': ' || c.reference AS is_named, a.why AS was_named
		FROM audit a
		JOIN cases c ON c.id = a.case_id
		JOIN programs p ON p.id = c.program_id
		WHERE a.action = ?
		  AND a.why <> p.key || ': ' || c.reference
		ORDER BY c.id
		LIMIT ?`, seal.Opened, faultsTold)
	for _, r := range rows {
		v.fault("Case %d is called %q, and was opened as %q.", r.ID, r.Is, r.Was)
	}
	return err
}
