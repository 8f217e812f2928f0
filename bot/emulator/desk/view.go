package desk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"amends/bot/emulator"
)

// How the page writes times. A year is left out where it goes without saying.
const (
	clockTime = "3:04 PM"
	clockDay  = "Mon, Jan 2"
	clockFull = "Monday, January 2, 2006"
	clockYear = "Mon, Jan 2, 2006"
)

// view is the page.
type view struct {
	Title  string
	List   bool // the list was asked for: a narrow screen shows no phone
	Now    stamp
	Day    string // today, in full
	Zone   string // its abbreviation
	Picker string // now, as the picker of a moment has it
	Moves  []button
	Groups []group
	Phone  *device
	Status string // what came of what was done last
	Alert  string // what went wrong
}

// stamp is an instant for the machine and for the reader.
type stamp struct{ ISO, Text string }

// button moves the clock.
type button struct {
	Move, Label, When string
	None              bool // there is nothing to move to
}

// group is a case, the staff or the rest.
type group struct {
	Heading, Note string
	Lines         []line
}

// line is a phone in the list.
type line struct {
	Key, URL       string
	Name, Role     string
	Initials       string
	Number         string // as a person reads it
	Staff, Current bool
	Preview        string
	Own            bool // the preview is the phone's own text
	At             stamp
	Received       int // texts that arrived, for the badge's reckoning
	New            int // of them since the page's last deed
}

// view gathers the page, for one phone or for the one that suits. What came of the last deed stands in the query.
func (d *desk) view(ctx context.Context, number string, came url.Values) (*view, error) {
	people, err := d.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("find who holds the phones: %w", err)
	}
	now := d.now().In(d.Zone)
	page := &view{
		Title: "Phones", List: number == "",
		Now: stamp{now.Format(time.RFC3339), now.Format(clockTime)}, Day: now.Format(clockFull),
		Zone: now.Format("MST"), Picker: now.Format(localInstant), Status: d.status(came, now),
	}
	if page.Moves, err = d.moves(ctx, now); err != nil {
		return nil, err
	}
	since, err := time.Parse(time.RFC3339Nano, came.Get("since"))
	if err != nil {
		since = now
	}
	threads := map[string][]emulator.Text{}
	for _, phone := range d.Emulator.Phones() {
		threads[phone] = d.Emulator.Thread(phone)
	}
	if number == "" {
		number = latest(people, threads)
	}
	page.Groups = d.groups(people, threads, number, now, since)
	if number != "" {
		page.Phone = d.device(number, people, threads[number], now)
		if !page.List {
			page.Title = page.Phone.Name + " · Phones"
		}
	}
	return page, nil
}

// latest is the party's phone that was texted last; else anybody's, else the first person's, else none.
func latest(people []Person, threads map[string][]emulator.Text) string {
	best, at := "", time.Time{}
	for _, person := range people {
		if best == "" {
			best = person.Number
		}
		for _, t := range threads[person.Number] {
			if person.Case != "" && t.Direction == emulator.ToPhone && t.At.After(at) {
				best, at = person.Number, t.At
			}
		}
	}
	if best == "" {
		for phone, thread := range threads {
			if last := thread[len(thread)-1].At; last.After(at) || last.Equal(at) && phone < best {
				best, at = phone, last
			}
		}
	}
	return best
}

// status tells what came of a move of the clock or of a text, where the threads don't.
func (d *desk) status(came url.Values, now time.Time) string {
	if sent, err := strconv.Atoi(came.Get("sent")); err == nil {
		return fmt.Sprintf("It is now %s, %s. %s went out on the way.", now.Format(clockDay), now.Format(clockTime), count(sent, "text", "No text"))
	}
	if came.Get("replies") == "0" { // an answer speaks for itself
		return "Sent. No answer came."
	}
	return ""
}

func count(n int, one, none string) string {
	switch n {
	case 0:
		return none
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// moves are the clock's buttons, each with where it leads.
func (d *desk) moves(ctx context.Context, now time.Time) ([]button, error) {
	morning := nextMorning(now)
	label := "Tomorrow morning"
	if morning.Day() == now.Day() {
		label = "This morning"
	}
	moves := []button{
		{Move: "hour", Label: "+ 1 hour", When: now.Add(time.Hour).Format(clockTime)},
		{Move: "morning", Label: label, When: morning.Format("Mon 3:04 PM")},
		{Move: "week", Label: "+ 1 week", When: now.AddDate(0, 0, 7).Format(clockDay)},
		{Move: "next", Label: "Next thing due", When: "nothing is due", None: true},
	}
	next, ok, err := d.World.Next(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the next thing due: %w", err)
	}
	if ok {
		due := &moves[len(moves)-1]
		due.None, due.When = false, "now"
		if next = next.In(d.Zone); next.After(now) {
			due.When = near(next, now)
		}
	}
	return moves, nil
}

// near is a moment, told as far as it is not plain from now: the time of today, or the day too.
func near(at, now time.Time) string {
	switch {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format(clockTime)
	case at.Year() == now.Year():
		return at.Format("Mon, Jan 2, 3:04 PM")
	}
	return at.Format("Jan 2, 2006, 3:04 PM")
}

// groups are the phones by case in the people's order, then the staff's by program, then those that nobody is known to
// hold. A phone of two cases stands in both.
func (d *desk) groups(people []Person, threads map[string][]emulator.Text, number string, now, since time.Time) []group {
	var groups []group
	held := map[string]bool{}
	several := len(each(people, func(p Person) string { return p.Program })) > 1
	add := func(person Person, heading string) {
		held[person.Number] = true
		note := ""
		if several {
			note = person.Program
		}
		i := slices.IndexFunc(groups, func(g group) bool { return g.Heading == heading && g.Note == note })
		if i < 0 {
			groups, i = append(groups, group{Heading: heading, Note: note}), len(groups)
		}
		groups[i].Lines = addLine(groups[i].Lines, d.line(person, threads[person.Number], number, now, since))
	}
	for _, person := range people {
		if person.Case != "" {
			add(person, "Case "+person.Case)
		}
	}
	for _, person := range people {
		if person.Case == "" {
			add(person, "Staff")
		}
	}
	var rest []line
	for _, phone := range d.Emulator.Phones() {
		if !held[phone] {
			rest = append(rest, d.line(Person{Number: phone}, threads[phone], number, now, since))
		}
	}
	if number != "" && !held[number] && threads[number] == nil {
		rest = append(rest, d.line(Person{Number: number}, nil, number, now, since))
	}
	if rest != nil {
		groups = append(groups, group{Heading: "Other phones", Lines: rest})
	}
	return groups
}

// addLine adds a phone to a group, or another holder to the phone that is there.
func addLine(lines []line, added line) []line {
	i := slices.IndexFunc(lines, func(l line) bool { return l.Key == added.Key })
	if i < 0 {
		return append(lines, added)
	}
	if lines[i].Name != added.Name {
		lines[i].Name += " and " + added.Name
	}
	if lines[i].Role != added.Role {
		lines[i].Role += ", " + added.Role
	}
	return lines
}

// line is one phone with the last text of its thread.
func (d *desk) line(person Person, thread []emulator.Text, current string, now, since time.Time) line {
	l := line{
		Key: person.Number, URL: phoneURL(person.Number), Name: person.Name, Role: person.Role, Number: readable(person.Number),
		Initials: initials(person.Name), Staff: person.Case == "" && person.Name != "", Current: person.Number == current,
	}
	if l.Name == "" {
		l.Name, l.Role = l.Number, "in no case"
	}
	for _, t := range thread {
		if t.Direction == emulator.ToPhone && !failed(t.Status) {
			l.Received++
			if t.At.After(since) {
				l.New++
			}
		}
	}
	if len(thread) > 0 {
		last := thread[len(thread)-1]
		at := last.At.In(d.Zone)
		l.Preview, l.Own, l.At = last.Body, last.Direction == emulator.FromPhone, stamp{at.Format(time.RFC3339), listed(at, now)}
		if last.Body == "" {
			l.Preview = pictures(last.Media)
		}
	}
	return l
}

// listed is a moment as short as a list has it.
func listed(at, now time.Time) string {
	switch {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format(clockTime)
	case at.Year() == now.Year():
		return at.Format("Jan 2")
	}
	return at.Format("Jan 2, 2006")
}
