package store

import "time"

// Account is a person with an e-mail address who may sign in to the console. What the account may see are its places: the
// active staff, of whichever programs, that bear its address.
type Account struct {
	ID        int64   `db:"id"`
	Email     Sealed  `db:"email"`
	Password  Sealed  `db:"password"`  // its hash; nil for none yet
	TOTP      Sealed  `db:"totp"`      // the second factor's secret; nil for none yet
	TOTPStep  int64   `db:"totp_step"` // of the last code taken: none is taken twice
	Recovery  Sealed  `db:"recovery"`  // hashes of the recovery codes that are left, JSON
	Version   int64   `db:"version"`   // grows with each change of password or second factor; a session bears it
	ChangedAt Instant `db:"changed_at"`
}

const accountColumns = `id, email, password, totp, totp_step, recovery, version, changed_at`

// FindAccount is the account of an e-mail address, however it is written.
func (tx *Tx) FindAccount(email string) (Account, bool, error) {
	return find[Account](tx, "find account", `
		SELECT `+accountColumns+`
		FROM accounts
		WHERE email_hash = ?`, hash(tx.s.keys.Hash("email", email)))
}

// GetAccount is the account with that ID.
func (tx *Tx) GetAccount(id int64) (Account, error) {
	return get[Account](tx, "account", `
		SELECT `+accountColumns+`
		FROM accounts
		WHERE id = ?`, id)
}

// LockAccount is GetAccount, and keeps the account from other writers.
func (tx *Tx) LockAccount(id int64) (Account, error) {
	return get[Account](tx, "account", `
		SELECT `+accountColumns+`
		FROM accounts
		WHERE id = ?`+tx.s.dialect.lock, id)
}

// AddAccount is the account of an e-mail address, made if there is none.
func (tx *Tx) AddAccount(email string, now time.Time) (Account, error) {
	if a, ok, err := tx.FindAccount(email); ok || err != nil {
		return a, err
	}
	a := Account{Email: tx.Seal(email), Version: 1, ChangedAt: At(now)}
	err := tx.insert("add account", &a.ID, `
		INSERT INTO accounts (email_hash, email, version, changed_at)
		VALUES (?, ?, ?, ?)`, hash(tx.s.keys.Hash("email", email)), a.Email, a.Version, a.ChangedAt)
	return a, err
}

// SaveAccount writes an account's password and second factor; its address stays.
func (tx *Tx) SaveAccount(a Account) error {
	return tx.save("account", `
		UPDATE accounts
		SET password = ?, totp = ?, totp_step = ?, recovery = ?, version = ?, changed_at = ?
		WHERE id = ?`, a.Password, a.TOTP, a.TOTPStep, a.Recovery, a.Version, a.ChangedAt, a.ID)
}

// PlacesOf are the active staff that bear an account's address, by program.
func (tx *Tx) PlacesOf(a Account) ([]Staff, error) {
	return list[Staff](tx, "places of an account", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE email_hash = ?
		  AND active = 1
		ORDER BY program_id, id`, hash(tx.s.keys.Hash("email", tx.Reveal(a.Email))))
}

// Invitation lets whoever holds its token set an account's password, once and until it expires.
type Invitation struct {
	ID        int64   `db:"id"`
	AccountID int64   `db:"account_id"`
	Kind      string  `db:"kind"`    // invitation, reset
	Version   int64   `db:"version"` // the account's when it was made: a password set meanwhile ends it
	ExpiresAt Instant `db:"expires_at"`
}

// AddInvitation adds an invitation that is found by its token alone, and sets its ID.
func (tx *Tx) AddInvitation(i *Invitation, token string) error {
	return tx.insert("add invitation", &i.ID, `
		INSERT INTO invitations (token_hash, account_id, kind, version, expires_at)
		VALUES (?, ?, ?, ?, ?)`, hash(tx.s.keys.Hash("token", token)), i.AccountID, i.Kind, i.Version, i.ExpiresAt)
}

// FindInvitation is the invitation of that token.
func (tx *Tx) FindInvitation(token string) (Invitation, bool, error) {
	return find[Invitation](tx, "find invitation", `
		SELECT id, account_id, kind, version, expires_at
		FROM invitations
		WHERE token_hash = ?`, hash(tx.s.keys.Hash("token", token)))
}

// DeleteInvitations ends all invitations of an account.
func (tx *Tx) DeleteInvitations(accountID int64) error {
	_, err := tx.exec("delete invitations", `
		DELETE FROM invitations
		WHERE account_id = ?`, accountID)
	return err
}

// Guesses are sign-ins in a row that failed.
type Guesses struct {
	Failures int     `db:"failures"`
	LastAt   Instant `db:"last_at"`
}

// LockGuesses are the failures in a row of somebody: an e-mail address, known or not, or where the requests come from.
// Nobody else changes them meanwhile.
func (tx *Tx) LockGuesses(who string) (Guesses, error) {
	g, _, err := find[Guesses](tx, "guesses", `
		SELECT failures, last_at
		FROM guesses
		WHERE who_hash = ?`+tx.s.dialect.lock, hash(tx.s.keys.Hash("guess", who)))
	return g, err
}

// AddGuess counts a failure. What is older than since counts no longer.
func (tx *Tx) AddGuess(who string, now time.Time, since time.Time) error {
	_, err := tx.exec("add guess", `
		INSERT INTO guesses (who_hash, failures, last_at)
		VALUES (?, 1, ?)
		ON CONFLICT (who_hash) DO UPDATE
		SET failures = CASE WHEN guesses.last_at < ? THEN 1 ELSE guesses.failures + 1 END, last_at = excluded.last_at`,
		hash(tx.s.keys.Hash("guess", who)), At(now), At(since))
	return err
}

// TakeBackGuess takes back a failure that was none.
func (tx *Tx) TakeBackGuess(who string) error {
	_, err := tx.exec("take a guess back", `
		UPDATE guesses
		SET failures = failures - 1
		WHERE who_hash = ?
		  AND failures > 0`, hash(tx.s.keys.Hash("guess", who)))
	return err
}

// ClearGuesses forgets the failures of somebody who has signed in.
func (tx *Tx) ClearGuesses(who string) error {
	_, err := tx.exec("clear guesses", `
		DELETE FROM guesses
		WHERE who_hash = ?`, hash(tx.s.keys.Hash("guess", who)))
	return err
}

// StaffByEmail are the active staff of all programs that bear an e-mail address.
func (tx *Tx) StaffByEmail(email string) ([]Staff, error) {
	return list[Staff](tx, "staff by e-mail", `
		SELECT `+staffColumns+`
		FROM staff
		WHERE email_hash = ?
		  AND active = 1
		ORDER BY program_id, id`, hash(tx.s.keys.Hash("email", email)))
}
