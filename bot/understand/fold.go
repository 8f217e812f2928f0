package understand

import "unicode"

// accents folds the letters that English, Spanish and their neighbours write with marks, so that a text typed without
// them reads the same.
var accents = [...]struct {
	plain rune
	with  string
}{
	{'a', "áàâäãåāă"}, {'e', "éèêëēė"}, {'i', "íìîïī"}, {'o', "óòôöõø"}, {'u', "úùûüū"},
	{'n', "ñń"}, {'c', "çć"}, {'y', "ýÿ"}, {'s', "ß"},
}

// foldRune lowers a letter and strips its mark. Zero means that the rune is dropped: a combining mark, an apostrophe, a
// joiner, a variation selector.
func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		if r == '\'' || r == '`' {
			return 0
		}
		return r
	case r == '’' || r == '‘' || r == '´' || r == 'ʼ' || r == '′':
		return 0
	case r >= 0x300 && r <= 0x36f, r >= 0xfe00 && r <= 0xfe0f, r >= 0x200b && r <= 0x200f, r == 0x2060, r == 0xfeff, r == 0x20e3,
		r >= 0x1f3fb && r <= 0x1f3ff, r == 0xad:
		return 0
	case r >= 0xff01 && r <= 0xff5e: // full width
		return foldRune(r - 0xfee0)
	}
	r = unicode.ToLower(r)
	if r < 0x180 {
		for i := range accents {
			for _, w := range accents[i].with {
				if w == r {
					return accents[i].plain
				}
			}
		}
	}
	return r
}

// fold gives a word as the grammar knows it.
func fold(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if f := foldRune(r); f != 0 {
			out = append(out, f)
		}
	}
	return string(out)
}

func isEmoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff || r >= 0x2300 && r <= 0x23ff
}
