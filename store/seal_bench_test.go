package store_test

import (
	"fmt"
	"testing"

	"amends/store"
	"amends/store/storetest"
)

// BenchmarkSealAudit seals ten new entries on top of a thousand and of a hundred thousand: the same within a few tiles.
func BenchmarkSealAudit(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, had := range []int{1_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", dialect, had), func(b *testing.B) {
				s, w := sealedLog(b, dialect, had)
				for b.Loop() {
					b.StopTimer()
					write(b, s, w, 10)
					b.StartTimer()
					if _, err := s.SealAudit(b.Context(), noon(), salts()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkVerifyAudit reads a log to its end; the figure to compare is that of one entry.
func BenchmarkVerifyAudit(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, had := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", dialect, had), func(b *testing.B) {
				s, _ := sealedLog(b, dialect, had)
				for b.Loop() {
					whole(b, s, had)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*had), "µs/entry")
			})
		}
	}
}

// sealedLog is a log of so many entries, a third of them with words, all sealed.
func sealedLog(b *testing.B, dialect string, entries int) (*store.Store, *world) {
	b.Helper()
	s := storetest.Open(b, dialect)
	w := begin(b, s)
	for left := entries; left > 0; left -= 5_000 {
		write(b, s, w, min(left, 5_000))
	}
	did, err := s.SealAudit(b.Context(), noon(), salts())
	if err != nil || did.Entries != entries {
		b.Fatal(did, err)
	}
	return s, w
}
