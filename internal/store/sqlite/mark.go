package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"neurocheck/internal/store/engine"
)

// The mark says which record of which log was acknowledged last. It is written into the
// file of the queue after the record is on disk, and so never runs ahead of the log. A log
// that does not have that record has lost it with its write-ahead log, which SQLite
// silently drops from the first damaged page on; or an older copy, or another log, has
// replaced it.

// markLine returns the mark as one line, always of the same length. It ends with a checksum
// that a half-written line does not have.
func markLine(e engine.End) string {
	line := fmt.Sprintf("%64s %019d %64s", e.Origin, e.Seq, e.Hash)
	sum := sha256.Sum256([]byte(line))
	return line + " " + hex.EncodeToString(sum[:8]) + "\n"
}

// readMark returns the mark in the file of the queue. found is false if there is none,
// or if the file has something else.
func readMark(queue string) (e engine.End, found bool, err error) {
	content, err := readSide(queue)
	if err != nil {
		return e, false, err
	}
	words := strings.Fields(string(content))
	if len(words) != 4 {
		return e, false, nil
	}
	e.Origin, e.Hash = words[0], words[2]
	if _, err := fmt.Sscanf(words[1], "%d", &e.Seq); err != nil {
		return e, false, nil
	}
	return e, string(content) == markLine(e), nil
}

// writeMark writes the mark into the file of the queue.
func writeMark(file *os.File, e engine.End) error {
	line := markLine(e)
	if _, err := file.WriteAt([]byte(line), 0); err != nil {
		return err
	}
	if info, err := file.Stat(); err != nil || info.Size() == int64(len(line)) {
		return err
	}
	return file.Truncate(int64(len(line)))
}

// KeepsMarks reports whether saves write marks on this system.
const KeepsMarks = keepsMarks

// Mark returns the end of the record that was acknowledged last; found is false if the file
// of the queue has none.
func (l *Log) Mark() (e engine.End, found bool, err error) { return readMark(l.queue) }

// markAnew writes the mark of a log that no process has opened yet. A log without a record
// has none.
func markAnew(ctx context.Context, path string, endOf EndOf) error {
	pool := newPool(path, modeCopy, 1)
	e, err := endOf(ctx, querier{pool})
	if err = errors.Join(err, pool.Close()); err != nil || e.Seq < 1 {
		return err
	}
	file, err := openSide(sidecar(path, "-queue"), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return err
	}
	return errors.Join(writeMark(file, e), file.Close())
}
