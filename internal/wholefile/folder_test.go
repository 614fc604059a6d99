package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// writeFolder writes one file, and the manifest if it is asked for.
func writeFolder(path, text string, force bool) error {
	return WriteFolder(path, []string{"*.json"}, Options{Force: force}, func(temp string) error {
		for _, name := range []string{"a.json", "manifest.json"} {
			err := NewFile(filepath.Join(temp, name), func(file *os.File) error {
				_, err := file.Write([]byte(text))
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAFolderAppearsWholeOrNotAtAll(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "out")
	broken := errors.New("no space left")
	err := WriteFolder(path, nil, Options{}, func(temp string) error {
		return errors.Join(NewFile(filepath.Join(temp, "a.json"), func(*os.File) error { return nil }), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 0 {
		t.Errorf("after a failure there are %v, %v", left, err)
	}
	if err := writeFolder(path+"/", "first", false); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"": 0o700, "a.json": 0o600, "manifest.json": 0o600} {
		if info, err := os.Stat(filepath.Join(path, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%q: %v, %v", name, info.Mode(), err)
		}
	}
	if left, err = os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("beside the folder there are %v, %v", left, err)
	}
}

func TestAFolderIsReplacedOnlyIfItIsAnExport(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "out")
	if err := writeFolder(path, "first", false); err != nil {
		t.Fatal(err)
	}
	if err := writeFolder(path, "second", false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a folder that is there: %v", err)
	}
	if got := contentOf(t, filepath.Join(path, "a.json")); got != "first" {
		t.Errorf("it holds %q", got)
	}
	if err := writeFolder(path, "second", true); err != nil {
		t.Error(err)
	}
	if got := contentOf(t, filepath.Join(path, "a.json")); got != "second" {
		t.Errorf("replaced, it holds %q", got)
	}
	for name, make := range map[string]func(string) error{
		"a file":      func(p string) error { return os.WriteFile(p, []byte("x"), 0o600) },
		"a link":      func(p string) error { return os.Symlink(path, p) },
		"other files": func(p string) error { return errors.Join(os.Mkdir(p, 0o700), os.WriteFile(p+"/x", nil, 0o600)) },
		"folders within": func(p string) error {
			return errors.Join(os.MkdirAll(p+"/x", 0o700), os.WriteFile(p+"/a.json", nil, 0o600))
		},
	} {
		other := filepath.Join(parent, name)
		if err := make(other); err != nil {
			t.Fatal(err)
		}
		if err := writeFolder(other, "second", true); err == nil {
			t.Errorf("%s was replaced", name)
		}
	}
	empty := filepath.Join(parent, "empty")
	if err := errors.Join(os.Mkdir(empty, 0o700), writeFolder(empty, "third", true)); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 6 {
		t.Errorf("there are %v, %v", left, err)
	}
}
