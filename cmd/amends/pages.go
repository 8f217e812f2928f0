package main

import (
	"fmt"
	"io"
	"net/http"
)

// page is a page of words, until the console has its own.
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Amends</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; color: #222; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1b1b1b } }
</style>
<main>
<h1>Amends</h1>
%s
</main>
</html>
`

// home says what this is, to whoever finds the address.
func home(w http.ResponseWriter, _ *http.Request) {
	words(w, `<p>This service follows up mediation by text message for the agencies that use it. It runs, and there is nothing to see here.</p>
<p>Did you get a text from it? Reply HELP to learn who wrote to you, or STOP to get no more.</p>`)
}

// byText says how what an alert is about is answered. It tells nobody what that is.
func byText(w http.ResponseWriter, _ *http.Request) {
	words(w, `<p>Answer the alert by text, with the number that it bears:</p>
<p><strong>OK 7</strong> &ndash; you have seen it and are on it<br>
<strong>DONE 7 spoke to both</strong> &ndash; it is settled, and how<br>
<strong>PASS 7</strong> &ndash; it goes to the next person<br>
<strong>LIST</strong> &ndash; what is open</p>`)
}

func words(w http.ResponseWriter, html string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	_, _ = io.WriteString(w, fmt.Sprintf(page, html))
}
