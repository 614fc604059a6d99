//go:build linux && cgo

package disk

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// busyLog is a log in the middle of a shift, with so much in its write-ahead log that
// SQLite writes it into the file a few steps later.
type busyLog struct {
	shift   *shift
	content map[string][]byte // by file name
}

// stepsOn is the number of steps that a test does on a busyLog: some before its
// write-ahead log is written into the file, the step that does it, and some after it.
const stepsOn = 9

// newBusyLog makes a busyLog, working in an empty folder.
func newBusyLog(t *testing.T, folder string) busyLog {
	t.Helper()
	steps := 0 // until the file has grown, which happens at that step only
	shiftOn(t, filepath.Join(folder, "first.db"), func(h *shift, grown bool) bool { steps = h.steps; return grown })
	path := filepath.Join(folder, "log.db")
	b := busyLog{content: make(map[string][]byte)}
	shiftOn(t, path, func(h *shift, grown bool) bool {
		if h.steps == steps-stepsOn/2 {
			b.shift = h.clone()
			for _, suffix := range []string{"", "-wal"} { // while it is open: closing it would write the write-ahead log into the file
				b.content["log.db"+suffix] = must(os.ReadFile(path + suffix))(t)
			}
		}
		if grown && h.steps != steps {
			t.Fatalf("the file grew at step %d, and at step %d the time before", h.steps, steps)
		}
		return grown
	})
	return b
}

// shiftOn works on a new log until done returns true. grown is set if the file of the log
// has grown.
func shiftOn(t *testing.T, path string, done func(h *shift, grown bool) bool) {
	t.Helper()
	s := must(store.Create(t.Context(), path))(t)
	defer s.Close()
	h := &shift{}
	size := must(os.Stat(path))(t).Size()
	for grown := false; !done(h, grown); grown = must(os.Stat(path))(t).Size() != size {
		must(h.step(t.Context(), s))(t)
	}
}

// put writes the log into a folder.
func (b *busyLog) put(t *testing.T, folder string) (path string) {
	t.Helper()
	for name, content := range b.content {
		ok(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	return filepath.Join(folder, "log.db")
}

// trouble is a disk that fails from begin to end.
type trouble struct {
	begin, end func()
	words      string // that the store's error must have
}

// explainedBy fails the test unless the store's error names the trouble and the remedy.
func (d *trouble) explainedBy(t *testing.T, err error) {
	t.Helper()
	if ward.KindOf(err) != ward.KindUnavailable || !strings.Contains(err.Error(), d.words) {
		t.Errorf("error %q (kind %d), not one of kind unavailable that says %q", err, ward.KindOf(err), d.words)
	}
}

// workThrough works on a log while the disk fails. A step that fails must change nothing, and
// the same store must still read and go on; every step that succeeded must be there in the
// end. It returns the number of steps that failed.
func (b *busyLog) workThrough(t *testing.T, folder string, d trouble) (failed int) {
	t.Helper()
	ctx := t.Context()
	path := b.put(t, folder)
	d.begin()
	s, err := store.Open(ctx, path)
	if err == nil && s.Trouble() != nil { // the patients are shown all the same
		err = s.Trouble()
		must(s.Board(ctx))(t)
		ok(t, s.Close())
	}
	if err != nil {
		d.explainedBy(t, err)
		failed++
		d.end()
		s = must(store.Open(ctx, path))(t)
	}
	h := b.shift.clone()
	now := must(markOf(ctx, s, nil))(t)
	var marks []mark
	for range stepsOn {
		check, err := h.step(ctx, s)
		if err != nil {
			failed++
			d.explainedBy(t, err)
			d.unchanged(t, s, now)
			if check, err = h.step(ctx, s); err != nil { // the trouble goes on, or was over
				d.explainedBy(t, err)
				d.unchanged(t, s, now)
				d.end()
				check = must(h.step(ctx, s))(t)
			}
		}
		now = must(markOf(ctx, s, check))(t)
		marks = append(marks, now)
	}
	d.end()
	ok(t, whole(ctx, s))
	d.begin()
	if err := s.Close(); err != nil { // it writes the write-ahead log into the file, which can wait
		t.Logf("closing: %v", err)
	}
	d.end()
	s = must(store.Open(ctx, path))(t)
	defer s.Close()
	if there := must(markOf(ctx, s, nil))(t); !there.same(now) {
		t.Errorf("the log ends with record %d, and not with record %d", there.Seq, now.Seq)
	}
	ok(t, readBack(ctx, s, marks))
	ok(t, whole(ctx, s))
	return failed
}

// unchanged fails the test unless a log is as it was, and readable while the disk fails.
func (d *trouble) unchanged(t *testing.T, s *store.Store, before mark) {
	t.Helper()
	if there := must(markOf(t.Context(), s, nil))(t); !there.same(before) {
		t.Errorf("a step that failed left record %d, where there was %d", there.Seq, before.Seq)
	}
	for _, b := range must(s.Board(t.Context()))(t) {
		must(s.Chart(t.Context(), b.Patient.ID))(t)
	}
}

const (
	saysFull   = "the disk is full; nothing was saved: make room, and try again"
	saysFailed = "the disk failed under "
)

// failures are the ways in which a disk fails.
var failures = []struct {
	name   string
	calls  int64
	most   int64
	answer syscall.Errno
	words  string
}{
	{"full", writes, always, syscall.ENOSPC, saysFull},
	{"full, found when it syncs", syncs, always, syscall.ENOSPC, saysFull},
	{"over the quota", writes, always, syscall.EDQUOT, saysFull},
	{"writes fail", writes, always, syscall.EIO, saysFailed},
	{"a write fails", writes, 1, syscall.EIO, saysFailed},
	{"syncs fail", syncs, always, syscall.EIO, saysFailed},
	{"a sync fails, and the next one says that all is well", syncs, 1, syscall.EIO, saysFailed},
}

// The disk fails from one call on, then from a later one, and so on: from each call in the
// long form, from some in the short one.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	o, folder := underFaults(t)
	if o == nil {
		return
	}
	b := newBusyLog(t, subfolder(t, folder))
	counted := make(map[int64]int64)
	for _, calls := range []int64{writes, syncs} {
		counted[calls] = o.count(calls, func() {
			b.workThrough(t, subfolder(t, folder), trouble{begin: func() {}, end: func() {}})
		})
	}
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			n := counted[f.calls]
			tries, failed := 0, 0
			for first := int64(0); first < n && !t.Failed(); first += int64(faults.Times(int(n/2)+1, 1)) {
				dir := subfolder(t, folder)
				tries++
				failed += b.workThrough(t, dir, trouble{func() { o.give(f.calls, first, f.most, f.answer) }, o.end, f.words})
				ok(t, os.RemoveAll(dir))
			}
			t.Logf("%d calls, failed from %d of them on; %d steps failed", n, tries, failed)
			if failed == 0 {
				t.Error("no step failed")
			}
		})
	}
}

// If the disk is full, a new log appears whole or not at all.
func TestNewLogOnAFailingDisk(t *testing.T) {
	t.Parallel()
	o, folder := underFaults(t)
	if o == nil {
		return
	}
	n := o.count(writes, func() { createThrough(t, subfolder(t, folder), trouble{func() {}, func() {}, ""}) })
	failed := 0
	for first := int64(0); first < n && !t.Failed(); first += int64(faults.Times(int(n/5)+1, 1)) {
		failed += createThrough(t, subfolder(t, folder), trouble{func() { o.give(writes, first, always, syscall.ENOSPC) }, o.end, saysFull})
	}
	t.Logf("%d writes; it failed %d times", n, failed)
	if failed == 0 {
		t.Error("it never failed")
	}
}

// createThrough makes a log while the disk fails, and again if that failed. It returns the
// number of failures.
func createThrough(t *testing.T, folder string, d trouble) (failed int) {
	t.Helper()
	path := filepath.Join(folder, "log.db")
	d.begin()
	s, err := store.Create(t.Context(), path)
	d.end()
	if err != nil {
		d.explainedBy(t, err)
		failed++
		for _, entry := range must(os.ReadDir(folder))(t) {
			if !strings.HasPrefix(entry.Name(), "log.db") {
				t.Errorf("left behind: %s", entry.Name())
			}
		}
	}
	if s != nil && s.Trouble() != nil { // made, and then opened for reading alone: the disk was full by then
		d.explainedBy(t, s.Trouble())
		failed++
		ok(t, s.Close())
		s = nil
	}
	if s == nil {
		s = must(store.Create(t.Context(), path))(t)
	}
	defer s.Close()
	must((&shift{}).step(t.Context(), s))(t)
	ok(t, whole(t.Context(), s))
	return failed
}

func subfolder(t *testing.T, folder string) string {
	t.Helper()
	return must(os.MkdirTemp(folder, "log-*"))(t)
}
