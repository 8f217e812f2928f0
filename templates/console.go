package templates

import (
	"embed"
	"io/fs"
)

//go:embed console
var console embed.FS

// Console is the folder of the pages: their templates, and the style sheets, scripts and pictures that they need.
func Console() fs.FS {
	pages, err := fs.Sub(console, "console")
	if err != nil { // only for a path that is none
		panic(err)
	}
	return pages
}
