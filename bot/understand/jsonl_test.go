package understand

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	t.Parallel()
	in := `{"id":1,"text":"STOP please","lang":"en","role":"victim","expect":"none","now":"2026-03-04T10:00:00-05:00"}

{"id":"b","text":"4 out of 5","lang":"en","role":"victim","expect":"scale","min":1,"max":5,"now":"2026-03-04T10:00:00-05:00"}
{"id":[3],"text":"yeah I sent it friday","lang":"en","role":"offender","expect":{"kind":"yes_no"},"now":"2026-03-04T10:00:00-05:00"}
not json
{"id":5,"text":"hi","lang":"xx","role":"victim","expect":"none","now":"2026-03-04T10:00:00-05:00"}
{"id":6,"text":"la segunda","lang":"es","role":"victim","expect":{"type":"choice","options":["lunes","martes"]},"now":"2026-03-04T10:00:00-05:00"}`
	want := `{"id":1,"intent":"stop","amount_cents":null,"date":null,"number":null,"choice":null,"yes":null,"language":null,"risk":"none"}
{"id":"b","intent":"answer","amount_cents":null,"date":null,"number":4,"choice":null,"yes":null,"language":null,"risk":"none"}
{"id":[3],"intent":"answer","amount_cents":null,"date":"2026-02-27","number":null,"choice":null,"yes":true,"language":null,"risk":"none"}
{"id":null,"error":"not a line of input: not JSON"}
{"id":5,"error":"lang must be one of en, es"}
{"id":6,"intent":"answer","amount_cents":null,"date":null,"number":null,"choice":2,"yes":null,"language":null,"risk":"none"}
`
	var out strings.Builder
	faults, err := New().Run(strings.NewReader(in), &out, false)
	if err != nil || faults != 2 {
		t.Fatalf("faults %d, err %v", faults, err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
