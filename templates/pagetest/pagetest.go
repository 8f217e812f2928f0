// Package pagetest looks at pages as people see them, in a headless Chromium, for tests.
//
//	page := pagetest.Open(t, server.URL)
//	page.Show("/cases", 390, 844, "dark")
//	page.Accessible()
//
// All tests of a process share one browser, and each has windows of its own in it: nobody sees another's cookies. Where
// there is no Chromium the test is skipped and says so; AMENDS_TEST_REQUIRE=browser makes it fail instead.
package pagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const (
	// limit is how long a test may look on: all of its pages, on a busy machine.
	limit = 15 * time.Minute
	// patience is how long one condition may take to come true.
	patience = time.Minute
	// pause is between two looks at a condition. A window behind others is painted seldom, so that frames are no measure.
	pause = 20 * time.Millisecond
)

// chromium is the process's Chromium, while any test uses it.
var chromium struct {
	sync.Mutex
	users int
	ctx   context.Context
	stop  func()
}

// errNone is a machine without Chromium.
var errNone = errors.New("no Chromium on the PATH")

// begin starts the browser for its first user.
func begin() (context.Context, error) {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.users == 0 {
		binary := ""
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
			if found, err := exec.LookPath(name); err == nil {
				binary = found
				break
			}
		}
		if binary == "" {
			return nil, errNone
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
		allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		if err := chromedp.Do(ctx); err != nil {
			cancel()
			free()
			return nil, fmt.Errorf("start Chromium: %w", err)
		}
		chromium.ctx = ctx
		chromium.stop = func() {
			_ = chromedp.Cancel(ctx) // waits for its end, and its folder goes with it
			free()
		}
	}
	chromium.users++
	return chromium.ctx, nil
}

// end stops the browser after its last user.
func end() {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.users--; chromium.users == 0 {
		chromium.stop()
	}
}

// Tab is a page in a window.
type Tab struct {
	testing.TB
	Window context.Context // that the steps of chromedp are done in
	URL    string          // that paths are of
}

// Open opens a window of somebody who has not been at the site before.
func Open(t testing.TB, url string) *Tab {
	t.Helper()
	ctx, err := begin()
	if errors.Is(err, errNone) && !strings.Contains(os.Getenv("AMENDS_TEST_REQUIRE"), "browser") {
		t.Skipf("%v: the pages are not tried in a browser", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return open(t, ctx, url, chromedp.WithNewBrowserContext())
}

// Beside opens another window of the same person, for another site too.
func (p *Tab) Beside(url string) *Tab {
	p.Helper()
	return open(p.TB, p.Window, url)
}

func open(t testing.TB, parent context.Context, url string, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(parent, limit)
	t.Cleanup(cancel)
	ctx, shut := chromedp.NewContext(ctx, options...)
	t.Cleanup(shut)
	p := &Tab{t, ctx, strings.TrimSuffix(url, "/")}
	// Each window takes keys as if it were in front.
	p.Do(command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	return p
}

// Do does steps.
func (p *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.Window, steps...); err != nil {
		p.Fatal(err)
	}
}

// Show shows a path in a window of a size, light or dark.
func (p *Tab) Show(path string, width, height int64, scheme string) {
	p.Helper()
	p.See(width, height, scheme)
	p.Go(path)
}

// See has the window another size, and its colours light or dark. Nothing moves, so that what is seen is settled.
func (p *Tab) See(width, height int64, scheme string) {
	p.Helper()
	p.Do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}), chromedp.EmulateViewport(width, height))
}

// Speak asks for pages in a language from now on.
func (p *Tab) Speak(language string) {
	p.Helper()
	p.Do(command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}}))
}

// Go shows a path and tells its status.
func (p *Tab) Go(path string) int64 {
	p.Helper()
	response, err := chromedp.Run(p.Window, chromedp.NavigateResponse(p.URL+path))
	if err != nil {
		p.Fatalf("%s: %v", path, err)
	}
	return response.Status
}

// Post sends a form from the page that is shown, as a button on it would, and tells the status of what it leads to.
func (p *Tab) Post(path string, form map[string]string) int64 {
	p.Helper()
	if form == nil {
		form = map[string]string{}
	}
	fields, err := json.Marshal(form)
	if err != nil {
		p.Fatal(err)
	}
	script := fmt.Sprintf(`(() => { const form = document.createElement('form'); form.method = 'post'; form.action = %q;
		for (const [name, value] of Object.entries(%s)) { const field = document.createElement('input'); field.name = name; field.value = value; form.append(field); }
		document.body.append(form); form.submit(); })()`, path, fields)
	return p.leads(path, chromedp.Evaluate[chromedp.Void](script))
}

// Script allows the page's scripts, or forbids them, from the next page on.
func (p *Tab) Script(allowed bool) {
	p.Helper()
	p.Do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed}))
}

// Press clicks on what leads to another page, waits for that and tells its status.
func (p *Tab) Press(selector string) int64 {
	p.Helper()
	return p.leads(selector, chromedp.Click(selector, chromedp.NodeVisible))
}

// Key presses keys that lead to another page, waits for that and tells its status.
func (p *Tab) Key(keys string) int64 {
	p.Helper()
	return p.leads("a key", chromedp.KeyEvent(keys))
}

func (p *Tab) leads(what string, step chromedp.Action[chromedp.Void]) int64 {
	p.Helper()
	response, err := chromedp.RunResponse(p.Window, step)
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}
	if response == nil {
		p.Fatalf("%s leads nowhere", what)
	}
	return response.Status
}

// Download clicks on what the browser keeps as a file, and tells its name and what is in it.
func (p *Tab) Download(selector string) (name string, content []byte) {
	p.Helper()
	folder, events := p.TempDir(), true
	p.Do(command(browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName,
		BrowserContextID: chromedp.FromContext(p.Window).BrowserContextID, DownloadPath: folder, EventsEnabled: &events}))
	begun, progress := chromedp.Events(p.Window, browser.DownloadWillBegin), chromedp.Events(p.Window, browser.DownloadProgress)
	p.Do(chromedp.Click(selector, chromedp.NodeVisible))
	for event, err := range begun {
		if err != nil {
			p.Fatalf("%s: %v", selector, err)
		}
		name = event.SuggestedFilename
		break
	}
	for event, err := range progress {
		if err != nil || event.State == browser.DownloadProgressStateCanceled {
			p.Fatalf("%s: %v", selector, err)
		}
		if event.State == browser.DownloadProgressStateCompleted {
			if content, err = os.ReadFile(filepath.Join(folder, event.GUID)); err != nil {
				p.Fatal(err)
			}
			break
		}
	}
	return name, content
}

// Type writes into a field in place of what stands there.
func (p *Tab) Type(selector, text string) {
	p.Helper()
	p.Do(chromedp.Focus(selector, chromedp.NodeVisible), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent(text))
}

// Text is what the page says.
func (p *Tab) Text() string {
	p.Helper()
	return Ask[string](p, "document.body.innerText")
}

// Path is where the window is.
func (p *Tab) Path() string {
	p.Helper()
	return Ask[string](p, "location.pathname + location.search")
}

// Says fails the test unless the page says all of that.
func (p *Tab) Says(words ...string) {
	p.Helper()
	text := plain(p.Text())
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.Errorf("%s does not say %q:\n%s", p.Path(), w, text)
		}
	}
}

// Lacks fails the test if the page, its source included, has any of that.
func (p *Tab) Lacks(words ...string) {
	p.Helper()
	source := Ask[string](p, "document.documentElement.outerHTML")
	for _, w := range words {
		if strings.Contains(source, w) {
			p.Errorf("%s has %q", p.Path(), w)
		}
	}
}

// plain has one space where there are more or lines end.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// Until waits for a condition in the page.
func (p *Tab) Until(condition string, values ...any) {
	p.Helper()
	script := filled(condition, values)
	_, err := chromedp.Run(p.Window, chromedp.Poll[bool](script, chromedp.WithPollingInterval(pause), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		p.Fatalf("it never came true that %s: %v\n%s", script, err, p.Text())
	}
}

// Ask evaluates an expression, a promise's value included.
func Ask[T any](p *Tab, script string, values ...any) T {
	p.Helper()
	script = filled(script, values)
	value, err := chromedp.Run(p.Window, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%.300s: %v", script, err)
	}
	return value
}

// filled is a script with its values in it; one without may have any sign.
func filled(script string, values []any) string {
	if len(values) == 0 {
		return script
	}
	return fmt.Sprintf(script, values...)
}

// command is one of the browser's own as a step.
func command[P, R any](method cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, method, params)
		return err
	})
}
