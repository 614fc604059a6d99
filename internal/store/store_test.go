package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// morning is the time at which most tests begin: summer time in Lisbon.
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

// refused wants an error of that kind that has the words.
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

// iceOf returns complete findings with that ICE, and nothing else abnormal.
func iceOf(score int) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	points := [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	for i := range points {
		lost := min(points[i], 10-score)
		score += lost
		x.ICE[i] = icans.Scored(points[i] - lost)
	}
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupSeen {
			_ = f.Set(&x, "none")
		}
	}
	return x
}

// whole verifies the log and wants no misfit.
func whole(t *testing.T, s *Store) Verdict {
	t.Helper()
	v := must(s.Verify(t.Context()))(t)
	if v.Misfit != "" {
		t.Errorf("the record is not whole: %s", v.Misfit)
	}
	return v
}

// number reads one number from the log.
func number(t *testing.T, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, query string, args ...any) (n int64) {
	t.Helper()
	ok(t, q.QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

// copied returns the path of a copy of a closed log.
func copied(t *testing.T, path string) string {
	t.Helper()
	content := must(os.ReadFile(path))(t)
	to := filepath.Join(t.TempDir(), "copy.db")
	ok(t, os.WriteFile(to, content, 0o600))
	return to
}

// plainSQL runs statements on a file without any of the store's settings.
func plainSQL(t *testing.T, path string, statements ...string) {
	t.Helper()
	pool := newPool(path, modeProbe, 1)
	defer pool.Close()
	for _, statement := range statements {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
