package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/x/term"

	"neurocheck/internal/ward"
)

// progress shows how far long work is, how fast it goes, and how long it will
// still take: on one line of a terminal, from when the work has taken a second.
// Its zero value shows nothing, and so does a nil one.
type progress struct {
	to    io.Writer
	unit  string // "rows", "records"
	now   func() time.Time
	start time.Time
	shown time.Time
}

// onTerminal returns the progress of work that counts in that unit, on the standard
// error if that is a terminal, else nil. The caller ends it.
func onTerminal(unit string) *progress {
	if !term.IsTerminal(os.Stderr.Fd()) {
		return nil
	}
	return &progress{to: os.Stderr, unit: unit, now: now, start: now()}
}

// besideOutput is [onTerminal] for work that writes to the standard output: nil if that
// is a terminal too.
func besideOutput(unit string) *progress {
	if term.IsTerminal(os.Stdout.Fd()) {
		return nil
	}
	return onTerminal(unit)
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// show shows that done of total is done. It is cheap to call often.
func (p *progress) show(done, total int) {
	if p == nil || p.to == nil {
		return
	}
	t := p.now()
	took := t.Sub(p.start)
	if took < progressAfter || t.Sub(p.shown) < progressEvery {
		return
	}
	p.shown = t
	line := fmt.Sprintf("%d of %d %s", done, total, p.unit)
	if done > 0 {
		rate := float64(done) / took.Seconds()
		left := time.Duration(float64(total-done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %.0f a second, %s left", rate, lasting(left))
	}
	fmt.Fprintf(p.to, "\r%s\x1b[K", line)
}

// stage is show for work in several stages, one after the other, each at its own
// speed.
func (p *progress) stage(unit string, done, total int64) {
	if p == nil {
		return
	}
	if p.unit != unit {
		p.end()
		p.unit, p.start = unit, p.now()
	}
	p.show(int(done), int(total))
}

// bytes is show of bytes, for a progress in MiB.
func (p *progress) bytes(done, total int) { p.show(done>>20, total>>20) }

// end removes the line. Work that goes on shows it again.
func (p *progress) end() {
	if p != nil && !p.shown.IsZero() {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = time.Time{}
	}
}

// followed returns a reader of a file that shows how much of it was read. Input that is
// no plain file has no length, and no progress.
func followed(in io.Reader, shown *progress) io.Reader {
	file, ok := in.(*os.File)
	if !ok || shown == nil {
		return in
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return in
	}
	return &followedFile{file: file, size: int(info.Size()), shown: shown}
}

type followedFile struct {
	file       *os.File
	done, size int
	shown      *progress
}

// Read implements [io.Reader].
func (w *followedFile) Read(b []byte) (int, error) {
	n, err := w.file.Read(b)
	w.done += n
	w.shown.bytes(w.done, w.size)
	return n, err
}

// lasting returns a remaining time in words.
func lasting(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return ward.Elapsed(d)
}
