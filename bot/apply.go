package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// SetAbsent records until when a staff member is away; a zero date, that she is back.
func (b *Bot) SetAbsent(ctx context.Context, programKey, key string, until calendar.Date) error {
	return b.SetAbsentBy(ctx, By{}, programKey, key, until)
}

// SetAbsentBy is SetAbsent by a person.
func (b *Bot) SetAbsentBy(ctx context.Context, by By, programKey, key string, until calendar.Date) error {
	return b.handle(ctx, by.actor(), func(t *turn) error {
		who, err := t.staffByKey(programKey, key)
		if err != nil {
			return err
		}
		if err := t.tx.SetAbsent(who.ID, until); err != nil {
			return err
		}
		return t.log(store.Entry{ProgramID: store.ID(who.ProgramID), Action: "staff.absent", Subject: "staff:" + key, Why: "until " + until.String()})
	})
}

// staffByKey finds a staff member, in one program or in the only one that has the key.
func (t *turn) staffByKey(programKey, key string) (store.Staff, error) {
	programs, err := t.tx.Programs()
	if err != nil {
		return store.Staff{}, err
	}
	var found []store.Staff
	for _, p := range programs {
		if programKey != "" && p.Key != programKey {
			continue
		}
		s, ok, err := t.tx.FindStaffByKey(p.ID, key)
		if err != nil {
			return store.Staff{}, err
		}
		if ok {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return store.Staff{}, store.NewError(store.NotFound, fmt.Sprintf("There is no staff member %s: `amends staff list` lists those there are.", key), nil)
	case 1:
		return found[0], nil
	}
	return store.Staff{}, store.NewError(store.Conflict, fmt.Sprintf("More than one program has a staff member %s: say which with --program.", key), nil)
}

// ProgramOfStaff is the key of the program that has a staff member of that key: the one named, or the only
// one there is.
func (b *Bot) ProgramOfStaff(ctx context.Context, programKey, key string) (string, error) {
	program := ""
	err := b.handle(ctx, actorCommand, func(t *turn) error {
		who, err := t.staffByKey(programKey, key)
		if err != nil {
			return err
		}
		p, err := t.tx.GetProgram(who.ProgramID)
		program = p.Key
		return err
	})
	return program, err
}

// ApplyProgram makes a program as its file says. The same file twice changes nothing; a changed one
// is refused with the differences, unless update is asked for.
func (b *Bot) ApplyProgram(ctx context.Context, f intake.Program, update bool) (Change, error) {
	c := Change{Key: f.Key, Did: added}
	if faults := f.Check(); len(faults) > 0 {
		return c, faults
	}
	if folder := f.Rules().Flows; folder != "" {
		catalogue, book, err := ownWords(folder)
		if err != nil {
			return c, err
		}
		if f.Rules().WHO5 {
			if err := who5Words(f, catalogue, book); err != nil {
				return c, err
			}
		}
	}
	err := b.handle(ctx, actorCommand, func(t *turn) error {
		row, there, err := t.tx.FindProgramByKey(f.Key)
		if err != nil {
			return err
		}
		c = Change{Key: f.Key, Did: added}
		if there {
			p, err := t.b.openProgram(t.tx, row)
			if err != nil {
				return err
			}
			if c.Differences = intake.DiffProgram(p.File, f); len(c.Differences) == 0 {
				c.Did = unchanged
				return nil
			}
			if !update {
				return store.NewError(store.Conflict, "program "+f.Key+" is there already and differs:\n  "+strings.Join(c.Differences, "\n  ")+
					"\nNothing was stored. Run it again with --update to make the program as the file says.", nil)
			}
			c.Did = updated
		}
		row.Key, row.File, row.ChangedAt = f.Key, t.tx.Seal(string(f.Encode())), laterThan(row.ChangedAt, t.now)
		if err := t.tx.SaveProgram(&row, f.From, f.MessagingService); err != nil {
			return err
		}
		if err := t.saveStaff(row.ID, f); err != nil {
			return err
		}
		return t.log(store.Entry{ProgramID: store.ID(row.ID), Action: "program." + c.Did, Subject: "program:" + f.Key, Why: strings.Join(c.Differences, "; ")})
	})
	return c, err
}

// laterThan is now, or the first instant after one that a quicker clock has left.
func laterThan(before store.Instant, now time.Time) store.Instant {
	return max(store.At(now), before+1)
}

// saveStaff makes a program's staff as its file says. Who is in it no more can be reached no more,
// and may not leave a case behind.
func (t *turn) saveStaff(programID int64, f intake.Program) error {
	had, err := t.tx.StaffOf(programID)
	if err != nil {
		return err
	}
	for _, old := range had {
		if _, stays := f.Member(old.Key); stays || !old.Active {
			continue
		}
		cases, err := t.tx.CasesOf(programID, store.CaseFilter{Open: true, StaffID: old.ID}, 0, 1)
		if err != nil {
			return err
		}
		if len(cases) > 0 {
			return store.NewError(store.Conflict, fmt.Sprintf("Staff member %s still has case %s: give it to somebody else before you take %s out of the file.", old.Key, cases[0].Reference, old.Key), nil)
		}
		if err := t.tx.DeactivateStaff(old.ID); err != nil {
			return err
		}
	}
	for _, sf := range f.Staff {
		s, _, err := t.tx.FindStaffByKey(programID, sf.Key) // who has left may come back
		if err != nil {
			return err
		}
		s.ProgramID, s.Key, s.Role, s.Active = programID, sf.Key, string(sf.Role), true
		if err := t.tx.SaveStaff(&s, sf.Name, sf.Phone, sf.Email); err != nil {
			return err
		}
	}
	return nil
}
