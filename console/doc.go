// Package console is the pages of those who work for a program: what needs a person today, where every case stands, the
// log of it all. They are rendered on the server and work without JavaScript.
//
//	pages, err := console.New(console.Config{
//		Store: s, Desk: desk, Now: now, Rand: rand.Reader, PublicURL: "https://amends.example.org",
//	})
//	mux.Handle("/", pages)
//
// What a person decides goes through the [Desk] and so through the bot: the console itself writes nothing about a case but
// who looked at it. Who may do what stands in one place, the table of routes; programs are walls, and so are the cases of
// other mediators. The package loads nothing from elsewhere, runs and styles nothing inline, and puts no name, number or
// text into a log line or an address.
package console
