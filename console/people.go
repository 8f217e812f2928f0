package console

import (
	"amends/store"
	"amends/store/calendar"
)

// peopleView is who works for the program.
type peopleView struct {
	Rows    []personRow
	Today   calendar.Date
	Manages bool // invites, and resets second factors
	Keeps   bool // records absence
	Mail    bool
	Link    string // an invitation, where no e-mail goes
}

// personRow is a member of staff.
type personRow struct {
	store.Staff
	Name, Phone, Email string
	Away               bool
	Access             string
	Factor             bool
	Cases              int
}

// people is who works for the program.
func (v *visit) people() error { return v.showPeople("") }

func (v *visit) showPeople(link string) error {
	page := peopleView{Today: v.todayIs(), Manages: v.me.Role == administrator, Keeps: keepers.may(v.me.Role), Mail: v.Mail != nil, Link: link}
	err := v.view(func(tx *store.Tx) error {
		staff, err := tx.StaffOf(v.me.Program.ID)
		if err != nil {
			return err
		}
		cases, err := tx.OpenCasesByMediator(v.me.Program.ID)
		if err != nil {
			return err
		}
		page.Rows = nil
		for _, s := range staff {
			row := personRow{Staff: s, Name: tx.Reveal(s.Name), Away: !s.AbsentUntil.IsZero() && !s.AbsentUntil.Before(page.Today)}
			if v.me.Reads() {
				row.Phone, row.Email = readable(tx.Reveal(s.Phone)), tx.Reveal(s.Email)
			}
			a, ok, err := tx.FindAccount(tx.Reveal(s.Email))
			switch {
			case err != nil:
				return err
			case len(s.Email) == 0:
				row.Access = v.page.t("No e-mail address")
			case !ok || len(a.Password) == 0:
				row.Access = v.page.t("Not invited yet")
			case len(a.TOTP) == 0:
				row.Access = v.page.t("No second factor yet")
			default:
				row.Access, row.Factor = v.page.t("Signs in with two factors"), true
			}
			row.Cases = cases[s.ID]
			page.Rows = append(page.Rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("people", layout{Title: v.page.t("People"), Nav: "people", Data: page})
}

// colleague is the member of staff that the path names.
func (v *visit) colleague(tx *store.Tx) (store.Staff, error) {
	s, ok, err := tx.FindStaffByKey(v.me.Program.ID, v.r.PathValue("key"))
	if err == nil && (!ok || !s.Active) {
		err = store.NewError(store.NotFound, "There is no such person.", nil)
	}
	return s, err
}

// setAbsent says until when somebody is away: alerts go to the backup meanwhile.
func (v *visit) setAbsent() error {
	var who store.Staff
	err := v.view(func(tx *store.Tx) (err error) {
		who, err = v.colleague(tx)
		return err
	})
	if err != nil {
		return err
	}
	until, err := caseForm{v}.date("until", false)
	if err != nil {
		return err
	}
	if !until.IsZero() && until.Before(v.todayIs()) {
		return store.NewError(store.Invalid, "The last day away lies ahead, or is today.", nil)
	}
	if err := v.Desk.SetAbsent(v.r.Context(), v.me.Program.Key, who.Key, By{v.me.Staff.Key, v.form("why")}, until); err != nil {
		return err
	}
	return v.done("/people", v.page.t("The absence is recorded."))
}

// invite sends somebody a link to choose a password, or shows it where no e-mail goes.
func (v *visit) invite() error {
	var who store.Staff
	token, email := "", ""
	err := v.Store.Update(v.r.Context(), func(tx *store.Tx) (err error) {
		if who, err = v.colleague(tx); err != nil {
			return err
		}
		if len(who.Email) == 0 {
			return store.NewError(store.Conflict, "That person has no e-mail address in the program file.", nil)
		}
		email = tx.Reveal(who.Email)
		if token, err = newInvitation(tx, v.Rand, email, "invitation", v.Wall(), invitationLasts); err != nil {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(v.me.Program.ID), Actor: v.me.actor(), Action: "staff.invited", Subject: "staff:" + who.Key})
	})
	if err != nil {
		return err
	}
	if v.Mail == nil {
		return v.showPeople(v.welcomeLink(token))
	}
	if err := v.send(v.r.Context(), email, v.page.code, "invitation", letter{Program: v.me.File.Name, Link: v.welcomeLink(token), Hours: int(invitationLasts.Hours())}); err != nil {
		v.Log.Error("an invitation was not sent", "error", err)
		return store.NewError(store.Conflict, "The e-mail server did not take the invitation. Try again later.", err)
	}
	return v.done("/people", v.page.t("The invitation is on its way."))
}

// resetFactor takes a lost second factor off: at the next sign-in a new one is set up. All sessions end.
func (v *visit) resetFactor() error {
	err := v.Store.Update(v.r.Context(), func(tx *store.Tx) error {
		who, err := v.colleague(tx)
		if err != nil {
			return err
		}
		a, ok, err := tx.FindAccount(tx.Reveal(who.Email))
		if err == nil && (!ok || len(a.TOTP) == 0) {
			err = store.NewError(store.Conflict, "That person has no second factor yet.", nil)
		}
		if err != nil {
			return err
		}
		a.TOTP, a.Recovery, a.TOTPStep, a.Version, a.ChangedAt = nil, nil, 0, a.Version+1, store.At(v.Wall())
		if err := tx.SaveAccount(a); err != nil {
			return err
		}
		return tx.Log(store.Entry{At: store.At(v.now()), ProgramID: store.ID(v.me.Program.ID), Actor: v.me.actor(), Action: "staff.factor_reset", Subject: "staff:" + who.Key})
	})
	if err != nil {
		return err
	}
	return v.done("/people", v.page.t("The second factor is taken off. At the next sign-in a new one is set up."))
}
