package service

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"neurocheck/internal/backup"
	"neurocheck/internal/config"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

var now = time.Date(2026, time.November, 29, 16, 7, 0, 0, time.UTC)

func open(t *testing.T, site ward.Site) (*store.Store, *Service) {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	check(t, err)
	t.Cleanup(func() { s.Close() })
	w := ward.Ward{Name: "Haematology 4", Zone: "Europe/London"}
	check(t, s.SetUp(t.Context(), ward.Sign("Grace Lin", now.Add(-time.Hour)), w, ward.Staff{Name: "Grace Lin", Role: ward.Admin, Active: true}))
	service, err := New(t.Context(), Options{Log: s, Clock: func() time.Time { return now }, Ward: w, Site: site})
	check(t, err)
	return s, service
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func admit(t *testing.T, s *store.Store, mrn string) ward.Patient {
	t.Helper()
	p := ward.Patient{MRN: mrn, Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE}
	p, _, err := s.Admit(t.Context(), ward.Sign("Grace Lin", now), p, ward.Stay{Bed: "1A", AdmittedAt: now.Add(-time.Minute)})
	check(t, err)
	return p
}

func TestChangesReachEachFeed(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	first, slow := service.Subscribe(), service.Subscribe()
	service.Look(t.Context())
	p := admit(t, s, "0042317")
	service.Look(t.Context())
	if e, ok := first.Next(t.Context()); !ok || len(e.Patients) != 1 || e.Patients[0] != p.ID {
		t.Errorf("%+v", e)
	}
	q := admit(t, s, "0042318")
	service.Look(t.Context())
	if e, _ := slow.Next(t.Context()); len(e.Patients) != 2 {
		t.Errorf("the slow session got %+v, want both", e)
	}
	if e, _ := first.Next(t.Context()); len(e.Patients) != 1 || e.Patients[0] != q.ID {
		t.Errorf("%+v", e)
	}
	slow.Close()
	check(t, s.Note(t.Context(), ward.Sign("Grace Lin", now), ward.AuditEvent{Event: ward.ReadHandover}))
	service.Look(t.Context())
	if len(first.news) != 0 {
		t.Error("a reading is news")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := first.Next(ended); ok {
		t.Error("news without any")
	}
}

// A change of the staff, a PIN, a seat or the verdict is news of the house; a sign-in is none.
func TestChangesOfTheHouse(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	service.Look(t.Context())
	feed := service.Subscribe()
	sig := func() ward.Signature { return ward.Sign("Grace Lin", now) }
	for _, act := range []struct {
		name string
		do   func(context.Context) error
		news bool
	}{
		{"a sign-in", func(ctx context.Context) error { return s.Note(ctx, sig(), ward.AuditEvent{Event: ward.SignedIn}) }, false},
		{"a name", func(ctx context.Context) error {
			return s.AddStaff(ctx, sig(), ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true})
		}, true},
		{"a PIN", func(ctx context.Context) error { return s.SetPIN(ctx, sig(), "Sam Lee", ward.PIN{Digest: "x"}) }, true},
		{"a name that left", func(ctx context.Context) error { return s.ChangeStaff(ctx, sig(), "Sam Lee", ward.Nurse, false) }, true},
		{"a seat", func(ctx context.Context) error {
			return s.AddSeat(ctx, sig(), ward.Seat{Label: "Desk 2", Kind: ward.Workstation, Key: "ssh-ed25519 A", Fingerprint: "SHA256:A"})
		}, true},
		{"a seat that is disabled", func(ctx context.Context) error { return s.DisableSeat(ctx, sig(), "Desk 2") }, true},
		{"a verdict", func(ctx context.Context) error { return s.NoteVerdict(ctx, sig(), "record 3", 3) }, true},
		{"the verdict that was seen", func(ctx context.Context) error {
			return s.Note(ctx, sig(), ward.AuditEvent{Event: ward.DamageSeen})
		}, true},
		{"a sign-out", func(ctx context.Context) error { return s.Note(ctx, sig(), ward.AuditEvent{Event: ward.SignedOut}) }, false},
	} {
		check(t, act.do(t.Context()))
		service.Look(t.Context())
		if got := len(feed.news) > 0; got != act.news {
			t.Errorf("%s: news %v", act.name, got)
		}
		if act.news {
			if e, _ := feed.Next(t.Context()); !e.House || len(e.Patients) > 0 {
				t.Errorf("%s: %+v", act.name, e)
			}
		}
	}
}

// A form that is opened or closed is news of its patient, though it is no record.
func TestOpenFormsReachEachFeed(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	p := admit(t, s, "0042317")
	service.Look(t.Context())
	feed := service.Subscribe()
	keep := func(revision int64) {
		check(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Grace Lin", CheckID: "a", Revision: revision, Since: now, Content: "x"}))
		service.Look(t.Context())
	}
	keep(1)
	if e, _ := feed.Next(t.Context()); len(e.Patients) != 1 || e.Patients[0] != p.ID {
		t.Errorf("opened: %+v", e)
	}
	keep(2) // one more answer in it is no news
	check(t, s.DropDraft(t.Context(), p.ID, "Grace Lin"))
	if len(feed.news) != 0 {
		t.Error("another answer is news")
	}
	service.Look(t.Context())
	if e, _ := feed.Next(t.Context()); len(e.Patients) != 1 || e.Patients[0] != p.ID {
		t.Errorf("closed: %+v", e)
	}
}

func TestATroubleIsAnnouncedOnce(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	feed := service.Subscribe()
	check(t, os.Rename(s.Path(), s.Path()+".away"))
	service.Look(t.Context())
	service.Look(t.Context())
	if e, _ := feed.Next(t.Context()); !e.Read || e.Reading == nil {
		t.Errorf("%+v", e)
	}
	check(t, os.Rename(s.Path()+".away", s.Path()))
	service.Look(t.Context())
	if e, _ := feed.Next(t.Context()); !e.Read || e.Reading != nil {
		t.Errorf("%+v", e)
	}
}

func TestUpkeep(t *testing.T) {
	site := ward.DefaultSite()
	site.DowntimeFolder = t.TempDir()
	s, service := open(t, site)
	feed := service.Subscribe()
	admit(t, s, "0042317")
	service.Upkeep(t.Context())
	copies, err := filepath.Glob(filepath.Join(filepath.Dir(s.Path()), "*", "log-2026-11-29.db"))
	if err != nil || len(copies) != 1 {
		t.Errorf("copies %v, %v", copies, err)
	}
	sheets, err := os.ReadDir(site.DowntimeFolder)
	if err != nil || len(sheets) < 2 {
		t.Errorf("sheets %v, %v", sheets, err)
	}
	check(t, os.RemoveAll(site.DowntimeFolder))
	check(t, os.WriteFile(site.DowntimeFolder, nil, 0o600))
	admit(t, s, "0042318")
	service.Upkeep(t.Context())
	if e, _ := feed.Next(t.Context()); !e.Kept || e.Upkeep == nil {
		t.Errorf("%+v", e)
	}
}

// The sheets and the copies go by the settings that the log recorded last, and by no others
// that a file may have.
func TestUpkeepByTheSettingsInForce(t *testing.T) {
	site := ward.DefaultSite()
	s, service := open(t, site)
	admit(t, s, "0042317")
	service.Upkeep(t.Context())
	site.DowntimeFolder, site.Backups.Keep = t.TempDir(), 3
	service.o.Settings = func(context.Context) (config.Settings, error) { return config.Settings{Site: site}, nil }
	sheets := func() int {
		t.Helper()
		service.Look(t.Context())
		service.Upkeep(t.Context())
		entries, err := os.ReadDir(site.DowntimeFolder)
		check(t, err)
		return len(entries)
	}
	check(t, s.AddStaff(t.Context(), ward.Sign("Grace Lin", now), ward.Staff{Name: "Tom Reyes", Role: ward.Nurse, Active: true}))
	if n := sheets(); n != 0 || service.site.Load().Backups.Keep == 3 {
		t.Errorf("%d sheets by settings that are not recorded", n)
	}
	check(t, s.NoteSettings(t.Context(), ward.Sign("Grace Lin", now), config.Recorded(&site), func(string) string { return "as at first" }))
	if n := sheets(); n != 2 || service.site.Load().Backups.Keep != 3 {
		t.Errorf("%d sheets, %d copies", n, service.site.Load().Backups.Keep)
	}
}

// A copy that could not be made stays known after a save, and is tried again the same day:
// the server, the share or the disk may be back.
func TestACopyThatFailedIsTriedAgain(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	at := now
	service.o.Clock = func() time.Time { return at }
	feed := service.Subscribe()
	next := func() Event {
		t.Helper()
		service.Upkeep(t.Context())
		e, _ := feed.Next(t.Context())
		if !e.Kept {
			t.Errorf("%+v", e)
		}
		return e
	}
	folder := filepath.Join(filepath.Dir(s.Path()), backup.Folder)
	check(t, os.WriteFile(folder, nil, 0o600))
	if next().Upkeep == nil {
		t.Error("the failure is not announced")
	}
	check(t, os.Remove(folder))
	admit(t, s, "0042317")
	if next().Upkeep == nil || service.due() {
		t.Error("a save hides the failure, or each look tries again")
	}
	at = at.Add(tryAgain)
	if !service.due() {
		t.Error("it is not tried again")
	}
	copies := func() int {
		list, _ := filepath.Glob(filepath.Join(folder, "*.db"))
		return len(list)
	}
	if e := next(); e.Upkeep != nil || copies() != 1 || service.due() {
		t.Errorf("%+v, %d copies, due: %v", e, copies(), service.due())
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	_, service := open(t, ward.DefaultSite())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		service.Run(ctx)
	}()
	service.Poke()
	cancel()
	<-done
}

func TestIdle(t *testing.T) {
	var i Idle
	i.Touch(now)
	for _, c := range []struct {
		after, limit time.Duration
		over         bool
	}{
		{time.Minute, 5 * time.Minute, false}, {5 * time.Minute, 5 * time.Minute, true}, {9 * time.Hour, 0, false},
		{-time.Hour, 5 * time.Minute, false}, {-54 * time.Minute, 5 * time.Minute, true},
	} {
		if i.Over(now.Add(c.after), c.limit) != c.over {
			t.Errorf("after %v of %v: over is not %v", c.after, c.limit, c.over)
		}
	}
}

// A copy verifies the record. Damage that it finds is in the audit, and the log remembers
// it until an administrator has seen it; a whole record is noted too (cases.md C10).
func TestTheCopyOfTheDayNotesItsVerdict(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	admit(t, s, "0042317")
	service.Upkeep(t.Context())
	v, err := s.Verdicts(t.Context())
	if err != nil || !v.Whole || v.Damage != "" || v.Record == 0 {
		t.Errorf("a whole record: %+v, %v", v, err)
	}
	db, err := sql.Open("sqlite3", s.Path())
	check(t, err)
	defer db.Close()
	var trigger string // put back, because a log with other objects takes no record
	check(t, db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'patient_no_update'").Scan(&trigger))
	_, err = db.Exec("DROP TRIGGER patient_no_update; UPDATE patient SET name = 'Another';" + trigger)
	check(t, err)
	service.copied = ward.Date{} // the next day
	check(t, os.RemoveAll(filepath.Join(filepath.Dir(s.Path()), "backups")))
	feed := service.Subscribe()
	service.Upkeep(t.Context())
	if e, _ := feed.Next(t.Context()); ward.TroubleOf(e.Upkeep) != ward.LogDamaged {
		t.Errorf("the screens hear %+v", e)
	}
	if v, err = s.Verdicts(t.Context()); err != nil || v.Whole || !strings.Contains(v.Damage, "patient") {
		t.Errorf("a damaged record: %+v, %v", v, err)
	}
}

// The file of new settings comes into its place after the record of them, so that the first
// look may find the old one: the feeds hear of the change once the new one is there.
func TestAFileThatComesAfterItsRecord(t *testing.T) {
	before := ward.DefaultSite()
	after := before
	after.Backups.Keep = 3
	s, service := open(t, before)
	file := before
	service.o.Settings = func(context.Context) (config.Settings, error) { return config.Settings{Site: file}, nil }
	feed := service.Subscribe()
	heard := func() bool {
		t.Helper()
		service.Look(t.Context())
		if len(feed.news) == 0 {
			return false
		}
		e, _ := feed.Next(t.Context())
		return e.House
	}
	check(t, s.NoteSettings(t.Context(), ward.Sign("Grace Lin", now), config.Recorded(&after), func(string) string { return "as at first" }))
	if !heard() {
		t.Error("the record is no news")
	}
	file = after
	if !heard() || service.site.Load().Backups.Keep != 3 {
		t.Error("the file is no news")
	}
	if heard() {
		t.Error("the same is news again")
	}
}
