package console

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amends/store"
)

// How long the link of an e-mail is good for.
const (
	invitationLasts = 72 * time.Hour
	resetLasts      = 2 * time.Hour
)

// forgotsFree is how many e-mails an address may ask for in a row before it must wait.
const forgotsFree = 2

func otpURL(secret, email string) string {
	q := url.Values{"secret": {secret}, "issuer": {"Amends"}}
	return "otpauth://totp/" + url.PathEscape("Amends:"+email) + "?" + q.Encode()
}

func (v *visit) forgotPage() error {
	return v.show("forgot", layout{Title: v.page.t("A new password"), Data: entrance{Mail: v.Mail != nil}})
}

// forgot sends a link to an address that works for a program. It says the same, in the same time, where there is none.
func (v *visit) forgot() error {
	email := v.form("email")
	if err := v.tries(v.guessersFrom("forgot:"+strings.ToLower(email), forgotsFree, "forgot from:")); err != nil {
		return err
	}
	if v.Mail != nil {
		ctx, language := context.WithoutCancel(v.r.Context()), v.page.code
		go func() {
			if err := v.sendReset(ctx, email, language); err != nil {
				v.Log.Error("a link for a new password was not sent", "error", err)
			}
		}()
	}
	return v.show("forgot", layout{Title: v.page.t("A new password"), Data: entrance{Mail: v.Mail != nil},
		Notice: v.page.t("If that address works for a program here, a link is on its way to it.")})
}

func (v *visit) sendReset(ctx context.Context, email, language string) error {
	token, program := "", ""
	err := v.Store.Update(ctx, func(tx *store.Tx) error {
		places, err := tx.StaffByEmail(email)
		if err != nil || len(places) == 0 {
			return err
		}
		if token, err = newInvitation(tx, v.Rand, email, "reset", v.Wall(), resetLasts); err != nil {
			return err
		}
		p, err := tx.GetProgram(places[0].ProgramID)
		if err != nil {
			return err
		}
		file, err := programFile(tx, p)
		program = file.Name
		return err
	})
	if err != nil || token == "" {
		return err
	}
	return v.send(ctx, email, language, "reset", letter{Program: program, Link: v.welcomeLink(token), Hours: int(resetLasts.Hours())})
}

func (k *console) welcomeLink(token string) string { return k.PublicURL + "/welcome/" + token }

// newInvitation makes the token of an invitation to an address.
func newInvitation(tx *store.Tx, chance io.Reader, email, kind string, now time.Time, lasts time.Duration) (string, error) {
	k := console{Config: Config{Rand: chance}}
	token, err := k.token()
	if err != nil {
		return "", err
	}
	a, err := tx.AddAccount(email, now)
	if err != nil {
		return "", err
	}
	i := store.Invitation{AccountID: a.ID, Kind: kind, Version: a.Version, ExpiresAt: store.At(now.Add(lasts))}
	return token, tx.AddInvitation(&i, token)
}

// Invite makes a link by which a member of staff sets a password: for the first of them, and where no e-mail goes. The link
// is good for three days, and once.
func Invite(ctx context.Context, s *store.Store, chance io.Reader, publicURL, programKey, staffKey string, wall time.Time) (link string, err error) {
	err = s.Update(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.FindProgramByKey(programKey)
		if err != nil {
			return err
		}
		var staff store.Staff
		if ok {
			staff, ok, err = tx.FindStaffByKey(p.ID, staffKey)
		}
		switch {
		case err != nil:
			return err
		case !ok || !staff.Active:
			return store.NewError(store.NotFound, fmt.Sprintf("There is no staff member %s in program %s.", staffKey, programKey), nil)
		case len(staff.Email) == 0:
			return store.NewError(store.Invalid, fmt.Sprintf("Staff member %s has no e-mail address in the program file, and signs in by one.", staffKey), nil)
		}
		token, err := newInvitation(tx, chance, tx.Reveal(staff.Email), "invitation", wall, invitationLasts)
		link = publicURL + "/welcome/" + token
		if err != nil {
			return err
		}
		return tx.Log(store.Entry{At: store.At(wall), ProgramID: store.ID(p.ID), Actor: "command", Action: "staff.invited", Subject: "staff:" + staffKey})
	})
	return link, err
}

// invited is the account of a token that is still good.
func (v *visit) invited(tx *store.Tx) (store.Account, error) {
	gone := store.NewError(store.NotFound, "This link was used already, or is too old. Ask for another.", nil)
	i, ok, err := tx.FindInvitation(v.r.PathValue("token"))
	if err != nil {
		return store.Account{}, err
	}
	if !ok || v.Wall().After(i.ExpiresAt.Time()) {
		return store.Account{}, gone
	}
	a, err := tx.GetAccount(i.AccountID)
	if err == nil && a.Version != i.Version {
		err = gone
	}
	return a, err
}

// welcomePage asks for a new password.
func (v *visit) welcomePage() error { return v.showWelcome(http.StatusOK, nil) }

func (v *visit) showWelcome(status int, wrong error) error {
	page := entrance{}
	err := v.view(func(tx *store.Tx) error {
		a, err := v.invited(tx)
		page.Email = tx.Reveal(a.Email)
		return err
	})
	if err != nil {
		return err
	}
	l := layout{Title: v.page.t("Choose a password"), Data: page}
	if wrong != nil {
		l.Alert = v.page.t(store.Sentence(wrong))
	}
	return v.showAs(status, "welcome", l)
}

// welcome sets the password, ends all sessions and links of the account, and goes on to the second factor.
func (v *visit) welcome() error {
	password := v.r.PostForm.Get("password")
	hash, err := v.hashPassword(password[:min(len(password), 4*longestPassword)])
	if err != nil {
		return err
	}
	var a store.Account
	err = v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		if a, err = v.invited(tx); err != nil {
			return err
		}
		if err := checkPassword(password, tx.Reveal(a.Email)); err != nil {
			return err
		}
		return v.savePassword(tx, &a, hash)
	})
	if store.CodeOf(err) == store.Invalid {
		return v.showWelcome(http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return v.half(a)
}

// savePassword sets a password. Its version ends what was opened with the one before.
func (v *visit) savePassword(tx *store.Tx, a *store.Account, hash string) error {
	a.Password, a.ChangedAt = tx.Seal(hash), store.At(v.Wall())
	a.Version++
	if err := tx.SaveAccount(*a); err != nil {
		return err
	}
	if err := tx.DeleteInvitations(a.ID); err != nil {
		return err
	}
	places, err := tx.PlacesOf(*a)
	for _, p := range places {
		if err == nil {
			err = tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(p.ProgramID), Actor: "staff:" + p.Key, Action: "staff.password_changed", Subject: "staff:" + p.Key})
		}
	}
	return err
}

// accountView is the page of one's own account.
type accountView struct {
	Email string
	Codes int // recovery codes left
	Demo  bool
}

func (v *visit) accountPage() error { return v.showAccount(http.StatusOK, nil) }

func (v *visit) showAccount(status int, wrong error) error {
	page := accountView{Demo: v.me.Account == 0}
	if !page.Demo {
		err := v.view(func(tx *store.Tx) error {
			a, err := tx.GetAccount(v.me.Account)
			if err != nil {
				return err
			}
			var left []string
			page.Email = tx.Reveal(a.Email)
			err = tx.RevealJSON(a.Recovery, &left)
			page.Codes = len(left)
			return err
		})
		if err != nil {
			return err
		}
	}
	l := layout{Title: v.page.t("Your account"), Nav: "account", Data: page}
	if wrong != nil {
		l.Alert = v.page.t(store.Sentence(wrong))
	}
	return v.showAs(status, "account", l)
}

// ownAccount changes the visitor's own account, for the password that it has now.
func (v *visit) ownAccount(change func(tx *store.Tx, a *store.Account) error) error {
	if v.me.Account == 0 {
		return store.NewError(store.Conflict, "In the demo nobody has a password.", nil)
	}
	guessers := v.guessers("password:" + strconv.FormatInt(v.me.Account, 10))
	if err := v.tries(guessers); err != nil {
		return err
	}
	hash := ""
	err := v.view(func(tx *store.Tx) error {
		a, err := tx.GetAccount(v.me.Account)
		hash = tx.Reveal(a.Password)
		return err
	})
	if err != nil {
		return err
	}
	if !v.samePassword(hash, v.r.PostForm.Get("current")) {
		return store.NewError(store.Forbidden, "That is not your password.", nil)
	}
	if err := v.hits(guessers); err != nil {
		return err
	}
	return v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		a, err := tx.LockAccount(v.me.Account)
		if err != nil {
			return err
		}
		if err := change(tx, &a); err != nil {
			return err
		}
		return tx.SaveAccount(a)
	})
}

// changePassword sets another password and ends all other sessions.
func (v *visit) changePassword() error {
	password := v.r.PostForm.Get("password")
	hash, err := v.hashPassword(password[:min(len(password), 4*longestPassword)])
	if err != nil {
		return err
	}
	version := int64(0)
	err = v.ownAccount(func(tx *store.Tx, a *store.Account) error {
		if err := checkPassword(password, tx.Reveal(a.Email)); err != nil {
			return err
		}
		if err := v.savePassword(tx, a, hash); err != nil {
			return err
		}
		version = a.Version
		return nil
	})
	if code := store.CodeOf(err); code == store.Invalid || code == store.Forbidden {
		return v.showAccount(statusOf(err), err)
	}
	if err != nil {
		return err
	}
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.sessions.Put(ctx, keyVersion, version)
	return v.done("/account", v.page.t("Your password is changed. Wherever else you were signed in, you are no longer."))
}
