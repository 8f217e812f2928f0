package intake

import (
	"fmt"
	"net/mail"
	"slices"
	"time"

	"amends/store/calendar"
)

// Bounds of what people write, in characters: a sender stands in every first
// text, so it is short; the others are generous.
const (
	maxSender    = 40
	maxName      = 120
	maxContact   = 160
	maxText      = 200
	maxReference = 64
)

// leastOpen is how much of a day a party must be reachable, in minutes.
const leastOpen = 4 * 60

// Check finds everything that is wrong with the program.
func (p Program) Check() Faults {
	k := &checker{origin: p.Origin}
	k.key("program", p.Key)
	k.text("name", p.Name, maxName)
	k.text("sender", p.Sender, maxSender)
	if p.DiscreetSender != "" {
		k.text("discreet_sender", p.DiscreetSender, maxSender)
		if p.DiscreetSender == p.Name || p.DiscreetSender == p.Sender {
			k.fault("discreet_sender", "is the program's name or sender; choose a word that does not tell")
		}
	}
	k.number(p)
	k.zone("time_zone", p.TimeZone, true)
	k.languages(p)
	if (calendar.Hours{Quiet: p.QuietHours}).MinutesADay() < leastOpen {
		k.fault("quiet_hours", "leave less than 4 hours a day to text in")
	}
	if p.OfficeHours.From >= p.OfficeHours.To {
		k.fault("office_hours", "must end after they begin, on the same day")
	}
	if days := slices.Sorted(slices.Values(p.OfficeHours.Days)); len(days) == 0 || len(slices.Compact(days)) != len(p.OfficeHours.Days) {
		k.fault("office_hours.days", "must have at least one day, and each once")
	}
	for i, res := range p.Resources {
		at := fmt.Sprintf("resources[#%d]", i+1)
		k.text(at+".name", res.Name, maxName)
		k.text(at+".contact", res.Contact, maxContact)
		if res.Language != "" && !slices.Contains(p.Languages, res.Language) {
			k.fault(at+".language", "is not one of the program's languages; add it there, or leave it out for a line for all")
		}
	}
	k.staff(p)
	k.policy(p.Policy)
	if r := p.Rules(); r.WHO5 && r.Flows == "" {
		k.fault("policy.who5", "needs policy.flows, the program's own folder with the WHO's official item texts")
	}
	return k.faults.sorted()
}

func (k *checker) key(path, key string) {
	if key == "" {
		k.fault(path, "is missing; give it a short key of letters, digits, - and _")
	} else if err := keyText(key); err != nil {
		k.fault(path, "%s", err)
	}
}

func (k *checker) text(path, s string, most int) {
	if s == "" {
		k.fault(path, "is missing; give it a value")
	} else if err := plainText(s, most); err != nil {
		k.fault(path, "%s", err)
	}
}

func (k *checker) phone(path, s string) {
	if s == "" {
		k.fault(path, "is missing; write it with its country code, such as +13125550100")
	} else if e164, err := Phone(s); err != nil {
		k.fault(path, "%s", err)
	} else if e164 != s {
		k.fault(path, "is not in E.164; write it as +13125550100")
	}
}

func (k *checker) zone(path, s string, needed bool) {
	if s == "" && needed {
		k.fault(path, "is missing; write an IANA name, such as America/Chicago")
	} else if s != "" {
		if err := zoneText(s); err != nil {
			k.fault(path, "%s", err)
		}
	}
}

// number checks what the program's texts come from.
func (k *checker) number(p Program) {
	switch {
	case p.From == "" && p.MessagingService == "":
		k.fault("from", "is missing; give the program's number, or a messaging_service instead")
	case p.From != "" && p.MessagingService != "":
		k.fault("messaging_service", "cannot stand beside from; leave one of them out")
	case p.From != "":
		k.phone("from", p.From)
	case !serviceForm.MatchString(p.MessagingService):
		k.fault("messaging_service", "is not a messaging service's SID; it is MG and 32 digits and letters a to f")
	}
}

func (k *checker) languages(p Program) {
	seen := map[string]bool{}
	for i, l := range p.Languages {
		at := fmt.Sprintf("languages[#%d]", i+1)
		if err := languageText(l); err != nil {
			k.fault(at, "%s", err)
		} else if seen[l] {
			k.fault(at, "is listed twice; leave one out")
		}
		seen[l] = true
	}
	if len(p.Languages) == 0 {
		k.fault("languages", "is missing; list at least one, such as [en]")
	} else if !seen[p.DefaultLanguage] {
		k.fault("default_language", "is not one of the program's languages; add it there")
	}
}

func (k *checker) staff(p Program) {
	roles := map[StaffRole]int{}
	keys, phones := map[string]bool{}, map[string]bool{}
	for i, s := range p.Staff {
		at := element("staff", i, s.Key, keys)
		k.unique(at, s.Key, keys)
		k.text(at+".name", s.Name, maxName)
		roles[s.Role]++
		switch s.Role {
		case Mediator, Coordinator:
			k.phone(at+".phone", s.Phone)
		case Auditor, Administrator:
			if s.Phone != "" {
				k.phone(at+".phone", s.Phone)
			}
		case "":
			k.fault(at+".role", "is missing; write mediator, coordinator, auditor or administrator")
		default:
			k.fault(at+".role", "is not a role of staff; write mediator, coordinator, auditor or administrator")
		}
		if s.Phone != "" && phones[s.Phone] {
			k.fault(at+".phone", "is another staff member's too; give each a phone of their own")
		}
		if s.Phone != "" && s.Phone == p.From {
			k.fault(at+".phone", "is the program's own number")
		}
		phones[s.Phone] = true
		if s.Email != "" {
			if a, err := mail.ParseAddress(s.Email); err != nil || a.Address != s.Email {
				k.fault(at+".email", "is not an e-mail address; write it as dana@example.org")
			}
		}
	}
	if roles[Mediator] == 0 {
		k.fault("staff", "must have at least one mediator")
	}
	if roles[Coordinator] == 0 {
		k.fault("staff", "must have at least one coordinator")
	}
}

// unique checks the key of a list's element against those before it.
func (k *checker) unique(at, key string, seen map[string]bool) {
	k.key(at+".key", key)
	if key != "" && seen[key] {
		k.fault(at+".key", "is used twice; give each a key of its own")
	}
	seen[key] = true
}

// element is the path of a list's element, as the reader names it: by its key,
// if it is one and the first of that key, and else by its place.
func element(list string, i int, key string, seen map[string]bool) string {
	if keyForm.MatchString(key) && !seen[key] {
		return fmt.Sprintf("%s[%s]", list, key)
	}
	return fmt.Sprintf("%s[#%d]", list, i+1)
}

// policy checks what a policy settles, each within what makes sense.
func (k *checker) policy(p Policy) {
	between := func(path string, n *int, least, most int) {
		if n != nil && (*n < least || *n > most) {
			k.fault("policy."+path, "must be from %d to %d", least, most)
		}
	}
	days := func(path string, list []int, least, most int) {
		for i, n := range list {
			if n < least || n > most {
				k.fault("policy."+path, "must have days from %d to %d", least, most)
				return
			}
			if i > 0 && n <= list[i-1] {
				k.fault("policy."+path, "must go up, each day once")
				return
			}
		}
	}
	days("checkin_days", p.CheckinDays, 1, 365)
	days("reminder_days", p.ReminderDays, -30, 30)
	days("return_days", p.ReturnDays, 1, 90)
	if p.CheckinDays != nil && len(p.CheckinDays) == 0 {
		k.fault("policy.checkin_days", "must have at least one day")
	}
	if p.ReturnDays != nil && len(p.ReturnDays) == 0 {
		k.fault("policy.return_days", "must have at least one day")
	}
	between("grace_days", p.GraceDays, 0, 30)
	between("unprompted_a_day", p.UnpromptedADay, 1, 10)
	between("retention_days", p.RetentionDays, 0, 36500)
	if n := p.Acknowledge.NormalOfficeDays; n != 0 {
		between("acknowledge.normal_office_days", &n, 1, 10)
	}
	if r := p.TextsPerSecond; r != nil && !(*r >= 0.01 && *r <= 100) {
		k.fault("policy.texts_per_second", "must be from 0.01 to 100")
	}
	length := func(path string, d, least, most time.Duration) {
		if d != 0 && (d < least || d > most || d%time.Minute != 0) {
			k.fault("policy.acknowledge."+path, "must be whole minutes, from %s to %s", durationText(least), durationText(most))
		}
	}
	length("urgent", p.Acknowledge.Urgent, time.Minute, 24*time.Hour)
	length("high", p.Acknowledge.High, time.Minute, 72*time.Hour)
	if p.Flows != "" {
		k.text("policy.flows", p.Flows, maxText)
	}
}
