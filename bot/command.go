package bot

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"amends/bot/understand"
	"amends/store"
	"amends/store/ledger"
	"amends/templates"
)

// command does what a text asks for of its own accord: a payment made, more time, the balance, a
// call. It is done false if the text is no command.
func (h *hearing) command(how manner) (bool, error) {
	t, r := h.t, h.reading
	t.keepHeard(r)
	switch r.Intent {
	case understand.Paid:
		return h.about("offender", how, paysMoney, flowPaymentReport, "payment-report.nothing")
	case understand.Later:
		return h.about("offender", how, isOpen, flowExtension, "extension.nothing")
	case understand.Done:
		return h.about("offender", how, isOpen, flowCommitment, "commitment-report.nothing")
	case understand.Received, understand.NotReceived:
		return h.about("victim", how, paysMoney, flowPaymentConfirm, "payment-confirm.nothing")
	case understand.Balance:
		return true, h.balance(how)
	case understand.Call:
		if err := t.escalate(h.q.m, trouble{reason: "call", party: h.q.Party, subject: h.q.Key}); err != nil {
			return true, err
		}
		return true, h.sayUnless(how, "call.asked")
	case understand.Resources:
		return true, h.sayUnless(how, "resources.list")
	case understand.Help:
		return true, h.help()
	case understand.Start:
		return true, h.sayUnless(how, "help")
	}
	if bare(h.in.Body) == "0" {
		return true, h.help()
	}
	return false, nil
}

// keepHeard: a text with a meaning ends the count of those without.
func (t *turn) keepHeard(r understand.Reading) {
	if r.Intent != understand.Unclear {
		t.heard()
	}
}

func (h *hearing) sayUnless(how manner, key string) error {
	if how.quiet {
		return nil
	}
	return h.answer(key)
}

// help is answered to whoever asks, its consent given or not: who writes, and how to stop.
func (h *hearing) help() error {
	class := store.ClassAnswer
	if h.q.Consent != store.ConsentGiven {
		class = store.ClassStopped
	}
	return h.t.answerTo(h.q.seat, "help", text{class: class})
}

// Which commitments a command can be about.
func paysMoney(m *matter, c *store.Commitment) bool { return c.Kind == restitution && !settled(c) }
func isOpen(_ *matter, c *store.Commitment) bool    { return !settled(c) }

// candidate is a commitment that a text could be about, with the party that would mean it.
type candidate struct {
	seat
	c *store.Commitment
}

// candidates lists what a text of one side could be about, over all the cases of the line.
func (h *hearing) candidates(side string, fits func(*matter, *store.Commitment) bool) []candidate {
	var list []candidate
	for _, s := range h.seats {
		if s.Side != side {
			continue
		}
		mine := s.m.owed(s.Party)
		if side == "victim" {
			mine = s.m.due(s.Party)
		}
		for _, c := range mine {
			if fits(s.m, c) {
				list = append(list, candidate{s, c})
			}
		}
	}
	return list
}

// about begins the flow of a command for the commitment that the text is about: the only one it
// could be, or the one last asked about, or the one that the party names when asked.
func (h *hearing) about(side string, how manner, fits func(*matter, *store.Commitment) bool, flow, nothing string) (bool, error) {
	list := h.candidates(side, fits)
	if flow == flowCommitment && h.reading.Number != nil {
		if hours := slices.DeleteFunc(slices.Clone(list), func(c candidate) bool { return c.c.Hours == 0 }); len(hours) > 0 {
			list = hours // hours were done: it is about what is counted in hours
		}
	}
	if named := h.named(list); len(list) > 1 && len(named) > 0 {
		list = named
	}
	if exact := h.reportedExactly(list); flow == flowPaymentConfirm && len(exact) == 1 {
		list = exact
	}
	switch len(list) {
	case 0:
		if !slices.ContainsFunc(h.seats, func(s seat) bool { return s.Side == side }) {
			return false, nil // a word of the other side's: it is not understood
		}
		return true, h.sayUnless(how, nothing)
	case 1:
		return true, h.begin(list[0], flow, how)
	}
	last, plain, err := h.lastAbout(list)
	if err != nil {
		return true, err
	}
	if plain {
		return true, h.begin(last, flow, how)
	}
	if how.quiet {
		return true, nil
	}
	return true, h.askWhich(list)
}

// named are the candidates that the text calls by their name: the letter, las horas.
func (h *hearing) named(list []candidate) []candidate {
	body := strings.ToLower(h.in.Body)
	var out []candidate
	for _, c := range list {
		name := h.t.tx.Reveal(c.c.Title)
		if name == "" {
			name = h.t.program.book.Kind(c.c.Kind, c.Language)
		}
		for _, word := range strings.Fields(strings.ToLower(name)) {
			if utf8.RuneCountInString(word) >= leastName && strings.Contains(body, word) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// leastName is how many letters a word has that names a commitment: "the" and "los" don't.
const leastName = 4

// reportedExactly are the candidates with a report open of just the sum that the text bears.
func (h *hearing) reportedExactly(list []candidate) []candidate {
	var out []candidate
	for _, c := range list {
		if h.reading.AmountCents == nil || c.c.Kind != restitution {
			continue
		}
		open := c.m.balance(c.c, h.t.today(c.Party)).OpenReports
		if slices.ContainsFunc(open, func(r ledger.Claim) bool { return r.Cents == *h.reading.AmountCents }) {
			out = append(out, c)
		}
	}
	return out
}

// lastAbout is the candidate that we last texted the line about, if that is plain: of what was asked and
// reminded of in the last days, only one of the candidates was the subject. What the party itself wrote of
// says nothing of what it writes of now.
func (h *hearing) lastAbout(list []candidate) (candidate, bool, error) {
	recent, err := h.t.tx.RecentSessions(h.t.line.ID, store.At(h.t.now.Add(-plainFor)))
	if err != nil {
		return candidate{}, false, err
	}
	var found *candidate
	for _, ses := range recent {
		if ses.Flow != flowReminder && ses.Flow != flowPaymentConfirm {
			continue
		}
		for i := range list {
			if int64(ses.CommitmentID) != list[i].c.ID {
				continue
			}
			if found != nil && found.c.ID != list[i].c.ID {
				return candidate{}, false, nil
			}
			found = &list[i]
		}
	}
	if found == nil {
		return candidate{}, false, nil
	}
	return *found, true, nil
}

// begin begins a command's flow at once.
func (h *hearing) begin(c candidate, flow string, how manner) error {
	vars := borne(h.reading)
	if h.reading.Number != nil && c.c.Hours > 0 {
		vars["hours"] = strconv.FormatFloat(*h.reading.Number, 'f', -1, 64)
	}
	switch {
	case flow == flowCommitment && c.c.Kind == restitution:
		flow = flowPaymentReport // DONE, of money: how much?
	case flow == flowPaymentConfirm:
		return h.confirm(c, vars, how)
	}
	return h.t.converse(c.seat, wish{flow: flow, vars: vars, commitment: c.c}, how)
}

// balance tells where the payments stand, of each restitution of the line.
func (h *hearing) balance(how manner) error {
	if how.quiet {
		return nil
	}
	said := false
	for _, s := range h.seats {
		for _, c := range h.t.moneys(s) {
			said = true
			if err := h.t.converse(s, wish{flow: flowStatement, commitment: c}, how); err != nil {
				return err
			}
		}
	}
	if said {
		return nil
	}
	return h.answer("statement.none")
}

// confirm takes a victim's word about a payment that nobody had asked about just then.
func (h *hearing) confirm(c candidate, vars map[string]string, how manner) error {
	if ses := h.q.session; ses != nil && ses.Flow == flowPaymentConfirm && int64(ses.CommitmentID) == c.c.ID {
		// It answers the open question in words of its own.
		h.t.end(ses, "answered in words")
		if err := h.t.tx.SaveSession(ses); err != nil {
			return err
		}
		h.q.session = nil
	}
	b := c.m.balance(c.c, h.t.today(c.Party))
	entry := "missing" // nothing came, and nothing was reported
	switch {
	case h.reading.Intent == understand.Received && len(b.OpenReports) > 0:
		entry = "said_received"
		if cents := varCents(vars, "amount"); cents > 0 && cents < b.OpenReports[0].Cents {
			entry = "said_part"
		}
	case h.reading.Intent == understand.Received:
		entry = "said_new"
	case len(b.OpenReports) > 0 && vars["amount"] != "":
		entry = "said_part" // "only 20 came"
	case len(b.OpenReports) > 0:
		entry = "said_not"
	}
	return h.t.converse(c.seat, wish{flow: flowPaymentConfirm, entry: entry, vars: vars, commitment: c.c}, how)
}

// askWhich asks which of several things a text is about, and keeps the text until then.
func (h *hearing) askWhich(list []candidate) error {
	t := h.t
	w := &which{Body: h.in.Body, AskedAt: store.At(t.now)}
	for _, c := range list {
		w.Options = append(w.Options, choice{Case: c.m.ID, Party: c.ID, Commitment: c.c.ID})
	}
	t.talk.Which = w
	t.dirty = true
	return t.answerTo(list[0].seat, "common.which", text{which: h.options(list)})
}

// options are the choices in words that the party's side may know.
func (h *hearing) options(list []candidate) []templates.Option {
	var out []templates.Option
	for _, c := range list {
		o := templates.Option{Commitment: c.c.Kind, Reference: c.m.Reference, Date: day(c.c.Due)}
		if c.c.Kind == restitution {
			if next := c.m.balance(c.c, h.t.today(c.Party)).NextDue; next != nil {
				o.Amount, o.Date = cash(c.c, next.AmountCents), day(next.Date)
			}
		}
		out = append(out, o)
	}
	return out
}

// whichAnswer takes the text as the answer to "which one?", if it is one; else the question is put
// away and the text stands for itself.
func (h *hearing) whichAnswer() (bool, error) {
	t, w := h.t, h.t.talk.Which
	n, err := strconv.Atoi(bare(h.in.Body))
	if !within(t.now, w.AskedAt, whichFor) {
		t.talk.Which, t.dirty = nil, true
		return false, nil
	}
	if err != nil || n < 1 || n > len(w.Options) {
		if h.reading.Intent != understand.Unclear {
			t.talk.Which, t.dirty = nil, true
			return false, nil
		}
		return h.whichAgain()
	}
	t.talk.Which, t.dirty = nil, true
	o := w.Options[n-1]
	for _, s := range h.seats {
		if s.ID != o.Party {
			continue
		}
		c := s.m.commitment(o.Commitment)
		if c == nil {
			break
		}
		meant := *h
		meant.in.Body = w.Body
		meant.q = question{seat: s}
		meant.reading = t.read(meant.q, w.Body)
		if meant.reading.Intent == understand.Unclear || meant.reading.Intent == understand.Answer {
			break
		}
		return true, meant.settle(candidate{s, c})
	}
	return true, h.answer("common.lost")
}

// whichAgain: the answer was none. It is asked once more, then a person takes over (law 6).
func (h *hearing) whichAgain() (bool, error) {
	t, w := h.t, h.t.talk.Which
	w.Asked++
	t.dirty = true
	var list []candidate
	for _, o := range w.Options {
		for _, s := range h.seats {
			if c := s.m.commitment(o.Commitment); s.ID == o.Party && c != nil {
				list = append(list, candidate{s, c})
			}
		}
	}
	if w.Asked == 1 && len(list) > 0 {
		return true, t.answerTo(list[0].seat, "common.which", text{which: h.options(list), again: "unclear"})
	}
	t.talk.Which = nil
	if err := t.escalate(h.q.m, trouble{reason: "not_understood", party: h.q.Party, subject: h.q.Key}); err != nil {
		return true, err
	}
	return true, h.answer("common.person")
}

// settle does a command for the commitment that it turned out to be about.
func (h *hearing) settle(c candidate) error {
	flow := map[understand.Intent]string{
		understand.Paid: flowPaymentReport, understand.Later: flowExtension, understand.Done: flowCommitment,
		understand.Received: flowPaymentConfirm, understand.NotReceived: flowPaymentConfirm,
	}[h.reading.Intent]
	if flow == "" {
		_, err := h.command(manner{answer: true})
		return err
	}
	return h.begin(c, flow, manner{answer: true})
}
