package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fault is a wrong use or a bad input, and every line that it is answered with. In args, env and
// lines, FOLDER stands for the test's folder.
type fault struct {
	args  string
	env   map[string]string
	stdin string
	lines []string
}

// TestWrongUse tables command lines that can't be followed: status 2, one sentence, and where to read on.
func TestWrongUse(t *testing.T) {
	t.Parallel()
	tellFaults(t, []fault{
		{args: "frobnicate", lines: []string{`unexpected argument frobnicate; see "amends --help"`}},
		{args: "--frob serve", lines: []string{`unknown flag --frob; see "amends --help"`}},
		{args: "serve now", lines: []string{`unexpected argument now; see "amends serve --help"`}},
		{args: "serve postgres://amends:secret@host/db", lines: []string{`unexpected argument postgres://…@host/db; see "amends serve --help"`}},
		{args: "case", lines: []string{`a command is missing: one of "add", "show", "close"; see "amends case --help"`}},
		{args: "case add", lines: []string{`missing: "<file> ..."; see "amends case add --help"`}},
		{args: "case add - -", lines: []string{`the standard input (-) can be read once only`}},
		{args: "case show", lines: []string{`missing: "<ref>"; see "amends case show --help"`}},
		{args: "case show RJ-1 --format xml", lines: []string{`--format must be one of "text","json" but got "xml"; see "amends case show --help"`}},
		{args: "case close RJ-1", lines: []string{`missing flags: --reason=R; see "amends case close --help"`}},
		{args: "case close RJ-1 --reason tired", lines: []string{
			`--reason must be one of "completed","returned_to_court","withdrawn","no_contact","rearrest","other" but got "tired"; see "amends case close --help"`}},
		{args: "program apply", lines: []string{`missing: "<file>"; see "amends program apply --help"`}},
		{args: "export", lines: []string{`missing: "<table>"; see "amends export --help"`}},
		{args: "export everything", lines: []string{
			`<table> must be one of "ledger","answers","messages","escalations","commitments","audit" but got "everything"; see "amends export --help"`}},
		{args: "export ledger --from 2026-02-30", lines: []string{
			`--from: "2026-02-30" is no date; write YYYY-MM-DD, as in 2026-03-02; see "amends export --help"`}},
		{args: "export ledger --from 2026-03-02 --to 2026-03-01", lines: []string{`--to is before --from: there is no day between them`}},
		{args: "staff absent dana", lines: []string{`missing flags: --until=D or --back; see "amends staff absent --help"`}},
		{args: "staff absent dana --until friday", lines: []string{
			`--until: "friday" is no date; write YYYY-MM-DD, as in 2026-03-02; see "amends staff absent --help"`}},
		{args: "demo --at yesterday", lines: []string{
			`--at: "yesterday" is no instant; write it as RFC 3339 has it, as in 2026-03-02T09:30:00-06:00; see "amends demo --help"`}},
		{args: "flows play", lines: []string{`missing: "<name>"; see "amends flows play --help"`}},
		{args: "migrate --listen here", lines: []string{`--listen: "here" is no address to listen on: write HOST:PORT, as in 127.0.0.1:8080`}},
		{args: "migrate --database-url mysql://root:secret@host/db", lines: []string{
			`--database-url: there is no database of the kind "mysql": write postgres://… or sqlite:PATH`}},
	}, 2)
}

// TestBadSettings tables what may be wrong with the environment: status 1, and never a password in the sentence.
func TestBadSettings(t *testing.T) {
	t.Parallel()
	const listen, twilio = "has no port from 0 to 65535: write HOST:PORT, as in 127.0.0.1:8080",
		`; set them in the environment (the token may stand in a file: TWILIO_AUTH_TOKEN_FILE), or try "amends demo", which needs no account`
	set := func(pairs ...string) map[string]string {
		env := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			env[pairs[i]] = pairs[i+1]
		}
		return env
	}
	tellFaults(t, []fault{
		{args: "serve", lines: []string{"no Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are missing" + twilio}},
		{args: "serve", env: set("TWILIO_AUTH_TOKEN", "secret"), lines: []string{"TWILIO_ACCOUNT_SID is missing" + twilio}},
		{args: "serve", env: set("TWILIO_ACCOUNT_SID", "AC1"), lines: []string{
			"TWILIO_AUTH_TOKEN is missing; webhooks are checked with it, even where an API key sends" + twilio}},
		{args: "serve", env: set("TWILIO_ACCOUNT_SID", "AC1", "TWILIO_AUTH_TOKEN", "secret", "TWILIO_API_KEY", "SK1"), lines: []string{
			"TWILIO_API_SECRET is missing beside TWILIO_API_KEY; set both, or neither"}},
		{args: "serve", env: set("TWILIO_AUTH_TOKEN", "secret", "TWILIO_AUTH_TOKEN_FILE", "FOLDER/token"), lines: []string{
			"TWILIO_AUTH_TOKEN and TWILIO_AUTH_TOKEN_FILE are both set: keep one of them"}},
		{args: "serve", env: set("TWILIO_AUTH_TOKEN_FILE", "FOLDER/token"), lines: []string{
			"TWILIO_AUTH_TOKEN_FILE: the file FOLDER/token can't be read: no such file or directory"}},
		{args: "serve", env: set("TWILIO_AUTH_TOKEN_FILE", "FOLDER/empty"), lines: []string{
			"TWILIO_AUTH_TOKEN_FILE: the file FOLDER/empty is empty"}},
		{args: "serve", env: set("AMENDS_LISTEN", "127.0.0.1:99999"), lines: []string{`AMENDS_LISTEN: "127.0.0.1:99999" ` + listen}},
		{args: "serve", env: set("AMENDS_LISTEN", "127.0.0.1:http"), lines: []string{`AMENDS_LISTEN: "127.0.0.1:http" ` + listen}},
		{args: "serve", env: set("AMENDS_LISTEN", "localhost"), lines: []string{
			`AMENDS_LISTEN: "localhost" is no address to listen on: write HOST:PORT, as in 127.0.0.1:8080`}},
		{args: "serve", env: set("AMENDS_PUBLIC_URL", "amends.example.org"), lines: []string{
			`AMENDS_PUBLIC_URL: "amends.example.org" is no whole web address: it begins with http:// or https:// and names a host`}},
		{args: "serve", env: set("AMENDS_PUBLIC_URL", "https://me:secret@example.org"), lines: []string{
			"AMENDS_PUBLIC_URL: a web address with a user or password in it is not taken: write https://HOST"}},
		{args: "serve", env: set("AMENDS_PUBLIC_URL", "https://example.org/?a=b"), lines: []string{
			`AMENDS_PUBLIC_URL: "https://example.org/?a=b" ends in a query or a fragment: write the address without it`}},
		{args: "serve", env: set("TWILIO_BASE_URL", "ftp://example.org"), lines: []string{
			`TWILIO_BASE_URL: "ftp://example.org" is no whole web address: it begins with http:// or https:// and names a host`}},
		{args: "staff list", env: set("AMENDS_DATA", "FOLDER/empty"), lines: []string{
			"AMENDS_DATA: FOLDER/empty is a file, and a folder is needed"}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "FOLDER/amends.db"), lines: []string{
			"AMENDS_DATABASE_URL: the database's address has no scheme: write postgres://USER@HOST/NAME or sqlite:PATH"}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "mysql://root:secret@host/db"), lines: []string{
			`AMENDS_DATABASE_URL: there is no database of the kind "mysql": write postgres://… or sqlite:PATH`}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "sqlite:"), lines: []string{
			"AMENDS_DATABASE_URL: the path is missing: write sqlite:PATH"}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "postgres://me:se%cret@host/db"), lines: []string{
			"AMENDS_DATABASE_URL: this is not a PostgreSQL address: write postgres://USER:PASSWORD@HOST:PORT/NAME, with marks like @ : / # in the password percent-encoded"}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "postgres://me:secret@127.0.0.1:1/db"), lines: []string{
			"PostgreSQL at 127.0.0.1:1 is not to be reached: connection refused"}},
		{args: "staff list", env: set("AMENDS_DATABASE_URL", "sqlite:FOLDER/words"), lines: []string{
			"The file FOLDER/words is not an SQLite database"}},
		{args: "staff list", env: set("AMENDS_KEYSET", "FOLDER/words"), lines: []string{
			"The file FOLDER/words is not a keyset of Amends, or is damaged"}},
		{args: "staff list", env: set("AMENDS_KEYSET", "FOLDER/open"), lines: []string{
			"The keyset FOLDER/open is open to others than its owner (mode 0644): run chmod 600 on it, and rotate the keys if others had access"}},
		{args: "staff list", env: set("AMENDS_KEYSET", "FOLDER"), lines: []string{
			"AMENDS_KEYSET: FOLDER is a folder, and the keyset's file is needed"}},
		{args: "staff list", env: set("AMENDS_KEYSET", "FOLDER/another.json"), lines: []string{
			"This keyset does not belong to this database: use the keyset file that the database was begun with, or a newer copy of it"}},
		{args: "backup FOLDER/copy.db", env: set("AMENDS_DATA", "FOLDER/new"), lines: []string{
			"there is no database at FOLDER/new/amends.db to copy; name its folder with --data"}},
		{args: "backup FOLDER/words", lines: []string{"The file FOLDER/words exists already; a backup goes to a new one"}},
	}, 1)
}

// TestBadFiles tables program files, case files and tables that are not taken, and commands about what isn't there.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	edited := func(file string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(file) }
	const header = "reference,mediated_on,mediator,victim_name,victim_phone,offender_name,offender_phone,restitution_total,instalment_count,instalment_every,instalment_first\n"
	const refused = "Nothing was stored. Run it again with --update to make the "
	tellFaults(t, []fault{
		{args: "case add FOLDER/none.yaml", lines: []string{"FOLDER/none.yaml can't be read: no such file or directory"}},
		{args: "case add FOLDER", lines: []string{"FOLDER is a folder, and a file is needed"}},
		{args: "case add -", lines: []string{"standard input: the file is empty"}},
		{args: "case add -", stdin: "\xff\xfe\x00", lines: []string{"standard input: the file is not UTF-8 text; save it as UTF-8"}},
		{args: "case add -", stdin: strings.Repeat("#", 2<<20), lines: []string{
			"standard input: the file is larger than 1 MiB; it is not a program or case file"}},
		{args: "case add - FOLDER/none.yaml", stdin: edited(caseFile, "RJ-2026-0142", "RJ-2", "2026-03-20", "2026-02-30"), lines: []string{
			"standard input line 13: agreement[letter].due is not a date of the calendar; write it as 2026-03-02",
			"FOLDER/none.yaml can't be read: no such file or directory"}},
		{args: "case add -", stdin: edited(caseFile, "reference", "referenze", "RJ-2026-0142", "RJ-2"), lines: []string{
			"standard input: reference is missing; give it a value",
			"standard input line 3: the file has a field referenze, which is not known; the fields are agreement, backup, mediated_on, mediator, parties, policy, program, reference"}},
		{args: "case add -", stdin: edited(caseFile, "program: riverside", "program: north"), lines: []string{
			"Case RJ-2026-0142 names program north, which is not there: run `amends program apply` with its file first"}},
		{args: "case add -", stdin: edited(caseFile, "2026-03-20", "2026-03-21"), lines: []string{
			"case RJ-2026-0142 is there already and differs:",
			"  agreement[letter].due: 2026-03-20 → 2026-03-21",
			refused + "case as the file says"}},
		{args: "program apply -", stdin: edited(programFile, "RRJ", "R"), lines: []string{
			"program riverside is there already and differs:",
			"  discreet_sender: RRJ → R",
			refused + "program as the file says"}},
		{args: "program apply -", stdin: edited(programFile, "America/Chicago", "Chicago"), lines: []string{
			"standard input line 7: time_zone is not a time zone; write an IANA name, such as America/Chicago"}},
		{args: "case show RJ-9", lines: []string{"There is no case RJ-9: `amends export commitments` lists those there are"}},
		{args: "case close RJ-9 --reason other", lines: []string{"There is no case RJ-9: `amends export commitments` lists those there are"}},
		{args: "export ledger --case RJ-9", lines: []string{`There is no case "RJ-9"`}},
		{args: "export ledger --program north", lines: []string{`there is no program "north"; see amends staff list`}},
		{args: "staff absent nobody --until 2026-03-02", lines: []string{
			"There is no staff member nobody: `amends staff list` lists those there are"}},
		{args: "import FOLDER/none.csv", lines: []string{"FOLDER/none.csv can't be read: no such file or directory"}},
		{args: "import -", lines: []string{"standard input: the table is empty; its first row names the columns"}},
		{args: "import -", stdin: "reference,colour\nRJ-3,red\n", lines: []string{
			"standard input row 1: has a column colour, which is not known; take it out, or see the list of columns",
			"standard input row 1: lacks the column mediated_on; add it",
			"standard input row 1: lacks the column mediator; add it",
			"standard input row 1: lacks the column victim_name; add it",
			"standard input row 1: lacks the column victim_phone; add it",
			"standard input row 1: lacks the column offender_name; add it",
			"standard input row 1: lacks the column offender_phone; add it"}},
		{args: "import -", stdin: header +
			"RJ-3,2026-03-02,dana,Al Ash,+13125550131,Bo Birch,+13125550132,600,6,month,2026-04-01\n" +
			"RJ-4,2026-03-02,dana,Cy Cedar,12,Di Dale,+13125550134,600.001,6,month,2026-04-01\n" +
			"RJ-4,2026-03-02,nobody,Cy Cedar,+13125550133,Di Dale,+13125550134,600,6,monthly,2026-04-01\n", lines: []string{
			"standard input row 3: victim_phone is not a phone number that can exist; write it with its country code, such as +13125550100",
			"standard input row 3: restitution_total is not an amount exact to the cent; write it without sign or comma, such as 600.00",
			"standard input row 4: instalment_every must be week, fortnight, half_month or month",
			"standard input row 4: reference is that of row 3 too; each case has a reference of its own"}},
		{args: "import --dry-run -", stdin: header +
			"RJ-3,2026-03-02,nobody,Al Ash,+13125550131,Bo Birch,+13125550132,600,6,month,2026-04-01\n", lines: []string{
			"standard input row 2: mediator is not the key of a mediator of the program"}},
		{args: "demo --case FOLDER/none.yaml", lines: []string{"FOLDER/none.yaml can't be read: no such file or directory"}},
		{args: "demo --listen 127.0.0.1:0 --data FOLDER/demo --case FOLDER/north.yaml", lines: []string{
			`FOLDER/north.yaml names the program "north", which the demo doesn't have: give its file with --program`}},
		{args: "flows play waltz", lines: []string{`there is no flow "waltz"; amends flows draw lists them`}},
		{args: "flows draw waltz", lines: []string{`there is no flow "waltz"; amends flows draw lists them`}},
		{args: "flows play consent --lang tlh", lines: []string{`there are no texts in "tlh"; there are [en es]`}},
		{args: "flows check --folder FOLDER/none", lines: []string{"There is no folder FOLDER/none"}},
		{args: "understand", stdin: "{}\nno\n", lines: []string{"understand: 2 lines were no valid input; their answers say why"}},
	}, 1)
}

// tellFaults runs each on an installation with a program and a case, which nothing of it may change.
func tellFaults(t *testing.T, faults []fault, status int) {
	t.Helper()
	data := t.TempDir()
	for name, content := range map[string]string{"empty": "", "words": "these are words\n", "open": "{}",
		"north.yaml": strings.ReplaceAll(caseFile, "program: riverside", "program: north")} {
		mode := os.FileMode(0o600)
		if name == "open" {
			mode = 0o644
		}
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	here := map[string]string{"AMENDS_DATA": data}
	must(t, here, programFile, "program", "apply", "-")
	must(t, here, caseFile, "case", "add", "-")
	before := must(t, here, "", "export", "audit")

	filled := func(s string) string { return strings.ReplaceAll(s, "FOLDER", data) }
	for _, f := range faults {
		t.Run(f.args, func(t *testing.T) {
			env := map[string]string{"AMENDS_DATA": data}
			for name, value := range f.env {
				env[name] = filled(value)
			}
			r := run(t, env, f.stdin, strings.Fields(filled(f.args))...)
			if r.status != status {
				t.Errorf("it ended with %d, not %d", r.status, status)
			}
			var want strings.Builder
			for _, line := range f.lines {
				if !strings.HasPrefix(line, " ") {
					line = "amends: " + line
				}
				want.WriteString(filled(line) + "\n")
			}
			if r.errs != want.String() {
				t.Errorf("it said\n%swant\n%s", r.errs, want.String())
			}
			if strings.Contains(r.errs, "secret") {
				t.Error("it gave a secret away")
			}
		})
	}
	if after := must(t, here, "", "export", "audit"); after != before {
		t.Errorf("something was stored:\n%s", strings.TrimPrefix(after, before))
	}
}
