package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"amends/bot/emulator"
)

// device is the phone that the page shows, and its thread.
type device struct {
	Number, Readable, URL string
	Name, Initials        string
	Staff                 bool
	Summary               string   // who holds it, in a line
	Facts                 []fact   // who holds it, in full
	Stranger              bool     // nobody is known to hold it
	Peer                  string   // the program that it writes to, by name or number
	Peers                 []choice // the numbers to choose from, if there are several
	Items                 []item
	Quick                 []string
}

// fact is what the page says about a phone's holder.
type fact struct{ Term, Text string }

// choice is a program's number.
type choice struct {
	Number, Label string
	Chosen        bool
}

// item is a line of the thread: the day that begins, or a text.
type item struct {
	Key  string
	Day  string // of a day that begins
	Text *bubble
}

// bubble is a text as the page shows it.
type bubble struct {
	Own     bool // written from this phone
	Body    string
	Media   string
	At      stamp
	Status  string
	Failed  bool
	Pending bool   // not on the phone yet
	From    string // its sender, or for an own text whom it went to, where that is not plain
	Lang    string
}

// quick are the answers at a press: digits answer questions, the words may be sent at any time. They are the ones that
// the first minutes need; anything else can be typed.
func quick(staff bool) []string {
	if staff {
		return []string{"OK", "1", "2", "LIST", "DONE spoke to both", "PASS"}
	}
	return []string{"1", "2", "3", "4", "5", "PAID 50", "LATER friday", "BALANCE", "CALL ME", "HELP", "STOP"}
}

// device gathers one phone. Its times are its holder's.
func (d *desk) device(number string, people []Person, thread []emulator.Text, now time.Time) *device {
	held := slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return p.Number != number })
	v := &device{Number: number, Readable: readable(number), URL: phoneURL(number), Stranger: len(held) == 0}
	names := map[string]string{} // of programs, by number
	for _, person := range people {
		names[person.ProgramNumber] = person.Program
	}
	v.peers(held, thread, names)
	zone, lang := d.Zone, ""
	if len(held) > 0 {
		first := held[0]
		zone, lang = d.zone(first.Zone), first.Language
		v.Initials, v.Staff = initials(first.Name), first.Case == ""
		if len(each(held, func(p Person) string { return p.Language })) > 1 {
			lang = "" // whose words they are cannot be told from here
		}
	}
	v.describe(held, zone, zone.String() != d.Zone.String())
	v.Quick = quick(v.Staff)
	v.items(thread, names, lang, zone, now)
	return v
}

// describe says who holds the phone.
func (v *device) describe(held []Person, zone *time.Location, elsewhere bool) {
	names := each(held, func(p Person) string { return p.Name })
	languages := each(held, func(p Person) string { return languageName(p.Language) })
	roles := each(held, func(p Person) string {
		role := p.Role
		if len(names) > 1 {
			role = strings.TrimSpace(p.Name + " " + role)
		}
		if p.Case != "" {
			return strings.TrimSpace(role + " in " + p.Case)
		}
		return role
	})
	v.Name = cmp.Or(strings.Join(names, " and "), v.Readable)
	v.Summary = strings.Join(slices.Concat(roles, languages), " · ")
	if v.Stranger {
		v.Summary, names = "a number in no case", []string{"nobody that a program knows: a stranger"}
	}
	v.Facts = []fact{{"Number", v.Readable}}
	add := func(term string, texts ...string) {
		for _, text := range texts {
			v.Facts, term = append(v.Facts, fact{term, text}), ""
		}
	}
	add("Held by", names...)
	add("Role", roles...)
	add("Language", languages...)
	programs := each(held, func(p Person) string { return p.Program })
	add("Program", programs...)
	if elsewhere {
		add("Time zone", zone.String()+"; the times of its texts are told in it")
	}
	if len(v.Peers) > 0 && (len(programs) != 1 || programs[0] != v.Peer) {
		add("Texts with", v.Peer)
	}
}

// each is what the holders have in turn, each thing once and nothing empty.
func each(held []Person, what func(Person) string) []string {
	var all []string
	for _, person := range held {
		if s := what(person); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// peers finds the programs that the phone is in touch with, and the one it would write to.
func (v *device) peers(held []Person, thread []emulator.Text, names map[string]string) {
	var numbers []string
	last := ""
	note := func(number string) {
		if number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	for _, t := range thread {
		note(t.Peer)
		if t.Direction == emulator.ToPhone || last == "" {
			last = t.Peer
		}
	}
	for _, person := range held {
		note(person.ProgramNumber)
	}
	if last == "" && len(numbers) > 0 {
		last = numbers[0]
	}
	v.Peer = "the program"
	if last != "" {
		v.Peer = cmp.Or(names[last], readable(last))
	}
	for _, number := range numbers {
		label := readable(number)
		if names[number] != "" {
			label = names[number] + " · " + label
		}
		v.Peers = append(v.Peers, choice{number, label, number == last})
	}
}

// items makes the thread's lines; a day is named where it begins.
func (v *device) items(thread []emulator.Text, names map[string]string, lang string, zone *time.Location, now time.Time) {
	day := ""
	for i, t := range thread {
		at := t.At.In(zone)
		if date := at.Format(time.DateOnly); date != day {
			day = date
			v.Items = append(v.Items, item{Key: fmt.Sprintf("day-%s-%d", date, i), Day: dayName(at, now.In(zone))})
		}
		b := &bubble{
			Own: t.Direction == emulator.FromPhone, Body: t.Body, At: stamp{at.Format(time.RFC3339), at.Format(clockTime)},
			Status: statusName(t), Failed: t.Direction == emulator.ToPhone && failed(t.Status),
		}
		if t.Media > 0 || t.Body == "" {
			b.Media = pictures(t.Media)
		}
		if len(v.Peers) > 1 {
			b.From = cmp.Or(names[t.Peer], readable(t.Peer))
		}
		if !b.Own {
			b.Pending = !b.Failed && t.Status != "delivered" && t.Status != "sent"
			if b.Lang = lang; t.Carrier {
				b.From, b.Lang = "The carrier itself", "en"
			}
		}
		v.Items = append(v.Items, item{Key: fmt.Sprintf("text-%d", i), Text: b})
	}
}

func dayName(at, now time.Time) string {
	switch {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "Today"
	case at.Format(time.DateOnly) == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "Yesterday"
	case at.Year() == now.Year():
		return at.Format(clockDay)
	}
	return at.Format(clockYear)
}

// statusName is how far a text has come, in words.
func statusName(t emulator.Text) string {
	if t.Direction == emulator.FromPhone {
		return "sent"
	}
	name := ""
	switch t.Status {
	case "delivered":
		return "delivered"
	case "sent":
		return "sent, no receipt yet"
	case "failed", "undelivered":
		name = "did not arrive"
	case "canceled":
		name = "canceled"
	default:
		name = "on its way"
	}
	if t.ErrorCode != 0 {
		name += fmt.Sprintf(" · error %d", t.ErrorCode)
	}
	return name
}

func pictures(n int) string { return count(n, "picture", "An empty text") }

// zone is a person's time zone, or the clock's where it is none.
func (d *desk) zone(name string) *time.Location {
	if name == "" {
		return d.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return d.Zone
	}
	return zone
}

// languageName is a language in English, or its tag where that has no name.
func languageName(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	return cmp.Or(display.English.Languages().Name(parsed), tag)
}

// initials are the first letters of a name's first and last words.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	letters := ""
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		letters += strings.ToUpper(string(first))
	}
	return letters
}
