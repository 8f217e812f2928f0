package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// canary is a text of no meaning, sealed and hashed with the first keys that came to a database. Who
// can't open it has other keys, and would make the database unreadable bit by bit.
const canary = "canary"

// checkKeys refuses keys that don't belong to the database; the first to come do.
func (s *Store) checkKeys(ctx context.Context) error {
	sealed, hashed, err := s.findCanary(ctx)
	if err != nil {
		return err
	}
	if sealed == nil || hashed == nil {
		if err := s.addCanary(ctx); err != nil {
			return err
		}
		if sealed, hashed, err = s.findCanary(ctx); err != nil {
			return err
		}
	}
	text, err := s.keys.Open(sealed)
	if err == nil && (text != canary || !bytes.Equal(hashed, s.keys.Hash(canary, canary))) {
		err = errors.New("the canary is another")
	}
	if err != nil {
		return NewError(Invalid, "This keyset does not belong to this database: use the keyset file that the database was begun with, or a newer copy of it.", err)
	}
	return nil
}

func (s *Store) findCanary(ctx context.Context) (sealed Sealed, hashed []byte, err error) {
	var rows []struct {
		Name  string `db:"name"`
		Value []byte `db:"value"`
	}
	err = s.reader.db.SelectContext(ctx, &rows, `
		SELECT name, value
		FROM installation
		WHERE name IN ('canary', 'canary_hash')`)
	if err != nil {
		return nil, nil, told(fmt.Errorf("find canary: %w", err))
	}
	for _, row := range rows {
		if row.Name == canary {
			sealed = row.Value
		} else {
			hashed = row.Value
		}
	}
	return sealed, hashed, nil
}

// addCanary leaves another instance's as it is.
func (s *Store) addCanary(ctx context.Context) error {
	return s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec("add canary", `
			INSERT INTO installation (name, value)
			VALUES ('canary', ?), ('canary_hash', ?)
			ON CONFLICT (name) DO NOTHING`,
			tx.Seal(canary), hash(s.keys.Hash(canary, canary)))
		return err
	})
}
