package main_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// installation is a data folder with the program and, unless told otherwise, the case.
func installation(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{"AMENDS_DATA": t.TempDir()}
	must(t, env, programFile, "program", "apply", "-")
	must(t, env, caseFile, "case", "add", "-")
	return env
}

// TestSameFileTwice changes nothing; --update takes what differs.
func TestSameFileTwice(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AMENDS_DATA": t.TempDir()}
	for _, c := range []struct{ stdin, args, want string }{
		{programFile, "program apply -", "Program riverside: added.\n"},
		{programFile, "program apply -", "Program riverside: unchanged.\n"},
		{strings.Replace(programFile, "RRJ", "RR", 1), "program apply --update -", "Program riverside: updated.\n  discreet_sender: RRJ → RR\n"},
		{caseFile, "case add -", "Case RJ-2026-0142: added.\n"},
		{caseFile, "case add -", "Case RJ-2026-0142: unchanged.\n"},
		{strings.Replace(caseFile, "language: es", "language: en", 1), "case add --update -",
			"Case RJ-2026-0142: updated.\n  parties[o].language: es → en\n"},
		{"", "staff absent dana --until 2026-04-01", "dana is away until 2026-04-01, that day included.\n"},
		{"", "staff list", "PROGRAM    KEY   ROLE         NAME        AWAY UNTIL\n" +
			"riverside  dana  mediator     Dana Ortiz  2026-04-01\n" +
			"riverside  kim   coordinator  Kim Park    \n" +
			"riverside  sam   mediator     Sam Lee     \n"},
		{"", "staff absent dana --back", "dana is back.\n"},
		{"", "case close RJ-2026-0142 --reason returned_to_court", "Case RJ-2026-0142 is closed: returned_to_court.\n"},
	} {
		if got := must(t, env, c.stdin, strings.Fields(c.args)...); got != c.want {
			t.Errorf("%s: said\n%swant\n%s", c.args, got, c.want)
		}
	}
}

// TestMigrate brings an empty database up, once.
func TestMigrate(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AMENDS_DATA": t.TempDir()}
	if first := must(t, env, "", "migrate"); !strings.HasPrefix(first, "The schema was brought from 0 to ") {
		t.Errorf("it said %s", first)
	}
	if second := must(t, env, "", "migrate"); !strings.HasPrefix(second, "The schema is up to date: ") {
		t.Errorf("it said %s", second)
	}
}

// TestCaseShow gives a case as the interface has it, and in words.
func TestCaseShow(t *testing.T) {
	t.Parallel()
	env := installation(t)
	page := must(t, env, "", "case", "show", "RJ-2026-0142")
	for _, want := range []string{"RJ-2026-0142  ", "mediated on 2026-03-02 by dana, backup sam", "discreet", "$0.00 of $600.00 received",
		"due 2026-03-20", "0 of 20 hours"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q:\n%s", want, page)
		}
	}
	for _, never := range []string{"Alex", "Jordan", "1312555"} {
		if strings.Contains(page, never) {
			t.Errorf("it names %q:\n%s", never, page)
		}
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(must(t, env, "", "case", "show", "RJ-2026-0142", "--format", "json", "--program", "riverside")), &report); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"reference", "status", "parties", "restitution", "commitments", "answers", "escalations"} {
		if _, ok := report[name]; !ok {
			t.Errorf("the JSON has no %s", name)
		}
	}
}

const tableHeader = "reference,mediated_on,mediator,backup,victim_name,victim_phone,victim_language,victim_discreet,victim_consent_on,victim_consent_how," +
	"offender_name,offender_phone,restitution_total,instalment_count,instalment_every,instalment_first,letter_due"

var tableRows = []string{
	"T-1,2026-03-02,dana,sam,Al Ash,+13125550131,en,yes,2026-03-02,signed form,Bo Birch,+13125550132,600.00,6,month,2026-04-01,2026-03-20",
	"T-2,2026-03-03,sam,,Cy Cedar,+13125550133,es,,,,Di Dale,+13125550134,,,,,2026-03-21",
}

// TestImport takes a table as CSV and as XLSX, once.
func TestImport(t *testing.T) {
	t.Parallel()
	table := tableHeader + "\n" + strings.Join(tableRows, "\n") + "\n"
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"AMENDS_DATA": t.TempDir()}
			content := table
			if format == "xlsx" {
				content = spreadsheet(t, table)
			}
			file := write(t, "cases."+format, content)
			if r := run(t, env, "", "import", file); r.status != 1 ||
				!strings.HasSuffix(r.errs, "row 2: program has nowhere to go: there is no program yet; run amends program apply first\n") {
				t.Errorf("without a program it ended with %d: %s", r.status, r.errs)
			}
			must(t, env, programFile, "program", "apply", "-")
			for _, c := range []struct{ args, want string }{
				{"import --dry-run", "No faults: 2 cases could be taken. Nothing was changed.\n"},
				{"import", "2 cases: 2 added, 0 there already.\n"},
				{"import", "2 cases: 0 added, 2 there already.\n"},
			} {
				if got := must(t, env, "", append(strings.Fields(c.args), file)...); got != c.want {
					t.Errorf("%s said %q, want %q", c.args, got, c.want)
				}
			}
			if page := must(t, env, "", "case", "show", "T-1"); !strings.Contains(page, "$600.00") {
				t.Errorf("T-1 is\n%s", page)
			}
		})
	}
}

func spreadsheet(t *testing.T, table string) string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	file := excelize.NewFile()
	for i, record := range records {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = file.SetSheetRow("Sheet1", at, &record)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var content bytes.Buffer
	if err := file.Write(&content); err != nil {
		t.Fatal(err)
	}
	return content.String()
}

// TestExport writes the same table in three formats.
func TestExport(t *testing.T) {
	t.Parallel()
	env := installation(t)
	must(t, env, "", "program", "apply", write(t, "north.yaml", strings.NewReplacer("program: riverside", "program: north",
		"+13125550000", "+13125550001", "America/Chicago", "Pacific/Honolulu").Replace(programFile)))

	begins := map[string]string{
		"ledger":      "case,commitment,id,entry,of,amount_cents,currency,effective_on,recorded_at,by",
		"answers":     "case,party,flow,question,value,at",
		"messages":    "case,party,direction,status,segments,queued_at,sent_at,delivered_at,error_code,body",
		"escalations": "case,code,reason,severity,status,opened_at,acknowledged_at,resolved_at,note",
		"commitments": "case,commitment",
		"audit":       "at,case",
	}
	for name, columns := range begins {
		if got := must(t, env, "", "export", name); !strings.HasPrefix(got, columns) {
			t.Errorf("%s begins %.120s", name, got)
		}
	}

	rows, err := csv.NewReader(strings.NewReader(must(t, env, "", "export", "ledger", "--case", "RJ-2026-0142"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 || rows[1][5] != "10000" || rows[1][7] != "2026-04-01" {
		t.Errorf("the ledger is %v", rows)
	}
	var objects []map[string]any
	if err := json.Unmarshal([]byte(must(t, env, "", "export", "ledger", "--format", "json")), &objects); err != nil {
		t.Fatal(err)
	}
	if len(objects) != 6 || objects[0]["amount_cents"] != float64(10000) || objects[0]["of"] != nil || objects[0]["entry"] != "due" {
		t.Errorf("as JSON it is %v", objects)
	}
	book, err := excelize.OpenReader(strings.NewReader(must(t, env, "", "export", "ledger", "--format", "xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := book.GetRows("ledger")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, cells); diff != "" {
		t.Errorf("as XLSX it is another: %s", diff)
	}
	within := must(t, env, "", "export", "ledger", "--from", "2026-05-01", "--to", "2026-06-01")
	if strings.Count(within, "\n") != 3 {
		t.Errorf("both days are included, and it is\n%s", within)
	}
	if none := must(t, env, "", "export", "ledger", "--program", "north", "--format", "json"); none != "[]\n" {
		t.Errorf("a program without cases has %q", none)
	}
}

// TestBackupAndRestore copies a database in use, and goes on from the copy.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	env := installation(t)
	before := must(t, env, "", "export", "audit")
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, env, "", "backup", copied)
	must(t, env, "", "case", "close", "RJ-2026-0142", "--reason", "other")
	must(t, env, "", "keys", "rotate")

	restored := map[string]string{"AMENDS_DATA": t.TempDir(), "AMENDS_KEYSET": filepath.Join(env["AMENDS_DATA"], "keyset.json")}
	content, err := os.ReadFile(copied)
	if err == nil {
		err = os.WriteFile(filepath.Join(restored["AMENDS_DATA"], "amends.db"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if after := must(t, restored, "", "export", "audit"); after != before {
		t.Errorf("the copy says\n%swant\n%s", after, before)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy's mode is %v %v", info.Mode(), err)
	}
}

// TestDoctor says what is right and what is wrong.
func TestDoctor(t *testing.T) {
	t.Parallel()
	fresh := run(t, map[string]string{"AMENDS_DATA": filepath.Join(t.TempDir(), "none")}, "", "doctor")
	for _, want := range []string{"note   Database", "WRONG  Twilio account", "WRONG  Public address", "2 things to mend.\n"} {
		if !strings.Contains(fresh.out, want) {
			t.Errorf("it lacks %q:\n%s", want, fresh.out)
		}
	}
	if fresh.status != 1 || fresh.errs != "" {
		t.Errorf("it ended with %d: %s", fresh.status, fresh.errs)
	}
	if _, err := os.Stat("none"); !errors.Is(err, os.ErrNotExist) {
		t.Error("it made the data folder")
	}

	p := newProvider(t)
	p.now = time.Now // as the doctor's, and as Twilio's
	env := p.env(t, "")
	delete(env, "AMENDS_DATABASE_URL")
	p.serve(t, env, 1)
	p.at(t, env, programFile, "program", "apply", "-")
	words, another, open := write(t, "words", "these are words\n"), filepath.Join(t.TempDir(), "another"), write(t, "open.json", "{}")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, map[string]string{"AMENDS_DATA": another}, "", "migrate")
	var out, errs strings.Builder
	m := newMain(env, nil, &out, &errs)
	if status := m.Run(t.Context(), []string{"doctor"}); status != 0 {
		t.Errorf("it ended with %d:\n%s%s", status, out.String(), errs.String())
	}
	for _, want := range []string{"ok     Keys", "ok     Schema", "ok     Clock", "ok     Twilio account", "ok     Public address", "Nothing is wrong."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, out.String())
		}
	}
	for name, c := range map[string]struct{ variable, value, want string }{
		"token":            {"TWILIO_AUTH_TOKEN", "another", "WRONG  Twilio account  Twilio refuses the credentials"},
		"keyset":           {"AMENDS_KEYSET", filepath.Join(t.TempDir(), "k.json"), "WRONG  Keys            there is a database but no keyset"},
		"listen":           {"AMENDS_LISTEN", "x", `WRONG  Configuration   AMENDS_LISTEN: "x" is no address`},
		"address":          {"AMENDS_PUBLIC_URL", p.api.URL, "answers 404 to an unsigned request"},
		"account":          {"TWILIO_BASE_URL", "http://127.0.0.1:1", "WRONG  Twilio account  Twilio does not answer"},
		"account's SID":    {"TWILIO_ACCOUNT_SID", "", "WRONG  Twilio account  TWILIO_ACCOUNT_SID is missing"},
		"half a key":       {"TWILIO_API_KEY", "SK1", "WRONG  Twilio account  TWILIO_API_SECRET is missing beside TWILIO_API_KEY"},
		"another's keyset": {"AMENDS_KEYSET", filepath.Join(another, "keyset.json"), "WRONG  Database        This keyset does not belong to this database"},
		"damaged keyset":   {"AMENDS_KEYSET", words, "is not a keyset of Amends, or is damaged"},
		"open keyset":      {"AMENDS_KEYSET", open, "is open to others than its owner (mode 0644): run chmod 600 on it"},
		"no server":        {"AMENDS_DATABASE_URL", "postgres://me:" + authToken + "@127.0.0.1:1/db", "WRONG  Database        PostgreSQL at 127.0.0.1:1 is not to be reached"},
		"no database":      {"AMENDS_DATABASE_URL", "sqlite:" + words, "WRONG  Database        The file " + words + " is not an SQLite database"},
		"no https":         {"AMENDS_PUBLIC_URL", "http://192.0.2.1:1", "note   Public address  http://192.0.2.1:1 is not https"},
		"data folder":      {"AMENDS_DATA", words, "WRONG  Configuration   AMENDS_DATA: " + words + " is a file, and a folder is needed"},
	} {
		wrong := map[string]string{}
		for k, v := range env {
			wrong[k] = v
		}
		wrong[c.variable] = c.value
		if r := run(t, wrong, "", "doctor"); (r.status != 1 && !strings.HasPrefix(c.want, "note")) || !strings.Contains(r.out, c.want) || strings.Contains(r.out, authToken) {
			t.Errorf("%s: it ended with %d:\n%s", name, r.status, r.out)
		}
	}
	ahead := newMain(env, nil, &out, &errs)
	ahead.Now = func() time.Time { return time.Now().Add(time.Hour) }
	out.Reset()
	if status := ahead.Run(t.Context(), []string{"doctor"}); status != 1 || !strings.Contains(out.String(), "WRONG  Clock           is 1h0m") ||
		!strings.Contains(out.String(), "WRONG  Log             entries not sealed: 1, the oldest for 1h0m") {
		t.Errorf("with a wrong clock it ended with %d:\n%s", status, out.String())
	}
}

// TestWords covers the commands that need no installation, and meet nothing of a broken environment.
func TestWords(t *testing.T) {
	t.Parallel()
	broken := map[string]string{"AMENDS_LISTEN": "nonsense", "AMENDS_DATABASE_URL": "nonsense"}
	understood := must(t, broken, `{"id":1,"text":"yeah I sent it friday","lang":"en","role":"offender","expect":"yes_no","now":"2026-03-09T10:00:00-05:00"}`+"\n", "understand")
	if !strings.Contains(understood, `"yes":true`) || strings.Contains(understood, "why") {
		t.Errorf("it understood %s", understood)
	}
	if explained := must(t, broken, `{"id":1,"text":"stop","lang":"en","role":"victim","expect":"none","now":"2026-03-09T10:00:00-05:00"}`, "understand", "--explain"); !strings.Contains(explained, `"why"`) {
		t.Errorf("it explained %s", explained)
	}
	if list := must(t, broken, "", "flows", "check"); !strings.Contains(list, "no faults.") || !strings.Contains(list, "victim-checkin.safe") {
		t.Errorf("the check says\n%.500s", list)
	}
	names := must(t, broken, "", "flows", "draw")
	for line := range strings.Lines(names) {
		drawing := must(t, broken, "", "flows", "draw", strings.Fields(line)[0])
		for decoder := xml.NewDecoder(strings.NewReader(drawing)); ; {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", line, err)
			}
		}
	}
	played := must(t, broken, "2\n4\n2\n", "flows", "play", "offender-checkin", "--lang", "es")
	for _, want := range []string{"¿Cómo le va", "recorded: wellbeing = 4", "recorded: barrier = no"} {
		if !strings.Contains(played, want) {
			t.Errorf("the play lacks %q:\n%s", want, played)
		}
	}
	if r := run(t, broken, "", "--version"); r.status != 0 || !strings.HasPrefix(r.out, "amends ") {
		t.Errorf("the version ended with %d: %s", r.status, r.out)
	}
	if r := run(t, broken, ""); r.status != 2 || r.out != "" || !strings.Contains(r.errs, "amends demo") {
		t.Errorf("no command ended with %d: %s", r.status, r.out)
	}
}

// TestHelp has a page for each command, with each variable of the environment beside its flag.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"demo", "serve", "program apply", "case add", "case show", "case close", "import", "export", "understand",
		"flows check", "flows draw", "flows play", "migrate", "doctor", "staff list", "staff absent", "keys rotate", "backup"} {
		page := must(t, nil, "", append(strings.Fields(command), "--help")...)
		plain := strings.Join(strings.Fields(page), " ")
		for _, name := range []string{"AMENDS_DATA", "AMENDS_DATABASE_URL", "AMENDS_KEYSET", "AMENDS_LISTEN", "AMENDS_PUBLIC_URL",
			"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_BASE_URL"} {
			if !strings.Contains(plain, "($"+name+")") {
				t.Errorf("the page of %s lacks %s", command, name)
			}
		}
	}
}
