package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amends/store"
	"amends/store/storetest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	keys := store.NewKeys()
	for _, text := range []string{"", "x", "¿Llegó? 🙂", strings.Repeat("long ", 5000)} {
		sealed := keys.Seal(text)
		found := len(text) > 1 && bytes.Contains(sealed, []byte(text)) // a single byte is found in any ciphertext by chance
		if found || text != "" && bytes.Equal(sealed, keys.Seal(text)) {
			t.Errorf("%.10q is not well sealed", text)
		}
		got, err := keys.Open(sealed)
		if err != nil || got != text {
			t.Errorf("%.10q opens to %.10q, %v", text, got, err)
		}
	}
	sealed := keys.Seal("text")
	if shown := fmt.Sprintf("%v %s %+v %#v", sealed, sealed, sealed, sealed); shown != "[sealed] [sealed] [sealed] [sealed]" {
		t.Errorf("a sealed text shows as %s", shown)
	}
	sealed[len(sealed)-1]++
	_, err := keys.Open(sealed)
	want(t, store.Internal, err)
	_, err = store.NewKeys().Open(keys.Seal("text"))
	want(t, store.Internal, err)
	if strings.Contains(err.Error(), "text\"") {
		t.Error("the error quotes the text")
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	keys := store.NewKeys()
	phone := keys.Hash("phone", "+13125550101")
	same(t, "twice", keys.Hash("phone", "+13125550101"), phone)
	same(t, "email", keys.Hash("email", " Dana@Example.org "), keys.Hash("email", "dana@example.org"))
	same(t, "nothing", keys.Hash("phone", "") == nil, true)
	for what, other := range map[string][]byte{
		"another phone": keys.Hash("phone", "+13125550102"),
		"another kind":  keys.Hash("name", "+13125550101"),
		"another key":   store.NewKeys().Hash("phone", "+13125550101"),
	} {
		if bytes.Equal(phone, other) {
			t.Errorf("%s has the same hash", what)
		}
	}
}

func TestLoadKeysAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "keyset.json")
	hashes := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range hashes {
		group.Go(func() {
			keys, err := store.LoadKeys(path)
			if err != nil {
				t.Error(err)
				return
			}
			hashes[i] = keys.Hash("phone", "x")
		})
	}
	group.Wait()
	for _, hash := range hashes {
		same(t, "the same keys", hash, hashes[0])
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "mode", info.Mode().Perm(), os.FileMode(0o600))
	files, _ := os.ReadDir(filepath.Dir(path))
	same(t, "no file is left over", len(files), 1)
}

func TestLoadKeysBad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "keyset.json")
	if _, err := store.LoadKeys(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		content []byte
		mode    os.FileMode
	}{
		"open to the group": {good, 0o640},
		"open to the world": {good, 0o604},
		"empty":             {nil, 0o600},
		"cut short":         {good[:len(good)/2], 0o600},
		"no JSON":           {[]byte("secret"), 0o600},
		"no keyset":         {[]byte(`{"seal":{},"lookup":{}}`), 0o600},
	} {
		bad := filepath.Join(folder, what)
		if err := os.WriteFile(bad, c.content, c.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(bad, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := store.LoadKeys(bad)
		want(t, store.Invalid, err)
		if err != nil && (strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), bad)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = store.LoadKeys(folder)
	want(t, store.Invalid, err)
}

// TestRotate rotates the keys of a store in use: two instances with the same file, one of which
// rotates and seals anew, while the other goes on.
func TestRotate(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		path := filepath.Join(t.TempDir(), "keyset.json")
		load := func() *store.Keys {
			keys, err := store.LoadKeys(path)
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		db.Keys = load()
		serving := db.Open(t)
		w := begin(t, serving)
		fill(t, serving, w)
		fillConsole(t, serving)
		fillFigures(t, serving, w)
		if _, err := serving.SealAudit(t.Context(), noon(), salts()); err != nil {
			t.Fatal(err)
		}
		oldKeys := load()

		db.Keys = load()
		command := db.Open(t)
		if err := db.Keys.Rotate(); err != nil {
			t.Fatal(err)
		}
		same(t, "old ones still open", opens(t, oldKeys, db.Keys.Seal("x")), true) // the file is read again
		before := sealedValues(t, command)
		var done, total int64
		if err := command.Reseal(t.Context(), func(d, of int64) { done, total = d, of }); err != nil {
			t.Fatal(err)
		}
		if done == 0 || done != total {
			t.Errorf("%d of %d were resealed", done, total)
		}
		after := sealedValues(t, command)
		for column, value := range before {
			if value == after[column] {
				t.Errorf("%s was not resealed", column)
			}
		}
		for _, s := range []*store.Store{serving, command} {
			view(t, s, func(tx *store.Tx) error {
				p, err := tx.GetParty(w.victim.ID)
				same(t, "the name", tx.Reveal(p.Name), "Alex Kim")
				line, ok, _ := tx.FindLine(w.program.ID, "+13125550101")
				same(t, "the phone", []any{ok, tx.Reveal(line.Phone)}, []any{true, "+13125550101"})
				return err
			})
		}
		again := db.Open(t)
		if err := again.Reseal(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		same(t, "a second time nothing changes", sealedValues(t, again), after)
		db.Keys = load()
		db.Open(t)
	})
}

func opens(t *testing.T, keys *store.Keys, s store.Sealed) bool {
	t.Helper()
	_, err := keys.Open(s)
	return err == nil
}

// sealedValues are all values of each column that Reseal knows, as one string.
func sealedValues(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, column := range store.SealedColumns() {
		table, name, _ := strings.Cut(column, ".")
		var all [][]byte
		query := fmt.Sprintf("SELECT %s FROM %s WHERE %s IS NOT NULL ORDER BY 1", name, table, name)
		if err := store.DB(s).SelectContext(t.Context(), &all, query); err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			t.Errorf("the test has nothing in %s", column)
		}
		values[column] = fmt.Sprintf("%x", all)
	}
	return values
}

// fill puts something into every sealed column.
func fill(t *testing.T, s *store.Store, w *world) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		w.his.Talk = tx.Seal("talk of Jordan Fox")
		m := w.text(tx, "m1", store.ClassPrompt, noon())
		session := w.session(tx, "victim-checkin", store.SessionOpen, noon(), noon())
		e, err := w.escalation(tx, "call", "", noon())
		if err != nil {
			return err
		}
		e.Note = tx.Seal("a note on Jordan Fox")
		a := store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "f", Question: "q", Value: tx.Seal("Alex Kim said"), At: store.At(noon())}
		for _, err := range []error{tx.SaveLine(w.his), tx.AddMessage(&m), tx.AddSession(&session), tx.AddEscalation(&e), tx.AddAnswer(&a),
			tx.Log(store.Entry{At: store.At(noon()), Actor: "party:v", Action: "consent.given", Words: tx.Seal("Alex Kim agrees")})} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// fillFigures has well-being in the totals of the figures, and some that is not in them yet.
func fillFigures(t *testing.T, s *store.Store, w *world) {
	t.Helper()
	say := func(values ...string) {
		update(t, s, func(tx *store.Tx) error {
			for _, v := range values {
				if err := tx.AddAnswer(&store.Answer{CaseID: w.kase.ID, PartyID: w.victim.ID, Flow: "victim-checkin", Question: "wellbeing", Value: tx.Seal(v),
					At: store.At(noon())}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	say("2", "4")
	if _, err := s.FoldFigures(t.Context()); err != nil {
		t.Fatal(err)
	}
	say("5")
}

// TestNothingInClear looks through every table, and SQLite's file, for the words that are private.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		s := db.Open(t)
		w := begin(t, s)
		fill(t, s, w)
		tables := regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(store.Migrations(), -1)
		var dump bytes.Buffer
		for _, table := range tables {
			rows, err := store.DB(s).QueryxContext(t.Context(), "SELECT * FROM "+table[1])
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				cells, err := rows.SliceScan()
				if err != nil {
					t.Fatal(err)
				}
				for _, cell := range cells {
					if raw, ok := cell.([]byte); ok {
						cell = string(raw)
					}
					fmt.Fprintln(&dump, table[1], cell)
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}
		if path, ok := strings.CutPrefix(db.URL, "sqlite:"); ok {
			for _, file := range []string{path, path + "-wal"} {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				dump.Write(raw)
			}
		}
		for _, word := range []string{"riverside", "RJ-2026-0142"} { // the dump is one
			if !bytes.Contains(dump.Bytes(), []byte(word)) {
				t.Errorf("the dump has not even %q", word)
			}
		}
		for _, word := range private() {
			if bytes.Contains(dump.Bytes(), []byte(word)) {
				t.Errorf("%q stands in clear", word)
			}
		}
	})
}

// TestSealedColumns compares what Reseal knows with the schema: every BYTES column is a hash or sealed.
func TestSealedColumns(t *testing.T) {
	t.Parallel()
	known := store.SealedColumns()
	table := ""
	for line := range strings.Lines(store.Migrations()) {
		if m := regexp.MustCompile(`(?:CREATE|ALTER) TABLE (\w+)`).FindStringSubmatch(line); m != nil {
			table = m[1]
		}
		m := regexp.MustCompile(`^\s+(\w+)\s+BYTES\b`).FindStringSubmatch(line)
		if m == nil || strings.HasSuffix(m[1], "_hash") || table == "installation" {
			continue
		}
		if !slices.Contains(known, table+"."+m[1]) {
			t.Errorf("Reseal does not know %s.%s", table, m[1])
		}
	}
}

func TestWrongKeys(t *testing.T) {
	t.Parallel()
	storetest.EachDatabase(t, func(t *testing.T, db storetest.Database) {
		begin(t, db.Open(t))
		_, err := store.Open(t.Context(), store.Options{URL: db.URL, Keys: store.NewKeys()})
		want(t, store.Invalid, err)
		if err == nil || !strings.Contains(store.Sentence(err), "does not belong to this database") {
			t.Errorf("sentence: %s", store.Sentence(err))
		}
		_, err = store.Open(t.Context(), store.Options{URL: db.URL})
		want(t, store.Invalid, err)
	})
}

// TestUnreadable has one text that does not open fail the transaction, though nobody looked.
func TestUnreadable(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *world) {
		foreign := store.NewKeys().Seal("x")
		start := time.Now()
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			same(t, "text", tx.Reveal(foreign), "")
			return tx.SetAbsent(w.dana.ID, date("2026-03-09"))
		})
		want(t, store.Internal, err)
		if time.Since(start) > time.Second {
			t.Error("it was tried again and again")
		}
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.GetStaff(w.dana.ID)
			same(t, "nothing was written", got.AbsentUntil.IsZero(), true)
			return err
		})
		err = s.View(t.Context(), func(tx *store.Tx) error { tx.Reveal(foreign); return nil })
		want(t, store.Internal, err)
		var n int
		update(t, s, func(tx *store.Tx) error { return tx.RevealJSON(tx.SealJSON(7), &n) })
		same(t, "JSON", n, 7)
		err = s.Update(t.Context(), func(tx *store.Tx) error { return tx.RevealJSON(tx.Seal("secret words"), &n) })
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("what is no JSON: %v", err)
		}
		err = s.Update(t.Context(), func(tx *store.Tx) error { tx.SealJSON(func() {}); return nil })
		want(t, store.Internal, err)
	})
}
