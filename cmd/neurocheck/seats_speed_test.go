package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// seatsServer is a server of seats in a process of its own, on the log of a full ward.
type seatsServer struct {
	*running
	address string
	key     gossh.Signer
}

func serveSeats(b *testing.B, program, log string) *seatsServer {
	b.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ok(err)
	key, err := gossh.NewSignerFromKey(private)
	ok(err)
	dir := b.TempDir()
	public := filepath.Join(dir, "key.pub")
	ok(os.WriteFile(public, gossh.MarshalAuthorizedKey(key.PublicKey()), 0o600))
	out, err := exec.Command(program, "seat", "add", "Desk", "--key-file", public, "--db", log, "--by", "Grace Lin").CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "serve", "--db", log, "--listen", "127.0.0.1:0", "--per-address", "1000", "--host-key", filepath.Join(dir, "host-key"))
	stderr, err := cmd.StderrPipe()
	ok(err)
	ok(cmd.Start())
	s := &seatsServer{running: &running{b: b, cmd: cmd}, key: key}
	lines := bufio.NewScanner(stderr)
	at := regexp.MustCompile(`is open at (\S+);`)
	for lines.Scan() && s.address == "" {
		if match := at.FindStringSubmatch(lines.Text()); match != nil {
			s.address = match[1]
		}
	}
	if s.address == "" {
		b.Fatal("the server did not start")
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return s
}

// seat is one client with a terminal that draws nothing.
type seat struct {
	b   *testing.B
	in  io.Writer
	out io.Reader
}

func (s *seatsServer) sit(width, height int) *seat {
	s.b.Helper()
	ok := func(err error) {
		s.b.Helper()
		if err != nil {
			s.b.Fatal(err)
		}
	}
	c, err := gossh.Dial("tcp", s.address, &gossh.ClientConfig{
		User: "u", Auth: []gossh.AuthMethod{gossh.PublicKeys(s.key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	ok(err)
	s.b.Cleanup(func() { c.Close() })
	session, err := c.NewSession()
	ok(err)
	ok(session.Setenv("LANG", "C.UTF-8"))
	ok(session.RequestPty("xterm-256color", height, width, gossh.TerminalModes{}))
	x := &seat{b: s.b}
	x.in, err = session.StdinPipe()
	ok(err)
	x.out, err = session.StdoutPipe()
	ok(err)
	ok(session.Shell())
	return x
}

func (x *seat) until(text string) {
	x.b.Helper()
	var seen []byte
	buf := make([]byte, 64<<10)
	for !bytes.Contains(seen, []byte(text)) {
		n, err := x.out.Read(buf)
		if err != nil {
			x.b.Errorf("%q never came: %v", text, err)
			return
		}
		seen = append(seen, buf[:n]...)
	}
}

// signIn signs a nurse in, up to the board.
func (x *seat) signIn() {
	x.b.Helper()
	x.until(signInText)
	time.Sleep(time.Second)
	for _, k := range []string{"Maria", "\r"} {
		fmt.Fprint(x.in, k)
		time.Sleep(150 * time.Millisecond)
	}
	x.until("on the ward")
}

// frames reads on, and sends the time of each frame.
func (x *seat) frames() <-chan time.Time {
	came := make(chan time.Time, 1<<16)
	go func() {
		defer close(came)
		buf := make([]byte, 64<<10)
		for {
			if _, err := x.out.Read(buf); err != nil {
				return
			}
			came <- time.Now()
		}
	}()
	return came
}

// keys measures the time from a key to its frame on the board.
func keys(b *testing.B, in io.Writer, frames <-chan time.Time, n int) (times []time.Duration) {
	b.Helper()
	time.Sleep(time.Second)
	for i := range n {
		time.Sleep(time.Duration(40+i%17) * time.Millisecond)
		for len(frames) > 0 {
			<-frames
		}
		pressed := time.Now()
		fmt.Fprint(in, []string{"\x1b[B", "\x1b[A"}[i%2])
		select {
		case shown, alive := <-frames:
			if !alive {
				b.Fatal("the program ended")
			}
			times = append(times, shown.Sub(pressed))
		case <-time.After(5 * time.Second):
			b.Fatal("no frame came")
		}
	}
	return times
}

// resident returns the memory of a process in MiB.
func (r *running) resident() float64 {
	r.b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		r.b.Skip("only Linux tells the memory of a process")
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kib)[0], 64)
			if err != nil {
				r.b.Fatal(err)
			}
			return n / 1024
		}
	}
	r.b.Fatal("the process has no memory")
	return 0
}

// BenchmarkSeats measures 200 idle seats of one server against one program at a terminal:
// the bars are 1.2 times the key to frame, 0.1 of the memory for a seat, and 15 % of a core
// for all of them at rest. The key is pressed at one more seat.
func BenchmarkSeats(b *testing.B) {
	const idle, atOnce, presses = 200, 20, 200
	ours := built(b, ".")
	for b.Loop() {
		log := filled(b, ours)
		local := started(b, 80, 24, ours, "--db", log)
		local.signIn()
		near := keys(b, local.tty, local.frames(), presses)
		alone := local.resident()
		local.kill()

		server := serveSeats(b, ours, log)
		first := server.sit(80, 24)
		first.signIn()
		frames := first.frames()
		far := keys(b, first.in, frames, presses)
		before := server.resident()
		for range idle / atOnce {
			var all sync.WaitGroup
			for range atOnce {
				x := server.sit(80, 24)
				all.Go(func() {
					x.signIn()
					x.frames()
				})
			}
			all.Wait()
		}
		time.Sleep(5 * time.Second)
		each := (server.resident() - before) / idle
		const rest = 20 * time.Second
		cpu := server.onCPU()
		time.Sleep(rest)
		share := 100 * (server.onCPU() - cpu).Seconds() / rest.Seconds()
		crowded := keys(b, first.in, frames, presses)
		b.ReportMetric(median(near), "ms/key-p50-local")
		b.ReportMetric(median(far), "ms/key-p50-ssh")
		b.ReportMetric(median(far)/median(near), "key-ratio")
		b.ReportMetric(median(crowded), "ms/key-p50-of-201")
		b.ReportMetric(alone, "MiB/local")
		b.ReportMetric(each, "MiB/seat")
		b.ReportMetric(each/alone, "memory-ratio")
		b.ReportMetric(share, "%core/200-idle")
	}
}
