package console

import (
	"net"
	"net/http"
	"strings"
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

// guessers are whose failure one is: who was tried, and where it comes from, if that is known.
func (v *visit) guessers(who string) []guesser { return v.guessersFrom(who, freeGuesses, "from:") }

func (v *visit) guessersFrom(who string, free int, from string) []guesser {
	all := []guesser{{who, free}}
	if origin := originOf(v.r); origin != "" {
		all = append(all, guesser{from + origin, freeGuessesOrigin})
	}
	return all
}

// originOf is where a request comes from, "" where that cannot be told. A proxy in front of us, on this machine or in its own
// network, says it in the last place of X-Forwarded-For; what stands before that, or is said by anybody else, may be made up.
func originOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() && !ip.IsPrivate() {
		return host
	}
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	last := strings.TrimSpace(said[len(said)-1])
	if net.ParseIP(last) == nil {
		return "" // all that come through a proxy that does not say would stand for one
	}
	return last
}

// tries refuses a guess that comes too soon after those before it, and else counts it as a failure before anybody looks
// whether it is right: many at once are no way around. Who was right says so with [visit.hits].
func (v *visit) tries(guessers []guesser) error {
	now := v.Wall()
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		for _, g := range guessers {
			had, err := tx.LockGuesses(g.who)
			if err != nil {
				return err
			}
			if now.Before(had.LastAt.Time().Add(guessPause(had.Failures, g.free))) {
				return errTooMany()
			}
			if err := tx.AddGuess(g.who, now, now.Add(-guessMemory)); err != nil {
				return err
			}
		}
		return nil
	})
}

func errTooMany() error {
	return store.NewError(store.Forbidden, "Too many tries. Wait a while, up to a quarter of an hour, and try again.", nil)
}

// hits takes back the failure that a try was counted as.
func (v *visit) hits(guessers []guesser) error {
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		for _, g := range guessers {
			if err := tx.TakeBackGuess(g.who); err != nil {
				return err
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
