package intake

import (
	"cmp"

	"amends/store/calendar"
)

// Role is what a party is in a case.
type Role string

// The roles, as files spell them. A guardian or support person stands on the
// side of the party that For names, and takes that party's texts.
const (
	Victim   Role = "victim"
	Offender Role = "offender"
	Guardian Role = "guardian"
	Support  Role = "support"
)

// Kind is what a commitment is.
type Kind string

// The kinds of commitment, as files spell them.
const (
	Restitution      Kind = "restitution"
	ApologyLetter    Kind = "apology_letter"
	CommunityService Kind = "community_service"
	Counselling      Kind = "counselling"
	Class            Kind = "class"
	Other            Kind = "other"
)

// Case is one mediated matter: a case file, or a row of an import table.
type Case struct {
	Program    string // the program's key; a table row may leave it empty
	Reference  string
	MediatedOn calendar.Date
	Mediator   string // a staff key
	Backup     string // a staff key, or empty: the coordinators are next
	Parties    []Party
	Agreement  []Commitment
	Policy     Policy // what differs from the program's
	Origin     Origin
}

// Party is a person in the case.
type Party struct {
	Key        string
	Role       Role
	For        string // of a guardian or support person: the key of their party
	Name       string
	Phone      string // E.164
	Language   string // empty: the program's default
	TimeZone   string // IANA; empty: the program's
	Discreet   bool
	QuietHours *calendar.Window  // nil: the program's
	SafeTimes  []calendar.Window // none: any time that is not quiet
	Statements *bool             // nil: as the policy has it
	Consent    *Consent          // nil: to be asked by text
}

// Consent is consent on record from before: when, and how it was given.
type Consent struct {
	On  calendar.Date
	How string
}

// Commitment is one thing that was agreed.
type Commitment struct {
	Key         string
	Kind        Kind
	By          string // the key of the party that owes it, on an offender's side
	To          string // the key of the party it is owed to, on a victim's side, or empty
	Title       string // of the kind other; may be given for any
	Payee       string // of restitution without To: "victim", "court", or who it is
	TotalCents  int64  // of restitution
	Currency    string // of restitution; default USD
	Instalments *calendar.Plan
	Due         calendar.Date // of all other kinds, and of restitution paid at once
	Minutes     int           // of community service, and of others that have hours: 1200 is 20 hours
}

// Party returns the party with the key.
func (c Case) Party(key string) (Party, bool) {
	for _, p := range c.Parties {
		if p.Key == key {
			return p, true
		}
	}
	return Party{}, false
}

// Side is Victim or Offender: the party's own role, or that of the party it
// stands for. Empty if there is no such party.
func (c Case) Side(key string) Role {
	p, ok := c.Party(key)
	if !ok {
		return ""
	}
	if p.Role == Guardian || p.Role == Support {
		p, _ = c.Party(p.For)
	}
	if p.Role == Victim || p.Role == Offender {
		return p.Role
	}
	return ""
}

// Payee is the party that a commitment is owed to, if one is: the one that To
// names or, where the payee is "victim", the case's one victim.
func (c Case) Payee(m Commitment) (Party, bool) {
	if m.To != "" {
		return c.Party(m.To)
	}
	var found []Party
	for _, p := range c.Parties {
		if p.Role == Victim {
			found = append(found, p)
		}
	}
	if m.Payee == payeeVictim && len(found) == 1 {
		return found[0], true
	}
	return Party{}, false
}

// The payees that are not a free text.
const (
	payeeVictim = "victim"
	payeeCourt  = "court"
)

// Schedule is a restitution's instalments: as planned, or all of it on Due.
func (m Commitment) Schedule() ([]calendar.Instalment, error) {
	if m.Instalments != nil {
		return calendar.Spread(m.TotalCents, *m.Instalments)
	}
	return calendar.Spread(m.TotalCents, calendar.Plan{Listed: []calendar.Instalment{{Due: m.Due, AmountCents: m.TotalCents}}})
}

// Hours are the hours in which a party may be texted: its own, or else the program's.
func (p Party) Hours(of Program) calendar.Hours {
	h := calendar.Hours{Zone: zoneOf(cmp.Or(p.TimeZone, of.TimeZone)), Quiet: of.QuietHours, Safe: p.SafeTimes}
	if p.QuietHours != nil {
		h.Quiet = *p.QuietHours
	}
	return h
}

// Equal says whether c and d say the same, wherever they were read from.
func (c Case) Equal(d Case) bool { return string(c.Encode()) == string(d.Encode()) }
