// Package nodescript runs scripts of Node.js in tests. They judge the output of this
// program with modules that others wrote.
package nodescript

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Script is a script in the folder of its package.json.
type Script struct {
	Path     string
	Module   string // one of its modules
	Variable string // of the environment: the folder in which the modules are, else it is that of the script
}

// Program returns the path of a program that the test needs. Without it the test is
// skipped, or fails if the variable is set, as it is in CI.
func (s Script) Program(t *testing.T, name, from string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if _, asked := os.LookupEnv(s.Variable); asked {
		t.Fatalf("%s is set, and there is no %s on the path: install %s", s.Variable, name, from)
	}
	t.Skipf("there is no %s on the path: install %s", name, from)
	return ""
}

// Run runs the script and returns the lines of its standard output, the last one apart.
// The script must end with a failure if it found faults, which are the lines, and only
// then.
func (s Script) Run(t *testing.T, stdin io.Reader, env []string, args ...string) (faults []string, last string) {
	t.Helper()
	node := s.Program(t, "node", "nodejs")
	modules, asked := os.LookupEnv(s.Variable)
	if !asked {
		modules = filepath.Dir(s.Path)
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules", s.Module)); err != nil {
		if asked {
			t.Fatalf("%s has no modules: %v", s.Variable, err)
		}
		t.Skipf("%s is not installed: npm ci in a copy of %s, and %s set to it", s.Module, filepath.Dir(s.Path), s.Variable)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{s.Path}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = stdin, &stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	faults, last = lines[:len(lines)-1], lines[len(lines)-1]
	if (err != nil) != (len(faults) > 0) {
		t.Fatalf("%s ended with %q: %v\n%s", s.Path, last, err, stderr.Bytes())
	}
	return faults, last
}
