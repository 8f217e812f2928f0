package store

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"time"
)

// Instant is a UTC instant in milliseconds since 1970; 0 is none and stands as NULL.
type Instant int64

// At is the instant of t.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time is the instant as a time in UTC; the zero time for none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// Scan reads the column.
func (i *Instant) Scan(src any) error { return scanInt((*int64)(i), src) }

// Value writes the column.
func (i Instant) Value() (driver.Value, error) { return intOrNull(int64(i)), nil }

// ID refers to a row that need not be there; 0 is none and stands as NULL.
type ID int64

// Scan reads the column.
func (i *ID) Scan(src any) error { return scanInt((*int64)(i), src) }

// Value writes the column.
func (i ID) Value() (driver.Value, error) { return intOrNull(int64(i)), nil }

// Word is a word that need not be there; "" is none and stands as NULL.
type Word string

// Scan reads the column.
func (w *Word) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*w = ""
	case string:
		*w = Word(v)
	case []byte:
		*w = Word(v)
	default:
		return fmt.Errorf("store: a word from %T", src)
	}
	return nil
}

// Value writes the column.
func (w Word) Value() (driver.Value, error) {
	if w == "" {
		return nil, nil
	}
	return string(w), nil
}

// hash is a keyed hash on its way to a column; none stands as NULL.
type hash []byte

// Value writes the column.
func (h hash) Value() (driver.Value, error) { return Sealed(h).Value() }

// flag writes a bool to a column of 0 and 1.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func scanInt(to *int64, src any) error {
	switch v := src.(type) {
	case nil:
		*to = 0
	case int64:
		*to = v
	default:
		return fmt.Errorf("store: a number from %T", src)
	}
	return nil
}

func intOrNull(i int64) driver.Value {
	if i == 0 {
		return nil
	}
	return i
}

// Sealed is text that is encrypted at rest. Only Tx.Reveal opens it, so it cannot be logged,
// printed or compared by accident.
type Sealed []byte

// Scan reads the column.
func (s *Sealed) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = nil
	case []byte:
		*s = bytes.Clone(v) // the driver uses its bytes again
	default:
		return fmt.Errorf("store: a sealed text from %T", src)
	}
	return nil
}

// Value writes the column; nothing stands as NULL.
func (s Sealed) Value() (driver.Value, error) {
	if len(s) == 0 {
		return nil, nil
	}
	return []byte(s), nil
}

// String says that it is sealed, and no more.
func (s Sealed) String() string { return "[sealed]" }

// GoString likewise.
func (s Sealed) GoString() string { return "[sealed]" }
