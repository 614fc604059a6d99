package faults

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// smallDisk is the variable that names the folder of the file system to the process that
// mounts it.
const smallDisk = "NEUROCHECK_FAULTS_SMALL"

// OnSmallDisk runs the calling test again in a process that has a file system of so many
// MiB of its own, and returns "" after that. In that process it returns the folder of the
// file system, which is gone if the process ends. It skips the test if the machine has no
// such file systems. The test is parallel to others, because it only waits for that process;
// in it, the only test, it is not, so that it may set the environment.
func OnSmallDisk(t *testing.T, mib string) (folder string) {
	t.Helper()
	if folder := os.Getenv(smallDisk); folder != "" {
		err := unix.Mount("neurocheck", folder, "tmpfs", 0, "size="+mib+"m,mode=0700")
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			t.Skipf("no file system can be mounted here: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := unix.Unmount(folder, unix.MNT_DETACH); err != nil { // a process of the test may still end
				t.Error(err)
			}
		})
		return folder
	}
	t.Parallel()
	how := &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS} // the mount is seen by that process alone
	if os.Getuid() != 0 {
		how.Cloneflags = unix.CLONE_NEWUSER
		how.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		how.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	RunInChild(t, how, smallDisk+"="+t.TempDir())
	return ""
}

// RunInChild runs the calling test again in a process of its own, with more in its
// environment, and takes its outcome over. how is nil, or says how to start the process.
func RunInChild(t *testing.T, how *syscall.SysProcAttr, env ...string) {
	t.Helper()
	limit := time.Duration(0)
	if deadline, ok := t.Deadline(); ok {
		limit = time.Until(deadline)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.timeout="+limit.String(), "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = how
	out, err := cmd.CombinedOutput()
	said := strings.TrimSpace(string(out))
	switch {
	case cmd.Process == nil && how != nil:
		t.Skipf("this machine lets no process have file systems of its own: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, said)
	case strings.Contains(said, "--- SKIP: "+t.Name()):
		t.Skip(said)
	case !strings.Contains(said, "--- PASS: "+t.Name()):
		t.Errorf("it did not run\n%s", said)
	default:
		t.Log(said)
	}
}

// FillDisk fills the file system of a folder until so many bytes are free. The function that
// it returns makes room again.
func FillDisk(t *testing.T, folder string, free int64) (empty func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := int64(0)
	for block := make([]byte, 1<<20); len(block) > 0; {
		n, err := f.Write(block)
		if size += int64(n); errors.Is(err, unix.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if size < free {
		t.Fatalf("only %d bytes were free", size)
	}
	if err := f.Truncate(size - free); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
}
