package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Ward is a ward in a folder, open for reading.
type Ward struct {
	Settings map[string]json.RawMessage // those that evaluate, by key

	path     string
	root     *os.Root
	files    map[string]*os.File // by the name of the table
	manifest manifest
}

// Open opens a ward in a folder, whose files stay open until [Ward.Close]. It refuses a
// folder that is not as an export made it: a file that is missing, changed, unknown or a
// link, a manifest that does not fit, and cells that the tables do not allow. It returns
// every problem; a ward with problems is not for a log to import.
func Open(path string) (w *Ward, found []csvlog.Problem, err error) {
	w = &Ward{path: path, files: make(map[string]*os.File)}
	defer func() {
		if err != nil || len(found) > 0 {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.root, err = os.OpenRoot(path); err != nil {
		return w, nil, err
	}
	inside, err := os.ReadDir(path)
	if err != nil {
		return w, nil, err
	}
	if !slices.ContainsFunc(inside, func(f os.DirEntry) bool { return slices.Contains(fileNames(), f.Name()) }) {
		return w, append(found, w.problem(manifestName, "missing_file", "is missing; a ward comes in from a folder that export --all wrote, and checks from a file")), nil
	}
	for _, file := range inside {
		if !slices.Contains(fileNames(), file.Name()) {
			found = append(found, w.problem(file.Name(), "unknown_file", "is none of the files of a ward; move it away"))
		}
	}
	found = append(found, w.readManifest()...)
	for _, t := range Tables() {
		more, err := w.openTable(&t)
		if found = append(found, more...); err != nil {
			return w, found, err
		}
	}
	return w, found, nil
}

// Close closes the files.
func (w *Ward) Close() (err error) {
	for _, file := range w.files {
		err = errors.Join(err, file.Close())
	}
	if w.root != nil {
		err = errors.Join(err, w.root.Close())
	}
	return err
}

// problem is a problem of a whole file.
func (w *Ward) problem(name, code, reason string) csvlog.Problem {
	return csvlog.Problem{File: filepath.Join(w.path, name), Line: 1, Column: "file", Reason: reason, Code: code}
}

// open opens a plain file of the folder.
func (w *Ward) open(name string) (file *os.File, found []csvlog.Problem) {
	refused := func(code, reason string) (*os.File, []csvlog.Problem) {
		return nil, []csvlog.Problem{w.problem(name, code, reason)}
	}
	info, err := w.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refused("missing_file", "is missing")
	case err != nil:
		return refused("unreadable", "cannot be read")
	case info.Mode()&fs.ModeSymlink != 0:
		return refused("link", "is a link; a ward comes in from the files themselves")
	case !info.Mode().IsRegular():
		return refused("no_file", "is no plain file")
	}
	if file, err = w.root.Open(name); err != nil {
		return refused("unreadable", "cannot be read")
	}
	if opened, err := file.Stat(); err != nil || !os.SameFile(info, opened) {
		file.Close()
		return refused("changed", fileChanged)
	}
	return file, nil
}

const fileChanged = "was changed while it was read; import it again"

func (w *Ward) readManifest() (found []csvlog.Problem) {
	file, found := w.open(manifestName)
	if len(found) > 0 {
		return found
	}
	defer file.Close()
	var err error
	if w.manifest, err = readManifest(file); err != nil {
		return []csvlog.Problem{w.problem(manifestName, "manifest", err.Error())}
	}
	w.Settings = w.manifest.Settings
	return nil
}

// openTable opens the file of a table, and compares it with the manifest.
func (w *Ward) openTable(t *Table) (found []csvlog.Problem, err error) {
	name := t.Name + extension
	file, found := w.open(name)
	if len(found) > 0 {
		return found, nil
	}
	w.files[t.Name] = file
	rows := 0
	found, err = t.faults(w.text(t.Name), filepath.Join(w.path, name), func() { rows++ })
	if err != nil {
		return found, err
	}
	hash, err := w.hash(t.Name)
	if err != nil {
		return found, err
	}
	for _, f := range w.manifest.Files {
		switch {
		case f.Name != name:
		case f.SHA256 != hash:
			found = append(found, w.problem(name, "changed", "was changed since the export: its SHA-256 is not that of manifest.json"))
		case f.Rows != rows && len(found) == 0:
			found = append(found, w.problem(name, "changed", fmt.Sprintf("has %s, and manifest.json says %d", ward.Several(rows, "row"), f.Rows)))
		}
	}
	return found, nil
}

// text returns the text of a table, from its beginning.
func (w *Ward) text(table string) io.Reader {
	const all = 1<<63 - 1
	return io.NewSectionReader(w.files[table], 0, all)
}

func (w *Ward) hash(table string) (string, error) {
	hash := sha256.New()
	_, err := io.Copy(hash, w.text(table))
	return hex.EncodeToString(hash.Sum(nil)), err
}

// Import records the ward in a log: see [store.Store.MoveIn]. Nothing is recorded if there
// are problems.
func (w *Ward) Import(ctx context.Context, s *store.Store, sig ward.Signature, o store.ImportOptions) (done store.MovedIn, found []csvlog.Problem, err error) {
	tables := store.Tables{
		Patients:  reading(w, &csvlog.Patients),
		Stays:     reading(w, &csvlog.Stays),
		Checks:    reading(w, &csvlog.Checks),
		Events:    reading(w, &csvlog.Events),
		FollowUps: reading(w, &csvlog.FollowUps),
		Same:      w.same,
	}
	done, refused, err := s.MoveIn(ctx, sig, tables, o)
	if differs, ok := errors.AsType[differences](err); ok {
		return store.MovedIn{}, differs, nil
	}
	for _, r := range refused {
		found = append(found, csvlog.Problem{
			File: filepath.Join(w.path, r.Table+extension), Line: r.Line, Column: r.Err.Field, Reason: r.Err.Reason, Code: r.Err.Code,
		})
	}
	return done, found, err
}

// reading returns the reader of a table whose cells were read before.
func reading[T any](w *Ward, t *csvlog.Table[T]) func(func(line int, row *T) error) error {
	return func(yield func(line int, row *T) error) error {
		found, err := t.Rows(w.text(t.Name), filepath.Join(w.path, t.Name+extension), yield)
		if err == nil && len(found) > 0 {
			err = differences{w.problem(t.Name+extension, "changed", fileChanged)}
		}
		return err
	}
}

// differences is the error of tables that are not as the log would have them.
type differences []csvlog.Problem

func (d differences) Error() string { return d[0].Error() }

// same compares the tables with those of a snapshot, and the files with the manifest once
// more.
func (w *Ward) same(ctx context.Context, v *store.Snapshot) error {
	var found differences
	for i, t := range Tables() {
		name := t.Name + extension
		more, err := t.differs(ctx, v, w.text(t.Name), filepath.Join(w.path, name))
		if err != nil {
			return err
		}
		found = append(found, more...)
		hash, err := w.hash(t.Name)
		if err != nil {
			return err
		}
		if hash != w.manifest.Files[i].SHA256 {
			found = append(found, w.problem(name, "changed", fileChanged))
		}
	}
	if len(found) > 0 {
		return found
	}
	return nil
}
