// Command amends follows up victim-offender mediation by text message.
//
// It builds the parts and joins them, and decides nothing: what a text means, what is asked and what follows stand in
// the packages below it. One file holds one command. Main is the program as a value: main gives it the process's own
// standard streams, environment, clock and chance, and the end-to-end tests give it theirs.
//
//	m := &Main{Stdout: &out, Stderr: &errs, Env: env, Now: now, After: time.After, Random: rand.NewChaCha8(seed)}
//	status := m.Run(ctx, []string{"case", "add", "case.yaml"})
package main
