package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// If the log is removed or replaced while it is open, every read says so, and nothing is
// acknowledged any more.
func TestTheLogIsGoneWhileItIsOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		happens func(t *testing.T, path string)
		says    string
	}{
		"removed": {func(t *testing.T, path string) { ok(t, os.Remove(path)) }, "the log"},
		"moved":   {func(t *testing.T, path string) { ok(t, os.Rename(path, path+".old")) }, "the log"},
		"replaced": {func(t *testing.T, path string) {
			ok(t, os.Rename(newLog(t), path))
		}, "the log"},
		"all of it removed": {func(t *testing.T, path string) {
			ok(t, os.Remove(path))
			ok(t, os.Remove(path+"-wal"))
			ok(t, os.Remove(path+"-shm"))
		}, "the log"},
		"its write-ahead log removed": {func(t *testing.T, path string) { ok(t, os.Remove(path+"-wal")) }, "the write-ahead log"},
	} {
		t.Run(name, func(t *testing.T) {
			path := newLog(t)
			s := opened(t, path)
			p := must(admit(t.Context(), s, "0042317"))(t)
			c := must(s.SaveCheck(t.Context(), nurse(0), checkOf(p, "a", 8, 0)))(t).Check
			fault.happens(t, path)
			says := fault.says + " was removed or replaced while it was open; "

			refused(t, s.StillThere(), ward.KindUnavailable, says+"what is shown is the old one")
			_, err := s.Board(t.Context())
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.Chart(t.Context(), p.ID)
			refused(t, err, ward.KindUnavailable, says)
			_, _, _, err = s.Charts(t.Context(), 0, after(-time.Hour))
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.Ticks(t.Context(), 1)
			refused(t, err, ward.KindUnavailable, says)
			refused(t, s.EachCheck(t.Context(), store.Selection{}, func(*ward.Patient, *ward.Stay, *ward.Check) error { return nil }), ward.KindUnavailable, says)
			refused(t, s.Export(t.Context(), store.Selection{}, store.ExportOptions{Readers: 2}, func(*store.Export) error { return nil }), ward.KindUnavailable, says)

			says += "nothing was saved"
			_, err = s.SaveCheck(t.Context(), nurse(time.Hour), checkOf(p, "b", 10, time.Hour))
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.SaveCheck(t.Context(), nurse(time.Hour), corrected(c, 10))
			refused(t, err, ward.KindUnavailable, says)
			_, err = admit(t.Context(), s, "0042318")
			refused(t, err, ward.KindUnavailable, says)
			refused(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "c", Revision: 1, Since: after(0), Content: "x"}), ward.KindUnavailable, says)
		})
	}
}

// The log is moved away at a random moment while several processes write. All of them
// stop, and the log has everything that was acknowledged once it is moved back.
func TestTheLogIsMovedAwayUnderLoad(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	for i := range Times(3, 100) {
		var rounds []*round
		var complaints []*strings.Builder
		for k := range 3 {
			var complaint strings.Builder
			r := startRound(t, path, fmt.Sprintf("moved-%d-%d", i, k), &complaint)
			rounds, complaints = append(rounds, r), append(complaints, &complaint)
		}
		ok(t, os.Rename(path, path+".old"))
		for k, r := range rounds {
			r.ended(t)
			if err := r.cmd.Wait(); err == nil || !strings.Contains(complaints[k].String(), "was removed or replaced while it was open") {
				t.Errorf("a writer ended with %v and said %q", err, complaints[k].String())
			}
		}
		ok(t, os.Rename(path+".old", path))
		s := must(store.Open(t.Context(), path))(t)
		for _, r := range rounds {
			r.acked.mustBeIn(t, s)
		}
		whole(t, s)
		ok(t, s.Close())
	}
}

// If the log is gone but its write-ahead log is there, a new log would take over the
// records of the old one: it is not made.
func TestANewLogBesideAnOldWriteAheadLog(t *testing.T) {
	t.Parallel()
	path := killedLog(t)
	ok(t, os.Rename(path, path+".old"))
	before := filesIn(t, filepath.Dir(path))
	_, err := store.Create(t.Context(), path)
	refused(t, err, ward.KindUnavailable, "put the log back beside it, or move it away")
	same(t, before, filesIn(t, filepath.Dir(path)))
	err = store.CreateWith(t.Context(), path, func(*store.Store) error { return nil })
	refused(t, err, ward.KindUnavailable, "put the log back beside it, or move it away")
	same(t, before, filesIn(t, filepath.Dir(path)))
	ok(t, os.Rename(path+".old", path))
	whole(t, opened(t, path))
}

// A new log is not taken for the one before it, even if the file system gives it the same
// inode number.
func TestANewLogInThePlaceOfAnother(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	for range Times(3, 50) {
		ok(t, os.Remove(path))
		s := must(setUp(t.Context(), path))(t)
		whole(t, s)
		ok(t, s.Close())
	}
}
