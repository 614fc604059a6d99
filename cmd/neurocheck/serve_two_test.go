//go:build unix

package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// another returns a second server on the log of the first one, at a port of its own.
func (s *sshServer) another() *sshServer {
	b := *s
	b.port, b.cmd = "0", nil
	b.start()
	return &b
}

// Two servers serve one ward: a draft that was begun at one goes on at the other, a save at
// one is on the boards of the other, and a seat that is disabled is shut at both.
func TestTwoServersOfOneWard(t *testing.T) {
	s := newSSHServer(t)
	twoServers(t, s)
}

// The same on PostgreSQL: NEUROCHECK_TEST_WARD names a demo ward there, such as
// postgres://…, which the test writes to.
func TestTwoServersOnPostgreSQL(t *testing.T) {
	ward := os.Getenv("NEUROCHECK_TEST_WARD")
	if ward == "" {
		t.Skip("NEUROCHECK_TEST_WARD names no ward on PostgreSQL")
	}
	s := newSSHServer(t)
	for i, e := range s.env {
		if strings.HasPrefix(e, "NEUROCHECK_DB=") {
			s.env[i] = "NEUROCHECK_DB=" + ward
		}
	}
	twoServers(t, s)
}

func twoServers(t *testing.T, s *sshServer) {
	key, desk := s.key("maria", "Maria Santos", ""), s.key("Desk 2", "", "")
	s.start()
	b := s.another()
	if s.port == b.port {
		t.Fatal("one server")
	}
	sign := func(s *sshServer, key string, more ...string) *terminal {
		term := s.sit(key)
		term.see("Who are you?", "Maria Santos")
		term.types(append(more, "enter")...)
		term.see("on the ward")
		return term
	}
	watcher := sign(b, desk, "p", "r", "i")
	term := sign(s, key)
	term.halfChecked("LEVI, Yael")
	s.kill()
	term.leaves()

	term = b.sit(key)
	term.see("Who are you?", "Maria Santos")
	term.types("enter")
	term.see("NEURO CHECK", "LEVI, Yael", "unsaved check")
	s.start()
	reader := sign(s, desk, "p", "r", "i")
	term.types("ctrl+s")
	term.see("SAVE this check?")
	term.answers("1")
	term.see("Saved ")
	for end := time.Now().Add(patience); !strings.Contains(output(t, s.env, "export"), "Maria Santos"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the check is not in the log")
		}
	}
	reader.finds("LEVI, Yael")
	reader.types("enter")
	reader.see("PATIENT  LEVI, Yael", "ICE 2–10") // the check that was saved at the other server

	run(t, s.env, "seat", "disable", "Desk 2", "--by", "Grace Lin")
	reader.leaves()
	watcher.leaves()
	if _, _, exit := b.ssh([]string{desk}, "board"); exit != 255 {
		t.Errorf("the disabled seat: %d", exit)
	}
	if !strings.Contains(run(t, s.env, "verify"), "the record is whole") {
		t.Error("the record is not whole")
	}
}
