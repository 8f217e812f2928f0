package console

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/templates"

	"go.yaml.in/yaml/v3"
)

// pageSet is all pages in one language.
type pageSet struct {
	code  string
	words map[string]string // from English; empty for English itself
	named map[string]string // the English for what the database calls by a word
	// common is what all pages have; each page is made of a copy of it when it is first asked for. Most of a service's time
	// nobody looks at them, and all together weigh more than its texts.
	common *template.Template
	files  fs.FS
	mu     sync.Mutex
	byKey  map[string]*template.Template
}

// languages are those the pages speak; the first is for whoever asks for none of them.
func languages() []string { return []string{"en", "es"} }

// loadPages reads what the pages of every language are made of.
func loadPages() (map[string]*pageSet, error) {
	files := templates.Console()
	sets := map[string]*pageSet{}
	for _, code := range languages() {
		set := &pageSet{code: code, words: map[string]string{}, named: wordings(), files: files, byKey: map[string]*template.Template{}}
		if code != languages()[0] {
			source, err := fs.ReadFile(files, "words."+code+".yaml")
			if err == nil {
				err = yaml.Unmarshal(source, &set.words)
			}
			if err != nil {
				return nil, fmt.Errorf("console: the words of %s: %w", code, err)
			}
		}
		var err error
		if set.common, err = template.New("layout.html").Funcs(set.funcs()).ParseFS(files, "layout.html", "parts.html"); err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		sets[code] = set
	}
	return sets, nil
}

// page gives the page of a name, parsed once.
func (p *pageSet) page(name string) (*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if page := p.byKey[name]; page != nil {
		return page, nil
	}
	page, err := p.common.Clone()
	if err == nil {
		page, err = page.ParseFS(p.files, "page-"+name+".html")
	}
	if err != nil {
		return nil, fmt.Errorf("console: the page %q: %w", name, err)
	}
	p.byKey[name] = page
	return page, nil
}

func (p *pageSet) execute(w io.Writer, name string, l layout) error {
	page, err := p.page(name)
	if err != nil {
		return err
	}
	return page.ExecuteTemplate(w, "layout.html", l)
}

// funcs are what pages are written with.
func (p *pageSet) funcs() template.FuncMap {
	return template.FuncMap{
		"t": p.t, "n": p.count, "lang": func() string { return p.code }, "money": p.money, "date": p.date, "dated": p.dated,
		"clock": p.clock, "waited": p.waited, "reason": p.reason, "kind": p.kind, "word": p.word, "phone": readable, "link": caseLink,
		"hours":   func(hundredths int64) string { return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64) },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"weekday": p.weekday,
		"roles":   func() []string { return []string{"victim", "offender", "guardian", "support"} },
		"plans":   func() []string { return []string{"every", "once", "list", "rule"} },
		"everies": func() []string { return []string{"week", "fortnight", "half_month", "month"} },
		"dict":    dict, "add": func(a, b int) int { return a + b },
	}
}

// dict makes a map of names and values, for a part that takes several.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: a name without a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m, nil
}

// t is an English sentence in the language of the pages, with its values filled in.
func (p *pageSet) t(english string, values ...any) string {
	said := english
	if word, ok := p.words[english]; ok {
		said = word
	}
	if len(values) == 0 {
		return said
	}
	return fmt.Sprintf(said, values...)
}

// quoted is what a sentence of the bot's has in quotes.
var quoted = regexp.MustCompile(`"[^"]*"`)

// sentence is a sentence of the bot's in the language of the pages, with what it quotes.
func (p *pageSet) sentence(english string) string {
	if word, ok := p.words[english]; ok {
		return word
	}
	word, ok := p.words[quoted.ReplaceAllString(english, "%q")]
	if !ok {
		return english
	}
	for _, q := range quoted.FindAllString(english, -1) {
		word = strings.Replace(word, "%q", q, 1)
	}
	return word
}

// count is a sentence for one or for many, which has %d in it.
func (p *pageSet) count(n int, one, many string) string {
	if n == 1 {
		return p.t(one)
	}
	return p.t(many, n)
}

// word names what the database calls by a word: status.active, role.auditor.
func (p *pageSet) word(kind string, word any) string {
	key := fmt.Sprint(word)
	if said, ok := p.named[kind+"."+key]; ok {
		return p.t(said)
	}
	return key
}

// reason names why an escalation opened.
func (p *pageSet) reason(word string) string { return p.word("reason", word) }

// kind names a commitment.
func (p *pageSet) kind(word string) string { return p.word("kind", word) }

// money writes a sum: $1,250.00.
func (p *pageSet) money(cents int64, currency string) string {
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	sum := fmt.Sprintf("%s.%02d", whole, cents%100)
	switch currency {
	case "USD", "":
		return sign + "$" + sum
	}
	return sign + sum + " " + currency
}

// whole writes a sum without its cents, for a picture's margin.
func (p *pageSet) whole(cents int64, currency string) string {
	return strings.Replace(p.money(cents/100*100, currency), ".00", "", 1)
}

// date writes a local date: Mar 2, 2026.
func (p *pageSet) date(d calendar.Date) string {
	if d.IsZero() {
		return "–"
	}
	year, month, day := d.Date()
	if p.code == "es" {
		return fmt.Sprintf("%d %s %d", day, p.month(month), year)
	}
	return fmt.Sprintf("%s %d, %d", p.month(month), day, year)
}

// weekday names a day of the week: Mon.
func (p *pageSet) weekday(d calendar.Date) string {
	if p.code == "es" {
		return strings.Fields("dom lun mar mié jue vie sáb")[d.Weekday()]
	}
	return d.Weekday().String()[:3]
}

func (p *pageSet) month(m time.Month) string {
	if p.code == "es" {
		return strings.Fields("ene feb mar abr may jun jul ago sep oct nov dic")[m-1]
	}
	return m.String()[:3]
}

// dated writes an instant in a zone: Mar 2, 2026, 9:05 AM.
func (p *pageSet) dated(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return p.date(calendar.On(t, zone)) + ", " + p.clock(t, zone)
}

// clock writes the time of day.
func (p *pageSet) clock(t time.Time, zone *time.Location) string {
	if p.code == "es" {
		return t.In(zone).Format("15:04")
	}
	return t.In(zone).Format("3:04 PM")
}

// waited writes how long something has waited, as short as it can be told.
func (p *pageSet) waited(d time.Duration) string {
	switch {
	case d < time.Minute:
		return p.t("a moment")
	case d < time.Hour:
		return p.t("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return p.t("%d h", int(d.Hours()))
	}
	return p.t("%d days", int(d.Hours()/24))
}

// readable writes a number of North America as people there read it.
func readable(number string) string {
	if len(number) == 12 && strings.HasPrefix(number, "+1") {
		return "(" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
	}
	return number
}

// language is what the visitor chose, else the browser's, else English.
func (v *visit) language() string {
	return languageOf(v.sessions.GetString(v.r.Context(), keyLanguage), v.r)
}

func languageOf(chosen string, r *http.Request) string {
	for _, asked := range append([]string{chosen}, strings.Split(r.Header.Get("Accept-Language"), ",")...) {
		asked, _, _ = strings.Cut(strings.TrimSpace(asked), ";")
		asked, _, _ = strings.Cut(asked, "-")
		for _, code := range languages() {
			if asked == code {
				return code
			}
		}
	}
	return languages()[0]
}

// setLanguage keeps the language that the visitor chose.
func (v *visit) setLanguage() error {
	for _, code := range languages() {
		if code == v.form("language") {
			v.sessions.Put(v.r.Context(), keyLanguage, code)
			http.Redirect(v.w, v.r, v.back("/"), http.StatusSeeOther)
			return nil
		}
	}
	return store.NewError(store.Invalid, "The pages do not speak that language.", nil)
}

// formID is a number in a form.
func formID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, store.NewError(store.NotFound, "There is no such thing.", nil)
	}
	return id, nil
}
