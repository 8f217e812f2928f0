package simulation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"amends/bot/understand"
	"amends/flows"
	"amends/store"
	"amends/templates"
)

// Options say what is lived through.
type Options struct {
	Cases  int
	Days   int
	Seed   uint64
	Faults bool
	// Workers is how many worlds are lived at a time; 0 for one a processor. It changes nothing in the
	// result.
	Workers int
	// Progress is told, from one goroutine at a time, of each stretch of time that a case has lived; nil
	// for nobody.
	Progress func(caseTime time.Duration)
}

// casesAWorld is how many cases share one installation.
const casesAWorld = 50

// Run lives through the worlds and checks the laws in each.
func Run(ctx context.Context, o Options) (*Result, error) {
	if o.Cases < 1 || o.Days < 1 {
		return nil, errors.New("a simulation needs a case and a day at least")
	}
	k, err := newKit(ctx)
	if err != nil {
		return nil, err
	}
	worlds := (o.Cases + casesAWorld - 1) / casesAWorld
	sheets, errs, counts := make([]*sheet, worlds+1), make([]error, worlds+1), make([]counts, worlds+1)
	var progress sync.Mutex
	work := make(chan int)
	var wait sync.WaitGroup
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	for range min(o.Workers, worlds+1) {
		wait.Go(func() {
			for i := range work {
				if i == worlds {
					sheets[i], errs[i] = k.twice(ctx, o)
					continue
				}
				cases := min(casesAWorld, o.Cases-i*casesAWorld)
				told := func(d time.Duration) {
					if o.Progress != nil {
						progress.Lock()
						defer progress.Unlock()
						o.Progress(d * time.Duration(cases))
					}
				}
				var e *evidence
				if e, errs[i] = k.live(ctx, o, o.Seed+uint64(i), cases, told); errs[i] == nil {
					sheets[i], counts[i] = e.check(), e.count()
				}
			}
		})
	}
	for i := range worlds + 1 {
		work <- i
	}
	close(work)
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	r := &Result{Options: o, sheet: &sheet{seed: o.Seed}}
	for i := range worlds + 1 {
		r.sheet.add(sheets[i])
		r.counts.add(counts[i])
	}
	slices.SortStableFunc(r.sheet.breaches, func(a, b breach) int { return int(a.check) - int(b.check) })
	return r, nil
}

// newKit makes what all worlds share.
func newKit(ctx context.Context) (*kit, error) {
	book, err := templates.Load()
	if err != nil {
		return nil, err
	}
	catalogue, err := flows.Load()
	if err != nil {
		return nil, err
	}
	k := &kit{book: book, flows: catalogue, reader: understand.New(), keys: store.NewKeys()}
	k.empty, err = emptyDatabase(ctx, k.keys)
	return k, err
}

// emptyDatabase is the file of a database with its schema and nothing in it.
func emptyDatabase(ctx context.Context, keys *store.Keys) (file []byte, err error) {
	folder, err := os.MkdirTemp("", "amends-simulation-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "amends.db")
	s, err := store.Open(ctx, store.Options{URL: "sqlite:" + path, Keys: keys, NoSync: true, Alone: true})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Migrate(ctx), s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// live lives through one world and gathers what is to be seen of it.
func (k *kit) live(ctx context.Context, o Options, seed uint64, cases int, told func(time.Duration)) (e *evidence, err error) {
	folder, err := os.MkdirTemp("", "amends-simulation-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	w, err := newWorld(k, o, seed, cases, folder)
	if err != nil {
		return nil, fmt.Errorf("the world of seed %d: %w", seed, err)
	}
	w.told = told
	if err := w.live(ctx); err != nil {
		return nil, fmt.Errorf("the world of seed %d, at %s: %w", seed, w.now.UTC().Format(time.RFC3339), err)
	}
	return w.gather(ctx)
}

// twiceCases and twiceDays are the size of the world that is lived twice, for law 8.
const (
	twiceCases = 4
	twiceDays  = 60
)

// twice lives through a small world twice and compares.
func (k *kit) twice(ctx context.Context, o Options) (*sheet, error) {
	o.Days = min(o.Days, twiceDays)
	cases := min(o.Cases, twiceCases)
	s := &sheet{seed: o.Seed}
	a, err := k.live(ctx, o, o.Seed, cases, nil)
	if err != nil {
		return nil, err
	}
	b, err := k.live(ctx, o, o.Seed, cases, nil)
	if err != nil {
		return nil, err
	}
	s.that(a.digest() == b.digest(), sameAgain, a.end, "two worlds of %d cases and %d days of one seed are not the same", cases, o.Days)
	return s, nil
}

// check holds the evidence against the laws.
func (e *evidence) check() *sheet {
	s := &sheet{seed: e.seed}
	for _, law := range []func(*sheet){e.law1, e.law2, e.law3, e.law4, e.law5, e.law6, e.law7, e.law9, e.law10, e.keeping} {
		law(s)
	}
	return s
}
