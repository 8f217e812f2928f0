package desk_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

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

// browse opens a server's page in a headless Chromium, or skips where there is none.
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
		t.Skip("no Chromium on the PATH: the page is not tried in a browser")
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
		p.Fatalf("%s: %v", script, err)
	}
	return value
}

// until waits for a condition.
func (p *tab) until(condition string, values ...any) {
	p.Helper()
	script := fmt.Sprintf(condition, values...)
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](script, chromedp.WithPollingTimeout(time.Minute))); err != nil {
		p.Fatalf("it never came true that %s: %v\n%s", script, err, ask[string](p, "document.body.innerText"))
	}
}
