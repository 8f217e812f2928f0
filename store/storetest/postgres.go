package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // migrate opens either

	"amends/store"
)

// template is the migrated database that a private cluster's others are copied from.
const template = "amends_template"

// cluster is a running PostgreSQL.
type cluster struct {
	address string // of its database "postgres"
	private bool
	keeper  *exec.Cmd // holds the pipe whose end stops a private one

	copying sync.Mutex // one copy of the template at a time: they would wait for each other anyway
}

// theCluster is the process's, found or started at the first need.
var theCluster = sync.OnceValues(findCluster)

// errNone is a machine without PostgreSQL.
type errNone string

func (e errNone) Error() string { return string(e) }

// need is the cluster, or the end of the test.
func need(t testing.TB) *cluster {
	t.Helper()
	c, err := theCluster()
	if err == nil {
		return c
	}
	if _, none := err.(errNone); none && !strings.Contains(os.Getenv("AMENDS_TEST_REQUIRE"), "postgres") {
		t.Skipf("no PostgreSQL: %v", err)
	}
	t.Fatalf("no PostgreSQL: %v", err)
	return nil
}

// emptyPostgres makes a database and drops it after the test.
func emptyPostgres(t testing.TB) string {
	t.Helper()
	return need(t).create(t, "")
}

// migratedPostgres makes the empty database at address a migrated one: a copy of the template, on a
// cluster of ours.
func migratedPostgres(t testing.TB, address string) string {
	t.Helper()
	c := need(t)
	if c.private {
		return c.create(t, template)
	}
	if err := migrate(address); err != nil {
		t.Fatal(err)
	}
	return address
}

func (c *cluster) create(t testing.TB, from string) string {
	t.Helper()
	name := "amends_test_" + strings.ToLower(rand.Text()[:12])
	create := "CREATE DATABASE " + name
	if from != "" {
		create += " TEMPLATE " + from
	}
	c.copying.Lock()
	err := c.run(create)
	c.copying.Unlock()
	if err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Logf("drop a database: %v", err)
		}
	})
	return c.database(name)
}

// database is the address of another database of the cluster.
func (c *cluster) database(name string) string {
	u, _ := url.Parse(c.address) // was parsed before
	u.Path = "/" + name
	return u.String()
}

// run runs one statement in a connection of its own.
func (c *cluster) run(statement string) error {
	db, err := sql.Open("postgres", c.address)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// migrate makes a template: it has the schema, and belongs to no keys yet.
func migrate(address string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: address, Keys: store.NewKeys()})
	if err != nil {
		return err
	}
	err = s.Migrate(ctx)
	if closing := s.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	driver, name := "postgres", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, name = "sqlite", path
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "DELETE FROM installation")
	return err
}

func findCluster() (*cluster, error) {
	if address := os.Getenv("AMENDS_TEST_POSTGRES_URL"); address != "" {
		u, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("AMENDS_TEST_POSTGRES_URL is no URL")
		}
		if query := u.Query(); query.Get("sslmode") == "" {
			query.Set("sslmode", "prefer") // the driver would insist on TLS
			u.RawQuery = query.Encode()
		}
		return &cluster{address: u.String()}, nil
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c, err := start(bin)
	if err != nil {
		return nil, err
	}
	if err := c.run("CREATE DATABASE " + template); err != nil {
		return nil, err
	}
	return c, migrate(c.database(template))
}

// binaries is the folder with PostgreSQL's programs: that of the PATH, or else the newest of Debian's.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // sorted
	if len(found) == 0 {
		return "", errNone("neither AMENDS_TEST_POSTGRES_URL is set nor is initdb to be found")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// keeper starts a cluster in the folder $2 with the programs in $1, says so, and stops and removes it
// when its standard input ends, as it does when the test process has ended, in whichever way. It
// listens in that folder alone. It outlives signals to the terminal's group, and a test process that is
// gone before it could be told that the cluster is ready.
const keeper = `
trap '' INT TERM HUP PIPE
cd "$2" || exit 1
if "$1/initdb" --pgdata="$2/data" --auth=trust --username=amends --encoding=UTF8 --locale=C --no-sync >"$2/log" 2>&1 &&
   "$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --silent --options="-c listen_addresses= -c unix_socket_directories='$2' \
     -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -c jit=off" start >>"$2/log" 2>&1
then
  echo ready
  cat >/dev/null
  "$1/pg_ctl" --pgdata="$2/data" --mode=immediate --silent stop >/dev/null 2>&1
else
  tail -n 5 "$2/log" | tr '\n' ' '
fi
rm -rf "$2"
`

// start starts a private cluster.
func start(bin string) (*cluster, error) {
	folder, err := os.MkdirTemp("", "amends-pg-")
	if err != nil {
		return nil, err
	}
	sh := exec.Command("/bin/sh", "-c", keeper, "sh", bin, folder)
	if err := unroot(sh, folder); err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	if _, err = sh.StdinPipe(); err != nil { // never closed by us: it ends with the process
		return nil, err
	}
	out, err := sh.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := sh.Start(); err != nil {
		return nil, err
	}
	line := make([]byte, 1000)
	n, _ := out.Read(line)
	if said := strings.TrimSpace(string(line[:n])); said != "ready" {
		return nil, fmt.Errorf("the private cluster does not start: %s", said)
	}
	address := "postgres://amends@/postgres?" + url.Values{"host": {folder}, "sslmode": {"disable"}}.Encode()
	return &cluster{address: address, private: true, keeper: sh}, nil
}
