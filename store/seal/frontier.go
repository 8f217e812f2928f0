package seal

import "golang.org/x/mod/sumdb/tlog"

// Frontier is a tree that hashes are added to one by one. It holds no more of them than it needs for its root: one a
// level.
type Frontier struct {
	size  int64
	peaks []tlog.Hash // of the whole subtrees, the largest first
}

// Add adds the hash of the next leaf.
func (f *Frontier) Add(h tlog.Hash) {
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.peaks) - 1
		h = tlog.NodeHash(f.peaks[last], h)
		f.peaks = f.peaks[:last]
	}
	f.peaks = append(f.peaks, h)
	f.size++
}

// Size is how many leaves there are.
func (f *Frontier) Size() int64 { return f.size }

// Root is the tree's hash.
func (f *Frontier) Root() tlog.Hash {
	if f.size == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing
		return empty
	}
	last := len(f.peaks) - 1
	h := f.peaks[last]
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(f.peaks[i], h)
	}
	return h
}
