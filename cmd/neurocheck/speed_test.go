package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// These measure the whole program in a pseudo-terminal. They are benchmarks and
// no tests: a person judges the figures of a machine.

// built builds a program of this module.
func built(b *testing.B, what string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", path, what).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// filled makes a log with every bed taken.
func filled(b *testing.B, program string) string {
	b.Helper()
	log := filepath.Join(b.TempDir(), "log.db")
	if out, err := exec.Command(program, "demo", "--write", log, "--checks", "10000").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return log
}

// running is a program in a terminal, from its start.
type running struct {
	b     *testing.B
	cmd   *exec.Cmd
	tty   *os.File
	start time.Time
	buf   []byte
}

func started(b *testing.B, width, height uint16, program string, args ...string) *running {
	b.Helper()
	r := &running{b: b, cmd: exec.Command(program, args...), buf: make([]byte, 64<<10)}
	r.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8")
	r.start = time.Now()
	tty, err := pty.StartWithSize(r.cmd, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		b.Fatal(err)
	}
	r.tty = tty
	return r
}

// until reads the program's output until the text has come.
func (r *running) until(text string) {
	r.b.Helper()
	var seen []byte
	for !bytes.Contains(seen, []byte(text)) {
		n, err := r.tty.Read(r.buf)
		if err != nil {
			r.b.Fatalf("%q never came: %v\n%q", text, err, seen)
		}
		seen = append(seen, r.buf[:n]...)
	}
}

// frames reads on and tells when each frame came.
func (r *running) frames() <-chan time.Time {
	came := make(chan time.Time, 1<<16)
	go func() {
		defer close(came)
		for {
			if _, err := r.tty.Read(r.buf); err != nil {
				return
			}
			came <- time.Now()
		}
	}()
	return came
}

func (r *running) types(keys string) {
	r.b.Helper()
	if _, err := r.tty.WriteString(keys); err != nil {
		r.b.Fatal(err)
	}
}

func (r *running) kill() *os.ProcessState {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	go func() { _, _ = io.Copy(io.Discard, r.tty) }() // its last output must not block it
	_ = r.cmd.Wait()
	_ = r.tty.Close()
	return r.cmd.ProcessState
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000
}

// BenchmarkFirstFrame measures the time from the start of the process to the first
// frame, and that of the smallest Bubble Tea program.
func BenchmarkFirstFrame(b *testing.B) {
	ours, smallest := built(b, "."), built(b, "./testdata/smallest")
	log := filled(b, ours)
	var own, peer []time.Duration
	first := func(text, program string, args ...string) time.Duration {
		r := started(b, 80, 24, program, args...)
		defer r.kill()
		r.until(text)
		return time.Since(r.start)
	}
	for b.Loop() {
		peer = append(peer, first("the smallest", smallest))
		own = append(own, first("keyboard", ours, "--db", log))
	}
	b.ReportMetric(median(own), "ms/ours")
	b.ReportMetric(median(peer), "ms/smallest")
	b.ReportMetric(median(own)/median(peer), "ratio")
}

// BenchmarkKeyOnScreen is from a key to the frame that shows it, on the largest
// board and on the form. A frame at 60 Hz is 16.7 ms.
func BenchmarkKeyOnScreen(b *testing.B) {
	ours := built(b, ".")
	log := filled(b, ours)
	for name, keys := range map[string][2]string{"board": {"\x1b[B", "\x1b[A"}, "form": {"y", "\x7f"}} {
		b.Run(name, func(b *testing.B) {
			r := started(b, 200, 60, ours, "--db", log)
			defer r.kill()
			r.until("keyboard")
			r.types("Maria\r")
			r.until("30B")
			if name == "form" {
				r.types("n")
				r.until("CONSCIOUSNESS")
			}
			frames := r.frames()
			var times []time.Duration
			for i := 0; b.Loop(); i++ {
				time.Sleep(time.Duration(40+i%17) * time.Millisecond) // the last frame is out, and the beat of the next is not met
				for len(frames) > 0 {
					<-frames
				}
				at := time.Now()
				r.types(keys[i%2])
				times = append(times, (<-frames).Sub(at))
			}
			b.ReportMetric(median(times), "ms/key")
		})
	}
}

// BenchmarkIdle measures the share of a processor that the board takes without a key,
// and that of the smallest Bubble Tea program, which shows nothing that changes.
func BenchmarkIdle(b *testing.B) {
	ours, smallest := built(b, "."), built(b, "./testdata/smallest")
	log := filled(b, ours)
	used := func(wait time.Duration, first, keys, then, program string, args ...string) time.Duration {
		r := started(b, 200, 60, program, args...)
		r.until(first)
		if keys != "" {
			r.types(keys)
			r.until(then)
		}
		r.frames()
		time.Sleep(wait)
		state := r.kill()
		return state.UserTime() + state.SystemTime()
	}
	const long = 10 * time.Second
	share := func(first, keys, then, program string, args ...string) float64 {
		idle := used(long, first, keys, then, program, args...) - used(0, first, keys, then, program, args...)
		return 100 * idle.Seconds() / long.Seconds()
	}
	for b.Loop() {
		b.ReportMetric(share("keyboard", "Maria\r", "30B", ours, "--db", log), "%cpu/ours")
		b.ReportMetric(share("the smallest", "", "", smallest), "%cpu/smallest")
	}
}
