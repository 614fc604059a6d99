package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store/engine"
)

// The parts that tests of other packages look at.

type (
	Access = access
	Pragma = pragma
)

const (
	ModeProbe = modeProbe
	ModeWrite = modeWrite
)

var (
	NewPool       = newPool
	DSN           = dsn
	Pragmas       = modeWrite.pragmas
	OpenCopy      = openCopy
	ReadMark      = readMark
	WriteMark     = writeMark
	OpenSide      = openSide
	SideSuffixes  = sideSuffixes
	RefuseNetwork = refuseNetwork
	NewestVersion = newestVersion
	FreshObjects  = freshObjects
	DigestOf      = digestOf
	AppendLine    = appendLine
	Rebound       = rebound
)

const (
	NewestObjects = newestObjects
	MostLate      = mostLate
)

func (p Pragma) Name() string     { return p.name }
func (p Pragma) Option() string   { return p.option }
func (p Pragma) ReadBack() string { return p.readBack }

// Connect opens a connection with a data source name.
func Connect(ctx context.Context, dsn string, mode Access) (driver.Conn, error) {
	return connector{dsn, mode}.Connect(ctx)
}

// WaitInSQLite sets the time for which SQLite waits for a lock until the test ends, which
// must not run in parallel with others.
func WaitInSQLite(t *testing.T, most time.Duration) {
	before := busyTimeout
	busyTimeout = most
	t.Cleanup(func() { busyTimeout = before })
}

// Missing says how a list of objects without the object i differs from the whole list, and
// returns the words that name that object.
func Missing(list []object, i int) (said, named string) {
	return difference(slices.Delete(slices.Clone(list), i, i+1), list), list[i].called()
}

func (l *Log) Reader() *sql.DB { return l.reader }
func (l *Log) Writer() *sql.DB { return l.writer }
func (l *Log) File() string    { return l.file }
func (l *Log) Queue() string   { return l.queue }

// AcceptObjects takes the objects of the log as they are for those of a new one.
func (l *Log) AcceptObjects(ctx context.Context) error {
	n, err := engine.One(ctx, querier{l.reader}, "", engine.Scan[int64], "PRAGMA schema_version")
	l.schema.Store(n)
	return err
}
