// Package emulator is a Twilio account and the phones it texts with, in memory: for the demo, the tests and the
// simulation. It answers as Twilio's published API and documentation have it (resources, error bodies, list filters,
// paging, webhooks and their signatures) and keeps opt-outs as the carriers do, so that nothing in the service needs to
// know that it is an emulator.
//
// Time and chance are its owner's. A text passes from queued to delivered by pending events: [Emulator.Next] tells when
// the next one is due, [Emulator.Do] does what is due, and [Emulator.Run] does so by itself on a clock that runs. The
// same calls with the same random numbers give the same identifiers, the same order and the same faults.
//
//	e := emulator.New(emulator.Options{AccountSID: sid, AuthToken: token, Now: now, Rand: rand.New(rand.NewPCG(1, 2)),
//		InboundURL: publicURL + "/twilio/inbound"})
//	server := httptest.NewServer(e.Handler())      // what the service's client is pointed to
//	e.Write(ctx, "+13125550101", "+13125550000", "hello") // a phone writes
//	e.Do(ctx, now())                                // texts arrive, callbacks go out
//	for _, text := range e.Thread("+13125550101") { … }
//
// Beyond what Twilio does it can be told to fail: see [Faults]. It keeps everything it has ever seen, and it never
// sends anything anywhere but to the webhook addresses it was given.
package emulator
