package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amends/store/storetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browserLimit is how long a test may look on: the page's own waits are under a second, a busy machine is not.
const browserLimit = 4 * time.Minute

// tab is a page in a browser of its own.
type tab struct {
	*testing.T
	ctx context.Context
	url string
}

// browse opens a headless Chromium, or skips where there is none.
func browse(t *testing.T, url string) *tab {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			binary = found
			break
		}
	}
	if binary == "" {
		if strings.Contains(os.Getenv("AMENDS_TEST_REQUIRE"), "browser") {
			t.Fatal("no Chromium on the PATH, and AMENDS_TEST_REQUIRE asks for a browser")
		}
		t.Skip("no Chromium on the PATH: the pages are not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(context.Background(), browserLimit)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	page := &tab{t, ctx, url}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for its end, so that its folder can be removed
	return page
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// open shows a path in a window of a size, light or dark.
func (p *tab) open(path string, width, height int64, scheme string) {
	p.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Action[chromedp.Void](func(ctx context.Context, _ *chromedp.Target) (none chromedp.Void, err error) {
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return none, err
	}))
	if err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(p.url+path))
}

// ask evaluates an expression, a promise's value included.
func ask[T any](p *tab, script string, values ...any) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](fmt.Sprintf(script, values...), chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%.300s: %v", script, err)
	}
	return value
}

// signIn presses somebody's name on the demo's first page.
func (p *tab) signIn(name string) {
	p.Helper()
	p.open("/signin", 1280, 800, "light")
	value := ask[string](p, `[...document.querySelectorAll('.people button')].find(b => b.textContent.includes(%q)).value`, name)
	p.press(`button[value="` + value + `"]`)
}

// press clicks on what leads to another page, and waits for that.
func (p *tab) press(selector string) {
	p.Helper()
	if _, err := chromedp.RunResponse(p.ctx, chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
		p.Fatalf("%s: %v", selector, err)
	}
}

// busy is a stage on which much has happened.
func busy(t *testing.T) *stage {
	t.Helper()
	s := open(t, storetest.Open(t, "sqlite"), nil)
	for i := range 14 {
		who := []string{"Maria Ortega", "Sean Dunn", "Grace Bell", "Omar Aziz", "Lena Fox", "Tom Reyes", "Ines Robles"}[i%7]
		s.addCase("riverside", fmt.Sprintf("RJ-2026-01%02d", 40+i), []string{"dana", "sam"}[i%2], []string{"sam", "dana"}[i%2], who, fmt.Sprintf("+1312555%04d", 2000+2*i), "Lee Gray", fmt.Sprintf("+1312555%04d", 2001+2*i))
	}
	s.moves(26 * time.Hour)
	s.writes(alex, "1")
	s.writes(alex, "4")
	s.writes(casey, "LATER 3/20")
	s.writes(casey, "1")
	s.moves(48 * time.Hour)
	s.writes("+13125552000", "he is outside my house with a knife")
	s.writes("+13125552002", "qwerty zxcv asdf")
	s.writes("+13125552002", "zzzz blah foo")
	s.writes("+13125550177", "who is this?")
	s.writes(jordan, "pagué 100")
	s.writes(alex, "1")
	s.hold("riverside", "RJ-1", "Riverside RJ: How are you, from 1, bad, to 5, good?")
	return s
}

// TestAccessible runs axe-core on every page as it is seen in every form.
func TestAccessible(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("../bot/emulator/desk/testdata/axe-core/axe.min.js")
	must(t, err)
	s := busy(t)
	page := browse(t, s.url)
	shots := os.Getenv("AMENDS_SHOTS") // a folder for pictures of the pages
	look := func(path, name string, before string) {
		for _, seen := range []struct {
			width, height int64
			scheme        string
		}{{1280, 860, "light"}, {390, 844, "dark"}} {
			page.open(path, seen.width, seen.height, seen.scheme)
			ask[any](page, "%s", before)
			if shots != "" {
				picture, err := chromedp.Run(page.ctx, chromedp.FullScreenshot(100))
				must(t, err)
				must(t, os.WriteFile(filepath.Join(shots, fmt.Sprintf("%s-%d-%s.png", name, seen.width, seen.scheme)), picture, 0o600))
			}
			ask[any](page, "%s", string(axe)+";1")
			found := ask[string](page, `axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r =>
				JSON.stringify(r.violations.map(v => ({rule: v.id, help: v.help, nodes: v.nodes.map(n => n.html + ' ' + n.failureSummary)}))))`)
			var violations []struct {
				Rule, Help string
				Nodes      []string
			}
			must(t, json.Unmarshal([]byte(found), &violations))
			for _, v := range violations {
				t.Errorf("%s at %d, %s: %s (%s)\n%.1500s", path, seen.width, seen.scheme, v.Help, v.Rule, strings.Join(v.Nodes, "\n"))
			}
			if wide := ask[int64](page, "document.documentElement.scrollWidth"); wide > seen.width {
				t.Errorf("%s is %d wide in a window of %d", path, wide, seen.width)
			}
		}
	}
	opened := "document.querySelectorAll('main details:not(.open)').forEach(d => d.open = true); document.querySelectorAll('main details.open')[0]?.setAttribute('open', '')"
	look("/signin", "signin", opened)
	look("/forgot", "forgot", "1")
	page.signIn("Ned Roth")
	look("/", "today", "1")
	look("/", "today-open", opened)
	escalation := ask[string](page, `document.querySelector('main a[href^="/e/"]').getAttribute('href')`)
	for path, name := range map[string]string{"/cases": "cases", "/cases?q=nobody": "none", "/cases/RJ-1": "case", escalation: "escalation", "/log": "log", "/outbox": "outbox", "/import": "import", "/program": "program",
		"/people": "people", "/account": "account", "/nothing": "failed"} {
		look(path, name, "1")
	}
	look("/cases/RJ-1", "case-open", opened)
	look("/", "menu", "document.getElementById('drawer').open = true")
	page.open("/account", 1280, 860, "light")
	page.press(".tongue button")
	look("/cases/RJ-1", "caso", "1")
}
