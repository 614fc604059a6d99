//go:build unix

package seats

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A client says which terminal it has, and in which tmux. The libraries below know how to
// look both up on the machine: by a file with the name of the terminal, which a client could
// lead to any file, and by a run of tmux. A server does neither.
func TestATerminalMakesTheServerReadAndRunNothing(t *testing.T) {
	dir, err := os.MkdirTemp("", "0") // no letters, because some in the name of a terminal promise its colours
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	fifo, ran := filepath.Join(dir, "fifo"), filepath.Join(dir, "ran")
	must(t, syscall.Mkfifo(fifo, 0o600)) // a read of it never ends
	must(t, os.WriteFile(filepath.Join(dir, "tmux"), []byte("#!/bin/sh\n: > "+ran+"\n"), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	h := open(t, Limits{})
	key := h.seat("Desk 2", "")
	up := strings.Repeat("../", 40) // from a folder of terminals to the root
	for _, kind := range []string{up + fifo, fifo, up, "xterm-256color\n", strings.Repeat("x", 400), ".", "", "tmux-256color"} {
		term := h.sit(key, 80, 24, "TERM="+kind, "TMUX=/tmp/tmux-0/default,1,0", "TTY_FORCE=1", "TERMINFO="+dir)
		term.sees("Who are you?").client.Close()
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("tmux was run on the server")
	}
}

func TestNamesOfTerminals(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"xterm-256color": "xterm-256color", "linux": "linux", "st-256color": "st-256color", "vt100+w": "vt100+w", "": "", "xterm.js": "xterm.js",
		"../../etc/passwd": "dumb", "/dev/zero": "dumb", ".": "dumb", "..": "dumb", "a b": "dumb", "x\x00": "dumb", "é": "dumb", strings.Repeat("x", 65): "dumb",
	} {
		if got := terminalName(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
