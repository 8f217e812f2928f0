package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAuditAndErase goes the way of an operator: verify, keep a checkpoint, prove a case, check the proof elsewhere, erase.
func TestAuditAndErase(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AMENDS_DATA": filepath.Join(t.TempDir(), "data")}
	must(t, env, "", "program", "apply", write(t, "program.yaml", programFile))
	must(t, env, "", "case", "add", write(t, "case.yaml", caseFile))
	out := must(t, env, "", "audit", "verify")
	if !strings.Contains(out, "sealed entries 0, checkpoints 0; not sealed yet ") {
		t.Error(out)
	}
	file := filepath.Join(t.TempDir(), "proof.json")
	out = must(t, env, "", "audit", "prove", "--case", "RJ-2026-0142", "--out", file)
	_, fingerprint, _ := strings.Cut(out, "Fingerprint: ")
	fingerprint = strings.TrimSpace(fingerprint)
	out = must(t, env, "", "audit", "verify")
	if !strings.Contains(out, "The log is whole") || !strings.Contains(out, "not sealed yet 0.") || !strings.Contains(out, fingerprint) {
		t.Error(out)
	}
	kept := write(t, "checkpoint.txt", out)

	elsewhere := map[string]string{"AMENDS_DATABASE_URL": "nonsense"} // nothing of the installation is needed
	for _, args := range [][]string{{file}, {file, "--key", fingerprint}} {
		out = must(t, elsewhere, "", append([]string{"audit", "verify"}, args...)...)
		if !strings.Contains(out, "The proof holds") || !strings.Contains(out, fingerprint) || !strings.Contains(out, "case.opened") ||
			strings.Contains(out, "came with the file") != (len(args) == 1) {
			t.Error(out)
		}
	}
	proof, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Alex", "5550101", "signed form words"} {
		if strings.Contains(string(proof), private) {
			t.Errorf("the proof bears %q", private)
		}
	}
	for _, bad := range []struct{ args, want string }{
		{write(t, "forged.json", strings.Replace(string(proof), "case.opened", "case.closed", 1)), "is not what was sealed"},
		{write(t, "edited.json", strings.Replace(string(proof), `"case"`, `"x": 1, "case"`, 1)), "it was edited"},
		{file + " --key SHA256:other", "another key"},
		{file + " --key amends-audit+other", "no public key"},
		{"--against " + write(t, "note.txt", "hello"), "neither a checkpoint nor a proof"},
		{filepath.Join(t.TempDir(), "none"), "can't be read"},
	} {
		r := run(t, env, "", append([]string{"audit", "verify"}, strings.Fields(bad.args)...)...)
		if r.status != 1 || !strings.Contains(r.errs, bad.want) {
			t.Errorf("%s: %d %s", bad.args, r.status, r.errs)
		}
	}
	if r := run(t, env, "", "audit", "verify", file, "--against", file); r.status != 2 {
		t.Errorf("both: %d %s", r.status, r.errs)
	}
	if r := run(t, env, "", "audit", "prove", "--case", "RJ-2026-0142", "--out", file); r.status != 1 {
		t.Error("a file is written over")
	}
	if r := run(t, env, "", "audit", "prove", "--case", "none"); r.status != 1 || !strings.Contains(r.errs, "no case") {
		t.Error(r.errs)
	}

	must(t, env, "", "erase", "party", "RJ-2026-0142", "v", "--why", "a letter of May")
	must(t, env, "", "audit", "prove", "--case", "RJ-2026-0142", "--words")
	for _, against := range []string{kept, file} {
		if out = must(t, env, "", "audit", "verify", "--against", against); !strings.Contains(out, "The log is whole") {
			t.Error(out)
		}
	}
	if r := run(t, env, "", "erase", "text", "none", "--why", "x"); r.status != 1 || !strings.Contains(r.errs, "no such text") {
		t.Error(r.errs)
	}
	if r := run(t, env, "", "erase", "party", "RJ-2026-0142", "v"); r.status != 2 {
		t.Error("it is erased for no reason")
	}
}
