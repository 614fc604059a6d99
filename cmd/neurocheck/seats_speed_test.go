package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/pin"
)

// seatsServer is a server of seats in a process of its own, on the log of a full ward.
type seatsServer struct {
	*running
	address string
	key     gossh.Signer
}

// serveSeats starts a server whose desk was added by an administrator.
func serveSeats(b *testing.B, program, log, by string, env ...string) *seatsServer {
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
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), env...)
		return cmd
	}
	if out, err := run("seat", "add", "Desk", "--key-file", public, "--db", log, "--by", by).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cmd := run("serve", "--db", log, "--listen", "127.0.0.1:0", "--per-address", "1000", "--host-key", filepath.Join(dir, "host-key"))
	stderr, err := cmd.StderrPipe()
	ok(err)
	ok(cmd.Start())
	s := &seatsServer{running: &running{b: b, cmd: cmd}, key: key}
	lines := bufio.NewScanner(stderr)
	at := regexp.MustCompile(`is open at (\S+);`)
	for s.address == "" && lines.Scan() {
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

// seat is one client with a terminal. Until the ward is open an emulator holds the screen:
// the server sends only the cells that change, so that a text may come in parts.
type seat struct {
	b      *testing.B
	in     io.Writer
	frames chan time.Time // of those after the sign-in

	mu     sync.Mutex
	screen *vt.SafeEmulator // nil once the ward is open
	err    error
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
	x := &seat{b: s.b, frames: make(chan time.Time, 1), screen: vt.NewSafeEmulator(width, height)}
	x.in, err = session.StdinPipe()
	ok(err)
	out, err := session.StdoutPipe()
	ok(err)
	ok(session.Shell())
	go x.read(out)
	go func() { _, _ = io.Copy(x.in, x.screen) }() // the answers to the program's queries
	return x
}

// read draws what comes, and after the sign-in notes the time of the last frame alone.
func (x *seat) read(out io.Reader) {
	buf := make([]byte, 64<<10)
	for {
		n, err := out.Read(buf)
		came := time.Now()
		x.mu.Lock()
		if x.err = err; x.screen != nil {
			_, _ = x.screen.Write(buf[:n])
		}
		x.mu.Unlock()
		if err != nil {
			close(x.frames)
			return
		}
		select {
		case x.frames <- came:
		default: // the one before was not taken
		}
	}
}

// sees waits until the screen shows a text, and reports whether it does.
func (x *seat) sees(text string, most time.Duration) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		x.mu.Lock()
		seen, err := ansi.Strip(x.screen.Render()), x.err
		x.mu.Unlock()
		if strings.Contains(seen, text) {
			return true
		}
		if err != nil {
			break
		}
	}
	return false
}

// signIn signs a person in, up to the board. A machine that is busy may deliver two keys as
// one burst, which the screens take for a paste, so that a key without effect is pressed
// again.
func (x *seat) signIn(name, pin string) {
	x.b.Helper()
	x.toPIN(name, pin)
	x.enter()
}

// toPIN goes up to the PIN, which is typed and not yet sent; on a ward without PINs up to
// the last key.
func (x *seat) toPIN(name, pin string) {
	x.b.Helper()
	x.must(signInText)
	x.must(name)
	time.Sleep(500 * time.Millisecond)
	fmt.Fprint(x.in, name[:5])
	time.Sleep(300 * time.Millisecond)
	if pin == "" {
		return
	}
	for range 20 {
		fmt.Fprint(x.in, "\r")
		if x.sees("SIGN IN", 3*time.Second) {
			break
		}
	}
	time.Sleep(300 * time.Millisecond)
	for _, digit := range pin {
		fmt.Fprint(x.in, string(digit))
		time.Sleep(60 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
}

// enter presses the last key of a sign-in, and waits for the board.
func (x *seat) enter() {
	x.b.Helper()
	for range 20 {
		fmt.Fprint(x.in, "\r")
		if x.sees("on the ward", 5*time.Second) || x.sees("checking", time.Millisecond) {
			break
		}
	}
	x.must("on the ward")
	x.mu.Lock()
	defer x.mu.Unlock()
	x.screen = nil
}

func (x *seat) must(text string) {
	x.b.Helper()
	if !x.sees(text, 5*time.Minute) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.b.Errorf("%q never came: %v\n%s", text, x.err, ansi.Strip(x.screen.Render()))
		runtime.Goexit()
	}
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

// memory returns a line of the memory of a process in MiB, as /proc names it.
func (r *running) memory(name string) float64 {
	r.b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		r.b.Skip("only Linux tells the memory of a process")
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, name+":"); ok {
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

// resident is the memory that a process has now.
func (r *running) resident() float64 { return r.memory("VmRSS") }

// BenchmarkSeats measures 200 idle seats of one server against one program at a terminal:
// the bars are 1.2 times the key to frame, 0.1 of the memory for a seat, and 15 % of a core
// for all of them at rest; a quick run has 40. The key is pressed at one more seat.
func BenchmarkSeats(b *testing.B) {
	const atOnce, nurse = 20, "Maria Santos"
	idle, presses := quickly(40, 200), quickly(50, 200)
	ours := built(b, ".")
	for b.Loop() {
		log := filled(b, ours)
		local := started(b, 80, 24, ours, "--db", log)
		local.signIn()
		near := keys(b, local.tty, local.frames(), presses)
		alone := local.resident()
		local.kill()

		server := serveSeats(b, ours, log, "Grace Lin")
		first := server.sit(80, 24)
		first.signIn(nurse, "")
		far := keys(b, first.in, first.frames, presses)
		before := server.resident()
		for range idle / atOnce {
			var all sync.WaitGroup
			for range atOnce {
				x := server.sit(80, 24)
				all.Go(func() { x.signIn(nurse, "") })
			}
			all.Wait()
		}
		time.Sleep(5 * time.Second)
		each := (server.resident() - before) / float64(idle)
		rest := quickly[time.Duration](3, 20) * time.Second
		cpu := server.onCPU()
		time.Sleep(rest)
		share := 100 * (server.onCPU() - cpu).Seconds() / rest.Seconds()
		crowded := keys(b, first.in, first.frames, presses)
		b.ReportMetric(median(near), "ms/key-p50-local")
		b.ReportMetric(median(far), "ms/key-p50-ssh")
		b.ReportMetric(median(far)/median(near), "key-ratio")
		b.ReportMetric(median(crowded), "ms/key-p50-crowded")
		b.ReportMetric(alone, "MiB/local")
		b.ReportMetric(each, "MiB/seat")
		b.ReportMetric(each/alone, "memory-ratio")
		b.ReportMetric(share, fmt.Sprintf("%%core/%d-idle", idle))
	}
}

// BenchmarkSeatsSignIn measures a shift that signs in at once, with PINs of the standard
// cost: the bars are 400 MiB for the server, and none refused.
func BenchmarkSeatsSignIn(b *testing.B) {
	const shift = 32
	ours := built(b, ".")
	for b.Loop() {
		dir := b.TempDir()
		log, pepper := filepath.Join(dir, "ward.db"), filepath.Join(dir, "pepper")
		if err := writeStaffed(log, pepper, pin.Standard); err != nil {
			b.Fatal(err)
		}
		server := serveSeats(b, ours, log, "Kim Adler", "NEUROCHECK_PEPPER="+pepper, "NEUROCHECK_PIN=246813")
		var list []*seat
		var all sync.WaitGroup
		for range shift {
			x := server.sit(80, 24)
			list = append(list, x)
			all.Go(func() { x.toPIN("Sam Lee", "246813") })
		}
		all.Wait()
		rest := server.resident()
		// The highest memory begins anew.
		_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", server.cmd.Process.Pid), []byte("5"), 0)
		begun := time.Now()
		for _, x := range list {
			all.Go(x.enter)
		}
		all.Wait()
		b.ReportMetric(time.Since(begun).Seconds(), "s/all")
		b.ReportMetric(rest, "MiB/before")
		b.ReportMetric(server.memory("VmHWM"), "MiB/highest")
	}
}
