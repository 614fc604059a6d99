package tui

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/layers"
)

// mostUpward is the limit of references that run back up between the files of a package: of
// pairs of files of which the upper one is used by the lower one.
const mostUpward = 5

// The files of each package of screens form layers: a file uses those below it. The order
// with the fewest references that run back up is searched for, and their number is limited.
func TestFilesFormLayers(t *testing.T) {
	err := filepath.WalkDir(".", func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() || strings.Contains(dir, "testdata") {
			return err
		}
		p, err := layers.Of(dir)
		if err != nil || len(p.Files) < 2 {
			return err
		}
		t.Logf("%-14s %2d files, %2d of %3d references run back up: %s", dir, len(p.Files), len(p.Upward), p.References, strings.Join(p.Upward, ", "))
		if n := len(p.Upward); n > mostUpward {
			t.Errorf("%s: %d references run back up, at most %d", dir, n, mostUpward)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
