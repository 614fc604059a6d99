// Package seats serves the screens of the ward over SSH: one program for each session, all
// in one process, on one log. It alone imports wish.
//
// Start with [Serve]. server.go makes the SSH server and limits what a client may ask;
// session.go runs the screens of one session; command.go runs a command that only reads;
// words.go has the words that work once; hostkey.go and key.go read keys.
//
// A session is known by the key that has signed in its handshake, and by nothing that a
// client says. The key opens a seat; the PIN then tells who sits there.
package seats

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"charm.land/ssh"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/ward"
)

// Options are the parts that a server needs from outside.
type Options struct {
	Log      *store.Store
	Service  *service.Service // looks after the log; the caller runs it
	Sessions *service.Sessions
	HostKey  []byte // private, in PEM
	Host     string // the name of the server in commands that people copy
	Now      func() time.Time
	Logger   *slog.Logger // gets connections and failures, never a patient

	// Screens returns the options of the screens of a new session.
	Screens func(context.Context) (tui.Options, error)
	// Command runs a command that only reads, for a member of staff.
	Command func(ctx context.Context, c Command) (exit int)

	Limits Limits
}

// Limits protect the server from clients. The zero value of each is its default.
type Limits struct {
	PerAddress int           // connections of one address: 64
	Handshake  time.Duration // until a key has signed: 20 s
	Stalled    time.Duration // without a byte in either direction: 15 min
	Idle       time.Duration // without a key: 12 h
	Longest    time.Duration // of a connection: 24 h
	Goodbye    time.Duration // of the end of the server: 8 s
}

func (l Limits) orDefaults() Limits {
	pick := func(d *time.Duration, standard time.Duration) {
		if *d == 0 {
			*d = standard
		}
	}
	if l.PerAddress == 0 {
		l.PerAddress = 64
	}
	pick(&l.Handshake, 20*time.Second)
	pick(&l.Stalled, 15*time.Minute)
	pick(&l.Idle, 12*time.Hour)
	pick(&l.Longest, 24*time.Hour)
	pick(&l.Goodbye, 8*time.Second)
	return l
}

// Server serves seats.
type Server struct {
	o     Options
	ssh   *ssh.Server
	port  string
	words words

	mu      sync.Mutex
	known   []ward.Seat // as the log had them last
	open    map[*sitting]struct{}
	from    map[string]int // connections by address
	closing bool
	all     sync.WaitGroup // sessions
}

// New returns a server for the seats of a log.
func New(ctx context.Context, o Options) (*Server, error) {
	o.Limits = o.Limits.orDefaults()
	s := &Server{o: o, open: map[*sitting]struct{}{}, from: map[string]int{}, words: words{now: o.Now}}
	if err := s.readSeats(ctx); err != nil {
		return nil, err
	}
	var err error
	s.ssh, err = s.server()
	return s, err
}

// Serve accepts connections until the context ends. Then it tells every seat, waits for
// the saves on their way, and closes the connections.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	feed := s.o.Service.Subscribe()
	defer feed.Close()
	go s.watch(watch, feed)
	go s.endIdle(watch)
	served := make(chan error, 1)
	go func() { served <- s.ssh.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.goDown()
	if err := <-served; !errors.Is(err, ssh.ErrServerClosed) {
		return err
	}
	return nil
}

// goDown ends every session, the slow ones after a while.
func (s *Server) goDown() {
	s.mu.Lock()
	s.closing = true
	for x := range s.open {
		go x.end(x.program, "The server stops now. What is not saved is kept: sign in again in a while")
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		s.all.Wait()
		close(gone)
	}()
	wait := func(most time.Duration) {
		select {
		case <-gone:
		case <-time.After(most):
		}
	}
	wait(s.o.Limits.Goodbye)
	_ = s.ssh.Close() // the listener and every connection
	wait(lastBreath)
}

// lastBreath is the time in which a session whose connection was cut keeps its drafts.
const lastBreath = time.Second

// seatsAgain is the time between two tries to read the seats.
const seatsAgain = time.Second

// watch reads the seats again when the record changes, and ends the sessions of seats and
// members that were disabled. If the seats cannot be read, it tries again: the change is
// announced once, and a key that was disabled must not go on opening its seat.
func (s *Server) watch(ctx context.Context, feed *service.Feed) {
	for {
		e, ok := feed.Next(ctx)
		if !ok {
			return
		}
		if !e.House {
			continue
		}
		if !s.untilDone(ctx, s.readSeats) {
			return
		}
		s.mu.Lock()
		for x := range s.open {
			if now, ok := s.seatOf(x.seat.Key); !ok || now.Label != x.seat.Label || now.Staff != x.seat.Staff {
				go x.end(x.program, "This seat was disabled. What is not saved is kept")
			}
		}
		s.mu.Unlock()
	}
}

// untilDone calls read until it succeeds. It reports false if the context ended before.
func (s *Server) untilDone(ctx context.Context, read func(context.Context) error) bool {
	for told := false; ; told = true {
		err := read(ctx)
		if err == nil {
			return true
		}
		if !told && ctx.Err() == nil {
			s.o.Logger.Warn("the seats could not be read", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(seatsAgain):
		}
	}
}

// readSeats reads the seats that may be opened: those of members who left, or of whom the
// record is damaged, may not.
func (s *Server) readSeats(ctx context.Context) error {
	list, err := s.o.Log.Seats(ctx)
	if err != nil {
		return err
	}
	staff, err := s.o.Log.Staff(ctx)
	if err != nil && len(staff) == 0 {
		return err
	}
	here := map[string]bool{}
	for _, m := range staff {
		here[m.Name] = m.Active
	}
	var known []ward.Seat
	for _, x := range list {
		if x.Active && (x.Kind == ward.Workstation || here[x.Staff]) {
			known = append(known, x)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = known
	return nil
}

// seatOf returns the seat that a key opens. The caller holds the lock.
func (s *Server) seatOf(key string) (ward.Seat, bool) {
	for _, x := range s.known {
		if x.Key == key {
			return x, true
		}
	}
	return ward.Seat{}, false
}

// seat is seatOf for a key as SSH has it.
func (s *Server) seat(key ssh.PublicKey) (ward.Seat, bool) {
	if key == nil {
		return ward.Seat{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seatOf(line(key))
}

// endIdle ends the sessions at which no key was pressed for long.
func (s *Server) endIdle(ctx context.Context) {
	ticks := time.NewTicker(max(s.o.Limits.Idle/20, 10*time.Millisecond))
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		s.mu.Lock()
		for x := range s.open {
			if x.input.quiet() >= s.o.Limits.Idle {
				go x.end(x.program, "No key was pressed for "+ward.Elapsed(s.o.Limits.Idle)+": connect again")
			}
		}
		s.mu.Unlock()
	}
}
