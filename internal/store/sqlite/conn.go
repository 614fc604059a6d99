package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"

	"neurocheck/internal/pack"
)

// access is a set of rights and settings of a connection.
type access int

const (
	modeProbe     access = iota // without the settings of a log
	modeLook                    // read the file alone, which may be of another program, and no sidecar file
	modeProbeOnly               // read a log of which only the identity is needed, without the right to write
	modeRead
	modeReadOnly // read without the right to write
	modeCopy     // read a copy that no process writes, and make no sidecar file
	modeWrite
	modeFill // write a log that no other process can open, and that is deleted if anything fails
)

func (a access) probes() bool { return a == modeProbe || a == modeLook || a == modeProbeOnly }

// leastSQLite is the first version that is safe for a write-ahead log under
// several processes, as a number such as 3051003.
const leastSQLite = 3051003

// busyTimeout is the time for which SQLite waits for a lock. Tests do not wait that long.
var busyTimeout = 5 * time.Second

type pragma struct{ name, option, value, readBack string }

// waits is the setting of SQLite to wait for a lock.
func waits() pragma {
	milliseconds := strconv.FormatInt(busyTimeout.Milliseconds(), 10)
	return pragma{"busy_timeout", "_busy_timeout", milliseconds, milliseconds}
}

// pragmas are read back on every connection, because the driver ignores an
// option that it does not know.
var pragmas = []pragma{
	{"journal_mode", "_journal_mode", "WAL", "wal"},
	{"synchronous", "_synchronous", "FULL", "2"}, // NORMAL loses acknowledged records in a power cut
	{"foreign_keys", "_foreign_keys", "on", "1"},
	{"recursive_triggers", "_recursive_triggers", "on", "1"}, // else INSERT OR REPLACE deletes past the triggers
}

// guards are read back on every connection, also before a file is known to be a log: by
// them a hostile file has less power. See package pack.
var guards = []pragma{
	{name: "trusted_schema", readBack: "0"},
	{name: "cell_size_check", readBack: "1"}, // finds a damaged page before it is used
	{name: guardedFunction, readBack: "1"},
}

// guardedFunction is no pragma but the function of package pack.
const guardedFunction = "guarded"

// pragmas returns those of an access. A reader takes the journal mode as it is: on
// read-only media there is no journal.
func (a access) pragmas() []pragma {
	list := pragmas
	switch a {
	case modeReadOnly, modeCopy:
		list = pragmas[1:]
	case modeFill: // with a journal in memory a full disk would look like damage
		list = slices.Concat([]pragma{{"journal_mode", "_journal_mode", "DELETE", "delete"}, {"synchronous", "_synchronous", "OFF", "0"}}, pragmas[2:])
	}
	return slices.Concat(list, []pragma{waits()})
}

func dsn(path string, mode access) string {
	// database/sql uses a connection from one goroutine at a time; SQLite need not
	// lock it for every value that it hands over.
	q := url.Values{"mode": {"rw"}, "_mutex": {"no"}}
	if mode == modeLook || mode == modeProbeOnly || mode == modeReadOnly || mode == modeCopy {
		q.Set("mode", "ro")
		if mode == modeLook || mode == modeCopy || readOnlyMedia(path) {
			q.Set("immutable", "1")
		}
	}
	if mode.probes() {
		p := waits()
		q.Set(p.option, p.value)
	} else {
		q.Set("_txlock", "immediate")    // deferred ones fail under contention
		q.Set("_stmt_cache_size", "128") // preparing an insert of 50 columns costs more than running it
		for _, p := range mode.pragmas() {
			q.Set(p.option, p.value)
		}
	}
	if mode == modeRead || mode == modeReadOnly || mode == modeCopy {
		q.Set("_query_only", "on")
		q.Set("_txlock", "deferred")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// atRest reports whether all of a log is in its one file, as it is while no process
// has it open.
func atRest(path string) bool {
	_, err := os.Stat(sidecar(path, "-wal"))
	return errors.Is(err, fs.ErrNotExist)
}

type connector struct {
	dsn  string
	mode access
}

// checkpointPages is the number of pages in the write-ahead log from which a save
// also writes them into the file. SQLite's default of 1000 makes that one save ten
// times as slow as the others, which all queue behind it.
const checkpointPages = 300

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := pack.Everywhere(); err != nil {
		return nil, err
	}
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if err := c.configure(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// configure sets what the driver has no option for, and reads all settings back.
func (c connector) configure(ctx context.Context, conn driver.Conn) error {
	statements := `PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`
	if c.mode == modeWrite {
		statements += fmt.Sprintf("; PRAGMA wal_autocheckpoint = %d", checkpointPages)
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, statements, nil); err != nil {
		return err
	}
	wanted := guards
	if !c.mode.probes() {
		wanted = slices.Concat(guards, c.mode.pragmas())
	}
	for _, p := range wanted {
		got, err := readBack(ctx, conn, p)
		if err == nil && got != p.readBack {
			err = fmt.Errorf("SQLite runs with %s = %s, and needs %s", p.name, got, p.readBack)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readBack(ctx context.Context, conn driver.Conn, p pragma) (string, error) {
	query := "PRAGMA " + p.name
	if p.name == guardedFunction {
		query = "SELECT guarded()"
	}
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, query, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", fmt.Errorf("reading PRAGMA %s: %w", p.name, err)
	}
	return fmt.Sprint(value[0]), nil
}

func newPool(path string, mode access, most int) *sql.DB {
	pool := sql.OpenDB(connector{dsn(path, mode), mode})
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool
}
