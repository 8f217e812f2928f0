package scheduler_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"amends/store/storetest"
)

// pgbenchSeconds is how long pgbench runs.
const pgbenchSeconds = 5

// pgbench runs the statements of one inbound text, as they went over the wire, from as many clients on the
// same database, and says how many such transactions a second it did; false where it is not installed.
func (s *bench) pgbench(b *testing.B, db storetest.Database, clients int) (float64, bool) {
	program, err := exec.LookPath("pgbench")
	if err != nil {
		b.Logf("no pgbench beside it: %v", err)
		return 0, false
	}
	tapped := db
	var w *wire
	w, tapped.URL = tap(b, db.URL)
	on := s.store
	s.bot.Store = tapped.Open(b)
	defer func() { s.bot.Store = on }()
	first, second := 50, 150 // two phones: what differs between them in proportion is a row of theirs
	for range 3 {
		s.inbound(first)
		s.inbound(second)
	}
	direct, err := sql.Open("postgres", db.URL)
	must(b, err)
	defer func() { _ = direct.Close() }()
	lineOf := func(phone int) (id int) {
		must(b, direct.QueryRowContext(b.Context(), `SELECT p.line_id FROM parties p JOIN cases c ON c.id = p.case_id
			WHERE c.reference = $1 AND p.key = 'o'`, fmt.Sprintf("RJ-%d", phone)).Scan(&id))
		return id
	}
	one := w.during(func() { s.inbound(first) })
	s.ahead.Add(-int64(perText)) // at the same time once more
	other := w.during(func() { s.inbound(second) })
	x := benchScript{b: b, first: first, second: second, returned: map[string]string{}}
	x.line = x.reckoned(lineOf(first), lineOf(second))
	path := filepath.Join(b.TempDir(), "inbound.sql")
	must(b, os.WriteFile(path, []byte(x.script(one, other)), 0o600))

	// Phones are found by what a script can reckon.
	_, err = direct.ExecContext(b.Context(), `UPDATE lines SET phone_hash = decode(lpad(to_hex(id), 32, '0'), 'hex')`)
	must(b, err)
	ctx, cancel := context.WithTimeout(b.Context(), pgbenchSeconds*time.Second+time.Minute)
	defer cancel()
	// As many connections as ours: more do not make it faster.
	command := exec.CommandContext(ctx, program, "--no-vacuum", "--protocol=prepared", "--file="+path,
		"--client="+strconv.Itoa(clients), "--jobs=2", "--time="+strconv.Itoa(pgbenchSeconds), db.URL)
	said, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, said)
	}
	found := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(said)
	if found == nil {
		b.Fatalf("pgbench said no rate:\n%s", said)
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	must(b, err)
	return rate, true
}

var placeholder = regexp.MustCompile(`\$[0-9]+`)

// benchScript makes a script for pgbench of the same event of two phones: what is alike in both stays, a
// number is reckoned from the phone's, what was made up is made up anew.
type benchScript struct {
	b             *testing.B
	first, second int
	line          string
	returned      map[string]string // the key that a row got, and how the script calls it
}

func (x *benchScript) script(one, other []statement) string {
	if len(one) != len(other) {
		x.b.Fatalf("one text took %d statements, another %d", len(one), len(other))
	}
	x.b.ReportMetric(float64(len(one)-2), "statements") // beside BEGIN and COMMIT
	var script strings.Builder
	script.WriteString("\\set n :client_id * 3 + random(0, 2)\n\\set r random(1, 1000000000000000)\n")
	for i, s := range one {
		text := strings.Join(strings.Fields(s.text), " ")
		script.WriteString(placeholder.ReplaceAllStringFunc(text, func(mark string) string {
			n, _ := strconv.Atoi(mark[1:])
			return x.value(text, s.args[n-1], other[i].args[n-1])
		}) + ";\n")
		if table, ok := strings.CutPrefix(text, "INSERT INTO "); ok && strings.HasSuffix(text, "RETURNING id") {
			table, _, _ = strings.Cut(table, " ")
			for _, row := range s.returned {
				x.returned[row[0]] = `currval(pg_get_serial_sequence('` + table + `', 'id'))`
			}
		}
	}
	return script.String()
}

func (x *benchScript) value(text, here, there string) string {
	quoted := "'" + strings.ReplaceAll(here, "'", "''") + "'"
	if strings.Contains(here, ":") { // which pgbench would take for a variable of its own
		quoted = "(" + strings.ReplaceAll(quoted, ":", "' || chr(58) || '") + ")"
	}
	a, err1 := strconv.Atoi(here)
	z, err2 := strconv.Atoi(there)
	switch {
	case here == "NULL":
		return here
	case x.returned[here] != "" && here != there:
		return x.returned[here]
	case strings.Contains(text, "phone_hash") && here != there && strings.HasPrefix(here, `\x`):
		return "decode(lpad(to_hex(" + x.line + "), 32, '0'), 'hex')"
	case here == there, strings.HasPrefix(here, `\x`):
		return quoted
	case err1 == nil && err2 == nil:
		return x.reckoned(a, z)
	}
	return "(" + quoted + " || :r::text)"
}

// reckoned is a number as it grows from phone to phone.
func (x *benchScript) reckoned(a, z int) string {
	if (z-a)%(x.second-x.first) != 0 {
		x.b.Fatalf("%d and %d are in no proportion to their phones", a, z)
	}
	slope := (z - a) / (x.second - x.first)
	return fmt.Sprintf("(%d + %d * :n)", a-slope*x.first, slope)
}
