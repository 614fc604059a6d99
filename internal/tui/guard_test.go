package tui

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// TestFailing is the program that TestAFailureRestoresTheTerminal runs: it fails,
// with a patient's name in its mouth, when a second check is begun.
func TestFailing(t *testing.T) {
	path := os.Getenv("NEUROCHECK_TEST_FAILING")
	if path == "" {
		t.Skip("run by another test")
	}
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	begun := 0
	err = Run(t.Context(), Options{Store: s, Site: ward.DefaultSite(), Now: time.Now, PINs: pins, NewID: func() string {
		if begun++; begun > 1 {
			panic("OKAFOR, Ada")
		}
		return "first"
	}})
	os.Stderr.WriteString("END: " + err.Error() + "\n")
	os.Exit(3)
}

func TestAFailureRestoresTheTerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s, err := store.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sig := ward.Sign("Kim Adler", time.Now().Add(-time.Hour))
	if err := s.SetUp(t.Context(), sig, ward.Ward{Name: "Made up", Zone: "UTC", Synthetic: true}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}); err != nil {
		t.Fatal(err)
	}
	p, _, err := s.Admit(t.Context(), sig, ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE}, ward.Stay{AdmittedAt: sig.At})
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestFailing$")
	cmd.Env = append(os.Environ(), "NEUROCHECK_TEST_FAILING="+path, "TERM=xterm-256color", "LANG=C.UTF-8")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	defer cmd.Process.Kill()
	var mu sync.Mutex
	var out bytes.Buffer
	ended := make(chan struct{})
	shown := sync.NewCond(&mu)
	go func() {
		buf := make([]byte, 32<<10)
		for {
			n, err := tty.Read(buf)
			mu.Lock()
			out.Write(buf[:n])
			mu.Unlock()
			shown.Broadcast()
			if err != nil {
				close(ended)
				shown.Broadcast()
				return
			}
		}
	}()
	wake := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer wake.Stop()
	until := func(text string) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		for !strings.Contains(out.String(), text) {
			select {
			case <-ended:
				t.Fatalf("%q was never shown:\n%q", text, out.String())
			default:
			}
			shown.Wait()
		}
	}
	types := func(keys string) {
		t.Helper()
		if _, err := io.WriteString(tty, keys); err != nil {
			t.Fatal(err)
		}
	}
	until("Who is at the keyboard?")
	types("\r")
	until("OKAFOR")
	types("n")
	until("What year is it?")
	types("y")
	until("1 to 10 of 10") // only what is new is drawn
	types("\x1b")
	until("keep it as a draft")
	types("k")
	until("Kept as your draft")
	types("n") // fails
	<-ended
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 3 {
		t.Errorf("%v", err)
	}
	screens, after, left := strings.Cut(out.String(), "\x1b[?1049l")
	if !left || strings.Contains(after, "\x1b[?1049h") {
		t.Errorf("the terminal was not given back:\n%q", out.String())
	}
	if !strings.Contains(after, "END: the program failed at guard_test.go:") || !strings.Contains(after, "kept as a draft") {
		t.Errorf("it does not say where: %q", after)
	}
	if strings.Contains(after, "OKAFOR") || strings.Contains(after, "goroutine") {
		t.Errorf("it says too much: %q", after)
	}
	_ = screens
	if d, there, err := s.DraftOf(t.Context(), p.ID, "Kim Adler"); err != nil || !there || !strings.Contains(d.Content, "ice_year") {
		t.Errorf("the draft is %+v, %v, %v", d, there, err)
	}
}
