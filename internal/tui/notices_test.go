//go:build linux

package tui

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"

	"neurocheck/internal/faults"
	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// another opens the file of a log as another program does.
func another(t *testing.T, log *store.Store) *sql.DB {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+log.Path()))(t)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, script string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}

var normalCheck = []string{"n", "1", "1", "1", "1", "3", "1", "1", "1", "0", "0", "0", "0", "z", "enter"}

// A writer that is queued before this one: the save waits, says so, and is confirmed with
// the time at which it was entered.
func TestAnotherProgramHoldsTheQueue(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	s.Ada()
	enter(s, "maria").Press(normalCheck...)
	queue := must(os.OpenFile(log.Path()+"-queue", os.O_RDWR, 0o600))(t)
	if err := unix.Flock(int(queue.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Second)
	s.Background()
	s.Press("y").Sees("saving… NOT SAVED YET")
	s.Wait(65*time.Second).Tick().Sees("Another program holds the log (65 s). Waiting, nothing is lost", "OKAFOR, Ada")
	queue.Close()
	s.Finish()
	s.Tick().Sees("Saved 16:08, entered 16:07: OKAFOR, Ada").SeesNot("Another program")
}

// B14: the log is locked while a symptom is saved. Reading works, and the text stays.
func TestLogLocked(t *testing.T) {
	t.Parallel()
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	enter(s, "maria").Press("s", "1", "enter").Type("very quiet").Press("enter").Wait(time.Second).Sees("A check is due now.")
	db := another(t, log)
	execute(t, db, "BEGIN IMMEDIATE")
	log.SetPatience(time.Second) // in which the screen below is drawn
	s.Background()
	s.Press("1")
	s.Wait(5 * time.Second).Tick().Sees("Another program holds the log (5 s). Waiting, nothing is lost")
	s.Finish().Sees("NOT SAVED", "very quiet", "OKAFOR, Ada   born 14 Mar 1961", "Another program holds the log: NOT SAVED. Your answers are kept here; try again")
	log.SetPatience(0)
	execute(t, db, "ROLLBACK")
	s.Wait(time.Minute).Tick().Tick().SeesNot("Another program")
	s.Sees("very quiet").Press("1").Wait(time.Second).Sees("Saved for OKAFOR, Ada")
	if r := must(log.Chart(t.Context(), ada.ID))(t).AllReports; len(r) != 1 || r[0].Words != "very quiet" {
		t.Errorf("%+v", r)
	}
}

// Answers that the log did not take are kept here: they are there when the form is opened
// again, and the log gets them once it can be written.
func TestAFormThatIsLeftWhileTheLogIsHeld(t *testing.T) {
	t.Parallel()
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	enter(s, "maria").Press("n", "1", "0").Sees("Which city")
	db := another(t, log)
	execute(t, db, "BEGIN IMMEDIATE")
	log.SetPatience(100 * time.Millisecond)
	s.Press("1", "0", "2", "esc").Sees("n opens it again")
	s.Press("n").Sees("back", "Names 3 objects 2")
	s.Press("esc")
	log.SetPatience(0)
	execute(t, db, "ROLLBACK")
	s.Wait(6 * time.Second).Tick()
	draft, ok, err := log.DraftOf(t.Context(), ada.ID, desktest.Maria)
	if err != nil || !ok || !strings.Contains(draft.Content, `"ice_naming":"2"`) {
		t.Errorf("the log has %+v, %v, %v", draft, ok, err)
	}
}

// C13: a process that was stopped holds the log. The patient is shown, a line says that the
// audit lacks it, and the audit gets it when the log is free again.
func TestReadingOfAHeldLog(t *testing.T) {
	t.Parallel()
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	s.Record(ada, 3*time.Hour, desktest.Maria)
	enter(s, "maria")
	db := another(t, log)
	execute(t, db, "BEGIN IMMEDIATE")
	const line = "The audit lacks what was read here. It follows when the log can be written"
	s.Press("enter").Sees("OKAFOR, Ada", "13:07")
	s.Background() // what follows to the log waits for it
	s.Tick().Sees(line).Press("esc").Sees(line)
	execute(t, db, "ROLLBACK")
	s.Finish()
	s.Wait(6 * time.Second).Tick().Tick().SeesNot("The audit lacks")
	late := 0
	err := log.EachAudit(t.Context(), store.AuditSelection{PatientID: ada.ID}, func(e *ward.AuditEntry) error {
		if e.Event == ward.ReadPatient && strings.Contains(e.Detail, "recorded late") && e.Signature.By == desktest.Maria {
			late++
		}
		return nil
	})
	if err != nil || late != 1 {
		t.Errorf("the audit has %d late readings: %v", late, err)
	}
}

// C3: the disk is full. The form stays and says NOT SAVED, the patient can be read, and
// the same answers are saved if there is room again.
func TestDiskFull(t *testing.T) {
	folder := faults.OnSmallDisk(t, "8")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", folder)
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	s.Record(ada, 3*time.Hour, desktest.Maria)
	enter(s, "maria").Press(normalCheck...).Wait(time.Second)
	empty := faults.FillDisk(t, folder, 0)
	s.Press("y").Sees("DISK FULL: NOT SAVED. Your answers are kept here. Use paper; tell an", "NEURO CHECK  OKAFOR, Ada", "NOT SAVED. Your")
	s.Press("up").Sees("NOT SAVED. Your answers are kept here", "Writes sentence yes")
	s.Press("esc").Wait(time.Second).Press("enter").Sees("OKAFOR, Ada", "13:07", "DISK FULL", "The audit lacks what was read here")
	s.Press("esc", "n").Sees("Writes sentence yes")
	s.Press("ctrl+c").Sees("NOT KEPT: the log takes nothing now.").SeesNot("It is kept").Press("0")
	empty()
	s.Wait(6*time.Second).Tick().Tick().SeesNot("DISK FULL", "The audit lacks")
	s.Press("ctrl+s").Wait(time.Second).Press("y").Wait(time.Second).Sees("Saved 16:07: OKAFOR, Ada")
}

// A log that is opened while the disk is full can only be read, also once there is room: the
// line says how it is written again.
func TestDiskFullAtTheOpening(t *testing.T) {
	folder := faults.OnSmallDisk(t, "8")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", folder)
	log, clock := desktest.Ward(t), desktest.NewClock()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	empty := faults.FillDisk(t, folder, 0)
	full := must(store.Open(t.Context(), log.Path()))(t)
	enter(sitAtAll(t, full, clock), "maria").Sees("DISK FULL: NOT SAVED.", "Opened read-only: quit, and open it again")
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	empty()
	// The sign-in was kept in memory, and is gone from there once it is recorded.
	again := must(store.Open(t.Context(), log.Path()))(t)
	t.Cleanup(func() { again.Close() })
	enter(sitAtAll(t, again, clock), "maria").Sees("on the ward").SeesNot("DISK FULL", "The audit lacks")
	late := 0
	if err := again.EachAudit(t.Context(), store.AuditSelection{Author: desktest.Maria}, func(e *ward.AuditEntry) error {
		if strings.Contains(e.Detail, "recorded late") {
			late++
		}
		return nil
	}); err != nil || late != 1 {
		t.Errorf("%d late sign-ins: %v", late, err)
	}
}

// C10: the daily copy finds a row that was altered. The line is on every screen until an
// administrator has seen it, and the audit has that.
func TestLogAltered(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	s.Record(ada, 3*time.Hour, desktest.Maria)
	enter(s, "maria")
	db := another(t, log)
	var trigger string
	if err := db.QueryRowContext(t.Context(), "SELECT sql FROM sqlite_schema WHERE name = 'neuro_check_no_update'").Scan(&trigger); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "DROP TRIGGER neuro_check_no_update; UPDATE neuro_check SET ice_city = 0;"+trigger)

	w := must(log.Ward(t.Context()))(t)
	daily := must(service.New(t.Context(), service.Options{Log: log, Clock: clock.Time, Ward: w, Site: ward.DefaultSite()}))(t)
	feed := daily.Subscribe()
	daily.Upkeep(t.Context())
	e, _ := feed.Next(t.Context())
	s.Send(news{Event: e})
	const line = "This log is damaged or was altered. Use paper; tell an administrator."
	s.Tick().Sees(line)
	s.Press("n").Sees(line).Press("esc", ":").Type("seen").Press("enter").Sees(":seen: only an administrator may do this", line)
	s.Press("esc", "ctrl+l").Sees(line).Press("esc")
	enter(s, "grace").Sees(line).Press(":").Type("seen").Press("enter").Sees("the line about the damage is hidden here")
	s.Tick().SeesNot(line)
	seen := false
	err := log.EachAudit(t.Context(), store.AuditSelection{Since: s.Now().Add(-time.Hour)}, func(e *ward.AuditEntry) error {
		seen = seen || e.Event == ward.DamageSeen && e.Signature.By == desktest.Grace
		return nil
	})
	if ward.TroubleOf(err) != ward.LogDamaged || !seen { // it goes on after the damaged record
		t.Errorf("the audit has that it was seen: %v, %v", seen, err)
	}
}

// A copy that is opened read-only shows patients and refuses to record.
func TestReadOnly(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	sitAtAll(t, log, clock).Ada()
	copied := must(store.OpenReadOnly(t.Context(), log.Path()))(t)
	t.Cleanup(func() { copied.Close() })
	s := sitAtAll(t, copied, clock)
	enter(s, "maria").Sees("READ-ONLY", "OKAFOR, Ada").Press("n").Sees("this copy cannot record").SeesNot("NEURO CHECK")
}

// C7: an older copy has replaced the log. The patients are shown, every screen says that
// records are lost, nothing can be recorded, and an administrator cannot wave it away.
func TestALogThatLostRecords(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	first := sitAtAll(t, log, clock)
	ada := first.Ada()
	older := filepath.Join(t.TempDir(), "older.db")
	if err := os.WriteFile(older, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	must(log.Backup(t.Context(), older, store.BackupOptions{}))(t)
	first.Record(ada, 3*time.Hour, desktest.Maria)
	folder := t.TempDir()
	path := filepath.Join(folder, "ward.db")
	for from, to := range map[string]string{older: path, log.Path() + "-queue": path + "-queue"} {
		if err := os.WriteFile(to, must(os.ReadFile(from))(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lost := must(store.Open(t.Context(), path))(t)
	t.Cleanup(func() { lost.Close() })
	s := sitAtAll(t, lost, clock)
	const line = "This log lost its newest records. Use paper; tell an administrator"
	s.Tick().Sees(line)
	enter(s, "grace").Sees(line, "OKAFOR, Ada").Press("enter").Sees(line, "OKAFOR, Ada")
	s.Press("esc", ":").Type("seen").Press("enter").Tick().Sees(line)
}

// C9: the next key of a person whose name was disabled locks, and the sign-in says why.
func TestDisabledNameAtTheSignIn(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	s.Ada()
	enter(s, "maria").Press("c")
	if err := log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false); err != nil {
		t.Fatal(err)
	}
	s.Tick().Press("down").Sees("Who are you?", "Your name was disabled by Grace Lin").SeesNot("OKAFOR")
	s.Wait(time.Minute).Tick().Sees("Your name was disabled by Grace Lin")
}

// C10: damage that a copy or a verification found is on every screen, until an
// administrator has seen it; a nurse cannot take the line away.
func TestDamageThatWasFoundStays(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	s.Ada()
	enter(s, "maria")
	if err := log.NoteVerdict(t.Context(), ward.Sign(ward.Login("daily copy"), s.Now()), "record 17", 0); err != nil {
		t.Fatal(err)
	}
	s.Tick().Sees("This log is damaged or was altered", "record 17")
	s.Press("n").Sees("This log is damaged or was altered")
	again := sitAtAll(t, log, clock) // the program was started again
	enter(again, "grace").Press("esc").Tick()
	if err := log.Note(t.Context(), ward.Sign("Maria Santos", s.Now()), ward.AuditEvent{Event: ward.ReadAudit}); err != nil {
		t.Fatal(err)
	}
	again.Tick().Sees("This log is damaged or was altered")
	again.Press(":").Type("seen").Press("enter").Tick().SeesNot("damaged or was altered")
	s.Tick().SeesNot("damaged or was altered")
}
