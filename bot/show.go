package bot

import (
	"context"
	"time"

	"amends/store"
	"amends/store/calendar"
)

// CaseReport is where a case stands: what `amends case show --format json` prints.
type CaseReport struct {
	Reference   string             `json:"reference"`
	Program     string             `json:"program"`
	Status      store.CaseStatus   `json:"status"`
	CloseReason string             `json:"close_reason,omitempty"`
	ErasedAt    *time.Time         `json:"erased_at,omitempty"` // what was private in it
	MediatedOn  calendar.Date      `json:"mediated_on"`
	Mediator    string             `json:"mediator"`
	Backup      string             `json:"backup,omitempty"`
	Parties     []PartyReport      `json:"parties"`
	Restitution []MoneyReport      `json:"restitution"`
	Commitments []CommitmentReport `json:"commitments"`
	Answers     []AnswerReport     `json:"answers"`
	Escalations []EscalationReport `json:"escalations"`
}

// PartyReport is where a party stands. It bears no name and no number.
type PartyReport struct {
	Key       string        `json:"key"`
	Role      string        `json:"role"`
	Language  string        `json:"language"`
	Discreet  bool          `json:"discreet"`
	Consent   store.Consent `json:"consent"`
	OptedOut  bool          `json:"opted_out"`
	Reachable bool          `json:"reachable"`
}

// MoneyReport is where a restitution stands, in cents.
type MoneyReport struct {
	Key              string                 `json:"key"`
	By               string                 `json:"by"`
	To               string                 `json:"to,omitempty"`
	Currency         string                 `json:"currency"`
	Status           store.CommitmentStatus `json:"status"`
	TotalCents       int64                  `json:"total_cents"`
	ReportedCents    int64                  `json:"reported_cents"` // not yet received, disputed or reversed
	ReceivedCents    int64                  `json:"received_cents"`
	DisputedCents    int64                  `json:"disputed_cents"`
	WaivedCents      int64                  `json:"waived_cents"`
	OutstandingCents int64                  `json:"outstanding_cents"` // not received and not waived
	NextDue          *DueReport             `json:"next_due"`
	DaysLate         int                    `json:"days_late"`
}

// DueReport is what is due next: what is left of that instalment, without what was reported and is
// not disputed.
type DueReport struct {
	Date        calendar.Date `json:"date"`
	AmountCents int64         `json:"amount_cents"`
}

// CommitmentReport is where a commitment other than restitution stands.
type CommitmentReport struct {
	Key       string                 `json:"key"`
	Kind      string                 `json:"kind"`
	By        string                 `json:"by"`
	Due       calendar.Date          `json:"due"`
	DueFirst  *calendar.Date         `json:"due_first,omitempty"` // the date agreed at first, where it was moved
	Hours     float64                `json:"hours,omitempty"`
	HoursDone float64                `json:"hours_done,omitempty"`
	Status    store.CommitmentStatus `json:"status"`
}

// AnswerReport is one answer.
type AnswerReport struct {
	Party    string    `json:"party"`
	Flow     string    `json:"flow"`
	Question string    `json:"question"`
	Value    string    `json:"value"`
	At       time.Time `json:"at"`
}

// EscalationReport is where an escalation stands.
type EscalationReport struct {
	Code           int64                  `json:"code"`
	Reason         string                 `json:"reason"`
	Severity       string                 `json:"severity"`
	Status         store.EscalationStatus `json:"status"`
	Level          int                    `json:"level"`
	OpenedAt       time.Time              `json:"opened_at"`
	AcknowledgedAt *time.Time             `json:"acknowledged_at,omitempty"`
	ResolvedAt     *time.Time             `json:"resolved_at,omitempty"`
	Note           string                 `json:"note,omitempty"`
}

// ShowCase says where a case stands.
func (b *Bot) ShowCase(ctx context.Context, programKey, reference string) (CaseReport, error) {
	var r CaseReport
	err := b.Store.View(ctx, func(tx *store.Tx) error {
		id, err := findCase(tx, programKey, reference)
		if err != nil {
			return err
		}
		c, err := tx.GetCase(id)
		if err != nil {
			return err
		}
		r, err = b.show(tx, c)
		return err
	})
	return r, err
}

func (b *Bot) show(tx *store.Tx, c store.Case) (CaseReport, error) {
	p, err := b.program(tx, c.ProgramID)
	if err != nil {
		return CaseReport{}, err
	}
	r := CaseReport{Reference: c.Reference, Program: p.Key, Status: c.Status, CloseReason: string(c.CloseReason), MediatedOn: c.MediatedOn,
		Parties: []PartyReport{}, Restitution: []MoneyReport{}, Commitments: []CommitmentReport{}, Answers: []AnswerReport{}, Escalations: []EscalationReport{}}
	erased, err := tx.CaseErasedAt(c.ID)
	if err != nil {
		return r, err
	}
	r.ErasedAt = maybe(erased)
	staff, err := tx.StaffOf(c.ProgramID)
	if err != nil {
		return r, err
	}
	for _, s := range staff {
		switch s.ID {
		case c.MediatorID:
			r.Mediator = s.Key
		case int64(c.BackupID):
			r.Backup = s.Key
		}
	}
	keys, err := r.parties(tx, c)
	if err != nil {
		return r, err
	}
	if err := r.commitments(tx, c, keys, b.Now()); err != nil {
		return r, err
	}
	answers, err := tx.AnswersOf(c.ID)
	if err != nil {
		return r, err
	}
	for _, a := range answers {
		r.Answers = append(r.Answers, AnswerReport{keys[a.PartyID].key, a.Flow, a.Question, tx.Reveal(a.Value), a.At.Time()})
	}
	escalations, err := tx.EscalationsOf(c.ID)
	if err != nil {
		return r, err
	}
	for _, e := range escalations {
		r.Escalations = append(r.Escalations, EscalationReport{Code: e.Code, Reason: e.Reason, Severity: e.Severity, Status: e.Status, Level: e.Level,
			OpenedAt: e.OpenedAt.Time(), AcknowledgedAt: maybe(e.AcknowledgedAt), ResolvedAt: maybe(e.ResolvedAt), Note: tx.Reveal(e.Note)})
	}
	return r, nil
}

func maybe(i store.Instant) *time.Time {
	if i == 0 {
		return nil
	}
	t := i.Time()
	return &t
}

// keyed is a party's key and zone, by its id.
type keyed struct {
	key  string
	zone *time.Location
}

func (r *CaseReport) parties(tx *store.Tx, c store.Case) (map[int64]keyed, error) {
	parties, err := tx.PartiesOf(c.ID)
	if err != nil {
		return nil, err
	}
	keys := map[int64]keyed{}
	for _, p := range parties {
		keys[p.ID] = keyed{p.Key, zoneOf(p.Zone)}
		line, err := tx.GetLine(p.LineID)
		if err != nil {
			return nil, err
		}
		r.Parties = append(r.Parties, PartyReport{Key: p.Key, Role: p.Role, Language: p.Language, Discreet: p.Discreet, Consent: p.Consent,
			OptedOut: line.OptedOutAt != 0, Reachable: line.UnreachableAt == 0 && line.OptedOutHow != "wrong_number"})
	}
	return keys, nil
}

func (r *CaseReport) commitments(tx *store.Tx, c store.Case, keys map[int64]keyed, now time.Time) error {
	list, err := tx.CommitmentsOf(c.ID)
	if err != nil {
		return err
	}
	ledgers, err := tx.LedgerOfCase(c.ID)
	if err != nil {
		return err
	}
	m := matter{Matter: store.Matter{Ledger: ledgers}}
	for i := range list {
		k := &list[i]
		by := keys[k.ByID]
		if k.Kind != restitution {
			report := CommitmentReport{Key: k.Key, Kind: k.Kind, By: by.key, Due: k.Due, Hours: float64(k.Hours) / 100, HoursDone: float64(k.HoursDone) / 100, Status: k.Status}
			if k.DueFirst != k.Due {
				report.DueFirst = &k.DueFirst
			}
			r.Commitments = append(r.Commitments, report)
			continue
		}
		b := m.balance(k, calendar.On(now, by.zone))
		money := MoneyReport{Key: k.Key, By: by.key, To: keys[int64(k.ToID)].key, Currency: k.Currency, Status: k.Status, TotalCents: b.TotalCents,
			ReportedCents: b.ReportedCents, ReceivedCents: b.ReceivedCents, DisputedCents: b.DisputedCents, WaivedCents: b.WaivedCents,
			OutstandingCents: b.OutstandingCents, DaysLate: b.DaysLate}
		if n := b.NextDue; n != nil {
			money.NextDue = &DueReport{n.Date, n.AmountCents}
		}
		r.Restitution = append(r.Restitution, money)
	}
	return nil
}
