package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"io/fs"

	"neurocheck/internal/pack"
	"neurocheck/internal/ward"
	"neurocheck/schema"
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

// busyTimeout is the time for which SQLite waits for a lock: see pragmas.
const busyTimeout = 5 * time.Second

// leastSQLite is the first version that is safe for a write-ahead log under
// several processes, as a number such as 3051003.
const leastSQLite = 3051003

type pragma struct{ name, option, value, readBack string }

// pragmas are read back on every connection, because the driver ignores an
// option that it does not know.
var pragmas = []pragma{
	{"journal_mode", "_journal_mode", "WAL", "wal"},
	{"synchronous", "_synchronous", "FULL", "2"}, // NORMAL loses acknowledged records in a power cut
	{"foreign_keys", "_foreign_keys", "on", "1"},
	{"busy_timeout", "_busy_timeout", "5000", "5000"},
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
	switch a {
	case modeReadOnly, modeCopy:
		return pragmas[1:]
	case modeFill: // with a journal in memory a full disk would look like damage
		return slices.Concat([]pragma{{"journal_mode", "_journal_mode", "DELETE", "delete"}, {"synchronous", "_synchronous", "OFF", "0"}}, pragmas[2:])
	}
	return pragmas
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
		q.Set("_busy_timeout", "5000")
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
	if err := c.settle(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// settle sets what the driver has no option for, and reads all settings back.
func (c connector) settle(ctx context.Context, conn driver.Conn) error {
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

// probe returns an error unless the file is a log of this program and of no newer
// version, before anything changes it or its sidecar files: SQLite would write the
// write-ahead log or the journal that another program made into that program's file.
// So it reads the file alone first: the identity of a log is in its first page. While
// no process has the log open, everything is in that file.
//
// It returns the first object that is not as this program made it, if there is one.
func probe(ctx context.Context, path string) (strange string, err error) {
	f, err := identify(ctx, path, modeLook)
	written := cause(err) == causeDamaged // perhaps another process is writing to it
	if written || f.application == schema.ApplicationID && !atRest(path) {
		f, err = identify(ctx, path, leastTrace(path))
	}
	switch newest := newestVersion(); {
	case f.application == schema.ApplicationID && f.first != schema.FirstVersion() && (err == nil || f.first != 0):
		return "", ward.Unavailable(path + " was made by a neurocheck from before the first release, which this one cannot read: export its checks with that program, and import them into a new log")
	case err != nil:
		return "", explain(path, err)
	case f.application != schema.ApplicationID:
		return "", ward.Unavailable(path + " belongs to another program: it is not a neurocheck log; if it was one, it is damaged: " + WayBack(path))
	case f.version > newest:
		return "", ward.Unavailable(fmt.Sprintf("%s was written by a newer neurocheck (log version %d, this one knows %d); use the newer program", path, f.version, newest))
	}
	return f.strange, nil
}

// identity distinguishes the logs of this program from other files.
type identity struct {
	application int64  // schema.ApplicationID in a log
	first       int64  // fingerprint of the first migration: see schema.FirstVersion
	version     int64  // number of the last migration
	strange     string // the first object that this program did not make, if there is one
}

// identify reads the identity of a file. It is safe to ask goose's table before the
// objects are known: SQLite runs no view, which could be one that never ends.
func identify(ctx context.Context, path string, mode access) (f identity, err error) {
	pool := newPool(path, mode, 1)
	defer pool.Close()
	err = pool.QueryRowContext(ctx, "PRAGMA application_id").Scan(&f.application)
	if err == nil && f.application == schema.ApplicationID {
		err = pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&f.first)
	}
	if err != nil || f.application != schema.ApplicationID || f.first != schema.FirstVersion() {
		return f, err
	}
	f.version, err = version(ctx, pool)
	if cause(err) == causeMissing && !neverFinished(err) { // goose's table is something else
		f.version, err = newestVersion(), nil
	}
	if err != nil || f.version > newestVersion() {
		return f, err
	}
	f.strange, err = strangeObject(ctx, pool, f.version)
	return f, err
}

// leastTrace returns the access that reads a log without changing anything. While no
// process has it open, a connection that may write removes the sidecar files that
// SQLite makes.
func leastTrace(path string) access {
	if atRest(path) && Writable(path) {
		return modeProbe
	}
	return modeProbeOnly
}

func version(ctx context.Context, pool *sql.DB) (version int64, err error) {
	err = pool.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1`).Scan(&version)
	return version, err
}

func migrations() fs.FS {
	sub, err := fs.Sub(schema.SQLite, "sqlite")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// newestVersion is the number of the last migration that this program knows.
func newestVersion() int64 {
	newest := int64(0)
	files, _ := fs.Glob(migrations(), "*.sql")
	for _, name := range files {
		if n, err := goose.NumericComponent(name); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// migrate migrates a log to this program's version.
func migrate(ctx context.Context, pool *sql.DB) error {
	if v, err := version(ctx, pool); err == nil && v == newestVersion() {
		return nil
	}
	return migrateTo(ctx, pool, newestVersion())
}

func migrateTo(ctx context.Context, pool *sql.DB, version int64) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, migrations())
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}

// explain turns an error of SQLite into one that says how a person can go on. Other
// errors pass through.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if bad, ok := errors.AsType[unreadable](err); ok {
		return ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("%s is damaged: %s cannot be read; %s", path, bad.which, WayBack(path)))
	}
	if ward.KindOf(err) != ward.KindInternal {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return tooSlow(path)
	}
	if neverFinished(err) {
		return ward.Unavailable(path + " is a log that was never finished, or is damaged; if nothing was kept there, remove it and start again, else " + WayBack(path))
	}
	switch cause(err) {
	case causeBusy:
		return ward.UnavailableFor(ward.LogLocked, "another program holds "+path+" locked; close it, and try again")
	case causeDamaged, causeMissing, causeContradiction:
		return ward.UnavailableFor(ward.LogDamaged, path+" is damaged or is no database; nothing was changed: "+WayBack(path)+VerifyNames)
	case causeFull:
		return ward.UnavailableFor(ward.DiskFull, "the disk is full; nothing was saved: make room, and try again")
	case causeDisk:
		return ward.Unavailable("the disk failed under " + path + "; do not count on what was being saved: have the disk seen to, look again, and repeat what is missing")
	case causeReadOnly:
		return cannotWrite(path)
	case causeCannotOpen:
		return ward.Unavailable("cannot open " + path + "; see to its permissions and those of its folder")
	}
	return err
}

func neverFinished(err error) bool {
	return strings.Contains(err.Error(), "no such table: goose_db_version")
}

// WayBack returns the advice for a person whose log at path is damaged.
func WayBack(path string) string {
	return "keep the file as it is, and go on with the newest daily copy in " + filepath.Join(filepath.Dir(path), "backups") + ": neurocheck restore BACKUP"
}

// VerifyNames is more advice after damage: see [WayBack].
const VerifyNames = "; neurocheck verify names the first record that is lost, if that can still be read"

func cannotWrite(path string) error {
	return ward.Unavailable("cannot write to " + path + " or its folder; see to their permissions, or look at it with --read-only")
}

// The causes of failure that a person can repair.
type failure int

const (
	causeOther failure = iota
	causeBusy
	causeDamaged
	causeMissing       // a table or a column is not there
	causeContradiction // a row that must be there is not, or one that must not be there is
	causeFull
	causeDisk
	causeReadOnly
	causeCannotOpen
)
