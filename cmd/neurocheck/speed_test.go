package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// These measure the whole program in a pseudo-terminal. They are benchmarks and not
// tests, because a person judges the figures of a machine.

// .ci/bench sets these: the program that it has built, and whether the benchmarks take few
// seats and little time at rest.
const (
	programVar = "NEUROCHECK_BENCH_PROGRAM"
	quickVar   = "NEUROCHECK_BENCH_QUICK"
)

// quickly returns few if the benchmarks are to be quick, else many.
func quickly[T any](few, many T) T {
	if os.Getenv(quickVar) != "" {
		return few
	}
	return many
}

// built builds a program of this module.
func built(b *testing.B, what string) string {
	b.Helper()
	if path := os.Getenv(programVar); what == "." && path != "" {
		return path
	}
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
	if out, err := exec.Command(program, "demo", "--write", log, "--checks", quickly("2000", "10000")).CombinedOutput(); err != nil {
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

// until reads the program's output up to a text.
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

// frames reads on, and sends the time of each frame.
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

// presses types keys as a person does: so far apart that they are no burst.
func (r *running) presses(keys ...string) {
	r.b.Helper()
	for _, k := range keys {
		r.types(k)
		time.Sleep(150 * time.Millisecond)
	}
}

// signIn signs a nurse in, who needs no PIN on a made-up ward, up to the board.
func (r *running) signIn() {
	r.b.Helper()
	r.until(signInText)
	time.Sleep(time.Second) // the names are loaded
	r.presses("Maria", "\r")
	r.until("on the ward")
}

// signInText is on the first frame of the program.
const signInText = "Who are you?"

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

func median(times []time.Duration) float64 { return quantile(times, 50) }

// quantile returns a percentile in milliseconds.
func quantile(times []time.Duration, percent int) float64 {
	slices.Sort(times)
	return float64(times[len(times)*percent/100].Microseconds()) / 1000
}

// BenchmarkFirstFrame measures the time from the start of the process to the first
// frame, and that of the smallest Bubble Tea program at its default of 60 frames a
// second.
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
		own = append(own, first(signInText, ours, "--db", log))
	}
	b.ReportMetric(median(own), "ms/ours")
	b.ReportMetric(median(peer), "ms/smallest")
	b.ReportMetric(median(own)/median(peer), "ratio")
}

// BenchmarkKeyOnScreen measures the time from a key to the frame that shows it: an arrow
// on the longest board, and an answer and its undo on the fullest form.
func BenchmarkKeyOnScreen(b *testing.B) {
	ours := built(b, ".")
	for _, at := range []struct {
		name          string
		width, height uint16
		open          func(*running)
		keys          [2]string
	}{
		{"board", 200, 60, func(*running) {}, [2]string{"\x1b[B", "\x1b[A"}},
		{"form", 80, 24, fullForm, [2]string{"2", "\x7f"}},
		{"form-large", 200, 60, fullForm, [2]string{"2", "\x7f"}},
	} {
		b.Run(at.name, func(b *testing.B) {
			r := started(b, at.width, at.height, ours, "--db", filled(b, ours))
			defer r.kill()
			r.signIn()
			at.open(r)
			frames := r.frames()
			time.Sleep(time.Second)
			var times []time.Duration
			for i := 0; b.Loop(); i++ {
				// The last frame is out, and the key does not meet the beat of the frames.
				time.Sleep(time.Duration(40+i%17) * time.Millisecond)
				for len(frames) > 0 {
					<-frames
				}
				pressed := time.Now()
				r.types(at.keys[i%2])
				shown, alive := <-frames
				if !alive {
					b.Fatal("the program ended")
				}
				times = append(times, shown.Sub(pressed))
			}
			b.ReportMetric(median(times), "ms/key-p50")
			b.ReportMetric(quantile(times, 95), "ms/key-p95")
		})
	}
}

// fullForm opens the form of the worst patient and answers all of its lines, those of the
// late signs too. The line of speech is then the present one.
func fullForm(r *running) {
	r.presses("\x1b[H", "n")
	r.until("CONSCIOUSNESS")
	time.Sleep(time.Second) // the form has its first keys
	r.presses(strings.Split("1 1 1 1 3 1 1 1 0 0 0 0 1 1 1 1 1 1 1 1 1 1", " ")...)
	r.presses("\r", "1", "1", "1", "/", "s", "p", "\r")
}

// BenchmarkIdle measures the share of a core that the board takes without a key for 20
// seconds, and that of the smallest Bubble Tea program, which shows nothing that changes:
// at its default, and at the frames a second of neurocheck, which cost the most of it.
func BenchmarkIdle(b *testing.B) {
	ours, smallest := built(b, "."), built(b, "./testdata/smallest")
	log := filled(b, ours)
	share := func(ready func(*running), program string, args ...string) float64 {
		r := started(b, 200, 60, program, args...)
		defer r.kill()
		ready(r)
		r.frames()
		time.Sleep(quickly[time.Duration](2, 5) * time.Second) // the daily copy is made at the start
		idle := quickly[time.Duration](5, 20) * time.Second
		before := r.onCPU()
		time.Sleep(idle)
		return 100 * (r.onCPU() - before).Seconds() / idle.Seconds()
	}
	for b.Loop() {
		b.ReportMetric(share((*running).signIn, ours, "--db", log), "%core/ours")
		shown := func(r *running) { r.until("the smallest") }
		b.ReportMetric(share(shown, smallest), "%core/smallest")
		if !quickly(true, false) {
			b.ReportMetric(share(shown, smallest, "120"), "%core/smallest-120")
		}
	}
}

// onCPU returns the time that the threads of the program have run. It skips the benchmark
// if the system does not count it.
func (r *running) onCPU() (sum time.Duration) {
	r.b.Helper()
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", r.cmd.Process.Pid))
	if threads == nil {
		r.b.Skip("only Linux counts the time of each thread")
	}
	for _, path := range threads {
		var ran time.Duration
		stat, err := os.ReadFile(path)
		if err != nil {
			r.b.Fatal(err)
		}
		if _, err := fmt.Sscan(string(stat), &ran); err != nil {
			r.b.Fatal(err)
		}
		sum += ran
	}
	return sum
}
