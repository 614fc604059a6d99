//go:build !unix

package pgserver

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

func (s *Server) command(name string, args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(s.bin, name), args...)
}

func killGroup(p *os.Process) error { return p.Kill() }

func pause(int) error { return errors.ErrUnsupported }

func goOn(int) error { return errors.ErrUnsupported }

func giveAway(string) error { return nil }

func roomIn(string) int64 { return 0 }
