package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// serverLogs opens a ward on a server as two workstations do.
func serverLogs(t *testing.T) (here, there *Store) {
	t.Helper()
	server := pgserver.Start(t)
	must(MakeWard(t.Context(), server.Address(pgserver.Owner, "w7b")))(t)
	open := func() *Store {
		s := must(Open(t.Context(), server.Address(pgserver.Program, "w7b")))(t)
		t.Cleanup(func() { ok(t, s.Close()) })
		return s
	}
	return open(), open()
}

// A workstation has a folder for the files of a ward on a server, in which notes of
// readings wait and dry runs work.
func TestFilesOfAWardOnAServer(t *testing.T) {
	s, other := serverLogs(t)
	ok(t, s.SetUp(t.Context(), nurse(0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true}))
	reading := func() error {
		return s.NoteReading(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadHandover})
	}
	changes := 0
	held := func(do func()) {
		t.Helper()
		ran := false
		changes++
		ok(t, other.NoteSettings(t.Context(), nurse(0), fmt.Sprintf(`{"a":%d}`, changes), func(string) string {
			if !ran {
				ran = true
				do()
			}
			return "held"
		}))
		if !ran {
			t.Fatal("the log was not held")
		}
	}
	held(func() {
		missing, waits := errors.AsType[*Missing](reading())
		if !waits || missing.Waits {
			t.Errorf("without a folder a note waits: %v", missing)
		}
	})
	if _, err := s.LocalFile(); ward.KindOf(err) != ward.KindUnavailable {
		t.Errorf("%v", err)
	}
	place := filepath.Join(t.TempDir(), "server_hospital_w7b", "ward.db")
	s.SetLocal(place)
	if path := must(s.LocalFile())(t); path != place || s.Path() != "" {
		t.Errorf("next to %q, path %q", path, s.Path())
	}
	held(func() {
		missing, waits := errors.AsType[*Missing](reading())
		if !waits || !missing.Waits || !s.Owes() || ward.TroubleOf(missing) != ward.LogLocked {
			t.Errorf("the note does not wait: %v", missing)
		}
	})
	ok(t, s.WriteLate(t.Context()))
	late := 0
	ok(t, other.EachAudit(t.Context(), AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event == ward.ReadHandover && strings.Contains(e.Detail, "recorded late") {
			late++
		}
		return nil
	}))
	if late != 1 || s.Owes() {
		t.Errorf("%d notes came late, and notes wait: %v", late, s.Owes())
	}
	last, _, err := s.Head(t.Context())
	ok(t, err)
	ok(t, s.OnCopy(t.Context(), func(c *Store) error {
		if c.Path() == "" || !strings.HasPrefix(c.Path(), filepath.Dir(place)) {
			t.Errorf("the copy is at %q", c.Path())
		}
		return c.AddStaff(t.Context(), nurse(2*time.Hour), ward.Staff{Name: "New", Role: ward.Nurse, Active: true})
	}))
	if now, _, err := s.Head(t.Context()); err != nil || now != last {
		t.Errorf("record %d became %d, %v", last, now, err)
	}
	if entries := must(os.ReadDir(filepath.Dir(place)))(t); len(entries) > 0 {
		t.Errorf("there are %v", entries)
	}
}

// Names wait after wrong PINs by the clock of the server, so that a wrong PIN at one
// workstation counts at the next.
func TestWrongPINsAtTwoWorkstations(t *testing.T) {
	here, there := serverLogs(t)
	ok(t, here.SetUp(t.Context(), nurse(0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true, PIN: ward.PIN{Digest: "d"}}))
	wrong := ward.Guess{Matches: func(ward.PIN) (bool, error) { return false, nil }}
	refusals := 0
	for i := range 5 { // three are wrong, and then the name waits for 5 s
		s := []*Store{here, there}[i%2]
		_, err := s.SignIn(t.Context(), nurse(time.Duration(i)*time.Minute), ward.SignedIn, wrong)
		if ward.KindOf(err) == ward.KindConflict {
			refusals++
		}
	}
	if refusals != 2 {
		t.Errorf("%d of 5 tries had to wait, not 2", refusals)
	}
	if a, b := here.uptime(), there.uptime(); a.Boot != b.Boot || a.For == 0 || b.For < a.For {
		t.Errorf("%+v and %+v", a, b)
	}
}
