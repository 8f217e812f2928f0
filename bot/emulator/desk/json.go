package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// bodyLimit holds a text of 10,000 characters even if each is written as a JSON escape of twelve bytes.
const bodyLimit = 256 << 10

// refusal is an error that the caller is told of, in one sentence.
type refusal struct {
	status   int
	sentence string
}

func (r refusal) Error() string { return r.sentence }

func refuse(status int, format string, values ...any) error {
	return refusal{status, fmt.Sprintf(format, values...)}
}

// problem is a refusal's body.
type problem struct {
	Error string `json:"error"`
}

// told gives the status and the sentence for an error: its own if it is a refusal, else one that says nothing.
func (d *desk) told(r *http.Request, err error) (int, string) {
	var known refusal
	if errors.As(err, &known) {
		return known.status, known.sentence
	}
	d.Log.ErrorContext(r.Context(), "demo request failed", "method", r.Method, "pattern", r.Pattern, "error", err)
	return http.StatusInternalServerError, "That did not work; the program's log tells why."
}

// byMethod are a path's handlers; each gives what is answered as JSON.
type byMethod map[string]func(*http.Request) (any, error)

// json serves them. A path without any does not exist.
func (d *desk) json(methods byMethod) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		handle := methods[method]
		switch {
		case methods == nil:
			answer(w, http.StatusNotFound, problem{"There is nothing here; the demo has /demo/clock, /demo/phones and /demo/events."})
			return
		case handle == nil:
			allowed := slices.Sorted(maps.Keys(methods))
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			answer(w, http.StatusMethodNotAllowed, problem{"This address takes " + strings.Join(allowed, " and ") + "."})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		value, err := handle(r)
		if err != nil {
			status, sentence := d.told(r, err)
			answer(w, status, problem{sentence})
			return
		}
		answer(w, http.StatusOK, value)
	})
}

// answer writes a value as JSON, its text as it is rather than escaped for HTML.
func answer(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil { // none of our values can fail
		status, body = http.StatusInternalServerError, bytes.Buffer{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// fields reads a JSON object's fields into what they are named for, whatever the request calls the body: what is no JSON
// is told as such. Each field is optional; one that is not named is refused.
func fields(r *http.Request, into map[string]any, example string) error {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, "The body is longer than %d KiB.", bodyLimit>>10)
	case err != nil:
		return refuse(http.StatusBadRequest, "The body could not be read.")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return refuse(http.StatusBadRequest, "The body is not a JSON object; send something like %s.", example)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		target, known := into[name]
		if !known {
			return refuse(http.StatusBadRequest, "There is no field %q; send something like %s.", name, example)
		}
		if err := json.Unmarshal(object[name], target); err != nil {
			return refuse(http.StatusBadRequest, "The field %q is not of the right kind; send something like %s.", name, example)
		}
	}
	return nil
}
