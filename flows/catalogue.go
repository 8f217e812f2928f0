package flows

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

//go:embed *.yaml
var embedded embed.FS

// Catalogue holds every flow by name. It is read only and may be shared.
type Catalogue struct {
	flows map[string]*Flow
}

// Load reads the embedded flows and then each overlay's *.yaml files (a
// program's own folder): a flow of the same name takes the place of ours.
// It refuses a file that is no flow; what a flow must hold besides is Check's.
func Load(overlays ...fs.FS) (*Catalogue, error) {
	return load(append([]fs.FS{embedded}, overlays...)...)
}

func load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{flows: map[string]*Flow{}}
	for _, folder := range folders {
		files, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			return nil, Error{Invalid, fmt.Sprintf("reading the folder of flows: %v", err)}
		}
		from := map[string]string{}
		for _, file := range files {
			data, err := fs.ReadFile(folder, file)
			if err != nil {
				return nil, Error{Invalid, fmt.Sprintf("reading flow %s: %v", path.Base(file), err)}
			}
			f, err := parse(data)
			if err != nil {
				return nil, Error{Invalid, fmt.Sprintf("flow file %s: %v", file, err)}
			}
			if other := from[f.Name]; other != "" {
				return nil, Error{Invalid, fmt.Sprintf("flow %s stands in two files of one folder: %s and %s", f.Name, other, file)}
			}
			from[f.Name] = file
			c.flows[f.Name] = f
		}
	}
	return c, nil
}

// Names lists the flows, sorted.
func (c *Catalogue) Names() []string { return slices.Sorted(maps.Keys(c.flows)) }

// Flow returns a flow to read, or an error of code not_found.
func (c *Catalogue) Flow(name string) (*Flow, error) {
	if f := c.flows[name]; f != nil {
		return f, nil
	}
	return nil, Error{NotFound, fmt.Sprintf("there is no flow %q", name)}
}

// Error is what Load and Step return: a code and a sentence.
type Error struct {
	Code string // invalid, not_found or conflict
	Text string
}

// The codes.
const (
	Invalid  = "invalid"
	NotFound = "not_found"
	Conflict = "conflict"
)

func (e Error) Error() string { return e.Text }
