package seats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/ward"
)

// sitting is one session at a seat.
type sitting struct {
	seat     ward.Seat
	session  ssh.Session
	program  *tui.Program // nil for a command; the lock of the server guards it
	input    *watched
	cancel   context.CancelFunc
	reason   atomic.Pointer[string] // for which the server ends it
	patience time.Duration          // with a terminal that reads no more
}

// end says why the session ends, and ends it after its saves.
func (x *sitting) end(program *tui.Program, reason string) {
	if !x.reason.CompareAndSwap(nil, &reason) {
		return // it ends already
	}
	time.AfterFunc(x.patience, x.kill)
	if program == nil {
		x.cancel()
		return
	}
	program.End(reason)
}

// kill ends a session that does not end by itself, such as one whose terminal reads no
// more: only the end of the connection wakes a writer.
func (x *sitting) kill() {
	x.cancel()
	if conn, ok := x.session.Context().Value(ssh.ContextKeyConn).(io.Closer); ok {
		_ = conn.Close() // it may be gone
	}
}

// serve serves one session. An error of the program ends this session and no other.
func (s *Server) serve(session ssh.Session) {
	defer func() {
		if recover() != nil { // the value may hold a name, so it is not repeated
			s.o.Logger.Error("a session failed", "stack", string(debug.Stack()))
			_ = session.Exit(1)
		}
	}()
	seat, ok := s.seat(session.PublicKey()) // the key that has signed
	if !ok {
		fmt.Fprint(session.Stderr(), "This key opens no seat.\r\n")
		_ = session.Exit(5)
		return
	}
	ctx, cancel := context.WithCancel(store.AtSeat(session.Context(), seat.Label))
	defer cancel()
	x := &sitting{seat: seat, session: session, cancel: cancel, input: newWatched(session), patience: s.o.Limits.Goodbye}
	pty, _, terminal := session.Pty()
	if !s.enter(x) {
		fmt.Fprint(session.Stderr(), "neurocheck: the server stops now: try again in a while\r\n")
		_ = session.Exit(1)
		return
	}
	defer s.leave(x)
	if session.RawCommand() != "" {
		_ = session.Exit(s.command(ctx, x))
		return
	}
	err := error(ward.Unavailable("the screens need a terminal: connect with ssh -t"))
	if terminal {
		err = s.screens(ctx, x, pty, sizesOf(ctx))
	}
	if reason := x.reason.Load(); reason != nil {
		words := *reason
		if errors.Is(err, tui.ErrUnkept) {
			words, _, _ = strings.Cut(words, ". ") // the rest says that unsaved work is kept
		}
		fmt.Fprint(session.Stderr(), "neurocheck: "+words+".\r\n")
	}
	if err != nil {
		s.o.Logger.Warn("a session ended", "seat", seat.Label, "error", err.Error())
		fmt.Fprint(session.Stderr(), "neurocheck: "+err.Error()+"\r\n")
		_ = session.Exit(1)
		return
	}
	_ = session.Exit(0)
}

// enter counts a session. It reports false if the server goes down.
func (s *Server) enter(x *sitting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.open[x] = struct{}{}
	s.all.Add(1)
	s.o.Logger.Info("sits down", "seat", x.seat.Label, "address", x.session.RemoteAddr().String())
	return true
}

func (s *Server) leave(x *sitting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, x)
	s.all.Done()
	s.o.Logger.Info("leaves", "seat", x.seat.Label)
}

// screens shows the ward at a seat.
func (s *Server) screens(ctx context.Context, x *sitting, pty ssh.Pty, sizes <-chan ssh.Window) error {
	o, err := s.o.Screens(ctx)
	if err != nil {
		return err
	}
	name := terminalName(pty.Term)
	env := append(x.session.Environ(), "TERM="+name)
	o.Service, o.Sessions = s.o.Service, s.o.Sessions
	o.Remote, o.Seat, o.Only, o.Env = true, x.seat.Label, x.seat.Staff, env
	o.ASCII = name == "linux" // its fonts lack the marks
	o.OpenDemo = nil          // it would make files on the server
	o.Outside = func(by, arguments string) string { return s.outside(&x.seat, by, arguments) }
	over := tui.Over{ReadWriter: x.input, Env: env}
	over.Width, over.Height = within(pty.Window)
	program := tui.NewProgram(ctx, o, over.Terminal(tea.WithColorProfile(colorprofile.Env(env)))...)
	s.mu.Lock()
	x.program = program
	s.mu.Unlock()
	go func() { // until the client is gone, so that no size waits for a reader
		for size := range sizes {
			program.Resize(within(size))
		}
	}()
	return program.Run()
}

// The largest terminal that a seat draws on: a client may claim any size.
const (
	mostColumns = 500
	mostRows    = 200
)

func within(w ssh.Window) (width, height int) {
	return max(0, min(w.Width, mostColumns)), max(0, min(w.Height, mostRows))
}

// outside returns the command that brings a file to the machine of a person. If the key is
// that of a workstation, the command holds a word that works once.
func (s *Server) outside(seat *ward.Seat, by, arguments string) string {
	name, _, _ := strings.Cut(arguments, " ")
	list := []string{"ssh"}
	if s.port != "22" {
		list = append(list, "-p", s.port)
	}
	list = append(list, s.o.Host, arguments)
	if seat.Kind == ward.Workstation {
		list = append(list, "--once", s.words.give(seat.Label, by, name))
	}
	return strings.Join(list, " ")
}

// watched is the terminal of a session, which knows when it was read from last.
type watched struct {
	io.ReadWriter
	last atomic.Int64
}

func newWatched(terminal io.ReadWriter) *watched {
	w := &watched{ReadWriter: terminal}
	w.last.Store(time.Now().UnixNano())
	return w
}

// Read implements [io.Reader].
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.ReadWriter.Read(b)
	w.last.Store(time.Now().UnixNano())
	return n, err
}

// quiet returns the time since the last key.
func (w *watched) quiet() time.Duration { return time.Duration(time.Now().UnixNano() - w.last.Load()) }
