//go:build unix

package sqlite_test

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// A writer that was stopped keeps its turn and its lock. The patients are read all the
// same, at once.
func TestReadingWhileAWriterIsStopped(t *testing.T) {
	t.Parallel()
	path := fullLog(t)
	queue := must(os.OpenFile(path+"-queue", os.O_RDWR, 0o600))(t)
	defer queue.Close()
	ok(t, unix.Flock(int(queue.Fd()), unix.LOCK_EX))
	other := fixture.Plain(t, path)
	defer other.Close()
	must(other.ExecContext(t.Context(), "BEGIN IMMEDIATE"))(t)

	began := time.Now()
	s := must(store.Open(t.Context(), path))(t)
	defer s.Close()
	board := must(s.Board(t.Context()))(t)
	must(s.Chart(t.Context(), board[0].Patient.ID))(t)
	_, _, _, err := s.Charts(t.Context(), 0, after(0))
	ok(t, err)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	whole(t, s)
}

// A copy that was read says so as soon as the log has changed.
func TestACopyOfALogThatChanges(t *testing.T) {
	t.Parallel()
	path := fullLog(t)
	info := must(os.Stat(path))(t)
	log := must(sqlite.OpenCopy(t.Context(), path, info, ward.UnavailableFor(ward.LogLocked, "held"), ready))(t)
	s := store.New(log)
	must(s.Board(t.Context()))(t)
	whole(t, s)
	ok(t, s.StillThere())
	_, err := log.Write(t.Context(), engine.Checked, func(engine.Tx) (engine.End, error) { return engine.End{}, nil })
	refused(t, err, ward.KindUnavailable, "another program held the log when it was opened; nothing was saved: close that program, leave, and open the log again")
	other := must(store.Open(t.Context(), path))(t)
	ok(t, other.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient}))
	refused(t, s.StillThere(), ward.KindUnavailable, "the log has changed since it was read")
	if _, err := s.Board(t.Context()); ward.TroubleOf(err) != ward.LogLocked {
		t.Errorf("an old copy is shown: %v", err)
	}
	ok(t, other.Close())
	folder := log.File()
	ok(t, s.Close())
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the copy is left: %v", err)
	}
}
