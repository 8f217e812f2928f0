package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package's place in the house: it imports from lower floors, and from beside it what is named here.
type room struct {
	floor  int
	beside []string
}

var house = map[string]room{
	"flows":                {floor: 0},
	"bot/understand":       {floor: 0},
	"templates":            {floor: 0},
	"templates/pagetest":   {floor: 0},
	"store/calendar":       {floor: 0},
	"store/ledger":         {floor: 0, beside: []string{"store/calendar"}},
	"store/intake":         {floor: 0, beside: []string{"store/calendar", "store/ledger"}},
	"store/migrations":     {floor: 0},
	"store/seal":           {floor: 0},
	"store":                {floor: 1},
	"store/storetest":      {floor: 2},
	"bot/understand/train": {floor: 1},
	"bot/twilio":           {floor: 2},
	"bot/emulator":         {floor: 2},
	"bot/emulator/desk":    {floor: 2, beside: []string{"bot/emulator"}},
	"console":              {floor: 2},
	"bot":                  {floor: 3},
	"scheduler":            {floor: 4},
	"scheduler/simulation": {floor: 5},
	"cmd/amends":           {floor: 6},
}

// onGround are the packages of the ground floor that stand alone: they know nothing of ours.
var onGround = []string{"flows", "bot/understand", "templates", "store/calendar", "store/seal"}

// forTests are packages that only tests use.
var forTests = []string{"store/storetest", "templates/pagetest"}

const (
	module = "amends"
	// roof is the one file that may take the time and chance from the system.
	roof = "cmd/amends/main.go"
	// keyset may draw its keys itself: what is given at the roof is not for keys.
	keyset = "store/keys"
)

// TestNoImportRunsBackUp holds the order of the rooms.
func TestNoImportRunsBackUp(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if f.test {
			continue
		}
		from := path.Dir(f.name)
		here, ok := house[from]
		if !ok {
			t.Errorf("%s: package %s has no room in the house; give it one in layers_test.go", f.name, from)
			continue
		}
		for _, spec := range f.tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours || slices.Contains(here.beside, to) {
				continue
			}
			if slices.Contains(onGround, from) {
				t.Errorf("%s imports %s, but %s imports nothing of ours", f.at(spec), to, from)
			} else if house[to].floor >= here.floor {
				t.Errorf("%s imports %s, which is not below it", f.at(spec), to)
			}
		}
	}
}

// TestTimeAndChanceComeFromTheRoof holds law 8.
func TestTimeAndChanceComeFromTheRoof(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if f.test || f.name == roof {
			continue
		}
		for _, use := range timeAndChance(f) {
			t.Errorf("%s: %s; time and chance come in as values (law 8)", use.at, use.what)
		}
	}
}

type use struct{ at, what string }

// timeAndChance finds every mention, called or handed on, of the system's clock and of chance.
func timeAndChance(f file) []use {
	var found []use
	names := map[string]string{} // the name in this file, the package
	for _, spec := range f.tree.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(imported)
		if strings.HasPrefix(name, "v") && len(name) == 2 {
			name = path.Base(path.Dir(imported))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
		if imported == "crypto/rand" && !strings.HasPrefix(f.name, keyset) {
			found = append(found, use{f.at(spec), "crypto/rand is imported"})
		}
		if name == "." && (imported == "time" || strings.HasPrefix(imported, "math/rand")) {
			found = append(found, use{f.at(spec), imported + " is imported into the file's own names"})
		}
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || x.Obj != nil { // a variable of that name
			return true
		}
		switch names[x.Name] {
		case "time":
			if slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
				found = append(found, use{f.at(n), "time." + selector.Sel.Name})
			}
		case "math/rand", "math/rand/v2":
			// Types, and sources made of a seed, are values; the package's own functions draw from a global.
			if !strings.HasPrefix(selector.Sel.Name, "New") &&
				!slices.Contains([]string{"Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf"}, selector.Sel.Name) {
				found = append(found, use{f.at(n), "rand." + selector.Sel.Name})
			}
		}
		return true
	})
	return found
}

// TestTheLawTestFinds shows that the test above finds what it looks for, and nothing else.
func TestTheLawTestFinds(t *testing.T) {
	t.Parallel()
	source := `package p
import (
	clock "time"
	"math/rand/v2"
	cryptorand "crypto/rand"
)
var now = clock.Now
func f(rand *rand.Rand) { rand.Float64(); _ = clock.Since(clock.Time{}) }
func g() { rand.IntN(3); _ = rand.New(rand.NewPCG(1, 2)); cryptorand.Read(nil) }
`
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "p/p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, use := range timeAndChance(file{name: "p/p.go", tree: tree, set: set}) {
		got = append(got, use.what)
	}
	want := []string{"crypto/rand is imported", "time.Now", "time.Since", "rand.IntN"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// file is a Go file of the repository.
type file struct {
	name string // from the repository's root, with slashes
	test bool
	tree *ast.File
	set  *token.FileSet
}

func (f file) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.name, f.set.Position(n.Pos()).Line)
}

func sourceFiles(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	set := token.NewFileSet()
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || (strings.HasPrefix(entry.Name(), ".") && name != root)):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files = append(files, file{name: filepath.ToSlash(rel), test: strings.HasSuffix(name, "_test.go") || slices.Contains(forTests, path.Dir(filepath.ToSlash(rel))), tree: tree, set: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found %d files; the house is larger", len(files))
	}
	return files
}
