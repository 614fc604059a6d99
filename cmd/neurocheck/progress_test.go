package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

func TestProgress(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	p := &progress{to: &out, unit: "rows", now: func() time.Time { return clock }, start: clock}
	for _, step := range []struct {
		after       time.Duration
		done, total int
		want        string
	}{
		{900 * time.Millisecond, 10, 100, ""}, // quick work shows nothing
		{100 * time.Millisecond, 20, 100, "\r20 of 100 rows, 20 a second, 4 s left\x1b[K"},
		{100 * time.Millisecond, 30, 100, ""}, // not with every row
		{900 * time.Millisecond, 40, 100_000, "\r40 of 100000 rows, 20 a second, 1 h 23 min left\x1b[K"},
		{time.Second, 0, 100, "\r0 of 100 rows\x1b[K"},
	} {
		out.Reset()
		clock = clock.Add(step.after)
		if p.show(step.done, step.total); out.String() != step.want {
			t.Errorf("after %v: %q, not %q", clock.Sub(p.start), out.String(), step.want)
		}
	}
	out.Reset()
	if p.end(); out.String() != "\r\x1b[K" {
		t.Errorf("at the end %q", out.String())
	}

	var none *progress
	none.show(1, 2)
	none.end()
}

// Each stage has a pace of its own.
func TestProgressOfStages(t *testing.T) {
	var out strings.Builder
	p := everySecond(&out, "MiB copied")
	p.stage("MiB copied", 10, 20)
	p.stage("records verified", 0, 500)
	p.stage("records verified", 200, 500)
	const want = "\r10 of 20 MiB copied, 10 a second, 1 s left\x1b[K" + "\r\x1b[K" + "\r0 of 500 records verified\x1b[K\r200 of 500 records verified, 100 a second, 3 s left\x1b[K"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
	var none *progress
	none.stage("records verified", 1, 2)
}

// Nothing was shown, so nothing is taken away.
func TestProgressOfQuickWork(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	p := &progress{to: &out, unit: "rows", now: func() time.Time { return clock }, start: clock}
	p.show(1, 2)
	p.end()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}

// everySecond is a progress on a clock that is a second later at each look.
func everySecond(out *strings.Builder, what string) *progress {
	clock := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	return &progress{to: out, unit: what, start: clock, now: func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}}
}

func TestProgressOfAnImport(t *testing.T) {
	text := "mrn,name,birth_date,performed_at,tool,consciousness\n" +
		"1,A,1961-03-14,2026-03-13T09:00:00Z,ice,alert\n" +
		"1,A,1961-03-14,2026-03-13T17:00:00Z,ice,alert\n" +
		"2,B,1961-03-14,2026-03-13T18:00:00Z,ice,alert\n"
	file, err := readCSV(text, csvlog.Options{Name: "x.csv", Now: time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)})
	if err != nil || len(file.Problems) > 0 {
		t.Fatal(err, file.Problems)
	}
	var out strings.Builder
	rows := 0
	for range counted(file, everySecond(&out, "rows")) {
		rows++
	}
	if rows != 3 || !strings.Contains(out.String(), "\r2 of 3 rows, ") || !strings.HasSuffix(out.String(), "\r3 of 3 rows, 1 a second, 0 s left\x1b[K") {
		t.Errorf("%d rows, and said %q", rows, out.String())
	}
}

func TestProgressOfAProfile(t *testing.T) {
	var out strings.Builder
	passed := 0
	each := withProgress(func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for range 2 {
			if err := yield(&ward.Patient{}, &ward.Stay{}, &ward.Check{}); err != nil {
				return err
			}
		}
		return nil
	}, everySecond(&out, "checks"), 2)
	err := each(func(*ward.Patient, *ward.Stay, *ward.Check) error {
		passed++
		return nil
	})
	if err != nil || passed != 2 || !strings.HasSuffix(out.String(), "\r2 of 2 checks, 1 a second, 0 s left\x1b[K") {
		t.Errorf("%v, %d passed on, and said %q", err, passed, out.String())
	}
}

// Reading a file is told of in its bytes, up to all of them.
func TestProgressOfReading(t *testing.T) {
	text := "mrn,performed_at,tool\n" + strings.Repeat("1,2026-03-13T09:00:00Z,ice\n", 20_000)
	var told []int
	file, err := readCSV(text, csvlog.Options{Name: "x.csv", Now: time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC), Progress: func(done, total int) {
		if total != len(text) {
			t.Errorf("of %d bytes", total)
		}
		told = append(told, done)
	}})
	if err != nil || file.Length != 20_000 {
		t.Fatal(err, file.Length)
	}
	header := strings.Index(text, "\n") + 1
	if last := len(told) - 1; last < 4 || !slices.IsSorted(told) || told[last] != len(text)-header {
		t.Errorf("told of %d", told)
	}
}

func TestProgressOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out strings.Builder
	if _, err := io.Copy(io.Discard, followed(file, everySecond(&out, "MiB"))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\r1 of 3 MiB, ") || !strings.Contains(out.String(), "\r3 of 3 MiB, ") {
		t.Errorf("said %q", out.String())
	}
	if pipe := io.Reader(strings.NewReader("")); followed(pipe, everySecond(&out, "MiB")) != pipe {
		t.Error("what has no length is followed")
	}
}

// readCSV reads an import file.
func readCSV(text string, o csvlog.Options) (*csvlog.Import, error) {
	in, err := csvlog.Open(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	return csvlog.ReadText(in, o)
}
