package intake_test

import (
	"fmt"
	"strings"

	"amends/store/intake"
)

// All faults come at once, each a sentence, without names and numbers.
func ExampleParseCase() {
	_, err := intake.ParseCase("case.yaml", strings.NewReader(`
program: riverside
reference: RJ-2026-0142
mediated_on: 2026-02-30
mediator: dana
parties:
  - {key: v, role: victim, name: Alex Kim, phone: "555-01"}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102"}
agreement:
  - {key: letter, kind: apology_letter, by: v, due: 2026-03-20}
`))
	fmt.Println(err)
	// Output:
	// case.yaml line 4: mediated_on is not a date of the calendar; write it as 2026-03-02
	// case.yaml line 7: parties[v].phone is not a phone number that can exist; write it with its country code, such as +13125550100
	// case.yaml line 10: agreement[letter].by must be the key of a party on an offender's side of this case
}
