package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"amends/flows"
	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
	"amends/templates"
)

// policy is what a program and a case have settled, with nothing left open.
type policy = intake.Rules

// program is a program as its file has it, with its flows.
type program struct {
	store.Program
	File   intake.Program
	policy policy
	zone   *time.Location
	office calendar.Office
	flows  *flows.Catalogue
	book   *templates.Book
}

// program loads a program. What it keeps between turns holds for one ChangedAt only.
func (b *Bot) program(tx *store.Tx, id int64) (*program, error) {
	row, err := tx.GetProgram(id)
	if err != nil {
		return nil, err
	}
	return b.openProgram(tx, row)
}

func (b *Bot) openProgram(tx *store.Tx, row store.Program) (*program, error) {
	if kept, ok := b.programs.Load(row.ID); ok && kept.(*program).ChangedAt == row.ChangedAt {
		return kept.(*program), nil
	}
	p := &program{Program: row}
	file, err := intake.ParseProgram("the stored program file", strings.NewReader(tx.Reveal(row.File)))
	if err != nil {
		return nil, err
	}
	p.File, p.policy, p.zone, p.office = file, file.Rules(), file.Zone(), file.Office()
	p.flows, p.book = b.Flows, b.Book
	if p.policy.Flows != "" {
		if p.flows, p.book, err = b.Words(p.policy.Flows); err != nil {
			return nil, err
		}
	}
	b.programs.Store(row.ID, p)
	return p, nil
}

// language is the one that staff are written to in.
func (p *program) language() string { return p.File.DefaultLanguage }

// speaks tells whether a program writes in a language.
func (p *program) speaks(language string) bool { return slices.Contains(p.File.Languages, language) }

// ownHours are a party's own quiet hours and safe times, where it has any.
type ownHours struct {
	Quiet *calendar.Window  `json:"quiet,omitempty"`
	Safe  []calendar.Window `json:"safe,omitempty"`
}

// hoursOf are the hours at which a party may be texted.
func (p *program) hoursOf(party *store.Party) calendar.Hours {
	h := calendar.Hours{Zone: zoneOf(party.Zone), Quiet: p.File.QuietHours}
	if party.Hours == "" {
		return h
	}
	var own ownHours
	if err := json.Unmarshal([]byte(party.Hours), &own); err != nil {
		return h // written by us alone; the program's hours are the safe reading
	}
	if own.Quiet != nil {
		h.Quiet = *own.Quiet
	}
	h.Safe = own.Safe
	return h
}

// policyIn is a case's policy, in its program.
func policyIn(p *program, c store.Case) (policy, error) {
	if c.Policy == "" {
		return p.policy, nil
	}
	var own intake.Policy
	if err := json.Unmarshal([]byte(c.Policy), &own); err != nil {
		return policy{}, err
	}
	return intake.Case{Policy: own}.Rules(p.File), nil
}
