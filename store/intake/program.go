package intake

import (
	"time"

	"amends/store/calendar"
)

// StaffRole is what a member of staff may do.
type StaffRole string

// The staff roles, as files spell them. An auditor reads, without message bodies.
const (
	Mediator      StaffRole = "mediator"
	Coordinator   StaffRole = "coordinator"
	Auditor       StaffRole = "auditor"
	Administrator StaffRole = "administrator"
)

// Program is an agency with its number, staff and policies: a program file.
type Program struct {
	Key              string
	Name             string
	Sender           string          // how texts name it
	DiscreetSender   string          // how texts to a discreet party name it
	From             string          // E.164; or
	MessagingService string          // MG…
	TimeZone         string          // IANA
	Languages        []string        // default: en
	DefaultLanguage  string          // default: the first of Languages
	QuietHours       calendar.Window // default 20:00–09:00
	OfficeHours      OfficeHours     // default Monday to Friday, 09:00–17:00
	Resources        []Resource
	Staff            []Staff
	Policy           Policy
	Origin           Origin
}

// OfficeHours are days and the hours in which the office is open on each.
type OfficeHours struct {
	Days     []time.Weekday
	From, To calendar.TimeOfDay
}

// Resource is a line of help that a party at risk is given.
type Resource struct {
	Name     string
	Contact  string
	Language string        // empty: for all
	Verified calendar.Date // when a person last made sure of it; zero: not said
}

// Staff is a member of staff.
type Staff struct {
	Key   string
	Name  string
	Role  StaffRole
	Phone string // E.164; mediators and coordinators have one
	Email string
}

// Member returns the member of staff with the key.
func (p Program) Member(key string) (Staff, bool) {
	for _, s := range p.Staff {
		if s.Key == key {
			return s, true
		}
	}
	return Staff{}, false
}

// Zone is the program's time zone; UTC if it names none that is known.
func (p Program) Zone() *time.Location { return zoneOf(p.TimeZone) }

// Office is the program's office hours in its zone.
func (p Program) Office() calendar.Office {
	return calendar.Office{Zone: p.Zone(), Days: p.OfficeHours.Days, From: p.OfficeHours.From, To: p.OfficeHours.To}
}

// Equal says whether p and q say the same, wherever they were read from.
func (p Program) Equal(q Program) bool { return string(p.Encode()) == string(q.Encode()) }

func zoneOf(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil && name != "" {
		return loc
	}
	return time.UTC
}
