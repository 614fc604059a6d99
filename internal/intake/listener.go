package intake

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// Listener takes the messages of connections in the framing of MLLP, and answers each of
// them in original mode.
type Listener struct {
	// Taker returns the taker of the next message, because the settings may be other ones
	// than before. Connections call it at the same time.
	Taker  func(context.Context) *Taker
	Now    func() time.Time
	Note   func(Receipt) // for each message
	Limits Limits
}

// Limits are those of the connections. The zero value of each stands for its default.
type Limits struct {
	Connections int
	Idle        time.Duration // between two messages
	Message     time.Duration // from the start of a message to its end
	Work        time.Duration // for which a message waits for the log
}

func (l Limits) orDefault() Limits {
	if l.Connections == 0 {
		l.Connections = 16
	}
	if l.Idle == 0 {
		l.Idle = 10 * time.Minute
	}
	if l.Message == 0 {
		l.Message = 30 * time.Second
	}
	if l.Work == 0 {
		l.Work = 10 * time.Second
	}
	return l
}

// Serve takes messages until the context ends: the one in work of each connection is
// answered first. It returns the error of the network, or [ward.KindNotAllowed] if the
// feed may send no more.
func (l *Listener) Serve(ctx context.Context, listener net.Listener) error {
	l.Limits = l.Limits.orDefault()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	free := make(chan struct{}, l.Limits.Connections)
	var open sync.WaitGroup
	for {
		conn, err := listener.Accept()
		if err != nil {
			open.Wait()
			return ended(ctx, err)
		}
		select {
		case free <- struct{}{}:
			open.Go(func() {
				defer func() { <-free }()
				if err := l.connection(ctx, conn); err != nil {
					stop(err)
				}
			})
		default:
			_ = conn.Close() // the sender connects again
		}
	}
}

// ended returns the error of a listener that has stopped, nil if it was asked to.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// connection takes the messages of one connection, one at a time.
func (l *Listener) connection(ctx context.Context, conn net.Conn) error {
	defer conn.Close() // the last answer was written
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	in := &patientReader{ctx: ctx, conn: conn}
	frames := hl7.NewFrames(in)
	for ctx.Err() == nil {
		in.within(l.Limits.Idle)
		if frames.Start() != nil {
			return nil // the end between two messages: of the stream, or of the patience
		}
		in.within(l.Limits.Message)
		raw, framing := frames.Next()
		r, answers := l.message(ctx, raw, framing)
		l.Note(r)
		if !answers {
			return closedBy(r.Err)
		}
		_ = conn.SetWriteDeadline(l.deadline(l.Limits.Message))
		if _, err := conn.Write(hl7.Frame(r.Answer)); err != nil || framing != nil {
			l.drain(conn)
			return closedBy(r.Err)
		}
		if err := closedBy(r.Err); err != nil {
			return err
		}
	}
	return nil
}

// drain reads for a moment the rest of a message that was framed wrongly, because closing a
// connection with bytes that nothing has read can take the answer back from the sender.
func (l *Listener) drain(conn net.Conn) {
	const most, wait = 64 << 20, time.Second
	if tcp, ok := conn.(*net.TCPConn); ok && tcp.CloseWrite() == nil && conn.SetReadDeadline(l.deadline(wait)) == nil {
		_, _ = io.CopyN(io.Discard, conn, most) // it ends with an error always
	}
}

// closedBy returns the error for which no further message can be taken.
func closedBy(err error) error {
	if ward.KindOf(err) == ward.KindNotAllowed {
		return err
	}
	return nil
}

func (l *Listener) deadline(after time.Duration) time.Time { return time.Now().Add(after) }

// message takes a message with the error of its framing, and reports whether the sender gets
// the answer.
func (l *Listener) message(ctx context.Context, raw []byte, framing error) (r Receipt, answers bool) {
	wrong := errors.Is(framing, hl7.ErrNoReturn) || errors.Is(framing, hl7.ErrTooLong)
	if framing != nil && !wrong {
		return Receipt{Status: StatusUnread, Reason: framing.Error()}, false
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.Limits.Work)
	defer cancel()
	taker := l.Taker(work)
	if wrong {
		r = taker.Refuse(work, raw, FramingFault(framing), l.Now())
	} else {
		r = taker.Take(work, raw, l.Now())
	}
	closes := r.Status == StatusNotNow && taker.Settings.CloseNotNow
	return r, len(r.Answer) > 0 && !closes
}

// FramingFault returns the fault of a message that was framed wrongly or is too long.
func FramingFault(err error) *hl7.Error {
	return &hl7.Error{Code: hl7.WrongData, At: hl7.Location{Segment: "MSH", Sequence: 1}, Reason: err.Error()}
}

// patientReader reads from a connection up to a time, and not once the context has ended.
type patientReader struct {
	ctx   context.Context
	conn  net.Conn
	until time.Time
}

// within sets the time that the reads from now on have together. It is longer between two
// messages than within one.
func (r *patientReader) within(patience time.Duration) { r.until = time.Now().Add(patience) }

// Read implements [io.Reader].
func (r *patientReader) Read(p []byte) (int, error) {
	if err := r.conn.SetReadDeadline(r.until); err != nil {
		return 0, err
	}
	if r.ctx.Err() != nil { // the deadline above may have come after the one that ends the wait
		return 0, io.EOF
	}
	return r.conn.Read(p)
}
