package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"neurocheck/internal/ward"
)

// Contents says what the record of a log holds.
type Contents struct {
	Records  int64
	Head     string    // hash of the last of them, in hexadecimal
	Last     time.Time // when it was recorded, on the wall clock of then; zero where there is none
	Patients int       // ever admitted
	Checks   int       // recorded, whatever became of them; corrections are not counted
}

// Contents returns what the record holds, without a look at whether it is whole.
func (s *Store) Contents(ctx context.Context) (c Contents, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) (err error) {
		if c.Records, c.Head, err = headOf(ctx, q); err != nil {
			return err
		}
		if c.Records > 0 {
			last, err := recordAt(ctx, q, c.Records)
			if err != nil {
				return err
			}
			c.Last = last.at
		}
		counts := q.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM patient_now), (SELECT count(*) FROM neuro_check WHERE version = 1)`)
		return counts.Scan(&c.Patients, &c.Checks)
	})
	return c, err
}

// Backup writes the log as it stands at one moment into the file at path, and
// returns what that copy holds. It needs none of the log's locks for longer than a
// read does: people go on recording meanwhile.
//
// The copy is a log of its own; it was opened again and walked as [Store.Verify]
// does, and its head is one that this log had. The file must be there and empty:
// whoever makes it says who may read it, and syncs it. After an error it is of no
// use. progress, where it is set, is called from time to time with how many records
// of the copy were walked.
func (s *Store) Backup(ctx context.Context, path string, progress func(done, total int64)) (Contents, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Contents{}, err
	}
	if err := s.copyInto(ctx, path); err != nil {
		return Contents{}, explain(s.path, err)
	}
	// Neither a log of its own nor locks shall come to lie beside the copy, and it
	// may lie on a disk that could not bear them.
	info, err := os.Stat(path)
	if err != nil {
		return Contents{}, err
	}
	written := &Store{path: path, opened: info, copy: true, reader: newPool(path, modeCopy, 1)}
	defer written.Close()
	verdict, err := written.VerifyWith(ctx, Verification{Progress: progress})
	if err != nil {
		return Contents{}, err
	}
	if verdict.Misfit != "" {
		return Contents{}, ward.Conflict("the copy is not whole: " + verdict.Misfit + "; see what neurocheck verify says of the log, keep it as it is, and keep the earlier backups")
	}
	contents, err := written.Contents(ctx)
	if err != nil {
		return Contents{}, err
	}
	return contents, s.had(ctx, contents)
}

// copyInto writes the log into an empty file. It has a connection of its own,
// because the readers' must not write anywhere, and the writer's is for those who
// record.
func (s *Store) copyInto(ctx context.Context, path string) error {
	mode := modeProbe
	if s.ReadOnly() {
		mode = modeProbeOnly
	}
	pool := newPool(s.path, mode, 1)
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, `VACUUM INTO ?1`, path); err != nil {
		if cause(err) == causeFull {
			return ward.Conflict("the disk of the copy is full; no copy was made, and the log is as it was: make room, and try again")
		}
		return err
	}
	return s.sameFile(nothingSaved)
}

// had makes sure that the log once ended as a copy does.
func (s *Store) had(ctx context.Context, written Contents) error {
	head, err := hex.DecodeString(written.Head)
	if err != nil {
		return err
	}
	ours := recordEnd{hash: make([]byte, len(head))} // where the chain begins
	if written.Records > 0 {
		if ours, err = recordAt(ctx, s.reader, written.Records); err != nil {
			return explain(s.path, err)
		}
	}
	if !bytes.Equal(ours.hash, head) {
		return ward.Conflict(fmt.Sprintf("record %d of the copy is not the one of the log; try again, and see what neurocheck verify says of the log", written.Records))
	}
	return nil
}

// recordEnd is what a chain that ends with a record shows of it.
type recordEnd struct {
	hash []byte
	at   time.Time
}

// recordAt finds the record with that number, in whatever table it stands.
func recordAt(ctx context.Context, q querier, seq int64) (recordEnd, error) {
	for _, table := range recordTables {
		found, err := all(ctx, q, func(rows *sql.Rows) (r recordEnd, err error) {
			var at, offset sql.NullInt64
			err = rows.Scan(&r.hash, &at, &offset)
			r.at = fromMoment(at, offset)
			return r, err
		}, `SELECT hash, at, at_offset FROM `+table+` WHERE seq = $1`, seq)
		if err != nil {
			return recordEnd{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return recordEnd{}, ward.Conflict(fmt.Sprintf("record %d is missing", seq))
}
