//go:build linux && cgo

package disk

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"neurocheck/internal/faults"
)

// orders name the calls that fail in fault.c. fault.c has the same struct.
type orders struct {
	calls  int64 // writes or syncs
	first  int64 // the number of the first that fails, from 0
	most   int64 // number that fail
	answer int64 // with which errno
	seen   int64 // number of calls so far
}

const (
	writes = 1
	syncs  = 2

	always = 1 << 62 // for most
)

// underFaults runs the calling test again in a process with fault.c under SQLite, and
// returns nil after that. In that process it returns the orders, and the folder whose files
// they apply to.
func underFaults(t *testing.T) (o *orders, folder string) {
	t.Helper()
	if folder = os.Getenv("NEUROCHECK_FAULTS_FOLDER"); folder != "" {
		return mapped(t, os.Getenv("NEUROCHECK_FAULTS_ORDERS")), folder
	}
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("making a disk fail under SQLite needs gcc")
	}
	dir := must(filepath.EvalSymlinks(t.TempDir()))(t)
	library := filepath.Join(dir, "fault.so")
	if out, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, "testdata/fault.c", "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("compiling fault.c: %v\n%s", err, out)
	}
	file := filepath.Join(dir, "orders")
	ok(t, os.WriteFile(file, make([]byte, unsafe.Sizeof(orders{})), 0o600))
	folder = filepath.Join(dir, "disk")
	ok(t, os.Mkdir(folder, 0o700))
	faults.RunInChild(t, nil, "LD_PRELOAD="+library, "NEUROCHECK_FAULTS_ORDERS="+file, "NEUROCHECK_FAULTS_FOLDER="+folder)
	return nil, ""
}

func mapped(t *testing.T, path string) *orders {
	t.Helper()
	file := must(os.OpenFile(path, os.O_RDWR, 0))(t)
	defer file.Close()
	shared := must(unix.Mmap(int(file.Fd()), 0, int(unsafe.Sizeof(orders{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED))(t)
	return (*orders)(unsafe.Pointer(&shared[0]))
}

// give gives new orders, and counts from 0 again.
func (o *orders) give(calls, first, most int64, answer syscall.Errno) {
	atomic.StoreInt64(&o.calls, 0)
	atomic.StoreInt64(&o.first, first)
	atomic.StoreInt64(&o.most, most)
	atomic.StoreInt64(&o.answer, int64(answer))
	atomic.StoreInt64(&o.seen, 0)
	atomic.StoreInt64(&o.calls, calls)
}

// end lets every call through.
func (o *orders) end() { atomic.StoreInt64(&o.calls, 0) }

// count counts calls, and lets them through.
func (o *orders) count(calls int64, during func()) int64 {
	o.give(calls, 0, 0, 0)
	during()
	o.end()
	return atomic.LoadInt64(&o.seen)
}
