package csvlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"neurocheck/internal/ward"
)

// Each calls yield for every version of every check that is to leave, in order,
// and returns the first error that yield or the reading of the log returned.
type Each func(yield func(*ward.Patient, *ward.Check) error) error

// ExportOptions are the options of [Export] and [ExportFile].
type ExportOptions struct {
	// Progress, where it is set, is called from time to time, and at the end,
	// with how many of Total rows are written.
	Progress func(done, total int)
	Total    int
	// Force replaces a file that is there; for [ExportFile].
	Force bool
	// Log is where the log is: that file is never replaced; for [ExportFile].
	Log string
}

const progressStep = 1000

// Export writes checks as CSV to w and returns how many rows there were, the
// header not counted. It stops when ctx ends.
func Export(ctx context.Context, w io.Writer, each Each, o ExportOptions) (rows int, err error) {
	out := NewWriter(w)
	err = each(func(p *ward.Patient, c *ward.Check) error {
		if rows%progressStep == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			o.report(rows)
		}
		rows++
		return out.Write(p, c)
	})
	if err != nil {
		return rows, err
	}
	o.report(rows)
	return rows, out.Flush()
}

func (o *ExportOptions) report(done int) {
	if o.Progress != nil {
		o.Progress(done, max(done, o.Total))
	}
}

// ExportFile writes checks as CSV to the file at path, for its owner alone, and
// returns how many rows there were. The file appears whole or not at all. One
// that is there is left as it is, and the error is [fs.ErrExist], unless o.Force
// is set; a link, a folder or another thing that is no plain file is never
// replaced, nor is the log.
func ExportFile(ctx context.Context, path string, each Each, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return Export(ctx, w, each, o) })
}

// ExportEventsFile writes events as CSV to the file at path, as [ExportFile] does
// checks.
func ExportEventsFile(ctx context.Context, path string, each EachEvent, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return ExportEvents(ctx, w, each) })
}

// wholeFile puts what write writes at path, all of it or nothing.
func wholeFile(path string, o ExportOptions, write func(io.Writer) (rows int, err error)) (rows int, err error) {
	if err := mayWrite(path, o); err != nil {
		return 0, err
	}
	folder, _ := filepath.Split(path)
	folder = filepath.Clean(folder)
	temp, err := os.CreateTemp(folder, ".neurocheck-*.tmp") // 0600
	if err != nil {
		return 0, cannotWrite(path, err)
	}
	defer func() {
		temp.Close() // does nothing where it was closed
		if removed := os.Remove(temp.Name()); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	rows, err = write(temp)
	if err == nil {
		err = errors.Join(temp.Sync(), temp.Close())
	}
	if err != nil {
		return rows, cannotWrite(path, err)
	}
	if err := mayWrite(path, o); err != nil { // somebody may have put something there meanwhile
		return rows, err
	}
	if err := place(temp.Name(), path, o.Force); err != nil {
		return rows, cannotWrite(path, err)
	}
	return rows, syncFolder(folder)
}

// mayWrite judges what stands at path.
func mayWrite(path string, o ExportOptions) error {
	if name := filepath.Base(path); strings.HasSuffix(path, string(filepath.Separator)) || name == "." || name == ".." {
		return ward.Conflict(path + " is a folder; name a file in it")
	}
	there, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err)
	case there.IsDir():
		return ward.Conflict(path + " is a folder; name a file in it")
	case there.Mode()&fs.ModeSymlink != 0:
		return ward.Conflict(path + " is a link; name the file itself")
	case !there.Mode().IsRegular():
		return ward.Conflict(path + " is not a plain file; name another one, or write to the standard output")
	case !o.Force:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		// The log is looked at and not opened: closing it again would drop the
		// locks that this program may hold on it.
		if log, err := os.Stat(o.Log + suffix); err == nil && os.SameFile(log, there) {
			return ward.Conflict(path + " belongs to the log itself; name another file")
		}
	}
	return nil
}

// place gives the finished file its name.
func place(temp, path string, force bool) error {
	if !force {
		err := os.Link(temp, path) // unlike a rename, it never replaces
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
		// There are file systems without links, such as those of memory sticks.
	}
	return os.Rename(temp, path)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// cannotWrite says of which file a failure is, without the name of the temporary
// one.
func cannotWrite(path string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("cannot write %s: %w", path, e.Err)
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("cannot write %s: %w", path, e.Err)
	}
	return err
}
