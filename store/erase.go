package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
)

// What is erased is written over: its row, its figures, statuses and times stay, and in the place of the words stands
// Erased, so that every page and export says so by itself. With the words of a log entry goes the salt of what the seal
// binds of them (seal.go): the log stays whole, and nobody can find out by guessing what was said.
//
// On SQLite the bytes are gone from the file once ScrubFile has been run. On PostgreSQL they lie in dead rows until a
// VACUUM, which autovacuum runs by itself; older write-ahead logs and backups hold them for as long as they are kept.
// All of it is ciphertext under the keyset anyway.

// Erased stands in the place of what was erased.
const Erased = "[erased]"

// whyErased is why a text that was erased did not go, and a session that was ended.
const whyErased = "erased"

// CasesToErase are up to limit of a program's cases that were closed before an instant and not erased yet, longest
// closed first. One with a text under way or an escalation that nobody resolved waits for that.
func (tx *Tx) CasesToErase(programID int64, before Instant, limit int) ([]int64, error) {
	return list[int64](tx, "cases to erase", `
		SELECT c.id
		FROM cases c
		WHERE c.program_id = ?
		  AND c.status = 'closed'
		  AND c.erased_at IS NULL
		  AND c.closed_at < ?
		  AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id AND e.status <> 'resolved')
		  AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.case_id = c.id AND m.status IN ('sending', 'in_doubt'))
		ORDER BY c.closed_at, c.id
		LIMIT ?`, programID, before, limit)
}

// nobodys is the condition of texts m that came from a number no party has that is not erased, and that are not erased yet.
const nobodys = `m.direction = 'in'
		  AND m.case_id IS NULL
		  AND m.staff_id IS NULL
		  AND m.line_id IS NOT NULL
		  AND m.erased_at IS NULL
		  AND NOT EXISTS (SELECT 1 FROM parties p WHERE p.line_id = m.line_id AND p.erased_at IS NULL)`

// TextsToErase are the IDs of up to limit texts that came to a program before an instant from numbers that are nobody's,
// the first first.
func (tx *Tx) TextsToErase(programID int64, before Instant, limit int) ([]string, error) {
	return list[string](tx, "texts to erase", `
		SELECT m.id
		FROM messages m
		WHERE m.program_id = ?
		  AND m.queued_at < ?
		  AND `+nobodys+`
		ORDER BY m.queued_at, m.seq
		LIMIT ?`, programID, before, limit)
}

// Nobodys says whether a text is still one of those of TextsToErase, and whether it is the last of its line.
func (tx *Tx) Nobodys(m Message) (is, last bool, err error) {
	ids, err := list[string](tx, "texts of nobody", `
		SELECT m.id
		FROM messages m
		WHERE m.line_id = ?
		  AND `+nobodys, m.LineID)
	is = slices.Contains(ids, m.ID)
	return is, is && len(ids) == 1, err
}

// CaseErasedAt is when a case was erased, 0 for never.
func (tx *Tx) CaseErasedAt(caseID int64) (Instant, error) {
	return get[Instant](tx, "case", `
		SELECT erased_at
		FROM cases
		WHERE id = ?`, caseID)
}

// EraseCase erases what is private in a case: names, texts, notes, words, what sessions and parties have beside their
// figures; and of the answers those of which free says that they are a person's own words. File is the case's file
// without what is private. The lines are another matter: see EraseLine.
func (tx *Tx) EraseCase(caseID int64, at Instant, file Sealed, free func(Answer) bool) error {
	gone := tx.Seal(Erased)
	answers, err := tx.AnswersOf(caseID)
	if err != nil {
		return err
	}
	if err := tx.eraseAnswers(answers, free); err != nil {
		return err
	}
	parties, err := tx.PartiesOf(caseID)
	if err != nil {
		return err
	}
	for _, p := range parties {
		if err := tx.eraseParty(p, at); err != nil {
			return err
		}
	}
	if err := tx.eraseWhere("case_id = ?", caseID); err != nil {
		return err
	}
	for _, s := range []struct {
		what, query string
		args        []any
	}{
		{"erase titles", `UPDATE commitments SET title = ? WHERE case_id = ? AND title IS NOT NULL`, []any{gone, caseID}},
		{"erase payees", `UPDATE commitments SET payee = ? WHERE case_id = ? AND payee IS NOT NULL`, []any{gone, caseID}},
		{"end sessions", `UPDATE sessions SET status = 'ended', ended_at = ?, outcome = ?, version = version + 1
			WHERE case_id = ? AND status <> 'ended'`, []any{at, whyErased, caseID}},
		{"erase file", `UPDATE cases SET file = ?, erased_at = ? WHERE id = ?`, []any{file, at, caseID}},
	} {
		if _, err := tx.exec(s.what, s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// ErasePerson erases what a case has of one party. File is the case's, without them.
func (tx *Tx) ErasePerson(p Party, at Instant, file Sealed, free func(Answer) bool) error {
	answers, err := list[Answer](tx, "answers of a party", `
		SELECT `+answerColumns+`
		FROM answers
		WHERE party_id = ?
		ORDER BY id`, p.ID)
	if err != nil {
		return err
	}
	if err := tx.eraseAnswers(answers, free); err != nil {
		return err
	}
	if err := tx.eraseParty(p, at); err != nil {
		return err
	}
	if err := tx.eraseWhere("case_id = ? AND party_id = ?", p.CaseID, p.ID); err != nil {
		return err
	}
	_, err = tx.exec("erase file", `
		UPDATE cases
		SET file = ?
		WHERE id = ?`, file, p.CaseID)
	return err
}

// UnderWay says whether the provider may be at a text of a party just now.
func (tx *Tx) UnderWay(p Party) (bool, error) {
	n, _, err := find[int](tx, "texts under way", `
		SELECT COUNT(*)
		FROM messages
		WHERE case_id = ?
		  AND party_id = ?
		  AND status IN ('sending', 'in_doubt')`, p.CaseID, p.ID)
	return n > 0, err
}

// eraseWhere erases the texts, notes, states and words of a case or a party. Texts that have not gone are dropped.
func (tx *Tx) eraseWhere(where string, ids ...any) error {
	gone := tx.Seal(Erased)
	for _, s := range []struct {
		what, query string
		args        []any
	}{
		{"drop texts", `UPDATE messages SET status = 'dropped', why = ?, claim = '' WHERE ` + where + ` AND status IN ('held', 'queued')`, []any{whyErased}},
		{"erase texts", `UPDATE messages SET body = ? WHERE ` + where + ` AND body IS NOT NULL`, []any{gone}},
		{"erase notes", `UPDATE escalations SET note = ? WHERE ` + where + ` AND note IS NOT NULL`, []any{gone}},
		{"erase notes as they came in", `UPDATE messages SET body = ? WHERE body IS NOT NULL AND direction = 'in' AND staff_id IS NOT NULL
			AND (staff_id, queued_at) IN (SELECT resolved_by, resolved_at FROM escalations WHERE ` + where + `)`, []any{gone}},
		{"erase states", `UPDATE sessions SET state = ? WHERE ` + where, []any{tx.Seal("{}")}},
	} {
		if _, err := tx.exec(s.what, s.query, append(s.args, ids...)...); err != nil {
			return err
		}
	}
	return tx.eraseWords(`SELECT id FROM audit WHERE `+where, ids...)
}

// eraseWords erases the words of the log's entries that a query of ids picks.
func (tx *Tx) eraseWords(ids string, args ...any) error {
	if _, err := tx.exec("erase words", `DELETE FROM audit_words WHERE audit_id IN (`+ids+`)`, args...); err != nil {
		return err
	}
	_, err := tx.exec("erase salts", `UPDATE seal_words SET salt = NULL WHERE salt IS NOT NULL AND audit_id IN (`+ids+`)`, args...)
	return err
}

func (tx *Tx) eraseAnswers(answers []Answer, free func(Answer) bool) error {
	gone := tx.Seal(Erased)
	for _, a := range answers {
		if !free(a) {
			continue
		}
		if _, err := tx.exec("erase answer", `UPDATE answers SET value = ? WHERE id = ?`, gone, a.ID); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) eraseParty(p Party, at Instant) error {
	p.Name, p.Hours = tx.Seal(Erased), ""
	if err := tx.SaveParty(p); err != nil {
		return err
	}
	_, err := tx.exec("erase party", `UPDATE parties SET erased_at = ? WHERE id = ?`, at, p.ID)
	return err
}

// EraseLine erases the phone of a line, unless a party is on it that is not erased, and gives the texts that came on it
// and belong to no case, for the log: they are erased too. An opt-out stays, and with it the phone's keyed hash, by which
// a STOP holds for good; else the hash goes as well.
func (tx *Tx) EraseLine(l Line, at Instant) ([]Message, error) {
	used, _, err := find[int](tx, "parties of a line", `
		SELECT COUNT(*)
		FROM parties
		WHERE line_id = ?
		  AND erased_at IS NULL`, l.ID)
	if err != nil || used > 0 {
		return nil, err
	}
	if _, err := tx.exec("erase line", `
		UPDATE lines
		SET phone = ?, talk = NULL, greeted_on = NULL, unreachable_at = NULL, unreachable_why = NULL
		WHERE id = ?`, tx.Seal(Erased), l.ID); err != nil {
		return nil, err
	}
	if l.OptedOutAt == 0 {
		if _, err := tx.exec("erase hash", `
			UPDATE lines
			SET phone_hash = ?
			WHERE id = ?`, hash(tx.s.keys.Hash("erased line", fmt.Sprint(l.ID))), l.ID); err != nil {
			return nil, err
		}
	}
	// The case is asked for so that the texts are found by their line, and not among all that have no case.
	texts, err := list[Message](tx, "texts of no case", `
		SELECT `+messageColumns+`
		FROM messages
		WHERE line_id = ?
		  AND COALESCE(case_id, 0) = 0
		  AND body IS NOT NULL
		  AND erased_at IS NULL
		  AND status NOT IN ('sending', 'in_doubt')
		ORDER BY seq`, l.ID)
	for _, m := range texts {
		if err == nil {
			err = tx.EraseText(m, at)
		}
	}
	return texts, err
}

// EraseText erases a text: its body, and what the log keeps of it where it came in. One that has not gone is dropped.
func (tx *Tx) EraseText(m Message, at Instant) error {
	m.Body = tx.Seal(Erased)
	if m.Status == MessageHeld || m.Status == MessageQueued {
		m.Status, m.Why, m.Claim = MessageDropped, whyErased, ""
	}
	if err := tx.SaveMessage(m); err != nil {
		return err
	}
	if _, err := tx.exec("erase text", `
		UPDATE messages
		SET erased_at = ?
		WHERE id = ?`, at, m.ID); err != nil {
		return err
	}
	if m.Direction != "in" {
		return nil
	}
	if m.StaffID != 0 { // what staff answer to an escalation is its note
		if _, err := tx.exec("erase note", `
			UPDATE escalations
			SET note = ?
			WHERE resolved_by = ?
			  AND resolved_at = ?
			  AND note IS NOT NULL`, tx.Seal(Erased), m.StaffID, m.QueuedAt); err != nil {
			return err
		}
	}
	return tx.eraseHeard(m)
}

// eraseHeard erases the words that the log has of a text that came in. The log has no index by event but for entries of no
// case: else it is looked for among the entries of the cases that the text can have been about.
func (tx *Tx) eraseHeard(m Message) error {
	const ofEvent = `SELECT id FROM audit WHERE event = ? AND `
	switch {
	case m.Event == "":
		return nil
	case m.StaffID != 0:
		return tx.eraseWords(ofEvent+`case_id IN (SELECT case_id FROM escalations WHERE resolved_by = ? AND resolved_at = ?)`,
			m.Event, m.StaffID, m.QueuedAt)
	case m.CaseID != 0:
		return tx.eraseWords(ofEvent+`case_id IN (SELECT case_id FROM parties WHERE line_id = ?)`, m.Event, m.LineID)
	}
	return tx.eraseWords(ofEvent+`case_id IS NULL AND program_id = ?`, m.Event, m.ProgramID)
}

// AnswersAt are the answers that a party gave at an instant: in one text.
func (tx *Tx) AnswersAt(partyID ID, at Instant) ([]Answer, error) {
	return list[Answer](tx, "answers of a text", `
		SELECT `+answerColumns+`
		FROM answers
		WHERE party_id = ?
		  AND at = ?
		ORDER BY id`, partyID, at)
}

// EraseAnswer erases what was answered.
func (tx *Tx) EraseAnswer(a Answer) error {
	return tx.eraseAnswers([]Answer{a}, func(Answer) bool { return true })
}

// known gives a line that was erased its phone again: whoever has it is back, by a text or in a new case.
func (tx *Tx) known(l *Line, phone string) error {
	if was, err := tx.s.keys.Open(l.Phone); err != nil || was != Erased {
		return nil // one that does not open is found by whoever texts it
	}
	l.Phone = tx.Seal(phone)
	_, err := tx.exec("know line again", `
		UPDATE lines
		SET phone = ?
		WHERE id = ?`, l.Phone, l.ID)
	return err
}

// ScrubFile takes what was erased out of SQLite's file: its write-ahead log still bears it, until it is written into the
// file and cut. It says whether that was done: readers may hold it up, and it is tried again with the next erasure. On
// PostgreSQL it does nothing.
func (s *Store) ScrubFile(ctx context.Context) (bool, error) {
	if s.dialect.name != "sqlite" {
		return true, nil
	}
	var busy, frames, moved int
	if err := s.onWriter(ctx, func(conn *sqlx.Conn) error {
		return conn.QueryRowxContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	}); err != nil {
		return false, told(fmt.Errorf("scrub the file: %w", err))
	}
	return busy == 0, nil
}
