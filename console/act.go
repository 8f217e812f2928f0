package console

import (
	"strconv"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// act is something that a person decides about a case on its page: how the form is read, and what is said once it is done.
type act struct {
	said string
	read func(f caseForm) (Decision, error)
}

// acts are all that can be decided on a case's page. Each asks why.
func acts() map[string]act {
	return map[string]act{
		"receipt": {"The receipt is recorded.", func(f caseForm) (Decision, error) {
			cents, err := f.cents("amount")
			on, err2 := f.date("on", false)
			return Receipt{f.key("commitment"), cents, on}, either(err, err2)
		}},
		"report": {"The report is recorded.", func(f caseForm) (Decision, error) {
			cents, err := f.cents("amount")
			on, err2 := f.date("on", false)
			return Report{f.key("commitment"), cents, on}, either(err, err2)
		}},
		"not-received": {"The dispute rests: the payment did not arrive.", func(f caseForm) (Decision, error) {
			entry, err := formID(f.key("entry"))
			return NotReceived{f.key("commitment"), entry}, err
		}},
		"waiver": {"The waiver is recorded.", func(f caseForm) (Decision, error) {
			entry, _ := strconv.ParseInt(f.key("entry"), 10, 64)
			if f.key("amount") == "" {
				return Waiver{f.key("commitment"), 0, entry}, nil
			}
			cents, err := f.cents("amount")
			return Waiver{f.key("commitment"), cents, entry}, err
		}},
		"met": {"It is met.", func(f caseForm) (Decision, error) {
			on, err := f.date("on", false)
			return Met{f.key("commitment"), on}, err
		}},
		"new-date": {"The new date is set.", func(f caseForm) (Decision, error) {
			to, err := f.date("to", true)
			entry, _ := strconv.ParseInt(f.key("entry"), 10, 64)
			return NewDate{f.key("commitment"), entry, to}, err
		}},
		"consent": {"The consent is on record.", func(f caseForm) (Decision, error) {
			on, err := f.date("on", false)
			how := f.key("how")
			if how == "" {
				err = either(err, store.NewError(store.Invalid, "Say how consent was given: a signed form, by phone.", nil))
			}
			return ConsentGiven{f.key("party"), on, how}, err
		}},
		"opt-out": {"That number gets no more texts.", func(f caseForm) (Decision, error) {
			return OptOut{f.key("party")}, nil
		}},
		"assign": {"The mediator is changed.", func(f caseForm) (Decision, error) {
			d := Assign{f.key("mediator"), f.key("backup")}
			if d.Mediator == d.Backup {
				return d, store.NewError(store.Invalid, "The backup is another than the mediator, or nobody.", nil)
			}
			return d, nil
		}},
		"tell": {"The mediator is told.", func(f caseForm) (Decision, error) {
			return Tell{f.key("commitment")}, nil
		}},
		"dealt": {"That is dealt with.", func(f caseForm) (Decision, error) {
			return Dealt{f.key("party")}, nil
		}},
		"try-number": {"Texts go to that number again.", func(f caseForm) (Decision, error) {
			return TryNumber{f.key("party")}, nil
		}},
		"pause": {"The texts are paused.", func(f caseForm) (Decision, error) {
			until, err := f.date("until", false)
			return Pause{f.key("party"), until}, err
		}},
		"resume": {"The texts go again.", func(f caseForm) (Decision, error) {
			return Resume{f.key("party")}, nil
		}},
		"close": {"The case is closed. Its texts stop.", func(f caseForm) (Decision, error) {
			return Close{f.key("reason")}, nil
		}},
	}
}

// decide carries out what a person decides on a case's page.
func (v *visit) decide() error {
	name := v.r.PathValue("act")
	if name == "owed" { // one form for all that can be done about what is owed
		name = v.form("do")
	}
	what, ok := acts()[name]
	if !ok {
		return store.NewError(store.NotFound, "There is no such page.", nil)
	}
	reference := v.r.PathValue("ref")
	err := v.view(func(tx *store.Tx) error {
		_, err := v.caseByReference(tx, reference)
		return err
	})
	if err != nil {
		return err
	}
	why := v.form("why")
	if why == "" {
		return store.NewError(store.Invalid, "Say why, in a few words: it goes into the log.", nil)
	}
	d, err := what.read(caseForm{v})
	if err != nil {
		return err
	}
	if err := v.Desk.Decide(v.r.Context(), v.me.Program.Key, reference, By{v.me.Staff.Key, why}, d); err != nil {
		return err
	}
	return v.done(v.back(caseLink(reference)), v.page.t(what.said))
}

// caseForm reads the fields of a case's forms.
type caseForm struct{ v *visit }

func (f caseForm) key(name string) string { return f.v.form(name) }

// cents reads an amount, as a person writes one: $1,250 or 1250.00.
func (f caseForm) cents(name string) (int64, error) {
	cents, err := intake.Cents(strings.NewReplacer("$", "", ",", "", " ", "").Replace(f.key(name)))
	if err != nil {
		return 0, store.NewError(store.Invalid, "That amount cannot be read: write it like 50 or 50.00.", err)
	}
	return cents, nil
}

// date reads a date; none is none, unless one is needed.
func (f caseForm) date(name string, needed bool) (calendar.Date, error) {
	text := f.key(name)
	if text == "" && !needed {
		return calendar.Date{}, nil
	}
	d, err := calendar.Parse(text)
	if err != nil {
		return d, store.NewError(store.Invalid, "Pick a date.", err)
	}
	return d, nil
}

func either(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
