//go:build unix

package pgserver

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// unprivileged returns the user that runs the server if the test runs as root, nil
// otherwise.
func unprivileged() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	c := &syscall.Credential{Uid: 65534, Gid: 65534}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return c
}

// command returns a command of the server, in its folder and as its user.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.folder
	c.Env = append(os.Environ(), "LC_ALL=C", "HOME="+s.folder)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: unprivileged(), Setpgid: true}
	return c
}

// killGroup kills a server and its children.
func killGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }

// pause stops a process, and goOn lets it go on.
func pause(pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) }

func goOn(pid int) error { return syscall.Kill(pid, syscall.SIGCONT) }

// roomIn returns the free room in a folder in bytes, 0 if there is no such folder.
func roomIn(folder string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(folder, &st) != nil {
		return 0
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize))
}

// giveAway makes the user of the server the owner of its folder.
func giveAway(folder string) error {
	c := unprivileged()
	if c == nil {
		return nil
	}
	return os.Chown(folder, int(c.Uid), int(c.Gid))
}
