// Package desk is the demo's HTTP: its clock and its phones, as JSON under /demo and as a page at /phones.
//
// It lets a person, or a script, live through a case in minutes: write from any phone and see the answer arrive, then
// move the clock to what comes next. It decides nothing and remembers nothing. The time is the [World]'s, the threads
// are the emulator's, and who holds a phone it is told by [People].
//
//	mux.Handle("/", desk.New(desk.Config{World: world, Emulator: account, People: people, Zone: chicago, Log: log}))
//
//	POST /demo/clock {"by":"36h"}                    {"now":"2026-03-03T21:30:00Z","sent":3}
//	POST /demo/phones/+13125550102 {"text":"PAID 50"}  {"replies":["Got it: $50.00 paid …"]}
//
// Moves of the clock and texts written take turns, so that each answer tells what came of it and of nothing else. The
// page works without scripts, as plain forms; with them what happens is seen as it happens. It shows names: it is for
// the demo alone and must never be served by a program that texts real people.
package desk
