//go:build unix

package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// hold takes the writer's turn of a log and the lock of SQLite, as a process that was stopped
// in a save has them, until the returned function is called.
func hold(t *testing.T, s *store.Store) (release func()) {
	t.Helper()
	queue := must(os.OpenFile(s.Path()+"-queue", os.O_RDWR, 0o600))(t)
	ok(t, syscall.Flock(int(queue.Fd()), syscall.LOCK_EX))
	other := fixture.Plain(t, s.Path())
	must(other.ExecContext(t.Context(), "BEGIN IMMEDIATE"))(t)
	return func() {
		must(other.ExecContext(t.Context(), "ROLLBACK"))(t)
		ok(t, errors.Join(other.Close(), queue.Close()))
	}
}

func notesOf(t *testing.T, s *store.Store, event string) (list []ward.AuditEntry) {
	t.Helper()
	ok(t, s.EachAudit(t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event == event {
			list = append(list, *e)
		}
		return nil
	}))
	return list
}

// The note of a reading waits while another process holds the log. The next save of any
// program records it, with its own author and time (cases.md C13).
func TestANoteOfAReadingWaits(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	release := hold(t, s)
	begin := time.Now()
	err := s.NoteReading(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID})
	missing, isMissing := errors.AsType[*store.Missing](err)
	if !isMissing || !missing.Waits || ward.TroubleOf(err) != ward.LogLocked {
		t.Fatalf("the note: %v", err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("a reading waited %v for its note", took)
	}
	if info := must(os.Stat(s.Path() + "-late"))(t); info.Mode().Perm() != 0o600 || !s.Owes() {
		t.Errorf("the file of the notes: %v, owes %v", info.Mode(), s.Owes())
	}
	brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.WriteLate(brief); ward.TroubleOf(err) != ward.LogLocked {
		t.Errorf("a log that is held takes the notes: %v", err)
	}
	release()
	other := must(store.Open(t.Context(), s.Path()))(t)
	defer other.Close()
	ok(t, other.Note(t.Context(), clinician(3*time.Hour), ward.AuditEvent{Event: ward.ReadAudit}))
	late := notesOf(t, s, ward.ReadPatient)
	if len(late) != 1 || late[0].Signature.By != "Sam Lee" || !late[0].Signature.At.Equal(after(time.Hour)) || late[0].PatientID != p.ID || !strings.Contains(late[0].Detail, "recorded late") {
		t.Fatalf("the notes are %+v", late)
	}
	if s.Owes() {
		t.Error("the note still waits")
	}
	whole(t, s)
}

// A program that was killed after the save and before it cleared the file leads to no second
// record, and a request is answered with its own records alone.
func TestALateNoteIsRecordedOnce(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	ok(t, store.PutLate(s, store.AtSeat(t.Context(), "Desk 2"), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID, Detail: "words"}))
	waiting := must(os.ReadFile(s.Path() + "-late"))(t)
	ok(t, s.WriteLate(t.Context()))
	ok(t, os.WriteFile(s.Path()+"-late", waiting, 0o600))
	sig := nurse(2 * time.Hour)
	sig.Request = "one"
	saved := must(s.SaveCheck(t.Context(), sig, checkOf(p, "a", 10, 2*time.Hour)))(t)
	again := must(s.SaveCheck(t.Context(), sig, checkOf(p, "a", 10, 2*time.Hour)))(t)
	if saved.Check.ID != again.Check.ID || s.Owes() {
		t.Errorf("%v, %v, owes %v", saved.Check.ID, again.Check.ID, s.Owes())
	}
	if late := notesOf(t, s, ward.ReadPatient); len(late) != 1 || !strings.HasPrefix(late[0].Detail, "words; recorded late, ") || !strings.HasSuffix(late[0].Detail, ", at the seat Desk 2") {
		t.Errorf("recorded: %+v", late)
	}
	whole(t, s)
}

// Lines that this program would not write keep no one from saving, and are not recorded.
func TestHostileLateNotes(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	good := store.LateNote{"0123456789ab", store.OriginOf(t, s), 0, after(0), "Sam Lee", ward.ReadPatient, p.ID, "", "", ""}
	var lines []byte
	for _, change := range []func(*store.LateNote){
		func(n *store.LateNote) { n.By = "Nobody Known" },
		func(n *store.LateNote) { n.By = "" },
		func(n *store.LateNote) { n.Event = ward.LogAccepted },
		func(n *store.LateNote) { n.Event = ward.SignInFailed },
		func(n *store.LateNote) { n.Event = "made up" },
		func(n *store.LateNote) { n.Patient = 999 },
		func(n *store.LateNote) { n.Log = strings.Repeat("0", 64) },
		func(n *store.LateNote) { n.At = time.Time{} },
		func(n *store.LateNote) { n.ID = "short" },
	} {
		n := good
		change(&n)
		lines = append(append(lines, must(json.Marshal(n))(t)...), '\n')
	}
	lines = append(lines, "no JSON\n{\"id\":\n"...)
	before := must(s.Contents(t.Context()))(t).Records
	ok(t, os.WriteFile(s.Path()+"-late", lines, 0o600))
	ok(t, s.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadAudit}))
	if got := must(s.Contents(t.Context()))(t).Records; got != before+1 {
		t.Errorf("%d records were appended, not 1", got-before)
	}
	whole(t, s)

	ok(t, os.WriteFile(s.Path()+"-late", make([]byte, 256<<10+1), 0o600))
	ok(t, s.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadAudit}))
	ok(t, os.Remove(s.Path()+"-late"))
	ok(t, syscall.Mkfifo(s.Path()+"-late", 0o600))
	ok(t, s.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadAudit}))
	if _, err := store.Open(t.Context(), s.Path()); ward.KindOf(err) != ward.KindUnavailable || !strings.Contains(err.Error(), "-late is no plain file but a pipe") {
		t.Errorf("a pipe: %v", err)
	}
	ok(t, os.Remove(s.Path()+"-late"))
	target := filepath.Join(t.TempDir(), "target")
	ok(t, os.WriteFile(target, []byte("of another program"), 0o600))
	ok(t, os.Symlink(target, s.Path()+"-late"))
	defer os.Remove(wholefile.InMemory(s.Path() + "-late"))
	ok(t, store.PutLate(s, t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadAudit})) // in memory
	if got := string(must(os.ReadFile(target))(t)); got != "of another program" {
		t.Errorf("the link was followed: %q", got)
	}
}

// A process that was stopped while it had the lock of the file of the notes keeps no one
// waiting, and loses no note.
func TestAStoppedProcessHoldsTheLateNotes(t *testing.T) {
	s := opened(t)
	path := s.Path() + "-late"
	ok(t, os.WriteFile(path, nil, 0o600))
	cmd := exec.Command("flock", path, "sleep", "60")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Skip("there is no program flock here")
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() }()
	file := must(os.Open(path))(t)
	defer file.Close()
	for range 400 { // until the other has it
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			break
		}
		ok(t, syscall.Flock(int(file.Fd()), syscall.LOCK_UN))
		time.Sleep(5 * time.Millisecond)
	}
	ok(t, syscall.Kill(cmd.Process.Pid, syscall.SIGSTOP))
	begin := time.Now()
	ok(t, store.PutLate(s, t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadAudit}))
	ok(t, s.WriteLate(t.Context()))
	if took := time.Since(begin); took > 2*time.Second || len(notesOf(t, s, ward.ReadAudit)) != 1 {
		t.Errorf("it took %v, and the audit has %+v", took, notesOf(t, s, ward.ReadAudit))
	}
}

// Who was disabled reads nothing more, also in a reading that has begun to be prepared
// (cases.md C9).
func TestWhoLeftReadsNothing(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	ctx := store.ReadBy(t.Context(), "sam lee")
	readings := map[string]func() error{
		"board":    func() error { _, err := s.Board(ctx); return err },
		"chart":    func() error { _, err := s.Chart(ctx, p.ID); return err },
		"charts":   func() error { _, _, _, err := s.Charts(ctx, 0, after(0)); return err },
		"snapshot": func() error { return s.Snapshot(ctx, func(*store.Snapshot) error { return nil }) },
		"audit": func() error {
			return s.EachAudit(ctx, store.AuditSelection{}, func(*ward.AuditEntry) error { return nil })
		},
		"export": func() error {
			return s.Export(ctx, store.Selection{}, store.ExportOptions{Readers: 1}, func(*store.Export) error { return nil })
		},
	}
	for name, read := range readings {
		if err := read(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, s.ChangeStaff(t.Context(), admin(0), "Sam Lee", ward.Nurse, false))
	for name, read := range readings {
		if err := read(); ward.KindOf(err) != ward.KindNotAllowed {
			t.Errorf("%s, of a name that is disabled: %v", name, err)
		}
	}
}
