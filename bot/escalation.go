package bot

import (
	"encoding/json"
	"strconv"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/templates"
)

// Severities, and what goes with each.
const (
	urgent = "urgent"
	high   = "high"
	normal = "normal"
)

// severityOf says how urgent a reason is.
func severityOf(reason string) string {
	switch reason {
	case "safety":
		return urgent
	case "distress", "dispute", "wrong_number":
		return high
	}
	return normal
}

// alertWindow are the hours of a high alert.
var alertWindow = calendar.Window{From: calendar.MustTime("08:00"), To: calendar.MustTime("21:00")}

// alertHour is when an alert of a severity may go: an urgent one at any hour, a high one from 8 to 21,
// a normal one in the program's office hours.
func alertHour(severity string, p *program, now time.Time) time.Time {
	switch severity {
	case urgent:
		return now
	case high:
		return calendar.Hours{Zone: p.zone, Safe: []calendar.Window{alertWindow}}.Next(now)
	}
	return p.office.Next(now)
}

// stamp is the policy of an escalation, as it was when it opened.
type stamp struct {
	Acknowledge time.Duration `json:"acknowledge,omitempty"` // urgent and high
	OfficeDays  int           `json:"office_days,omitempty"` // normal
	ReturnDays  []int         `json:"return_days"`
}

// wanted is what a decision needs: of an extension, which date becomes which; of a reply to a text by hand, whose.
type wanted struct {
	Commitment int64  `json:"commitment,omitempty"`
	Entry      int64  `json:"entry,omitempty"` // the instalment's
	Date       string `json:"date,omitempty"`
	Party      int64  `json:"party,omitempty"`
	Hand       string `json:"hand,omitempty"` // who wrote the text that this answers, as the log names them
}

// trouble is what a person must deal with.
type trouble struct {
	reason     string
	party      *store.Party
	commitment *store.Commitment
	subject    string
	wants      *wanted
}

// escalate opens an escalation and alerts whose turn it is. One is open for a case, reason and
// subject: what comes after is added to it.
func (t *turn) escalate(m *matter, x trouble) error {
	e, open, err := t.tx.FindOpenEscalation(m.ID, x.reason, x.subject)
	if err != nil {
		return err
	}
	if open {
		return t.addTo(m, &e, x)
	}
	e = store.Escalation{
		ProgramID: t.program.ID, CaseID: m.ID, Reason: x.reason, Severity: severityOf(x.reason), Subject: x.subject,
		Status: store.EscalationOpen, Level: 1, OpenedAt: store.At(t.now),
	}
	if x.party != nil {
		e.PartyID = store.ID(x.party.ID)
	}
	if x.commitment != nil {
		e.CommitmentID = store.ID(x.commitment.ID)
	}
	if e.Code, err = t.tx.TakeCode(t.program.ID, t.now); err != nil {
		return err
	}
	ack := m.policy.Acknowledge
	policy := stamp{ReturnDays: m.policy.ReturnDays}
	switch e.Severity {
	case urgent:
		policy.Acknowledge = ack.Urgent
	case high:
		policy.Acknowledge = ack.High
	default:
		policy.OfficeDays = ack.NormalOfficeDays
	}
	if e.Policy, err = jsonOf(policy); err != nil {
		return err
	}
	if x.wants != nil {
		if e.Args, err = jsonOf(x.wants); err != nil {
			return err
		}
	}
	if err := t.tx.AddEscalation(&e); err != nil {
		return err
	}
	if err := t.logCase(m, x.party, "escalation.opened", codeOf(&e), x.reason+", "+e.Severity); err != nil {
		return err
	}
	return t.alert(m, &e, "")
}

// jsonOf is v as JSON text.
func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// addTo adds to an escalation that is open already. An urgent one alerts again: somebody may have
// put it aside for what it was before.
func (t *turn) addTo(m *matter, e *store.Escalation, x trouble) error {
	if err := t.logCase(m, x.party, "escalation.added", codeOf(e), x.reason); err != nil {
		return err
	}
	if x.wants != nil {
		args, err := jsonOf(x.wants)
		if err != nil || args == e.Args {
			return err
		}
		// What is asked for is another now; how long it has waited is not.
		e.Args = args
		if err := t.tx.SetEscalationArgs(e.ID, args); err != nil {
			return err
		}
		return t.alertOnly(m, e, "")
	}
	if e.Severity != urgent {
		return nil
	}
	if e.Status == store.EscalationOpen {
		return t.alertOnly(m, e, "") // it goes on up as it was to
	}
	e.Status, e.Level = store.EscalationOpen, 1
	if err := t.tx.SaveEscalation(e); err != nil {
		return err
	}
	return t.alert(m, e, "")
}

// alert texts whose turn it is, and arms the next step: if nobody acknowledges in time, it goes on up.
func (t *turn) alert(m *matter, e *store.Escalation, key string) error {
	if err := t.alertOnly(m, e, key); err != nil {
		return err
	}
	return t.armStep(e)
}

// alertOnly texts whose turn it is.
func (t *turn) alertOnly(m *matter, e *store.Escalation, key string) error {
	people, err := t.turnOf(m, e.Level)
	if err != nil {
		return err
	}
	if key == "" {
		key = "alert." + e.Reason
	}
	for _, who := range people {
		if err := t.sayStaff(who, key, store.ClassAlert, e, t.about(m, e)); err != nil {
			return err
		}
		if err := t.logCase(m, nil, "escalation.alerted", codeOf(e), "level "+strconv.Itoa(e.Level)+", staff:"+who.Key); err != nil {
			return err
		}
	}
	if len(people) > 0 {
		return nil
	}
	_, err = t.tx.RaiseAlarm(t.program.ID, "nobody_to_alert", codeOf(e), t.now)
	return err
}

// about is what an alert tells: reference, reason, since when, a code and a link; never a party's words.
func (t *turn) about(m *matter, e *store.Escalation) templates.StaffText {
	v := templates.StaffText{Case: m.Reference, Reason: e.Reason, Since: e.OpenedAt.Time().In(t.program.zone), Code: int(e.Code),
		Link: t.b.PublicURL + "/e/" + strconv.FormatInt(e.ID, 10)}
	if w := wants(e); w.Date != "" {
		v.Date = day(varDate(map[string]string{"date": w.Date}, "date"))
	}
	return v
}

func wants(e *store.Escalation) wanted {
	var w wanted
	if e.Args != "" {
		_ = json.Unmarshal([]byte(e.Args), &w) // written by us alone
	}
	return w
}

// turnOf is whose turn it is at a level: the mediator, the backup, the coordinators, then round
// again. Who is away is passed over.
func (t *turn) turnOf(m *matter, level int) ([]store.Staff, error) {
	staff, err := t.tx.StaffOf(t.program.ID)
	if err != nil {
		return nil, err
	}
	today := calendar.On(t.now, t.program.zone)
	there := func(s store.Staff) bool {
		return s.Active && len(s.Phone) > 0 && (s.AbsentUntil.IsZero() || s.AbsentUntil.Before(today))
	}
	one := func(id int64) []store.Staff {
		for _, s := range staff {
			if s.ID == id && there(s) {
				return []store.Staff{s}
			}
		}
		return nil
	}
	var coordinators []store.Staff
	for _, s := range staff {
		if s.Role == "coordinator" && there(s) {
			coordinators = append(coordinators, s)
		}
	}
	var ladder [][]store.Staff
	for _, who := range [][]store.Staff{one(m.MediatorID), one(int64(m.BackupID)), coordinators} {
		if len(who) > 0 {
			ladder = append(ladder, who)
		}
	}
	if len(ladder) == 0 {
		return nil, nil
	}
	return ladder[(level-1)%len(ladder)], nil
}

// armStep arms what comes if an escalation is not acknowledged in its time, counted from the hour at
// which its alert may go.
func (t *turn) armStep(e *store.Escalation) error {
	var p stamp
	if err := json.Unmarshal([]byte(e.Policy), &p); err != nil {
		return err
	}
	at := alertHour(e.Severity, t.program, t.now)
	if e.Severity == normal {
		at = t.program.office.AddDays(at, p.OfficeDays)
	} else {
		at = alertHour(e.Severity, t.program, at.Add(p.Acknowledge))
	}
	return t.armEscalation(e, at)
}

func (t *turn) armEscalation(e *store.Escalation, at time.Time) error {
	return t.arm(store.Due{Kind: dueEscalation, DueAt: store.At(at), CaseID: store.ID(e.CaseID), EscalationID: store.ID(e.ID), Armed: e.Version})
}

// escalationDue takes an escalation on: one that nobody acknowledged goes up a level; one that was
// acknowledged and not resolved returns.
func (t *turn) escalationDue(d store.Due) error {
	if err := t.enter(d.ProgramID); err != nil {
		return err
	}
	m, err := t.matter(int64(d.CaseID))
	if err != nil {
		return err
	}
	e, err := t.tx.GetEscalation(int64(d.EscalationID))
	if err != nil || e.Version != d.Armed {
		return err
	}
	switch e.Status {
	case store.EscalationOpen:
		return t.stepUp(m, &e, "not acknowledged in time")
	case store.EscalationAcknowledged:
		e.Status, e.Level, e.Returns = store.EscalationOpen, 1, e.Returns+1
		if err := t.tx.SaveEscalation(&e); err != nil {
			return err
		}
		if err := t.logCase(m, nil, "escalation.returned", codeOf(&e), "acknowledged and not resolved"); err != nil {
			return err
		}
		return t.alert(m, &e, "returned")
	}
	return nil
}

// stepUp takes an escalation to the next level.
func (t *turn) stepUp(m *matter, e *store.Escalation, why string) error {
	e.Level++
	if err := t.tx.SaveEscalation(e); err != nil {
		return err
	}
	if err := t.logCase(m, nil, "escalation.passed", codeOf(e), why); err != nil {
		return err
	}
	return t.alert(m, e, "")
}

// acknowledge takes an escalation in a staff member's hands. Not resolved in 1, 3, 7 days from the
// first time, and weekly after, it returns.
func (t *turn) acknowledge(m *matter, e *store.Escalation, who store.Staff) error {
	if e.Status != store.EscalationOpen {
		return nil
	}
	e.Status, e.AcknowledgedBy = store.EscalationAcknowledged, store.ID(who.ID)
	if e.AcknowledgedAt == 0 {
		e.AcknowledgedAt = store.At(t.now)
	}
	if err := t.tx.SaveEscalation(e); err != nil {
		return err
	}
	if err := t.logCase(m, nil, "escalation.acknowledged", codeOf(e), ""); err != nil {
		return err
	}
	var p stamp
	if err := json.Unmarshal([]byte(e.Policy), &p); err != nil {
		return err
	}
	return t.armEscalation(e, alertHour(e.Severity, t.program, t.returnAt(e, p)))
}

// weekly is how often an escalation returns once its listed days are used up.
const weekly = 7

// returnAt is when an acknowledged escalation returns.
func (t *turn) returnAt(e *store.Escalation, p stamp) time.Time {
	first := e.AcknowledgedAt.Time()
	last := 0
	for _, days := range p.ReturnDays {
		last = max(last, days)
		if at := first.AddDate(0, 0, days); at.After(t.now) {
			return at
		}
	}
	at := first.AddDate(0, 0, last)
	for !at.After(t.now) {
		at = at.AddDate(0, 0, weekly)
	}
	return at
}

// resolve ends an escalation by a person's word.
func (t *turn) resolve(m *matter, e *store.Escalation, who *store.Staff, note string) error {
	if e.Status == store.EscalationResolved {
		return nil
	}
	e.Status, e.ResolvedAt, e.Note = store.EscalationResolved, store.At(t.now), t.tx.Seal(note)
	if who != nil {
		e.ResolvedBy = store.ID(who.ID)
	}
	if err := t.tx.SaveEscalation(e); err != nil {
		return err
	}
	return t.log(store.Entry{CaseID: store.ID(m.ID), PartyID: e.PartyID, Action: "escalation.resolved", Subject: codeOf(e), Words: t.tx.Seal(note)})
}

func codeOf(e *store.Escalation) string { return "escalation:" + strconv.FormatInt(e.Code, 10) }
