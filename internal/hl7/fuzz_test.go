package hl7

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// seeds adds the test messages of the repository, some made by hand, and those that a
// long run found interesting: testdata/corpus.txt has one a line, quoted as Go does.
func seeds(f *testing.F) {
	files, err := filepath.Glob("../../testdata/hl7/*.hl7")
	if err != nil || len(files) < 15 {
		f.Fatalf("%d test messages, %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(Frame(bytes.ReplaceAll(text, []byte("\n"), []byte("\r"))))
	}
	for _, text := range []string{"", "MSH", "MSH|^~\\&", "MSH|^^^^|", "\x0b\x0bMSH|^~\\&\x1c\r", "FHS|\rBHS|\rMSH|^~\\&|\rBTS|2\r", "MSH-^~\\+-A", "MSH?^~\\&?\x00?"} {
		f.Add([]byte(text))
	}
	corpus, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(corpus)) {
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text))
	}
}

// A stream of any bytes ends without a panic. Cut into packets it gives the same
// messages, and each answer to them can be parsed and names the message.
//
//	go test -fuzz FuzzMessages -fuzztime 10m ./internal/hl7
func FuzzMessages(f *testing.F) {
	seeds(f)
	zone := lisbon(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		framed, err := all(NewFrames(bytes.NewReader(in)).Next)
		middle := len(in) / 2
		for _, packets := range []io.Reader{&chunks{in[:middle:middle], in[middle:]}, iotest.OneByteReader(bytes.NewReader(in))} {
			again, errAgain := all(NewFrames(packets).Next)
			if !slices.Equal(framed, again) || err != errAgain {
				t.Fatalf("in packets: %q %v, whole: %q %v", again, errAgain, framed, err)
			}
		}
		batch := NewBatch(bytes.NewReader(in))
		plain, err := all(batch.Next)
		if err != io.EOF && batch.frames == nil {
			t.Fatalf("a file in memory: %v", err)
		}
		for _, raw := range append(append(framed, plain...), string(in)) {
			answered(t, []byte(raw), Profile{Authority: "CITY", IDType: "MR", Processing: "P", Zone: zone})
		}
	})
}

// answered reads a message and checks its answers.
func answered(t *testing.T, raw []byte, p Profile) {
	m, err := Parse(raw, p)
	if m == nil {
		return
	}
	if err == nil {
		_, err = m.ADT()
	}
	m.Key()
	reply := Reply{Code: Accepted, ID: "1-2", At: time.Unix(1e9, 0)}
	if fault, ok := err.(*Error); ok {
		reply.Code, reply.Fault = Failed, fault
	} else if err != nil {
		t.Fatalf("%q: %v is no *Error", raw, err)
	}
	answer := m.Answer(reply)
	if bytes.ContainsAny(answer, "\x0b\x1c\n") {
		t.Fatalf("the answer %q breaks its frame", answer)
	}
	a, err := ParseAnswer(answer)
	if err != nil || a.Code != reply.Code || a.ControlID != withoutControls(m.rawHeader(10)) {
		t.Fatalf("%q is answered with %q, which is read as %+v, %v", raw, answer, a, err)
	}
	framed, err := NewFrames(bytes.NewReader(Frame(answer))).Next()
	if err != nil || !bytes.Equal(framed, answer) {
		t.Fatalf("the answer %q comes as %q, %v", answer, framed, err)
	}
}

// Reading takes at most eight times the size of the input in memory.
func TestMemory(t *testing.T) {
	fill := func(part string) []byte {
		return with(t, "PV1||", "PID|||1^^^CITY^MR|"+string(bytes.Repeat([]byte(part), (MaxMessage-1000)/len(part)))+"\rPV1||")
	}
	for about, raw := range map[string][]byte{
		"separators": fill("|"), "components": fill("^"), "escapes": fill(`\T\`), "backslashes": fill(`\`), "repetitions": fill("~"),
		"lines": fill("\r"), "segments": fill("\rPID|"), "line feeds": fill("A\n"), "letters": fill("A"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		text, err := NewFrames(bytes.NewReader(Frame(raw))).Next()
		if err != nil {
			t.Fatal(err)
		}
		if m, err := Parse(text, city(t)); err == nil {
			m.ADT()
		}
		runtime.ReadMemStats(&after)
		// All that was allocated, freed or not, so that the bound does not depend on the
		// collector.
		if took := after.TotalAlloc - before.TotalAlloc; took > 8*uint64(len(raw)) {
			t.Errorf("%s: %d bytes for %d", about, took, len(raw))
		}
	}
}
