package hl7

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// all reads a stream to its end, or to the first error.
func all(next func() ([]byte, error)) (list []string, err error) {
	for {
		text, err := next()
		if err != nil && !errors.Is(err, ErrNoReturn) && !errors.Is(err, ErrTooLong) {
			return list, err
		}
		list = append(list, string(text))
		if err != nil {
			return list, err
		}
	}
}

func TestFrames(t *testing.T) {
	const vt, fs = "\x0b", "\x1c"
	for _, c := range []struct {
		about, stream string
		want          []string
		err           error
		skipped       int64
	}{
		{"nothing", "", nil, io.EOF, 0},
		{"one", vt + "A" + fs + "\r", []string{"A"}, io.EOF, 0},
		{"several in one read", vt + "A" + fs + "\r" + vt + "B" + fs + "\r", []string{"A", "B"}, io.EOF, 0},
		{"line feeds between", vt + "A" + fs + "\r\n" + vt + "B" + fs + "\r\n\n", []string{"A", "B"}, io.EOF, 0},
		{"bytes before VT", "abc" + vt + "A" + fs + "\r" + "de", []string{"A"}, io.EOF, 5},
		{"VT twice", vt + vt + "A" + fs + "\r", []string{"A"}, io.EOF, 0},
		{"an empty message", vt + fs + "\r", []string{""}, io.EOF, 0},
		{"no CR", vt + "A" + fs + vt + "B" + fs + "\r", []string{"A"}, ErrNoReturn, 0},
		{"no CR at the end", vt + "A" + fs, []string{"A"}, ErrNoReturn, 0},
		{"FS in a field", vt + "A" + fs + "B" + fs + "\r", []string{"A"}, ErrNoReturn, 0},
		{"cut", vt + "A" + fs + "\r" + vt + "B", []string{"A"}, ErrCut, 0},
		{"cut by another", vt + "A" + vt + "B" + fs + "\r", nil, ErrCut, 0},
	} {
		f := NewFrames(strings.NewReader(c.stream))
		got, err := all(f.Next)
		if !slices.Equal(got, c.want) || !errors.Is(err, c.err) || f.Skipped != c.skipped {
			t.Errorf("%s: %q %v, %d skipped", c.about, got, err, f.Skipped)
		}
	}
}

// chunks is a reader that returns its parts one by one.
type chunks [][]byte

func (c *chunks) Read(p []byte) (int, error) {
	if len(*c) == 0 {
		return 0, io.EOF
	}
	n := copy(p, (*c)[0])
	if (*c)[0] = (*c)[0][n:]; len((*c)[0]) == 0 {
		*c = (*c)[1:]
	}
	return n, nil
}

// Packets that are cut at any byte give the same messages.
func TestPacketsCutAnywhere(t *testing.T) {
	stream := slices.Concat([]byte("x"), Frame(with(t)), []byte("\n"), Frame(with(t, "1001", "1002")), Frame(with(t, "1001", "1003")))
	want, _ := all(NewFrames(bytes.NewReader(stream)).Next)
	if len(want) != 3 {
		t.Fatalf("%d messages", len(want))
	}
	for i := 1; i < len(stream); i++ {
		got, err := all(NewFrames(&chunks{stream[:i:i], stream[i:]}).Next)
		if !slices.Equal(got, want) || err != io.EOF {
			t.Fatalf("cut at %d: %q %v", i, got, err)
		}
	}
	if got, err := all(NewFrames(iotest.OneByteReader(bytes.NewReader(stream))).Next); !slices.Equal(got, want) || err != io.EOF {
		t.Errorf("byte by byte: %q %v", got, err)
	}
	for i := range stream { // a connection that breaks gives whole messages alone
		got, err := all(NewFrames(bytes.NewReader(stream[:i])).Next)
		for n := range got {
			if got[n] != want[n] {
				t.Fatalf("broken at %d: %q %v", i, got, err)
			}
		}
	}
}

func TestLongMessages(t *testing.T) {
	longest := strings.Repeat("A", MaxMessage)
	if text, err := NewFrames(bytes.NewReader(Frame([]byte(longest)))).Next(); err != nil || len(text) != MaxMessage {
		t.Errorf("the longest: %d bytes, %v", len(text), err)
	}
	if text, err := NewFrames(bytes.NewReader(Frame([]byte(longest + "A")))).Next(); !errors.Is(err, ErrTooLong) || len(text) > MaxField {
		t.Errorf("a longer one: %d bytes, %v", len(text), err)
	}
	const size = 30 << 20
	endless := io.LimitReader(zeros{}, size)
	if text, err := NewFrames(io.MultiReader(strings.NewReader("\x0bMSH|"), endless)).Next(); !errors.Is(err, ErrTooLong) || len(text) > MaxField {
		t.Errorf("30 MiB without CR: %d bytes, %v", len(text), err)
	}
	b := NewBatch(io.MultiReader(strings.NewReader("MSH|"), io.LimitReader(zeros{}, size), strings.NewReader("\rMSH|B\r")))
	if text, err := b.Next(); !errors.Is(err, ErrTooLong) || len(text) > MaxField {
		t.Errorf("30 MiB in a file: %d bytes, %v", len(text), err)
	}
	if text, err := b.Next(); err != nil || string(text) != "MSH|B\r" {
		t.Errorf("after it: %q %v", text, err)
	}
	b = NewBatch(strings.NewReader("MSH|1\r" + strings.Repeat("ZZZ|"+strings.Repeat("A", 1000)+"\r", 1100)))
	if text, err := b.Next(); !errors.Is(err, ErrTooLong) || !bytes.HasPrefix(text, []byte("MSH|1\r")) {
		t.Errorf("many lines: %d bytes, %v", len(text), err)
	}
	whole := "MSH|^~\\&|" + strings.Repeat("^", MaxMessage-9)
	if _, err := Parse([]byte(whole), city(t)); err == nil {
		t.Error("1 MiB of ^ is taken")
	}
}

// zeros is an endless stream of letters.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestBatch(t *testing.T) {
	a, b := "MSH|^~\\&|A\rPID|1\r", "MSH|^~\\&|B\rPID|2\r"
	lf := func(s string) string { return strings.ReplaceAll(s, "\r", "\n") }
	for _, c := range []struct {
		about, file string
		want        []string
		warnings    int
		skipped     int64
	}{
		{"nothing", "", nil, 0, 0},
		{"two", a + b, []string{a, b}, 0, 0},
		{"line feeds", lf(a + b), []string{lf(a), lf(b)}, 0, 0},
		{"each its own line ends", a + lf(b), []string{a, lf(b)}, 0, 0},
		{"a batch", "FHS|^~\\&|\rBHS|^~\\&|\r" + a + b + "BTS|2\rFTS|1\r", []string{a, b}, 0, 0},
		{"two batches", "BHS|\r" + a + "BTS|1\rBHS|\r" + b + a + "BTS|2\r", []string{a, b, a}, 0, 0},
		{"a wrong count", "BHS|\r" + a + "BTS|2\r", []string{a}, 1, 0},
		{"no count", "BHS|\r" + a + "BTS|\r", []string{a}, 0, 0},
		{"a count in words", "BHS|\r" + a + "BTS|one\r", []string{a}, 1, 0},
		{"text before", "hello\r\n" + a, []string{a}, 0, 5},
		{"byte order mark", "\xef\xbb\xbf" + a, []string{a}, 0, 0},
		{"MSH within a line", "MSH|^~\\&|A|MSH|\r", []string{"MSH|^~\\&|A|MSH|\r"}, 0, 0},
		{"no line end", "MSH|^~\\&|A", []string{"MSH|^~\\&|A"}, 0, 0},
		{"framed", "\x0b" + a + "\x1c\r\x0b" + b + "\x1c\r", []string{a, b}, 0, 0},
		{"UTF-16", "M\x00S\x00H\x00|\x00", nil, 0, 8},
	} {
		r := NewBatch(strings.NewReader(c.file))
		got, err := all(r.Next)
		if !slices.Equal(got, c.want) || err != io.EOF || len(r.Warnings) != c.warnings || r.Skipped != c.skipped {
			t.Errorf("%s: %q %v, %v, %d skipped", c.about, got, err, r.Warnings, r.Skipped)
		}
	}
	broken := errors.New("broken")
	r := NewBatch(io.MultiReader(strings.NewReader(a), iotest.ErrReader(broken)))
	if got, err := all(r.Next); len(got) != 0 || !errors.Is(err, broken) {
		t.Errorf("a file that breaks: %q %v", got, err)
	}
}

func ExampleFrame() {
	fmt.Printf("%q\n", Frame([]byte("MSH|…\r")))
	// Output: "\vMSH|…\r\x1c\r"
}
