package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"amends/bot/emulator"
)

const (
	textExample = `{"text":"PAID 50"}`
	mostMedia   = 10 // pictures in one message, as Twilio has it
)

// text is a line of a thread.
type text struct {
	Direction emulator.Direction `json:"direction"`
	Body      string             `json:"body"`
	At        time.Time          `json:"at"`
	Status    string             `json:"status"`
	Peer      string             `json:"peer"` // the program's number
	Media     int                `json:"media,omitempty"`
	ErrorCode int                `json:"error_code,omitempty"`
	Carrier   bool               `json:"carrier,omitempty"` // the carrier's own answer to STOP, START or HELP
}

// draft is a text to be written from a phone.
type draft struct {
	from, to string // to is empty for the number that the phone is in touch with
	body     string
	media    int
}

func (d *desk) getPhones(*http.Request) (any, error) {
	return append([]string{}, d.Emulator.Phones()...), nil
}

func (d *desk) getThread(r *http.Request) (any, error) {
	number, known, err := d.find(r.Context(), r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, noPhone(r.PathValue("number"))
	}
	thread := []text{}
	for _, t := range d.Emulator.Thread(number) {
		thread = append(thread, text{t.Direction, t.Body, t.At.UTC(), t.Status, t.Peer, t.Media, t.ErrorCode, t.Carrier})
	}
	return thread, nil
}

func (d *desk) postText(r *http.Request) (any, error) {
	var to, body *string
	var media int
	if err := fields(r, map[string]any{"text": &body, "to": &to, "media": &media}, textExample); err != nil {
		return nil, err
	}
	switch {
	case body == nil:
		return nil, refuse(http.StatusBadRequest, "There is no text; send something like %s.", textExample)
	case media < 0 || media > mostMedia:
		return nil, refuse(http.StatusBadRequest, "A message has 0 to %d pictures.", mostMedia)
	}
	from, _, err := d.find(r.Context(), r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	written := draft{from: from, body: *body, media: media}
	if to != nil {
		var ok bool
		if written.to, ok = e164(*to); !ok {
			return nil, refuse(http.StatusBadRequest, "%q is not a phone number; write it like +13125550000.", *to)
		}
	}
	replies, err := d.write(r.Context(), written)
	if err != nil {
		return nil, err
	}
	return struct {
		Replies []string `json:"replies"`
	}{replies}, nil
}

func noPhone(number string) error {
	return refuse(http.StatusNotFound, "There is no phone %q; GET /demo/phones lists them.", number)
}

// find gives the number of a phone as an address names it, and whether it is known: held by somebody or written to or
// from. What is no phone number, or is a program's, is refused.
func (d *desk) find(ctx context.Context, named string) (number string, known bool, err error) {
	people, err := d.People(ctx)
	if err != nil {
		return "", false, fmt.Errorf("find who holds the phones: %w", err)
	}
	phones := d.Emulator.Phones()
	knows := func(number string) bool {
		return slices.Contains(phones, number) ||
			slices.ContainsFunc(people, func(p Person) bool { return p.Number == number })
	}
	named = strings.TrimSpace(named)
	if plain := "+" + strings.TrimPrefix(named, "+"); knows(plain) { // a foreign number without its plus
		return plain, true, nil
	}
	number, ok := e164(named)
	switch {
	case !ok:
		return "", false, noPhone(named)
	case knows(number):
		return number, true, nil
	case slices.ContainsFunc(people, func(p Person) bool { return p.ProgramNumber == number }):
		return "", false, refuse(http.StatusBadRequest, "%s is a program's own number; write from another.", number)
	}
	return number, false, nil
}

// write writes a text, waits until it is handled and answered, and gives the texts that came of it to the phone.
func (d *desk) write(ctx context.Context, t draft) ([]string, error) {
	release, err := d.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for the turn to write: %w", err)
	}
	defer release()
	ctx, cancel := d.lasting(ctx) // a text that was sent is handled, whether or not anybody still looks on
	defer cancel()
	people, err := d.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("find who holds the phones: %w", err)
	}
	if t.to, err = d.peer(t, people); err != nil {
		return nil, err
	}
	if _, err := d.World.Settle(ctx); err != nil { // so that what was due already is not taken for an answer
		return nil, fmt.Errorf("do what was due before the text: %w", err)
	}
	before := len(d.Emulator.Thread(t.from))
	_, err = d.Emulator.Write(ctx, t.from, t.to, t.body, emulator.Media(t.media))
	switch {
	case errors.Is(err, emulator.ErrNoNumber):
		return nil, refuse(http.StatusConflict, "No program has a number that this phone could write to.")
	case errors.Is(err, emulator.ErrWebhook):
		return nil, refuse(http.StatusBadGateway, "The text was sent, but the service did not take it; the program's log tells why.")
	case err != nil:
		return nil, fmt.Errorf("write from a phone: %w", err)
	}
	if _, err := d.World.Settle(ctx); err != nil {
		return nil, fmt.Errorf("handle and answer the text: %w", err)
	}
	replies := []string{}
	for _, reply := range d.Emulator.Thread(t.from)[before:] {
		if reply.Direction == emulator.ToPhone && !failed(reply.Status) {
			replies = append(replies, reply.Body)
		}
	}
	return replies, nil
}

// peer is the number that a text goes to: the one named, which must be a program's; else the one that last wrote to
// the phone, or that it last wrote to; else its holder's program's, or for a stranger the first there is.
func (d *desk) peer(t draft, people []Person) (string, error) {
	last, first, own := "", "", ""
	programs := map[string]bool{}
	for _, text := range d.Emulator.Thread(t.from) {
		programs[text.Peer] = true
		if text.Direction == emulator.ToPhone || last == "" {
			last = text.Peer
		}
	}
	for _, person := range people {
		if person.ProgramNumber == "" {
			continue
		}
		programs[person.ProgramNumber] = true
		if first == "" {
			first = person.ProgramNumber
		}
		if person.Number == t.from && own == "" {
			own = person.ProgramNumber
		}
	}
	if t.to != "" && !programs[t.to] {
		return "", refuse(http.StatusBadRequest, "No program has the number %s.", t.to)
	}
	for _, number := range []string{t.to, last, own, first} {
		if number != "" {
			return number, nil
		}
	}
	return "", nil // the account's first
}

// failed tells whether a text of that status never reached its phone, and never will.
func failed(status string) bool {
	return status == "failed" || status == "undelivered" || status == "canceled"
}
