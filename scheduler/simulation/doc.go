// Package simulation lives through many cases in virtual time: the real bot, flows, scheduler and
// store, the emulator's phones, and people with tempers who read their texts and write back. With
// faults, the provider, the network, the database and the service itself fail as they do in life.
//
// Afterwards, and along the way, the ten laws of the house are checked from outside: by what the
// phones got and when, by what the tables say, by the case files that were put in. The checks share
// nothing with what they check; they have their own idea of an hour, a sum and a day.
//
//	result, err := simulation.Run(ctx, simulation.Options{Cases: 10, Days: 60, Seed: 7, Faults: true})
//	result.Write(os.Stdout)
//
// Cases live in worlds of up to fifty, each an installation of its own with a seed of its own: world k
// of seed S is world 0 of seed S + k, so that what broke in one can be looked at alone. The same
// options give the same result, whatever the machine and however many worlds are lived at a time.
//
// It never reads the system's clock nor draws from a shared source of chance, and sends nothing
// anywhere.
package simulation
