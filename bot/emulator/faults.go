package emulator

import (
	"net/http"
	"time"
)

// Op is what a request to the API asks.
type Op string

const (
	OpSend    Op = "send"
	OpFetch   Op = "fetch"
	OpList    Op = "list"
	OpUpdate  Op = "update"
	OpDelete  Op = "delete"
	OpAccount Op = "account"
)

// Request is what a script of faults goes by.
type Request struct {
	Op       Op
	Count    int // how many of this kind there have been, this one included
	To, From string
	Body     string
	At       time.Time
}

// Answer is whether and how a request is answered.
type Answer int

const (
	// Answered as it should be, or with the fault's Status.
	Answered Answer = iota
	// Lost: the connection is cut without an answer.
	Lost
	// Silence: no answer comes until the client gives up.
	Silence
	// NoConnection: nobody listens. Over a real connection this can only be played by cutting it; Transport says
	// "connection refused".
	NoConnection
)

// Fault is what goes wrong with one request to the API. The zero value is no fault.
type Fault struct {
	Delay  time.Duration // before the answer, on the owner's clock (Options.After)
	Answer Answer
	// Status and Code are the answer's, if it is an error; a Code without a Status is a 400, a Status without a Code is
	// answered with no JSON, as a proxy would.
	Status     int
	Code       int
	RetryAfter time.Duration // in the header, in whole seconds
	// Take: a send is taken all the same, though its answer is an error or none; TakeAfter: that long afterwards.
	Take      bool
	TakeAfter time.Duration
}

func (f Fault) spoils() bool { return f.Answer != Answered || f.Status != 0 || f.Code != 0 }

// Behaviour is a phone number's.
type Behaviour int

const (
	Normal          Behaviour = iota
	Invalid                   // sending is refused with 21211
	Landline                  // sending is refused with 21614
	HandsetOff                // undelivered with 30003
	Blocked                   // undelivered with 30004
	UnknownHandset            // undelivered with 30005
	LandlineHandset           // undelivered with 30006
	Filtered                  // undelivered with 30007
	UnknownError              // undelivered with 30008
	Stalled                   // stays queued until its validity ends, then fails with 30036
	Silent                    // stays sent: the carrier gives no receipt
)

func (b Behaviour) undeliveredWith() int {
	switch b {
	case HandsetOff:
		return 30003
	case Blocked:
		return 30004
	case UnknownHandset:
		return 30005
	case LandlineHandset:
		return 30006
	case Filtered:
		return 30007
	case UnknownError:
		return 30008
	}
	return 0
}

// Faults are what goes wrong. Each Float64 is a probability from 0 to 1, tried with the account's random source; of the
// API's the first that strikes is the one, in the order in which they stand here. The zero value is none.
type Faults struct {
	Numbers map[string]Behaviour
	// Script, if not nil, is asked first for each request to the API; a zero Fault leaves it to chance. It is called
	// under the emulator's lock and must not call it.
	Script func(Request) Fault

	Unavailable  float64 // 503, not taken
	TooMany      float64 // 429 with a Retry-After of a second, not taken
	Broken       float64 // 500, not taken
	BrokenTaken  float64 // 500, taken
	LostBefore   float64 // connection cut, not taken
	LostAfter    float64 // connection cut, taken
	LostLate     float64 // connection cut, taken up to Latest later
	SilenceTaken float64 // no answer until the client gives up, taken
	Slow         float64 // answered up to Latest late, on the owner's clock

	CallbackLost     float64
	CallbackRepeated float64
	CallbackDelayed  float64 // by up to Latest, which also puts them out of order
	InboundRepeated  float64
	InboundDelayed   float64       // by up to Latest, likewise
	Latest           time.Duration // 0 means ten seconds
}

const latestUnlessTold = 10 * time.Second

// SetFaults sets what goes wrong from now on. A number's behaviour holds for texts taken from now on.
func (e *Emulator) SetFaults(f Faults) {
	if f.Latest <= 0 {
		f.Latest = latestUnlessTold
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = f
}

// strikes tries a probability; one of zero takes no random number. The lock is held.
func (e *Emulator) strikes(probability float64) bool {
	return probability > 0 && e.options.Rand.Float64() < probability
}

// late is a random time up to Latest; the lock is held.
func (e *Emulator) late() time.Duration {
	return time.Duration(e.options.Rand.Float64() * float64(e.faults.Latest))
}

// fault chooses what goes wrong with a request; the lock is held.
func (e *Emulator) fault(r Request) Fault {
	e.asked[r.Op]++
	r.Count = e.asked[r.Op]
	f := &e.faults
	if f.Script != nil {
		if scripted := f.Script(r); scripted != (Fault{}) {
			return scripted
		}
	}
	switch {
	case e.strikes(f.Unavailable):
		return Fault{Status: http.StatusServiceUnavailable, Code: 20503}
	case e.strikes(f.TooMany):
		return Fault{Status: http.StatusTooManyRequests, Code: 20429, RetryAfter: time.Second}
	case e.strikes(f.Broken):
		return Fault{Status: http.StatusInternalServerError, Code: 20500}
	case e.strikes(f.BrokenTaken):
		return Fault{Status: http.StatusInternalServerError, Code: 20500, Take: true}
	case e.strikes(f.LostBefore):
		return Fault{Answer: Lost}
	case e.strikes(f.LostAfter):
		return Fault{Answer: Lost, Take: true}
	case e.strikes(f.LostLate):
		return Fault{Answer: Lost, Take: true, TakeAfter: e.late()}
	case e.strikes(f.SilenceTaken):
		return Fault{Answer: Silence, Take: true}
	case e.strikes(f.Slow):
		return Fault{Delay: e.late()}
	}
	return Fault{}
}
