package console

import "amends/store"

// outboxRows is how many texts the outbox shows of each kind.
const outboxRows = 100

// outboxView is what is on its way, and what did not arrive.
type outboxView struct {
	Unsent, Failed []textRow
	Counts         []countOf
	Decides        bool
	More           bool
}

type countOf struct {
	Status string
	N      int
}

// outbox is what is due, held, failing and in doubt.
func (v *visit) outbox() error {
	page := outboxView{Decides: v.me.Decides()}
	err := v.view(func(tx *store.Tx) error {
		actors, err := v.nameActors(tx)
		if err != nil {
			return err
		}
		unsent, err := tx.UnsentTexts(v.me.Program.ID, v.me.wallFor(), outboxRows+1)
		if err != nil {
			return err
		}
		page.Unsent, page.Failed, page.Counts = nil, nil, nil
		if page.More = len(unsent) > outboxRows; page.More {
			unsent = unsent[:outboxRows]
		}
		counts := map[store.MessageStatus]int{}
		for _, m := range unsent {
			counts[m.Status]++
			page.Unsent = append(page.Unsent, v.textRow(tx, m, actors))
		}
		for _, s := range []store.MessageStatus{store.MessageHeld, store.MessageQueued, store.MessageSending, store.MessageInDoubt} {
			page.Counts = append(page.Counts, countOf{string(s), counts[s]})
		}
		failed, err := tx.FailedTexts(v.me.Program.ID, v.me.wallFor(), store.At(v.now().Add(-4*failedSince)), outboxRows)
		for _, m := range failed {
			page.Failed = append(page.Failed, v.textRow(tx, m, actors))
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.show("outbox", layout{Title: v.page.t("Outbox"), Nav: "outbox", Wide: true, Data: page})
}

// box does something about a text: it is tried again, or dropped.
func (v *visit) box() error {
	var d Decision
	said := ""
	switch id := v.r.PathValue("id"); v.r.PathValue("verb") {
	case "again":
		d, said = Resend{id}, "It is tried again."
	case "drop":
		d, said = Drop{id}, "It is dropped."
	default:
		return store.NewError(store.NotFound, "There is no such page.", nil)
	}
	var c store.Case
	err := v.view(func(tx *store.Tx) error {
		none := store.NewError(store.NotFound, "There is no such text.", nil)
		m, err := tx.GetMessage(v.r.PathValue("id"))
		if err != nil {
			return err
		}
		if m.ProgramID != v.me.Program.ID || m.CaseID == 0 {
			return none
		}
		if c, err = tx.GetCase(int64(m.CaseID)); err == nil && !v.me.sees(c) {
			err = none
		}
		return err
	})
	if err != nil {
		return err
	}
	why := v.form("why")
	if why == "" {
		return store.NewError(store.Invalid, "Say why, in a few words: it goes into the log.", nil)
	}
	if err := v.Desk.Decide(v.r.Context(), v.me.Program.Key, c.Reference, By{v.me.Staff.Key, why}, d); err != nil {
		return err
	}
	return v.done(v.back("/outbox"), v.page.t(said))
}
