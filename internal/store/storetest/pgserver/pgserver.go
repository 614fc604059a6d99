// Package pgserver starts a PostgreSQL server for a test, with a new data folder that is
// gone afterwards.
package pgserver

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Required is the environment variable that makes a missing server an error: else the test
// is skipped.
const Required = "NEUROCHECK_REQUIRE_POSTGRES"

// Server is a running server. It listens on a socket in its folder alone.
type Server struct {
	bin    string
	folder string
}

// Start starts a server. It runs as an unprivileged user, because it refuses to run as root.
func Start(t *testing.T) *Server {
	t.Helper()
	s := &Server{bin: programs(t)}
	var err error
	// Not t.TempDir, of which the parent is for the user of the test alone.
	if s.folder, err = os.MkdirTemp("", "neurocheck-pg-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(s.folder); err != nil {
			t.Error(err)
		}
	})
	giveAway(t, s.folder)
	data := filepath.Join(s.folder, "data")
	if out, err := s.command("initdb", "-D", data, "-U", "test", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	var said bytes.Buffer
	server := s.command("postgres", "-D", data, "-k", s.folder, "-c", "listen_addresses=", "-c", "fsync=off")
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt) // ends it fast, and its children with it
		<-ended
	})
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		answer, err := s.SQL("BEGIN; ROLLBACK;\n")
		if err == nil {
			return s
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the server does not answer: %v\n%s%s", err, answer, said.String())
		}
	}
}

// SQL runs a script of statements, and goes on after one that fails. It returns the errors,
// each as a line of psql with the number of the line of the script.
func (s *Server) SQL(script string) (said string, err error) {
	psql := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-h", s.folder, "-U", "test", "-d", "postgres", "-f", "-")
	psql.Env = append(os.Environ(), "PGOPTIONS=-c client_min_messages=warning", "LC_ALL=C")
	psql.Stdin = strings.NewReader(script)
	var errors bytes.Buffer
	psql.Stderr = &errors
	err = psql.Run()
	return errors.String(), err
}

// programs returns the folder of the newest server that is installed, and skips the test if
// there is none.
func programs(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		t.Fatal(err)
	}
	if path, err := exec.LookPath("postgres"); err == nil && len(found) == 0 {
		found = append(found, filepath.Dir(path))
	}
	slices.Sort(found)
	switch {
	case len(found) > 0:
		return found[len(found)-1]
	case os.Getenv(Required) != "":
		t.Fatal("PostgreSQL is not installed, and " + Required + " says that it must be")
	}
	t.Skip("PostgreSQL is not installed")
	return ""
}
