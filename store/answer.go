package store

// Answer is one answer of a party to one question of a flow.
type Answer struct {
	ID        int64   `db:"id"`
	CaseID    int64   `db:"case_id"`
	PartyID   int64   `db:"party_id"`
	SessionID ID      `db:"session_id"`
	Flow      string  `db:"flow"`
	Question  string  `db:"question"`
	Value     Sealed  `db:"value"`
	At        Instant `db:"at"`
}

const answerColumns = `id, case_id, party_id, session_id, flow, question, value, at`

// AddAnswer records an answer and sets its ID.
func (tx *Tx) AddAnswer(a *Answer) error {
	if a.Question == wellbeingQuestion {
		tx.touch(a.CaseID)
	}
	return tx.insert("add answer", &a.ID, `
		INSERT INTO answers (case_id, party_id, session_id, flow, question, value, at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.CaseID, a.PartyID, a.SessionID, a.Flow, a.Question, a.Value, a.At)
}

// AnswersOf are a case's answers in the order they came in.
func (tx *Tx) AnswersOf(caseID int64) ([]Answer, error) {
	return list[Answer](tx, "answers of a case", `
		SELECT `+answerColumns+`
		FROM answers
		WHERE case_id = ?
		ORDER BY id`, caseID)
}

// LastAnswers are a party's last n answers to a question, of whichever flow, newest first.
func (tx *Tx) LastAnswers(partyID int64, question string, n int) ([]Answer, error) {
	return list[Answer](tx, "last answers", `
		SELECT `+answerColumns+`
		FROM answers
		WHERE party_id = ?
		  AND question = ?
		ORDER BY id DESC
		LIMIT ?`, partyID, question, n)
}
