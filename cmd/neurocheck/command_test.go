package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// home returns the environment of a machine on which neurocheck has never run.
func home(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	return append([]string{
		"HOME=" + dir, "XDG_DATA_HOME=" + filepath.Join(dir, "data"), "PATH=" + os.Getenv("PATH"),
		"TERM=xterm-256color", "LANG=C.UTF-8", "TMPDIR=" + dir,
	}, clockEnv()...)
}

// names lists the entries of a folder, separated by spaces.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

// run runs a command of neurocheck to its end, outside a terminal.
func run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("neurocheck", args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("neurocheck %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// writeProgram writes a file to run. No program starts meanwhile: its process would have the
// file open for writing until it runs, and a file that is open for writing cannot be run.
func writeProgram(t *testing.T, path string, content []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, content, 0o700); err != nil {
		t.Fatal(err)
	}
}
