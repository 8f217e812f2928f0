package intake

import (
	"fmt"
	"slices"

	"amends/store/calendar"
)

// Check finds everything that is wrong with the case: in itself and, given its
// program, against that.
func (c Case) Check(p *Program) Faults {
	k := &checker{origin: c.Origin}
	if c.Program != "" || c.Origin.Row == 0 {
		k.key("program", c.Program)
	}
	k.text("reference", c.Reference, maxReference)
	if c.MediatedOn.IsZero() {
		k.fault("mediated_on", "is missing; write the day of the mediation as 2026-03-02")
	}
	k.key("mediator", c.Mediator)
	if c.Backup != "" {
		k.key("backup", c.Backup)
		if c.Backup == c.Mediator {
			k.fault("backup", "is the mediator; name another, or leave it out")
		}
	}
	k.parties(c)
	k.agreement(c)
	k.policy(c.Policy)
	if p != nil {
		k.against(c, *p)
	}
	return k.faults.sorted()
}

func (k *checker) parties(c Case) {
	keys, roles := map[string]bool{}, map[Role]int{}
	for i, p := range c.Parties {
		at := element("parties", i, p.Key, keys)
		k.unique(at, p.Key, keys)
		roles[p.Role]++
		k.role(c, p, at)
		k.text(at+".name", p.Name, maxName)
		k.phone(at+".phone", p.Phone)
		if p.Language != "" {
			if err := languageText(p.Language); err != nil {
				k.fault(at+".language", "%s", err)
			}
		}
		k.zone(at+".time_zone", p.TimeZone, false)
		k.hours(at, p)
		if p.Consent != nil {
			if p.Consent.On.IsZero() {
				k.fault(at+".consent.on", "is missing; write the day of the consent as 2026-03-02")
			}
			k.text(at+".consent.how", p.Consent.How, maxText)
		}
	}
	if len(c.Parties) == 0 {
		k.fault("parties", "is missing; list at least a victim and an offender")
		return
	}
	if roles[Victim] == 0 {
		k.fault("parties", "must have at least one victim")
	}
	if roles[Offender] == 0 {
		k.fault("parties", "must have at least one offender")
	}
}

// role checks a party's role and, of a guardian or support person, whom it is for.
func (k *checker) role(c Case, p Party, at string) {
	switch p.Role {
	case Victim, Offender:
		if p.For != "" {
			k.fault(at+".for", "belongs to a guardian or support person; leave it out")
		}
	case Guardian, Support:
		of, ok := c.Party(p.For)
		switch {
		case p.For == "":
			k.fault(at+".for", "is missing; write the key of the party that this one stands beside")
		case !ok || of.Role != Victim && of.Role != Offender:
			k.fault(at+".for", "must be the key of a victim or offender of this case")
		}
	case "":
		k.fault(at+".role", "is missing; write victim, offender, guardian or support")
	default:
		k.fault(at+".role", "is not a role of a party; write victim, offender, guardian or support")
	}
}

// hours checks what of a party's hours the party settles itself.
func (k *checker) hours(at string, p Party) {
	h := calendar.Hours{Safe: p.SafeTimes}
	if p.QuietHours != nil {
		h.Quiet = *p.QuietHours
		if h.Quiet.IsZero() {
			k.fault(at+".quiet_hours", "begin and end at the same time; give them a length, or leave them out")
		} else if (calendar.Hours{Quiet: h.Quiet}).MinutesADay() < leastOpen {
			k.fault(at+".quiet_hours", "leave less than 4 hours a day to text in")
			return
		}
	}
	for i, w := range p.SafeTimes {
		if w.IsZero() {
			k.fault(fmt.Sprintf("%s.safe_times[#%d]", at, i+1), "begins and ends at the same time; give it a length")
			return
		}
	}
	if len(p.SafeTimes) > 0 && h.MinutesADay() < leastOpen {
		k.fault(at+".safe_times", "leave less than 4 hours a day to text in")
	}
}

// against checks the case against its program.
func (k *checker) against(c Case, p Program) {
	if c.Program != "" && c.Program != p.Key {
		k.fault("program", "is not the program that the case is checked for")
	}
	mediator, ok := p.Member(c.Mediator)
	if c.Mediator != "" && (!ok || mediator.Role != Mediator) {
		k.fault("mediator", "is not the key of a mediator of the program")
	}
	backup, ok := p.Member(c.Backup)
	if c.Backup != "" && (!ok || backup.Role != Mediator && backup.Role != Coordinator) {
		k.fault("backup", "is not the key of a mediator or coordinator of the program")
	}
	keys := map[string]bool{}
	for i, party := range c.Parties {
		at := element("parties", i, party.Key, keys)
		keys[party.Key] = true
		if party.Language != "" && !slices.Contains(p.Languages, party.Language) && languageText(party.Language) == nil {
			k.fault(at+".language", "is not one of the program's languages; add it to the program file")
		}
		if party.Phone != "" && party.Phone == p.From {
			k.fault(at+".phone", "is the program's own number")
		}
		if party.Phone != "" && slices.ContainsFunc(p.Staff, func(s Staff) bool { return s.Phone == party.Phone }) {
			k.fault(at+".phone", "is a staff member's too; a phone cannot be both, for its texts could be either's")
		}
		if party.Discreet && p.DiscreetSender == "" {
			k.fault(at+".discreet", "needs discreet_sender in the program file, a word that does not tell")
		}
		if party.QuietHours == nil && len(party.SafeTimes) > 0 && party.Hours(p).MinutesADay() < leastOpen {
			k.fault(at+".safe_times", "leave less than 4 hours a day outside the program's quiet hours")
		}
	}
	if r := c.Rules(p); c.Policy.WHO5 != nil && r.WHO5 && r.Flows == "" {
		k.fault("policy.who5", "needs policy.flows in the program file, a folder with the WHO's official item texts")
	}
}
