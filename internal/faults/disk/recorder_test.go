//go:build linux && cgo

package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// call is a call to the system that succeeded and may have changed a file or a
// folder.
type call struct {
	do       string // open, close, write, seek, truncate, sync, mkdir, remove, link, rename
	fd       int
	path, to string // absolute
	flags    int    // of open
	at       int64  // offset of a pwrite, else -1; offset after a seek; size after truncate
	data     []byte
}

// errNoTracing is the error if this machine lets no process trace another one.
var errNoTracing = errors.New("this machine lets no process trace another one (ptrace)")

// watched are the calls that are recorded.
var watched = append([]uint32{
	unix.SYS_OPENAT, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_LINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2,
	unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_LSEEK, unix.SYS_FTRUNCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_CLOSE,
}, watchedOlder...)

// traceWrites makes the recorded calls of this process stop for its tracer, and no others,
// because stopping at every call would take half a minute.
func traceWrites() error {
	const number = 0 // offset of the number of the call in struct seccomp_data
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number}}
	for i, n := range watched {
		filter = append(filter, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: n, Jt: uint8(len(watched) - i)})
	}
	filter = append(filter,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_TRACE},
	)
	runtime.LockOSThread() // the first prctl is for this thread, the second for all threads like it
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("choosing the calls to record: %w", errno)
	}
	return nil
}

// record runs a program to its end and returns, in order, the calls that changed files or
// folders in root. It traces system calls, and so sees those of Go and those that SQLite
// makes through the C library.
func record(root string, argv, env []string) ([]call, error) {
	runtime.LockOSThread() // only one thread may control a traced process
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: env, Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Ptrace: true}})
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		return nil, errNoTracing
	}
	if err != nil {
		return nil, err
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil { // it stops as it begins
		return nil, err
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := errors.Join(unix.PtraceSetOptions(pid, options), unix.PtraceCont(pid, 0)); err != nil {
		return nil, errors.Join(err, syscall.Kill(pid, syscall.SIGKILL))
	}
	r := recorder{root: root, entered: make(map[int]entry)}
	for {
		tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return r.calls, errors.Join(err, r.err)
		case status.Exited() || status.Signaled():
			if tid != pid {
				continue
			}
			if status.ExitStatus() != 0 {
				r.err = errors.Join(r.err, fmt.Errorf("what was recorded ended with %d", status.ExitStatus()))
			}
			return r.calls, r.err
		}
		pass := 0
		switch sig := status.StopSignal(); {
		case sig == unix.SIGTRAP|0x80 || status.TrapCause() == unix.PTRACE_EVENT_SECCOMP:
			r.err = errors.Join(r.err, r.stopped(tid))
		case sig != unix.SIGTRAP && sig != unix.SIGSTOP: // those two are the tracer's own
			pass = int(sig)
		}
		goOn := unix.PtraceCont
		if _, ok := r.entered[tid]; ok {
			goOn = unix.PtraceSyscall // and stop at the end of the call
		}
		// A thread that was ended meanwhile is gone: its end is reported later.
		if err := goOn(tid, pass); err != nil && !errors.Is(err, unix.ESRCH) {
			r.err = errors.Join(r.err, err)
		}
	}
}

type recorder struct {
	root    string
	entered map[int]entry // by thread: the call that it is in
	calls   []call
	err     error
}

// entry is a call that has begun.
type entry struct {
	number uint64
	args   [6]uint64
	call   call
}

// syscallInfo is the kernel's struct ptrace_syscall_info, the same for every kind
// of processor.
type syscallInfo struct {
	op      uint8
	_       [3]uint8
	_       uint32
	_, _    uint64
	content [64]byte
}

// stopped handles a thread that begins or ends a call.
func (r *recorder) stopped(tid int) error {
	var info syscallInfo
	const getSyscallInfo = 0x420e
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		if errno == unix.ESRCH {
			return nil
		}
		return fmt.Errorf("asking about a call: %w", errno)
	}
	word := func(i int) uint64 { return binary.NativeEndian.Uint64(info.content[8*i:]) }
	switch info.op {
	case 3: // it begins, by the filter of traceWrites
		e := entry{number: word(0)}
		for i := range e.args {
			e.args[i] = word(1 + i)
		}
		return r.begins(tid, e)
	case 2: // it ends
		e, ok := r.entered[tid]
		delete(r.entered, tid)
		if failed := info.content[8] != 0; !ok || failed {
			return nil
		}
		return r.ends(tid, e, int64(word(0)))
	}
	return nil
}

// begins reads the arguments of a call. A close counts from here, because its descriptor
// may be another file's before the call ends.
func (r *recorder) begins(tid int, e entry) (err error) {
	from := func(folder int32, name int) (p string) {
		if err == nil {
			p, err = r.path(tid, folder, e.args[name])
		}
		return p
	}
	path := func(folder, name int) string { return from(int32(e.args[folder]), name) }
	c := &e.call
	c.fd, c.at = int(int32(e.args[0])), -1
	switch e.number {
	case unix.SYS_OPENAT:
		c.do, c.path, c.flags = "open", path(0, 1), int(e.args[2])
	case unix.SYS_MKDIRAT:
		c.do, c.path = "mkdir", path(0, 1)
	case unix.SYS_UNLINKAT:
		c.do, c.path = "remove", path(0, 1)
	case unix.SYS_LINKAT:
		c.do, c.path, c.to = "link", path(0, 1), path(2, 3)
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2:
		c.do, c.path, c.to = "rename", path(0, 1), path(2, 3)
	case unix.SYS_WRITE:
		c.do = "write"
	case unix.SYS_PWRITE64:
		c.do, c.at = "write", int64(e.args[3])
	case unix.SYS_LSEEK:
		c.do = "seek"
	case unix.SYS_FTRUNCATE:
		c.do, c.at = "truncate", int64(e.args[1])
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		c.do = "sync"
	case unix.SYS_CLOSE:
		c.do = "close"
		r.calls = append(r.calls, *c)
		return nil
	default:
		if !older(e.number, c, func(name int) string { return from(unix.AT_FDCWD, name) }) {
			return nil
		}
		if c.do == "open" {
			c.flags = int(e.args[1])
		}
	}
	if err == nil && (c.path == "" || r.inside(c.path) || r.inside(c.to)) {
		r.entered[tid] = e
	}
	return err
}

func (r *recorder) inside(path string) bool {
	return path == r.root || strings.HasPrefix(path, r.root+"/")
}

// ends records a call that succeeded.
func (r *recorder) ends(tid int, e entry, result int64) (err error) {
	c := e.call
	switch c.do {
	case "open":
		c.fd = int(result)
	case "seek":
		c.at = result
	case "write":
		c.data, err = memory(tid, e.args[1], int(result))
	}
	r.calls = append(r.calls, c)
	return err
}

// path reads the path of a call, relative to an open folder or to the working directory of
// the process.
func (r *recorder) path(tid int, folder int32, at uint64) (string, error) {
	var name []byte
	for {
		// To the end of a page and not beyond: the next page may not be mapped.
		more, err := memory(tid, at, 256-int(at%256))
		if err != nil {
			return "", err
		}
		text, _, end := strings.Cut(string(more), "\x00")
		name = append(name, text...)
		if end {
			break
		}
		at += uint64(len(more))
	}
	path := string(name)
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	from := fmt.Sprintf("/proc/%d/cwd", tid)
	if folder >= 0 {
		from = fmt.Sprintf("/proc/%d/fd/%d", tid, folder)
	}
	base, err := os.Readlink(from)
	return filepath.Join(base, path), err
}

// memory reads from the memory of a process.
func memory(tid int, at uint64, n int) ([]byte, error) {
	data := make([]byte, n)
	if n == 0 {
		return data, nil
	}
	local := []unix.Iovec{{Base: &data[0]}}
	local[0].SetLen(n)
	got, err := unix.ProcessVMReadv(tid, local, []unix.RemoteIovec{{Base: uintptr(at), Len: n}}, 0)
	if err == nil && got != n {
		err = fmt.Errorf("%d of %d bytes", got, n)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what a call was given: %w", err)
	}
	return data, nil
}
