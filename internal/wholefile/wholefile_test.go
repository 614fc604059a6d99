package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func save(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, not %q (%v)", filepath.Base(path), got, want, err)
	}
}

// alone fails the test if a folder has other entries than these.
func alone(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("there are %q, not %q", got, names)
	}
}

func writing(content string) func(*os.File) error {
	return func(temp *os.File) error {
		_, err := temp.WriteString(content)
		return err
	}
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := Write(path, Options{}, writing("one")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "one")
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := Write(path, Options{}, writing("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there was not refused: %v", err)
	}
	holds(t, path, "one")
	broken := errors.New("broken")
	if err := Write(path, Options{Force: true}, func(temp *os.File) error {
		return errors.Join(writing("half")(temp), broken)
	}); !errors.Is(err, broken) {
		t.Error(err)
	}
	holds(t, path, "one")
	if err := Write(path, Options{Force: true}, writing("three")); err != nil {
		t.Error(err)
	}
	holds(t, path, "three")
	alone(t, folder, "file")
}

// The name is asked for before the work begins and again after it.
func TestWriteNeverReplacesAFileMadeMeanwhile(t *testing.T) {
	folder := t.TempDir()
	log := save(t, filepath.Join(folder, "log"), "log")
	path := filepath.Join(folder, "path")
	for name, c := range map[string]struct {
		force bool
		come  func() error
	}{
		"a file":                  {false, func() error { return os.WriteFile(path, []byte("log"), 0o600) }},
		"the log by another name": {true, func() error { return os.Link(log, path) }},
		"a link to the log":       {true, func() error { return os.Symlink(log, path) }},
	} {
		t.Run(name, func(t *testing.T) {
			err := Write(path, Options{Force: c.force, Log: log}, func(temp *os.File) error {
				return errors.Join(writing("new")(temp), c.come())
			})
			if err == nil {
				t.Error("it was replaced")
			}
			holds(t, path, "log")
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
			alone(t, folder, "log")
		})
	}
}

// Put links, or claims a name if a disk has no links. Both take a free name only.
func TestPut(t *testing.T) {
	for name, put := range map[string]func(temp, path string) error{"link": Put, "claim": claim} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			temp := save(t, filepath.Join(folder, "temp"), "new")
			path := filepath.Join(folder, "path")
			link := filepath.Join(folder, "link")
			if err := os.Symlink("nowhere", link); err != nil {
				t.Fatal(err)
			}
			theirs := save(t, filepath.Join(folder, "theirs"), "theirs")
			for _, taken := range []string{theirs, link} {
				if err := put(temp, taken); !errors.Is(err, fs.ErrExist) {
					t.Errorf("%s: %v", taken, err)
				}
			}
			holds(t, theirs, "theirs")
			if err := put(filepath.Join(folder, "nothing"), path); err == nil {
				t.Error("nothing was put there without an error")
			}
			alone(t, folder, "link", "temp", "theirs")
			if err := put(temp, path); err != nil {
				t.Error(err)
			}
			holds(t, path, "new")
		})
	}
}
