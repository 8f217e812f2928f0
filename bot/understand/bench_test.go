package understand

import (
	"path/filepath"
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

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}
