package intake

import (
	"regexp"

	"amends/store/calendar"
)

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

// agreement checks the commitments.
func (k *checker) agreement(c Case) {
	if len(c.Agreement) == 0 {
		k.fault("agreement", "is missing; list at least one commitment")
	}
	keys := map[string]bool{}
	for i, m := range c.Agreement {
		at := element("agreement", i, m.Key, keys)
		k.unique(at, m.Key, keys)
		k.sides(c, m, at)
		if m.Title != "" {
			k.text(at+".title", m.Title, maxText)
		}
		switch m.Kind {
		case Restitution:
			k.restitution(c, m, at)
			continue
		case ApologyLetter, CommunityService, Counselling, Class, Other:
		case "":
			k.fault(at+".kind", "is missing; write restitution, apology_letter, community_service, counselling, class or other")
			continue
		default:
			k.fault(at+".kind", "is not a kind of commitment; write restitution, apology_letter, community_service, counselling, class or other")
			continue
		}
		if m.Kind == Other && m.Title == "" {
			k.fault(at+".title", "is missing; a commitment of the kind other says what it is")
		}
		if m.Kind == CommunityService && m.Minutes == 0 {
			k.fault(at+".hours", "is missing; write how many hours are owed")
		}
		if m.Kind == ApologyLetter && m.Minutes != 0 {
			k.fault(at+".hours", "has no place with a letter; leave it out")
		}
		for _, f := range []struct {
			name  string
			given bool
		}{{"total", m.TotalCents != 0}, {"currency", m.Currency != ""}, {"payee", m.Payee != ""}, {"instalments", m.Instalments != nil}} {
			if f.given {
				k.fault(at+"."+f.name, "belongs to restitution alone; leave it out")
			}
		}
		if m.Due.IsZero() {
			k.fault(at+".due", "is missing; write the day by which it is to be done as 2026-03-20")
		} else {
			k.notBefore(c, m.Due, at+".due")
		}
	}
}

// sides checks who owes a commitment and to whom.
func (k *checker) sides(c Case, m Commitment, at string) {
	switch {
	case m.By == "":
		k.fault(at+".by", "is missing; write the key of the party that owes it")
	case c.Side(m.By) != Offender:
		k.fault(at+".by", "must be the key of a party on an offender's side of this case")
	}
	if m.To != "" && c.Side(m.To) != Victim {
		k.fault(at+".to", "must be the key of a party on a victim's side of this case")
	}
}

func (k *checker) restitution(c Case, m Commitment, at string) {
	victims := 0
	for _, p := range c.Parties {
		if p.Role == Victim {
			victims++
		}
	}
	switch {
	case m.To == "" && m.Payee == "":
		k.fault(at+".to", "is missing; write the key of the party that is paid, or payee for a court or another")
	case m.To != "" && m.Payee != "":
		k.fault(at+".payee", "cannot stand beside to; leave one of them out")
	case m.Payee == payeeVictim && victims > 1:
		k.fault(at+".payee", "could be any of several victims; write the key of one as to")
	case m.Payee != "" && m.Payee != payeeVictim && m.Payee != payeeCourt:
		k.text(at+".payee", m.Payee, maxName)
	}
	if m.Minutes != 0 {
		k.fault(at+".hours", "has no place with restitution; leave it out")
	}
	if !currencyForm.MatchString(m.Currency) {
		k.fault(at+".currency", "is not a currency; write three capital letters, such as USD")
	}
	switch {
	case m.Instalments == nil && m.Due.IsZero():
		k.fault(at+".instalments", "is missing; write instalments, or due for a sum paid at once")
		return
	case m.Instalments != nil && !m.Due.IsZero():
		k.fault(at+".due", "cannot stand beside instalments; leave one of them out")
		return
	}
	if m.TotalCents <= 0 {
		k.fault(at+".total", "is missing; write the whole sum, such as \"600.00\"")
		return
	}
	instalments, err := m.Schedule()
	if err != nil {
		k.fault(at+".instalments", "cannot be laid out: %s", err)
		return
	}
	where := at + ".due"
	if m.Instalments != nil {
		where = at + ".instalments"
		if !m.Instalments.First.IsZero() {
			where += ".first"
		}
	}
	k.notBefore(c, instalments[0].Due, where)
}

// notBefore refuses a date before the mediation.
func (k *checker) notBefore(c Case, d calendar.Date, path string) {
	if d.Before(c.MediatedOn) {
		k.fault(path, "is before the day of the mediation")
	}
}
