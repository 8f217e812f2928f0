package bot

import (
	"math"
	"strconv"
	"strings"

	"amends/bot/twilio"
	"amends/bot/understand"
	"amends/flows"
	"amends/store"
)

// hearing is one text of a party that may be texted, on its way to what it does. The order in which
// it is looked at is: danger, language, FIX, the answer to "which one?", what answers a text by
// hand, the answer to the open question, a command, a late answer, and last a text that nobody understands.
type hearing struct {
	t       *turn
	seats   []seat
	q       question
	in      twilio.Inbound
	reading understand.Reading
}

func (h *hearing) hear() error {
	t := h.t
	if h.reading.Risk != understand.RiskNone {
		return h.atRisk()
	}
	if h.reading.Intent == understand.Language {
		return h.language()
	}
	if strings.TrimSpace(h.in.Body) == "" && h.in.Media > 0 && h.q.Consent == store.ConsentGiven {
		return h.answer("media")
	}
	if fixWord(bare(h.in.Body)) {
		return h.fix()
	}
	if t.talk.Which != nil {
		if done, err := h.whichAnswer(); done || err != nil {
			return err
		}
	}
	if done, err := h.toWriter(); done || err != nil {
		return err
	}
	if h.q.session != nil {
		if done, err := h.reply(h.q, manner{answer: true}); done || err != nil {
			return err
		}
	}
	if h.q.Consent != store.ConsentGiven {
		return h.unconsented()
	}
	if done, err := h.command(manner{answer: true}); done || err != nil {
		return err
	}
	if done, err := h.late(manner{answer: true}); done || err != nil {
		return err
	}
	return h.lost()
}

// reply takes the text as the answer to a question, if it is one.
func (h *hearing) reply(q question, how manner) (bool, error) {
	r := h.reading
	if r.Intent != understand.Answer && !h.t.program.flows.SaysNone(q.run.State, h.in.Body) {
		return false, nil
	}
	answer, ok := canonical(q, r, h.in.Body)
	if !ok || h.aboutMoney(q) {
		return false, nil
	}
	t := h.t
	if q.asks == "arrived" {
		if r.AmountCents == nil { // "yes, but only 20"
			sum := q
			sum.expect = understand.Expect{Kind: understand.Amount}
			r.AmountCents = t.read(sum, without(h.in.Body, answer)).AmountCents
		}
		if answer == "yes" && r.AmountCents != nil {
			answer = h.inPart(q, *r.AmountCents)
		}
	}
	if q.session.Flow != flowConsent {
		t.remember(q.seat, q.session, nil, nil)
	}
	q.run.Heard++
	t.heard()
	if err := h.besides(q, answer, how); err != nil {
		return true, err
	}
	return true, t.drive(q.seat, q.session, q.run, flows.Event{Kind: flows.Reply, Answer: answer, Vars: borne(r)}, how)
}

// aboutMoney tells whether a number that could answer a scale or a count of hours is a sum of money:
// "PAID 5" to "How is it going, 1 to 5?".
func (h *hearing) aboutMoney(q question) bool {
	if q.expect.Kind != understand.Scale && q.expect.Kind != understand.Hours || h.reading.Number == nil {
		return false
	}
	free := q
	free.expect = understand.Expect{}
	r := h.t.read(free, h.in.Body)
	paid := r.Intent == understand.Paid || r.Intent == understand.Received || r.Intent == understand.NotReceived
	return paid && r.AmountCents != nil && *r.AmountCents == int64(math.Round(*h.reading.Number*100)) &&
		h.t.read(free, without(h.in.Body, strconv.FormatFloat(*h.reading.Number, 'f', -1, 64))).AmountCents == nil
}

// inPart is what "yes" to "did it arrive?" is that names less than was reported: part of it.
func (h *hearing) inPart(q question, said int64) string {
	c := q.m.commitment(int64(q.session.CommitmentID))
	if c == nil {
		c = h.t.moneyOf(q.seat)
	}
	if claim, ok := h.t.claim(q.seat, c, q.run); ok && said < claim.Cents {
		return "part"
	}
	return "yes"
}

// besides does what an answer says besides the answer: "4, paid 50 today" is a four and a payment. It goes
// first, so that the question that follows is the one left open.
func (h *hearing) besides(q question, answer string, how manner) error {
	switch q.session.Flow {
	case flowPaymentReport, flowPaymentConfirm, flowExtension, flowCommitment:
		return nil // the answer is about just that
	}
	also := *h
	also.q.expect = understand.Expect{}
	also.reading = h.t.read(also.q, without(h.in.Body, answer))
	r := also.reading
	switch r.Intent {
	case understand.Paid:
		if r.AmountCents == nil {
			return nil
		}
	case understand.Received, understand.NotReceived:
		if r.AmountCents == nil || q.asks == "arrived" {
			return nil
		}
	case understand.Later:
		if r.Date == nil {
			return nil
		}
	case understand.Done:
		if r.Number == nil {
			return nil
		}
	case understand.Call:
		if q.asks == "contact" || q.asks == "help" {
			return nil
		}
	default:
		return nil
	}
	_, err := also.command(how)
	return err
}

// without takes an answer that is a number out of a text: the 4 of "4, paid 50 today" is no sum of money.
func without(body, answer string) string {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	for at := 0; at < len(body); {
		start := strings.IndexFunc(body[at:], digit)
		if start < 0 {
			return body
		}
		start += at
		end := start + len(body[start:]) - len(strings.TrimLeftFunc(body[start:], digit))
		if body[start:end] == answer || answer != "" && !digit(rune(answer[0])) && start == 0 {
			return body[:start] + body[end:]
		}
		at = end
	}
	return body
}

// canonical is the reading's answer to a question as flows spell it.
func canonical(q question, r understand.Reading, body string) (string, bool) {
	switch q.expect.Kind {
	case understand.YesNo:
		if r.Yes == nil {
			return "", false
		}
		if *r.Yes {
			return "yes", true
		}
		return "no", true
	case understand.Choice:
		if r.Choice == nil {
			return "", false
		}
		word := q.options[*r.Choice-1]
		return word, word != ""
	case understand.Scale:
		if r.Number == nil {
			return "", false
		}
		return strconv.FormatFloat(*r.Number, 'f', -1, 64), *r.Number == float64(int(*r.Number))
	case understand.Hours:
		if r.Number == nil {
			return "", false
		}
		return strconv.FormatFloat(*r.Number, 'f', -1, 64), true
	case understand.Amount:
		if r.AmountCents == nil {
			return "", false
		}
		return cents(*r.AmountCents), true
	case understand.OnDate:
		if r.Date == nil {
			return "", false
		}
		return r.Date.String(), true
	case understand.Text:
		return body, strings.TrimSpace(body) != ""
	}
	return "", false
}

// borne is what a text bears beside its answer.
func borne(r understand.Reading) map[string]string {
	vars := map[string]string{}
	if r.AmountCents != nil {
		vars["amount"], vars["said"] = cents(*r.AmountCents), cents(*r.AmountCents)
	}
	if r.Date != nil {
		vars["date"], vars["on"] = r.Date.String(), r.Date.String()
	}
	return vars
}

// late takes the text as the answer to a question that gave way or timed out.
func (h *hearing) late(how manner) (bool, error) {
	t := h.t
	resting, err := t.tx.RestingSessions(t.line.ID, store.At(t.now.Add(-lateConsentFor)))
	if err != nil {
		return false, err
	}
	for i := range resting {
		if resting[i].Flow != flowConsent && !within(t.now, resting[i].AskedAt, lateFor) {
			continue
		}
		if own := h.reading.Intent; resting[i].Flow == flowConsent && own != understand.Unclear && own != understand.Answer {
			continue // "ya lo hice" begins as a yes does, and is none
		}
		for _, s := range h.seats {
			if s.ID != resting[i].PartyID {
				continue
			}
			q, err := t.questionOf(s, &resting[i])
			if err != nil {
				return false, err
			}
			if q.expect.Kind == "" || q.expect.Kind == understand.Text {
				continue // any text at all would be taken for it
			}
			late := *h
			late.reading = t.read(q, h.in.Body)
			if done, err := late.reply(q, how); done || err != nil {
				return done, err
			}
		}
	}
	return false, nil
}

// lost is a text that nobody understands: asked about once more, then it goes to a person (law 6).
func (h *hearing) lost() error {
	t := h.t
	if h.q.session != nil {
		return t.drive(h.q.seat, h.q.session, h.q.run, flows.Event{Kind: flows.Unclear}, manner{answer: true})
	}
	if !within(t.now, t.talk.LostAt, lostFor) {
		t.talk.Lost = 0
	}
	t.talk.Lost++
	t.talk.LostAt = store.At(t.now)
	t.dirty = true
	if t.talk.Lost == 1 {
		return h.answer("common.lost")
	}
	t.heard()
	if err := t.escalate(h.q.m, trouble{reason: "not_understood", party: h.q.Party, subject: h.q.Key}); err != nil {
		return err
	}
	return h.answer("common.person")
}

// heard: a text was understood, or a person has it; the count of those that were not begins anew.
func (t *turn) heard() {
	if t.talk.Lost != 0 {
		t.talk.Lost, t.talk.LostAt = 0, 0
		t.dirty = true
	}
}

// unconsented is a text of a party that may not be texted yet, or no more: what it says is put on
// record; HELP is answered, and whoever was asked for consent is asked again. Nothing else may go.
func (h *hearing) unconsented() error {
	t := h.t
	switch h.reading.Intent {
	case understand.Help:
		return h.help()
	case understand.Start:
		return t.converse(h.q.seat, wish{flow: flowConsent}, manner{answer: true})
	}
	if done, err := h.late(manner{answer: true}); done || err != nil {
		return err
	}
	done, err := h.command(manner{answer: true, quiet: true})
	if err != nil {
		return err
	}
	switch {
	case h.q.session != nil && done:
		return t.askAgain(h.q)
	case h.q.session != nil:
		return t.drive(h.q.seat, h.q.session, h.q.run, flows.Event{Kind: flows.Unclear}, manner{answer: true})
	case done:
		return nil
	}
	return t.escalate(h.q.m, trouble{reason: "not_understood", party: h.q.Party, subject: h.q.Key})
}

// answer says one text to the party, in answer to its own.
func (h *hearing) answer(key string) error {
	return h.t.answerTo(h.q.seat, key, text{})
}

// answerTo says one text of no flow to a party, in answer to its own.
func (t *turn) answerTo(s seat, key string, x text) error {
	x.key, x.answer = key, true
	if x.class == "" {
		x.class = store.ClassAnswer
	}
	if x.commitment == nil {
		x.commitment = t.moneyOf(s)
	}
	return t.say(s, x)
}

// atRisk answers danger at once, with the program's lines, and tells the mediator. What the text
// says besides is put on record; nothing more is asked.
func (h *hearing) atRisk() error {
	t := h.t
	// A yes to our texts is answered in full: what is confidential is told once, and first.
	quiet := manner{answer: true, quiet: h.q.session == nil || h.q.session.Flow != flowConsent}
	done := false
	var err error
	if h.q.session != nil {
		if done, err = h.reply(h.q, quiet); err != nil {
			return err
		}
		if !done {
			t.end(h.q.session, "at_risk")
			if err := t.tx.SaveSession(h.q.session); err != nil {
				return err
			}
		}
	}
	if !done {
		if _, err := h.command(quiet); err != nil {
			return err
		}
	}
	t.heard()
	reason, key := "distress", "risk.concern"
	if h.reading.Risk == understand.RiskUrgent {
		reason, key = "safety", "risk.urgent"
	}
	if err := t.escalate(h.q.m, trouble{reason: reason, party: h.q.Party, subject: h.q.Key}); err != nil {
		return err
	}
	class := store.ClassAnswer
	if h.q.Consent != store.ConsentGiven {
		class = store.ClassStopped // whoever writes of danger is answered, asked for consent or not
	}
	return t.answerTo(h.q.seat, key, text{class: class})
}

// language writes to the party in another language from now on, and asks the open question in it.
func (h *hearing) language() error {
	t := h.t
	to := h.reading.Language
	if to == "" || !t.program.speaks(to) {
		return h.answer("language.unknown")
	}
	for _, s := range h.seats {
		if s.Party.Language == to {
			continue
		}
		s.Party.Language = to
		if err := t.tx.SaveParty(*s.Party); err != nil {
			return err
		}
		if err := t.log(store.Entry{CaseID: store.ID(s.m.ID), PartyID: store.ID(s.ID), Action: "language.changed", Why: to, Words: t.words}); err != nil {
			return err
		}
	}
	t.heard()
	if err := h.answer("language.changed"); err != nil {
		return err
	}
	return t.askAgain(h.q)
}

// askAgain says an open question once more.
func (t *turn) askAgain(q question) error {
	if q.session == nil || q.session.Status != store.SessionOpen {
		return nil
	}
	if _, _, key, ok := t.program.flows.Expect(q.run.State); ok {
		return t.say(q.seat, t.textOf(q.seat, q.session, q.run, flows.Effect{Kind: flows.Ask, Text: key}, manner{answer: true}))
	}
	return nil
}
