// Package twilio carries texts out and in through Twilio.
//
// Out: [Client] sends a text, finds what the account has already taken and reads a message again, all through the
// published twilio-go client. What goes wrong comes back as a [SendError], which says the one thing a sender has to
// know, its [Fate]: was the text certainly not taken, may it be tried again, or is that in doubt? What an error code
// asks of us, whether it came with the answer or later in a status callback, is its [Consequence].
//
// In: [Webhooks] is the handler of the two signed webhooks, an inbound text and a message's status. A request whose
// signature, account or form is not right never reaches the [Receiver].
//
// The package decides nothing about a conversation, keeps nothing between two calls, and never puts a phone number or
// the words of a text into an error or a log line: not even Twilio's own error message, which quotes the number.
//
//	client, err := twilio.New(twilio.Config{AccountSID: sid, AuthToken: token})
//	taken, err := client.Send(ctx, twilio.Outgoing{To: to, From: from, Body: body,
//		StatusCallback: twilio.StatusCallbackURL(publicURL, messageID)})
//	var failed *twilio.SendError
//	switch {
//	case errors.As(err, &failed) && failed.Fate == twilio.InDoubt:
//		// look it up with client.Find before any second try
//	}
package twilio
