package hl7

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// Batch reads the messages of a file. Each MSH at the start of a line begins one; the
// segments of files and batches around them are skipped. A file that begins with VT is
// read as [Frames].
type Batch struct {
	Skipped  int64     // bytes before the first message and outside of frames, but for line ends
	Warnings []Warning // that the count of a batch is not that of its messages

	in      *bufio.Reader
	frames  *Frames
	started bool
	message []byte // the one that is being read
	text    []byte // scratch for a line
	count   int    // messages since the last BHS or BTS
}

// NewBatch returns a reader of the messages in r.
func NewBatch(r io.Reader) *Batch { return &Batch{in: bufio.NewReader(r)} }

// Next returns the next message. It returns [io.EOF] after the last one. Unlike that of
// a connection, the stream can still be read after [ErrTooLong].
func (b *Batch) Next() ([]byte, error) {
	if !b.started {
		b.started = true
		if err := b.start(); err != nil {
			return nil, err
		}
	}
	if b.frames != nil {
		text, err := b.frames.Next()
		b.Skipped = b.frames.Skipped
		return text, err
	}
	for {
		line, err := b.line()
		if len(line) > 0 {
			if text, ready := b.take(line); ready {
				return b.bounded(text)
			}
		}
		if errors.Is(err, io.EOF) && b.message != nil {
			return b.bounded(b.end())
		}
		if err != nil {
			return nil, err
		}
	}
}

// start skips a byte order mark and finds out whether the file is framed.
func (b *Batch) start() error {
	if mark, _ := b.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		if _, err := b.in.Discard(3); err != nil {
			return err
		}
	}
	if first, _ := b.in.Peek(1); len(first) == 1 && first[0] == startBlock {
		b.frames = &Frames{in: b.in}
	}
	return nil
}

// bounded returns a message, or its beginning with [ErrTooLong].
func (b *Batch) bounded(text []byte) ([]byte, error) {
	if len(text) > MaxMessage {
		return text[:MaxField], ErrTooLong
	}
	return text, nil
}

// line reads up to and with the next CR or LF, until line is called again. Of a line that is
// longer than a message may be, it drops the rest.
func (b *Batch) line() (line []byte, err error) {
	line = b.text[:0]
	defer func() { b.text = line }()
	for {
		c, err := b.in.ReadByte()
		if err != nil {
			return line, err
		}
		if len(line) <= MaxMessage || c == carriage || c == lineFeed {
			line = append(line, c)
		}
		if c == carriage || c == lineFeed {
			return line, nil
		}
	}
}

// take adds a line to the message that is being read. It returns that message if the
// line ends it.
func (b *Batch) take(line []byte) (text []byte, ready bool) {
	name := ""
	if len(line) > 3 && mayDelimit(line[3]) {
		name = string(line[:3])
	}
	switch name {
	case "MSH":
		text, ready = b.message, b.message != nil
		b.count++
		b.message = bytes.Clone(line)
		return text, ready
	case "FHS", "BHS", "BTS", "FTS":
		if name == "BTS" {
			b.checkCount(line)
		}
		if name == "BHS" || name == "BTS" {
			b.count = 0
		}
		text, ready = b.message, b.message != nil
		b.message = nil
		return text, ready
	}
	switch {
	case b.message == nil:
		b.Skipped += int64(len(bytes.Trim(line, "\r\n")))
	case len(b.message) <= MaxMessage:
		b.message = append(b.message, line...)
	}
	return nil, false
}

// end returns the last message.
func (b *Batch) end() []byte {
	text := b.message
	b.message = nil
	return text
}

// checkCount compares BTS-1 with the number of messages of the batch.
func (b *Batch) checkCount(line []byte) {
	_, rest, _ := strings.Cut(string(bytes.TrimRight(line, "\r\n")), string(line[3]))
	said, _, _ := strings.Cut(rest, string(line[3]))
	if said = strings.TrimSpace(said); said != "" && (!figuresOnly(said) || len(said) > 9 || figures(said) != b.count) {
		b.Warnings = append(b.Warnings, WarnBatchCount)
	}
}
