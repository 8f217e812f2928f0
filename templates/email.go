package templates

import (
	"embed"
	"fmt"
)

//go:embed email
var letters embed.FS

// Letter is the source of an e-mail of a kind, "invitation" or "reset", in a language, or in English where that has none.
// Its first line is the subject.
func Letter(language, kind string) (string, error) {
	for _, code := range []string{language, "en"} {
		if text, err := letters.ReadFile("email/" + kind + "." + code + ".txt"); err == nil {
			return string(text), nil
		}
	}
	return "", fmt.Errorf("there is no e-mail %q", kind)
}
