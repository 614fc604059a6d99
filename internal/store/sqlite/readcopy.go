package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Reading a log needs a file that SQLite makes, and locks. On a full disk the file cannot
// be made, and a process that was stopped keeps its locks. The patients are shown all the
// same: from the file alone, if all is in it and it is only the disk that is full, else
// from a copy of the log and its write-ahead log.

// passing returns err as a trouble that keeps SQLite from opening a log that can be read
// otherwise, nil if it is none.
func passing(path string, err error) error {
	err = explain(path, err)
	switch ward.TroubleOf(err) {
	case ward.DiskFull, ward.LogLocked:
		return err
	}
	return nil
}

// fileState is a log and its write-ahead log as they were when they were read.
type fileState struct{ log, ahead os.FileInfo }

// fileStateOf returns the files of the log at path; ahead is nil if there is none.
func fileStateOf(path string) (s fileState, err error) {
	if s.log, err = os.Stat(path); err != nil {
		return s, err
	}
	s.ahead, err = os.Stat(sidecar(path, "-wal"))
	if errors.Is(err, fs.ErrNotExist) || err == nil && s.ahead.Size() == 0 {
		s.ahead, err = nil, nil
	}
	return s, err
}

// same returns an error if the log at path has changed: the copy is of no use then.
func (s *fileState) same(path string) error {
	now, err := fileStateOf(path)
	if err != nil || !sameContent(now.log, s.log) || !sameContent(now.ahead, s.ahead) {
		return ward.UnavailableFor(ward.LogLocked, "the log has changed since it was read, and must be read again: leave, and open it again; it is at "+path)
	}
	return nil
}

func sameContent(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// openCopy opens the log at path for reading alone, without a lock and without making a
// file in its folder.
func openCopy(ctx context.Context, path string, info os.FileInfo, trouble error, ready Ready) (*Log, error) {
	l := newLog(path, info)
	l.trouble = trouble
	files, err := fileStateOf(path)
	if err != nil {
		return nil, explain(path, err)
	}
	l.source = &files
	mode := modeCopy
	if files.ahead != nil || ward.TroubleOf(trouble) != ward.DiskFull {
		if l.file, l.removeFile, err = copyToRead(path, files); err != nil {
			return nil, errors.Join(trouble, err)
		}
		mode = modeRead
	}
	l.reader = newPool(l.file, mode, readers)
	l.copy = mode == modeCopy
	if err = l.readable(ctx, ready); err == nil {
		var strange string
		if strange, err = strangeObject(ctx, querier{l.reader}, newestVersion()); strange != "" {
			err = alteredSchema(path, strange)
		}
	}
	if err != nil {
		l.Close()
		return nil, explain(path, err)
	}
	return l, nil
}

// copyToRead copies the log and its write-ahead log into a folder of their own, for their
// owner alone, and returns the path of the copy and the function that removes it. A process
// may go on writing: the write-ahead log must be the same before and after, because then it
// has every page that has changed in between.
func copyToRead(path string, files fileState) (to string, remove func() error, err error) {
	var failed error
	for _, parent := range []string{os.TempDir(), wholefile.Memory} {
		folder, remove, err := wholefile.Folder(parent)
		if err != nil {
			failed = err
			continue
		}
		to := filepath.Join(folder, "log")
		if failed = copyBoth(path, to, files); failed == nil {
			return to, remove, nil
		}
		failed = errors.Join(failed, remove())
	}
	return "", nil, ward.Unavailable(fmt.Sprintf("no copy to read could be made: %v", failed))
}

func copyBoth(path, to string, files fileState) error {
	ahead := sidecar(path, "-wal")
	const tries = 3
	for range tries {
		before, err := headerOf(ahead, files.ahead)
		if err != nil {
			return err
		}
		if err := copyFile(path, to); err != nil {
			return err
		}
		if files.ahead != nil {
			if err := copyFile(ahead, to+"-wal"); err != nil {
				return err
			}
		}
		after, err := headerOf(ahead, files.ahead)
		if err != nil || bytes.Equal(before, after) {
			return err
		}
	}
	return errors.New("it is being written")
}

// headerOf returns the header of a write-ahead log, which is new each time that SQLite
// begins to write it from its start.
func headerOf(ahead string, info os.FileInfo) ([]byte, error) {
	if info == nil {
		return nil, nil
	}
	file, err := os.OpenFile(ahead, os.O_RDONLY|unwaiting, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, 32))
}

func copyFile(from, to string) (err error) {
	in, err := os.OpenFile(from, os.O_RDONLY|unwaiting, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
