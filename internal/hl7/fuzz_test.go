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
//	go test -fuzz FuzzMessages -fuzztime 10000000x ./internal/hl7
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

// Reading a message, its key and its answer take at most eight times the size of the input in
// memory, in a frame and in a file, plus two buffers.
func TestMemory(t *testing.T) {
	if !measurable {
		t.Skip("the race detector takes memory of its own; .ci/run measures without it")
	}
	segment := func(before, part string) []byte {
		return with(t, "PV1||", before+string(bytes.Repeat([]byte(part), (MaxMessage-1000)/len(part)))+"\rPV1||")
	}
	fill := func(part string) []byte { return segment("PID|||1^^^CITY^MR|", part) }
	inputs := map[string][]byte{
		"separators": fill("|"), "components": fill("^"), "escapes": fill(`\T\`), "backslashes": fill(`\`), "repetitions": fill("~"),
		"lines": fill("\r"), "segments": fill("\rPID|"), "line feeds": fill("A\n"), "letters": fill("A"),
		"other segments": segment("ZZZ|", "A"), "names of segments": fill("\rZZZ"), "control ID": with(t, "|1001|", "|"+strings.Repeat("1", MaxMessage-1000)+"|"),
		"identifiers": with(t, "0042317^^^CITY^MR", strings.Repeat("1^^^GP^MR~", 199)+"0042317^^^CITY^MR"),
		"merges":      with(t, "ADT^A01", "ADT^A40", "PV1||", strings.Repeat("MRG|1^^^CITY^MR\r", 900)+"ZV1||"),
		"longest fields": with(t, "2.5.1", "2.5.1||||||8859/1", "OKAFOR", strings.Repeat("\x80", MaxField-100), "H4^12^A", strings.Repeat("\x80", MaxField-100),
			"NAIR", strings.Repeat("\x80", MaxField-100), "V1001", strings.Repeat("\x80", MaxField-100)),
	}
	for about, raw := range inputs {
		for form, read := range map[string]func() ([]byte, error){
			"frame": NewFrames(bytes.NewReader(Frame(raw))).Next, "file": NewBatch(bytes.NewReader(raw)).Next,
		} {
			var text, answer []byte
			var m *Message
			var a ADT
			var k Key
			var fault *Error
			profile, base := city(t), inUse()
			for _, step := range []func(){
				func() { text, _ = read() },
				func() { m, _ = Parse(text, profile) },
				func() {
					var err error
					if a, err = m.ADT(); err != nil {
						fault = err.(*Error)
					}
				},
				func() { k = m.Key() },
				func() { answer = m.Answer(Reply{Code: Failed, ID: "1", At: time.Unix(1e9, 0), Fault: fault}) },
			} {
				before := inUse()
				step()
				// All that the step allocated, freed or not, so that the bound does not depend on
				// the collector.
				if took := before.HeapAlloc - base.HeapAlloc + allocated() - before.TotalAlloc; took > 8*uint64(len(raw))+2*4096 {
					t.Errorf("%s in a %s: %d bytes for %d", about, form, took, len(raw))
				}
			}
			runtime.KeepAlive([]any{a, k, answer})
		}
	}
}

// inUse returns the memory in use.
func inUse() (stats runtime.MemStats) {
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats
}

// allocated returns all memory that was ever allocated.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
