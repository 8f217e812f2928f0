package bot

import (
	"fmt"
	"slices"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// updateCase makes a case as a changed file says, as far as that can be done without rewriting what
// happened: people, staff, policy, dates of commitments other than money, parties and commitments
// that are new. Sums and instalments change by entries of the ledger, not by a file.
func (t *turn) updateCase(x examined, f intake.Case) error {
	m, err := t.matter(x.had.ID)
	if err != nil {
		return err
	}
	if m.Status == store.CaseClosed { // meanwhile
		return store.NewError(store.Conflict, fmt.Sprintf("Case %s is closed and cannot be changed.", f.Reference), nil)
	}
	m.MediatedOn, m.Case.File = f.MediatedOn, t.tx.Seal(string(f.Encode()))
	if err := t.staffAndPolicy(&m.Case, f); err != nil {
		return err
	}
	if err := t.tx.SaveCase(m.Case); err != nil {
		return err
	}
	if m.policy, err = policyIn(t.program, m.Case); err != nil {
		return err
	}
	if err := t.log(store.Entry{CaseID: store.ID(m.ID), Action: "case.updated", Subject: "case", Why: changed(x.Differences), Words: t.words}); err != nil {
		return err
	}
	var fresh []intake.Party
	for _, pf := range f.Parties {
		p := m.partyByKey(pf.Key)
		if p == nil {
			if err := t.addParty(m, f, pf); err != nil {
				return err
			}
			fresh = append(fresh, pf)
			continue
		}
		if err := t.updateParty(m, p, x.old, pf); err != nil {
			return err
		}
	}
	for _, cf := range f.Agreement {
		c := m.commitmentByKey(cf.Key)
		if c == nil {
			if err := t.addCommitment(m, f, cf); err != nil {
				return err
			}
			continue
		}
		// A file that says what it said before takes back no date that was given since.
		if cf.Kind != intake.Restitution && cf.Due != c.Due && cf.Due != dueIn(x.old, cf.Key) {
			if err := t.reschedule(m, c, 0, cf.Due, t.actor); err != nil {
				return err
			}
		}
	}
	for _, pf := range fresh {
		if err := t.enrol(m, pf); err != nil {
			return err
		}
	}
	return nil
}

// changed names what differs, by its place in the file: no value stands in it.
func changed(differences []string) string {
	var places []string
	for i, d := range differences {
		if i == mostPlaces {
			places = append(places, fmt.Sprintf("and %d more", len(differences)-i))
			break
		}
		place, _, _ := strings.Cut(d, ":")
		places = append(places, place)
	}
	return strings.Join(places, ", ")
}

// mostPlaces bounds what an entry names.
const mostPlaces = 12

func (t *turn) updateParty(m *matter, p *store.Party, old intake.Case, pf intake.Party) error {
	was, _ := old.Party(pf.Key)
	if was.Phone != pf.Phone {
		line, err := t.tx.LockLine(t.program.ID, pf.Phone)
		if err != nil {
			return err
		}
		p.LineID = line.ID
	}
	if err := t.fillParty(p, m, pf); err != nil {
		return err
	}
	if err := t.tx.SaveParty(*p); err != nil {
		return err
	}
	if pf.Consent == nil || p.Consent == store.ConsentGiven || was.Consent != nil && *was.Consent == *pf.Consent {
		return nil
	}
	if err := t.holdLine(p.LineID); err != nil {
		return err
	}
	return t.consentOnForm(seat{p, m}, pf.Consent.On, pf.Consent.How)
}

// updatable says what a file may not change.
func updatable(old, f intake.Case) error {
	refuse := func(what string) error {
		return store.NewError(store.Conflict, fmt.Sprintf("Case %s: %s. Nothing was stored.", f.Reference, what), nil)
	}
	for _, was := range old.Parties {
		now, ok := f.Party(was.Key)
		if !ok {
			return refuse(fmt.Sprintf("party %s cannot be taken out of a case; it can opt out", was.Key))
		}
		if now.Role != was.Role || now.For != was.For {
			return refuse(fmt.Sprintf("party %s cannot change its role; add another party", was.Key))
		}
	}
	for _, was := range old.Agreement {
		i := slices.IndexFunc(f.Agreement, func(c intake.Commitment) bool { return c.Key == was.Key })
		if i < 0 {
			return refuse(fmt.Sprintf("commitment %s cannot be taken out; waive it", was.Key))
		}
		now := f.Agreement[i]
		if now.Kind != was.Kind || now.By != was.By || now.To != was.To || now.Currency != was.Currency || now.Payee != was.Payee || now.Minutes != was.Minutes {
			return refuse(fmt.Sprintf("commitment %s can change its date, and nothing else, by a file", was.Key))
		}
		if was.Kind != intake.Restitution {
			continue
		}
		a, err := was.Schedule()
		if err != nil {
			return err
		}
		b, err := now.Schedule()
		if err != nil {
			return err
		}
		if !slices.Equal(a, b) {
			return refuse(fmt.Sprintf("the instalments of %s change by entries of the ledger (a waiver, a new date), not by a file", was.Key))
		}
	}
	return nil
}

// dueIn is the date that a file says for a commitment, the zero date if it says none.
func dueIn(f intake.Case, key string) calendar.Date {
	for _, c := range f.Agreement {
		if c.Key == key {
			return c.Due
		}
	}
	return calendar.Date{}
}
