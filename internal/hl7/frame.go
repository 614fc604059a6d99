package hl7

import (
	"bufio"
	"errors"
	"io"
)

// The bytes that frame a message: VT, message, FS, CR.
const (
	startBlock = 0x0b
	endBlock   = 0x1c
	carriage   = '\r'
	lineFeed   = '\n'
)

// The faults of a frame. After each of them the stream cannot be trusted: the caller
// closes the connection.
var (
	// ErrNoReturn is the error for a message whose FS no CR follows. The message is
	// returned with it, and answered with AE.
	ErrNoReturn = errors.New("no carriage return after the end of a message")
	// ErrCut is the error for a message that ends before its FS, by the end of the
	// stream, an error of the reader or the start of another message. It has no answer.
	ErrCut = errors.New("the stream ended within a message")
	// ErrTooLong is the error for a message of more than [MaxMessage] bytes. The
	// beginning is returned with it, so that its header can be answered.
	ErrTooLong = errors.New("a message is longer than 1 MiB")
)

// Frames reads framed messages from a stream.
type Frames struct {
	Skipped int64 // bytes outside of frames, but for line ends

	in      *bufio.Reader
	started bool // the VT of the next message was read
}

// NewFrames returns a reader of the framed messages in r.
func NewFrames(r io.Reader) *Frames { return &Frames{in: bufio.NewReader(r)} }

// Next returns the next message. It returns [io.EOF] after the last one, or the error of
// the reader between two messages.
func (f *Frames) Next() ([]byte, error) {
	if err := f.Start(); err != nil {
		return nil, err
	}
	f.started = false
	return f.message()
}

// Start reads up to the VT of the next message, so that a caller can limit the time of a
// message and not that between two. It returns the same errors as [Frames.Next] does there.
func (f *Frames) Start() error {
	for !f.started {
		c, err := f.in.ReadByte()
		switch {
		case err != nil:
			return err
		case c == startBlock:
			f.started = true
		case c != carriage && c != lineFeed:
			f.Skipped++
		}
	}
	return nil
}

// message reads a message after its VT. A second VT at the start is the same start.
func (f *Frames) message() ([]byte, error) {
	var text []byte
	for {
		c, err := f.in.ReadByte()
		switch {
		case err != nil:
			return nil, ErrCut
		case c == startBlock && len(text) == 0:
		case c == startBlock:
			return nil, ErrCut
		case c == endBlock:
			return text, f.carriageReturn()
		case len(text) == MaxMessage:
			return text[:min(len(text), MaxField)], ErrTooLong
		default:
			text = append(text, c)
		}
	}
}

// carriageReturn reads the CR after FS, which may come in a later packet.
func (f *Frames) carriageReturn() error {
	if c, err := f.in.ReadByte(); err != nil || c != carriage {
		return ErrNoReturn
	}
	return nil
}

// Frame returns a message as it is sent: between VT and FS CR.
func Frame(message []byte) []byte {
	framed := make([]byte, 0, len(message)+3)
	framed = append(framed, startBlock)
	framed = append(framed, message...)
	return append(framed, endBlock, carriage)
}
