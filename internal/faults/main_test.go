package faults

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// A test runs this program again as other processes: see jobs.
func TestMain(m *testing.M) {
	if job := os.Getenv("NEUROCHECK_FAULTS_JOB"); job != "" {
		os.Exit(runJob(job))
	}
	AtOnce(4)
	FilesInMemory()
	os.Exit(m.Run())
}

// jobs are the work of another process. A job gets the path of the log and a name of
// its own, writes a line for each act that the store has acknowledged, and may wait for
// a line.
var jobs = map[string]func(ctx context.Context, path, name string, in io.Reader, out io.Writer) error{
	"open":       openLog,
	"look":       lookAtLog,
	"verify":     verifyLog,
	"restore":    restoreLog,
	"full speed": fullSpeed,
	"human pace": humanPace,
	"ward round": wardRound,
	"fill":       fillAndHang,
	"newer":      newerAndHang,
	"unreleased": unreleasedAndHang,
	"changed":    changedAndHang,
	"foreign":    foreignAndHang,
}

func runJob(job string) int {
	if os.Getenv(next) != "" {
		becomeNextVersion()
	}
	words := strings.Split(job, "\n")
	if err := jobs[words[0]](context.Background(), words[1], words[2], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "%v (kind %d)\n", err, ward.KindOf(err))
		return 1
	}
	return 0
}

// another prepares another process of this program.
func another(t *testing.T, do, path, name string) *exec.Cmd {
	t.Helper()
	if jobs[do] == nil {
		t.Fatalf("no such job: %s", do)
	}
	cmd := exec.CommandContext(t.Context(), must(os.Executable())(t))
	cmd.Env = append(os.Environ(), "NEUROCHECK_FAULTS_JOB="+do+"\n"+path+"\n"+name)
	return cmd
}

func openLog(ctx context.Context, path, _ string, _ io.Reader, out io.Writer) error {
	fmt.Fprintln(out, "opening")
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "open")
	return s.Close()
}

// waitForKill reports that the job is done and waits to be killed.
func waitForKill(in io.Reader, out io.Writer) error {
	fmt.Fprintln(out, "done")
	_, err := io.Copy(io.Discard, in)
	return err
}

// The people, times and helpers of the tests of the record. Those of package storetest need
// a test, which the other processes do not have.
var (
	begun     = fixture.Morning
	after     = fixture.After
	admin     = fixture.Admin
	nurse     = fixture.Nurse
	clinician = fixture.Clinician
	checkOf   = fixture.CheckOf
	corrected = fixture.Correction
	ok        = fixture.OK
	refused   = fixture.Refused
)

func must[T any](v T, err error) func(*testing.T) T { return fixture.Must(v, err) }

// setUp makes a log with a ward and its staff.
func setUp(ctx context.Context, path string) (*store.Store, error) {
	s, err := store.Create(ctx, path)
	if err != nil {
		return nil, err
	}
	err = s.SetUp(ctx, admin(0), ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true})
	for _, m := range []ward.Staff{{Name: "Sam Lee", Role: ward.Nurse, Active: true}, {Name: "Dr Ana Reis", Role: ward.Clinician, Active: true}} {
		if err == nil {
			err = s.AddStaff(ctx, admin(0), m)
		}
	}
	return s, err
}

// newLog makes a log and closes it again.
func newLog(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "log.db")
	ok(t, must(setUp(t.Context(), path))(t).Close())
	return path
}

func opened(t *testing.T, path string) *store.Store {
	t.Helper()
	s := must(store.Open(t.Context(), path))(t)
	t.Cleanup(func() { s.Close() })
	return s
}

// admit admits a patient of one writer.
func admit(ctx context.Context, s *store.Store, mrn string) (ward.Patient, error) {
	p, _, err := s.Admit(ctx, nurse(0), ward.Patient{
		MRN: mrn, Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Tool: icans.ICE, Baseline: icans.Scored(10),
	}, ward.Stay{Bed: "1A", AdmittedAt: after(-time.Hour)})
	return p, err
}

// whole fails the test unless the record is whole.
func whole(t *testing.T, s *store.Store) {
	t.Helper()
	if v := must(s.Verify(t.Context()))(t); v.Misfit != "" {
		t.Errorf("the record is not whole: %s", v.Misfit)
	}
}

// filesIn returns the content of each file in a folder, by name.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, entry := range must(os.ReadDir(dir))(t) {
		all[entry.Name()] = string(must(os.ReadFile(filepath.Join(dir, entry.Name())))(t))
	}
	return all
}
