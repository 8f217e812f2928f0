package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"amends/bot/emulator"
)

// evidence is all that the checks go by: the record, the phones, the tables, the file.
type evidence struct {
	*record
	seed    uint64
	threads map[string][]emulator.Text
	tables  *tables
	private []string // what of the database's raw file is not sealed

	bySID      map[string]*messageRow
	byEvent    map[string]*happening
	caseOf     map[string]*caseRow
	lineOf     map[string]int64      // by phone
	wrote      map[string]*written   // by SID
	consentLog map[int64][]*auditRow // by party
}

// happening is all that came of one event.
type happening struct {
	in, out []*messageRow
	audit   []*auditRow
}

// gather reads a world that is over.
func (w *world) gather(ctx context.Context) (*evidence, error) {
	if err := w.tamper(ctx); err != nil {
		return nil, err
	}
	t, err := readTables(ctx, w.file())
	if err != nil {
		return nil, err
	}
	e := &evidence{record: w.record, seed: w.seed, tables: t, threads: map[string][]emulator.Text{}}
	for _, phone := range w.phones.Phones() {
		e.threads[phone] = w.phones.Thread(phone)
	}
	if e.private, err = unsealed(w.folder); err != nil {
		return nil, err
	}
	e.index()
	return e, nil
}

// index prepares the looking up. It is done anew when the evidence was changed, by a test.
func (e *evidence) index() {
	e.bySID, e.byEvent, e.caseOf, e.lineOf, e.wrote = map[string]*messageRow{}, map[string]*happening{}, map[string]*caseRow{}, map[string]int64{}, map[string]*written{}
	e.consentLog = map[int64][]*auditRow{}
	happened := func(event string) *happening {
		h := e.byEvent[event]
		if h == nil {
			h = &happening{}
			e.byEvent[event] = h
		}
		return h
	}
	for i := range e.written {
		e.wrote[e.written[i].sid] = &e.written[i]
	}
	for i := range e.tables.messages {
		m := &e.tables.messages[i]
		if m.sid != "" {
			e.bySID[m.sid] = m
		}
		h := happened(m.event)
		if m.direction == "in" {
			h.in = append(h.in, m)
			if x := e.wrote[m.sid]; x != nil && m.lineID != 0 {
				e.lineOf[x.phone] = m.lineID
			}
		} else {
			h.out = append(h.out, m)
		}
	}
	for i := range e.tables.audit {
		a := &e.tables.audit[i]
		h := happened(a.event)
		h.audit = append(h.audit, a)
		if strings.HasPrefix(a.action, "consent.") {
			e.consentLog[a.partyID] = append(e.consentLog[a.partyID], a)
		}
	}
	for i := range e.tables.cases {
		e.caseOf[e.tables.cases[i].reference] = &e.tables.cases[i]
	}
}

// reached is whether a text of a thread has reached its phone.
func reached(x emulator.Text) bool {
	return x.Direction == emulator.ToPhone && !x.Carrier && (x.Status == "sent" || x.Status == "delivered")
}

// taken is when the provider took a text.
func taken(x emulator.Text) time.Time {
	if x.Status == "delivered" {
		return x.At.Add(-pace)
	}
	return x.At
}

// answered is the party's own text that a text on record answers, nil if it answers none.
func (e *evidence) answered(m *messageRow) *written {
	if h := e.byEvent[m.event]; h != nil {
		for _, in := range h.in {
			if in.lineID == m.lineID && in.staffID == m.staffID {
				return e.wrote[in.sid]
			}
		}
	}
	return nil
}

// takenIn is when a text that somebody wrote came onto record; the zero time for never.
func (e *evidence) takenIn(x *written) time.Time {
	if m := e.bySID[x.sid]; m != nil {
		return at(m.queuedAt)
	}
	return time.Time{}
}

// seatOf is the party that a text on record was for.
func (e *evidence) seatOf(m *messageRow) *seat {
	if m.party == "" {
		return nil
	}
	for _, c := range e.town.cases {
		if c.ref != m.reference {
			continue
		}
		for _, s := range c.seats {
			if s.key == m.party {
				return s
			}
		}
	}
	return nil
}

// digest is the whole of what happened, in short, but for what is sealed: two worlds of one seed have
// the same.
func (e *evidence) digest() string {
	h := sha256.New()
	phones := make([]string, 0, len(e.threads))
	for phone := range e.threads {
		phones = append(phones, phone)
	}
	slices.Sort(phones)
	for _, phone := range phones {
		for _, x := range e.threads[phone] {
			fmt.Fprintln(h, phone, x.SID, x.Direction, x.Body, x.At.UnixMilli(), x.Status, x.ErrorCode)
		}
	}
	t := e.tables
	fmt.Fprintln(h, t.messages, t.parties, t.cases, t.commitments, t.ledger, t.sessions, t.escalations, t.audit)
	return hex.EncodeToString(h.Sum(nil))
}

// unsealed looks through a folder's files for what must not stand there unsealed.
func unsealed(folder string) (found []string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		file, err := os.Open(folder + "/" + f.Name())
		if err != nil {
			return nil, err
		}
		bad, err := scan(file)
		_ = file.Close()
		if err != nil {
			return nil, err
		}
		if bad != "" {
			found = append(found, f.Name()+" bears "+bad)
		}
	}
	return found, nil
}

// scan reads a file in pieces that overlap, and says the first that is private.
func scan(r io.Reader) (string, error) {
	const overlap = 64
	buffer := make([]byte, 1<<20)
	have := 0
	for {
		n, err := io.ReadFull(r, buffer[have:])
		piece := buffer[:have+n]
		if what := privateIn(piece); what != "" {
			return what, nil
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		have = copy(buffer, piece[max(0, len(piece)-overlap):])
	}
}

// privateIn says what private thing stands in bytes as they are, without their names.
func privateIn(p []byte) string {
	text := string(p)
	for _, begins := range []string{"X" + mark[1:], mark} {
		if wordLike(p, begins) != "" {
			return "a name or a private word"
		}
	}
	if wordAfter(p, "+1"+exchange, 4, '0', '9') != "" { // as it is written everywhere; ten digits alone stand in an identifier now and then
		return "a number"
	}
	for _, phrase := range []string{"feel safe", "id it arrive", "Reply PAID", "STOP to stop", "a salvo", "STOP para terminar"} {
		if strings.Contains(text, phrase) {
			return "the words of a text"
		}
	}
	return ""
}
