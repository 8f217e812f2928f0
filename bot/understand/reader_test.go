package understand

import "testing"

func TestNew(t *testing.T) {
	t.Parallel()
	if got := New().Languages(); len(got) < 2 {
		t.Fatalf("languages: %v", got)
	}
}
