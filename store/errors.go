package store

import (
	"context"
	"errors"
)

// Code says what kind of failure an error is.
type Code string

// The codes.
const (
	Invalid   Code = "invalid"   // what was asked makes no sense; ask differently
	NotFound  Code = "not_found" // what was asked for isn't there
	Conflict  Code = "conflict"  // it was changed meanwhile, or is there already
	Forbidden Code = "forbidden" // not for this person
	Internal  Code = "internal"  // our fault or the machine's: logged, and told as no more than that
)

// Error is a failure with a sentence for the person who asked. The sentence names no party, number
// or text.
type Error struct {
	Code     Code
	Sentence string
	err      error
}

// NewError is an error of that code. The cause, which may be nil, is for the log alone.
func NewError(code Code, sentence string, cause error) *Error {
	return &Error{Code: code, Sentence: sentence, err: cause}
}

// Error is the sentence and its cause.
func (e *Error) Error() string {
	if e.err == nil {
		return e.Sentence
	}
	return e.Sentence + ": " + e.err.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.err }

// CodeOf is the code of err: "" for none, Internal for an error that bears no code.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Sentence is what a person is told of err. Of an error without a code it is that something went
// wrong, and no more.
func Sentence(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Sentence
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return "This took too long and was given up."
	}
	return "Something went wrong on our side; it is in the log."
}
