package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"amends/store"
)

// plain is an error as a person reads it: the sentence, and the innermost cause where the fault is ours or the machine's.
// Neither bears a name, a number, a text or a password: what gives the errors sees to that.
func plain(err error) string {
	known, ok := errors.AsType[*store.Error](err)
	if !ok {
		return err.Error()
	}
	sentence := strings.TrimSuffix(known.Sentence, ".")
	why := innermost(known)
	if why == nil || (known.Code != store.Internal && !fromSystem(why)) {
		return sentence
	}
	return sentence + ": " + why.Error()
}

// sentences are what an error says, one for each of the errors that were joined in it.
func sentences(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, one := range joined.Unwrap() {
			all = append(all, sentences(one)...)
		}
		return all
	}
	return []string{plain(err)}
}

// innermost is the cause at the end of the chain, nil if there is none.
func innermost(err error) error {
	var last error
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
		if path, ok := next.(*fs.PathError); ok {
			return path.Err
		}
		last = next
	}
	return last
}

// fromSystem says whether the operating system said so: no permission, no such file, no room.
func fromSystem(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrInvalid) ||
		errors.Is(err, fs.ErrExist)
}
