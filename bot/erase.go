package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"amends/flows"
	"amends/store"
	"amends/store/intake"
)

// eraseAtATime bounds the cases that are looked up at once.
const eraseAtATime = 100

// Retain erases what was kept as long as its program keeps it (retention_days; 0 keeps for good): cases by when they
// closed, and texts of numbers that are nobody's by when they came; each in a turn of its own. It says how many. What is
// erased and what stays is store's erase.go; a tombstone in the log says that it was done. What can't be erased holds up
// nothing else.
func (b *Bot) Retain(ctx context.Context, now time.Time) (cases, texts int, err error) {
	var programs []store.Program
	if err := b.Store.View(ctx, func(tx *store.Tx) (err error) {
		programs, err = tx.Programs()
		return err
	}); err != nil {
		return 0, 0, err
	}
	for _, row := range programs {
		days, before, failed := b.keepsSince(ctx, row, now)
		if failed != nil || days == 0 {
			err = errors.Join(err, failed)
			continue
		}
		did, failed := eraseAll(ctx, b, func(tx *store.Tx) ([]int64, error) { return tx.CasesToErase(row.ID, before, eraseAtATime) },
			func(id int64) error { return b.eraseCase(ctx, id, days) })
		cases, err = cases+did, errors.Join(err, failed)
		did, failed = eraseAll(ctx, b, func(tx *store.Tx) ([]string, error) { return tx.TextsToErase(row.ID, before, eraseAtATime) },
			func(id string) error { return b.eraseNobodys(ctx, id) })
		texts, err = texts+did, errors.Join(err, failed)
	}
	return cases, texts, err
}

// keepsSince is how many days a program keeps what is over, and the instant before which it is erased.
func (b *Bot) keepsSince(ctx context.Context, row store.Program, now time.Time) (days int, before store.Instant, err error) {
	err = b.Store.View(ctx, func(tx *store.Tx) error {
		p, err := b.openProgram(tx, row)
		if err == nil {
			days = p.policy.RetentionDays
			before = store.At(now.In(p.zone).AddDate(0, 0, -days))
		}
		return err
	})
	return days, before, err
}

// eraseAll erases one after the other what find finds, until it finds no more or nothing of it can be erased.
func eraseAll[ID any](ctx context.Context, b *Bot, find func(*store.Tx) ([]ID, error), erase func(ID) error) (erased int, failed error) {
	for more := true; more && ctx.Err() == nil; {
		var ids []ID
		err := b.Store.View(ctx, func(tx *store.Tx) (err error) {
			ids, err = find(tx)
			return err
		})
		failed = errors.Join(failed, err)
		done := 0
		for _, id := range ids {
			if err := erase(id); err != nil {
				failed = errors.Join(failed, fmt.Errorf("erase %v: %w", id, err))
				continue
			}
			done++
		}
		erased += done
		more = done > 0 && len(ids) == eraseAtATime
	}
	return erased, failed
}

// eraseNobodys erases a text of a number that is nobody's, and with the last one the number.
func (b *Bot) eraseNobodys(ctx context.Context, id string) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		m, err := t.tx.GetMessage(id)
		if err != nil {
			return err
		}
		line, err := t.tx.LockLineByID(int64(m.LineID))
		if err != nil {
			return err
		}
		// Since it was looked for somebody may have got the number, or another instance may have erased it.
		is, last, err := t.tx.Nobodys(m)
		switch {
		case err != nil || !is:
			return err
		case last:
			return t.eraseLines([]store.Line{line})
		}
		if err := t.tx.EraseText(m, store.At(t.now)); err != nil {
			return err
		}
		return t.logErased(m, nil)
	})
}

// eraseCase erases one case. Another instance may have done so just now.
func (b *Bot) eraseCase(ctx context.Context, caseID int64, days int) error {
	return b.handle(ctx, actorSystem, func(t *turn) error {
		parties, err := t.tx.PartiesOf(caseID)
		if err != nil {
			return err
		}
		lines, err := t.lockLines(parties)
		if err != nil {
			return err
		}
		m, err := t.matter(caseID)
		if err != nil {
			return err
		}
		if at, err := t.tx.CaseErasedAt(caseID); err != nil || at != 0 || m.Status != store.CaseClosed {
			return err
		}
		file, err := t.withoutPeople(m.Case)
		if err != nil {
			return err
		}
		if err := t.tx.EraseCase(caseID, store.At(t.now), file, t.ownWords); err != nil {
			return err
		}
		if err := t.logCase(m, nil, "case.erased", "case", fmt.Sprintf("%d days after it was closed", days)); err != nil {
			return err
		}
		for i := range lines {
			if err := t.forgetCase(&lines[i], caseID); err != nil {
				return err
			}
		}
		return t.eraseLines(lines)
	})
}

// forgetCase takes a case out of the memory of a line that other cases may go on using: a text that could have been about
// it, and what FIX would undo.
func (t *turn) forgetCase(line *store.Line, caseID int64) error {
	if len(line.Talk) == 0 {
		return nil
	}
	var memory talk
	if err := t.tx.RevealJSON(line.Talk, &memory); err != nil {
		return err
	}
	if w := memory.Which; w != nil && slices.ContainsFunc(w.Options, func(c choice) bool { return c.Case == caseID }) {
		memory.Which = nil
	}
	if memory.Last != nil && memory.Last.Case == caseID {
		memory.Last = nil
	}
	line.Talk = t.tx.SealJSON(memory)
	return t.tx.SaveLine(*line)
}

// lockLines locks the lines of parties, by ascending id as everywhere.
func (t *turn) lockLines(parties []store.Party) ([]store.Line, error) {
	var ids []int64
	for _, p := range parties {
		ids = append(ids, p.LineID)
	}
	slices.Sort(ids)
	var lines []store.Line
	for _, id := range slices.Compact(ids) {
		line, err := t.tx.LockLineByID(id)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// eraseLines erases the phones that nobody is left on, and what came from them after their cases were closed.
func (t *turn) eraseLines(lines []store.Line) error {
	for _, line := range lines {
		texts, err := t.tx.EraseLine(line, store.At(t.now))
		if err != nil {
			return err
		}
		for _, m := range texts {
			if err := t.logErased(m, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// logErased is a text's tombstone. It names the event that the text was, for the words that the log had of it went too.
func (t *turn) logErased(m store.Message, words store.Sealed) error {
	e := store.Entry{ProgramID: store.ID(m.ProgramID), CaseID: m.CaseID, PartyID: m.PartyID, Action: "text.erased", Subject: "message:" + m.ID, Words: words}
	if m.Direction == "in" && m.Event != "" {
		e.Why = "event " + m.Event
	}
	return t.log(e)
}

// figure is a number that an action of a flow records: a score, cents, hours.
var figure = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]+)?$`)

// ownWords tells whether an answer is in a person's own words. A figure or a choice, of which the flow says that it is
// one, stays: it tells of the work and of nobody.
func (t *turn) ownWords(a store.Answer) bool {
	value := t.tx.Reveal(a.Value)
	if value == flows.None || value == store.Erased {
		return false
	}
	flow, err := cmp.Or(t.program.flows, t.b.Flows).Flow(a.Flow)
	if err != nil {
		return true
	}
	for _, step := range flow.Steps {
		if step.Save == a.Question && step.Expect.Kind != "" {
			return step.Expect.Kind == flows.Text || !step.Expect.Fits(value)
		}
	}
	return !figure.MatchString(value)
}

// nobodysPhone stands in an erased file: a case's file must have one for each party. It is of those that are kept free
// for fiction.
const nobodysPhone = "+12025550100"

// withoutPeople is a case's file without what is private in it: that of the parties named, or all there is of everybody
// if none is named.
func (t *turn) withoutPeople(c store.Case, keys ...string) (store.Sealed, error) {
	f, err := intake.ParseCase("the stored case", strings.NewReader(t.tx.Reveal(c.File)))
	switch {
	case err != nil && len(keys) == 0:
		return t.tx.Seal(store.Erased), nil // nobody reads it any more
	case err != nil:
		return nil, err
	}
	for i := range f.Parties {
		p := &f.Parties[i]
		if len(keys) == 0 || slices.Contains(keys, p.Key) {
			p.Name, p.Phone, p.QuietHours, p.SafeTimes = store.Erased, nobodysPhone, nil, nil
		}
	}
	if len(keys) == 0 {
		for i := range f.Agreement {
			k := &f.Agreement[i]
			if k.Title != "" {
				k.Title = store.Erased
			}
			if k.Payee != "" && k.Payee != "victim" && k.Payee != "court" {
				k.Payee = store.Erased
			}
		}
	}
	return t.tx.Seal(string(f.Encode())), nil
}

// ErasePerson erases a party on request, whatever its case's state: name, phone, texts, words. No text can go to it any
// more, so it is an opt-out by staff as well. The same person in other cases of the program, on the same phone and by the
// same name, is erased there too; somebody else on that phone is not, and then the phone stays.
type ErasePerson struct {
	Party string // its key
}

func (d ErasePerson) decide(t *turn, m *matter) error {
	p, err := t.lineOf(m, d.Party)
	if err != nil {
		return err
	}
	name := t.tx.Reveal(p.Name)
	if name == store.Erased {
		return store.NewError(store.Conflict, fmt.Sprintf("Party %s of case %s is erased already.", d.Party, m.Reference), nil)
	}
	all, err := t.tx.PartiesOnLine(t.line.ID)
	if err != nil {
		return err
	}
	var person []store.Party
	shared := false
	for _, other := range all {
		switch t.tx.Reveal(other.Name) {
		case name:
			person = append(person, other)
		case store.Erased:
		default:
			shared = true
		}
	}
	if err := t.stopPerson(person, shared); err != nil {
		return err
	}
	for _, p := range person {
		if err := t.erasePerson(p); err != nil {
			return err
		}
	}
	if err := t.finish(); err != nil { // before the line's row is written anew
		return err
	}
	return t.eraseLines([]store.Line{*t.line})
}

// stopPerson ends the texts to a person: all to its phone, unless others are on it.
func (t *turn) stopPerson(person []store.Party, shared bool) error {
	seats, err := t.seats()
	if err != nil {
		return err
	}
	if !shared {
		return t.stopLine(seats, "staff")
	}
	t.talk.Which, t.dirty = nil, true // it may bear a text of theirs
	for _, s := range seats {
		if slices.ContainsFunc(person, func(p store.Party) bool { return p.ID == s.ID }) {
			if err := t.withdraw(s, "staff"); err != nil {
				return err
			}
		}
	}
	return nil
}

// erasePerson erases one party. What was decided about it in this turn is in the row already.
func (t *turn) erasePerson(p store.Party) error {
	if busy, err := t.tx.UnderWay(p); err != nil {
		return err
	} else if busy {
		return underWay()
	}
	p, err := t.tx.GetParty(p.ID)
	if err != nil {
		return err
	}
	m, err := t.matter(p.CaseID)
	if err != nil {
		return err
	}
	if m.Case.File, err = t.withoutPeople(m.Case, p.Key); err != nil {
		return err
	}
	if err := t.endSessions(p); err != nil {
		return err
	}
	if err := t.tx.ErasePerson(p, store.At(t.now), m.Case.File, t.ownWords); err != nil {
		return err
	}
	return t.log(store.Entry{CaseID: store.ID(p.CaseID), PartyID: store.ID(p.ID), Action: "party.erased", Subject: "party:" + p.Key, Words: t.words})
}

// endSessions ends what was to be said and asked.
func (t *turn) endSessions(p store.Party) error {
	sessions, err := t.tx.SessionsOf(p.CaseID)
	for i := range sessions {
		if ses := &sessions[i]; err == nil && ses.PartyID == p.ID && ses.Status != store.SessionEnded {
			t.end(ses, "erased")
			err = t.tx.SaveSession(ses)
		}
	}
	return err
}

func underWay() error {
	return store.NewError(store.Conflict, "A text is with the provider just now: try again in a few minutes. Nothing was erased.", nil)
}

// EraseText erases one text on request, by our ID or the provider's SID: its body, the answers in a person's own words
// that it gave, and what the log keeps of it. One that has not gone yet will not go.
func (b *Bot) EraseText(ctx context.Context, id string, by By) error {
	actor := actorCommand
	if by.Staff != "" {
		actor = "staff:" + by.Staff
	}
	return b.handle(ctx, actor, func(t *turn) error {
		if m, ok, err := t.tx.FindMessageBySID(id); err != nil {
			return err
		} else if ok {
			id = m.ID
		}
		m, ok, err := t.tx.LockMessage(id)
		if err != nil {
			return err
		}
		switch {
		case !ok:
			return store.NewError(store.NotFound, "There is no such text: `amends export audit` has its ID as message:ID, and the provider's list its SID.", nil)
		case m.Status == store.MessageSending || m.Status == store.MessageInDoubt:
			return underWay()
		}
		if err := t.enter(m.ProgramID); err != nil {
			return err
		}
		if err := t.forgetText(m); err != nil {
			return err
		}
		if err := t.tx.EraseText(m, store.At(t.now)); err != nil {
			return err
		}
		return t.logErased(m, t.tx.Seal(by.Why))
	})
}

// forgetText erases what a text left elsewhere: answers, and the line's memory.
func (t *turn) forgetText(m store.Message) error {
	if m.Direction != "in" || m.LineID == 0 {
		return nil
	}
	if err := t.holdLine(int64(m.LineID)); err != nil {
		return err
	}
	if w := t.talk.Which; w != nil && w.Body == t.tx.Reveal(m.Body) {
		t.talk.Which, t.dirty = nil, true
	}
	if m.PartyID == 0 {
		return nil
	}
	answers, err := t.tx.AnswersAt(m.PartyID, m.QueuedAt)
	for _, a := range answers {
		if err == nil && t.ownWords(a) {
			err = t.tx.EraseAnswer(a)
		}
	}
	return err
}
