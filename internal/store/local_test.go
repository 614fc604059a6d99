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

// Two workstations share a ward on a server: each of these tests has a ward of its own, and
// the last one ends the server.
func TestAWardOnAServer(t *testing.T) {
	server := pgserver.Start(t)
	for _, c := range []struct {
		name string
		test func(t *testing.T, server *pgserver.Server, here, there *Store)
	}{
		{"files", filesOfAWardOnAServer},
		{"wrong PINs", wrongPINsAtTwoWorkstations},
		{"slow or away", readingsWhileTheServerIsSlowOrAway},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := strings.ToLower(strings.ReplaceAll(c.name, " ", "_"))
			must(MakeWard(t.Context(), server.Address(pgserver.Owner, name)))(t)
			open := func() *Store {
				s := must(Open(t.Context(), server.Address(pgserver.Program, name)))(t)
				t.Cleanup(func() { ok(t, s.Close()) })
				return s
			}
			here := open()
			ok(t, here.SetUp(t.Context(), nurse(0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true, PIN: ward.PIN{Digest: "d"}}))
			c.test(t, server, here, open())
		})
	}
}

// A workstation has a folder for the files of a ward on a server, in which notes of
// readings wait and dry runs work.
func filesOfAWardOnAServer(t *testing.T, _ *pgserver.Server, s, other *Store) {
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
	if _, late := readings(t, other); late != 1 || s.Owes() {
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

// readings returns the readings of the handover on record, and how many of them came late.
func readings(t *testing.T, s *Store) (all, late int) {
	t.Helper()
	ok(t, s.EachAudit(t.Context(), AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event == ward.ReadHandover {
			all++
			if strings.Contains(e.Detail, "recorded late") {
				late++
			}
		}
		return nil
	}))
	return all, late
}

// A reading keeps no one waiting, and its note is not lost: while a commit waits for a standby
// that is gone, and while the server is.
func readingsWhileTheServerIsSlowOrAway(t *testing.T, server *pgserver.Server, s, _ *Store) {
	s.SetLocal(filepath.Join(t.TempDir(), "not", "made", "ward.db"))
	read := func(n int) {
		t.Helper()
		began := time.Now()
		err := s.NoteReading(t.Context(), nurse(time.Duration(n)*time.Hour), ward.AuditEvent{Event: ward.ReadHandover})
		if missing, waits := errors.AsType[*Missing](err); !waits || !missing.Waits {
			t.Errorf("reading %d: the note does not wait: %v", n, err)
		}
		if took := time.Since(began); took > 20*time.Second { // and a slow machine
			t.Errorf("reading %d waited %v for its note", n, took)
		}
	}
	recorded := func(wantAll, wantLate int) {
		t.Helper()
		all, late := readings(t, s)
		for began := time.Now(); (all != wantAll || late != wantLate) && time.Since(began) < time.Minute; all, late = readings(t, s) {
			time.Sleep(50 * time.Millisecond)
		}
		if all != wantAll || late != wantLate || s.Owes() {
			t.Errorf("%d readings are on record, %d of them late, not %d and %d; notes wait: %v", all, late, wantAll, wantLate, s.Owes())
		}
	}
	standby := func(names string) {
		t.Helper()
		ok(t, server.Execute("postgres", "ALTER SYSTEM SET synchronous_standby_names = '"+names+"'; SELECT pg_reload_conf();"))
	}
	standby("gone")
	time.Sleep(200 * time.Millisecond) // the server takes up its settings
	read(1)                            // its commit waits
	read(2)                            // for the turn of the first
	standby("")
	ok(t, s.WriteLate(t.Context()))
	recorded(2, 1)

	ok(t, server.End())
	read(3)
	ok(t, server.Run())
	ok(t, s.WriteLate(t.Context()))
	recorded(3, 2)
}

// Names wait after wrong PINs by the clock of the server, so that a wrong PIN at one
// workstation counts at the next.
func wrongPINsAtTwoWorkstations(t *testing.T, _ *pgserver.Server, here, there *Store) {
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
