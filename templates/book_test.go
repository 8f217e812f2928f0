package templates

import (
	"fmt"
	"testing"
)

func TestLoad(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range b.Languages() {
		for _, key := range b.Keys() {
			for _, who := range b.Audiences(key, lang) {
				for _, d := range []bool{false, true} {
					if d && who == "staff" {
						continue
					}
					body, n, enc, err := b.Longest(who, key, lang, d, "")
					if err != nil {
						t.Fatal(err)
					}
					fmt.Println(lang, key, who, d, n, enc, len([]rune(body)), body)
				}
			}
		}
	}
}
