package twilio

// State is a message's status, as Twilio spells it in answers and callbacks.
type State string

// The states of an outbound text, in their order; Received is the one of an inbound text.
const (
	StateAccepted    State = "accepted"  // by a messaging service that has not chosen the sender yet
	StateScheduled   State = "scheduled" // never asked for by us
	StateQueued      State = "queued"
	StateSending     State = "sending"
	StateSent        State = "sent"
	StateDelivered   State = "delivered"
	StateUndelivered State = "undelivered"
	StateFailed      State = "failed"
	StateCanceled    State = "canceled"
	StateReceived    State = "received"
)

// finalRank is the rank of the states that nothing follows.
const finalRank = 5

func (s State) rank() int {
	switch s {
	case StateAccepted, StateScheduled:
		return 1
	case StateQueued:
		return 2
	case StateSending:
		return 3
	case StateSent:
		return 4
	case StateDelivered, StateUndelivered, StateFailed, StateCanceled:
		return finalRank
	default:
		return 0
	}
}

// Known tells whether s is a state of an outbound text. Twilio may add others; they change nothing.
func (s State) Known() bool { return s.rank() > 0 }

// Final tells that nothing follows: delivered, undelivered, failed, canceled.
func (s State) Final() bool { return s.rank() == finalRank }

// Follows tells whether a message in state old moves on to s. Callbacks come in any order and more than once, so a
// status only ever moves forward: queued, sending, sent, then one of the final states, of which the first one stays.
// Before any state is known (old is empty) every known one follows.
func (s State) Follows(old State) bool { return s.rank() > old.rank() }
