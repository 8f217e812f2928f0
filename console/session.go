package console

import (
	"net"
	"time"

	"amends/store"
)

// What a session holds.
const (
	keyStaff    = "staff"    // the place, once signed in whole
	keyAccount  = "account"  // 0 in a demo
	keyVersion  = "version"  // the account's at sign-in
	keyRole     = "role"     // the place's at sign-in
	keyPending  = "pending"  // the account whose password was right, before its second factor
	keySecret   = "secret"   // a second factor that is being set up
	keyCodes    = "codes"    // recovery codes, to be shown once
	keyTo       = "to"       // where somebody wanted to go
	keyNotice   = "notice"   // what was done, to be told once
	keyLanguage = "language" // the pages'
)

// logEntry keeps in the log that somebody has signed in.
func (v *visit) logEntry(tx *store.Tx, staff store.Staff) error {
	return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(staff.ProgramID), Actor: "staff:" + staff.Key, Action: "staff.signed_in", Subject: "staff:" + staff.Key})
}

// enter signs an account in, in one of its places, under a new token. Sessions have transactions of their own, so that this
// comes after the one that found the account right.
func (v *visit) enter(account store.Account, staff store.Staff) error {
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	to := v.sessions.GetString(ctx, keyTo)
	for _, key := range []string{keyPending, keySecret, keyTo} {
		v.sessions.Remove(ctx, key)
	}
	v.sessions.Put(ctx, keyStaff, staff.ID)
	v.sessions.Put(ctx, keyAccount, account.ID)
	v.sessions.Put(ctx, keyVersion, account.Version)
	v.sessions.Put(ctx, keyRole, staff.Role)
	v.sessions.Put(ctx, keyTo, to)
	return nil
}

// wanted is where somebody who has just signed in wanted to go.
func (v *visit) wanted() string {
	return ownPath(v.sessions.PopString(v.r.Context(), keyTo), "/")
}

// Guessing is slowed: after freeGuesses failures in a row one more is taken after 2 seconds, 4, 8 and so on up to guessLock.
// An address that requests come from may stand for an office, and has more of them free. Failures are forgotten after
// guessMemory without one.
const (
	freeGuesses       = 4
	freeGuessesOrigin = 40
	guessLock         = 15 * time.Minute
	guessMemory       = 24 * time.Hour
)

// guesser is somebody whose failures are counted.
type guesser struct {
	who  string
	free int
}

func (v *visit) guessers(who string) []guesser {
	return []guesser{{who, freeGuesses}, {"from:" + v.origin(), freeGuessesOrigin}}
}

// origin is where a request comes from.
func (v *visit) origin() string {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	return host
}

// locked refuses a guess that comes too soon after those before it.
func (v *visit) locked(guessers []guesser) error {
	return v.view(func(tx *store.Tx) error {
		for _, g := range guessers {
			had, err := tx.GuessesOf(g.who)
			if err != nil {
				return err
			}
			if wait := guessPause(had.Failures, g.free); v.Wall().Before(had.LastAt.Time().Add(wait)) {
				return store.NewError(store.Forbidden, "Too many tries. Wait a while, up to a quarter of an hour, and try again.", nil)
			}
		}
		return nil
	})
}

// guessPause is how long one more guess must wait after that many failures.
func guessPause(failures, free int) time.Duration {
	if failures <= free {
		return 0
	}
	return min(guessLock, time.Second<<min(failures-free, 10))
}

// missed counts a failure.
func (v *visit) missed(guessers []guesser) error {
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		for _, g := range guessers {
			if err := tx.AddGuess(g.who, v.Wall(), v.Wall().Add(-guessMemory)); err != nil {
				return err
			}
		}
		return nil
	})
}
