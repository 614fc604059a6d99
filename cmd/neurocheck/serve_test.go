//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// sshServer is neurocheck serve on a demo ward, for clients of OpenSSH.
type sshServer struct {
	t    *testing.T
	env  []string
	dir  string
	log  string
	port string
	cmd  *exec.Cmd
	end  chan error
}

// needSSH skips a test on a machine without the clients of OpenSSH, but never in CI.
func needSSH(t *testing.T) {
	t.Helper()
	for _, program := range []string{"ssh", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("NEUROCHECK_TEST_SSH") != "" {
				t.Fatal("there is no ", program)
			}
			t.Skip("there is no ", program, ": install openssh-client")
		}
	}
}

func newSSHServer(t *testing.T) *sshServer {
	t.Helper()
	needSSH(t)
	log := filepath.Join(t.TempDir(), "log.db")
	demoLog(t, log)
	return newSSHServerOn(t, log)
}

// newSSHServerOn is [newSSHServer] on a demo ward that is there.
func newSSHServerOn(t *testing.T, log string) *sshServer {
	t.Helper()
	s := &sshServer{t: t, env: home(t), dir: t.TempDir(), log: log, port: "0"}
	s.env = append(s.env, "NEUROCHECK_DB="+s.log, "NEUROCHECK_HOST_KEY="+filepath.Join(s.dir, "host-key"))
	return s
}

// key makes a key that opens a seat, of a member if one is named, and returns its file.
func (s *sshServer) key(label, member, passphrase string) string {
	s.t.Helper()
	file := filepath.Join(s.dir, strings.ReplaceAll(label, " ", "-"))
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", file).CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	args := []string{"seat", "add", label, "--key-file", file + ".pub", "--by", "Grace Lin"}
	if member != "" {
		args = append(args, "--member", member)
	}
	run(s.t, s.env, args...)
	return file
}

// start starts the server, again at the port that it had before.
func (s *sshServer) start() {
	s.t.Helper()
	s.cmd = exec.Command("neurocheck", "serve", "--listen", "127.0.0.1:"+s.port, "--host", "ward.example")
	s.cmd.Env = s.env
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	open := regexp.MustCompile(`is open at 127\.0\.0\.1:(\d+); the key of this server is SHA256:`)
	for lines.Scan() {
		if match := open.FindStringSubmatch(lines.Text()); match != nil {
			s.port = match[1]
			break
		}
		s.t.Log(lines.Text())
	}
	if s.port == "0" {
		s.t.Fatal("the server did not start")
	}
	s.end = make(chan error, 1)
	cmd, end := s.cmd, s.end
	go func() {
		for lines.Scan() { // so that the server never waits for a reader
		}
		end <- cmd.Wait()
	}()
	s.t.Cleanup(func() { _ = cmd.Process.Kill() })
}

func (s *sshServer) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	<-s.end
}

// args returns the arguments of ssh for a key. It asks for nothing and reads no file of
// the machine's user.
func (s *sshServer) args(keys []string, more ...string) []string {
	args := []string{"-F", "none", "-p", s.port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=" + filepath.Join(s.dir, "known"), "-o", "LogLevel=ERROR", "-o", "SendEnv=LANG NO_COLOR"}
	for _, k := range keys {
		args = append(args, "-i", k)
	}
	return append(args, more...)
}

// ssh runs a command over SSH.
func (s *sshServer) ssh(keys []string, command ...string) (stdout, stderr string, exit int) {
	s.t.Helper()
	cmd := exec.Command("ssh", s.args(keys, append([]string{"127.0.0.1"}, command...)...)...)
	cmd.Env = s.env
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil {
		exit = cmd.ProcessState.ExitCode()
	}
	return out.String(), words.String(), exit
}

// sit opens the screens with ssh in a terminal.
func (s *sshServer) sit(key string) *terminal {
	s.t.Helper()
	return programInTerminal(s.t, s.env, 80, 24, "ssh", s.args([]string{key}, "-t", "127.0.0.1")...)
}

// Commands that read run over SSH as they run on the machine, and no file is written there.
func TestCommandsOverOpenSSH(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t)
	maria, desk := []string{s.key("maria", "Maria Santos", "")}, []string{s.key("Desk 2", "", "")}
	locked := s.key("tomasz", "Tomasz Wójcik", "a passphrase") // offered, and never proved: ssh cannot ask for it
	s.start()
	if out, words, exit := s.ssh(maria, "handover", "--since", "2026-01-01"); exit != 0 && exit != 2 || !strings.Contains(out+words, "HANDOVER") && exit == 0 {
		t.Errorf("%d, %s %s", exit, out, words)
	}
	out, words, exit := s.ssh(maria, "export")
	if local := output(t, s.env, "export"); exit != 0 || out != local || !strings.Contains(words, "wrote ") {
		t.Errorf("%d, %s; %d bytes over SSH, %d here", exit, words, len(out), len(local))
	}
	if out, words, exit := s.ssh(maria, "board", "--json"); exit != 0 || !strings.HasPrefix(out, `{"ok":true,"command":"board"`) {
		t.Errorf("%d, %.200s, %s", exit, out, words)
	}
	if out, words, exit := s.ssh(maria, "report", "--ward"); exit != 0 || !strings.HasPrefix(out, "<!DOCTYPE html>") {
		t.Errorf("%d, %.200s, %s", exit, out, words)
	}
	for command, want := range map[string]int{
		"export --output " + s.dir + "/x.csv":  2,
		"report --ward --force -o " + s.dir:    2,
		"export --db " + s.log:                 2,
		"export --deidentify --key-file x":     2,
		"board --by Grace":                     2,
		"handover --pin-file /etc/passwd":      2,
		"verify":                               2,
		"export --patient 999":                 3,
		"export 'a":                            2,
		"board --json --at yesterday":          2,
		"handover --since 19:00 --config /tmp": 2,
	} {
		if out, words, exit := s.ssh(maria, command); exit != want || words == "" {
			t.Errorf("%s: %d, %.100q, %q", command, exit, out, words)
		}
	}
	if _, words, _ := s.ssh(maria, "board", "--by", "Grace"); !strings.Contains(words, "the key of the seat says who you are") {
		t.Errorf("--by: %s", words)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "x.csv")); err == nil {
		t.Error("a file was written on the server")
	}
	if out, _, exit := s.ssh(desk, "export"); exit != 5 || out != "" {
		t.Errorf("a workstation without a word: %d", exit)
	}
	// The key that was offered first is not the one that has signed.
	if out, words, exit := s.ssh([]string{locked, maria[0]}, "handover"); exit != 0 || out == "" {
		t.Errorf("%d, %s", exit, words)
	}
	if out, _, exit := s.ssh([]string{locked}, "handover"); exit != 255 || out != "" {
		t.Errorf("a key that was not proved: %d", exit)
	}
	if out, _, exit := s.ssh(maria, "-s", "sftp"); exit == 0 || out != "" {
		t.Errorf("sftp: %d", exit)
	}
	trail := run(t, s.env, "audit", "--by", "Grace Lin")
	for _, want := range []string{"Maria Santos            read the handover (at the seat maria)", "Maria Santos            exported: csv (", "added the seat: Desk 2 (a workstation, SHA256:"} {
		if !strings.Contains(trail, want) {
			t.Errorf("the audit lacks %q:\n%s", want, trail)
		}
	}
	if strings.Contains(trail, "Tomasz Wójcik           read the handover") {
		t.Error("a key that was not proved read the handover")
	}
	run(t, s.env, "seat", "disable", "maria", "--by", "Grace Lin")
	time.Sleep(1500 * time.Millisecond) // the server looks each second
	if _, _, exit := s.ssh(maria, "board"); exit != 255 {
		t.Errorf("a disabled seat: %d", exit)
	}
}

// The answer to help serve is one screen of 80 columns, with the prompt below it.
func TestHelpServeIsOneScreen(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(serveHelp, "\n"), "\n")
	if len(lines) > 23 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("too long: %s", line)
		}
	}
}

// seatsIn returns the seats of neurocheck status --json, nil without a server, and the codes
// of what needs attention.
func (s *sshServer) seatsIn() (seats *seatsNow, codes string) {
	s.t.Helper()
	cmd := exec.Command("neurocheck", "status", "--json")
	cmd.Env = s.env
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != attentionExit) {
		s.t.Fatalf("%v\n%s", err, out)
	}
	var st state
	if err := json.Unmarshal(out, &st); err != nil {
		s.t.Fatal(err)
	}
	for _, a := range st.Attention {
		codes += a.Code + " "
	}
	return st.Seats, codes
}

// untilSeats waits until status counts the seats as told.
func (s *sshServer) untilSeats(open, signedIn int) {
	s.t.Helper()
	var n *seatsNow
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if n, _ = s.seatsIn(); n != nil && n.Servers == 1 && n.Open == open && n.SignedIn == signedIn && n.Waiting == 0 {
			return
		}
	}
	s.t.Fatalf("%+v, not %d open and %d signed in", n, open, signedIn)
}

// status counts the seats, and says if a server has gone without a word.
func TestStatusCountsSeats(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t)
	key := s.key("maria", "Maria Santos", "")
	if n, codes := s.seatsIn(); n != nil || codes != "" {
		t.Errorf("without a server: %+v, %s", n, codes)
	}
	s.start()
	s.untilSeats(0, 0)
	first, second := s.sit(key), s.sit(key)
	first.see("Who are you?", "Maria Santos")
	first.types("enter")
	first.see("on the ward")
	second.see("Who are you?")
	s.untilSeats(2, 1)
	if out := run(t, s.env, "status"); !strings.Contains(out, "seats      2 open, 1 signed in, sign-ins that wait: 0, longest without a key: 0 min") {
		t.Errorf("%s", out)
	}
	s.kill()
	files, err := filepath.Glob(s.log + "-seats-*")
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	long := time.Now().Add(-time.Minute) // the server has written nothing since
	if err := os.Chtimes(files[0], long, long); err != nil {
		t.Fatal(err)
	}
	if n, codes := s.seatsIn(); n != nil || !strings.Contains(codes, "seats_silent") {
		t.Errorf("after kill -9: %+v, %s", n, codes)
	}
	s.start() // at the same port
	s.untilSeats(0, 0)
	if _, codes := s.seatsIn(); codes != "" {
		t.Errorf("a server that is back: %s", codes)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.end
	if n, codes := s.seatsIn(); n != nil || codes != "" {
		t.Errorf("after SIGTERM: %+v, %s", n, codes)
	}
}

// output runs neurocheck, and returns its standard output.
func output(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("neurocheck", args...)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// finds searches a patient on the board, up to the one row that is left.
func (term *terminal) finds(name string) {
	term.t.Helper()
	term.types("/")
	term.see("search")
	family, _, _ := strings.Cut(name, ",")
	term.spells(family)
	term.see("1 of 12")
	term.types("enter")
	term.see(name)
}

// halfChecked begins a check and waits until its draft is in the log: the screen may be a
// moment ahead of it, and leaving the form and coming back shows the one in the log.
func (term *terminal) halfChecked(name string) {
	term.t.Helper()
	term.finds(name)
	term.types("n")
	term.see("NEURO CHECK", name, "no answer yet")
	term.types("1", "1")
	term.see("ICE 2 to 10 of 10")
	term.esc("on the ward")
	term.types("n")
	term.see("NEURO CHECK", "Your unsaved check of", "ICE 2 to 10 of 10")
}

// grows makes the terminal of a client of SSH larger, until the screen has its size.
func (term *terminal) grows() {
	term.t.Helper()
	term.resize(120, 36)
	drawn := make(chan struct{})
	go func() {
		for again := time.NewTicker(time.Second); ; { // ssh may miss one
			select {
			case <-again.C:
				_ = term.cmd.Process.Signal(syscall.SIGWINCH)
			case <-drawn:
				again.Stop()
				return
			}
		}
	}()
	term.see(strings.Repeat("─", 120))
	close(drawn)
}

// kill -9 of a client and of the server loses no check that was acknowledged and no draft:
// the person who connects again is back at the draft.
func TestKillsOverOpenSSH(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t)
	key := s.key("maria", "Maria Santos", "")
	s.start()
	sign := func() *terminal {
		term := s.sit(key)
		term.see("Who are you?", "Maria Santos")
		term.types("enter")
		return term
	}
	term := sign()
	term.see("on the ward")
	term.halfChecked("LEVI, Yael")
	term.grows()
	term.signal(syscall.SIGKILL)
	term.leaves()

	term = sign()
	term.see("NEURO CHECK", "LEVI, Yael", "yes")
	s.kill()
	term.leaves()
	s.start()
	term = sign()
	term.see("NEURO CHECK", "LEVI, Yael", "unsaved check")

	// It is saved, and the server killed as soon as the screen says so.
	term.types("ctrl+s")
	term.see("SAVE this check?")
	term.answers("1")
	term.see("Saved ")
	s.kill()
	term.leaves()
	if out := output(t, s.env, "export"); strings.Count(out, "Maria Santos") == 0 || !strings.Contains(run(t, s.env, "verify"), "the record is whole") {
		t.Error("the record is not whole")
	}
	if trail := run(t, s.env, "audit", "--by", "Grace Lin", "--person", "Maria Santos"); !strings.Contains(trail, "recorded a check") {
		t.Errorf("the check that was acknowledged is lost:\n%s", trail)
	}

	// SIGTERM tells the seats, and ends with 0.
	s.start()
	term = sign()
	term.see("on the ward")
	begun := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-s.end; err != nil || time.Since(begun) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	term.see("The server stops now")
}
