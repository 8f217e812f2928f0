package console

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"amends/store"
)

// writeView is the page on which a text is written by hand.
type writeView struct {
	Case     store.Case
	Parties  []writeTo
	Party    string // the key of the one who is written to
	Text     string
	Why      string
	Code     int64      // of the escalation that is answered
	Asked    []talkText // what the party wrote last
	Draft    *Draft
	Held     string // why the draft does not go at once, and until when
	Seen     string // of which text the visitor has seen what would become of it
	Discreet bool   // one of those who may be written to is
}

// writeTo is a party that can be written to.
type writeTo struct {
	store.CaseParty
	Name, Texted string
	Chosen       bool
}

// readWrite is the page as the case and the form have it.
func (v *visit) readWrite(tx *store.Tx, page *writeView) error {
	b, err := v.readCase(tx)
	if err != nil {
		return err
	}
	page.Case, page.Parties, page.Asked = b.Case, nil, nil
	for _, p := range b.parties {
		if slices.ContainsFunc(b.parties, func(o store.CaseParty) bool { return int64(o.ForID) == p.ID }) {
			continue // somebody else takes its texts
		}
		to := writeTo{CaseParty: p, Name: b.names[p.ID], Chosen: p.Key == page.Party}
		_, to.Texted = v.mayText(b, p)
		to.Texted = cmp.Or(v.paused(p.Pause, b.actors), v.paused(b.Case.Pause, b.actors), to.Texted)
		page.Parties, page.Discreet = append(page.Parties, to), page.Discreet || p.Discreet
		if !to.Chosen || page.Code == 0 {
			continue
		}
		last, err := tx.LastWords(b.ID, p.ID, store.At(v.now()), 3)
		if err != nil {
			return err
		}
		slices.Reverse(last)
		for _, m := range last {
			page.Asked = append(page.Asked, v.talkText(tx, m))
		}
	}
	return nil
}

// writePage is the page on which a text is written by hand.
func (v *visit) writePage() error {
	q := v.r.URL.Query()
	page := writeView{Party: q.Get("party")}
	page.Code, _ = strconv.ParseInt(q.Get("answer"), 10, 64)
	if err := v.view(func(tx *store.Tx) error { return v.readWrite(tx, &page) }); err != nil {
		return err
	}
	return v.showWrite(http.StatusOK, page, "")
}

func (v *visit) showWrite(status int, page writeView, alert string) error {
	return v.showAs(status, "write", layout{Title: v.page.t("Write a text") + " · " + page.Case.Reference, Nav: "cases", Data: page, Alert: alert})
}

// write shows what would become of a text and, once the visitor has seen it, sends it on its way.
func (v *visit) write() error {
	page := writeView{Party: v.form("party"), Text: v.form("text"), Why: v.form("why")}
	page.Code, _ = strconv.ParseInt(v.form("answer"), 10, 64)
	if err := v.view(func(tx *store.Tx) error { return v.readWrite(tx, &page) }); err != nil {
		return err
	}
	by, text := By{v.me.Staff.Key, page.Why}, Write{page.Party, page.Text, page.Code}
	draft, err := v.Desk.Draft(v.r.Context(), v.me.Program.Key, page.Case.Reference, by, text)
	if err == nil && page.Why == "" {
		err = store.NewError(store.Invalid, "Say why, in a few words: it goes into the log.", nil)
	}
	if err == nil {
		sum := sha256.Sum256([]byte(page.Party + "\n" + draft.Body))
		page.Seen = hex.EncodeToString(sum[:])
		if v.form("send") != "" && v.form("seen") == page.Seen {
			if err = v.Desk.Decide(v.r.Context(), v.me.Program.Key, page.Case.Reference, by, text); err == nil {
				return v.done(v.back(caseLink(page.Case.Reference)), v.page.t("The text is on its way."))
			}
		}
	}
	switch store.CodeOf(err) {
	case "":
	case store.Invalid, store.Conflict:
		return v.showWrite(statusOf(err), page, v.page.sentence(store.Sentence(err)))
	default:
		return err
	}
	page.Draft = &draft
	if draft.Hold != "" {
		page.Held = v.page.t("It waits until %s: %s.", v.page.dated(draft.Goes, v.me.Zone), v.page.word("why", draft.Hold))
	}
	return v.showWrite(http.StatusOK, page, "")
}
