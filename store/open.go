package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"modernc.org/sqlite"
)

const (
	postgresConnections = 16               // two cores commit in groups well below that
	postgresConnectTime = 10 * time.Second // a server that takes longer is not there
	postgresIdle        = 5 * time.Minute

	sqliteReaders = 4
	// beside is a connection beside the lanes, for what is no transaction of ours: the schema, the file.
	beside     = 1
	sqliteIdle = time.Minute
	// sqliteCache is the writer's page cache in KiB: the inner pages of the indexes of some hundred
	// thousand texts, and a small part of what a service may weigh. A reader has an eighth of it: the
	// system keeps the file in its own cache besides.
	sqliteCache       = 2 << 10
	sqliteReaderCache = sqliteCache / 8
	// sqliteAloneCache is for a whole world of the simulation's.
	sqliteAloneCache = 64 << 10
	// sqliteWait is how long one process waits for another's transaction (in ms). Ours take
	// milliseconds; a backup or a migration may take seconds.
	sqliteWait   = 10_000
	sqliteNotADB = 26
)

func (s *Store) open(ctx context.Context, o Options) error {
	switch {
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return s.openPostgres(ctx, o)
	case strings.HasPrefix(o.URL, "sqlite:"):
		return s.openSQLite(ctx, o)
	}
	return NewError(Invalid, "The database's address must be postgres://… or sqlite:PATH.", nil)
}

// openPostgres connects. What goes wrong is told without the address, which may bear a password.
func (s *Store) openPostgres(ctx context.Context, o Options) error {
	bad := NewError(Invalid, "The database's address is not a valid postgres:// URL.", nil) // the cause would quote it
	address, err := url.Parse(o.URL)
	if err != nil {
		return bad
	}
	config, err := pq.NewConfig(o.URL)
	if err != nil {
		return bad
	}
	query := address.Query()
	if query.Get("sslmode") == "" && os.Getenv("PGSSLMODE") == "" && isLocal(config.Host) {
		query.Set("sslmode", string(pq.SSLModePrefer)) // elsewhere the driver insists on TLS
	}
	if query.Get("connect_timeout") == "" {
		query.Set("connect_timeout", fmt.Sprint(int(postgresConnectTime.Seconds())))
	}
	query.Set("fallback_application_name", "amends")
	address.RawQuery = query.Encode()
	s.address = address.String()

	db, err := sqlx.Open("postgres", s.address)
	if err != nil {
		return bad
	}
	connections := o.Connections
	if connections < 2 {
		connections = postgresConnections
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(postgresIdle)
	s.dialect = postgres()
	s.writer = &pool{db: db}
	s.reader = s.writer
	if err := db.GetContext(ctx, &s.wake.self, "SELECT gen_random_uuid()::text"); err != nil {
		return errors.Join(postgresError(config, err), db.Close())
	}
	s.wake.others = make(chan struct{}, 1)
	s.wake.done.Go(s.notifyOthers)
	return nil
}

// postgresError says why there is no connection.
func postgresError(config pq.Config, err error) error {
	where := net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code {
		case "28P01", "28000":
			return NewError(Invalid, fmt.Sprintf("PostgreSQL at %s does not let user %q in with that password.", where, config.User), err)
		case "3D000":
			return NewError(Invalid, fmt.Sprintf("There is no database %q at %s: create it first.", config.Database, where), err)
		case "42883":
			return NewError(Invalid, fmt.Sprintf("PostgreSQL at %s is too old: 13 or later is needed.", where), err)
		}
	}
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return NewError(Invalid, fmt.Sprintf(
			"PostgreSQL at %s takes no TLS: if the way there is safe, add sslmode=disable to its address.", where), err)
	}
	return NewError(Internal, fmt.Sprintf("PostgreSQL at %s is not to be reached.", where), err)
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || ip != nil && ip.IsLoopback()
}

// openSQLite opens the file, making it with mode 0600 if there is none: one connection that writes,
// a few that read beside it.
func (s *Store) openSQLite(ctx context.Context, o Options) error {
	path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite:"), "//")
	if path == "" || path == ":memory:" {
		return NewError(Invalid, "The database's address names no file: sqlite:PATH.", nil)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return NewError(Invalid, "The database's file has no path.", err)
	}
	if err := makePrivate(path); err != nil {
		return NewError(Invalid, fmt.Sprintf("The database's file %s cannot be made or written.", path), err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o600); err != nil {
			s.log.Warn("the database's file is open to others than its owner", "mode", fmt.Sprintf("%04o", info.Mode().Perm()))
		}
	}
	s.dialect = sqlite3()
	s.address = path
	// FULL: what was committed outlasts a power cut, or a text that was answered 200 would be lost.
	sync := "_pragma=synchronous(FULL)"
	if o.NoSync {
		sync = "_pragma=synchronous(OFF)"
	}
	settings := []string{"_txlock=immediate", sync, "_pragma=foreign_keys(1)",
		"_pragma=secure_delete(1)", // what is erased is gone from the file: see erase.go
	}
	if o.Alone {
		settings = append(settings, "nolock=1", "_pragma=locking_mode(EXCLUSIVE)", "_pragma=journal_mode(MEMORY)", fmt.Sprintf("_pragma=cache_size(-%d)", sqliteAloneCache))
	} else {
		settings = append(settings, "_pragma=journal_mode(WAL)", fmt.Sprintf("_pragma=cache_size(-%d)", sqliteCache))
	}
	writer, err := openFile(ctx, path, 1+beside, settings...)
	if err != nil {
		return sqliteError(path, err)
	}
	s.writer = &pool{db: writer}
	s.writer.openLanes(1)
	if o.Alone {
		s.reader = s.writer
		return nil
	}
	reader, err := openFile(ctx, path, sqliteReaders+beside, "_pragma=query_only(1)",
		fmt.Sprintf("_pragma=cache_size(-%d)", sqliteReaderCache))
	if err != nil {
		return errors.Join(sqliteError(path, err), writer.Close())
	}
	s.reader = &pool{db: reader}
	s.reader.openLanes(sqliteReaders)
	return nil
}

// openFile opens connections to a database file, each with those settings.
func openFile(ctx context.Context, path string, connections int, settings ...string) (*sqlx.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // C:/… is file:///C:/…
	}
	settings = append([]string{fmt.Sprintf("_pragma=busy_timeout(%d)", sqliteWait), "_dqs=0"}, settings...)
	db, err := sqlx.Open("sqlite", "file://"+(&url.URL{Path: name}).EscapedPath()+"?"+strings.Join(settings, "&"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(sqliteIdle)
	// Several that turn a new file to WAL at once don't wait for each other, whatever the timeout says.
	for try := 1; ; try++ {
		if err = db.PingContext(ctx); err == nil {
			_, err = db.ExecContext(ctx, "SELECT COUNT(*) FROM sqlite_master")
		}
		if err == nil || !again(err) || try == updateTries {
			break
		}
		time.Sleep(time.Duration(try) * 10 * time.Millisecond)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// makePrivate makes an empty file for its owner alone, unless it is there.
func makePrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		file, err = os.OpenFile(path, os.O_RDWR, 0)
	}
	if err != nil {
		return err
	}
	return file.Close()
}

func sqliteError(path string, err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqliteNotADB {
		return NewError(Invalid, fmt.Sprintf("The file %s is not an SQLite database.", path), err)
	}
	return NewError(Internal, fmt.Sprintf("The database's file %s cannot be opened.", path), err)
}

// hasTable says whether the database has a table of that name.
func (s *Store) hasTable(ctx context.Context, db sqlx.ExtContext, name string) (bool, error) {
	var n int
	err := sqlx.GetContext(ctx, db, &n, s.writer.db.Rebind(s.dialect.hasTable), name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return n > 0, err
}
