package bot

import (
	"amends/store"
	"amends/store/calendar"
	"amends/store/ledger"
)

// matter is a case in hand: locked, with its parties, commitments and ledgers.
type matter struct {
	store.Case
	store.Matter
	policy policy
}

// party finds a party by id, nil if it is not in this case.
func (m *matter) party(id int64) *store.Party {
	for i := range m.Parties {
		if m.Parties[i].ID == id {
			return &m.Parties[i]
		}
	}
	return nil
}

// partyByKey finds a party by its key in the case file.
func (m *matter) partyByKey(key string) *store.Party {
	for i := range m.Parties {
		if m.Parties[i].Key == key {
			return &m.Parties[i]
		}
	}
	return nil
}

// commitment finds a commitment by id.
func (m *matter) commitment(id int64) *store.Commitment {
	for i := range m.Commitments {
		if m.Commitments[i].ID == id {
			return &m.Commitments[i]
		}
	}
	return nil
}

// commitmentByKey finds a commitment by its key in the case file.
func (m *matter) commitmentByKey(key string) *store.Commitment {
	for i := range m.Commitments {
		if m.Commitments[i].Key == key {
			return &m.Commitments[i]
		}
	}
	return nil
}

// texter is who gets the texts of a party: its guardian, else its support person, else itself.
func (m *matter) texter(partyID int64) *store.Party {
	var support *store.Party
	for i := range m.Parties {
		p := &m.Parties[i]
		if int64(p.ForID) != partyID {
			continue
		}
		if p.Role == "guardian" {
			return p
		}
		if support == nil {
			support = p
		}
	}
	if support != nil {
		return support
	}
	return m.party(partyID)
}

// texts tells whether a party gets texts of its own, rather than somebody in its place.
func (m *matter) texts(p *store.Party) bool { return m.texter(m.stands(p)).ID == p.ID }

// stands is the party whose side and commitments a party acts for: its own, or that of the one it
// is guardian or support of.
func (m *matter) stands(p *store.Party) int64 {
	if p.ForID != 0 {
		return int64(p.ForID)
	}
	return p.ID
}

// owed lists the commitments that a party, or the one it stands for, owes.
func (m *matter) owed(p *store.Party) []*store.Commitment {
	var list []*store.Commitment
	for i := range m.Commitments {
		if m.Commitments[i].ByID == m.stands(p) {
			list = append(list, &m.Commitments[i])
		}
	}
	return list
}

// due lists the commitments owed to a party, or to the one it stands for.
func (m *matter) due(p *store.Party) []*store.Commitment {
	var list []*store.Commitment
	for i := range m.Commitments {
		if int64(m.Commitments[i].ToID) == m.stands(p) {
			list = append(list, &m.Commitments[i])
		}
	}
	return list
}

// balance is where a restitution stands on a day.
func (m *matter) balance(c *store.Commitment, today calendar.Date) ledger.Balance {
	return ledger.Of(m.Ledger[c.ID], today)
}

// settled tells whether nothing is left to be done about a commitment.
func settled(c *store.Commitment) bool {
	return c.Status == store.CommitmentMet || c.Status == store.CommitmentWaived
}
