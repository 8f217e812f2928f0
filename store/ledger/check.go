package ledger

// Code classes a refusal, as the store and the console do.
type Code string

// The codes a refusal can have.
const (
	Invalid  Code = "invalid"   // the entry is wrong in itself
	NotFound Code = "not_found" // it names an entry that is not in the ledger
	Conflict Code = "conflict"  // it does not go with what is on record
)

// Refusal is why an entry may not be appended: a code and one sentence for a
// person, without names and sums.
type Refusal struct {
	Code     Code
	Sentence string
}

func (r *Refusal) Error() string { return r.Sentence }

func refuse(code Code, sentence string) error { return &Refusal{code, sentence} }

// Check says whether next may be appended to entries. A nil error promises
// that every view stays right. Otherwise the error is a [*Refusal].
func Check(entries []Entry, next Entry) error {
	return newBook(entries).check(next)
}

func (b *book) check(e Entry) error {
	if err := b.checkForm(e); err != nil {
		return err
	}
	switch e.Kind {
	case Due, Reported:
		if e.Of != 0 {
			return refuse(Invalid, "a due or reported amount answers no other entry")
		}
		if e.Kind == Due {
			total := e.AmountCents
			for _, d := range b.due {
				total += d.AmountCents
			}
			if total > MaxCents {
				return refuse(Invalid, "the instalments come to more than 1,000,000.00")
			}
		}
		return nil
	case Received, Waived:
		if e.Of == 0 {
			return b.checkGeneral(e)
		}
	}
	of := b.byID[e.Of]
	if of == nil {
		return refuse(NotFound, "the entry answered is not in the ledger")
	}
	return b.checkAnswer(e, of)
}

// checkForm refuses what no ledger may hold.
func (b *book) checkForm(e Entry) error {
	switch {
	case e.AmountCents <= 0:
		return refuse(Invalid, "an amount must be more than nothing")
	case e.AmountCents > MaxCents:
		return refuse(Invalid, "an amount may be 1,000,000.00 at most")
	case !currency(e.Currency):
		return refuse(Invalid, "a currency is three capital letters, such as USD")
	case b.currency != "" && e.Currency != b.currency:
		return refuse(Conflict, "the ledger is kept in another currency")
	case e.EffectiveOn.IsZero():
		return refuse(Invalid, "the entry needs the date on which it counts")
	case e.RecordedAt.IsZero():
		return refuse(Invalid, "the entry needs the time of its recording")
	case e.By == "":
		return refuse(Invalid, "the entry needs who recorded it")
	case e.ID < 0 || e.Of < 0:
		return refuse(Invalid, "an entry's number is positive")
	case e.ID != 0 && b.byID[e.ID] != nil:
		return refuse(Conflict, "the ledger has an entry of this number already")
	}
	switch e.Kind {
	case Due, Reported, Received, Disputed, Reversed, Waived, Rescheduled:
		return nil
	}
	return refuse(Invalid, "there is no such kind of entry")
}

// checkGeneral checks a receipt or waiver that names no entry. A receipt may
// be more than what is owed; a waiver may not.
func (b *book) checkGeneral(e Entry) error {
	if e.Kind == Received {
		return nil
	}
	owed := int64(0)
	for _, s := range b.slices {
		owed += s.owed()
	}
	if e.AmountCents > owed {
		return refuse(Conflict, "no more can be waived than is still owed")
	}
	return nil
}

// checkAnswer checks an entry against the one that it answers.
func (b *book) checkAnswer(e Entry, of *line) error {
	wrong := refuse(Invalid, "the entry answered is of another kind")
	switch e.Kind {
	case Received:
		if of.Kind != Reported {
			return wrong
		}
		return atMost(e, of.unsettled(), "no more can be received of a report than is left of it")
	case Disputed:
		if of.Kind != Reported {
			return wrong
		}
		return atMost(e, of.open(), "no more of a report can be disputed than is open")
	case Reversed:
		switch of.Kind {
		case Reported, Received, Disputed, Waived:
			return atMost(e, of.left(), "no more of an entry can be reversed than is left of it")
		}
		return wrong
	}
	if of.Kind != Due {
		return wrong
	}
	owed, _ := b.owed(of)
	if e.Kind == Waived {
		return atMost(e, owed, "no more of an instalment can be waived than is still owed")
	}
	if err := atMost(e, owed, "no more of an instalment can be moved than is still owed"); err != nil {
		return err
	}
	if of.parts[len(of.parts)-1].on == e.EffectiveOn {
		return refuse(Conflict, "the instalment is due on that day already")
	}
	return nil
}

func atMost(e Entry, left int64, sentence string) error {
	if e.AmountCents > left {
		return refuse(Conflict, sentence)
	}
	return nil
}

func currency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}
