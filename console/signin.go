package console

import (
	"net/http"
	"strings"

	"amends/store"
)

// entrance is the page to sign in on.
type entrance struct {
	Email string
	Demo  []demoPlace
	Mail  bool
}

// demoPlace is somebody whom a click signs in as.
type demoPlace struct {
	Staff                     int64
	Name, Role, Program, What string
}

func (v *visit) signInPage() error {
	if to := v.r.URL.Query().Get("to"); to != "" {
		v.sessions.Put(v.r.Context(), keyTo, ownPath(to, "/"))
	}
	if v.me != nil {
		v.goTo(v.wanted())
		return nil
	}
	return v.showEntrance(http.StatusOK, "", nil)
}

func (v *visit) showEntrance(status int, email string, wrong error) error {
	page := entrance{Email: email, Mail: v.Mail != nil}
	l := layout{Title: v.page.t("Sign in")}
	if wrong != nil {
		l.Alert = v.page.t(store.Sentence(wrong))
	}
	if v.Demo {
		if err := v.view(func(tx *store.Tx) (err error) {
			page.Demo, err = v.demoPlaces(tx)
			return err
		}); err != nil {
			return err
		}
	}
	l.Data = page
	return v.showAs(status, "signin", l)
}

// demoPlaces are all who work for a program.
func (v *visit) demoPlaces(tx *store.Tx) ([]demoPlace, error) {
	programs, err := tx.Programs()
	if err != nil {
		return nil, err
	}
	var places []demoPlace
	for _, p := range programs {
		file, err := programFile(tx, p)
		if err != nil {
			return nil, err
		}
		staff, err := tx.StaffOf(p.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range staff {
			places = append(places, demoPlace{Staff: s.ID, Name: tx.Reveal(s.Name), Role: s.Role, Program: file.Name, What: "role." + s.Role})
		}
	}
	return places, nil
}

// signInDemo signs in as a member of staff, where this is a demo.
func (v *visit) signInDemo() error {
	if !v.Demo {
		return store.NewError(store.NotFound, "There is no such page.", nil)
	}
	id, err := formID(v.form("staff"))
	if err != nil {
		return err
	}
	var staff store.Staff
	err = v.Store.Update(v.r.Context(), func(tx *store.Tx) (err error) {
		if staff, err = tx.GetStaff(id); err != nil {
			return err
		}
		if !staff.Active {
			return store.NewError(store.NotFound, "There is no such person.", nil)
		}
		return v.logEntry(tx, staff)
	})
	if err == nil {
		err = v.enter(store.Account{}, staff)
	}
	if err != nil {
		return err
	}
	v.goTo(v.wanted())
	return nil
}

// signIn takes an address and a password. Whoever guesses learns nothing of which addresses there are: neither from the
// words nor from the time.
func (v *visit) signIn() error {
	email, password := v.form("email"), v.r.PostForm.Get("password")
	guessers := v.guessers("email:" + strings.ToLower(email))
	if err := v.tries(guessers); err != nil {
		if store.CodeOf(err) != store.Forbidden {
			return err
		}
		return v.showEntrance(http.StatusTooManyRequests, email, err)
	}
	var account store.Account
	hash := ""
	err := v.view(func(tx *store.Tx) (err error) {
		account, _, err = tx.FindAccount(email)
		hash = tx.Reveal(account.Password)
		return err
	})
	if err != nil {
		return err
	}
	known := hash != ""
	if !known {
		hash = v.nobody
	}
	if len(password) > 4*longestPassword {
		password = ""
	}
	if right := v.samePassword(hash, password); !right || !known {
		return v.showEntrance(http.StatusForbidden, email, store.NewError(store.Forbidden, "That address and password do not fit together.", nil))
	}
	if err := v.hits(guessers); err != nil {
		return err
	}
	return v.half(account)
}

// half is signed in with a password: the second factor comes next.
func (v *visit) half(account store.Account) error {
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.sessions.Remove(ctx, keyStaff)
	v.sessions.Put(ctx, keyPending, account.ID)
	v.sessions.Put(ctx, keyVersion, account.Version)
	if len(account.TOTP) == 0 {
		v.goTo("/signin/factor")
		return nil
	}
	v.goTo("/signin/code")
	return nil
}

// pending is the account that is signed in by half. Without one, a person begins anew.
func (v *visit) pending(tx *store.Tx) (store.Account, error) {
	id := v.sessions.GetInt64(v.r.Context(), keyPending)
	if id == 0 {
		return store.Account{}, errBeginAnew()
	}
	a, err := tx.LockAccount(id)
	if err == nil && a.Version != v.sessions.GetInt64(v.r.Context(), keyVersion) {
		err = errBeginAnew()
	}
	return a, err
}

func errBeginAnew() error {
	return store.NewError(store.Forbidden, "That took too long, or was done elsewhere: sign in again.", nil)
}

// admit finds the place that a whole account is signed in to.
func (v *visit) admit(tx *store.Tx, a store.Account) (store.Staff, error) {
	places, err := tx.PlacesOf(a)
	if err != nil {
		return store.Staff{}, err
	}
	if len(places) == 0 {
		return store.Staff{}, store.NewError(store.Forbidden, "Your address belongs to no program here any more. Ask your administrator.", nil)
	}
	for _, who := range []string{"email:" + strings.ToLower(tx.Reveal(a.Email)), codeGuesser(a)} {
		if err := tx.ClearGuesses(who); err != nil {
			return store.Staff{}, err
		}
	}
	return places[0], v.logEntry(tx, places[0])
}

func (v *visit) signOut() error {
	if err := v.sessions.Destroy(v.r.Context()); err != nil {
		return err
	}
	v.goTo("/signin")
	return nil
}

// changePlace goes to another program that the person works for.
func (v *visit) changePlace() error {
	id, err := formID(v.form("staff"))
	if err != nil {
		return err
	}
	for _, p := range v.me.Places {
		if p.Staff != id || v.me.Account == 0 {
			continue
		}
		var account store.Account
		var staff store.Staff
		err := v.Store.Update(v.r.Context(), func(tx *store.Tx) (err error) {
			if account, err = tx.GetAccount(v.me.Account); err != nil {
				return err
			}
			if staff, err = tx.GetStaff(id); err != nil {
				return err
			}
			return v.logEntry(tx, staff)
		})
		if err == nil {
			err = v.enter(account, staff)
		}
		if err != nil {
			return err
		}
		v.goTo("/")
		return nil
	}
	return store.NewError(store.NotFound, "You do not work for that program.", nil)
}
