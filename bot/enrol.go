package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
	"amends/store/ledger"
	"amends/store/seal"
)

// Change is what became of a file.
type Change struct {
	Key         string // the program's key or the case's reference
	Did         string // added, unchanged, updated
	Differences []string
}

// What became of a file.
const (
	added     = "added"
	unchanged = "unchanged"
	updated   = "updated"
)

// stageNever is before every stage of every commitment.
const stageNever store.Instant = 1

// centsOfAnHour: hours are kept in hundredths, files give minutes.
const centsOfAnHour = 100.0 / 60

// AddCases puts cases on record, all or none. A case that is there already is left as it is if its
// file says the same; a changed file is refused with the differences, unless update is asked for.
func (b *Bot) AddCases(ctx context.Context, files []intake.Case, update bool) ([]Change, error) {
	return b.AddCasesBy(ctx, By{}, files, update)
}

// AddCasesBy is AddCases by a person.
func (b *Bot) AddCasesBy(ctx context.Context, by By, files []intake.Case, update bool) ([]Change, error) {
	var changes []Change
	err := b.handle(ctx, by.actor(), func(t *turn) error {
		changes = changes[:0]
		if by.Why != "" {
			t.words = t.tx.Seal(by.Why)
		}
		var refused []string
		for _, f := range files {
			c, err := t.addCase(f, update)
			if err != nil {
				return err
			}
			changes = append(changes, c)
			if len(c.Differences) > 0 && c.Did == unchanged {
				refused = append(refused, "case "+c.Key+" is there already and differs:\n  "+strings.Join(c.Differences, "\n  "))
			}
		}
		if len(refused) > 0 {
			return store.NewError(store.Conflict, strings.Join(refused, "\n")+"\nNothing was stored. Run it again with --update to make the case as the file says.", nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

func (t *turn) addCase(f intake.Case, update bool) (Change, error) {
	x, err := t.examine(&f, update)
	switch {
	case err != nil:
		return x.Change, err
	case !x.there:
		return x.Change, t.openCase(f)
	case x.Did == updated:
		return x.Change, t.updateCase(x, f)
	}
	return x.Change, nil
}

// keepErased is a file without what it says of people who were erased since it was written: they stay erased.
func keepErased(old, f intake.Case) intake.Case {
	f.Parties = slices.Clone(f.Parties)
	for i, p := range f.Parties {
		if was, ok := old.Party(p.Key); ok && was.Name == store.Erased {
			f.Parties[i] = was
		}
	}
	return f
}

// programFor finds a case's program: the one it names, or the only one there is.
func (t *turn) programFor(f *intake.Case) (*program, error) {
	if f.Program != "" {
		row, ok, err := t.tx.FindProgramByKey(f.Program)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, store.NewError(store.NotFound, fmt.Sprintf("Case %s names program %s, which is not there: run `amends program apply` with its file first.", f.Reference, f.Program), nil)
		}
		return t.b.openProgram(t.tx, row)
	}
	all, err := t.tx.Programs()
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, store.NewError(store.Invalid, fmt.Sprintf("Case %s names no program, and there are %d: say which with `program:`.", f.Reference, len(all)), nil)
	}
	f.Program = all[0].Key
	return t.b.openProgram(t.tx, all[0])
}

// openCase puts a new case on record with all that it brings: parties, commitments, the ledger's
// first entries, what falls due.
func (t *turn) openCase(f intake.Case) error {
	c := store.Case{ProgramID: t.program.ID, Reference: f.Reference, Status: store.CaseEnrolling, MediatedOn: f.MediatedOn,
		OpenedAt: store.At(t.now), File: t.tx.Seal(string(f.Encode()))}
	if err := t.staffAndPolicy(&c, f); err != nil {
		return err
	}
	if err := t.tx.AddCase(&c); err != nil {
		return err
	}
	policy, err := policyIn(t.program, c)
	if err != nil {
		return err
	}
	m := &matter{Case: c, Matter: store.Matter{Ledger: map[int64][]ledger.Entry{}}, policy: policy}
	t.matters[c.ID] = m
	if err := t.log(store.Entry{CaseID: store.ID(m.ID), Action: seal.Opened, Subject: "case", Why: seal.Named(t.program.Key, c.Reference), Words: t.words}); err != nil {
		return err
	}
	for _, pf := range f.Parties {
		if err := t.addParty(m, f, pf); err != nil {
			return err
		}
	}
	for _, cf := range f.Agreement {
		if err := t.addCommitment(m, f, cf); err != nil {
			return err
		}
	}
	for _, pf := range f.Parties {
		if err := t.enrol(m, pf); err != nil {
			return err
		}
	}
	return nil
}

// staffAndPolicy fills in whose case it is and what it settles for itself.
func (t *turn) staffAndPolicy(c *store.Case, f intake.Case) error {
	mediator, ok, err := t.tx.FindStaffByKey(t.program.ID, f.Mediator)
	if err != nil || !ok {
		return notThere(err, "mediator "+f.Mediator)
	}
	c.MediatorID, c.BackupID = mediator.ID, 0
	if f.Backup != "" {
		backup, ok, err := t.tx.FindStaffByKey(t.program.ID, f.Backup)
		if err != nil || !ok {
			return notThere(err, "backup "+f.Backup)
		}
		c.BackupID = store.ID(backup.ID)
	}
	policy, err := json.Marshal(f.Policy)
	c.Policy = string(policy)
	return err
}

func notThere(err error, what string) error {
	if err != nil {
		return err
	}
	return store.NewError(store.NotFound, "There is no "+what+" in the program.", nil)
}

func (t *turn) addParty(m *matter, f intake.Case, pf intake.Party) error {
	line, err := t.tx.LockLine(t.program.ID, pf.Phone)
	if err != nil {
		return err
	}
	p := store.Party{ProgramID: t.program.ID, CaseID: m.ID, LineID: line.ID, Key: pf.Key, Role: string(pf.Role),
		Side: string(f.Side(pf.Key)), Consent: store.ConsentNone}
	if pf.For != "" {
		p.ForID = store.ID(m.partyByKey(pf.For).ID)
	}
	if err := t.fillParty(&p, m, pf); err != nil {
		return err
	}
	if err := t.tx.AddParty(&p); err != nil {
		return err
	}
	m.Parties = append(m.Parties, p)
	return nil
}

// fillParty fills in what a file says of a person and a later file may change.
func (t *turn) fillParty(p *store.Party, m *matter, pf intake.Party) error {
	p.Name, p.Language, p.Zone, p.Discreet = t.tx.Seal(pf.Name), pf.Language, pf.TimeZone, pf.Discreet
	if p.Language == "" {
		p.Language = t.program.language()
	}
	if p.Zone == "" {
		p.Zone = t.program.File.TimeZone
	}
	p.Statements = p.Side == "offender"
	if pf.Statements != nil {
		p.Statements = *pf.Statements
	}
	p.Hours = ""
	if pf.QuietHours != nil || len(pf.SafeTimes) > 0 {
		own, err := json.Marshal(ownHours{pf.QuietHours, pf.SafeTimes})
		if err != nil {
			return err
		}
		p.Hours = string(own)
	}
	return nil
}

func (t *turn) addCommitment(m *matter, f intake.Case, cf intake.Commitment) error {
	c := store.Commitment{CaseID: m.ID, Key: cf.Key, Kind: string(cf.Kind), Title: t.tx.Seal(cf.Title), Payee: t.tx.Seal(cf.Payee),
		ByID: m.partyByKey(cf.By).ID, Status: store.CommitmentOpen, StageAt: stageNever,
		Hours: int64(math.Round(float64(cf.Minutes) * centsOfAnHour))}
	if to, ok := f.Payee(cf); ok {
		c.ToID = store.ID(m.partyByKey(to.Key).ID)
	}
	if cf.Kind != intake.Restitution {
		c.Due, c.DueFirst = cf.Due, cf.Due
	} else {
		c.Currency = cf.Currency
	}
	if err := t.tx.AddCommitment(&c); err != nil {
		return err
	}
	m.Commitments = append(m.Commitments, c)
	added := &m.Commitments[len(m.Commitments)-1]
	if cf.Kind == intake.Restitution {
		schedule, err := cf.Schedule()
		if err != nil {
			return err
		}
		entries, err := t.tx.Append(m.ID, c.ID, ledger.Dues(schedule, c.Currency, t.now, actorSystem)...)
		if err != nil {
			return err
		}
		m.Ledger[c.ID] = entries
	}
	if err := t.logCase(m, m.party(c.ByID), "commitment.agreed", subjectOf(added), ""); err != nil {
		return err
	}
	return t.restage(m, added)
}

// enrol records the consent that a file brings, or has the party asked for it.
func (t *turn) enrol(m *matter, pf intake.Party) error {
	s := seat{m.partyByKey(pf.Key), m}
	if err := t.holdLine(s.LineID); err != nil {
		return err
	}
	if !m.texts(s.Party) { // somebody else takes its texts; what it signed is on record all the same
		if pf.Consent == nil || t.line.OptedOutAt != 0 {
			return nil
		}
		return t.consent(s, store.ConsentGiven, pf.Consent.On, pf.Consent.How)
	}
	if pf.Consent == nil {
		return t.requestConsent(s)
	}
	if t.line.OptedOutAt != 0 {
		// The number said stop. A form signed before that does not undo it.
		if day := calendar.On(t.line.OptedOutAt.Time(), t.program.zone); !pf.Consent.On.After(day) {
			return t.consent(s, store.ConsentWithdrawn, day, "the number had opted out")
		}
	}
	return t.consentOnForm(s, pf.Consent.On, pf.Consent.How)
}

// consentOnForm records consent given elsewhere, by a person's word, and begins the texts with the one
// that says what is confidential.
func (t *turn) consentOnForm(s seat, on calendar.Date, how string) error {
	if on.IsZero() {
		on = t.today(s.Party)
	}
	if err := t.consent(s, store.ConsentGiven, on, how); err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return err
	}
	return t.armSeat(s, wish{flow: flowConsent, entry: "form", at: t.now, keeps: consentKeeps})
}

// requestConsent has a party asked whether it may be texted.
func (t *turn) requestConsent(s seat) error {
	s.Consent = store.ConsentAsked
	if err := t.tx.SaveParty(*s.Party); err != nil {
		return err
	}
	if err := t.logCase(s.m, s.Party, "consent.asked", "party:"+s.Key, "by text"); err != nil {
		return err
	}
	return t.armSeat(s, wish{flow: flowConsent, at: t.now, keeps: consentKeeps})
}

// CloseCase ends a case. Its texts stop with it.
func (b *Bot) CloseCase(ctx context.Context, programKey, reference, reason string) error {
	return b.handle(ctx, actorCommand, func(t *turn) error {
		m, err := t.matterByReference(programKey, reference)
		if err != nil {
			return err
		}
		if m.Status == store.CaseClosed {
			return store.NewError(store.Conflict, fmt.Sprintf("Case %s is closed already.", reference), nil)
		}
		return t.closeCase(m, reason, reason)
	})
}

// matterByReference takes a case in hand by what people call it.
func (t *turn) matterByReference(programKey, reference string) (*matter, error) {
	id, err := findCase(t.tx, programKey, reference)
	if err != nil {
		return nil, err
	}
	return t.matter(id)
}

// findCase finds a case by its reference, in one program or in the only one that has it.
func findCase(tx *store.Tx, programKey, reference string) (int64, error) {
	cases, err := tx.CasesByReference(reference)
	if err != nil {
		return 0, err
	}
	var found []store.Case
	for _, c := range cases {
		if programKey != "" {
			p, err := tx.GetProgram(c.ProgramID)
			if err != nil {
				return 0, err
			}
			if p.Key != programKey {
				continue
			}
		}
		found = append(found, c)
	}
	switch len(found) {
	case 0:
		return 0, store.NewError(store.NotFound, fmt.Sprintf("There is no case %s: `amends export commitments` lists those there are.", reference), nil)
	case 1:
		return found[0].ID, nil
	}
	return 0, store.NewError(store.Conflict, fmt.Sprintf("More than one program has a case %s: say which with --program.", reference), nil)
}
