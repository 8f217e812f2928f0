package desk

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// localInstant is how a browser writes a date and a time without a zone.
const localInstant = "2006-01-02T15:04"

// showPhones is the list, with the phone beside it that was last written to. A number asked for leads to its phone.
func (d *desk) showPhones(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query().Get("number")
	if asked == "" {
		d.show(w, r, "", nil)
		return
	}
	number, _, err := d.find(r.Context(), asked)
	if err != nil {
		d.show(w, r, "", pageError(err, "%q is not a phone number; write it like +1 312 555 0199.", asked))
		return
	}
	http.Redirect(w, r, phoneURL(number), http.StatusSeeOther)
}

// showPhone is one phone and its thread; one that nobody is known to hold is a stranger's.
func (d *desk) showPhone(w http.ResponseWriter, r *http.Request) {
	number, _, err := d.find(r.Context(), r.PathValue("number"))
	if err != nil {
		d.show(w, r, "", pageError(err, "There is no phone %q.", r.PathValue("number")))
		return
	}
	d.show(w, r, number, nil)
}

// writeFromPage takes the form below a thread, or one of its quick answers.
func (d *desk) writeFromPage(w http.ResponseWriter, r *http.Request) {
	if !d.parse(w, r) {
		return
	}
	number, _, err := d.find(r.Context(), r.PathValue("number"))
	if err != nil {
		d.show(w, r, "", pageError(err, "There is no phone %q.", r.PathValue("number")))
		return
	}
	written := draft{from: number, to: r.PostForm.Get("to"), body: r.PostForm.Get("quick")}
	if written.body == "" { // browsers end a form's lines as telegrams did
		written.body = strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	}
	since := d.now()
	replies, err := d.write(r.Context(), written)
	if err != nil {
		d.show(w, r, number, err)
		return
	}
	seeOther(w, r, number, url.Values{"replies": {strconv.Itoa(len(replies))}}, since)
}

// moveFromPage takes a button of the clock, or the moment picked beside them.
func (d *desk) moveFromPage(w http.ResponseWriter, r *http.Request) {
	if !d.parse(w, r) {
		return
	}
	number := ""
	if asked := r.PostForm.Get("phone"); asked != "" {
		var err error
		if number, _, err = d.find(r.Context(), asked); err != nil {
			d.show(w, r, "", pageError(err, "There is no phone %q.", asked))
			return
		}
	}
	to, err := d.pageTarget(r.PostForm)
	var moved *clock
	since := d.now()
	if err == nil {
		ctx, cancel := d.lasting(r.Context())
		defer cancel()
		moved, err = d.move(ctx, to)
	}
	if err != nil {
		d.show(w, r, number, err)
		return
	}
	if r.PostForm.Get("view") == "list" {
		number = "" // back to the list, on a screen that shows nothing else
	}
	seeOther(w, r, number, url.Values{"sent": {strconv.Itoa(moved.Sent)}}, since)
}

// pageTarget is where a button of the clock goes to.
func (d *desk) pageTarget(form url.Values) (target, error) {
	switch form.Get("move") {
	case "hour":
		return onward(time.Hour), nil
	case "morning":
		return morning(d.Zone), nil
	case "week": // seven days on, at the same time of day though the clocks change
		return func(_ context.Context, now time.Time) (time.Time, error) { return now.In(d.Zone).AddDate(0, 0, 7), nil }, nil
	case "next":
		return d.next, nil
	}
	at, err := time.ParseInLocation(localInstant, form.Get("at"), d.Zone)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "Pick a day and a time of day to move the clock to.")
	}
	return fixed(at), nil
}

// parse reads a form of a bounded size; what is none is answered.
func (d *desk) parse(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	if err := r.ParseForm(); err != nil {
		d.show(w, r, "", refuse(http.StatusBadRequest, "The form could not be read, or is longer than %d KiB.", bodyLimit>>10))
		return false
	}
	return true
}

// seeOther leads back to the page, so that reloading it does nothing twice, with what came of what was done.
func seeOther(w http.ResponseWriter, r *http.Request, number string, came url.Values, since time.Time) {
	came.Set("since", since.Format(time.RFC3339Nano))
	http.Redirect(w, r, phoneURL(number)+"?"+came.Encode(), http.StatusSeeOther)
}

// phoneURL is a phone's page, or the list for no number.
func phoneURL(number string) string {
	if number == "" {
		return "/phones"
	}
	return "/phones/" + number
}

// pageError is a refusal with a sentence for a reader of the page, not for a script; another error stays.
func pageError(err error, format string, values ...any) error {
	if known, ok := err.(refusal); ok && known.status == http.StatusNotFound {
		return refuse(http.StatusNotFound, format, values...)
	}
	return err
}

// show renders the page with a phone, or the list with the one that suits, and says what went wrong if anything did.
func (d *desk) show(w http.ResponseWriter, r *http.Request, number string, wrong error) {
	status, alert := http.StatusOK, ""
	if wrong != nil {
		status, alert = d.told(r, wrong)
	}
	page, err := d.view(r.Context(), number, r.URL.Query())
	if err == nil {
		page.Alert = alert
		var body bytes.Buffer
		if err = d.page.Execute(&body, page); err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write(body.Bytes())
			return
		}
	}
	status, sentence := d.told(r, fmt.Errorf("show the phones: %w", err))
	http.Error(w, sentence, status)
}
