package interview

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"

	"neurocheck/internal/ward"
)

// mostLine is the limit of one answer, in bytes.
const mostLine = 64 << 10

// lines reads the answers. A read waits in a goroutine of its own, so that a signal ends
// the waiting.
type lines struct {
	ask    chan struct{}
	got    chan line
	number int // of the last line
}

type line struct {
	text string
	err  error
}

func newLines(in io.Reader) *lines {
	l := &lines{ask: make(chan struct{}), got: make(chan line, 1)}
	go func() {
		r := bufio.NewReader(in)
		for range l.ask {
			text, err := readLine(r)
			l.got <- line{text, err}
		}
	}()
	return l
}

// next returns the next answer without blanks around it, or errEnd.
func (l *lines) next(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	l.ask <- struct{}{}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case got := <-l.got:
		l.number++
		if l.number == 1 {
			got.text = strings.TrimPrefix(got.text, "\ufeff")
		}
		return ward.CleanLine(got.text), got.err
	}
}

// stop ends the goroutine, once its read has returned.
func (l *lines) stop() { close(l.ask) }

// readLine reads one line; the last one may lack its end.
func readLine(r *bufio.Reader) (string, error) {
	var text []byte
	for {
		part, err := r.ReadSlice('\n')
		if text = append(text, part...); len(text) > mostLine {
			return "", ward.Invalid("", "an answer is longer than 64 KiB: are these the answers?")
		}
		switch err {
		case nil:
			return string(text), nil
		case bufio.ErrBufferFull:
		case io.EOF:
			if len(text) > 0 {
				return string(text), nil
			}
			return "", errEnd
		default:
			return "", err
		}
	}
}

// quoted makes an answer fit to be repeated, and cuts it if it is long.
func quoted(text string) string {
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return strconv.Quote(text)
}
