package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// empty makes the file for a backup.
func empty(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	touch(t, path, "")
	return path
}

func TestBackup(t *testing.T) {
	s := must(store.Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	want := must(s.Contents(t.Context()))(t)
	if verdict := whole(t, s); want.Records != verdict.Records || want.Head != verdict.Head {
		t.Errorf("contents %+v, and Verify says %+v", want, verdict)
	}
	if want.Patients != 3 || want.Checks != 3 || !want.Last.Equal(after(11*time.Hour)) {
		t.Errorf("contents %+v", want)
	}
	for _, name := range []string{"copy.db", "a b#c?d=e%20'f'", "file:x.db"} {
		path := empty(t, name)
		if got := must(s.Backup(t.Context(), path, store.BackupOptions{}))(t); got != want {
			t.Errorf("the copy holds %+v, not %+v", got, want)
		}
		if entries := must(os.ReadDir(filepath.Dir(path)))(t); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
		if info := must(os.Stat(path))(t); info.Mode() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		twin := must(store.Open(t.Context(), path))(t)
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
	c := must(s.Backup(t.Context(), empty(t, "copy.db"), store.BackupOptions{}))(t)
	if c.Records != 0 || !c.Last.IsZero() || c.Patients != 0 || c.Checks != 0 {
		t.Errorf("%+v", c)
	}
}

func TestBackupOfALogThatIsOnlyRead(t *testing.T) {
	path := fullLog(t)
	before := must(os.ReadFile(path))(t)
	s := must(store.OpenReadOnly(t.Context(), path))(t)
	defer s.Close()
	if c := must(s.Backup(t.Context(), empty(t, "copy.db"), store.BackupOptions{}))(t); c != must(s.Contents(t.Context()))(t) {
		t.Errorf("%+v", c)
	}
	if string(must(os.ReadFile(path))(t)) != string(before) {
		t.Error("the log was changed")
	}
}

func TestBackupOfAReplacedLog(t *testing.T) {
	s := opened(t)
	ok(t, os.Rename(fullLog(t), s.Path()))
	_, err := s.Backup(t.Context(), empty(t, "copy.db"), store.BackupOptions{})
	refused(t, err, ward.KindUnavailable, "was removed or replaced while it was open")
}
