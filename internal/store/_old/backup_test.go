package store

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// empty makes the file that a backup goes into.
func empty(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	touch(t, path, "")
	return path
}

func TestBackup(t *testing.T) {
	s := must(Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	want := must(s.Contents(t.Context()))(t)
	if verdict := whole(t, s); want.Records != verdict.Records || want.Head != verdict.Head {
		t.Errorf("contents %+v, and Verify says %+v", want, verdict)
	}
	if want.Patients != 1 || want.Checks != 3 || !want.Last.Equal(after(9*time.Hour)) {
		t.Errorf("contents %+v", want)
	}
	for _, name := range []string{"copy.db", "a b#c?d=e%20'f'", "file:x.db"} {
		path := empty(t, name)
		if got := must(s.Backup(t.Context(), path, nil))(t); got != want {
			t.Errorf("the copy holds %+v, not %+v", got, want)
		}
		if entries := must(os.ReadDir(filepath.Dir(path)))(t); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
		if info := must(os.Stat(path))(t); info.Mode() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		twin := must(Open(t.Context(), path))(t)
		whole(t, twin)
		admitted := must(twin.PatientByMRN(t.Context(), ada().MRN))(t)
		save(t, twin, checkOf(admitted, "after", 10, 40*time.Hour)) // it goes on as a log of its own
		ok(t, twin.Close())
	}
	if now := must(s.Contents(t.Context()))(t); now != want {
		t.Errorf("the log holds %+v afterwards, not %+v", now, want)
	}
}

func TestBackupOfALogWithoutARecord(t *testing.T) {
	s := fresh(t)
	c := must(s.Backup(t.Context(), empty(t, "copy.db"), nil))(t)
	if c.Records != 0 || !c.Last.IsZero() || c.Patients != 0 || c.Checks != 0 {
		t.Errorf("%+v", c)
	}
}

func TestBackupOfALogThatIsOnlyLookedAt(t *testing.T) {
	path := fullLog(t)
	before := must(os.ReadFile(path))(t)
	s := must(OpenReadOnly(t.Context(), path))(t)
	defer s.Close()
	if c := must(s.Backup(t.Context(), empty(t, "copy.db"), nil))(t); c != must(s.Contents(t.Context()))(t) {
		t.Errorf("%+v", c)
	}
	if string(must(os.ReadFile(path))(t)) != string(before) {
		t.Error("the log was changed")
	}
}

// Copies are taken while another process records as fast as it can. Each is whole,
// ends as the log once ended, and holds all that was acknowledged before it was
// asked for.
func TestBackupWhileOthersRecord(t *testing.T) {
	s := opened(t)
	admit(t, s)
	cmd := another(t, "write on", s.path, "busy")
	out := must(cmd.StdoutPipe())(t)
	ok(t, cmd.Start())
	var acknowledged syncBuffer
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cmd.Process.Kill()
	begun := make(chan struct{})
	reading.Go(func() {
		begin := sync.OnceFunc(func() { close(begun) })
		for lines := bufio.NewScanner(out); lines.Scan(); begin() {
			fmt.Fprintln(&acknowledged, lines.Text())
		}
		cmd.Wait() // killed, which is no error here
		begin()
	})
	<-begun
	var copies []Contents
	for range 8 {
		before := acknowledged.lines()
		path := empty(t, "copy.db")
		c := must(s.Backup(t.Context(), path, nil))(t)
		copies = append(copies, c)
		twin := must(Open(t.Context(), path))(t)
		allThere(t, twin, before)
		ok(t, twin.Close())
	}
	end := records(t, s)
	for _, c := range copies {
		var head []byte
		ok(t, s.reader.QueryRowContext(t.Context(), `
			SELECT hash FROM neuro_check WHERE seq = ?1 UNION ALL
			SELECT hash FROM follow_up WHERE seq = ?1 UNION ALL
			SELECT hash FROM reevaluation WHERE seq = ?1`, c.Records).Scan(&head))
		if hex.EncodeToString(head) != c.Head {
			t.Errorf("the copy ends with %s as record %d, and the log never did", c.Head, c.Records)
		}
	}
	if first := copies[0].Records; first >= end {
		t.Errorf("nobody recorded anything meanwhile: %d records then, and %d now", first, end)
	}
}

func TestBackupOfALogThatIsNotWhole(t *testing.T) {
	v := newVictim(t)
	attack(t, v.path, v.disarm+"UPDATE neuro_check SET note = 'x' WHERE check_id = 'check-a';")
	s := must(Open(t.Context(), v.path))(t)
	defer s.Close()
	_, err := s.Backup(t.Context(), empty(t, "copy.db"), nil)
	refused(t, err, ward.KindConflict, "the copy is not whole: ")
}

func TestBackupOfAFileThatTookThePlaceOfTheLog(t *testing.T) {
	s := opened(t)
	ok(t, os.Rename(fullLog(t), s.path))
	_, err := s.Backup(t.Context(), empty(t, "copy.db"), nil)
	refused(t, err, ward.KindConflict, "was removed or replaced while it was open")
}

// A copy that is whole in itself and not of this log is none.
func TestBackupEndsAsTheLogOnceDid(t *testing.T) {
	s := must(Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	c := must(s.Contents(t.Context()))(t)
	ok(t, s.had(t.Context(), c))
	other := must(opened(t).Contents(t.Context()))(t)
	refused(t, s.had(t.Context(), Contents{Records: c.Records, Head: other.Head}), ward.KindConflict, "is not the one of the log")
	refused(t, s.had(t.Context(), Contents{Records: c.Records + 1, Head: c.Head}), ward.KindConflict, "is missing")
	refused(t, s.had(t.Context(), Contents{Records: 0, Head: c.Head}), ward.KindConflict, "is not the one of the log")
}
