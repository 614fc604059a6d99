//go:build linux && cgo

package disk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	_ "unsafe" // for go:linkname

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// pragmas are the store's own settings of each connection. Only the recorded process
// changes one of them. If the store no longer has that one runJob fails.
//
//go:linkname pragmas neurocheck/internal/store/sqlite.pragmas
var pragmas []struct{ name, option, value, readBack string }

// runJob runs the process that is recorded. The words of the job are the folder to work
// in, the value of synchronous, its number in SQLite, and the number of steps. After each
// step runJob appends the mark of the log to the file of acknowledgements.
func runJob(job string) int {
	words := strings.Fields(job)
	steps, err := strconv.Atoi(words[3])
	if err == nil {
		err = setSynchronous(words[1], words[2])
	}
	if err == nil {
		err = traceWrites()
	}
	if err == nil {
		err = work(context.Background(), words[0], steps)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0 // without closing the log: that is how a power cut finds it
}

func setSynchronous(value, readBack string) error {
	for i := range pragmas {
		if p := &pragmas[i]; p.name == "synchronous" && p.value == "FULL" {
			p.value, p.readBack = value, readBack
			return nil
		}
	}
	return errors.New("the store's setting of synchronous is not where it was")
}

// logIn returns the path of the log in the recorded folder. The folders between are made
// with the log.
func logIn(root string) string { return filepath.Join(root, "home", "ward", "log.db") }

// reopenEvery is the number of steps after which the recorded process closes the log,
// which removes the write-ahead log, and opens it again.
const reopenEvery = 110

func work(ctx context.Context, root string, steps int) error {
	out, err := os.OpenFile(filepath.Join(root, acknowledgements), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	s, err := store.Create(ctx, logIn(root))
	if err != nil {
		return err
	}
	looked := make(chan error, 1) // the board is read all the time
	looked <- nil
	var h shift
	var saved *ward.Check
	for {
		m, err := markOf(ctx, s, saved)
		if err != nil {
			return err
		}
		line, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		if h.steps == steps {
			return nil
		}
		if err := <-looked; err != nil {
			return err
		}
		if h.steps%reopenEvery == reopenEvery-1 {
			if err := s.Close(); err != nil {
				return err
			}
			if s, err = store.Open(ctx, logIn(root)); err != nil {
				return err
			}
		}
		go func(s *store.Store) {
			_, err := s.Board(ctx)
			looked <- err
		}(s)
		if saved, err = h.step(ctx, s); err != nil {
			return err
		}
	}
}

// recording holds the calls of a process that works on a log.
type recording struct {
	root   string
	calls  []call
	marks  []mark // in the order in which they were acknowledged
	acks   []int  // the number of calls up to each, itself included
	shared []byte // an index that SQLite's processes shared
}

func recorded(t *testing.T, synchronous, number string, steps int) recording {
	t.Helper()
	r := recording{root: must(filepath.EvalSymlinks(t.TempDir()))(t)}
	self := must(os.Executable())(t)
	job := strings.Join([]string{r.root, synchronous, number, strconv.Itoa(steps)}, "\n")
	calls, err := record(r.root, []string{self}, append(os.Environ(), "NEUROCHECK_FAULTS_JOB="+job))
	if errors.Is(err, errNoTracing) {
		t.Skip(err)
	}
	ok(t, err)
	r.calls = calls
	d := newDrive(r.root)
	for i, c := range r.calls {
		ok(t, d.play(c))
		if len(d.acknowledged) > len(r.acks) {
			r.acks = append(r.acks, i+1)
		}
	}
	for _, line := range d.acknowledged {
		var m mark
		ok(t, json.Unmarshal(line, &m))
		r.marks = append(r.marks, m)
	}
	if len(r.marks) != steps+1 {
		t.Fatalf("%d steps were acknowledged, not %d", len(r.marks), steps+1)
	}
	r.shared = must(os.ReadFile(logIn(r.root) + "-shm"))(t)
	r.complete(t, d)
	return r
}

// complete fails the test if the recording lacks a write: played without a power cut, it
// must make the same files as the process did.
func (r *recording) complete(t *testing.T, d *drive) {
	t.Helper()
	seen := 0
	ok(t, filepath.WalkDir(r.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "-shm") || entry.Name() == acknowledgements {
			return err
		}
		seen++
		content, err := os.ReadFile(path)
		if _, _, what := d.find(path); err == nil && (what == nil || !bytes.Equal(what.content(), content)) {
			t.Errorf("the recording of %s is not what was written", path)
		}
		return err
	}))
	if seen < 2 {
		t.Errorf("%d files were compared; where are the log and its write-ahead log?", seen)
	}
}

// checkpoints returns the number of times that SQLite began to write the write-ahead log
// into the file.
func (r *recording) checkpoints() (n int) {
	files := make(map[int]string)
	last := ""
	for _, c := range r.calls {
		switch name := filepath.Base(files[c.fd]); {
		case c.do == "open":
			files[c.fd] = c.path
		case c.do == "close":
			delete(files, c.fd)
		case c.do == "write" && (name == "log.db" || name == "log.db-wal"):
			if name == "log.db" && last == "log.db-wal" {
				n++
			}
			last = name
		}
	}
	return n
}

// outcome is the result of a power cut.
type outcome struct {
	acknowledged int64 // records before it
	lost         int64 // of them
	undone       int   // steps that were acknowledged and are not there, drafts included
	err          error
}

// onceEach is the number of cuts that have each kind of moment, of which there are five, with
// each of the four probabilities of [newLuck].
const onceEach = 20

// cut cuts the power at a random call, and verifies the log on the disk. Of five cuts one
// is while the log is made, and one is right after an acknowledgement.
func (r *recording) cut(ctx context.Context, folder string, number int) (o outcome) {
	l := newLuck(number)
	at := l.IntN(len(r.calls) + 1)
	switch number % 5 {
	case 0:
		at = l.IntN(r.acks[1] + 1)
	case 1:
		at = r.acks[number/5*37%len(r.acks)]
	}
	defer func() {
		if o.err != nil {
			o.err = fmt.Errorf("power cut %d, at call %d of %d, of the unsynced %v kept: %w", number, at, len(r.calls), l.kept, o.err)
		}
	}()
	d := newDrive(r.root)
	for _, c := range r.calls[:at] {
		if err := d.play(c); err != nil {
			return outcome{err: err}
		}
	}
	root := filepath.Join(folder, strconv.Itoa(number))
	defer os.RemoveAll(root)
	if err := d.writeTo(l, root); err != nil {
		return outcome{err: err}
	}
	index := logIn(root) + "-shm"
	if err := os.Remove(index); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return outcome{err: err}
	}
	if _, err := os.Stat(logIn(root)); err == nil && l.IntN(4) > 0 {
		if err := os.WriteFile(index, l.index(r.shared), 0o600); err != nil {
			return outcome{err: err}
		}
	}
	return r.verify(ctx, logIn(root), len(d.acknowledged))
}

// verify opens the log after a power cut; acknowledged is the number of marks that were
// acknowledged before it.
func (r *recording) verify(ctx context.Context, path string, acknowledged int) (o outcome) {
	if acknowledged > 0 {
		o.acknowledged = r.marks[acknowledged-1].Seq
	}
	s, err := store.Open(ctx, path)
	gone := ward.KindOf(err) == ward.KindNotFound
	if gone {
		s, err = store.Create(ctx, path)
	}
	if err != nil {
		o.err = fmt.Errorf("it does not open: %w", err)
		return o
	}
	defer s.Close()
	there, err := markOf(ctx, s, nil)
	if err != nil {
		o.err = err
		return o
	}
	// The step that the cut interrupted may be there too, but only as a whole.
	found := min(acknowledged, len(r.marks)-1)
	for found >= 0 && !r.marks[found].same(there) {
		found--
	}
	if found < 0 {
		o.err = fmt.Errorf("record %d with the hash %s, or the drafts with it, is no state that the log ever had", there.Seq, there.Head)
		return o
	}
	o.lost = max(0, o.acknowledged-there.Seq)
	if o.undone = max(0, acknowledged-1-found); gone {
		o.undone = acknowledged
	}
	if o.err = errors.Join(readBack(ctx, s, r.marks[:found+1]), whole(ctx, s)); o.err != nil {
		return o
	}
	if ward.TroubleOf(s.Trouble()) == ward.LogRolledBack { // it is known to have lost records
		if s, o.err = accepted(ctx, s); o.err != nil {
			return o
		}
		defer s.Close()
	}
	o.err = saveAnother(ctx, s)
	return o
}

// accepted closes a log that lost records, and opens it again after an administrator has
// accepted it.
func accepted(ctx context.Context, s *store.Store) (*store.Store, error) {
	if err := s.Close(); err != nil {
		return nil, err
	}
	if err := store.Accept(ctx, s.Path(), admin(), "a power cut"); err != nil {
		return nil, err
	}
	return store.Open(ctx, s.Path())
}

// saveAnother saves a check, which must be there after the log is opened again. It signs as the
// administrator, who is the first on the staff: the cut may have been before the others.
func saveAnother(ctx context.Context, s *store.Store) error {
	p, _, err := s.Admit(ctx, admin(), patient(99), stay())
	if err != nil {
		return err
	}
	c := ward.Check{ID: "after", Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: begun, Findings: iceOf(8)}
	if _, err := s.SaveCheck(ctx, admin(), c); err != nil {
		return err
	}
	before, err := markOf(ctx, s, nil)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	again, err := store.Open(ctx, s.Path())
	if err != nil {
		return err
	}
	defer again.Close()
	there, err := markOf(ctx, again, nil)
	if err == nil && !there.same(before) {
		err = errors.New("what was saved after the power cut is not there")
	}
	return errors.Join(err, whole(ctx, again))
}

// cuts cuts the power n times.
func (r *recording) cuts(t *testing.T, n int) []outcome {
	t.Helper()
	folder := t.TempDir()
	outcomes := make([]outcome, n)
	var group sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := worker; i < n; i += runtime.GOMAXPROCS(0) {
				outcomes[i] = r.cut(t.Context(), folder, i)
			}
		})
	}
	group.Wait()
	return outcomes
}

// tally counts the lost records, and reports each cut after which the log is in no state
// that it ever had.
func tally(t *testing.T, r *recording, outcomes []outcome) (lost int64, bad int) {
	t.Helper()
	acknowledged := int64(0)
	for _, o := range outcomes {
		if o.err != nil {
			t.Error(o.err)
		}
		acknowledged += o.acknowledged
		lost += o.lost
		if o.undone > 0 {
			bad++
		}
	}
	t.Logf("%d steps in %d calls, %d checkpoints; %d power cuts: %d of %d acknowledged records lost, in %d of the cuts something",
		len(r.marks)-1, len(r.calls), r.checkpoints(), len(outcomes), lost, acknowledged, bad)
	return lost, bad
}

func TestPowerCutsLoseNothingAcknowledged(t *testing.T) {
	t.Parallel()
	r := recorded(t, "FULL", "2", faults.Times(130, 600))
	if n := r.checkpoints(); n < 3 {
		t.Errorf("%d checkpoints are too few to mean anything", n)
	}
	lost, bad := tally(t, &r, r.cuts(t, faults.Times(onceEach, 1000)))
	if lost > 0 || bad > 0 {
		t.Errorf("%d acknowledged records were lost, and something in %d cuts", lost, bad)
	}
}

// If the log is not synced at each save, the same power cuts lose acknowledged records;
// else the test above would prove nothing.
func TestPowerCutsWithoutSyncsLoseRecords(t *testing.T) {
	t.Parallel()
	r := recorded(t, "NORMAL", "1", faults.Times(120, 600))
	if lost, bad := tally(t, &r, r.cuts(t, faults.Times(onceEach/2, 1000))); lost == 0 || bad == 0 {
		t.Error("nothing was lost")
	}
}
