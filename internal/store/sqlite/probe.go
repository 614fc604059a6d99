package sqlite

import (
	"context"
	"errors"
	"fmt"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// probe returns an error unless the file is a log of this program and of no newer
// version, before anything changes it or its sidecar files: SQLite would write the
// write-ahead log or the journal that another program made into that program's file.
// So it reads the file alone first: the identity of a log is in its first page. While
// no process has the log open, everything is in that file.
//
// It returns the first object that is not as this program made it, if there is one.
func probe(ctx context.Context, path string) (strange string, err error) {
	f, err := identify(ctx, path, modeLook)
	written := cause(err) == engine.CauseDamaged // perhaps another process is writing to it
	if written || f.application == schema.ApplicationID && !atRest(path) {
		f, err = identify(ctx, path, leastTrace(path))
	}
	switch newest := newestVersion(); {
	case f.application == schema.ApplicationID && f.first != schema.FirstVersion() && (err == nil || f.first != 0):
		return "", ward.Unavailable(path + " was made by a neurocheck from before the first release, which this one cannot read: export its checks with that program, and import them into a new log")
	case err != nil:
		return "", explain(path, err)
	case f.application != schema.ApplicationID:
		return "", ward.Unavailable(path + " belongs to another program: it is not a neurocheck log; if it was one, it is damaged: " + RecoveryHint(path))
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
	if cause(err) == engine.CauseMissing && !neverFinished(err) { // goose's table is something else
		f.version, err = newestVersion(), nil
	}
	if err == nil && f.version < 1 { // every log has a migration
		err = engine.Unreadable("the list of migrations", errors.New("it is empty"))
	}
	if err != nil || f.version > newestVersion() {
		return f, err
	}
	f.strange, err = strangeObject(ctx, querier{pool}, f.version)
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
