//go:build unix

package main

import (
	"strings"
	"testing"

	"neurocheck/internal/store/storetest/pgserver"
)

// another returns a second server on the log of the first one, at a port of its own.
func (s *sshServer) another() *sshServer {
	b := *s
	b.port, b.cmd = "0", nil
	b.start()
	return &b
}

// signs opens a seat and signs a person in, whose name the keys choose: none at a seat with
// the key of a member.
func (s *sshServer) signs(key string, name ...string) *terminal {
	s.t.Helper()
	term := s.sit(key)
	term.see("Who are you?", "Maria Santos")
	term.types(append(name, "enter")...)
	return term
}

func TestTwoServersOfOneWard(t *testing.T) {
	t.Parallel()
	twoServers(t, newSSHServer(t))
}

func TestTwoServersOnPostgreSQL(t *testing.T) {
	t.Parallel()
	needSSH(t)
	server := wardServer(t)
	const database = "two_servers"
	if err := server.database(database, true, 1); err != nil {
		t.Fatal(err)
	}
	twoServers(t, newSSHServerOn(t, server.AddressIn(database, pgserver.Program, wardNumber(0))))
}

// twoServers shows that two servers of a ward are as one: a save at a seat of one is on the
// boards of the other; a check goes on at the other, whether it was open, locked or cut off
// by kill -9; and a seat that is disabled is shut at both.
func twoServers(t *testing.T, a *sshServer) {
	own, desk := a.key("maria", "Maria Santos", ""), a.key("Desk 2", "", "")
	priya, maria := []string{"p", "r", "i"}, []string{"m", "a", "r"}
	a.start()
	b := a.another()
	if a.port == b.port {
		t.Fatal("one server")
	}
	watcher := b.signs(desk, priya...)
	watcher.see("on the ward")

	// Open at a seat of one, and taken over at a seat of the other.
	first := a.signs(own)
	first.see("on the ward")
	first.halfChecked("LEVI, Yael")
	second := b.signs(desk, maria...)
	second.see("on the ward")
	second.finds("LEVI, Yael")
	second.types("n")
	second.see("OPEN ELSEWHERE: LEVI, Yael", "open at the seat maria since")
	second.answers("1")
	second.see("NEURO CHECK", "LEVI, Yael", "ICE 2 to 10 of 10")
	first.see("You have taken this form over at the seat Desk 2")

	// Locked at one, it goes on at the other, and is saved there.
	second.types("ctrl+l")
	second.see("LOCKED by Maria Santos")
	first = a.signs(own)
	first.see("NEURO CHECK", "LEVI, Yael", "ICE 2 to 10 of 10")
	second.see("SIGN IN   Maria Santos") // in place of LOCKED by
	watcher.finds("LEVI, Yael")
	watcher.types("enter")
	watcher.see("PATIENT  LEVI, Yael")
	first.types("ctrl+s")
	first.see("SAVE this check?")
	first.answers("1")
	first.see("Saved ")
	watcher.see("PATIENT  LEVI, Yael", "ICE 2–10")

	// One is killed in the middle of a check: the other goes on, and so does the check.
	first.halfChecked("SØRENSEN")
	a.kill()
	first.leaves()
	watcher.esc("on the ward")
	watcher.types("h")
	watcher.see("HANDOVER")
	first = b.signs(own)
	first.see("NEURO CHECK", "SØRENSEN", "ICE 2 to 10 of 10", "unsaved check")

	run(t, a.env, "seat", "disable", "Desk 2", "--by", "Grace Lin")
	second.leaves()
	watcher.leaves()
	if _, _, exit := b.ssh([]string{desk}, "board"); exit != 255 {
		t.Errorf("the disabled seat: %d", exit)
	}
	first.see("NEURO CHECK")
	if !strings.Contains(run(t, a.env, "verify"), "the record is whole") {
		t.Error("the record is not whole")
	}
}
