package csvlog

import (
	"io"
	"os"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Each calls yield for every version of every check to export, in order, with the
// patient and the stay during which the check was performed (a zero one if there is none). It returns the
// first error of yield or of the reader of the log.
type Each func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error

// ExportOptions are the options of an export.
type ExportOptions struct {
	// Progress, if it is set, is called from time to time, and at the end, with the
	// number of rows written of Total; for an export in parts.
	Progress func(done, total int)
	Total    int
	// Force replaces a file that is there; for a file.
	Force bool
	// Log is the path of the log: that file is never replaced; for a file.
	Log string
}

func (o *ExportOptions) report(done int) {
	if o.Progress != nil {
		o.Progress(done, max(done, o.Total))
	}
}

// wholeFile writes a file at path, whole or not at all.
func wholeFile(path string, o ExportOptions, write func(io.Writer) (rows int, err error)) (rows int, err error) {
	err = wholefile.Write(path, wholefile.Options{Force: o.Force, Log: o.Log}, func(temp *os.File) (err error) {
		rows, err = write(temp)
		return err
	})
	return rows, err
}
