//go:build linux && cgo

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/faults"
	"neurocheck/internal/store"
)

const page = 4096

// filled fills a file system until so many pages are free, and empties it again.
func filled(t *testing.T, folder string, pages int64, words string) trouble {
	t.Helper()
	empty := func() {}
	return trouble{
		begin: func() { empty = faults.FillDisk(t, folder, pages*page) },
		end:   func() { empty() },
		words: words,
	}
}

// steps returns the number of pages by which each try has more free.
func steps(short int) int64 { return int64(faults.Times(short, 1)) }

// A real file system has one page free, then two, and so on until no step fails.
func TestSmallDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	b := newBusyLog(t, subfolder(t, folder))
	tries, failed := 0, 0
	for free := int64(0); !t.Failed(); free += steps(43) {
		dir := subfolder(t, folder)
		tries++
		n := b.workThrough(t, dir, filled(t, folder, free, saysFull))
		failed += n
		ok(t, os.RemoveAll(dir))
		if n == 0 {
			break
		}
	}
	t.Logf("%d times nearly full; %d steps failed", tries, failed)
	if failed == 0 {
		t.Error("no step failed")
	}
}

func TestNewLogOnASmallDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	failed := 0
	for free := int64(0); !t.Failed(); free += steps(37) {
		dir := subfolder(t, folder)
		n := createThrough(t, dir, filled(t, folder, free, saysFull))
		failed += n
		ok(t, os.RemoveAll(dir))
		if n == 0 {
			break
		}
	}
	t.Logf("it failed %d times", failed)
	if failed == 0 {
		t.Error("it never failed")
	}
}

// If the disk is full, an export leaves no file, and its error names the file.
func TestExportToASmallDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	b := newBusyLog(t, subfolder(t, folder))
	s := must(store.Open(t.Context(), b.put(t, subfolder(t, folder))))(t)
	defer s.Close()
	out := subfolder(t, folder)
	path := filepath.Join(out, "checks.csv")
	export := func() error {
		var plain csvlog.Profile
		return s.Export(t.Context(), store.Selection{}, store.ExportOptions{Kept: plain.Kept(), Readers: 2}, func(r *store.Export) error {
			_, err := plain.ExportPartsFile(t.Context(), path, r, csvlog.ExportOptions{})
			return err
		})
	}
	failed := 0
	for free := int64(0); !t.Failed(); free += steps(5) {
		d := filled(t, folder, free, "")
		d.begin()
		err := export()
		d.end()
		if err == nil {
			break
		}
		failed++
		if !errors.Is(err, unix.ENOSPC) || !strings.HasPrefix(err.Error(), "cannot write "+path+":") {
			t.Errorf("error %q does not say that %s has no room", err, path)
		}
		if left := must(os.ReadDir(out))(t); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		ok(t, export()) // there is room now
		ok(t, os.Remove(path))
	}
	t.Logf("it failed %d times", failed)
	if failed == 0 {
		t.Error("it never failed")
	}
}
