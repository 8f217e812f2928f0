package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// serviceLog is the log of a service, on standard error: for a person at a terminal, else as JSON.
func (m *Main) serviceLog() *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if isTerminal(m.Stderr) {
		return slog.New(slog.NewTextHandler(m.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(m.Stderr, options))
}

// quietLog is the log of a command: only what is out of order, in words.
func (m *Main) quietLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(m.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
