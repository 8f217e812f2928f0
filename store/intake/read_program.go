package intake

import (
	"io"
	"strings"
	"time"

	"amends/store/calendar"

	"go.yaml.in/yaml/v3"
)

// Bounds of a program file.
const (
	maxStaff     = 500
	maxResources = 200
	maxLanguages = 40
)

// ParseProgram reads a program file, YAML or JSON, fills in its defaults and
// checks it. The name stands in the faults. The error is [Faults], all of them.
func ParseProgram(name string, from io.Reader) (Program, error) {
	n, faults := document(name, from)
	if faults != nil {
		return Program{}, faults
	}
	r := newReader(name)
	p := r.program(n)
	p.defaults()
	p.Origin = r.origin
	if n.Kind != yaml.MappingNode {
		return Program{}, Faults{{File: name, Line: n.Line, Message: "the file must be a group of fields, beginning with program:"}}
	}
	if err := r.finish(p.Check()); err != nil {
		return Program{}, err
	}
	return p, nil
}

// defaults fills in what the file left out.
func (p *Program) defaults() {
	if len(p.Languages) == 0 {
		p.Languages = []string{"en"}
	}
	if p.DefaultLanguage == "" {
		p.DefaultLanguage = p.Languages[0]
	}
	if p.QuietHours.IsZero() {
		p.QuietHours = calendar.Window{From: calendar.MustTime("20:00"), To: calendar.MustTime("09:00")}
	}
	if len(p.OfficeHours.Days) == 0 {
		p.OfficeHours.Days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	if p.OfficeHours.From == 0 && p.OfficeHours.To == 0 {
		p.OfficeHours.From, p.OfficeHours.To = calendar.MustTime("09:00"), calendar.MustTime("17:00")
	}
}

func (r *reader) program(n *yaml.Node) (p Program) {
	r.object(n, "", fields{
		"program":           r.text(&p.Key),
		"name":              r.text(&p.Name),
		"sender":            r.text(&p.Sender),
		"discreet_sender":   r.text(&p.DiscreetSender),
		"from":              r.phone(&p.From),
		"messaging_service": r.text(&p.MessagingService),
		"time_zone":         r.text(&p.TimeZone),
		"languages": r.each(maxLanguages, func(n *yaml.Node, path string) {
			var s string
			if r.text(&s)(n, path); s != "" {
				p.Languages = append(p.Languages, s)
			}
		}),
		"default_language": r.text(&p.DefaultLanguage),
		"quiet_hours":      r.nonempty(&p.QuietHours),
		"office_hours":     r.office(&p.OfficeHours),
		"resources": r.each(maxResources, func(n *yaml.Node, path string) {
			var res Resource
			r.object(n, path, fields{
				"name":     r.text(&res.Name),
				"contact":  r.text(&res.Contact),
				"language": r.text(&res.Language),
				"verified": r.date(&res.Verified),
			})
			p.Resources = append(p.Resources, res)
		}),
		"staff": r.each(maxStaff, func(n *yaml.Node, path string) {
			var s Staff
			r.object(n, path, fields{
				"key":   r.text(&s.Key),
				"name":  r.text(&s.Name),
				"role":  r.text((*string)(&s.Role)),
				"phone": r.phone(&s.Phone),
				"email": r.text(&s.Email),
			})
			p.Staff = append(p.Staff, s)
		}),
		"policy": r.policy(&p.Policy, true),
	})
	return p
}

// nonempty reads a window and refuses one that is no time at all, which the
// defaults would take for one not given.
func (r *reader) nonempty(to *calendar.Window) field {
	return func(n *yaml.Node, path string) {
		r.window(to)(n, path)
		if to.IsZero() && !r.bad[path] && n.Kind == yaml.MappingNode {
			r.fault(path, "begins and ends at the same time; give it a length")
		}
	}
}

func (r *reader) office(to *OfficeHours) field {
	return func(n *yaml.Node, path string) {
		from, until := calendar.TimeOfDay(-1), calendar.TimeOfDay(-1)
		r.object(n, path, fields{
			"days": r.each(7, func(n *yaml.Node, at string) {
				var s string
				if r.text(&s)(n, at); s == "" {
					return
				}
				for d := time.Sunday; d <= time.Saturday; d++ {
					if dayName(d) == s {
						to.Days = append(to.Days, d)
						return
					}
				}
				r.fault(at, "is not a day; write mon, tue, wed, thu, fri, sat or sun")
			}),
			"from": r.clock(&from),
			"to":   r.clock(&until),
		})
		if from < 0 && until < 0 {
			return
		}
		if from < 0 || until < 0 {
			if !r.bad[path+".from"] && !r.bad[path+".to"] {
				r.fault(path, "needs both from and to, or neither")
			}
			return
		}
		to.From, to.To = from, until
	}
}

func dayName(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }

// policy reads a policy; a case's may not have what is a program's alone.
func (r *reader) policy(p *Policy, program bool) field {
	return func(n *yaml.Node, path string) {
		fs := fields{
			"checkin_days":     r.wholes(&p.CheckinDays),
			"reminder_days":    r.wholes(&p.ReminderDays),
			"grace_days":       r.whole(&p.GraceDays),
			"unprompted_a_day": r.whole(&p.UnpromptedADay),
			"statements":       r.truth(&p.Statements),
			"who5":             r.truth(&p.WHO5),
			"return_days":      r.wholes(&p.ReturnDays),
			"acknowledge": func(n *yaml.Node, path string) {
				r.object(n, path, fields{
					"urgent":             r.duration(&p.Acknowledge.Urgent),
					"high":               r.duration(&p.Acknowledge.High),
					"normal_office_days": r.number(&p.Acknowledge.NormalOfficeDays),
				})
			},
			"texts_per_second": r.rate(&p.TextsPerSecond),
			"flows":            r.text(&p.Flows),
			"retention_days":   r.whole(&p.RetentionDays),
		}
		if !program {
			for _, name := range []string{"texts_per_second", "flows", "retention_days"} {
				fs[name] = func(_ *yaml.Node, path string) {
					r.fault(path, "is settled for the whole program; move it to the program file")
				}
			}
		}
		r.object(n, path, fs)
	}
}
