package storetest

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"testing"
)

// Restartable is the URL of a migrated database on a PostgreSQL of one test's own, and what restarts that,
// with an end to all that is under way. It needs the installed binaries, and skips the test without them.
func Restartable(t testing.TB) (address string, restart func()) {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		t.Skipf("no PostgreSQL that may be restarted: %v", err)
	}
	c, err := start(bin)
	if err != nil {
		t.Fatalf("no PostgreSQL that may be restarted: %v", err)
	}
	address = c.create(t, "")
	if err := migrate(address); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	folder := at.Query().Get("host")
	return address, func() {
		t.Helper()
		command := exec.Command(filepath.Join(bin, "pg_ctl"), "--pgdata="+filepath.Join(folder, "data"), "--log="+filepath.Join(folder, "log"),
			"--wait", "--silent", "--mode=fast", "restart")
		command.Dir = folder
		err := unroot(command, folder)
		if err == nil {
			err = command.Run() // its output would be the server's, which stays
		}
		if err != nil {
			t.Fatalf("restart PostgreSQL: %v", err)
		}
	}
}
