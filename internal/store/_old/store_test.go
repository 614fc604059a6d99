package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// A test can run this program again as another process: see again.
func TestMain(m *testing.M) {
	if job := os.Getenv("NEUROCHECK_TEST_JOB"); job != "" {
		os.Exit(runJob(job))
	}
	os.Exit(m.Run())
}

// morning is when most tests begin: summer time in Lisbon.
var morning = time.Date(2026, 6, 10, 8, 0, 0, 0, time.FixedZone("", 60*60))

func after(d time.Duration) time.Time { return morning.Add(d) }

func nurse(d time.Duration) ward.Signature     { return ward.Sign("Sam Lee", after(d)) }
func admin(d time.Duration) ward.Signature     { return ward.Sign("Kim Adler", after(d)) }
func clinician(d time.Duration) ward.Signature { return ward.Sign("Dr Ana Reis", after(d)) }

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused wants an error of that kind that says words.
func refused(t *testing.T, err error, kind ward.Kind, words string) {
	t.Helper()
	if err == nil || ward.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v (kind %d), not one of kind %d that says %q", err, ward.KindOf(err), kind, words)
	}
}

// fresh makes an empty log.
func fresh(t *testing.T) *Store {
	t.Helper()
	return reopened(t, filepath.Join(t.TempDir(), "log.db"))
}

// reopened opens the log at path, or makes it.
func reopened(t *testing.T, path string) *Store {
	t.Helper()
	s := must(Create(t.Context(), path))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// opened makes a log with a ward and three people.
func opened(t *testing.T) *Store {
	t.Helper()
	s := fresh(t)
	setUp(t, s)
	return s
}

func setUp(t *testing.T, s *Store) {
	t.Helper()
	ok(t, s.SetUp(t.Context(), admin(0), ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	ok(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true}))
	ok(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "Dr Ana Reis", Role: ward.Clinician, Active: true}))
}

// ada is a patient to admit.
func ada() ward.Patient {
	return ward.Patient{
		MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Bed: "12A", Product: "axi-cel", InfusedAt: after(-72 * time.Hour), Tool: icans.ICE, Baseline: icans.Scored(10),
		Language: "English", Interpreter: true, Clinician: "Dr Ana Reis", AdmittedAt: after(-96 * time.Hour),
	}
}

func admit(t *testing.T, s *Store) ward.Patient {
	t.Helper()
	return must(s.Admit(t.Context(), nurse(0), ada()))(t)
}

// iceOf are complete findings with that ICE, and nothing else wrong.
func iceOf(score int) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	points := [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	for i := range points {
		lost := min(points[i], 10-score)
		score += lost
		x.ICE[i] = icans.Scored(points[i] - lost)
	}
	for i := range x.Observed {
		x.Observed[i] = icans.None
	}
	return x
}

// checkOf is a first version, performed that long after the morning.
func checkOf(p ward.Patient, id string, score int, at time.Duration) ward.Check {
	return ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: after(at), Findings: iceOf(score)}
}

// save records a check at the time at which it was performed.
func save(t *testing.T, s *Store, c ward.Check) ward.Check {
	t.Helper()
	return must(s.SaveCheck(t.Context(), ward.Sign("Sam Lee", c.PerformedAt.Add(time.Minute)), c))(t)
}

// correction is the next version of a check.
func correction(c ward.Check, score int) ward.Check {
	c.Version++
	c.Status, c.Reason, c.Findings = ward.Corrected, "wrong_value", iceOf(score)
	c.Recorded = ward.Signature{}
	return c
}

func withdrawal(c ward.Check) ward.Check {
	c.Version++
	c.Status, c.Reason = ward.Withdrawn, "wrong_patient"
	c.Recorded = ward.Signature{}
	return c
}

// board is the board in the order of admission.
func board(t *testing.T, s *Store) []ward.Standing {
	t.Helper()
	b := must(s.Board(t.Context(), morning.Add(-48*time.Hour)))(t)
	slices.SortFunc(b, func(a, b ward.Standing) int { return cmp.Compare(a.Patient.ID, b.Patient.ID) })
	return b
}

func openOf(t *testing.T, s *Store, patient int64) []ward.FollowUp {
	t.Helper()
	chart := must(s.Chart(t.Context(), patient))(t)
	return ward.Open(chart.FollowUps)
}

// whole wants the record of the log to be whole.
func whole(t *testing.T, s *Store) Verdict {
	t.Helper()
	v := must(s.Verify(t.Context()))(t)
	if v.Misfit != "" {
		t.Errorf("the record is not whole: %s", v.Misfit)
	}
	return v
}

// number reads one number out of the log.
func number(t *testing.T, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, query string, args ...any) (n int64) {
	t.Helper()
	ok(t, q.QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

func records(t *testing.T, s *Store) int64 {
	t.Helper()
	return number(t, s.reader, `SELECT seq FROM chain`)
}

// fullLog makes a log that has several records in every table of the record, and
// returns its path; it is closed again.
func fullLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "full.db")
	s := must(Create(t.Context(), path))(t)
	setUp(t, s)
	p := admit(t, s)
	first := save(t, s, checkOf(p, "check-a", 8, 0))
	second := save(t, s, checkOf(p, "check-b", 9, 2*time.Hour))
	must(s.SaveCheck(t.Context(), nurse(3*time.Hour), correction(first, 10)))(t) // makes check-b worse than the last
	save(t, s, checkOf(p, "check-c", 4, 4*time.Hour))
	must(s.SaveCheck(t.Context(), nurse(5*time.Hour), withdrawal(second)))(t)
	for i, f := range openOf(t, s, p.ID) {
		ok(t, s.Tick(t.Context(), nurse(6*time.Hour), f.ID, "tell the responsible clinician", true))
		ok(t, s.Acknowledge(t.Context(), nurse(6*time.Hour), f.ID))
		if i > 0 {
			ok(t, s.CloseFollowUp(t.Context(), clinician(7*time.Hour), f.ID, ward.ConfirmedICANS, "grade 1"))
		}
	}
	ok(t, s.PutOrder(t.Context(), clinician(7*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: time.Hour, Reason: "close watch"}))
	ok(t, s.ReportSymptom(t.Context(), nurse(7*time.Hour), ward.Symptom{PatientID: p.ID, ToldAt: after(6 * time.Hour), ToldBy: "caregiver", Words: "cannot find words"}))
	ok(t, s.Intervene(t.Context(), nurse(7*time.Hour), ward.Intervention{PatientID: p.ID, DoneAt: after(6 * time.Hour), Kind: "dexamethasone", Detail: "10 mg"}))
	p.Bed = "1"
	p = must(s.Edit(t.Context(), nurse(8*time.Hour), p))(t)
	ok(t, s.PutOrder(t.Context(), clinician(8*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderExtend, UntilDay: 40, Reason: "late onset"}))
	ok(t, s.SetPIN(t.Context(), admin(8*time.Hour), "Sam Lee", ward.PIN{Digest: "digest of 2468", OneTime: true}))
	ok(t, s.Note(t.Context(), nurse(9*time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}))
	ok(t, s.Note(t.Context(), nurse(9*time.Hour), ward.AuditEvent{Event: ward.Exported, About: "checks", Detail: "5 rows"}))
	ok(t, s.NoteSettings(t.Context(), ward.Sign(ward.Login("ops"), after(9*time.Hour)), `{"last_day":30}`, func(string) string { return "as at first" }))
	whole(t, s)
	ok(t, s.Close())
	return path
}

// copied is a copy of a closed log.
func copied(t *testing.T, path string) string {
	t.Helper()
	content := must(os.ReadFile(path))(t)
	to := filepath.Join(t.TempDir(), "copy.db")
	ok(t, os.WriteFile(to, content, 0o600))
	return to
}

// inFolder lists what a folder holds: names and contents.
func inFolder(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	ok(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s\n%q\n", path, content)
		return err
	}))
	return all.String()
}
