package desk

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"

	"amends/templates"
)

// assets serves the page's style, script and picture. The files have no date, so that their hash tells the browser
// whether what it has is still right.
func assets() http.Handler {
	files := templates.Console()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		switch path.Ext(name) {
		case ".css", ".js", ".svg":
		default:
			http.NotFound(w, r)
			return
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}
