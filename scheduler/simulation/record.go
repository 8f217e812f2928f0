package simulation

import (
	"time"

	"amends/store"
)

// record is what was seen of a world from outside while it was lived: the checks go by it, by the
// phones and by the tables.
type record struct {
	town       *town
	begin, end time.Time
	written    []written
	downs      []span // the service or its database was not there
	cuts       []span // the provider was not there
	crashes    map[store.Moment]int
	log        *logScan
	broken     []string // what should not happen in any world: the simulation's own faults too
	consents   []consented
	shots      []shot // of what only grows
	torn       []string
	shown      map[string]shown // what the program says of each restitution, by case and key
	changed    map[string]int   // by case, how often its file was put in once more
	pauses     []pause
	notes      []string // the checkpoints of the log's seal, as somebody elsewhere has kept them
	seal       sealed
}

// consented is fresh consent that a staff member put on record.
type consented struct {
	at   time.Time
	seat *seat
}

// pause is a time in which a staff member holds the texts to a party, or to a whole case.
type pause struct {
	span
	m    *matter
	seat *seat // nil: all of the case
}

// sealed is what verifying the log said at the end: of the log, and of copies of it in which something was changed.
type sealed struct {
	whole  []string // the faults found in what nobody touched
	missed []string // the changes that nobody found
	tried  int
}

// written is a text that somebody wrote, and what they meant by it.
type written struct {
	at    time.Time
	phone string
	sid   string
	body  string
	meant meaning
}

// span is a stretch of time.
type span struct{ from, to time.Time }

func newRecord() *record {
	return &record{shown: map[string]shown{}, changed: map[string]int{}, crashes: map[store.Moment]int{}, log: newLogScan()}
}

// later is at, put off by so long as the service, its database or the provider was away between from
// and then: what fell into that time may be late by it, and by an hour to make up for it. What was put
// off may fall into the next time that something was away.
func (r *record) later(from, at time.Time) time.Time {
	for again := true; again; {
		again = false
		for _, list := range [][]span{r.downs, r.cuts} {
			for _, s := range list {
				if s.to.After(from) && s.from.Before(at) && s.to.After(at.Add(-time.Hour)) {
					at, again = s.to.Add(time.Hour), true
				}
			}
		}
	}
	return at
}
