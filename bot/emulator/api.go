package emulator

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	apiPrefix = "/" + apiVersion + "/Accounts/"
	// requestLimit bounds a form: Twilio takes no body over 1,600 characters.
	requestLimit = 1 << 20
)

// Handler answers the REST API: Accounts/{sid}.json, and Messages.json and Messages/{sid}.json below it.
func (e *Emulator) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, requestLimit)
		answer := e.handle(r)
		switch answer.answer {
		case Silence:
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case Lost, NoConnection:
			panic(http.ErrAbortHandler) // net/http cuts the connection
		}
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body)
	})
}

// call is a request to the API, taken apart.
type call struct {
	op   Op
	sid  string // of the message
	path string
	form url.Values
}

// handle works on a request, faults and all.
func (e *Emulator) handle(r *http.Request) reply {
	c, refused := e.route(r)
	if refused != nil {
		return *refused
	}
	e.mu.Lock()
	at := e.now()
	fault := e.fault(Request{
		Op: c.op, To: c.form.Get("To"), From: c.form.Get("From"), Body: c.form.Get("Body"), At: at,
	})
	var answer reply
	switch {
	case !fault.spoils():
		answer = e.perform(c, at)
	default:
		answer = fault.reply()
		if fault.Take && c.op == OpSend {
			if fault.TakeAfter > 0 {
				e.schedule(at.Add(fault.TakeAfter), func(at time.Time) func(context.Context) { e.perform(c, at); return nil })
				e.changed()
			} else {
				e.perform(c, at)
			}
		}
	}
	e.mu.Unlock()
	if fault.Delay > 0 && e.options.After != nil {
		select {
		case <-e.options.After(fault.Delay):
		case <-r.Context().Done():
		}
	}
	return answer
}

// reply is a fault's answer.
func (f Fault) reply() reply {
	if f.Answer != Answered {
		return reply{answer: f.Answer}
	}
	status := f.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	answer := reply{status: status, body: []byte(http.StatusText(status))}.with("Content-Type", "text/plain")
	if f.Code != 0 {
		answer = errorReply(status, f.Code, "")
	}
	if f.RetryAfter > 0 {
		answer = answer.with("Retry-After", fmt.Sprint(int(f.RetryAfter/time.Second)))
	}
	return answer
}

// route finds out what is asked, and by whom.
func (e *Emulator) route(r *http.Request) (call, *reply) {
	refuse := func(status, code int) (call, *reply) {
		answer := errorReply(status, code, r.URL.Path)
		if status == http.StatusUnauthorized {
			answer = answer.with("WWW-Authenticate", `Basic realm="Twilio API"`)
		}
		return call{}, &answer
	}
	rest, found := strings.CutPrefix(r.URL.Path, apiPrefix)
	rest, isJSON := strings.CutSuffix(rest, ".json")
	if !found || !isJSON {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	if !e.authentic(r) {
		return refuse(http.StatusUnauthorized, codeAuthenticate)
	}
	account, rest, _ := strings.Cut(rest, "/")
	if account != e.options.AccountSID {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	c := call{path: r.URL.Path}
	list, sid, one := strings.Cut(rest, "/")
	switch {
	case rest == "" && r.Method == http.MethodGet:
		c.op = OpAccount
	case list != "" && list != "Messages":
		return refuse(http.StatusNotFound, codeNotFound)
	case !one && rest != "" && r.Method == http.MethodPost:
		c.op = OpSend
	case !one && rest != "" && r.Method == http.MethodGet:
		c.op = OpList
	case one && r.Method == http.MethodGet:
		c.op, c.sid = OpFetch, sid
	case one && r.Method == http.MethodPost:
		c.op, c.sid = OpUpdate, sid
	case one && r.Method == http.MethodDelete:
		c.op, c.sid = OpDelete, sid
	default:
		return refuse(http.StatusMethodNotAllowed, codeNoMethod)
	}
	if err := r.ParseForm(); err != nil {
		return refuse(http.StatusBadRequest, codeBadParameter)
	}
	c.form = r.Form
	if r.Method == http.MethodPost {
		c.form = r.PostForm
	}
	return c, nil
}

// authentic checks basic auth: the account with its token, or an API key with its secret.
func (e *Emulator) authentic(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if !ok {
		return false
	}
	secret, known := e.options.APIKeys[user]
	if user == e.options.AccountSID {
		secret, known = e.options.AuthToken, true
	}
	return known && subtle.ConstantTimeCompare([]byte(password), []byte(secret)) == 1
}

// perform does what is asked; the lock is held.
func (e *Emulator) perform(c call, at time.Time) reply {
	switch c.op {
	case OpSend:
		return e.create(c, at)
	case OpList:
		return e.list(c)
	case OpAccount:
		return e.account()
	}
	m := e.bySID[c.sid]
	if m == nil || m.deleted {
		return errorReply(http.StatusNotFound, codeNotFound, c.path)
	}
	switch c.op {
	case OpUpdate:
		return e.update(c, m, at)
	case OpDelete:
		return e.delete(m)
	}
	return jsonReply(http.StatusOK, m.resource(e.options.AccountSID))
}

func (e *Emulator) account() reply {
	uri := apiPrefix + e.options.AccountSID
	return jsonReply(http.StatusOK, map[string]any{
		"sid": e.options.AccountSID, "owner_account_sid": e.options.AccountSID, "friendly_name": "Emulator",
		"status": "active", "type": "Full", "uri": uri + ".json",
		"subresource_uris": map[string]string{"messages": uri + "/Messages.json"},
	})
}

// update redacts a message's body or cancels it.
func (e *Emulator) update(c call, m *message, at time.Time) reply {
	status := c.form.Get("Status")
	switch {
	case c.form.Has("Body") == c.form.Has("Status"), c.form.Get("Body") != "", c.form.Has("Status") && status != statusCanceled:
		return errorReply(http.StatusBadRequest, codeBadUpdate, "")
	case status == statusCanceled && m.status != statusAccepted && m.status != statusQueued:
		return errorReply(http.StatusBadRequest, codeNotCancelable, "")
	case status == statusCanceled:
		e.moveTo(m, at, statusCanceled, 0)
	default:
		m.body, m.updated = "", at
	}
	return jsonReply(http.StatusOK, m.resource(e.options.AccountSID))
}

// delete removes a message from the account; the phone keeps it.
func (e *Emulator) delete(m *message) reply {
	if !m.final() {
		return errorReply(http.StatusConflict, codeNotComplete, "")
	}
	m.deleted, m.body = true, ""
	return reply{status: http.StatusNoContent}
}
