package store

import (
	"fmt"
	"strconv"
	"time"
)

// reconciledAt is the note in installation of up to when the provider's list was compared with ours.
const reconciledAt = "reconciled_at"

// Reconciled is up to when the texts that the provider has were compared with ours; zero for never.
func (tx *Tx) Reconciled() (Instant, error) {
	value, ok, err := find[[]byte](tx, "reconciled", `
		SELECT value
		FROM installation
		WHERE name = ?`, reconciledAt)
	if err != nil || !ok {
		return 0, err
	}
	at, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reconciled: %w", err)
	}
	return Instant(at), nil
}

// SetReconciled notes it.
func (tx *Tx) SetReconciled(at time.Time) error {
	_, err := tx.exec("set reconciled", `
		INSERT INTO installation (name, value)
		VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, reconciledAt, []byte(strconv.FormatInt(int64(At(at)), 10)))
	return err
}
