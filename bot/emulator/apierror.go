package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Twilio's error codes that the account answers with: https://www.twilio.com/docs/api/errors
const (
	codeAuthenticate   = 20003
	codeNoMethod       = 20004
	codeNotComplete    = 20009
	codeBadParameter   = 20001
	codeNotFound       = 20404
	codeInvalidTo      = 21211
	codeInvalidFrom    = 21212
	codeToItself       = 21266
	codeNoBody         = 21602
	codeNoFrom         = 21603
	codeNoTo           = 21604
	codeNotOurs        = 21606
	codeBadCallback    = 21609
	codeUnsubscribed   = 21610
	codeNotMobile      = 21614
	codeTooLong        = 21617
	codeNoService      = 21705
	codeExpired        = 30036
	codeBadUpdate      = 30400
	codeNotCancelable  = 30409
	codeBadValidity    = 90007
	maxBody            = 1600
	maxValiditySeconds = 36000
)

// errorText is what Twilio says of an error code, with the number that some of the sentences quote.
func errorText(code int, quoted string) string {
	switch code {
	case codeAuthenticate:
		return "Authenticate"
	case codeNoMethod:
		return "Method not allowed"
	case codeNotComplete:
		return "Cannot delete this resource before it is complete"
	case codeBadParameter:
		return "Invalid parameter"
	case codeNotFound:
		return fmt.Sprintf("The requested resource %s was not found", quoted)
	case 20429:
		return "Too Many Requests"
	case 20500:
		return "Internal Server Error"
	case 20503:
		return "Service Unavailable"
	case codeInvalidTo:
		return fmt.Sprintf("The 'To' number %s is not a valid phone number.", quoted)
	case codeInvalidFrom:
		return fmt.Sprintf("The 'From' number %s is not a valid phone number, shortcode, or alphanumeric sender ID.", quoted)
	case codeToItself:
		return "'To' and 'From' number cannot be the same"
	case codeNoBody:
		return "Message body is required."
	case codeNoFrom:
		return "A 'From' phone number is required."
	case codeNoTo:
		return "A 'To' phone number is required."
	case codeNotOurs:
		return fmt.Sprintf("The From phone number %s is not a valid, SMS-capable inbound phone number or short code for your account.", quoted)
	case codeBadCallback:
		return "The 'StatusCallback' URL is not a valid URL."
	case codeUnsubscribed:
		return "Attempt to send to unsubscribed recipient"
	case codeNotMobile:
		return fmt.Sprintf("To number: %s, is not a mobile number", quoted)
	case codeTooLong:
		return fmt.Sprintf("The concatenated message body exceeds the %d character limit.", maxBody)
	case codeNoService:
		return "The Messaging Service Sid is invalid."
	case 30003:
		return "Unreachable destination handset"
	case 30004:
		return "Message blocked"
	case 30005:
		return "Unknown destination handset"
	case 30006:
		return "Landline or unreachable carrier"
	case 30007:
		return "Message filtered"
	case 30008:
		return "Unknown error"
	case codeExpired:
		return "Validity Period Expired"
	case codeBadUpdate:
		return "Parameters are not valid"
	case codeNotCancelable:
		return "This message cannot be canceled"
	case codeBadValidity:
		return "Invalid validity period value"
	}
	return fmt.Sprintf("Error %d", code)
}

// reply is what a request is answered, and how.
type reply struct {
	answer Answer
	status int
	header http.Header
	body   []byte
}

func (r reply) with(name, value string) reply {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(name, value)
	return r
}

func jsonReply(status int, body any) reply {
	encoded, err := json.Marshal(body)
	if err != nil { // it is all strings, numbers and maps of them
		panic(err)
	}
	return reply{status: status, body: encoded}.with("Content-Type", "application/json")
}

// errorReply is Twilio's error body.
func errorReply(status, code int, quoted string) reply {
	return jsonReply(status, map[string]any{
		"code": code, "message": errorText(code, quoted), "status": status,
		"more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code),
	})
}
