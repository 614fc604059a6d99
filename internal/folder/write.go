package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/wholefile"
)

// Options are the options of [Write].
type Options struct {
	Settings      map[string]json.RawMessage // those that evaluate, by key
	AsSpreadsheet bool
	Force         bool                  // replace a folder of an earlier export
	Readers       int                   // of checks at a time
	Progress      func(done, total int) // called with the number of checks written; may be nil
}

// Written is the result of [Write].
type Written struct {
	Rows int   // of all tables
	Seq  int64 // number of the last record that they rest on
	Head string
}

// Write writes the tables of the ward as of one record, and the manifest, into a new folder,
// which appears whole or not at all.
func Write(ctx context.Context, s *store.Store, path string, o Options) (done Written, err error) {
	err = wholefile.WriteFolder(path, fileNames(), wholefile.Options{Force: o.Force, Log: s.Local()}, func(temp string) error {
		kept := profile(o.AsSpreadsheet).Kept()
		return s.Export(ctx, store.Selection{}, store.ExportOptions{Kept: kept, Readers: o.Readers}, func(e *store.Export) error {
			w := writing{ctx: ctx, folder: temp, options: o, manifest: manifest{Format: formatName, Record: e.Seq, Head: e.Head, Settings: o.Settings}}
			if err := w.all(e); err != nil {
				return err
			}
			done = Written{w.rows, e.Seq, e.Head}
			return nil
		})
	})
	return done, err
}

// writing is one run of [Write].
type writing struct {
	ctx      context.Context
	folder   string
	options  Options
	manifest manifest
	rows     int
}

// all writes the checks first, because their readers share a connection with the others.
func (w *writing) all(e *store.Export) error {
	sizes := make(map[string]file)
	write := func(name string, write func(io.Writer) (int, error)) (err error) {
		sizes[name], err = w.table(name, write)
		return err
	}
	err := write(checksName, func(out io.Writer) (int, error) { return w.checks(e, out) })
	for _, t := range Tables() {
		if err == nil && t.Name != checksName {
			err = write(t.Name, func(out io.Writer) (int, error) {
				return t.Export(w.ctx, e.Snapshot(), store.Selection{}, out, w.options.AsSpreadsheet)
			})
		}
	}
	if err != nil {
		return err
	}
	for _, t := range Tables() {
		w.manifest.Files = append(w.manifest.Files, sizes[t.Name])
	}
	return wholefile.NewFile(filepath.Join(w.folder, manifestName), func(file *os.File) error { return w.manifest.write(file) })
}

func (w *writing) checks(e *store.Export, out io.Writer) (int, error) {
	o := csvlog.ExportOptions{Progress: w.options.Progress}
	if o.Progress != nil {
		total, err := e.Count(w.ctx)
		if err != nil {
			return 0, err
		}
		o.Total = total
	}
	return profile(w.options.AsSpreadsheet).ExportParts(w.ctx, out, e, o)
}

// table writes the file of a table, and returns its entry in the manifest.
func (w *writing) table(name string, write func(io.Writer) (int, error)) (entry file, err error) {
	hash := sha256.New()
	entry.Name = name + extension
	err = wholefile.NewFile(filepath.Join(w.folder, entry.Name), func(file *os.File) (err error) {
		entry.Rows, err = write(io.MultiWriter(file, hash))
		return err
	})
	entry.SHA256 = hex.EncodeToString(hash.Sum(nil))
	w.rows += entry.Rows
	return entry, err
}
