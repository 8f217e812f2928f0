package main

import (
	"context"
	cryptorand "crypto/rand"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	// The zones of parties and programs must be there where the system has none.
	_ "time/tzdata"
)

// main gives the program the one clock and the one source of chance.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once, as it would any other.
	context.AfterFunc(ctx, stop)

	var seed [32]byte
	_, _ = cryptorand.Read(seed[:]) // never fails, says its documentation
	m := &Main{
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Env:    os.LookupEnv,
		Now:    time.Now,
		After:  time.After,
		Random: rand.NewChaCha8(seed),
		Alone:  true,
	}
	os.Exit(m.Run(ctx, os.Args[1:]))
}
