package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// Contents summarizes the record of a log.
type Contents struct {
	Records  int64
	Head     string    // hash of the last of them, in hexadecimal
	Last     time.Time // when it was recorded, on the wall clock of that time; zero if there is none
	Patients int       // ever admitted
	Checks   int       // recorded, also if withdrawn later; corrections are not counted
}

// Contents returns a summary of the record, without verifying it.
func (s *Store) Contents(ctx context.Context) (c Contents, err error) {
	err = s.snapshot(ctx, func(q engine.Querier) (err error) {
		if c.Records, c.Head, err = headOf(ctx, q); err != nil {
			return err
		}
		if c.Records > 0 {
			last, err := reader{q: q, tables: s.tables}.numbered(ctx, c.Records)
			if err != nil {
				return err
			}
			c.Last = last.at()
		}
		_, err = engine.One(ctx, q, "", func(rows engine.Results) (none struct{}, err error) {
			return none, rows.Scan(&c.Patients, &c.Checks)
		}, `SELECT (SELECT count(*) FROM patient_now), (SELECT count(*) FROM neuro_check WHERE version = 1)`)
		return err
	})
	return c, err
}

// BackupOptions are the options of [Store.Backup].
type BackupOptions struct {
	Progress     Stages // called from time to time, if it is set
	OneProcessor bool   // leave the other processors to people: see [Verification]
}

// Backup writes a snapshot of the log into the file at path, and returns its
// contents. It holds no lock for longer than a read does: people go on recording
// meanwhile.
//
// The copy is a log of its own. Backup opens it again and verifies it as
// [Store.Verify] does; its head is one that this log had. The file must exist and be
// empty: the caller decides who may read it, and syncs it. After an error it is
// useless.
func (s *Store) Backup(ctx context.Context, path string, o BackupOptions) (Contents, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Contents{}, err
	}
	if err := s.copyIntoFile(ctx, path, o.Progress); err != nil {
		return Contents{}, err
	}
	// The copy must get no write-ahead log and no lock file, and its disk may not
	// support them.
	log, err := sqlite.OpenFinished(path)
	if err != nil {
		return Contents{}, err
	}
	written := New(log)
	defer written.Close()
	verdict, err := written.VerifyWith(ctx, Verification{Progress: o.Progress.Verified(), OneProcessor: o.OneProcessor})
	if err != nil {
		return Contents{}, err
	}
	if verdict.Misfit != "" {
		return Contents{}, ward.UnavailableFor(ward.LogDamaged, "the copy is not whole: "+verdict.Misfit+"; see what neurocheck verify says of the log, keep it as it is, and keep the earlier backups")
	}
	contents, err := written.Contents(ctx)
	if err != nil {
		return Contents{}, err
	}
	return contents, s.had(ctx, contents)
}

// copyIntoFile writes the log into an empty file. Of a log on a server that is the record
// alone, without unfinished forms.
func (s *Store) copyIntoFile(ctx context.Context, path string, progress Stages) error {
	if s.file == nil {
		return sqlite.Fill(ctx, path, func(log *sqlite.Log) error {
			return s.copyInto(ctx, New(log), progress, nil, func(engine.Tx) error { return nil })
		})
	}
	grown := watch(path, s.file.Size(), progress)
	err := s.file.CopyInto(ctx, path)
	grown()
	return s.explain(err)
}

// watch reports how a file grows to about total bytes, until it is ended: SQLite
// does not report the progress of its copy.
func watch(path string, total int64, progress Stages) (end func()) {
	if progress == nil {
		return func() {}
	}
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if info, err := os.Stat(path); err == nil {
					progress("MiB copied", min(info.Size(), total)>>20, total>>20)
				}
			}
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}
}

// had returns an error unless the log once ended as a copy does.
func (s *Store) had(ctx context.Context, written Contents) error {
	head, err := hex.DecodeString(written.Head)
	if err != nil {
		return err
	}
	ours := recordEnd{hash: make([]byte, len(head))} // before the first record
	if written.Records > 0 {
		if ours, err = recordAt(ctx, s.db.Pool(), written.Records); err != nil {
			return s.explain(err)
		}
	}
	if !bytes.Equal(ours.hash, head) {
		return ward.Unavailable(fmt.Sprintf("record %d of the copy is not the one of the log; try again, and see what neurocheck verify says of the log", written.Records))
	}
	return nil
}
