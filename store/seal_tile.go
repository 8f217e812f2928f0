package store

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"amends/store/seal"
)

// checkpointRow is a checkpoint as it stands in its table.
type checkpointRow struct {
	Size int64   `db:"size"`
	At   Instant `db:"at"`
	Note string  `db:"note"`
}

// tileRow is a tile as it stands in its table.
type tileRow struct {
	Level   int64  `db:"level"`
	Number  int64  `db:"number"`
	Entries Word   `db:"entries"`
	Hashes  []byte `db:"tile_hash"`

	ids []int64 // of level 0: the entries'
}

const tileColumns = `level, number, entries, tile_hash`

// width is how many hashes there are.
func (t tileRow) width() int { return len(t.Hashes) / tlog.HashSize }

// leaves is how many leaves there are up to the end of a tile of level 0.
func (t tileRow) leaves() int64 { return t.Number*sealWidth + int64(t.width()) }

func (t tileRow) hash(i int) (h tlog.Hash) {
	copy(h[:], t.Hashes[i*tlog.HashSize:])
	return h
}

// read takes the row apart; false if it is none that we wrote.
func (t *tileRow) read() bool {
	n := t.width()
	if n == 0 || n > sealWidth || len(t.Hashes)%tlog.HashSize != 0 {
		return false
	}
	if t.Level > 0 {
		return true
	}
	t.ids = make([]int64, 0, n)
	for field := range strings.FieldsSeq(string(t.Entries)) {
		id, err := strconv.ParseInt(field, 10, 64)
		if err != nil || len(t.ids) > 0 && id <= t.ids[len(t.ids)-1] {
			return false
		}
		t.ids = append(t.ids, id)
	}
	return len(t.ids) == n
}

// lastTile is the last of level 0.
func (tx *Tx) lastTile() (tileRow, bool, error) {
	return tx.tile("last tile", `
		SELECT `+tileColumns+`
		FROM seal_tiles
		WHERE level = 0
		ORDER BY number DESC
		LIMIT 1`)
}

// tileOf is the one of level 0 in which an entry stands, if it is sealed.
func (tx *Tx) tileOf(auditID int64) (tileRow, bool, error) {
	return tx.tile("tile of an entry", `
		SELECT `+tileColumns+`
		FROM seal_tiles
		WHERE first_id <= ?
		ORDER BY first_id DESC
		LIMIT 1`, auditID)
}

func (tx *Tx) tile(what, query string, args ...any) (tileRow, bool, error) {
	row, ok, err := find[tileRow](tx, what, query, args...)
	if err == nil && ok && !row.read() {
		err = notWhole(fmt.Errorf("tile %d of level %d is damaged", row.Number, row.Level))
	}
	return row, ok, err
}

// tiles reads the tree's tiles for tlog, each once.
type tiles struct {
	tx   *Tx
	read map[[2]int64][]byte
}

func (tx *Tx) tiles() tiles { return tiles{tx, map[[2]int64][]byte{}} }

// Height is that of the tiles.
func (tiles) Height() int { return sealHeight }

// SaveTiles does nothing: they are there.
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles reads tiles; of one that has grown since, its beginning.
func (r tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, w := range wanted {
		at := [2]int64{int64(w.L), w.N}
		if _, ok := r.read[at]; !ok {
			row, _, err := r.tx.tile("tile", `
				SELECT `+tileColumns+`
				FROM seal_tiles
				WHERE level = ?
				  AND number = ?`, w.L, w.N)
			if err != nil {
				return nil, err
			}
			r.read[at] = row.Hashes
		}
		if len(r.read[at]) < w.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %s is not there", w.Path())
		}
		data[i] = r.read[at][:w.W*tlog.HashSize]
	}
	return data, nil
}

// growth is a tree with hashes that are not stored yet.
type growth struct {
	old   tlog.HashReader
	fresh map[int64]tlog.Hash
}

// ReadHashes reads the fresh ones, and the others from the old tree.
func (g growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	var stored, places []int64
	for i, index := range indexes {
		if h, ok := g.fresh[index]; ok {
			hashes[i] = h
			continue
		}
		stored, places = append(stored, index), append(places, int64(i))
	}
	if len(stored) == 0 {
		return hashes, nil
	}
	old, err := g.old.ReadHashes(stored)
	for i := range old {
		hashes[places[i]] = old[i]
	}
	return hashes, err
}

// grow adds entries to a tree and writes the tiles that change. What it reads of the old tree is checked against its
// root, so that nothing is built on hashes that somebody changed.
func (tx *Tx) grow(tree tlog.Tree, entries []seal.Entry) (grown tlog.Tree, err error) {
	g := growth{tlog.TileHashReader(tree, tx.tiles()), map[int64]tlog.Hash{}}
	n := tree.N
	for _, e := range entries {
		hashes, err := tlog.StoredHashesForRecordHash(n, e.Hash(), g)
		if err != nil {
			return grown, notWhole(err)
		}
		for i, h := range hashes {
			g.fresh[tlog.StoredHashIndex(0, n)+int64(i)] = h
		}
		n++
	}
	for _, t := range tlog.NewTiles(sealHeight, tree.N, n) {
		data, err := tlog.ReadTileData(t, g)
		if err != nil {
			return grown, notWhole(err)
		}
		if err := tx.writeTile(t, data, tree.N, entries); err != nil {
			return grown, err
		}
	}
	root, err := tlog.TreeHash(n, g)
	if err != nil {
		return grown, notWhole(err)
	}
	return tlog.Tree{N: n, Hash: root}, nil
}

// writeTile writes a tile or what it has grown to. Of a tree of n leaves, entries are those that come after them.
func (tx *Tx) writeTile(t tlog.Tile, data []byte, n int64, entries []seal.Entry) error {
	var first ID
	var ids Word
	if t.L == 0 {
		begin := t.N * sealWidth
		var list strings.Builder
		if begin < n { // it has a beginning already
			had, _, err := tx.lastTile()
			if err != nil {
				return err
			}
			list.WriteString(string(had.Entries))
			first, begin = ID(had.ids[0]), n
		}
		for _, e := range entries[begin-n : t.N*sealWidth+int64(t.W)-n] {
			if list.Len() > 0 {
				list.WriteByte(' ')
			}
			list.WriteString(strconv.FormatInt(e.ID, 10))
			if first == 0 {
				first = ID(e.ID)
			}
		}
		ids = Word(list.String())
	}
	_, err := tx.exec("write tile", `
		INSERT INTO seal_tiles (level, number, first_id, entries, tile_hash)
		VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (level, number) DO UPDATE
		SET entries = excluded.entries, tile_hash = excluded.tile_hash`, t.L, t.N, first, ids, data)
	return err
}
