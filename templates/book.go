package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

//go:embed sms/*.yaml
var embedded embed.FS

// Book holds every text in every language, parsed and checked. It is read only
// and may be shared.
type Book struct {
	languages map[string]*language
	base      baseline
}

// Load reads the embedded languages and over them each overlay's *.yaml files
// (a program's own folder), parses every text and executes it with the longest
// values of its audience. An error says which file, which text and why.
func Load(overlays ...fs.FS) (*Book, error) {
	own, err := fs.Sub(embedded, "sms")
	if err != nil {
		return nil, err
	}
	b := &Book{languages: map[string]*language{}}
	for i, folder := range append([]fs.FS{own}, overlays...) {
		files, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			return nil, fmt.Errorf("reading the folder of texts: %w", err)
		}
		for _, file := range files {
			l, err := readLanguage(folder, file)
			if err != nil {
				return nil, fmt.Errorf("texts %s: %w", file, err)
			}
			if i == 0 {
				b.base.add(l)
			}
			if was := b.languages[l.Language]; was != nil {
				was.overlay(l)
				continue
			}
			b.languages[l.Language] = l
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, nil
}

// Languages lists the languages by code, sorted.
func (b *Book) Languages() []string { return slices.Sorted(maps.Keys(b.languages)) }

// names lists languages, each in itself: "English, Español".
func (b *Book) names(codes []string) string {
	if len(codes) == 0 {
		codes = b.Languages()
	}
	var names []string
	for _, code := range codes {
		if l := b.languages[code]; l != nil {
			names = append(names, l.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Keys lists every text's key, sorted, in whichever language it stands.
func (b *Book) Keys() []string {
	keys := map[string]bool{}
	for _, l := range b.languages {
		for key := range l.Party {
			keys[key] = true
		}
		for key := range l.Staff {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// Audiences lists whom a text speaks to in a language: victim, offender,
// staff; none if the language has no such text.
func (b *Book) Audiences(key, lang string) []string {
	var all []string
	l := b.languages[lang]
	if l == nil {
		return nil
	}
	if s, ok := l.Party[key]; ok {
		if s.Victim != nil {
			all = append(all, victim)
		}
		if s.Offender != nil {
			all = append(all, offender)
		}
	}
	if _, ok := l.Staff[key]; ok {
		all = append(all, staff)
	}
	return all
}

// Victim renders a text to the victim's side. first names the sender before it.
func (b *Book) Victim(key, lang string, discreet, first bool, v VictimText) (string, error) {
	return b.party(slot{victim, key, discreet}, lang, first, manner{v.Again, v.Sender, v.DiscreetSender}, v, OffenderText{})
}

// Offender renders a text to the offender's side. first names the sender
// before it.
func (b *Book) Offender(key, lang string, discreet, first bool, o OffenderText) (string, error) {
	return b.party(slot{offender, key, discreet}, lang, first, manner{o.Again, o.Sender, o.DiscreetSender}, VictimText{}, o)
}

// Staff renders a text to a mediator or a coordinator; the sender stands
// before it where it is given.
func (b *Book) Staff(key, lang string, v StaffText) (string, error) {
	l, err := b.language(lang)
	if err != nil {
		return "", err
	}
	body, err := l.render(slot{staff, key, false}, newStaffView(l, v))
	if err != nil || v.Sender == "" {
		return body, err
	}
	return v.Sender + ": " + body, nil
}

// Forbidden finds in words that a person wrote one that no text may have in any language, or none to a discreet reader; ""
// if there is none.
func (b *Book) Forbidden(body string, discreet bool) string {
	for _, code := range b.Languages() {
		if word := b.languages[code].forbidden(body, discreet); word != "" {
			return strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '$' })
		}
	}
	return ""
}

// manner is how a text is put: what goes before it.
type manner struct {
	again                  Again
	sender, discreetSender string
}

func (b *Book) party(at slot, lang string, first bool, m manner, v VictimText, o OffenderText) (string, error) {
	l, err := b.language(lang)
	if err != nil {
		return "", err
	}
	view := b.viewOf(l, at, v, o, StaffText{})
	body, err := l.render(at, view)
	if err != nil {
		return "", err
	}
	if m.again != Once {
		lead, err := l.render(slot{at.audience, "common." + string(m.again), at.discreet}, view)
		if err != nil {
			return "", err
		}
		body = strings.TrimSpace(lead + " " + body)
	}
	if !first {
		return body, nil
	}
	sender := m.sender
	if at.discreet {
		sender = m.discreetSender
	}
	if sender == "" {
		return "", fmt.Errorf("text %s in %s: the sender is not given", at, lang)
	}
	return sender + ": " + body, nil
}

func (b *Book) language(lang string) (*language, error) {
	if l := b.languages[lang]; l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("there are no texts in language %q", lang)
}

// render executes one text. Its error names the text and the field, never a
// value.
func (l *language) render(at slot, view any) (string, error) {
	t := l.parsed[at]
	if t == nil {
		return "", fmt.Errorf("language %s has no text %s for %s", l.Language, at.key, at.audience)
	}
	var out strings.Builder
	if err := t.Execute(&out, view); err != nil {
		return "", fmt.Errorf("text %s: %w", at, err)
	}
	return strings.TrimSpace(out.String()), nil
}

// String names a text in an error: payment-report.recorded (offender, discreet).
func (s slot) String() string {
	if s.discreet {
		return s.key + " (" + s.audience + ", discreet)"
	}
	return s.key + " (" + s.audience + ")"
}

// parse reads every text of the language.
func (l *language) parse() error {
	l.parsed = map[slot]*template.Template{}
	var first error
	l.texts(func(at slot, body string) {
		t, err := template.New(at.String()).Option("missingkey=error").Parse(body)
		if err != nil && first == nil {
			first = fmt.Errorf("texts %s.yaml: %s: %w", l.Language, at, err)
		}
		l.parsed[at] = t
	})
	return first
}
