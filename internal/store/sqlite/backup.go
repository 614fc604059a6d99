package sqlite

import (
	"context"
	"os"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Size returns the size of the file together with its write-ahead log.
func (l *Log) Size() (bytes int64) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(sidecar(l.path, suffix)); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// CopyInto writes the log into an empty file. It has a connection of its own,
// because those of the readers must not write, and that of the writer is for saves.
func (l *Log) CopyInto(ctx context.Context, path string) error {
	mode := modeProbe
	switch {
	case l.copy:
		mode = modeLook
	case l.ReadOnly() && l.source == nil:
		mode = modeProbeOnly
	}
	pool := newPool(l.file, mode, 1)
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, `VACUUM INTO ?1`, path); err != nil {
		if cause(err) == engine.CauseFull {
			return ward.Unavailable("the disk of the copy is full; no copy was made, and the log is as it was: make room, and try again")
		}
		return err
	}
	return l.sameFile(nothingSaved)
}

// OpenFinished opens a copy that no process writes, and makes no file in its folder, of which
// the disk may not support them.
func OpenFinished(path string) (*Log, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	l := newLog(path, info)
	l.copy, l.reader = true, newPool(path, modeCopy, 1)
	return l, nil
}
