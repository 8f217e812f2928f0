package simulation

import (
	"fmt"
	"strings"
	"time"

	"amends/store/calendar"
	"amends/store/intake"
)

// Private words and numbers are made so that they are found again wherever they turn up: every name
// and every private word begins with the mark, every number with the exchange.
const (
	mark     = "xq"
	exchange = "312555"
)

// town is the people of a world and their cases, as the files that were put in have them. The people
// live by it and the checks go by it.
type town struct {
	c        chance
	agencies []*agency
	cases    []*matter
	people   []*person
	staff    []*helper
	strays   []string // phones of nobody's
	words    string   // the folder of the WHO-5's items
	owner    map[string]any
	lastName int
	lastLine int
}

// agency is a program with its number and staff. Two share an installation and see nothing of each other.
type agency struct {
	program intake.Program
	number  string
	zone    *time.Location
	staff   []*helper
	keeps   int      // days after which a closed case is erased; 0 for never
	says    []string // how its texts name it, in small letters
}

// matter is one case.
type matter struct {
	ref    string
	agency *agency
	file   intake.Case
	opens  time.Time
	// entered: it is on record.
	entered bool
	seats   []*seat
	debts   []*debt
	tasks   []*task
	helper  *helper
}

// seat is a party of a case.
type seat struct {
	m         *matter
	key       string
	side      string // victim, offender
	person    *person
	onForm    bool  // consented before
	texts     bool  // gets its side's texts; false where a guardian does
	standsFor *seat // of a guardian
}

// debt is a restitution as agreed.
type debt struct {
	m      *matter
	key    string
	by, to *seat // to nil: the court
	cents  int64
	count  int
	first  string // the first date
	each   string // an instalment, as texts would write it
}

// task is a commitment other than money.
type task struct {
	m    *matter
	key  string
	by   *seat
	due  string
	kind string
}

// person is somebody with a phone, in one case or more.
type person struct {
	phone    string
	agency   *agency
	name     string
	lang     string
	zoneName string
	zone     *time.Location
	discreet bool
	quiet    [2]int   // minutes of the day, from and to
	safe     [][2]int // none: any that is not quiet
	ownQuiet bool
	temper   temper
	seats    []*seat
	secret   string // a private word of theirs
	mind     mind
}

// helper is a member of staff.
type helper struct {
	key, name, phone string
	agency           *agency
	role             intake.StaffRole
	temper           temper
	mind             mind
}

// temper is how somebody answers.
type temper string

// The tempers of parties, then those of staff.
const (
	prompt   temper = "prompt"
	late     temper = "late"
	silent   temper = "silent"
	confused temper = "confused"
	rude     temper = "rude"
	atRisk   temper = "at_risk"
	leaving  temper = "leaving"
	stranger temper = "stranger" // it is not their case: a wrong number

	slow      temper = "slow"
	forgetful temper = "forgetful"
	absent    temper = "absent"
)

var tempers = []temper{prompt, prompt, prompt, prompt, late, late, late, silent, confused, confused, rude, atRisk, leaving, leaving}

var zones = []string{"America/Chicago", "America/Chicago", "America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/Los_Angeles", "America/Anchorage"}

// newTown makes a town whose cases open in the first part of the time.
func newTown(c chance, cases int, begin, end time.Time, words string) (*town, error) {
	t := &town{c: c, words: words, owner: map[string]any{}}
	for i := range houses {
		if err := t.makeProgram(i); err != nil {
			return nil, err
		}
	}
	spread := end.Sub(begin) / 6
	for i := range cases {
		opens := begin.Add(time.Duration(float64(spread) * float64(i) / float64(max(1, cases)))).Add(c.between(0, 20*time.Hour))
		if err := t.makeCase(i, opens); err != nil {
			return nil, err
		}
	}
	for range 1 + cases/20 {
		phone := t.phone()
		t.strays = append(t.strays, phone)
		t.owner[phone[2:]] = phone
	}
	return t, nil
}

// houses are the programs of a world. Every third case is the second one's, which keeps closed cases for a few
// weeks and asks the WHO-5.
var houses = []struct {
	key, name, sender, discreet, policy string
	says, staff                         []string // four mediators and two coordinators
	keeps                               int
}{
	{"riverside", "Riverside Restorative Justice", "Riverside RJ", "RRJ", "texts_per_second: 10",
		[]string{"riverside", "rrj"}, []string{"ana", "bo", "cy", "di", "kim", "lou"}, 0},
	{"lakeside", "Lakeside Dialogue House", "Lakeside DH", "LDH", "texts_per_second: 10, retention_days: 20, who5: true, flows: %q",
		[]string{"lakeside", "ldh"}, []string{"eva", "fay", "gus", "hal", "ivy", "max"}, 20},
}

// agencyOf is whose the case with that number is.
func (t *town) agencyOf(i int) *agency {
	if i%3 == 2 {
		return t.agencies[1]
	}
	return t.agencies[0]
}

func (t *town) makeProgram(i int) error {
	h := houses[i]
	a := &agency{number: fmt.Sprintf("+1%s%04d", exchange, 9999*i), says: h.says, keeps: h.keeps}
	var err error
	zone := pick(t.c, []string{"America/Chicago", "America/Chicago", "America/Phoenix", "Pacific/Honolulu"})
	if a.zone, err = time.LoadLocation(zone); err != nil {
		return err
	}
	policy := h.policy
	if strings.Contains(policy, "%q") {
		policy = fmt.Sprintf(policy, t.words)
	}
	file := fmt.Sprintf(`
program: %s
name: %s
sender: %s
discreet_sender: %s
from: %q
time_zone: %s
languages: [en, es]
quiet_hours: {from: "20:00", to: "09:00"}
office_hours: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
resources:
  - {name: 988 Lifeline, contact: "call or text 988", language: en, verified: 2026-01-01}
  - {name: Línea 988, contact: "llame al 988, oprima 2", language: es, verified: 2026-01-01}
policy: {%s}
staff:
`, h.key, h.name, h.sender, h.discreet, a.number, zone, policy)
	for j, post := range []struct {
		role   intake.StaffRole
		temper temper
	}{{intake.Mediator, prompt}, {intake.Mediator, slow}, {intake.Mediator, forgetful}, {intake.Mediator, absent},
		{intake.Coordinator, prompt}, {intake.Coordinator, slow}} {
		who := &helper{key: h.staff[j], agency: a, name: t.name(), phone: t.phone(), role: post.role, temper: post.temper}
		t.staff, a.staff = append(t.staff, who), append(a.staff, who)
		t.own(who.name, who)
		t.owner[who.phone[2:]] = who
		file += fmt.Sprintf("  - {key: %s, name: %s, role: %s, phone: %q}\n", who.key, who.name, who.role, who.phone)
	}
	a.program, err = intake.ParseProgram("the program", strings.NewReader(file))
	t.agencies = append(t.agencies, a)
	return err
}

// numbers are those that the programs send from.
func (t *town) numbers() []string {
	list := make([]string, len(t.agencies))
	for i, a := range t.agencies {
		list[i] = a.number
	}
	return list
}

// own notes whose the words of a name are.
func (t *town) own(name string, who any) {
	for _, word := range strings.Fields(name) {
		t.owner[strings.ToLower(word)] = who
	}
}

// name is a name that nobody else has.
func (t *town) name() string {
	return "X" + t.word()[1:] + " X" + t.word()[1:]
}

// word is a private word that nobody else has: the mark and eight letters, too many for chance to make
// one in sealed bytes.
func (t *town) word() string {
	t.lastName++
	const letters = "abdefgiklmnoprstu"
	n, w := t.lastName, ""
	for range 4 {
		w += string(letters[n%len(letters)])
		n /= len(letters)
	}
	return mark + w + w
}

func (t *town) phone() string {
	t.lastLine++
	return fmt.Sprintf("+1%s%04d", exchange, t.lastLine)
}

// makePerson makes somebody, or takes somebody there is: one person in two cases, or a phone that two
// share. Who shares a phone shares its hours.
func (t *town) makePerson(a *agency, side string) (*person, error) {
	if len(t.people) > 4 && t.c.hit(0.08) {
		if known := pick(t.c, t.people); known.agency == a && known.seats[0].side == side && len(known.seats) == 1 && known.temper != stranger {
			return known, nil
		}
	}
	p := &person{phone: t.phone(), agency: a, name: t.name(), secret: t.word(), lang: "en", zoneName: a.program.TimeZone, quiet: [2]int{20 * 60, 9 * 60},
		temper: pick(t.c, tempers)}
	if t.c.hit(0.3) {
		p.lang = "es"
	}
	if t.c.hit(0.4) {
		p.zoneName = pick(t.c, zones)
	}
	p.discreet = t.c.hit(0.25)
	if t.c.hit(0.03) {
		p.temper = stranger
	}
	if t.c.hit(0.15) {
		p.ownQuiet, p.quiet = true, [2]int{(20 + t.c.IntN(4)) * 60, t.c.from(7, 11) * 60}
	}
	if t.c.hit(0.1) {
		p.safe = [][2]int{{12 * 60, 14 * 60}, {16*60 + 30, 19*60 + 30}}
	}
	var err error
	if p.zone, err = time.LoadLocation(p.zoneName); err != nil {
		return nil, err
	}
	t.people = append(t.people, p)
	t.own(p.name, p)
	t.owner[p.secret] = p
	t.owner[p.phone[2:]] = p
	return p, nil
}

// makeCase makes a case with its parties and what they agreed.
func (t *town) makeCase(i int, opens time.Time) error {
	c := t.c
	a := t.agencyOf(i)
	local := opens.In(a.zone)
	if local.Hour() < 9 || local.Hour() > 17 {
		opens = opens.Add(10 * time.Hour) // somebody enters it at a desk, more or less
	}
	m := &matter{ref: fmt.Sprintf("RJ-%04d", i+1), agency: a, opens: opens}
	day := calendar.On(opens, a.zone)
	mediators := a.staff[:4]
	m.helper = mediators[i%len(mediators)]
	m.file = intake.Case{Program: a.program.Key, Reference: m.ref, MediatedOn: day.AddDays(-c.IntN(5)), Mediator: m.helper.key}
	if c.hit(0.8) {
		m.file.Backup = mediators[(i+1)%len(mediators)].key
	}
	v, err := t.seat(m, "v", "victim", nil)
	if err != nil {
		return err
	}
	o, err := t.seat(m, "o", "offender", nil)
	if err != nil {
		return err
	}
	owes := o
	if c.hit(0.08) {
		o.texts = false
		if _, err := t.seat(m, "g", "offender", o); err != nil {
			return err
		}
	}
	if c.hit(0.85) {
		t.restitution(m, "money", owes, v, day)
	}
	if c.hit(0.5) {
		t.task(m, "letter", intake.ApologyLetter, owes, day)
	}
	if c.hit(0.4) || len(m.file.Agreement) == 0 {
		t.task(m, "hours", intake.CommunityService, owes, day)
	}
	if c.hit(0.1) {
		t.task(m, "other", intake.Other, owes, day)
	}
	if c.hit(0.15) {
		second, err := t.seat(m, "o2", "offender", nil)
		if err != nil {
			return err
		}
		t.restitution(m, "money2", second, v, day)
	}
	t.cases = append(t.cases, m)
	return nil
}

// seat puts somebody into a case; nobody sits in one twice.
func (t *town) seat(m *matter, key, side string, standsFor *seat) (*seat, error) {
	p, err := t.makePerson(m.agency, side)
	for tries := 0; err == nil && sitsIn(m, p); tries++ {
		p, err = t.makePerson(m.agency, side)
	}
	if err != nil {
		return nil, err
	}
	s := &seat{m: m, key: key, side: side, person: p, texts: true, standsFor: standsFor, onForm: t.c.hit(0.6)}
	p.seats = append(p.seats, s)
	m.seats = append(m.seats, s)
	f := intake.Party{Key: key, Role: intake.Role(side), Name: p.name, Phone: p.phone, Language: p.lang, TimeZone: p.zoneName, Discreet: p.discreet}
	if standsFor != nil {
		f.Role, f.For = intake.Guardian, standsFor.key
	}
	if p.ownQuiet {
		f.QuietHours = &calendar.Window{From: calendar.TimeOfDay(p.quiet[0]), To: calendar.TimeOfDay(p.quiet[1])}
	}
	for _, w := range p.safe {
		f.SafeTimes = append(f.SafeTimes, calendar.Window{From: calendar.TimeOfDay(w[0]), To: calendar.TimeOfDay(w[1])})
	}
	if side == "victim" && t.c.hit(0.4) {
		yes := true
		f.Statements = &yes
	}
	if s.onForm {
		f.Consent = &intake.Consent{On: m.file.MediatedOn, How: "signed form"}
	}
	m.file.Parties = append(m.file.Parties, f)
	return s, nil
}

func sitsIn(m *matter, p *person) bool {
	for _, s := range m.seats {
		if s.person == p {
			return true
		}
	}
	return false
}

// restitution agrees on a sum whose instalments no other debt of the world has.
func (t *town) restitution(m *matter, key string, by, to *seat, day calendar.Date) {
	c := t.c
	each := int64(c.from(20, 90))*100 + int64(c.from(1, 99))
	d := &debt{m: m, key: key, by: by, to: to, each: fmt.Sprintf("$%d.%02d", each/100, each%100)}
	first := day.AddDays(c.from(7, 40))
	d.first = first.String()
	f := intake.Commitment{Key: key, Kind: intake.Restitution, By: by.key, Currency: "USD"}
	switch c.IntN(5) {
	case 0:
		d.count = c.from(4, 12)
		f.Instalments = &calendar.Plan{Count: d.count, Every: calendar.Week, First: first}
	case 1:
		d.count = c.from(3, 8)
		f.Instalments = &calendar.Plan{Count: d.count, Every: calendar.Fortnight, First: first}
	case 2:
		d.count = 2
		f.Instalments = &calendar.Plan{Listed: []calendar.Instalment{{Due: first, AmountCents: each}, {Due: first.AddDays(25), AmountCents: each}}}
	default:
		d.count = c.from(2, 9)
		f.Instalments = &calendar.Plan{Count: d.count, Every: calendar.Month, First: first}
	}
	d.cents = each * int64(d.count)
	f.TotalCents = d.cents
	if c.hit(0.15) {
		d.to, f.Payee = nil, "court"
	} else {
		f.To = to.key
	}
	m.debts = append(m.debts, d)
	m.file.Agreement = append(m.file.Agreement, f)
}

func (t *town) task(m *matter, key string, kind intake.Kind, by *seat, day calendar.Date) {
	due := day.AddDays(t.c.from(7, 90))
	f := intake.Commitment{Key: key, Kind: kind, By: by.key, Due: due}
	switch kind {
	case intake.CommunityService:
		f.Minutes = t.c.from(4, 20) * 60
	case intake.Other:
		f.Title = "mend the fence"
	}
	m.tasks = append(m.tasks, &task{m: m, key: key, by: by, due: due.String(), kind: string(kind)})
	m.file.Agreement = append(m.file.Agreement, f)
}
