package templates

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func load(t *testing.T, overlays ...fstest.MapFS) *Book {
	t.Helper()
	var b *Book
	var err error
	if len(overlays) == 0 {
		b, err = Load()
	} else {
		b, err = Load(overlays[0])
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func usd(cents int64) Money { return Money{Cents: cents, Currency: "USD"} }

func TestRenders(t *testing.T) {
	t.Parallel()
	b := load(t)
	day := Date{2026, time.March, 6}
	offender := OffenderText{Sender: "Riverside RJ", DiscreetSender: "RRJ", Amount: usd(50_00), ToGo: usd(1_250_00), Date: day}
	victim := VictimText{Sender: "Riverside RJ", DiscreetSender: "RRJ", Amount: usd(50_00), Date: day}
	for _, c := range []struct {
		want string
		got  func() (string, error)
	}{
		{"Riverside RJ: Got it: $50.00 paid on Fri Mar 6. $1,250.00 to go, once this is confirmed. Wrong? Reply FIX.",
			func() (string, error) { return b.Offender("payment-report.recorded", "en", false, true, offender) }},
		{"Anotado: $50.00 el vie 6 mar. Quedan $1,250.00, una vez confirmado. ¿Error? Escriba CORREGIR.",
			func() (string, error) { return b.Offender("payment-report.recorded", "es", false, false, offender) }},
		{"RRJ: Did it arrive? 1 yes, 2 no, 3 in part",
			func() (string, error) { return b.Victim("payment-confirm.arrived", "en", true, true, victim) }},
		{"Sorry, we did not get that. Did it arrive? 1 yes, 2 no, 3 in part",
			func() (string, error) {
				again := victim
				again.Again = Unclear
				return b.Victim("payment-confirm.arrived", "en", true, false, again)
			}},
		{"Which one? Reply with its number.\n1 $50.00, Fri Mar 6 (RJ-1)\n2 $50.00, Fri Mar 6 (RJ-2)\n3 the letter, Fri Mar 6",
			func() (string, error) {
				return b.Offender("common.which", "en", false, false, OffenderText{Which: []Option{
					{Amount: usd(50_00), Date: day, Reference: "RJ-1"}, {Amount: usd(50_00), Date: day, Reference: "RJ-2"},
					{Commitment: "apology_letter", Date: day, Reference: "RJ-1"}}})
			}},
		{"¿A qué se refiere? Responda con su número.\n1 lo pendiente, vie 6 mar\n2 la carta, vie 6 mar",
			func() (string, error) {
				return b.Offender("common.which", "es", true, false, OffenderText{Which: []Option{
					{Commitment: "restitution", Amount: usd(50_00), Date: day, Reference: "RJ-1"}, {Commitment: "apology_letter", Date: day, Reference: "RJ-1"}}})
			}},
		{"Due on Fri Mar 6: paint the fence of the commu... Reply DONE, LATER friday, or 0 for help.",
			func() (string, error) {
				return b.Offender("reminder.other.before", "en", false, false,
					OffenderText{Commitment: "other", Title: "paint the fence of the community garden", Date: day})
			}},
		{"RJ-2026-0142: payment missed, since Fri Mar 6 2:05 pm. https://x.example/e/7\nReply OK 7, DONE 7 + note, or PASS 7.",
			func() (string, error) {
				return b.Staff("alert.missed_payment", "en", StaffText{Case: "RJ-2026-0142", Reason: "missed_payment", Code: 7,
					Since: time.Date(2026, 3, 6, 14, 5, 0, 0, time.UTC), Link: "https://x.example/e/7"})
			}},
		{"We can write in: English, Español. Reply with the one you want.",
			func() (string, error) { return b.Victim("language.unknown", "en", false, false, VictimText{}) }},
		{"Podemos escribir en: Español. Responda con el que prefiera.",
			func() (string, error) {
				return b.Offender("language.unknown", "es", true, false, OffenderText{Languages: []string{"es"}})
			}},
		{"Sorry, this number is not on our list. If you know someone here, please call them. In danger, call 911.",
			func() (string, error) { return b.Victim("stranger", "en", true, false, VictimText{}) }},
	} {
		got, err := c.got()
		if err != nil {
			t.Error(err)
		} else if got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// A value that a text uses and nobody gave is an error, never an empty place;
// and the error bears no value.
func TestMissingValueIsAnError(t *testing.T) {
	t.Parallel()
	b := load(t)
	_, err := b.Offender("payment-report.recorded", "en", false, false, OffenderText{Amount: usd(77_77)})
	if err == nil || !strings.Contains(err.Error(), "Date is not given") || strings.Contains(err.Error(), "77") {
		t.Errorf("got %v", err)
	}
	for _, c := range []struct{ key, lang string }{{"no.such", "en"}, {"help", "fr"}, {"payment-report.recorded", "en"}} {
		if _, err := b.Victim(c.key, c.lang, false, false, VictimText{}); err == nil {
			t.Errorf("%s in %s: no error", c.key, c.lang)
		}
	}
	if _, err := b.Victim("victim-checkin.safe", "en", true, true, VictimText{Sender: "Riverside RJ"}); err == nil {
		t.Error("a discreet text without its discreet sender went out under another name")
	}
}

// What a program brings, or a translator gets wrong, is refused at start in
// one sentence that names the file, the text and the fault.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, text, want string }{
		"a sum in a discreet text":        {"en.yaml", "party: {payment-confirm.recorded: {victim: {plain: 'ok', discreet: 'Got {{.Amount}}'}}}", "{{.Amount}} is nothing that its reader may know"},
		"a sum where the value lacks it":  {"en.yaml", "party: {help: {plain: 'ok', discreet: '{{if .Has \"Amount\"}}x{{end}}y'}}", "there is no Amount"},
		"the other side's commitment":     {"en.yaml", "party: {victim-checkin.thanks: {victim: 'Thanks for {{.Commitment}}'}}", "{{.Commitment}} is nothing"},
		"a name":                          {"en.yaml", "party: {help: '{{.Name}}'}", "{{.Name}} is nothing"},
		"a hidden field":                  {"en.yaml", "party: {help: '{{.v.Title}}'}", "is nothing"},
		"a word of law, discreet":         {"en.yaml", "party: {help: {plain: 'ok', discreet: 'The court says hello'}}", `help (offender, discreet): it must not say "court"`},
		"a sum by hand, discreet":         {"es.yaml", "party: {help: {plain: 'ok', discreet: 'Son $50'}}", `must not say "$"`},
		"a word that nobody is called":    {"es.yaml", "party: {help: 'Hola, víctima'}", `must not say "víctima"`},
		"a label to staff":                {"en.yaml", "staff: {list.empty: 'The offender has nothing'}", `must not say "offend"`},
		"no discreet wording":             {"en.yaml", "party: {help: {plain: 'ok'}}", "needs both a plain and a discreet wording"},
		"a third wording":                 {"en.yaml", "party: {help: {plain: 'ok', secret: 'x'}}", "expected a text, or plain and discreet"},
		"an unknown section":              {"en.yaml", "texts: {help: 'x'}", "field texts not found"},
		"an empty text":                   {"en.yaml", "party: {help: ''}", "it says nothing"},
		"a brace too few":                 {"en.yaml", "party: {help: 'Hi {{.Program'}", "texts en.yaml: help"},
		"something to call":               {"en.yaml", "party: {help: '{{template \"x\"}}'}", "may use {{.Field}}"},
		"a language with half its texts":  {"fr.yaml", "name: Français\nparty: {help: 'Bonjour'}", "texts fr.yaml: format.weekdays"},
		"a language of another name":      {"fr.yaml", "language: de", "it says `language: de`"},
		"a kind without discreet wording": {"en.yaml", "kinds: {class: {plain: 'x'}}", "both a plain and a discreet"},
	} {
		_, err := Load(fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: got %v, want one with %q", name, err, c.want)
		}
	}
}

// A language that lacks one text is refused, whichever it is.
func TestLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	b := load(t)
	for _, code := range b.Languages() {
		if got, want := len(b.languages[code].parsed), len(b.base.slots)/2; got != want {
			t.Errorf("%s has %d wordings, the others %d", code, got, want)
		}
	}
	delete(b.languages["es"].Party, "help")
	if err := b.check(); err == nil || !strings.Contains(err.Error(), "es.yaml: help (victim) is missing") && !strings.Contains(err.Error(), "es.yaml: help (offender") {
		t.Errorf("got %v", err)
	}
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	b := load(t, fstest.MapFS{"en.yaml": {Data: []byte("party: {who5.item1: 'One, 0 to 5', victim-checkin.thanks: {victim: 'Thanks a lot.'}}")}})
	if got, _ := b.Victim("victim-checkin.thanks", "en", false, false, VictimText{}); got != "Thanks a lot." {
		t.Errorf("got %q", got)
	}
	if got := b.Audiences("who5.item1", "en"); len(got) != 2 {
		t.Errorf("an overlay's own text speaks to %v", got)
	}
	if got := b.Audiences("who5.item1", "es"); len(got) != 0 {
		t.Errorf("a text that Spanish lacks speaks to %v", got)
	}
}

// No text to anyone, party or staff, in any language, at any length, has a
// word that it must not have, and no discreet one tells: Load proves it, and
// this proves that the lists are what they should be.
func TestForbiddenWords(t *testing.T) {
	t.Parallel()
	b := load(t)
	for lang, words := range map[string]struct{ anyone, discreet string }{
		"en": {"victim offender offense crime guilty theft assault", "$ money court pay paid payment restitution law mediator case police"},
		"es": {"víctima victimas ofensor infractora delito robo agresor", "$ dinero tribunal corte pago pagar pagué ley mediadora caso policía restitución"},
	} {
		l := b.languages[lang]
		for _, w := range strings.Fields(words.anyone) {
			if l.forbidden("Hello "+strings.ToUpper(w)+"!", false) == "" {
				t.Errorf("%s: %q may be said", lang, w)
			}
		}
		for _, w := range strings.Fields(words.discreet) {
			if l.forbidden("hello ("+w+")", true) == "" || l.forbidden(w, false) != "" {
				t.Errorf("%s: %q is not a word for plain texts alone", lang, w)
			}
		}
	}
}
