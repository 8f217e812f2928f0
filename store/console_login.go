package store

import (
	"context"
	"time"
)

// Logins are the console's sessions, as the session library wants them kept: sealed, and found by a token's hash.
type Logins struct {
	Store *Store
	Now   func() time.Time // the real time: sessions go by no demo's clock
}

// CommitCtx keeps a session until it expires.
func (l Logins) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return l.Store.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec("save login", `
			INSERT INTO logins (token, data, expires_at)
			VALUES (?, ?, ?)
			ON CONFLICT (token) DO UPDATE
			SET data = excluded.data, expires_at = excluded.expires_at`, token, tx.Seal(string(data)), At(expiry))
		return err
	})
}

// FindCtx is the session of a token, unless it has expired.
func (l Logins) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = l.Store.View(ctx, func(tx *Tx) error {
		var sealed Sealed
		sealed, found, err = find[Sealed](tx, "find login", `
			SELECT data
			FROM logins
			WHERE token = ?
			  AND expires_at > ?`, token, At(l.Now()))
		data = []byte(tx.Reveal(sealed))
		return err
	})
	return data, found, err
}

// DeleteCtx ends a session, and with it whatever has expired.
func (l Logins) DeleteCtx(ctx context.Context, token string) error {
	return l.Store.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec("delete login", `
			DELETE FROM logins
			WHERE token = ?
			   OR expires_at <= ?`, token, At(l.Now()))
		return err
	})
}

// Commit is CommitCtx without a context.
func (l Logins) Commit(token string, data []byte, expiry time.Time) error {
	return l.CommitCtx(context.Background(), token, data, expiry)
}

// Find is FindCtx without a context.
func (l Logins) Find(token string) ([]byte, bool, error) {
	return l.FindCtx(context.Background(), token)
}

// Delete is DeleteCtx without a context.
func (l Logins) Delete(token string) error { return l.DeleteCtx(context.Background(), token) }
