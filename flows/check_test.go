package flows_test

import (
	"testing"

	"amends/flows"
	"amends/templates"
)

func TestCheck(t *testing.T) {
	c, err := flows.Load()
	if err != nil {
		t.Fatal(err)
	}
	b, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows.Check(c, b) {
		t.Error(f)
	}
}
