package seats

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// admit admits Ada Okafor.
func (h *house) admit() ward.Patient {
	h.t.Helper()
	p := ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE}
	p, _, err := h.log.Admit(h.t.Context(), ward.Sign(desktest.Grace, h.now()), p, ward.Stay{Bed: "1A", AdmittedAt: h.now().Add(-time.Minute)})
	must(h.t, err)
	return p
}

func (h *house) trail() string {
	h.t.Helper()
	var b strings.Builder
	must(h.t, h.log.EachAudit(h.t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		b.WriteString(e.Signature.By + ": " + e.Words() + "\n")
		return nil
	}))
	return b.String()
}

func TestAWorkstationOpensTheWard(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	h.admit()
	term := h.sit(h.seat("Desk 2", ""), 80, 24)
	term.signIn("maria").sees("OKAFOR, Ada", "Maria Santos")
	term.press("\x03").sees("Quit neurocheck, Maria Santos?").answer("1")
	if words := term.ends(); term.err != nil || words != "" {
		t.Errorf("%v, %q", term.err, words)
	}
	trail := h.trail()
	for _, want := range []string{"Maria Santos: signed in (at the seat Desk 2)", "Maria Santos: signed out (at the seat Desk 2)"} {
		if !strings.Contains(trail, want) {
			t.Errorf("the audit lacks %q:\n%s", want, trail)
		}
	}
	if strings.Count(trail, "signed out") != 1 {
		t.Errorf("signed out more than once:\n%s", trail)
	}
	if log := h.said.String(); !strings.Contains(log, "Desk 2") || strings.Contains(log, "OKAFOR") || strings.Contains(log, desktest.PIN) {
		t.Errorf("the log of the server: %s", log)
	}
}

// At a member's own key only that member signs in.
func TestAMembersKey(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	term := h.sit(h.seat("Maria, laptop", desktest.Maria), 80, 24)
	term.sees("Who are you?", desktest.Maria).seesNot(desktest.Tomasz).seesNot("Grace Lin                  admin")
}

// The colours are those that the session's terminal has, whatever the server's has.
func TestColoursAreThoseOfTheSession(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Desk 2", "")
	for env, want := range map[string]string{"A=1": "38;5;", "COLORTERM=truecolor": "38;2;", "NO_COLOR=1": ""} {
		term := h.sit(key, 80, 24, env).sees("This program supports judgement")
		term.mu.Lock()
		drawn := term.screen.Render()
		term.mu.Unlock()
		if has := strings.Contains(drawn, "38;"); has != (want != "") || !strings.Contains(drawn, want) {
			t.Errorf("%s: no %q in %q", env, want, drawn)
		}
	}
}

// The size and the characters are those of the session.
func TestATerminalIsThatOfItsSession(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Desk 2", "")
	plain := h.sit(key, 100, 30, "LANG=C", "NO_COLOR=1")
	plain.sees("Who are you?", "Tomasz Wojcik", strings.Repeat("-", 100))
	wide := h.sit(key, 80, 24)
	wide.sees("Tomasz Wójcik", strings.Repeat("─", 80))
	wide.screen.Resize(120, 36)
	must(t, wide.session.WindowChange(36, 120))
	wide.sees(strings.Repeat("─", 120))
	must(t, wide.session.WindowChange(1<<31, 1<<31)) // a client may claim any size
	must(t, wide.session.WindowChange(36, 120))
	wide.typeText("tom").press("\r").sees("SIGN IN   Tomasz Wójcik")
	for _, typed := range []string{"\x1b[8;24;90t", "\x1b[48;24;90;480;900t"} { // as a terminal answers that is asked
		_, err := wide.in.Write([]byte(typed))
		must(t, err)
	}
	wide.press("\x1b").sees("Who are you?", strings.Repeat("─", 120))
	h.sit(key, 1<<31, 1<<31).sees("Who are you?")
	small := h.sit(key, 20, 5)
	small.screen.Resize(80, 24) // first, as a terminal does: a frame in the old size is not drawn again
	must(t, small.session.WindowChange(24, 80))
	small.sees("Who are you?")
}

func TestNothingButSessions(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Maria, laptop", desktest.Maria)
	c := h.client(key)
	for _, kind := range []string{"direct-tcpip", "x11", "auth-agent@openssh.com", "direct-streamlocal@openssh.com"} {
		if ch, _, err := c.OpenChannel(kind, nil); err == nil {
			ch.Close()
			t.Errorf("a channel %s was opened", kind)
		}
	}
	for _, kind := range []string{"tcpip-forward", "streamlocal-forward@openssh.com"} {
		if ok, _, err := c.SendRequest(kind, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	s, err := c.NewSession()
	must(t, err)
	for _, kind := range []string{"auth-agent-req@openssh.com", "x11-req", "break", "signal"} {
		if ok, err := s.SendRequest(kind, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	if err := s.RequestSubsystem("sftp"); err == nil {
		t.Error("sftp was opened")
	}
	for range 100 {
		_ = s.Setenv("A", strings.Repeat("x", 100))
	}
	for _, command := range []string{"scp -t /tmp", "sh -c id", "verify", "staff list", " "} {
		if out, words, exit := h.run(key, command); exit != 2 || out != "" || !strings.Contains(words, "board, export, handover and report") {
			t.Errorf("%s: %d, %q, %q", command, exit, out, words)
		}
	}
	for range 2 * mostSessions { // at most so many at once; a session that ends makes room
		if _, err = c.NewSession(); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("a connection has as many sessions as it likes")
	}
	c = h.client(key)
	for range 2 * mostSessions {
		s, err = c.NewSession()
		must(t, err)
		must(t, s.Run("board"))
	}
	s, err = c.NewSession()
	must(t, err)
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	var e *gossh.ExitError
	if err := s.Wait(); !errors.As(err, &e) || e.ExitStatus() != 1 {
		t.Errorf("without a terminal: %v", err)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	own, desk := h.seat("Maria, laptop", desktest.Maria), h.seat("Desk 2", "")
	other := h.seat("Desk 3", "")
	if out, _, exit := h.run(own, `export --patient "00 42"`); exit != 0 || out != "export --patient 00 42 by Maria Santos" {
		t.Errorf("%d, %q", exit, out)
	}
	for _, command := range []string{"export", "export --once", "export --once ABCDEFGH"} {
		if out, words, exit := h.run(desk, command); exit == 0 || out != "" || words == "" {
			t.Errorf("%s: %d, %q, %q", command, exit, out, words)
		}
	}
	term := h.sit(desk, 80, 24)
	term.signIn("maria").sees("on the ward").press("h").sees("HANDOVER", "printed by Maria Santos").press("\x10").sees("ssh -p", "ward handover --once ", "> handover.txt")
	_, after, _ := strings.Cut(term.seen(), "--once ")
	word := after[:wordLength]
	if out, _, exit := h.run(other, "handover --once "+word); exit != 5 || out != "" {
		t.Errorf("at another seat: %d, %q", exit, out)
	}
	if out, _, exit := h.run(desk, "handover --once "+strings.ToLower(word)+" --json"); exit != 0 || out != "handover --json by Maria Santos" {
		t.Errorf("%d, %q", exit, out)
	}
	if out, _, exit := h.run(desk, "handover --once "+word); exit != 5 || out != "" {
		t.Errorf("twice: %d, %q", exit, out)
	}
	term.answer("0").press("\x1b").sees("on the ward").press("\x10").sees("A FILE of", "report of the ward").answer("1").sees("ward board --json --once ", "> board.json")
	_, after, _ = strings.Cut(term.seen(), "--once ")
	if out, _, exit := h.run(desk, "board --json --once "+after[:wordLength]); exit != 0 || out != "board --json by Maria Santos" {
		t.Errorf("%d, %q", exit, out)
	}
}

func TestWhoIsDisabledIsOut(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{Goodbye: 3 * time.Second})
	grace := func() ward.Signature { return ward.Sign(desktest.Grace, h.now()) }
	own, desk, second := h.seat("Maria, laptop", desktest.Maria), h.seat("Desk 2", ""), h.seat("Desk 3", "")
	atOwn, atDesk, atSecond := h.sit(own, 80, 24), h.sit(desk, 80, 24), h.sit(second, 80, 24)
	atOwn.sees("Who are you?")
	atDesk.signIn("maria").sees("on the ward")
	atSecond.signIn("tom").sees("on the ward")
	must(t, h.log.ChangeStaff(t.Context(), grace(), desktest.Maria, ward.Nurse, false))
	if words := atOwn.ends(); !strings.Contains(words, "This seat was disabled") {
		t.Errorf("the key of a member who left: %q", words)
	}
	time.Sleep(time.Second)
	atDesk.press("h").sees("Your name was disabled by Grace Lin").seesNot("HANDOVER")
	if _, err := h.dial(gossh.PublicKeys(own)); err == nil {
		t.Error("the key of a member who left opens the ward")
	}
	must(t, h.log.DisableSeat(t.Context(), grace(), "Desk 3"))
	if words := atSecond.ends(); !strings.Contains(words, "This seat was disabled") {
		t.Errorf("a seat that was disabled: %q", words)
	}
	if _, err := h.dial(gossh.PublicKeys(second)); err == nil {
		t.Error("a disabled key opens the ward")
	}
	if trail := h.trail(); !strings.Contains(trail, "Tomasz Wójcik: signed out (This seat was disabled") {
		t.Errorf("%s", trail)
	}
	atDesk.seesNot("This seat")
}

// An error of the program in one session ends that one, and no other.
func TestAPanicInOneSeat(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Desk 2", "")
	fine := h.sit(key, 80, 24)
	fine.signIn("maria").sees("on the ward")
	h.crash.Store(true)
	bad := h.sit(key, 80, 24)
	bad.ends()
	fine.press("h").sees("HANDOVER")
	h.sit(key, 80, 24).sees("Who are you?")
	if said := h.said.String(); strings.Contains(said, desktest.Maria) {
		t.Errorf("the value of a panic is in the log: %s", said)
	}
}

// A terminal that does not read holds its own session up, and is cut off at the end.
func TestAClientThatStopsReading(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{Goodbye: 3 * time.Second})
	key := h.seat("Desk 2", "")
	stopped := h.client(key)
	ch, requests, err := stopped.OpenChannel("session", nil)
	must(t, err)
	go gossh.DiscardRequests(requests)
	pty := struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}{"xterm-256color", 200, 60, 0, 0, "\x00"}
	if ok, err := ch.SendRequest("pty-req", true, gossh.Marshal(pty)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := ch.SendRequest("shell", true, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	go func() {
		for range 4000 { // each draws the list, until the window of the channel is full
			if _, err := io.WriteString(ch, "\x1b[B"); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	other := h.sit(key, 80, 24)
	other.signIn("maria").sees("on the ward").press("h").sees("HANDOVER")
	begun := time.Now()
	h.stop()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the server took %v to end", took)
	}
	if words := other.ends(); !strings.Contains(words, "The server stops now") {
		t.Errorf("%q", words)
	}
}

// The end of the server tells every seat, and keeps what was typed.
func TestTheServerGoesDown(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	p := h.admit()
	key := h.seat("Desk 2", "")
	term := h.sit(key, 80, 24)
	term.signIn("maria").sees("OKAFOR").press("n").sees("What year is it?").press("1").sees("yes")
	idle := h.sit(key, 80, 24)
	idle.sees("Who are you?")
	begun := time.Now()
	h.stop()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the server took %v to end", took)
	}
	for _, x := range []*terminal{term, idle} {
		if words := x.ends(); !strings.Contains(words, "The server stops now. What is not saved is kept") {
			t.Errorf("%q", words)
		}
	}
	d, ok, err := h.log.DraftOf(context.Background(), p.ID, desktest.Maria)
	if err != nil || !ok || d.Content == "" {
		t.Errorf("the draft: %+v, %v, %v", d, ok, err)
	}
	// Another server on the same log: back at the draft after the PIN.
	h.start(Limits{})
	again := h.sit(key, 80, 24)
	again.signIn("maria").sees("NEURO CHECK", "OKAFOR, Ada", "unsaved check")
}

// The connection of a nurse is lost in a check. At another seat the check goes on.
func TestALostConnection(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	h.admit()
	desk, other := h.seat("Desk 2", ""), h.seat("Desk 3", "")
	term := h.sit(desk, 80, 24)
	term.signIn("maria").sees("OKAFOR").press("n").sees("What year is it?").press("1").sees("yes")
	must(t, term.client.Conn.Close()) // as kill -9 does
	term.ends()
	next := h.sit(other, 80, 24)
	next.signIn("maria").sees("NEURO CHECK", "yes")
	if trail := h.trail(); !strings.Contains(trail, "Maria Santos: signed out (the connection ended, at the seat Desk 2)") {
		t.Errorf("%s", trail)
	}
}

// One nurse at two seats.
func TestOneNurseAtTwoSeats(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	h.admit()
	first, second := h.sit(h.seat("Desk 2", ""), 80, 24), h.sit(h.seat("Desk 3", ""), 80, 24)
	first.signIn("maria").sees("OKAFOR").press("n").sees("What year is it?").press("1").sees("yes")
	second.signIn("maria").sees("OKAFOR").press("n").sees("OPEN ELSEWHERE: OKAFOR, Ada", "open at the seat Desk 2 since").answer("0")
	first.press("1").sees("NEURO CHECK")
	second.press("n").sees("OPEN ELSEWHERE").answer("1").sees("NEURO CHECK", "unsaved check")
	first.sees("You have taken this form over at the seat Desk 3").seesNot("NEURO CHECK")
	// Locked at the second one, it goes on at the first one after its own lock ended.
	second.press("\x0c").sees("LOCKED by Maria Santos")
	first.press("\x03").sees("Quit neurocheck").answer("1").ends()
	third := h.sit(h.seat("Desk 4", ""), 80, 24)
	third.signIn("maria").sees("NEURO CHECK", "OKAFOR, Ada")
	second.sees("SIGN IN").seesNot("LOCKED")
}

// Clients that are gone leave neither a session nor a goroutine behind.
func TestSeatsLeaveNothingBehind(t *testing.T) {
	h := open(t, Limits{PerAddress: 300})
	key := h.seat("Desk 2", "")
	h.sit(key, 80, 24).sees("Who are you?").client.Close()
	time.Sleep(300 * time.Millisecond)
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { h.sit(key, 80, 24).sees("Who are you?").client.Close() })
	}
	all.Wait()
	left := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if left = runtime.NumGoroutine() - before; left <= 2 && h.server.o.Sessions.Status(time.Now()).Seats == 0 {
			return
		}
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines are left of 20 seats, and %+v\n%s", left, h.server.o.Sessions.Status(time.Now()), buf[:runtime.Stack(buf, true)])
}

func TestConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{PerAddress: 3})
	key := h.seat("Desk 2", "")
	a := h.client(key)
	h.client(key)
	h.client(key)
	if c, err := h.dial(gossh.PublicKeys(key)); err == nil {
		c.Close()
		t.Error("a fourth connection was let in")
	}
	a.Close()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) { // until the server has seen it
		if c, err := h.dial(gossh.PublicKeys(key)); err == nil {
			c.Close()
			break
		} else if time.Now().After(end) {
			t.Fatalf("a connection that was closed is still counted: %v", err)
		}
	}
	// A connection that says nothing is closed.
	h = open(t, Limits{Handshake: 300 * time.Millisecond})
	silent, err := net.Dial("tcp", h.address)
	must(t, err)
	defer silent.Close()
	must(t, silent.SetReadDeadline(time.Now().Add(patience)))
	if _, err := io.Copy(io.Discard, silent); err != nil {
		t.Errorf("a silent connection: %v", err)
	}
}

func TestIdleSeatsAreClosed(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{Idle: 3 * time.Second})
	term := h.sit(h.seat("Desk 2", ""), 80, 24)
	term.sees("Who are you?")
	if words := term.ends(); !strings.Contains(words, "No key was pressed for") {
		t.Errorf("%q", words)
	}
}

func TestLongSeatsAreClosed(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{Longest: time.Second})
	h.sit(h.seat("Desk 2", ""), 80, 24).ends()
}

// A shift signs in at once: half of the processors digest, the others wait, and none is
// refused.
func TestAShiftSignsInAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{PerAddress: 100})
	key := h.seat("Desk 2", "")
	turns := h.server.o.Sessions.Turns
	const shift = 32
	terms := make([]*terminal, shift)
	for i := range terms {
		terms[i] = h.sit(key, 80, 24)
	}
	for _, term := range terms {
		term.sees("Who are you?", "nurse")
	}
	hold := make(chan struct{})
	held := make(chan struct{})
	go func() { // all turns are taken, so that each sign-in waits
		for range max(1, runtime.GOMAXPROCS(0)/2) {
			done := turns.Take()
			defer done()
		}
		close(held)
		<-hold
	}()
	<-held
	var all sync.WaitGroup
	for _, term := range terms {
		all.Go(func() {
			term.typeText("maria").press("\r").sees("PIN").typeText(desktest.PIN).press("\r").sees("checking")
		})
	}
	all.Wait()
	for end := time.Now().Add(patience); h.server.o.Sessions.Status(time.Now()).Waiting != shift; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d wait", turns.Waiting())
		}
	}
	terms[0].sees("yours is in the queue")
	close(hold)
	for _, term := range terms {
		term.sees("on the ward")
	}
}
