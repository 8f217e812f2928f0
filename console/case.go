package console

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// caseView is the page of a case.
type caseView struct {
	Case        store.Case
	Mediator    string
	Backup      string
	Parties     []partyView
	Money       []moneyView
	Commitments []commitmentView
	Open        []escalationRow
	Wellbeing   *wellbeing
	Timeline    []moment
	Zone        *time.Location
	Today       calendar.Date
	Reads       bool
	Decides     bool // and the case is open
	Staff       []choice
	Backups     []choice
	Reasons     []choice
	Paused      string // by whom and until when, the whole case
	Tomorrow    calendar.Date
	Back        string
}

// partyView is a party with its consent and conversation.
type partyView struct {
	store.CaseParty
	Name, Phone string
	For         string
	Texted      string // may be texted, or why not
	May         bool
	Talk        []talkText
	Held        int
	Waits       int    // conversations that would have begun but for a pause
	Paused      string // by whom and until when, this party alone
	Texts       bool   // gets texts of its own
	Consentable bool   // not texted for want of consent, or for a number's fault
}

// commitmentView is a commitment other than restitution.
type commitmentView struct {
	store.Commitment
	Title, By, To string
	Late          int // days
	Moved, Done   bool
}

// caseBook is all of a case, read at once.
type caseBook struct {
	store.Case
	parties     []store.CaseParty
	commitments []store.Commitment
	ledger      map[int64][]ledger.Entry
	names       map[int64]string // of the parties
	keys        map[int64]string
	staff       []store.Staff
	actors      names
}

func (v *visit) readCase(tx *store.Tx) (*caseBook, error) {
	c, err := v.caseByReference(tx, v.r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	b := &caseBook{Case: c, names: map[int64]string{}, keys: map[int64]string{}}
	parties, err := tx.PartiesOfCases(c.ID)
	if err != nil {
		return nil, err
	}
	b.parties = parties[c.ID]
	for _, p := range b.parties {
		b.names[p.ID], b.keys[p.ID] = tx.Reveal(p.Name), p.Key
	}
	if b.commitments, err = tx.CommitmentsOf(c.ID); err != nil {
		return nil, err
	}
	if b.ledger, err = tx.LedgerOfCase(c.ID); err != nil {
		return nil, err
	}
	if b.staff, err = tx.AllStaffOf(c.ProgramID); err != nil {
		return nil, err
	}
	b.actors, err = v.nameActors(tx)
	return b, err
}

// casePage is the page of a case. Who looks at it is in the log.
func (v *visit) casePage() error {
	var page caseView
	err := v.view(func(tx *store.Tx) error {
		b, err := v.readCase(tx)
		if err != nil {
			return err
		}
		page = caseView{Case: b.Case, Zone: v.me.Zone, Today: v.todayIs(), Reads: v.me.Reads(), Back: v.r.URL.Path,
			Paused: v.paused(b.Case.Pause, b.actors), Tomorrow: v.todayIs().AddDays(1),
			Decides: v.me.Decides() && b.Status != store.CaseClosed}
		v.caseStaff(tx, b, &page)
		if err := v.caseParties(tx, b, &page); err != nil {
			return err
		}
		for _, c := range b.commitments {
			if c.Kind == "restitution" {
				page.Money = append(page.Money, v.moneyView(tx, b, c))
				continue
			}
			page.Commitments = append(page.Commitments, v.commitmentView(tx, b, c))
		}
		open, err := tx.EscalationsOf(b.ID)
		if err != nil {
			return err
		}
		for _, e := range open {
			if e.Status == store.EscalationResolved {
				continue
			}
			row, err := v.escalationRow(tx, store.OpenEscalation{Escalation: e, Reference: b.Reference, MediatorID: b.MediatorID, BackupID: b.BackupID}, b.staff)
			if err != nil {
				return err
			}
			row.Back = page.Back
			page.Open = append(page.Open, row)
		}
		answers, err := tx.AnswersOf(b.ID)
		if err != nil {
			return err
		}
		page.Wellbeing = v.wellbeing(tx, b, answers)
		page.Timeline, err = v.timeline(tx, b, answers)
		return err
	})
	if err != nil {
		return err
	}
	if err := v.logLook(page.Case, "case.viewed"); err != nil {
		return err
	}
	for _, r := range []string{"completed", "returned_to_court", "withdrawn", "no_contact", "rearrest", "other"} {
		page.Reasons = append(page.Reasons, choice{r, v.page.word("close", r), false})
	}
	return v.show("case", layout{Title: page.Case.Reference, Nav: "cases", Wide: true, Data: page})
}

func (v *visit) caseStaff(tx *store.Tx, b *caseBook, page *caseView) {
	page.Backups = []choice{{"", v.page.t("Nobody"), b.BackupID == 0}}
	for _, s := range b.staff {
		name := tx.Reveal(s.Name)
		if s.ID == b.MediatorID {
			page.Mediator = name
		}
		if s.ID == int64(b.BackupID) {
			page.Backup = name
		}
		if s.Active && s.Role != "auditor" {
			page.Staff = append(page.Staff, choice{s.Key, name, s.ID == b.MediatorID})
			page.Backups = append(page.Backups, choice{s.Key, name, s.ID == int64(b.BackupID)})
		}
	}
}

// caseParties are the parties, each with its own conversation and whether it may be texted.
func (v *visit) caseParties(tx *store.Tx, b *caseBook, page *caseView) error {
	messages, err := tx.MessagesOf(b.ID)
	if err != nil {
		return err
	}
	sessions, err := tx.SessionsOf(b.ID)
	if err != nil {
		return err
	}
	standsIn := map[int64]bool{} // whose texts somebody else takes
	for _, p := range b.parties {
		standsIn[int64(p.ForID)] = true
	}
	for _, p := range b.parties {
		view := partyView{CaseParty: p, Name: b.names[p.ID], For: b.names[int64(p.ForID)]}
		if v.me.Reads() {
			view.Phone = readable(tx.Reveal(p.Line.Phone))
		}
		view.May, view.Texted = v.mayText(b, p)
		view.Consentable, view.Texts = !view.May, !standsIn[p.ID]
		view.Paused = v.paused(p.Pause, b.actors)
		if pause := cmp.Or(view.Paused, v.paused(b.Case.Pause, b.actors)); pause != "" && view.May {
			view.May, view.Texted = false, pause
			for _, s := range sessions {
				if s.PartyID == p.ID && s.Status == store.SessionWaiting && !s.WantedAt.Time().After(v.now()) {
					view.Waits++
				}
			}
		}
		for _, m := range messages {
			if int64(m.PartyID) == p.ID {
				view.Talk = append(view.Talk, v.talkText(tx, m))
				if m.Status == store.MessageHeld {
					view.Held++
				}
			}
		}
		page.Parties = append(page.Parties, view)
	}
	return nil
}

// paused says by whom texts are paused, and until when; nothing if they are not.
func (v *visit) paused(p store.Pause, actors names) string {
	switch {
	case !p.Holds(v.now(), v.me.Zone):
		return ""
	case p.PausedUntil.IsZero():
		return v.page.t("Paused by %s until somebody resumes", cmp.Or(actors[string(p.PausedBy)], string(p.PausedBy)))
	}
	return v.page.t("Paused by %s until %s", cmp.Or(actors[string(p.PausedBy)], string(p.PausedBy)), v.page.date(p.PausedUntil))
}

// mayText says whether a party is texted, or why not: the first law in words.
func (v *visit) mayText(b *caseBook, p store.CaseParty) (bool, string) {
	t := v.page.t
	switch {
	case b.Status == store.CaseClosed:
		return false, t("Not texted: the case is closed")
	case p.Line.OptedOutHow == "wrong_number":
		return false, t("Not texted: the number is somebody else's")
	case p.Line.OptedOutAt != 0:
		return false, t("Not texted: the number has opted out")
	case p.Consent != store.ConsentGiven:
		return false, t("Not texted: no consent is on record")
	case p.Line.UnreachableAt != 0:
		return false, t("Not texted: the number cannot be reached")
	}
	return true, t("May be texted, in the allowed hours")
}

func (v *visit) commitmentView(tx *store.Tx, b *caseBook, c store.Commitment) commitmentView {
	view := commitmentView{Commitment: c, Title: tx.Reveal(c.Title), By: b.names[c.ByID], To: b.names[int64(c.ToID)], Moved: c.DueFirst != c.Due,
		Done: c.Status == store.CommitmentMet || c.Status == store.CommitmentWaived}
	if today := v.todayIs(); !view.Done && c.Due.Before(today) {
		view.Late = today.Sub(c.Due)
	}
	if view.Title == "" {
		view.Title = v.page.kind(c.Kind)
	}
	return view
}

// moment is one thing that happened in a case.
type moment struct {
	logRow
	Day string // where a day begins
}

// timeline is everything that happened in a case in its order, the last first: the log, less what only says that a text
// went its way, and the answers.
func (v *visit) timeline(tx *store.Tx, b *caseBook, answers []store.Answer) ([]moment, error) {
	entries, err := tx.AuditBefore(store.AuditFilter{CaseID: b.ID}, store.AuditKey{}, timelineRows)
	if err != nil {
		return nil, err
	}
	known := maps.Clone(b.actors)
	for id, key := range b.keys {
		known["party:"+key] = b.names[id]
	}
	var rows []logRow
	for _, e := range entries {
		if isTransport(e.Action) {
			continue
		}
		row := v.logRow(tx, e, known, nil)
		if e.Actor == "system" && e.PartyID != 0 {
			row.Who = b.names[int64(e.PartyID)]
		}
		row.Subject = v.subject(b, row.Subject)
		if e.Action == "escalation.opened" {
			reason, _, _ := strings.Cut(e.Why, ",")
			row.Detail = v.page.reason(reason)
		}
		rows = append(rows, row)
	}
	for _, a := range answers {
		row := logRow{Time: a.At.Time(), Zone: v.me.Zone, Who: b.names[a.PartyID], What: v.page.word("question", a.Question)}
		if v.me.Reads() {
			row.Words = tx.Reveal(a.Value)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(x, y logRow) int { return y.Time.Compare(x.Time) })
	var moments []moment
	last := calendar.Date{}
	for _, r := range rows {
		m := moment{logRow: r}
		if day := calendar.On(r.Time, v.me.Zone); day != last {
			m.Day, last = v.page.date(day), day
		}
		moments = append(moments, m)
	}
	return moments, nil
}

// subject is what an entry was done to, as the page of its case calls it.
func (v *visit) subject(b *caseBook, subject string) string {
	what, key, _ := strings.Cut(subject, ":")
	switch what {
	case "case":
		return ""
	case "escalation":
		return "#" + key
	case "commitment":
		for _, c := range b.commitments {
			if c.Key == key {
				return v.page.kind(c.Kind)
			}
		}
	case "party":
		for id, k := range b.keys {
			if k == key {
				return b.names[id]
			}
		}
	}
	return subject
}

// timelineRows bounds the time-line; the log has the rest.
const timelineRows = 400

// isTransport says whether an entry only tells of a text's way, which the conversation shows.
func isTransport(action string) bool {
	return strings.HasPrefix(action, "text.") || strings.HasPrefix(action, "flow.") || strings.HasPrefix(action, "answer.") || action == "case.viewed" || action == "escalation.viewed" || action == "escalation.alerted"
}
