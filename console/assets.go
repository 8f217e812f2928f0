package console

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"amends/templates"
)

func isAsset(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/static/") }

// assets serves the pages' style, script and picture. They bear nothing private; their hash tells the browser whether what
// it has is still right.
func assets() http.Handler {
	files := templates.Console()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		content, err := fs.ReadFile(files, name)
		switch ext := path.Ext(name); {
		case err != nil, ext != ".css" && ext != ".js" && ext != ".svg":
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}
