//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// hospital is a ward with a feed and a listener of it, as processes of their own.
type hospital struct {
	t    *testing.T
	env  []string
	log  string // a file, or the address of a ward on a server
	args []string
}

// inHospitals runs a test in a hospital on each engine. name is that of the database on the
// server.
func inHospitals(t *testing.T, name string, test func(t *testing.T, h *hospital)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, newHospital(t, filepath.Join(t.TempDir(), "ward.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := wardServer(t)
		if err := server.database(name, false, 1); err != nil {
			t.Fatal(err)
		}
		test(t, newHospital(t, server.AddressIn(name, pgserver.Program, wardNumber(0))))
	})
}

func newHospital(t *testing.T, log string) *hospital {
	t.Helper()
	folder := t.TempDir()
	h := &hospital{t: t, env: home(t), log: log}
	site, key := filepath.Join(folder, "site.toml"), filepath.Join(folder, "adt.key")
	if err := os.WriteFile(site, []byte("[intake]\nlocations = [\"H4\"]\nauthority = \"CITY\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Create(t.Context(), h.log)
	if err != nil {
		t.Fatal(err)
	}
	kim := ward.Sign("Kim Adler", clockStart().Add(-time.Hour))
	err = s.SetUp(t.Context(), kim, ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true})
	if closed := s.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	run(t, h.env, "staff", "add", "ADT", "--role", "feed", "--key-out", key, "--by", "Kim Adler", "--db", h.log)
	h.args = []string{"intake", "--db", h.log, "--config", site, "--by", "ADT", "--key-file", key, "--listen", "127.0.0.1:0"}
	return h
}

// listeningProcess is a listener that runs.
type listeningProcess struct {
	cmd     *exec.Cmd
	address string
	lines   *bufio.Reader
}

func (h *hospital) listen(env ...string) *listeningProcess {
	h.t.Helper()
	cmd := exec.Command("neurocheck", h.args...)
	cmd.Env = append(append([]string(nil), h.env...), env...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	p := &listeningProcess{cmd: cmd, lines: bufio.NewReader(stderr)}
	h.t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := p.lines.ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "feed ADT is listened to at ")
	if err != nil || !found {
		h.t.Fatalf("the listener says %q, %v", line, err)
	}
	p.address = address
	return p
}

// send sends a message, and returns the connection.
func (p *listeningProcess) send(t *testing.T, text string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := conn.Write(hl7.Frame([]byte(text))); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

func acknowledged(t *testing.T, in *bufio.Reader) string {
	t.Helper()
	framed, err := in.ReadBytes(0x1c)
	if err != nil {
		t.Fatal(err)
	}
	a, err := hl7.ParseAnswer(bytes.Trim(framed, "\r\x0b\x1c"))
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Code) + " " + a.ControlID
}

// admissionNow is a message of the time at which the clock of the tests starts.
func admissionNow() string { return admissionOf(1) }

// admissionOf is that message about one of many patients, with a control ID of its own: 1001
// and so on.
func admissionOf(n int) string {
	at := clockStart().UTC().Add(-time.Minute).Format("20060102150405")
	born := time.Date(1961, 3, 13+n, 0, 0, 0, 0, time.UTC).Format("20060102")
	return fmt.Sprintf("MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|%s||ADT^A01|%d|P|2.5.1\rEVN|A01|%s\rPID|||%07d^^^CITY^MR||OKAFOR^Ada||%s\rPV1||I|H4^12^A||||||||||||||||V%d\r",
		at, 1000+n, at, 42316+n, born, 1000+n)
}

func (h *hospital) records() (messages, patients int) {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), h.log)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	err = s.EachAudit(h.t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		switch e.Event {
		case "message_recorded":
			messages++
		case "patient_added":
			patients++
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return messages, patients
}

// A program that is killed between applying a message and answering it has taken it: the
// message that the hospital sends again is a duplicate.
func TestKilledBetweenApplyingAndAnswering(t *testing.T) {
	t.Parallel()
	inHospitals(t, "killed", killedBetweenApplyingAndAnswering)
}

func killedBetweenApplyingAndAnswering(t *testing.T, h *hospital) {
	p := h.listen(noAnswerVar + "=1")
	conn, in := p.send(t, admissionNow())
	defer conn.Close()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if messages, _ := h.records(); messages == 1 {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("the message was not recorded")
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		t.Fatalf("it had answered %q", rest)
	}
	again := h.listen()
	conn, in = again.send(t, admissionNow())
	defer conn.Close()
	if got := acknowledged(t, in); got != "AA 1001" {
		t.Errorf("the answer to the message sent again is %s", got)
	}
	if line, err := again.lines.ReadString('\n'); err != nil || line != "duplicate 1001 A01\n" {
		t.Errorf("it says %q, %v", line, err)
	}
	if messages, patients := h.records(); messages != 1 || patients != 1 {
		t.Errorf("%d messages and %d patients are recorded", messages, patients)
	}
	// The state of the log says that it listens, and when the last message came. A second
	// listener is refused, and SIGTERM ends the first.
	state := runToEnd(t, h.env, "status", "--json", "--db", h.log).out
	if heard := `"listening":true,"last_message_at":"` + beginOf(clockStart().Format("2006-01-02T15:04")); !strings.Contains(state, heard) {
		t.Errorf("status does not have %s: %s", heard, state)
	}
	second := exec.Command("neurocheck", h.args...)
	second.Env = h.env
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "another listener takes messages into this ") {
		t.Errorf("a second listener: %v\n%s", err, out)
	}
	if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := again.cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if state := runToEnd(t, h.env, "status", "--db", h.log).out; !strings.Contains(state, "no listener, the last message "+beginOf(clockStart().Format("2 Jan 2006 15:04"))) {
		t.Errorf("after its end: %s", state)
	}
	run(t, h.env, "verify", "--db", h.log)
}

// With --plain it listens for other machines too, without encryption, and at its end says what
// came.
func TestAListenerForOtherMachines(t *testing.T) {
	t.Parallel()
	inHospitals(t, "plain", aListenerForOtherMachines)
}

func aListenerForOtherMachines(t *testing.T, h *hospital) {
	h.args = append(h.args[:len(h.args)-1:len(h.args)-1], "0.0.0.0:0", "--plain")
	p := h.listen()
	_, port, err := net.SplitHostPort(p.address)
	if err != nil {
		t.Fatal(err)
	}
	p.address = "127.0.0.1:" + port
	conn, in := p.send(t, admissionNow())
	defer conn.Close()
	if got := acknowledged(t, in); got != "AA 1001" {
		t.Errorf("the answer is %s", got)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(p.lines)
	const want = "applied 1001 A01\n1 messages: 1 applied, 0 ignored, 0 held, 0 refused, 0 for another receiver, 0 duplicates, 0 unread\n"
	if ended := p.cmd.Wait(); err != nil || ended != nil || string(rest) != want {
		t.Errorf("it says %q, %v, %v", rest, err, ended)
	}
}

// beginOf returns a time without its last digit: it holds for ten minutes.
func beginOf(minute string) string { return minute[:len(minute)-1] }

// A dry run reads its input without the lock of the log, and keeps nothing.
func TestADryRunOfIntakeReadsWithoutTheLock(t *testing.T) {
	t.Parallel()
	inHospitals(t, "dryrun", aDryRunReadsWithoutTheLock)
}

func aDryRunReadsWithoutTheLock(t *testing.T, h *hospital) {
	args := slices.Replace(slices.Clone(h.args), len(h.args)-2, len(h.args), "--dry-run", "-")
	cmd := exec.Command("neurocheck", args...)
	var said, out bytes.Buffer
	cmd.Env, cmd.Stderr, cmd.Stdout = h.env, &said, &out
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	message := admissionNow()
	if _, err := io.WriteString(in, message); err != nil {
		t.Fatal(err)
	}
	for range 3 { // another writer, while the input has no end
		run(t, h.env, "patient", "admit", "--mrn", "0099001", "--name", "LIND, Ola", "--birth-date", "1955-01-02", "--by", "Kim Adler", "--db", h.log)
	}
	messages, patients := h.records()
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || said.String() != "applied 1001 A01\n" || !strings.HasPrefix(out.String(), "dry run, nothing recorded: 1 messages: 1 applied") {
		t.Errorf("%v, %s%s", err, said.String(), out.String())
	}
	if m, p := h.records(); m != messages || p != patients || m != 0 || p != 1 {
		t.Errorf("%d messages and %d patients are recorded", m, p)
	}
}

// A location that an administrator adds counts from the next message on: a listener goes on
// for months, and whom it ignores is on no board.
func TestSettingsOfAListener(t *testing.T) {
	t.Parallel()
	inHospitals(t, "listener_settings", func(t *testing.T, h *hospital) {
		p := h.listen()
		takes := func(n int, status string) {
			t.Helper()
			conn, in := p.send(t, strings.ReplaceAll(admissionOf(n), "H4^12", "H5^12"))
			defer conn.Close()
			if got := acknowledged(t, in); !strings.HasPrefix(got, "AA ") {
				t.Errorf("%d: %s", n, got)
			}
			if line, err := p.lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, status) {
				t.Errorf("%d: %q, %v, not %s", n, line, err, status)
			}
		}
		apply := func(text string) {
			t.Helper()
			next := filepath.Join(t.TempDir(), "next.toml")
			if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			site := h.args[slices.Index(h.args, "--config")+1]
			run(t, h.env, "config", "apply", next, "--by", "Kim Adler", "--db", h.log, "--config", site)
		}
		takes(1, "ignored")
		apply("[intake]\nlocations = [\"H4\", \"H5\"]\nauthority = \"CITY\"\n")
		takes(2, "applied")

		apply("[intake]\nauthority = \"CITY\"\n") // by which no message can be taken
		takes(3, "neurocheck: warning settings: intake.locations: missing")
		if line, err := p.lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "applied") {
			t.Errorf("%q, %v", line, err)
		}
		takes(4, "applied")
	})
}
