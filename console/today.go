package console

import (
	"cmp"
	"slices"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// How much of each list Today shows; the rest is a page further.
const (
	todayEscalations = 100
	todayRows        = 12
	strangersSince   = 14 * 24 * time.Hour
	failedSince      = 7 * 24 * time.Hour
)

// todayView is what needs a person now.
type todayView struct {
	Date    string
	Waiting []escalationRow // for somebody to acknowledge them
	InHand  []escalationRow
	Day     calendar.Date
	Behind  []behindRow
	BehindN int
	Lost    []lostRow
	Strange []textRow
	Stuck   []textRow
	Reads   bool
	Decides bool
	Quiet   bool // nothing at all

	Glances           []glance
	WaitingN, InHandN int // those that are not shown too
}

// escalationRow is an escalation as a list shows it.
type escalationRow struct {
	store.OpenEscalation
	Party    string
	Waited   time.Duration
	Turn     string // whose turn it is, or who has it in hand
	Mine     bool
	Words    string // the reply that was not understood
	Answers  string // by whom was the text that it answers
	PartyKey string
	NewDate  calendar.Date
	Decides  bool
	Back     string
	Zone     *time.Location
	Extended bool // asks for time: it is granted or declined
}

type behindRow struct {
	Case     store.CaseRow
	Parties  []string
	Days     int
	Owed     []owedRow
	Mediator string
}

// owedRow is something that fell due and is not met.
type owedRow struct {
	Key, What string
	Money     bool
	Entry     int64 // the oldest instalment's
}

type lostRow struct {
	store.LostParty
	Name string
	Ago  time.Duration
}

type textRow struct {
	store.BoxText
	Who, Words, Phone string
	Paused            string // by whom and until when
	Ago               time.Duration
	At                time.Time
	Zone              *time.Location
}

// today is the page of what needs a person now.
func (v *visit) today() error {
	page := todayView{Day: v.todayIs(), Date: v.page.date(v.todayIs()), Reads: v.me.Reads(), Decides: v.me.Decides()}
	err := v.view(func(tx *store.Tx) error {
		open, err := tx.EscalationsToday(v.me.Program.ID, v.me.wallFor(), todayEscalations)
		if err != nil {
			return err
		}
		page.Waiting, page.InHand = nil, nil
		staff, err := tx.StaffOf(v.me.Program.ID)
		if err != nil {
			return err
		}
		for _, e := range open {
			row, err := v.escalationRow(tx, e, staff)
			if err != nil {
				return err
			}
			row.Back = "/"
			if e.Status == store.EscalationOpen {
				page.Waiting = append(page.Waiting, row)
			} else {
				page.InHand = append(page.InHand, row)
			}
		}
		yoursFirst(page.Waiting)
		if page.Behind, err = v.behind(tx, staff); err != nil {
			return err
		}
		if page.BehindN, err = tx.CountBehind(v.me.Program.ID, v.me.wallFor(), v.todayIs().String()); err != nil {
			return err
		}
		if err := v.texts(tx, &page); err != nil {
			return err
		}
		counts, err := tx.CountEscalations(v.me.Program.ID, v.me.wallFor())
		page.Glances = v.glances(&page, counts)
		return err
	})
	if err != nil {
		return err
	}
	page.Quiet = len(page.Glances) == 0
	return v.show("today", layout{Title: v.page.t("Today"), Nav: "today", Urgent: page.WaitingN, Data: page})
}

// texts are those that do not arrive, or come from nobody known.
func (v *visit) texts(tx *store.Tx, page *todayView) error {
	actors, err := v.nameActors(tx)
	if err != nil {
		return err
	}
	lost, err := tx.LostParties(v.me.Program.ID, v.me.wallFor(), todayRows)
	if err != nil {
		return err
	}
	page.Lost, page.Strange, page.Stuck = nil, nil, nil
	for _, l := range lost {
		page.Lost = append(page.Lost, lostRow{l, tx.Reveal(l.Name), v.now().Sub(l.Since.Time())})
	}
	if v.me.Role != mediator {
		strange, err := tx.StrangersTexts(v.me.Program.ID, store.At(v.now().Add(-strangersSince)), todayRows)
		if err != nil {
			return err
		}
		for _, m := range strange {
			page.Strange = append(page.Strange, v.textRow(tx, m, actors))
		}
	}
	failed, err := tx.FailedTexts(v.me.Program.ID, v.me.wallFor(), store.At(v.now().Add(-failedSince)), todayRows)
	if err != nil {
		return err
	}
	unsent, err := tx.UnsentTexts(v.me.Program.ID, v.me.wallFor(), todayRows)
	if err != nil {
		return err
	}
	for _, m := range append(failed, unsent...) {
		if m.Status != store.MessageQueued && m.Status != store.MessageSending {
			page.Stuck = append(page.Stuck, v.textRow(tx, m, actors))
		}
	}
	return nil
}

// textRow is a text without what the visitor may not read.
func (v *visit) textRow(tx *store.Tx, m store.BoxText, actors names) textRow {
	row := textRow{BoxText: m, Who: tx.Reveal(m.PartyName), At: m.NextAt.Time(), Ago: v.now().Sub(m.QueuedAt.Time()), Zone: v.me.Zone}
	if row.Who == "" {
		row.Who = tx.Reveal(m.StaffName)
	}
	if m.Why == "paused" {
		row.Paused = cmp.Or(v.paused(m.PartyPause, actors), v.paused(m.CasePause, actors))
	}
	if v.me.Reads() {
		row.Words, row.Phone = tx.Reveal(m.Body), readable(tx.Reveal(m.Phone))
	}
	return row
}

// settleStranger marks a text of a number nobody knows as dealt with.
func (v *visit) settleStranger() error {
	why := v.form("why")
	id := v.r.PathValue("id")
	err := v.view(func(tx *store.Tx) error {
		m, err := tx.GetMessage(id)
		if err == nil && m.ProgramID != v.me.Program.ID {
			err = store.NewError(store.NotFound, "There is no such text.", nil)
		}
		return err
	})
	if err != nil {
		return err
	}
	if why == "" {
		return store.NewError(store.Invalid, "Say why, in a few words: it goes into the log.", nil)
	}
	if err := v.Desk.SettleText(v.r.Context(), v.me.Program.Key, By{v.me.Staff.Key, why}, id); err != nil {
		return err
	}
	return v.done(v.back("/"), v.page.t("That is dealt with."))
}

// escalationRow is an escalation with whose turn it is.
func (v *visit) escalationRow(tx *store.Tx, e store.OpenEscalation, staff []store.Staff) (escalationRow, error) {
	row := escalationRow{OpenEscalation: e, Waited: v.now().Sub(e.OpenedAt.Time()), Decides: v.me.Decides(), Zone: v.me.Zone,
		Extended: e.Reason == "extension" && e.Status != store.EscalationResolved, NewDate: wantedDate(e.Args)}
	if e.PartyID != 0 {
		if e.PartyKey == "" { // it was not read with the escalation
			p, err := tx.GetParty(int64(e.PartyID))
			if err != nil {
				return row, err
			}
			e.PartyKey, e.PartyName = store.Word(p.Key), p.Name
		}
		row.Party, row.PartyKey = tx.Reveal(e.PartyName), string(e.PartyKey)
		var err error
		if row.Answers, err = v.handOf(tx, e.Args); err != nil {
			return row, err
		}
		if e.Reason == "not_understood" && v.me.Reads() {
			last, err := tx.LastWords(e.CaseID, int64(e.PartyID), store.At(v.now()), 1)
			if err != nil {
				return row, err
			}
			for _, m := range last {
				row.Words = tx.Reveal(m.Body)
			}
		}
	}
	if e.Status == store.EscalationAcknowledged {
		i := slices.IndexFunc(staff, func(s store.Staff) bool { return s.ID == int64(e.AcknowledgedBy) })
		var who store.Staff
		if i >= 0 {
			who = staff[i]
		} else { // who works there no more
			var err error
			if who, err = tx.GetStaff(int64(e.AcknowledgedBy)); err != nil {
				return row, err
			}
		}
		row.Turn, row.Mine = tx.Reveal(who.Name), who.ID == v.me.Staff.ID
		return row, nil
	}
	names := []string{}
	for _, s := range turnOf(e, staff, v.todayIs()) {
		names = append(names, tx.Reveal(s.Name))
		row.Mine = row.Mine || s.ID == v.me.Staff.ID
	}
	row.Turn = v.page.list(names)
	return row, nil
}

// turnOf is whose turn an escalation is: at the first level the mediator's, then the backup's, the coordinators', and round
// again. Who is away, or has no phone to be told by, is passed over. The bot goes by the same ladder when it alerts.
func turnOf(e store.OpenEscalation, staff []store.Staff, today calendar.Date) []store.Staff {
	there := func(s store.Staff) bool {
		return len(s.Phone) > 0 && (s.AbsentUntil.IsZero() || s.AbsentUntil.Before(today))
	}
	ladder := make([][]store.Staff, 3)
	for _, s := range staff {
		if !there(s) {
			continue
		}
		if s.ID == e.MediatorID {
			ladder[0] = append(ladder[0], s)
		}
		if s.ID == int64(e.BackupID) {
			ladder[1] = append(ladder[1], s)
		}
		if s.Role == "coordinator" {
			ladder[2] = append(ladder[2], s)
		}
	}
	for i := range ladder {
		if who := ladder[(e.Level-1+i)%len(ladder)]; len(who) > 0 {
			return who
		}
	}
	return nil
}

// behind are the cases in which something fell due and is not met, the longest behind first.
func (v *visit) behind(tx *store.Tx, staff []store.Staff) ([]behindRow, error) {
	today := v.todayIs()
	cases, err := tx.CasePage(store.CasePage{ProgramID: v.me.Program.ID, StaffID: v.me.wallFor(), Before: today, Unescalated: true, Limit: todayRows})
	if err != nil {
		return nil, err
	}
	names, err := v.partyNames(tx, cases)
	if err != nil {
		return nil, err
	}
	var rows []behindRow
	for _, c := range cases {
		row := behindRow{Case: c, Parties: names[c.ID], Days: today.Sub(c.NextDue)}
		for _, s := range staff {
			if s.ID == c.MediatorID {
				row.Mediator = tx.Reveal(s.Name)
			}
		}
		if row.Owed, err = v.owed(tx, c.ID, today); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// owed is what of a case fell due before today and is not met.
func (v *visit) owed(tx *store.Tx, caseID int64, today calendar.Date) ([]owedRow, error) {
	commitments, err := tx.CommitmentsOf(caseID)
	if err != nil {
		return nil, err
	}
	entries, err := tx.LedgerOfCase(caseID)
	if err != nil {
		return nil, err
	}
	var owed []owedRow
	for _, c := range commitments {
		switch {
		case c.Kind == "restitution":
			if b := ledger.Of(entries[c.ID], today); len(b.Overdue) > 0 {
				owed = append(owed, owedRow{c.Key, v.page.money(b.OverdueCents(), c.Currency), true, b.Overdue[0].Entry})
			}
		case c.Status != store.CommitmentMet && c.Status != store.CommitmentWaived && c.Due.Before(today):
			owed = append(owed, owedRow{c.Key, v.page.kind(c.Kind), false, 0})
		}
	}
	return owed, nil
}

// partyNames are the names of the parties of some cases, by case.
func (v *visit) partyNames(tx *store.Tx, cases []store.CaseRow) (map[int64][]string, error) {
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	parties, err := tx.PartiesOfCases(ids...)
	names := map[int64][]string{}
	for id, list := range parties {
		for _, p := range list {
			names[id] = append(names[id], tx.Reveal(p.Name))
		}
	}
	return names, err
}
