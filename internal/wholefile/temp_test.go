package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A sweep takes what a killed program left, and nothing that a program still has or that
// only looks like it.
func TestSweepTakesOnlyAbandonedFiles(t *testing.T) {
	folder := t.TempDir()
	mine, err := newTemp(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	held, remove, err := Folder(folder)
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(folder, ".neurocheck-1.tmp"), "a patient")
	if err := os.MkdirAll(filepath.Join(folder, ".neurocheck-2.tmp", "log"), 0o700); err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(folder, ".neurocheck-1.tmp-journal"), "a patient")
	save(t, filepath.Join(folder, ".neurocheck-0.tmp-wal"), "a patient")
	save(t, mine.Name()+"-journal", "a patient")
	save(t, filepath.Join(folder, "neurocheck-3.tmp"), "another file")
	if err := os.Symlink("neurocheck-3.tmp", filepath.Join(folder, ".neurocheck-4.tmp")); err != nil {
		t.Fatal(err)
	}
	Sweep(folder)
	for path, want := range map[string]bool{
		mine.Name(): true, held: true, filepath.Join(folder, "neurocheck-3.tmp"): true, filepath.Join(folder, ".neurocheck-4.tmp"): true,
		mine.Name() + "-journal": true, filepath.Join(folder, ".neurocheck-1.tmp-journal"): false, filepath.Join(folder, ".neurocheck-0.tmp-wal"): false,
		filepath.Join(folder, ".neurocheck-1.tmp"): false, filepath.Join(folder, ".neurocheck-2.tmp"): false,
	} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(held); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// The next start sweeps the folders of exports and backups too, wherever they were.
func TestSweepForKnowsTheFoldersOfALog(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	folder, out := t.TempDir(), t.TempDir()
	log := save(t, filepath.Join(folder, "ward.db"), "log")
	if err := Write(filepath.Join(out, "checks.csv"), Options{Log: log}, func(temp *os.File) error {
		holds(t, log+folders, out+"\n")
		return writing("rows")(temp)
	}); err != nil {
		t.Fatal(err)
	}
	remember(log, out) // and the program is killed
	var left []string
	for _, in := range []string{folder, filepath.Join(folder, "backups"), out, os.TempDir()} {
		if err := os.MkdirAll(in, 0o700); err != nil {
			t.Fatal(err)
		}
		left = append(left, save(t, filepath.Join(in, ".neurocheck-1.tmp"), "a patient"))
	}
	SweepFor(log)
	for _, path := range left {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left", path)
		}
	}
	alone(t, out, "checks.csv")
	alone(t, folder, "backups", "ward.db")
}

// The list of folders may be anything: it is a file of the machine.
func TestAStrangeListOfFolders(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, make := range map[string]func(path string) error{
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"link":   func(path string) error { return os.Symlink("ward.db", path) },
		"words":  func(path string) error { return os.WriteFile(path, []byte("relative\n\x00\n/nowhere/[\n"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			log := save(t, filepath.Join(t.TempDir(), "ward.db"), "log")
			if err := make(log + folders); err != nil {
				t.Fatal(err)
			}
			SweepFor(log)
			if err := Write(filepath.Join(t.TempDir(), "out"), Options{Log: log}, writing("rows")); err != nil {
				t.Error(err)
			}
			holds(t, log, "log")
		})
	}
}

// Another user never reads an unfinished file, whatever the mask of the program.
func TestUnfinishedFilesAreTheOwnersAlone(t *testing.T) {
	folder := t.TempDir()
	if err := Write(filepath.Join(folder, "out"), Options{}, func(temp *os.File) error {
		if info, err := os.Stat(temp.Name()); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	path, remove, err := Folder(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o700|fs.ModeDir {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A sweep leaves the files and folders that other programs are just making.
func TestASweepLeavesWhatIsJustMade(t *testing.T) {
	parent := t.TempDir()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 60 {
				folder, remove, err := Folder(parent)
				if err != nil {
					t.Error(err)
					return
				}
				file, err := newTemp(parent)
				if err != nil {
					t.Error(err)
					return
				}
				Sweep(parent)
				if err := os.WriteFile(filepath.Join(folder, "log"), nil, 0o600); err != nil {
					t.Error("the folder is gone: ", err)
				}
				if !isAt(file, file.Name()) {
					t.Error("the file is gone")
				}
				if err := errors.Join(remove(), os.Remove(file.Name()), file.Close()); err != nil {
					t.Error(err)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
	all.Wait()
}
