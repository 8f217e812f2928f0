package main

import (
	"bytes"
	"cmp"
	"context"

	"amends/bot/emulator/desk"
	"amends/store"
	"amends/store/intake"
)

// casesPage is how many cases are read at once.
const casesPage = 200

// programOf is a program as its file has it.
func programOf(tx *store.Tx, row store.Program) (intake.Program, error) {
	return intake.ParseProgram("the file of program "+row.Key, bytes.NewReader([]byte(tx.Reveal(row.File))))
}

// people are those who hold the demo's phones: parties case by case, then the staff.
func (in *installation) people(ctx context.Context) ([]desk.Person, error) {
	var people []desk.Person
	err := in.store.View(ctx, func(tx *store.Tx) error {
		people = nil
		programs, err := tx.Programs()
		if err != nil {
			return err
		}
		for _, row := range programs {
			program, err := programOf(tx, row)
			if err != nil {
				return err
			}
			parties, err := partiesOf(tx, row, program)
			if err != nil {
				return err
			}
			people = append(people, parties...)
			for _, member := range program.Staff {
				if member.Phone == "" {
					continue
				}
				people = append(people, desk.Person{Number: member.Phone, Name: member.Name, Role: string(member.Role),
					Program: program.Name, ProgramNumber: program.From, Language: program.DefaultLanguage, Zone: program.TimeZone})
			}
		}
		return nil
	})
	return people, err
}

func partiesOf(tx *store.Tx, row store.Program, program intake.Program) ([]desk.Person, error) {
	var people []desk.Person
	for after := int64(0); ; {
		cases, err := tx.CasesOf(row.ID, store.CaseFilter{}, after, casesPage)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			after = c.ID
			parties, err := tx.PartiesOf(c.ID)
			if err != nil {
				return nil, err
			}
			for _, party := range parties {
				line, err := tx.GetLine(party.LineID)
				if err != nil {
					return nil, err
				}
				people = append(people, desk.Person{Number: tx.Reveal(line.Phone), Name: tx.Reveal(party.Name),
					Role: roleInWords(party), Case: c.Reference, Program: program.Name, ProgramNumber: program.From,
					Language: party.Language, Zone: cmp.Or(party.Zone, program.TimeZone)})
			}
		}
		if len(cases) < casesPage {
			return people, nil
		}
	}
}

// roleInWords is what a party is, as the page of phones says it.
func roleInWords(party store.Party) string {
	switch party.Role {
	case string(intake.Victim):
		return "is owed"
	case string(intake.Offender):
		return "owes"
	}
	return party.Role
}
