package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// examined is a case file beside what is on record.
type examined struct {
	Change
	had   store.Case // zero where there is none
	there bool
	old   intake.Case // its file
}

// examine holds a case file against its program and what is on record, and changes nothing. What may not be is refused.
func (t *turn) examine(f *intake.Case, update bool) (examined, error) {
	p, err := t.programFor(f)
	if err != nil {
		return examined{}, err
	}
	t.program = p
	if faults := f.Check(&p.File); len(faults) > 0 {
		return examined{}, store.NewError(store.Invalid, faults.Error(), nil)
	}
	if today := calendar.On(t.now, p.zone); f.MediatedOn.After(today) {
		return examined{}, store.NewError(store.Invalid, fmt.Sprintf("Case %s: mediated_on lies in the future.", f.Reference), nil)
	}
	x := examined{Change: Change{Key: f.Reference, Did: added}}
	if x.had, x.there, err = t.tx.FindCase(p.ID, f.Reference); err != nil || !x.there {
		return x, err
	}
	if x.old, err = intake.ParseCase("the stored case", strings.NewReader(t.tx.Reveal(x.had.File))); err != nil {
		return x, err
	}
	*f = keepErased(x.old, *f)
	x.Did, x.Differences = unchanged, intake.DiffCase(x.old, *f)
	if len(x.Differences) == 0 {
		return x, nil
	}
	if err := updatable(x.old, *f); err != nil || !update {
		return x, err
	}
	if x.had.Status == store.CaseClosed {
		return x, store.NewError(store.Conflict, fmt.Sprintf("Case %s is closed and cannot be changed.", f.Reference), nil)
	}
	x.Did = updated
	return x, nil
}

// errExamined ends a transaction in which nothing was to be stored.
var errExamined = errors.New("examined")

// ExamineCases says what AddCases would make of files, case by case, and stores nothing. The error is [intake.Faults], all of
// them, or something that has nothing to do with the files.
func (b *Bot) ExamineCases(ctx context.Context, by By, files []intake.Case, update bool) ([]Change, error) {
	var changes []Change
	var faults intake.Faults
	err := b.handle(ctx, by.actor(), func(t *turn) error {
		changes, faults = changes[:0], nil
		for _, f := range files {
			fault := func(sentence string) {
				faults = append(faults, intake.Fault{File: f.Origin.File, Row: f.Origin.Row, Line: f.Origin.Lines["reference"], Message: sentence})
			}
			x, err := t.examine(&f, update)
			switch code := store.CodeOf(err); {
			case code == store.Internal:
				return err
			case err != nil:
				fault(store.Sentence(err))
			case len(x.Differences) > 0 && x.Did == unchanged:
				fault(differs)
			}
			changes = append(changes, x.Change)
		}
		return errExamined
	})
	if !errors.Is(err, errExamined) {
		return nil, err
	}
	if len(faults) > 0 {
		return changes, faults
	}
	return changes, nil
}

// differs is what is said of a file whose case is on record already.
const differs = "is on record already, and differs; say that it is to be changed"
