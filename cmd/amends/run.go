package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFaults = 1 // the work found faults
	exitUsage  = 2 // wrong use of the command line
)

// Main is the program with all that comes from outside it.
type Main struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(name string) (string, bool)
	Now            func() time.Time
	After          func(time.Duration) <-chan time.Time
	Random         rand.Source // drawn from by one goroutine at a time
	// Alone says that the process is this program's: a service may then keep the process's memory small.
	Alone bool

	chance *chance
}

// Run runs one command and gives the exit status. What goes wrong is on Stderr, in one sentence a fault. A context that
// ends while a service runs ends it in good order.
func (m *Main) Run(ctx context.Context, args []string) int {
	m.chance = newChance(m.Random)
	err := m.run(ctx, args)
	if err == nil {
		return exitDone
	}
	var silent silentError
	if !errors.As(err, &silent) {
		m.tell(err)
	}
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFaults
}

// tell says what went wrong, a sentence a line. A line that is indented belongs to the one above it.
func (m *Main) tell(err error) {
	for _, sentence := range sentences(err) {
		for line := range strings.Lines(sentence) {
			line = strings.TrimRight(line, "\n")
			if !strings.HasPrefix(line, " ") {
				line = "amends: " + line
			}
			fmt.Fprintln(m.Stderr, line)
		}
	}
}

// usageError is wrong use of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// silentError says that the faults have been told already.
type silentError struct{}

func (silentError) Error() string { return "faults" }
