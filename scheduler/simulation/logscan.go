package simulation

import (
	"bytes"
	"strings"
)

// logScan reads all that the service logs, and the errors that it gives, for what no log may bear. It
// keeps no line that bears nothing.
type logScan struct {
	lines int
	found []string // lines that bear something private
}

// phrasesOfTexts stand in texts that went out and nowhere else.
var phrasesOfTexts = []string{"feel safe", "did it arrive", "reply paid", "stop to stop", "message and data rates", "se siente a salvo", "stop para terminar"}

func newLogScan() *logScan { return &logScan{} }

// Write takes one line of the log.
func (l *logScan) Write(p []byte) (int, error) {
	l.line(p)
	return len(p), nil
}

func (l *logScan) line(p []byte) {
	l.lines++
	if bears(p) && len(l.found) < 20 {
		l.found = append(l.found, strings.TrimSpace(string(p)))
	}
}

// bears is whether a text has a private word, a number or a text of the service's in it.
func bears(p []byte) bool {
	low := bytes.ToLower(p)
	if privateWord(low) != "" || privateNumber(low) != "" {
		return true
	}
	for _, phrase := range phrasesOfTexts {
		if bytes.Contains(low, []byte(phrase)) {
			return true
		}
	}
	return false
}

// wordLetters are those of a private word after its mark.
const wordLetters = 8

// privateWord is the first private word in a text of small letters.
func privateWord(low []byte) string { return wordLike(low, mark) }

// wordLike is the first private word that begins so. Its letters are the same four twice: in a file there are
// signatures too, of all letters, and chance makes a mark and eight letters of them every few hundred worlds.
func wordLike(text []byte, begins string) string {
	for {
		w := wordAfter(text, begins, wordLetters, 'a', 'z')
		if w == "" {
			return ""
		}
		if letters := w[len(begins):]; letters[:wordLetters/2] == letters[wordLetters/2:] {
			return w
		}
		text = text[bytes.Index(text, []byte(w))+1:]
	}
}

// privateNumber is the first phone of a world in it, without the country's code.
func privateNumber(low []byte) string { return wordAfter(low, exchange, 4, '0', '9') }

// wordAfter is the first place where so many letters of a range follow a beginning.
func wordAfter(text []byte, begins string, letters int, from, to byte) string {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(begins))
		if i < 0 {
			return ""
		}
		at += i
		end := at + len(begins) + letters
		if end > len(text) {
			return ""
		}
		fits := true
		for _, b := range text[at+len(begins) : end] {
			fits = fits && from <= b && b <= to
		}
		if fits {
			return string(text[at:end])
		}
		at++
	}
}
