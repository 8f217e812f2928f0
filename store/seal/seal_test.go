package seal_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"amends/store/seal"
)

// memory holds a tree's hashes as tlog stores them.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) (hashes []tlog.Hash, err error) {
	for _, i := range indexes {
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

func key(t rapid.TB, seed byte) seal.Key {
	t.Helper()
	k, err := seal.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func entries() *rapid.Generator[seal.Entry] {
	return rapid.Custom(func(t *rapid.T) seal.Entry {
		text := rapid.String()
		id := rapid.Int64Range(0, 3)
		return seal.Entry{ID: rapid.Int64Range(1, 1<<60).Draw(t, "id"), At: rapid.Int64().Draw(t, "at"), ProgramID: id.Draw(t, "program"),
			CaseID: 7, PartyID: id.Draw(t, "party"), Actor: text.Draw(t, "actor"), Action: text.Draw(t, "action"),
			Subject: text.Draw(t, "subject"), Why: text.Draw(t, "why"), Event: text.Draw(t, "event"),
			Words: rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "words")}
	})
}

// TestLeaf: entries that differ have leaves that differ, whatever stands in them.
func TestLeaf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := entries().Draw(t, "a"), entries().Draw(t, "b")
		if rapid.Bool().Draw(t, "nearly the same") {
			b = a
			field := reflect.ValueOf(&b).Elem().Field(rapid.IntRange(0, reflect.TypeFor[seal.Entry]().NumField()-1).Draw(t, "field"))
			switch field.Kind() {
			case reflect.Int64:
				field.SetInt(field.Int() ^ 1)
			case reflect.String:
				field.SetString(field.String() + "\n")
			default:
				field.SetBytes(append([]byte{1}, field.Bytes()...))
			}
		}
		alike := fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b)
		if bytes.Equal(a.Leaf(), b.Leaf()) != alike {
			t.Fatalf("leaves of %#v and %#v", a, b)
		}
	})
}

func TestLeafAsWritten(t *testing.T) {
	t.Parallel()
	got := string(seal.Entry{ID: 17, At: 1, CaseID: 3, Actor: "system", Action: "case.opened", Why: "a\nb"}.Leaf())
	want := "amends audit entry 1\nid 2 17\nat 1 1\nprogram_id -\ncase_id 1 3\nparty_id -\nactor 6 system\naction 11 case.opened\n" +
		"subject 0 \nwhy 3 a\nb\nevent 0 \nwords -\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestProof: what is proven checks, with the right key alone; whatever is changed in it does not.
func TestProof(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(entries(), 1, 40).Draw(t, "entries")
		all[0].Action, all[0].Why, all[0].Words = seal.Opened, seal.Named("riverside", "RJ-1"), nil
		var tree seal.Frontier
		var stored memory
		for n, e := range all {
			hashes, err := tlog.StoredHashesForRecordHash(int64(n), e.Hash(), stored)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, hashes...)
			tree.Add(e.Hash())
		}
		root, err := tlog.TreeHash(tree.Size(), stored)
		if err != nil || root != tree.Root() {
			t.Fatalf("the frontier's root is %v, tlog's %v, %v", tree.Root(), root, err)
		}
		at := time.Date(2026, 3, 2, 18, 0, 0, 5e6, time.UTC)
		k := key(t, 1)
		signed, err := k.Sign(seal.Checkpoint{Size: tree.Size(), Root: root, At: at})
		if err != nil {
			t.Fatal(err)
		}
		p := seal.Proof{Format: seal.Format, Program: "riverside", Case: "RJ-1", Key: k.Public(), Checkpoint: signed}
		for n, e := range all {
			path, err := tlog.ProveRecord(tree.Size(), int64(n), stored)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Words) > 0 {
				e.Words = nil // they are in the next test
				continue
			}
			p.Entries = append(p.Entries, seal.Proven{Leaf: int64(n), Entry: e, Path: path})
		}
		var file bytes.Buffer
		if err := p.Write(&file); err != nil {
			t.Fatal(err)
		}
		read, err := seal.Read(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		c, faults := read.Check(k.Public())
		if len(faults) > 0 || c.Size != tree.Size() || !c.At.Equal(at) {
			t.Fatalf("%v %v", c, faults)
		}
		if _, faults := read.Check(key(t, 2).Public()); len(faults) == 0 {
			t.Fatal("it checks with another key")
		}
		for what, forged := range map[string]seal.Proof{"another case": {Program: "riverside", Case: "RJ-2", Entries: read.Entries},
			"another program": {Program: "lakeside", Case: "RJ-1", Entries: read.Entries},
			"no opening":      {Program: "riverside", Case: "RJ-1", Entries: read.Entries[1:]}} {
			forged.Checkpoint = read.Checkpoint
			if _, faults := forged.Check(k.Public()); len(faults) != 1 || !strings.Contains(faults[0], "riverside: RJ-1") {
				t.Fatalf("%s: %v", what, faults)
			}
		}
		i := rapid.IntRange(0, len(read.Entries)-1).Draw(t, "which")
		read.Entries[i].Why += "x"
		if _, faults := read.Check(k.Public()); len(faults) != 1 {
			t.Fatalf("a changed entry: %v", faults)
		}
	})
}

func TestWordsDisclosed(t *testing.T) {
	t.Parallel()
	e := seal.Entry{ID: 1, CaseID: 7, Action: seal.Opened, Why: seal.Named("", ""), Words: seal.Words("salt", "yes I will")}
	k := key(t, 1)
	signed, err := k.Sign(seal.Checkpoint{Size: 1, Root: e.Hash()})
	if err != nil {
		t.Fatal(err)
	}
	p := seal.Proof{Format: seal.Format, Key: k.Public(), Checkpoint: signed, Entries: []seal.Proven{{Entry: e, Said: &seal.Said{Text: "yes I will", Salt: "salt"}, Path: []tlog.Hash{}}}}
	if _, faults := p.Check(k.Public()); len(faults) > 0 {
		t.Error(faults)
	}
	p.Entries[0].Said.Text = "no"
	if _, faults := p.Check(k.Public()); len(faults) != 1 {
		t.Error(faults)
	}
}

func TestEditedFiles(t *testing.T) {
	t.Parallel()
	k := key(t, 1)
	var file bytes.Buffer
	if err := (seal.Proof{Format: seal.Format, Case: "RJ-1", Key: k.Public(), Checkpoint: "x", Entries: []seal.Proven{{Entry: seal.Entry{ID: 1, Actor: "system"}}}}).Write(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Read(file.Bytes()); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{`"case": "RJ-1"`, `"case": "RJ-1", "verdict": "guilty"`},
		{`"actor": "system"`, `"actor": "staff:dana", "actor": "system"`},
		{`"actor"`, `"Actor"`},
		{seal.Format, "amends audit proof 2"},
		{`{`, ``},
	} {
		edited := strings.Replace(file.String(), edit[0], edit[1], 1)
		if _, err := seal.Read([]byte(edited)); err == nil || edited == file.String() {
			t.Errorf("%s is taken", edit[1])
		}
	}
	if _, err := seal.Open("x", "no key"); err == nil {
		t.Error("no key is a key")
	}
	if a, b := key(t, 1), key(t, 1); a.Public() != b.Public() || seal.Fingerprint(a.Public()) == seal.Fingerprint(key(t, 2).Public()) {
		t.Error("the same bytes make another key")
	}
}

// FuzzRead: no file makes the reader stumble.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format":"amends audit proof 1","program":"","case":"","key":"","checkpoint":"","entries":null}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := seal.Read(file)
		if err == nil {
			p.Check(p.Key)
		}
	})
}
