package scheduler_test

import "testing"

const threeInstalments = `
program: riverside
reference: RJ-1
mediated_on: 2026-03-02
mediator: dana
backup: sam
parties:
  - {key: v, role: victim,   name: Alex Kim,   phone: "+13125550101", language: en, consent: {on: 2026-03-02, how: signed form}}
  - {key: o, role: offender, name: Jordan Fox, phone: "+13125550102", language: en}
agreement:
  - {key: money, kind: restitution, by: o, to: v, total: "300.00", instalments: {count: 3, every: month, first: 2026-04-01}}
`

func TestPeek(t *testing.T) {
	story(t, "2026-03-02 10:00", func(s *stage) {
		s.add(threeInstalments)
		s.at("2026-03-02 12:00")
		s.writes("jordan", "1")
		s.at("2026-03-04 18:00")
		s.writes("alex", "1")
		s.writes("alex", "4")
		s.at("2026-03-04 19:00")
		s.writes("jordan", "5")
		s.writes("jordan", "2")
		s.at("2026-04-01 18:00")
		s.writes("jordan", "paid 100")
		s.at("2026-04-02 18:00")
		s.writes("alex", "1")
		s.at("2026-05-30 18:00")
		t.Log(s.thread("alex"), s.thread("jordan"), s.thread("dana"), s.thread("sam"), s.thread("kim"))
	})
}
