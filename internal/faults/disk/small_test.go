//go:build linux && cgo

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/faults"
	"neurocheck/internal/store"
)

const page = 4096

// onSmallDisk runs the calling test again in a process that has a small file system of its
// own, and returns "" after that. In that process it returns the folder of the file system,
// which is gone if the process ends.
func onSmallDisk(t *testing.T) (folder string) {
	t.Helper()
	if folder := os.Getenv("NEUROCHECK_FAULTS_SMALL"); folder != "" {
		err := unix.Mount("neurocheck", folder, "tmpfs", 0, "size=24m,mode=0700")
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			t.Skipf("no file system can be mounted here: %v", err)
		}
		ok(t, err)
		t.Cleanup(func() { ok(t, unix.Unmount(folder, 0)) })
		return folder
	}
	how := &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS} // the mount is seen by that process alone
	if os.Getuid() != 0 {
		how.Cloneflags = unix.CLONE_NEWUSER
		how.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		how.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	runInChild(t, how, "NEUROCHECK_FAULTS_SMALL="+t.TempDir())
	return ""
}

// filled fills a file system until so many pages are free, and empties it again.
func filled(t *testing.T, folder string, pages int64, words string) trouble {
	t.Helper()
	path := filepath.Join(folder, "filler")
	return trouble{
		begin: func() {
			f := must(os.Create(path))(t)
			defer f.Close()
			size := int64(0)
			for block := make([]byte, 1<<20); len(block) >= page; {
				n, err := f.Write(block)
				if size += int64(n); errors.Is(err, unix.ENOSPC) {
					block = block[:len(block)/2]
				} else if err != nil {
					t.Fatal(err)
				}
			}
			if size < pages*page {
				t.Fatalf("only %d bytes were free", size)
			}
			ok(t, f.Truncate(size-pages*page))
		},
		end: func() {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
		},
		words: words,
	}
}

// steps returns the number of pages by which each try has more free.
func steps(short int) int64 { return int64(faults.Times(short, 1)) }

// A real file system has one page free, then two, and so on until no step fails.
func TestSmallDisk(t *testing.T) {
	t.Parallel()
	folder := onSmallDisk(t)
	if folder == "" {
		return
	}
	b := newBusyLog(t, subfolder(t, folder))
	tries, failed := 0, 0
	for free := int64(0); !t.Failed(); free += steps(29) {
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
	t.Parallel()
	folder := onSmallDisk(t)
	if folder == "" {
		return
	}
	failed := 0
	for free := int64(0); !t.Failed(); free += steps(23) {
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
	t.Parallel()
	folder := onSmallDisk(t)
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
