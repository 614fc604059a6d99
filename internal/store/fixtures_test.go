package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// opened makes a log with a ward and its staff.
func opened(t *testing.T) *Store {
	t.Helper()
	s := fresh(t)
	setUp(t, s)
	return s
}

func feed(d time.Duration) ward.Signature  { return ward.Sign("feed ADT", after(d)) }
func login(d time.Duration) ward.Signature { return ward.Sign(ward.Login("ops"), after(d)) }

// setUp names the ward and adds a member of staff of each role.
func setUp(t *testing.T, s *Store) {
	t.Helper()
	by := admin(-200 * time.Hour)
	ok(t, s.SetUp(t.Context(), by, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	for name, role := range map[string]ward.Role{"Sam Lee": ward.Nurse, "Dr Ana Reis": ward.Clinician, "ADT": ward.Feed} {
		ok(t, s.AddStaff(t.Context(), by, ward.Staff{Name: name, Role: role, Active: true}))
	}
}

// ada is a patient to admit: infused 96 h before the morning.
func ada() ward.Patient {
	return ward.Patient{
		MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Product: "axi-cel", InfusedAt: after(-96 * time.Hour), Tool: icans.ICE, Language: "English",
	}
}

// admit admits a patient 120 h before the morning, in bed 12A.
func admit(t *testing.T, s *Store) ward.Patient {
	t.Helper()
	return admitAs(t, s, ada(), "12A")
}

func admitAs(t *testing.T, s *Store, p ward.Patient, bed string) ward.Patient {
	t.Helper()
	p, _, err := s.Admit(t.Context(), nurse(-120*time.Hour), p, ward.Stay{Bed: bed, AdmittedAt: after(-120 * time.Hour)})
	ok(t, err)
	return p
}

// eva admits another patient.
func eva(t *testing.T, s *Store) ward.Patient {
	t.Helper()
	return admitAs(t, s, ward.Patient{MRN: "0000002", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE}, "2A")
}

// checkOf is a first version, performed at a time after the morning.
func checkOf(p ward.Patient, id string, score int, at time.Duration) ward.Check {
	return ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: after(at), Findings: iceOf(score)}
}

// save records a check a minute after it was performed.
func save(t *testing.T, s *Store, c ward.Check) Saved {
	t.Helper()
	return must(s.SaveCheck(t.Context(), ward.Sign("Sam Lee", c.PerformedAt.Add(time.Minute)), c))(t)
}

// correction is the next version of a check.
func correction(c ward.Check, score int) ward.Check {
	c.Version++
	c.Status, c.Reason, c.Findings, c.Recorded = ward.Corrected, "wrong_value", iceOf(score), ward.Signature{}
	return c
}

func withdrawal(c ward.Check) ward.Check {
	c.Version++
	c.Status, c.Reason, c.Recorded = ward.Withdrawn, "entered_in_error", ward.Signature{}
	return c
}

func chartOf(t *testing.T, s *Store, patient int64) *ward.Chart {
	t.Helper()
	chart := must(s.Chart(t.Context(), patient))(t)
	return &chart
}

func historyOf(t *testing.T, s *Store, patient int64) ward.History {
	t.Helper()
	return chartOf(t, s, patient).History
}

// lastSeq returns the number of the last record.
func lastSeq(t *testing.T, s *Store) int64 {
	t.Helper()
	return number(t, s.reader, `SELECT seq FROM chain`)
}

// fullLog makes a log by way of the public methods, with records in every table, and
// returns its path; it is closed again.
func fullLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "full.db")
	s := must(Create(t.Context(), path))(t)
	fill(t, s)
	whole(t, s)
	ok(t, s.Close())
	return path
}

// fill records something in every table.
func fill(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	setUp(t, s)
	p, q := admit(t, s), eva(t, s)
	first := save(t, s, checkOf(p, "check-a", 8, 0)).Check
	second := save(t, s, checkOf(p, "check-b", 9, 2*time.Hour)).Check
	must(s.SaveCheck(ctx, nurse(3*time.Hour), correction(first, 10)))(t)
	saved := save(t, s, checkOf(p, "check-c", 4, 4*time.Hour))
	must(s.SaveCheck(ctx, nurse(5*time.Hour), withdrawal(second)))(t)
	ok(t, s.Tick(ctx, nurse(6*time.Hour), saved.FollowUp.ID, "tell the responsible clinician", true))
	ok(t, s.Acknowledge(ctx, nurse(6*time.Hour), saved.FollowUp.ID))
	ok(t, s.PutOrder(ctx, clinician(7*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: time.Hour, Reason: "close watch"}))
	ok(t, s.PutReport(ctx, nurse(7*time.Hour), ward.Report{PatientID: p.ID, ToldAt: after(6 * time.Hour), ToldBy: "caregiver", Words: "cannot find words"}))
	ok(t, s.PutIntervention(ctx, nurse(7*time.Hour), ward.Intervention{PatientID: p.ID, DoneAt: after(6 * time.Hour), Kind: "dexamethasone", Detail: "10 mg"}))
	ok(t, s.NameCause(ctx, clinician(7*time.Hour), ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "propofol", Until: after(9 * time.Hour)}))
	p.Product = "tisa-cel"
	must(s.EditPatient(ctx, nurse(8*time.Hour), p))(t)
	ok(t, s.SetPIN(ctx, admin(8*time.Hour), "Sam Lee", ward.PIN{Digest: "digest of 2468", OneTime: true}))
	ok(t, s.Note(ctx, nurse(9*time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}))
	ok(t, s.NoteSettings(ctx, login(9*time.Hour), `{"last_day":30}`, func(string) string { return "as at first" }))
	ok(t, s.Link(ctx, clinician(9*time.Hour), q.ID, p.ID, "one person"))
}

// inFolder returns the names and contents of the files in a folder.
func inFolder(t *testing.T, dir string) string {
	t.Helper()
	var list strings.Builder
	ok(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&list, "%s\n%q\n", path, content)
		return err
	}))
	return list.String()
}

func touch(t *testing.T, path, content string) {
	t.Helper()
	ok(t, os.WriteFile(path, []byte(content), 0o600))
}
