package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// create takes a text to be sent; the lock is held. The checks stand in the order in which Twilio makes them. What is
// wrong with the pair of sender and recipient is refused at once where the sender is named; a messaging service, which
// chooses its sender later, accepts the text and reports the same code as the text's failure.
func (e *Emulator) create(c call, at time.Time) reply {
	refuse := func(code int, quoted string) reply { return errorReply(http.StatusBadRequest, code, quoted) }
	to, from, serviceSID := c.form.Get("To"), c.form.Get("From"), c.form.Get("MessagingServiceSid")
	body, media := c.form.Get("Body"), len(c.form["MediaUrl"])
	switch {
	case to == "":
		return refuse(codeNoTo, "")
	case from == "" && serviceSID == "":
		return refuse(codeNoFrom, "")
	case body == "" && media == 0:
		return refuse(codeNoBody, "")
	case utf8.RuneCountInString(body) > maxBody:
		return refuse(codeTooLong, "")
	}
	validity, ok := validitySeconds(c.form.Get("ValidityPeriod"))
	if !ok {
		return refuse(codeBadValidity, "")
	}
	callback := c.form.Get("StatusCallback")
	if !isCallback(callback) {
		return refuse(codeBadCallback, "")
	}
	number, ok := e164(to)
	behaviour := e.faults.Numbers[number]
	if !ok || behaviour == Invalid {
		return refuse(codeInvalidTo, to)
	}
	m := &message{
		direction: directionOut, to: number, body: body, media: media, segments: segments(body), callback: callback,
		status: statusQueued, created: at, updated: at, validUntil: at.Add(validity),
	}
	peer := ""
	if serviceSID != "" {
		if m.service = e.getService(serviceSID); m.service == nil {
			return refuse(codeNoService, "")
		}
		m.status, peer = statusAccepted, m.service.numbers[0]
	}
	if from != "" {
		sender, ok := e164(from)
		if !ok {
			return refuse(codeInvalidFrom, from)
		}
		if !e.own(sender) {
			return refuse(codeNotOurs, from)
		}
		m.from, peer = sender, sender
	}
	switch {
	case peer == number:
		return refuse(codeToItself, "")
	case behaviour == Landline:
		m.fails = codeNotMobile
	case e.optedOut[e.optOutKey(peer, number)]:
		m.fails = codeUnsubscribed
	}
	if m.fails != 0 && m.service == nil {
		return refuse(m.fails, to)
	}
	m.sid = e.newSID("SM")
	if media > 0 {
		m.sid = "MM" + m.sid[2:]
	}
	e.add(m, number, peer)
	e.proceed(m, at)
	return jsonReply(http.StatusCreated, m.resource(e.options.AccountSID))
}

// own tells whether a number is the account's, which it becomes by its first use if none were listed.
func (e *Emulator) own(number string) bool {
	if !e.owned[number] && len(e.options.Numbers)+len(e.options.Services) == 0 {
		e.owned[number] = true
	}
	return e.owned[number]
}

// getService gives a messaging service, making one with a toll-free number of its own if none were listed; else nil.
func (e *Emulator) getService(sid string) *service {
	if s := e.services[sid]; s != nil && len(s.numbers) > 0 {
		return s
	}
	if len(e.options.Services) > 0 || !strings.HasPrefix(sid, "MG") {
		return nil
	}
	s := &service{sid: sid, numbers: []string{fmt.Sprintf("+1888555%04d", len(e.services)+1)}}
	e.services[sid] = s
	e.owned[s.numbers[0]], e.serviceOf[s.numbers[0]] = true, s
	return s
}

// validitySeconds reads ValidityPeriod, whole seconds from 1 to 36,000, which is also what it is if it is not given.
func validitySeconds(s string) (time.Duration, bool) {
	if s == "" {
		return maxValiditySeconds * time.Second, true
	}
	n, err := strconv.Atoi(s)
	return time.Duration(n) * time.Second, err == nil && n >= 1 && n <= maxValiditySeconds
}

// isCallback tells whether an address may be called back; an underscore in the host's name is not allowed.
func isCallback(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.Contains(u.Hostname(), "_")
}

// e164 reads a phone number, with or without the marks that people put into it. One without a plus is taken for a
// number of North America, as an account there has it.
func e164(s string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return r
	}, s)
	plus := strings.HasPrefix(digits, "+")
	digits = strings.TrimPrefix(digits, "+")
	if strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if !plus && len(digits) == 10 {
		digits = "1" + digits
	}
	if len(digits) < 8 || len(digits) > 15 || digits[0] == '0' {
		return "", false
	}
	if digits[0] == '1' && (len(digits) != 11 || digits[1] < '2') { // a North American area code begins with 2 to 9
		return "", false
	}
	return "+" + digits, true
}
