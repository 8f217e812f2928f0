package understand

import (
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkRead reads the texts that the grammar was tuned on, one an operation.
func BenchmarkRead(b *testing.B) {
	r := New()
	var inputs []Input
	for _, e := range readCorpus(b, filepath.Join("testdata", "tuned.jsonl")) {
		in, err := e.input(r.g.langs)
		if err != nil {
			b.Fatal(err)
		}
		inputs = append(inputs, in)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Read(inputs[i%len(inputs)])
	}
}

// BenchmarkNew makes a Reader, and says how much memory one keeps.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New()
	}
	live := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := live()
	r := New()
	b.ReportMetric((live()-before)/(1<<20), "MiB-kept")
	runtime.KeepAlive(r)
}
