package seats

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/faults"
	"neurocheck/internal/pin"
	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// house is a server of seats for a test, on the ward of package desktest.
type house struct {
	t       testing.TB
	log     *store.Store
	server  *Server
	address string
	host    gossh.PublicKey
	stop    func()
	served  chan error
	said    *safeBuffer
	pins    *pin.Keeper
	crash   atomic.Bool // the clock of the next screens fails
	now     func() time.Time

	mu   sync.Mutex
	runs []Command
}

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// patience is the longest time that a test waits. It is a bound on a hang.
const patience = 90 * time.Second

func newKey(t testing.TB) gossh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	signer, err := gossh.NewSignerFromKey(private)
	must(t, err)
	return signer
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMain(m *testing.M) {
	faults.AtOnce(6)
	faults.FilesInMemory()
	os.Exit(m.Run())
}

// open starts a server.
func open(t testing.TB, limits Limits) *house {
	t.Helper()
	// As in a hospital a sign-in goes on if the log does not answer within a second, which
	// happens on a busy machine.
	pins := &pin.Keeper{Cost: desktest.PINs.Cost, Pepper: desktest.PINs.Pepper, Tries: filepath.Join(t.TempDir(), "tries")}
	h := &house{t: t, log: desktest.Ward(t), said: &safeBuffer{}, pins: pins, now: time.Now}
	h.start(limits)
	return h
}

func (h *house) start(limits Limits) {
	h.t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(h.t, err)
	block, err := gossh.MarshalPrivateKey(private, "")
	must(h.t, err)
	signer, err := gossh.NewSignerFromKey(private)
	must(h.t, err)
	h.host = signer.PublicKey()
	w, err := h.log.Ward(h.t.Context())
	must(h.t, err)
	zone, err := w.Location()
	must(h.t, err)
	site := ward.DefaultSite()
	site.Zone = zone
	look, err := service.New(h.t.Context(), service.Options{Log: h.log, Clock: h.now, Ward: ward.Ward{}, Site: site})
	must(h.t, err)
	ctx, stop := context.WithCancel(context.Background())
	h.server, err = New(ctx, Options{
		Log: h.log, Service: look, Sessions: service.NewSessions(), HostKey: pem.EncodeToMemory(block), Host: "ward", Now: h.now, Limits: limits,
		Logger:  slog.New(slog.NewTextHandler(h.said, nil)),
		Screens: func(context.Context) (tui.Options, error) { return h.screens(site), nil },
		Command: h.command,
	})
	must(h.t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(h.t, err)
	h.address = l.Addr().String()
	h.served = make(chan error, 1)
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		look.Run(ctx)
	}()
	go func() { h.served <- h.server.Serve(ctx, l) }()
	var once sync.Once
	h.stop = func() {
		once.Do(func() {
			stop()
			select {
			case err := <-h.served:
				if err != nil {
					h.t.Errorf("the server ended with %v", err)
				}
			case <-time.After(patience):
				h.t.Error("the server does not end")
			}
			<-looked
		})
	}
	h.t.Cleanup(h.stop)
}

func (h *house) screens(site ward.Site) tui.Options {
	clock, ids := h.now, atomic.Int64{}
	if h.crash.Swap(false) {
		clock = func() time.Time { panic("a name: " + desktest.Maria) }
	}
	return tui.Options{
		Store: h.log, Site: site, PINs: h.pins, Now: clock,
		NewID: func() string { return fmt.Sprintf("id-%p-%d", &ids, ids.Add(1)) },
	}
}

func (h *house) command(_ context.Context, c Command) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = append(h.runs, c)
	fmt.Fprintf(c.Stdout, "%s by %s", strings.Join(c.Args, " "), c.By)
	return 0
}

// seat lets a new key open a seat; member is empty for a workstation.
func (h *house) seat(label, member string) gossh.Signer {
	h.t.Helper()
	key := newKey(h.t)
	h.seatFor(label, member, key)
	return key
}

// seatFor adds a seat for a key.
func (h *house) seatFor(label, member string, key gossh.Signer) {
	h.t.Helper()
	seat := ward.Seat{Label: label, Kind: ward.Workstation}
	if member != "" {
		seat.Kind, seat.Staff = ward.MemberSeat, member
	}
	must(h.t, ReadKey(gossh.MarshalAuthorizedKey(key.PublicKey()), &seat))
	must(h.t, h.log.AddSeat(h.t.Context(), ward.Sign(desktest.Grace, h.now()), seat))
	must(h.t, h.server.readSeats(h.t.Context()))
}

func (h *house) dial(auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", h.address, &gossh.ClientConfig{
		User: "anyone", Auth: auth, HostKeyCallback: gossh.FixedHostKey(h.host), Timeout: patience,
	})
}

func (h *house) client(key gossh.Signer) *gossh.Client {
	h.t.Helper()
	c, err := h.dial(gossh.PublicKeys(key))
	must(h.t, err)
	h.t.Cleanup(func() { c.Close() })
	return c
}

// run runs a command, and returns its output, its words and its exit code.
func (h *house) run(key gossh.Signer, command string) (stdout, stderr string, exit int) {
	h.t.Helper()
	s, err := h.client(key).NewSession()
	must(h.t, err)
	var out, words bytes.Buffer
	s.Stdout, s.Stderr = &out, &words
	err = s.Run(command)
	if e, ok := err.(*gossh.ExitError); ok {
		exit = e.ExitStatus()
	} else {
		must(h.t, err)
	}
	return out.String(), words.String(), exit
}

// terminal is a client with a terminal, and an emulator of the screen of a person.
type terminal struct {
	t       testing.TB
	client  *gossh.Client
	session *gossh.Session
	in      io.WriteCloser
	over    chan struct{}
	err     error // how the session ended
	words   safeBuffer
	pressed time.Time    // the last key
	drawn   atomic.Int64 // the times at which the server wrote
	blind   atomic.Bool  // nothing is drawn any more: the emulator takes more time than the server

	mu     sync.Mutex
	screen *vt.SafeEmulator
}

// sit opens the screens.
func (h *house) sit(key gossh.Signer, width, height int, env ...string) *terminal {
	h.t.Helper()
	c := h.client(key)
	s, err := c.NewSession()
	must(h.t, err)
	kind := "xterm-256color"
	for _, e := range append([]string{"LANG=C.UTF-8"}, env...) {
		name, value, _ := strings.Cut(e, "=")
		if name == "TERM" {
			kind = value
		}
		_ = s.Setenv(name, value) // the server refuses most names
	}
	must(h.t, s.RequestPty(kind, height, width, gossh.TerminalModes{}))
	term := &terminal{t: h.t, client: c, session: s, over: make(chan struct{}), screen: vt.NewSafeEmulator(max(1, min(width, 500)), max(1, min(height, 200)))}
	term.in, err = s.StdinPipe()
	must(h.t, err)
	out, err := s.StdoutPipe()
	must(h.t, err)
	s.Stderr = &term.words
	must(h.t, s.Shell())
	go term.show(out)
	go func() { // the emulator answers the program's queries
		buf := make([]byte, 4096)
		for {
			n, err := term.screen.Read(buf)
			if err != nil {
				return
			}
			_, _ = term.in.Write(buf[:n])
		}
	}()
	return term
}

func (term *terminal) show(out io.Reader) {
	buf := make([]byte, 64<<10)
	for {
		n, err := out.Read(buf)
		if n > 0 && !term.blind.Load() {
			term.mu.Lock()
			_, _ = term.screen.Write(buf[:n])
			term.mu.Unlock()
			term.drawn.Add(1)
		}
		if err != nil {
			break
		}
	}
	term.err = term.session.Wait()
	if answers, ok := term.screen.InputPipe().(io.Closer); ok {
		_ = answers.Close()
	}
	close(term.over)
}

func (term *terminal) seen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return ansi.Strip(term.screen.Render())
}

// sees waits until the screen shows all texts.
func (term *terminal) sees(texts ...string) *terminal {
	term.t.Helper()
	for end := time.Now().Add(patience); ; {
		drawn := term.drawn.Load()
		screen, missing := term.seen(), ""
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				missing = text
			}
		}
		if missing == "" {
			return term
		}
		for term.drawn.Load() == drawn {
			if time.Now().After(end) {
				term.t.Fatalf("the screen does not show %q:\n%s\n%s", missing, screen, term.words.String())
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (term *terminal) seesNot(text string) *terminal {
	term.t.Helper()
	if screen := term.seen(); strings.Contains(screen, text) {
		term.t.Errorf("the screen shows %q:\n%s", text, screen)
	}
	return term
}

// The pace of the keys. Characters less than 30 ms apart are a burst, and a question drops
// the keys of its first 200 ms.
const (
	betweenKeys = 40 * time.Millisecond
	untilDrawn  = 200 * time.Millisecond // the longest wait for a key that changes nothing
	untilRead   = 250 * time.Millisecond
)

// press presses keys as a person does: it waits until the screen changes before the next
// one, so that a machine that is busy does not make a burst of them.
func (term *terminal) press(keys ...string) *terminal {
	term.t.Helper()
	for _, k := range keys {
		time.Sleep(time.Until(term.pressed.Add(betweenKeys)))
		before := term.drawn.Load()
		if _, err := io.WriteString(term.in, k); err != nil {
			term.t.Fatal(err)
		}
		for end := time.Now().Add(untilDrawn); term.drawn.Load() == before && time.Now().Before(end); {
			time.Sleep(2 * time.Millisecond)
		}
		term.pressed = time.Now()
	}
	return term
}

// answer answers a question, after the time in which one that has just opened takes no key,
// and again if the screen says that it was too soon.
func (term *terminal) answer(key string) *terminal {
	term.t.Helper()
	for range 10 {
		time.Sleep(untilRead)
		before := term.seen()
		term.press(key)
		for end := time.Now().Add(2 * time.Second); term.seen() == before && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		// The first change may be one that the question was still to bring.
		for last := ""; term.seen() != last; time.Sleep(100 * time.Millisecond) {
			last = term.seen()
		}
		if !strings.Contains(term.seen(), "too soon: ") {
			break
		}
	}
	return term
}

// typeText types a text a key at a time.
func (term *terminal) typeText(text string) *terminal {
	term.t.Helper()
	return term.press(strings.Split(text, "")...)
}

// signIn signs a person in by name.
func (term *terminal) signIn(part string) *terminal {
	term.t.Helper()
	term.sees("Who are you?", "nurse").typeText(part).press("\r").sees("PIN").typeText(desktest.PIN)
	return term.press("\r")
}

// ends waits until the session has ended, and returns the words to the client.
func (term *terminal) ends() string {
	term.t.Helper()
	select {
	case <-term.over:
	case <-time.After(patience):
		term.t.Fatalf("the session does not end:\n%s", term.seen())
	}
	return term.words.String()
}
