package faults

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The log is taken away, or another is put in its place, while it is open: every
// look at it says so, and nothing is acknowledged any more.
func TestTheLogIsGoneWhileItIsOpen(t *testing.T) {
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
			c := must(s.SaveCheck(t.Context(), nurse(0), checkOf(p, "a", 8, 0)))(t)
			fault.happens(t, path)
			says := fault.says + " was removed or replaced while it was open; "

			refused(t, s.StillThere(), ward.KindUnavailable, says+"what is shown is the old one")
			_, err := s.Board(t.Context(), after(-time.Hour))
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.Chart(t.Context(), p.ID)
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.FollowUps(t.Context())
			refused(t, err, ward.KindUnavailable, says)
			refused(t, s.EachCheck(t.Context(), store.Selection{}, func(*ward.Patient, *ward.Check) error { return nil }), ward.KindUnavailable, says)

			says += "nothing was saved"
			_, err = s.SaveCheck(t.Context(), nurse(time.Hour), checkOf(p, "b", 10, time.Hour))
			refused(t, err, ward.KindUnavailable, says)
			_, err = s.SaveCheck(t.Context(), nurse(time.Hour), corrected(c, 10))
			refused(t, err, ward.KindUnavailable, says)
			refused(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "c", Revision: 1, Content: "x"}), ward.KindUnavailable, says)
		})
	}
}

// The log is moved away at a random moment while several processes write. All of
// them stop, and what they were told is saved is in the log when it is put back.
func TestTheLogIsMovedAwayUnderLoad(t *testing.T) {
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
			r.told.there(t, s)
		}
		whole(t, s)
		ok(t, s.Close())
	}
}

// The log is gone and its write-ahead log is still there: a new log would swallow
// the old one's records.
func TestANewLogBesideAnOldWriteAheadLog(t *testing.T) {
	path := hotLog(t)
	ok(t, os.Rename(path, path+".old"))
	before := inFolder(t, dirOf(path))
	_, err := store.Create(t.Context(), path)
	refused(t, err, ward.KindUnavailable, "put the log back beside it, or move it away")
	same(t, before, inFolder(t, dirOf(path)))
	err = store.Make(t.Context(), path, func(*store.Store) error { return nil })
	refused(t, err, ward.KindUnavailable, "put the log back beside it, or move it away")
	same(t, before, inFolder(t, dirOf(path)))
	ok(t, os.Rename(path+".old", path))
	whole(t, opened(t, path))
}

// A new log has nothing to do with the one that was there before, also where the
// file system gives it the same number.
func TestANewLogInThePlaceOfAnother(t *testing.T) {
	path := newLog(t)
	for range Times(3, 50) {
		ok(t, os.Remove(path))
		s := must(setUp(t.Context(), path))(t)
		whole(t, s)
		ok(t, s.Close())
	}
}
