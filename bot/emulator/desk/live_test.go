package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"amends/templates/pagetest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// faults gathers what a browser complains about: scripts that broke and what the page's policy refused.
const faults = `window.faults = []; addEventListener('error', e => faults.push(e.message));
addEventListener('unhandledrejection', e => faults.push(String(e.reason)));
addEventListener('securitypolicyviolation', e => faults.push(e.violatedDirective + ' ' + e.blockedURI)); true`

func TestLive(t *testing.T) {
	t.Parallel()
	w := lived(t)
	server := open(t, w)
	page := pagetest.Open(t, server.URL)
	page.Show("/phones/"+jordan, 1280, 800, "light")
	pagetest.Ask[bool](page, faults)
	pagetest.Ask[bool](page, "window.stayed = true")

	// Enter sends, and the answer arrives in the same page; markup in a text is text.
	page.Do(chromedp.SendKeys("#text", "<img src=x onerror=faults.push(1)> שלום"+kb.Enter, chromedp.NodeVisible))
	page.Until(`[...document.querySelectorAll('.got .words')].some(p => p.textContent === 'You wrote: <img src=x onerror=faults.push(1)> שלום')`)
	page.Until(`document.getElementById('text').value === '' && document.activeElement.id === 'text'`)
	page.Until(`document.getElementById('status').textContent === ''`)
	page.Until(`document.querySelector('.log').scrollTop === 0`)

	// What comes to another phone by itself, or through this one, bears a number beside it, and so does the title.
	page.Do(chromedp.Click(`button[value="PAID 50"]`, chromedp.NodeVisible))
	page.Until(`document.querySelector('[data-number="%s"] .badge:not([hidden])')?.firstChild.nodeValue === '1'`, alex)
	page.Until(`document.title.startsWith('(1) Jordan Fox')`)
	call(t, server, http.MethodPost, "/demo/phones/"+alex, asJSON, `{"text":"from elsewhere"}`)
	page.Until(`document.querySelector('[data-number="%s"] .badge').firstChild.nodeValue === '2'`, alex)

	// The clock, moved here and elsewhere.
	page.Do(chromedp.Click(`button[value=next]`, chromedp.NodeVisible))
	page.Until(`document.getElementById('now').textContent.includes('11:31 AM')`)
	page.Until(`document.getElementById('status').textContent.includes('1 text went out')`)
	call(t, server, http.MethodPost, "/demo/clock", asJSON, `{"by":"1h"}`)
	page.Until(`document.getElementById('now').textContent.includes('12:31 PM')`)
	page.Do(chromedp.Click(`.pick summary`, chromedp.NodeVisible))
	page.Until(`document.activeElement.id === 'at' && document.getElementById('at').value === '2026-03-03T12:31'`)
	pagetest.Ask[bool](page, `document.getElementById('at').value = '2026-03-05T08:00', true`)
	page.Do(chromedp.Click(`button[value=pick]`, chromedp.NodeVisible))
	page.Until(`document.getElementById('now').textContent.includes('Thursday, March 5') && !document.querySelector('.pick').open`)
	page.Until(`document.querySelector('button[value=next]').ariaDisabled === 'true'`)

	// What is refused is said, and what was written is kept.
	w.silent.Store(true)
	page.Do(chromedp.SendKeys("#text", "lost?"+kb.Enter, chromedp.NodeVisible))
	page.Until(`document.getElementById('alert').textContent.includes('did not take it')`)
	page.Until(`document.getElementById('text').value === 'lost?'`)
	w.silent.Store(false)
	if !pagetest.Ask[bool](page, "window.stayed") {
		t.Error("the page was loaded anew")
	}

	// Looking at the other phone takes its number away.
	if broken := pagetest.Ask[[]any](page, "faults"); len(broken) > 0 {
		t.Errorf("the browser complains: %v", broken)
	}
	page.Press(fmt.Sprintf(`[data-number="%s"]`, alex))
	page.Until(`document.title === '(1) Alex Kim · Phones · Amends demo'`) // the coordinator's is still to be looked at
	page.Do(chromedp.Reload())
	page.Until(`document.querySelectorAll('.line .badge:not([hidden])').length === 1`)
}

func TestByKeyboard(t *testing.T) {
	t.Parallel()
	server := open(t, lived(t))
	page := pagetest.Open(t, server.URL)
	page.Show("/phones/"+alex, 1280, 800, "light")
	var order []string
	for range 60 {
		page.Do(chromedp.KeyEvent(kb.Tab))
		at := pagetest.Ask[string](page, `(() => { const e = document.activeElement;
			const ring = getComputedStyle(e).outlineStyle;
			return ring === 'none' ? 'NO RING ' + e.outerHTML : (e.id || e.className || e.value || e.localName) })()`)
		if strings.HasPrefix(at, "NO RING") && at != "NO RING "+pagetest.Ask[string](page, "document.body.outerHTML") {
			t.Errorf("nothing shows the focus of %s", at)
		}
		if order = append(order, at); at == "text" {
			break
		}
	}
	var rest []string
	for _, want := range []string{"skip", "summary", "hour", "morning", "week", "next", "line", "log", "1", "STOP", "text"} {
		found := false
		for i, at := range order {
			if at == want {
				order, found = order[i+1:], true
				break
			}
		}
		if !found {
			rest = append(rest, want)
		}
	}
	if len(rest) > 0 {
		t.Errorf("the keyboard does not come to %v in order; left of its way: %v", rest, order)
	}
}

// TestAccessible runs axe-core on the page as it is seen in every form.
func TestAccessible(t *testing.T) {
	t.Parallel()
	w := lived(t)
	server := open(t, w)
	w.text(noa, second, "on its way")
	call(t, server, http.MethodPost, "/demo/phones/"+jordan, asJSON, `{"text":"PAID 50"}`)
	page := pagetest.Open(t, server.URL)
	for _, seen := range []struct {
		path          string
		width, height int64
		before        string
	}{
		{"/phones", 1280, 800, "1"},
		{"/phones/" + alex + "?replies=0", 1280, 800, "document.querySelector('.pick').open = true"},
		{"/phones/" + noa, 1000, 700, "1"},
		{"/phones", 390, 844, "document.querySelectorAll('details').forEach(d => d.open = true)"},
		{"/phones/" + jordan + "?sent=2", 360, 640, "document.querySelectorAll('.badge').forEach(b => b.hidden = false)"},
		{"/phones/nobody", 360, 640, "1"},
	} {
		for _, scheme := range []string{"light", "dark"} {
			page.Show(seen.path, seen.width, seen.height, scheme)
			pagetest.Ask[any](page, seen.before)
			page.Accessible()
		}
	}
}
