package csvlog

import (
	"context"
	"io"
	"os"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
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
// is set; see [wholefile.Write].
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
	err = wholefile.Write(path, wholefile.Options{Force: o.Force, Log: o.Log}, func(temp *os.File) (err error) {
		rows, err = write(temp)
		return err
	})
	return rows, err
}
