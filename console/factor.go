package console

import (
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends/store"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

const (
	totpPeriod    = 30 // seconds, as authenticator apps have it
	recoveryCodes = 10
)

// codePage asks for the second factor.
func (v *visit) codePage() error { return v.showCode(http.StatusOK, nil) }

func (v *visit) showCode(status int, wrong error) error {
	if v.sessions.GetInt64(v.r.Context(), keyPending) == 0 {
		v.goTo("/signin")
		return nil
	}
	l := layout{Title: v.page.t("Your second factor")}
	if wrong != nil {
		l.Alert = v.page.t(store.Sentence(wrong))
	}
	return v.showAs(status, "code", l)
}

func codeGuesser(a store.Account) string { return "code:" + strconv.FormatInt(a.ID, 10) }

// enterCode takes the code of an authenticator app, or a recovery code, each once.
func (v *visit) enterCode() error {
	id := v.sessions.GetInt64(v.r.Context(), keyPending)
	if id == 0 {
		v.goTo("/signin")
		return nil
	}
	guessers := v.guessers(codeGuesser(store.Account{ID: id}))
	if err := v.tries(guessers); err != nil {
		if store.CodeOf(err) != store.Forbidden {
			return err
		}
		return v.showCode(http.StatusTooManyRequests, err)
	}
	right := false
	var a store.Account
	var staff store.Staff
	err := v.Store.Update(v.r.Context(), func(tx *store.Tx) (err error) {
		if a, err = v.pending(tx); err != nil {
			return err
		}
		if right, err = v.takeCode(tx, &a, v.form("code")); err != nil || !right {
			return err
		}
		if err := tx.SaveAccount(a); err != nil {
			return err
		}
		staff, err = v.admit(tx, a)
		return err
	})
	if err == nil && right {
		err = v.hits(guessers)
	}
	if err == nil && right {
		err = v.enter(a, staff)
	}
	if err != nil {
		return err
	}
	if !right {
		return v.showCode(http.StatusForbidden, store.NewError(store.Forbidden, "That code is not right, or was used already. Wait for the next one.", nil))
	}
	v.goTo(v.wanted())
	return nil
}

// takeCode uses up a code of the app or a recovery code, if it is one.
func (v *visit) takeCode(tx *store.Tx, a *store.Account, code string) (bool, error) {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	step, right := totpStep(tx.Reveal(a.TOTP), code, v.Wall())
	if right {
		if step <= a.TOTPStep {
			return false, nil
		}
		a.TOTPStep = step
		return true, nil
	}
	var left []string
	if err := tx.RevealJSON(a.Recovery, &left); err != nil {
		return false, err
	}
	i := slices.Index(left, v.recoveryHash(code))
	if i < 0 {
		return false, nil
	}
	a.Recovery = tx.SealJSON(slices.Delete(left, i, i+1))
	return true, nil
}

func (v *visit) recoveryHash(code string) string {
	return hex.EncodeToString(v.Store.Keys().Hash("recovery", code))
}

// totpStep is the time step whose code that is: the one of now, the last or the next, for clocks are never quite alike.
func totpStep(secret, code string, now time.Time) (step int64, right bool) {
	for _, skew := range []int64{0, -1, 1} {
		at := now.Add(time.Duration(skew*totpPeriod) * time.Second)
		want, err := totp.GenerateCode(secret, at)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at.Unix() / totpPeriod, true
		}
	}
	return 0, false
}

// factor is the page that sets the second factor up, and later shows the recovery codes.
type factor struct {
	Secret string
	QR     template.HTML
	Codes  []string
}

// factorPage shows the secret for an authenticator app, or, once that is set up, the recovery codes.
func (v *visit) factorPage() error { return v.showFactor(http.StatusOK, nil) }

func (v *visit) showFactor(status int, wrong error) error {
	ctx := v.r.Context()
	if codes := v.sessions.PopString(ctx, keyCodes); codes != "" {
		return v.show("codes", layout{Title: v.page.t("Recovery codes"), Data: factor{Codes: strings.Fields(codes)}})
	}
	if v.sessions.GetInt64(ctx, keyPending) == 0 {
		v.goTo("/signin")
		return nil
	}
	secret, email := v.sessions.GetString(ctx, keySecret), ""
	err := v.Store.Update(ctx, func(tx *store.Tx) error {
		a, err := v.pending(tx)
		if err == nil && len(a.TOTP) > 0 {
			err = errBeginAnew()
		}
		email = tx.Reveal(a.Email)
		return err
	})
	if err != nil {
		return err
	}
	if secret == "" {
		var random [20]byte
		if _, err := io.ReadFull(v.Rand, random[:]); err != nil {
			return err
		}
		secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[:])
		v.sessions.Put(ctx, keySecret, secret)
	}
	picture, err := qrPicture(secret, email, v.page.t("A code to scan with an authenticator app"))
	if err != nil {
		return err
	}
	l := layout{Title: v.page.t("Set up your second factor"), Data: factor{Secret: inFours(secret), QR: picture}}
	if wrong != nil {
		l.Alert = v.page.t(store.Sentence(wrong))
	}
	return v.showAs(status, "factor", l)
}

// setFactor takes the first code of the app, gives the recovery codes out and signs in.
func (v *visit) setFactor() error {
	ctx := v.r.Context()
	secret := v.sessions.GetString(ctx, keySecret)
	step, right := totpStep(secret, strings.ReplaceAll(v.form("code"), " ", ""), v.Wall())
	if secret == "" || !right {
		return v.showFactor(http.StatusUnprocessableEntity, store.NewError(store.Invalid, "That is not the code that the app shows now. Scan the picture again, or check the clock of your phone.", nil))
	}
	var codes []string
	var a store.Account
	var staff store.Staff
	err := v.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if a, err = v.pending(tx); err != nil {
			return err
		}
		if len(a.TOTP) > 0 {
			return errBeginAnew()
		}
		a.TOTP, a.TOTPStep = tx.Seal(secret), step
		if codes, err = v.giveCodes(tx, &a); err != nil {
			return err
		}
		a.Version++
		a.ChangedAt = store.At(v.Wall())
		if err := tx.SaveAccount(a); err != nil {
			return err
		}
		staff, err = v.admit(tx, a)
		return err
	})
	if err == nil {
		err = v.enter(a, staff)
	}
	if err != nil {
		return err
	}
	v.sessions.Put(ctx, keyCodes, strings.Join(codes, " "))
	v.goTo("/signin/factor")
	return nil
}

// giveCodes makes new recovery codes in place of those there were.
func (v *visit) giveCodes(tx *store.Tx, a *store.Account) ([]string, error) {
	var codes, hashes []string
	for range recoveryCodes {
		token, err := v.token()
		if err != nil {
			return nil, err
		}
		code := strings.ToUpper(token[:10]) // 50 bits, and guesses are slow
		codes, hashes = append(codes, code[:5]+"-"+code[5:]), append(hashes, v.recoveryHash(code))
	}
	a.Recovery = tx.SealJSON(hashes)
	return codes, nil
}

// newCodes gives out new recovery codes for the password.
func (v *visit) newCodes() error {
	var codes []string
	err := v.ownAccount(func(tx *store.Tx, a *store.Account) (err error) {
		codes, err = v.giveCodes(tx, a)
		return err
	})
	if err != nil {
		return err
	}
	v.sessions.Put(v.r.Context(), keyCodes, strings.Join(codes, " "))
	v.goTo("/signin/factor")
	return nil
}

// qrPicture is the secret as a picture, drawn as one path so that it needs no style.
func qrPicture(secret, email, name string) (template.HTML, error) {
	key, err := otp.NewKeyFromURL(otpURL(secret, email))
	if err != nil {
		return "", fmt.Errorf("a key for the app: %T", err) // its words quote the secret
	}
	code, err := qr.Encode(key.String(), qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw the key: %T", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s"><rect width="100%%" height="100%%" fill="#fff"/><path d="%s" fill="#000"/></svg>`,
		size+8, size+8, template.HTMLEscapeString(name), path.String())), nil
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}
