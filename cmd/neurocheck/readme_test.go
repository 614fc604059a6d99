//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// party is one of the two users of the block of the README about seats: with a home, a
// folder and a network of their own, as far as one machine has that.
type party struct {
	t   *testing.T
	env []string
	dir string
}

func newParty(t *testing.T) *party {
	t.Helper()
	p := &party{t: t, env: home(t), dir: t.TempDir()}
	for i, e := range p.env {
		if strings.HasPrefix(e, "PATH=") { // programs of this user come first
			p.env[i] = "PATH=" + p.dir + string(os.PathListSeparator) + strings.TrimPrefix(e, "PATH=")
		}
	}
	return p
}

// types runs a line of a shell in a terminal.
func (p *party) types(line string) *terminal {
	p.t.Helper()
	return programInTerminal(p.t, p.env, 100, 24, "sh", "-c", "cd "+p.dir+" && "+line)
}

// knows lets ssh of this user find a host, and keep its key, in place of the files of the
// user of this machine, which ssh takes from the list of users and not from HOME.
func (p *party) knows(host string) {
	p.t.Helper()
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		p.t.Fatal(err)
	}
	for name, text := range map[string]string{
		"config": fmt.Sprintf("Host %s\n HostName 127.0.0.1\nHost *\n UserKnownHostsFile %s\n GlobalKnownHostsFile none\n IdentitiesOnly yes\n", host, filepath.Join(p.dir, "known")),
		"ssh":    fmt.Sprintf("#!/bin/sh\nexec %s -F %s \"$@\"\n", ssh, filepath.Join(p.dir, "config")),
	} {
		writeProgram(p.t, filepath.Join(p.dir, name), []byte(text))
	}
}

// seatsBlock returns the lines of the block of the README about seats: those of the server
// and those of the workstation, each in the order of the block.
func seatsBlock(t *testing.T) (server, workstation []string) {
	t.Helper()
	blocks := slices.DeleteFunc(shellBlocks(t), func(block string) bool { return !strings.Contains(block, "neurocheck serve") })
	if len(blocks) != 1 {
		t.Fatalf("the README has %d blocks about seats", len(blocks))
	}
	var at *[]string
	for line := range strings.Lines(blocks[0]) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "# on the server"):
			at = &server
		case strings.HasPrefix(line, "# on the workstation"):
			at = &workstation
		case at == nil:
			t.Fatalf("the README does not say on which machine this runs: %s", line)
		default:
			*at = append(*at, line)
		}
	}
	return server, workstation
}

// The block of the README for a server and a workstation runs as it is written, for two
// users on one machine. If another program has the port of the README, the same lines run
// with another one.
func TestTheBlockOfTheREADMEAboutSeats(t *testing.T) {
	needSSH(t)
	t.Parallel()
	server, workstation := seatsBlock(t)
	if len(server) != 2 || len(workstation) != 2 {
		t.Fatalf("%q, %q", server, workstation)
	}
	ward, desk := newParty(t), newParty(t)
	term := inTerminal(t, ward.env, 80, 24)
	term.signUp()
	term.quits()

	port := freePort(t)
	desk.knows("ward")
	address, fingerprint := ward.serves(strings.ReplaceAll(server[0], "2222", port))
	if !strings.HasSuffix(address, ":"+port) {
		t.Errorf("the server listens at %s, the workstation connects to %s", address, port)
	}
	if code := desk.types(workstation[0]).leaves(); code != 0 {
		t.Fatalf("%s: exit status %d", workstation[0], code)
	}
	if out, err := exec.Command("cp", filepath.Join(desk.dir, "ward-key.pub"), ward.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	term = ward.types(server[1])
	term.see("PIN of Sam Lee:")
	term.sends(thePIN) // which a prompt does not show
	term.types("enter")
	if code := term.leaves(); code != 0 || !strings.Contains(term.now(), "opens the seat Desk 2") {
		t.Fatalf("exit status %d\n%s", code, term.now())
	}

	connect := strings.ReplaceAll(workstation[1], "2222", port)
	term = desk.opens(connect, fingerprint)
	term.signIn("Sam Lee")
	term.see("on the ward")
	term.types("h")
	term.see("HANDOVER", "printed by Sam Lee") // it has been read: before, ctrl+p asks which file
	term.press("\x10")                         // ctrl+p
	shown := term.reads(`(ssh -p \d+ ward handover --once \w+)`)
	file := filepath.Join(desk.dir, "handover.txt")
	if code := desk.types(strings.Replace(shown, "ssh ", "ssh -i ward-key ", 1) + " > " + file).leaves(); code != 0 {
		t.Errorf("%s: exit status %d", shown, code)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "HANDOVER  Haematology 4") {
		t.Errorf("%s, %v", text, err)
	}
	term.esc("HANDOVER")
	term.quits()
}

// opens connects for the first time: ssh asks whether the key of the server is right.
func (p *party) opens(line, fingerprint string) *terminal {
	p.t.Helper()
	term := p.types(line)
	term.see("continue connecting (yes/no/[fingerprint])?")
	term.spells(fingerprint)
	term.types("enter")
	return term
}

// serves starts a server, and returns its address and the fingerprint of its key.
func (p *party) serves(line string) (address, fingerprint string) {
	p.t.Helper()
	cmd := exec.Command("sh", "-c", "cd "+p.dir+" && exec "+line)
	cmd.Env = p.env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	p.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
	})
	lines := bufio.NewScanner(stderr)
	var said strings.Builder
	open := regexp.MustCompile(`is open at (\S+); the key of this server is (SHA256:\S+)`)
	for address == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if match := open.FindStringSubmatch(lines.Text()); match != nil {
			address, fingerprint = match[1], match[2]
		}
	}
	go func() {
		defer close(ended)
		for lines.Scan() { // so that the server never waits for a reader
		}
		_ = cmd.Wait()
	}()
	if address == "" {
		p.t.Fatalf("the server did not start:\n%s", said.String())
	}
	return address, fingerprint
}

// freePort returns the port of the README, or another one if a program has it.
func freePort(t *testing.T) string {
	t.Helper()
	for _, port := range []string{"2222", "0"} {
		l, err := net.Listen("tcp", ":"+port)
		if err != nil {
			continue
		}
		defer l.Close()
		_, port, err = net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("there is no free port")
	return ""
}
