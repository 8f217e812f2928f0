package twilio

// Consequence is what an error code asks of the service, whether the code came with the answer to a send or later in a
// status callback. The codes are those of https://www.twilio.com/docs/api/errors.
type Consequence int

const (
	// None: no error.
	None Consequence = iota
	// Failed: this text failed, and nothing more follows from it.
	Failed
	// OptOut: the recipient has replied STOP (21610). Recorded as an opt-out, never tried again.
	OptOut
	// Unreachable: no text will reach this number: not a number, a landline, unknown.
	Unreachable
	// RetryLittle: the handset was off or the carrier gave no reason: one or two more tries, hours apart.
	RetryLittle
	// Person: the recipient or the carrier blocks us; the same words again would be blocked again. A person looks.
	Person
	// OperatorAlarm: the account, its credentials or its registration: nothing goes until the operator mends it.
	OperatorAlarm
	// Later: too much at once, or a passing fault at Twilio: the same again, when [Backoff] says.
	Later
)

// String gives the consequence's name for logs and metrics.
func (c Consequence) String() string {
	switch c {
	case None:
		return "none"
	case OptOut:
		return "opt_out"
	case Unreachable:
		return "unreachable"
	case RetryLittle:
		return "retry_little"
	case Person:
		return "person"
	case OperatorAlarm:
		return "operator_alarm"
	case Later:
		return "later"
	default:
		return "failed"
	}
}

const (
	codeNotActive = 10001 // account is not active

	codeOptedOut = 21610
)

// ConsequenceOf gives the consequence of a Twilio error code. An HTTP status of 429 or 5xx may stand for a code. A code
// that is not listed here is Failed.
func ConsequenceOf(code int) Consequence {
	switch code {
	case 0:
		return None
	case codeOptedOut:
		return OptOut
	case 21211, // invalid 'To' number
		21217, // number does not appear to be valid
		21614, // 'To' is not a mobile number
		21635, // 'To' is a landline
		30005, // unknown destination handset
		30006: // landline or unreachable carrier
		return Unreachable
	case 30003, // unreachable destination handset
		30008: // unknown error
		return RetryLittle
	case 30004, // message blocked
		30007: // filtered by the carrier
		return Person
	case codeNotActive,
		20003, // authentication failed
		20005, // account not active
		20006, // access denied
		20404, // no such account, or a base URL that isn't Twilio
		21212, // invalid 'From'
		21222, // account SID of a wrong form
		21224, // auth token of a wrong form
		21408, // region not enabled
		21603, // no 'From'
		21606, // 'From' is not ours, or can't text
		21608, // a trial account texts verified numbers alone
		21609, // invalid StatusCallback
		21659, // 'From' is not a Twilio number
		21660, // 'From' is another account's
		21661, // 'From' can't text
		21701, // messaging service does not exist
		21703, // messaging service has no sender
		21705, // messaging service SID is invalid
		30002, // account suspended
		30032, // toll-free number not verified
		30033, // A2P campaign suspended
		30034: // number not registered for A2P 10DLC
		return OperatorAlarm
	case 20429, // too many requests
		20500, // internal error
		20503, // service unavailable
		21611, // the sender's queue is full
		30001, // queue overflow
		30022, // A2P rate limit exceeded
		30023: // A2P daily cap reached
		return Later
	}
	if code == 429 || code >= 500 && code <= 599 {
		return Later
	}
	return Failed
}

// mendable tells an error that is about the account and not about this text, so that the text may go once it is mended.
// 21408 isn't among them: this number's country stays shut until somebody decides otherwise.
func mendable(code int) bool {
	return ConsequenceOf(code) == OperatorAlarm && code != 21408
}
